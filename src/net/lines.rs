//! Judges each line of a server before a parser sees it.
//!
//! The parsers of IMAP and SMTP answers are other people's, made for honest servers: a line
//! without end fills memory, a few forms end in a panic or in a stack that runs over. Here
//! a [`Judge`] sees every line first, whole and bounded, and lets it pass, drops it or
//! breaks the connection off. Bytes of a literal pass uncopied, as many as the judge said.
//!
//! A broken rule is an [`io::ErrorKind::InvalidData`] whose text holds no byte of the server.

use super::Stream;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The parser gets it.
    Pass,
    /// Nobody gets it.
    Drop,
    /// The parser gets it and this many bytes after it, unseen.
    Raw(usize),
}

/// Decides on the lines of one protocol.
pub trait Judge: Unpin + Send + Sync {
    /// The longest line, its end included, in bytes.
    const LONGEST: usize;

    /// Decides on one line, which ends with a line feed; may mend it.
    ///
    /// # Errors
    /// Ends the connection.
    fn judge(&mut self, line: &mut Vec<u8>) -> io::Result<Then>;
}

/// The error of a judge: a rule that the server broke.
pub fn broken(rule: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("the server broke the protocol: {rule}"),
    )
}

/// A [`Stream`] whose incoming lines are judged. What goes out passes.
pub struct Lines<J> {
    stream: Stream,
    judge: J,
    /// Came in, not yet looked at.
    input: Buffer,
    /// The line that has no end yet.
    line: Vec<u8>,
    /// Judged, not yet taken by the parser.
    output: Buffer,
    /// Bytes still to come that pass unseen.
    raw: usize,
}

impl<J: Judge> Lines<J> {
    /// Judges what comes from `stream`.
    pub fn new(stream: Stream, judge: J) -> Self {
        Self {
            stream,
            judge,
            input: Buffer::default(),
            line: Vec::new(),
            output: Buffer::default(),
            raw: 0,
        }
    }

    /// The stream beneath, to set its time-outs.
    pub fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// Takes input until there is output or no more input.
    fn sort(&mut self) -> io::Result<()> {
        while self.output.is_empty() && !self.input.is_empty() {
            if self.raw > 0 {
                let bytes = self.input.take(self.raw);
                self.raw -= bytes.len();
                self.output.fill(bytes);
            } else if self.gather() {
                self.decide()?;
            } else if self.line.len() >= J::LONGEST {
                return Err(broken("a line that is too long"));
            }
        }
        Ok(())
    }

    /// Moves input to the line; true when the line has its end.
    fn gather(&mut self) -> bool {
        let rest = self.input.rest();
        let room = J::LONGEST.saturating_sub(self.line.len());
        let end = rest
            .iter()
            .take(room)
            .position(|byte| *byte == b'\n')
            .map(|at| at + 1);
        self.line
            .extend_from_slice(self.input.take(end.unwrap_or(room)));
        end.is_some()
    }

    fn decide(&mut self) -> io::Result<()> {
        match self.judge.judge(&mut self.line)? {
            Then::Pass => self.output.fill(&self.line),
            Then::Drop => {}
            Then::Raw(bytes) => {
                self.output.fill(&self.line);
                self.raw = bytes;
            }
        }
        self.line.clear();
        Ok(())
    }

    /// Reads a piece of a literal straight into the reader's buffer.
    fn poll_raw(&mut self, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut window = ReadBuf::new(out.initialize_unfilled_to(out.remaining().min(self.raw)));
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut window))?;
        let count = window.filled().len();
        out.advance(count);
        self.raw -= count;
        Poll::Ready(Ok(()))
    }
}

impl<J: Judge> AsyncRead for Lines<J> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            this.sort()?;
            if !this.output.is_empty() {
                out.put_slice(this.output.take(out.remaining()));
                return Poll::Ready(Ok(()));
            }
            if this.raw > 0 {
                return this.poll_raw(cx, out);
            }
            if ready!(this.input.poll_fill(cx, &mut this.stream))? == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<J: Judge> AsyncWrite for Lines<J> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Shows nothing of what went over it.
impl<J> fmt::Debug for Lines<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lines")
    }
}

/// Bytes, and how many of them are taken.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    taken: usize,
}

impl Buffer {
    const SIZE: usize = 16 * 1024;

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.taken..).unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    fn fill(&mut self, bytes: &[u8]) {
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.taken = 0;
    }

    /// The next bytes, at most `count`.
    fn take(&mut self, count: usize) -> &[u8] {
        let start = self.taken;
        let end = start.saturating_add(count).min(self.bytes.len());
        self.taken = end;
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Reads anew; the number of bytes, 0 at the end of the stream.
    fn poll_fill(&mut self, cx: &mut Context<'_>, stream: &mut Stream) -> Poll<io::Result<usize>> {
        self.taken = 0;
        self.bytes.resize(Self::SIZE, 0);
        let mut window = ReadBuf::new(&mut self.bytes);
        let outcome = Pin::new(stream).poll_read(cx, &mut window);
        let count = window.filled().len();
        self.bytes.truncate(count);
        ready!(outcome)?;
        Poll::Ready(Ok(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Drops lines with `drop`, lets `N` bytes pass after `raw N`, refuses `bad`.
    struct Sample;

    impl Judge for Sample {
        const LONGEST: usize = 16;

        fn judge(&mut self, line: &mut Vec<u8>) -> io::Result<Then> {
            let text = std::str::from_utf8(line).unwrap().trim_end();
            match text.split_once(' ') {
                Some(("raw", count)) => Ok(Then::Raw(count.parse().unwrap())),
                _ if text == "drop" => Ok(Then::Drop),
                _ if text == "bad" => Err(broken("bad")),
                _ => Ok(Then::Pass),
            }
        }
    }

    /// Feeds `sent` in pieces of `size` and gives what arrived.
    async fn through(sent: &[u8], size: usize) -> io::Result<String> {
        let (near, mut far) = tokio::io::duplex(7);
        let sent = sent.to_owned();
        tokio::spawn(async move {
            for piece in sent.chunks(size) {
                // The reader may be gone already: that is what some cases are about.
                let _ = far.write_all(piece).await;
            }
        });
        let mut got = String::new();
        Lines::new(Stream::over(near), Sample)
            .read_to_string(&mut got)
            .await?;
        Ok(got)
    }

    #[tokio::test]
    async fn lines_pass_or_fall_however_they_are_cut() {
        for size in 1..20 {
            let got = through(b"one\ndrop\nraw 9\ndrop\nbad\n\ntwo\nraw 0\nend", size)
                .await
                .unwrap();
            assert_eq!(
                got, "one\nraw 9\ndrop\nbad\n\ntwo\nraw 0\n",
                "pieces of {size}"
            );
        }
    }

    #[tokio::test]
    async fn a_line_as_long_as_allowed_passes_and_one_byte_more_does_not() {
        assert!(through(b"123456789012345\n", 5).await.is_ok());
        let why = through(b"1234567890123456\n", 5).await.unwrap_err();
        assert_eq!(why.kind(), io::ErrorKind::InvalidData);
    }

    #[tokio::test]
    async fn a_broken_rule_ends_it() {
        assert!(through(b"one\nbad\ntwo\n", 100).await.is_err());
    }
}
