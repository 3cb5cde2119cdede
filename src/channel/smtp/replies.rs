//! [`Replies`]: which of a server's reply lines reach the SMTP parser.
//!
//! A line is at most 1,000 bytes, begins with three digits and ends in CR LF (RFC 5321
//! section 4.2), and a reply has at most [`MOST`] of them. What is not ASCII is replaced:
//! only people read the words, and the parser breaks off at what is not UTF-8.

use crate::net::lines::{Judge, Lines, Then, broken};
use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;

/// More lines than this has no reply; the parser begins anew at each line.
const MOST: usize = 200;

/// Judges lines of SMTP replies.
#[derive(Default)]
pub(super) struct Replies {
    /// Lines of this reply so far.
    lines: usize,
}

impl Judge for Replies {
    const LONGEST: usize = 1000;

    fn judge(&mut self, line: &mut Vec<u8>) -> io::Result<Then> {
        for byte in line.iter_mut().filter(|byte| !byte.is_ascii()) {
            *byte = b'?';
        }
        let Some(text) = line.strip_suffix(b"\r\n") else {
            return Err(broken("a line that does not end in CR LF"));
        };
        if text.len() < 3 || !text.iter().take(3).all(u8::is_ascii_digit) {
            return Err(broken("a line that is no reply"));
        }
        self.lines = if text.get(3) == Some(&b'-') {
            self.lines + 1
        } else {
            0
        };
        if self.lines >= MOST {
            return Err(broken("a reply of too many lines"));
        }
        // A text of nothing that can be seen is as good as none.
        if text.iter().skip(4).all(|byte| *byte <= b' ') {
            line.truncate(4.min(text.len()));
            line.extend_from_slice(b"\r\n");
        }
        Ok(Then::Pass)
    }
}

impl AsyncTokioStream for Lines<Replies> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_pass_and_all_else_does_not() {
        for (line, expected) in [
            ("250 ok\r\n", Some("250 ok\r\n")),
            ("250-SIZE 7\r\n", Some("250-SIZE 7\r\n")),
            ("250 gr\u{fc}n\r\n", Some("250 gr??n\r\n")),
            ("250-  \u{b} \r\n", Some("250-\r\n")),
            ("250\r\n", Some("250\r\n")),
            ("250-\n", None),
            ("hello\r\n", None),
            ("\r\n", None),
        ] {
            let mut bytes = line.as_bytes().to_vec();
            let passed = Replies::default()
                .judge(&mut bytes)
                .is_ok()
                .then(|| String::from_utf8(bytes).unwrap());
            assert_eq!(passed.as_deref(), expected, "{line:?}");
        }
    }
}
