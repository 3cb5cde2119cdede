//! A server that says what somebody made up, whatever it hears.
//!
//! Its bytes are cut into answers by the byte 0x1e; the first is the greeting. Each line of
//! the client gets the next answer, in which `$` stands for the tag (the first word) of the
//! line. When the answers are used up it closes.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream,
    ReadBuf,
};

/// What the client has said so far, whole.
pub type Heard = Arc<Mutex<Vec<u8>>>;

/// The cut between two answers.
const CUT: u8 = 0x1e;

/// The client's end of a connection. What goes in is heard, also when nobody reads it.
pub struct Near {
    pipe: DuplexStream,
    heard: Heard,
}

/// The client's end, and what it says.
pub fn serve(script: &[u8]) -> (Near, Heard) {
    let (pipe, far) = tokio::io::duplex(1 << 14);
    let heard = Heard::default();
    let answers: Vec<Vec<u8>> = script
        .split(|byte| *byte == CUT)
        .map(<[u8]>::to_vec)
        .collect();
    tokio::spawn(play(far, answers));
    let near = Near {
        pipe,
        heard: heard.clone(),
    };
    (near, heard)
}

async fn play(far: DuplexStream, answers: Vec<Vec<u8>>) {
    let mut far = BufReader::new(far);
    let mut line = Vec::new();
    for (n, answer) in answers.iter().enumerate() {
        if n > 0 {
            line.clear();
            // A client that has left has said what it had to say.
            if far.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
                return;
            }
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
            return;
        }
    }
    let _ = far.shutdown().await;
    let _ = far.read_to_end(&mut line).await;
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

impl AsyncRead for Near {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_read(cx, buf)
    }
}

impl AsyncWrite for Near {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = ready!(Pin::new(&mut self.pipe).poll_write(cx, bytes))?;
        let mut heard = self.heard.lock().unwrap_or_else(|held| held.into_inner());
        heard.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_shutdown(cx)
    }
}
