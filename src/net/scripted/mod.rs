//! A server for tests that says what its script says, over a pipe in memory or on a port.

mod site;

pub(crate) use site::{Script, authority, certified_site, site};

use super::{Stream, Wire};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
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
    let (greeting, steps) = (greeting.to_owned(), owned(steps));
    let heard = async move { to_the_end(far, &greeting, &steps, end).await };
    (Stream::over(near), tokio::spawn(heard))
}

fn owned(steps: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(hear, say): &(&str, &str)| ((*hear).to_owned(), (*say).to_owned());
    steps.iter().map(own).collect()
}

async fn to_the_end(
    far: impl Wire,
    greeting: &str,
    steps: &[(String, String)],
    end: End,
) -> Vec<u8> {
    let mut far = BufReader::new(far);
    play(&mut far, greeting, steps).await;
    let mut rest = Vec::new();
    match end {
        // A client that has left already is part of some cases.
        End::Close => drop(far.shutdown().await),
        End::Hang => {}
    }
    let _ = far.read_to_end(&mut rest).await;
    rest
}

async fn play(far: &mut BufReader<impl Wire>, greeting: &str, steps: &[(String, String)]) {
    // A client that has given up already is part of some cases.
    let _ = far.write_all(greeting.as_bytes()).await;
    let _ = far.flush().await;
    for (hear, say) in steps {
        let mut line = String::new();
        if !hear.is_empty() {
            far.read_line(&mut line).await.unwrap();
            assert!(line.contains(hear), "expected {hear:?}, heard {line:?}");
        }
        let tag = line.split(' ').next().unwrap_or_default();
        let _ = far.write_all(say.replace('$', tag).as_bytes()).await;
        let _ = far.flush().await;
    }
}
