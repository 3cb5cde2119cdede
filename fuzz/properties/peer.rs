//! A server that says what somebody made up, whatever it hears.
//!
//! Its bytes are cut into answers by the byte 0x1e; the first is the greeting. Each line of
//! the client gets the next answer, in which `$` stands for the tag (the first word) of the
//! line. When the answers are used up it closes.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};

/// What the client said, whole.
pub type Heard = Arc<Mutex<Vec<u8>>>;

/// The cut between two answers.
const CUT: u8 = 0x1e;

/// The client's end, and what it says.
pub fn serve(script: &[u8]) -> (DuplexStream, Heard) {
    let (near, far) = tokio::io::duplex(1 << 14);
    let heard = Heard::default();
    let answers: Vec<Vec<u8>> = script
        .split(|byte| *byte == CUT)
        .map(<[u8]>::to_vec)
        .collect();
    tokio::spawn(play(far, answers, heard.clone()));
    (near, heard)
}

async fn play(far: DuplexStream, answers: Vec<Vec<u8>>, heard: Heard) {
    let mut far = BufReader::new(far);
    let mut line = Vec::new();
    for (n, answer) in answers.iter().enumerate() {
        if n > 0 {
            line.clear();
            // A client that has left has said what it had to say.
            if far.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
                return;
            }
            keep(&heard, &line);
        }
        let tag = line.split(|byte| *byte == b' ').next().unwrap_or_default();
        let mut said = Vec::new();
        for byte in answer {
            match byte {
                b'$' => said.extend_from_slice(tag),
                byte => said.push(*byte),
            }
        }
        if far.write_all(&said).await.is_err() {
            break;
        }
    }
    let _ = far.shutdown().await;
    let mut rest = Vec::new();
    let _ = far.read_to_end(&mut rest).await;
    keep(&heard, &rest);
}

fn keep(heard: &Heard, said: &[u8]) {
    heard
        .lock()
        .unwrap_or_else(|held| held.into_inner())
        .extend_from_slice(said);
}

/// What was heard so far.
pub fn so_far(heard: &Heard) -> Vec<u8> {
    heard
        .lock()
        .unwrap_or_else(|held| held.into_inner())
        .clone()
}

/// Runs a conversation in a time that passes when nobody does anything.
pub fn converse(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(work),
        Err(why) => panic!("no runtime: {why}"),
    }
}
