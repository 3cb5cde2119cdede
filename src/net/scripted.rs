//! A server for tests that says what its script says, over a pipe in memory.

use super::Stream;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::task::JoinHandle;

/// What a script ends with.
#[derive(Clone, Copy)]
pub(crate) enum End {
    /// Closes the connection.
    Close,
    /// Stays and says nothing.
    Hang,
}

/// Plays `greeting`, then for each step waits for a line that contains the first text and
/// answers with the second, in which `$` stands for the tag (the first word) of the line.
/// A step that waits for nothing (`""`) answers at once.
///
/// The task gives everything that the client sent after the last step.
pub(crate) fn server(
    greeting: &str,
    steps: &[(&str, &str)],
    end: End,
) -> (Stream, JoinHandle<Vec<u8>>) {
    let (near, far) = tokio::io::duplex(1 << 16);
    let steps = steps
        .iter()
        .map(|(hear, say)| ((*hear).to_owned(), (*say).to_owned()))
        .collect();
    (
        Stream::over(near),
        tokio::spawn(play(far, greeting.to_owned(), steps, end)),
    )
}

async fn play(
    far: DuplexStream,
    greeting: String,
    steps: Vec<(String, String)>,
    end: End,
) -> Vec<u8> {
    let mut far = BufReader::new(far);
    // A client that has given up already is part of some cases.
    let _ = far.write_all(greeting.as_bytes()).await;
    for (hear, say) in steps {
        let mut line = String::new();
        if !hear.is_empty() {
            far.read_line(&mut line).await.unwrap();
            assert!(line.contains(&hear), "expected {hear:?}, heard {line:?}");
        }
        let tag = line.split(' ').next().unwrap_or_default();
        let _ = far.write_all(say.replace('$', tag).as_bytes()).await;
    }
    let mut rest = Vec::new();
    match end {
        End::Close => far.shutdown().await.unwrap(),
        End::Hang => {}
    }
    let _ = far.read_to_end(&mut rest).await;
    rest
}
