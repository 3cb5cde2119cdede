//! [`Stream`]: a connection with time-outs on reads and writes.
//!
//! It hides what it runs over, so that IMAP and SMTP are tested over a pipe in memory with
//! the very time-outs that they have on the wire. Writes are gathered until a flush: a
//! command is one packet.

use super::SILENCE;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, BufWriter, ReadBuf};
use tokio_io_timeout::TimeoutStream;

/// What a [`Stream`] can run over: TLS, or a pipe in tests.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Sync {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Wire for T {}

/// A connection. A read or a write that waits longer than its time-out fails with
/// [`io::ErrorKind::TimedOut`]; afterwards the connection is of no use.
pub struct Stream(Pin<Box<Timed>>);

type Timed = TimeoutStream<BufWriter<Box<dyn Wire>>>;

impl Stream {
    /// Runs over `wire`, with [`SILENCE`] as the time-out of reads and of writes.
    pub fn over(wire: impl Wire + 'static) -> Self {
        let wire: Box<dyn Wire> = Box::new(wire);
        let mut stream = Timed::new(BufWriter::new(wire));
        stream.set_read_timeout(Some(SILENCE));
        stream.set_write_timeout(Some(SILENCE));
        Self(Box::pin(stream))
    }

    /// Sets how long a read may wait; `None` is for ever, for a caller that has its own limit.
    pub fn set_read_timeout(&mut self, limit: Option<Duration>) {
        self.0.as_mut().set_read_timeout_pinned(limit);
    }
}

/// Shows nothing of what went over it.
impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.as_mut().poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test(start_paused = true)]
    async fn a_silent_peer_times_a_read_out() {
        let (near, _far) = tokio::io::duplex(64);
        let mut stream = Stream::over(near);
        let started = tokio::time::Instant::now();
        let why = stream.read_u8().await.unwrap_err();
        assert_eq!(
            (why.kind(), started.elapsed().as_secs()),
            (io::ErrorKind::TimedOut, SILENCE.as_secs())
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_does_not_read_times_a_write_out() {
        let (near, _far) = tokio::io::duplex(64);
        let mut stream = Stream::over(near);
        let why = async {
            stream.write_all(&[0; 100_000]).await?;
            stream.flush().await
        }
        .await
        .unwrap_err();
        assert_eq!(why.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_a_read_waits() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut stream = Stream::over(near);
        stream.set_read_timeout(None);
        tokio::spawn(async move {
            tokio::time::sleep(SILENCE * 10).await;
            far.write_all(b"x").await.unwrap();
            far
        });
        assert_eq!(stream.read_u8().await.unwrap(), b'x');
    }
}
