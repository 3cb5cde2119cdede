//! STARTTLS (RFC 9051 section 6.2.1, RFC 3207): the few words in clear before TLS.
//!
//! Anybody on the way can change what is said here, so nothing of it counts: no secret is
//! sent, what the server said of itself is forgotten and asked anew within TLS, and there
//! is no way but onwards: a server that does not offer TLS, refuses it, says that we are
//! logged in already, or sends a byte too many after it agreed is left.

use crate::mail::Foreign;
use std::io;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

/// The longest line in clear, in bytes.
const LONGEST: u64 = 8 * 1024;

/// More lines than this are not listened to.
const LINES: usize = 200;

/// What is spoken on a connection.
#[derive(Clone, Copy, Debug)]
pub enum Protocol<'a> {
    /// IMAP.
    Imap,
    /// SMTP, with our name in EHLO, which must hold no space and no line end.
    Smtp(&'a str),
}

impl Protocol<'_> {
    /// A greeting for whoever reads the connection once TLS stands: the server greets in
    /// clear alone, and that greeting is worth nothing.
    pub(super) fn greeting(self) -> &'static [u8] {
        match self {
            Self::Imap => b"* OK within TLS\r\n",
            Self::Smtp(_) => b"220 within TLS\r\n",
        }
    }
}

/// Talks until the server waits for TLS to begin.
///
/// # Errors
/// Why it does not; continues a sentence that began with the peer.
pub(super) async fn begin<W>(wire: W, protocol: Protocol<'_>) -> Result<W, String>
where
    W: AsyncRead + AsyncWrite + Unpin,
{
    let mut clear = Clear {
        wire: BufReader::new(wire),
        lines: 0,
    };
    match protocol {
        Protocol::Imap => clear.imap().await?,
        Protocol::Smtp(helo) => clear.smtp(helo).await?,
    }
    // RFC 3207 section 6: what came in clear must not be taken for what came in TLS.
    if clear.wire.buffer().is_empty() {
        Ok(clear.wire.into_inner())
    } else {
        Err("went on in clear after it had agreed to TLS: somebody may be on the way who puts words into its mouth".to_owned())
    }
}

const NOT_OFFERED: &str = "does not offer STARTTLS here: gatepost does not go on in clear; use its port for TLS from the first byte, or ask who runs it (somebody on the way may have taken the offer out)";

struct Clear<W> {
    wire: BufReader<W>,
    /// How many lines came.
    lines: usize,
}

impl<W: AsyncRead + AsyncWrite + Unpin> Clear<W> {
    async fn imap(&mut self) -> Result<(), String> {
        let greeting = self.line().await?;
        match second_word(&greeting).as_str() {
            "OK" => {}
            "PREAUTH" => {
                return Err("says before TLS that we are logged in already (PREAUTH): it is left, for anybody on the way can say so".to_owned());
            }
            "BYE" => return Err(format!("closes at once: {}", shown(&greeting))),
            _ => {
                return Err(format!(
                    "does not greet as IMAP servers do: {}",
                    shown(&greeting)
                ));
            }
        }
        let offered = self.command("T1", "CAPABILITY").await?;
        let starttls = |line: &String| {
            second_word(line) == "CAPABILITY"
                && line
                    .split_whitespace()
                    .any(|word| word.eq_ignore_ascii_case("STARTTLS"))
        };
        if !offered.iter().any(starttls) {
            return Err(NOT_OFFERED.to_owned());
        }
        self.command("T2", "STARTTLS").await.map(|_| ())
    }

    /// The untagged answers to a command that the server says OK to.
    async fn command(&mut self, tag: &str, command: &str) -> Result<Vec<String>, String> {
        self.say(&format!("{tag} {command}")).await?;
        let mut answers = Vec::new();
        loop {
            let line = self.line().await?;
            if line.split(' ').next() != Some(tag) {
                answers.push(line);
            } else if second_word(&line) == "OK" {
                return Ok(answers);
            } else {
                return Err(format!("refuses {command}: {}", shown(&line)));
            }
        }
    }

    async fn smtp(&mut self, helo: &str) -> Result<(), String> {
        self.reply("220", "to greet us").await?;
        self.say(&format!("EHLO {helo}")).await?;
        let offered = self.reply("250", "EHLO").await?;
        let starttls = |line: &String| {
            let words = line.get(4..).unwrap_or_default();
            words.trim().eq_ignore_ascii_case("STARTTLS")
        };
        // The first line is its name.
        if !offered.iter().skip(1).any(starttls) {
            return Err(NOT_OFFERED.to_owned());
        }
        self.say("STARTTLS").await?;
        self.reply("220", "STARTTLS").await.map(|_| ())
    }

    /// The lines of a reply with this code.
    async fn reply(&mut self, code: &str, step: &str) -> Result<Vec<String>, String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await?;
            if line.get(..3) != Some(code) {
                return Err(format!("refuses {step}: {}", shown(&line)));
            }
            let more = line.get(3..4) == Some("-");
            lines.push(line);
            if !more {
                return Ok(lines);
            }
        }
    }

    async fn line(&mut self) -> Result<String, String> {
        self.lines += 1;
        let mut bytes = Vec::new();
        let mut bounded = (&mut self.wire).take(LONGEST);
        let read = bounded.read_until(b'\n', &mut bytes).await;
        read.map_err(|why| broken(&why))?;
        match bytes.strip_suffix(b"\n") {
            _ if self.lines > LINES => Err("says too much before TLS".to_owned()),
            None if bytes.len() as u64 >= LONGEST => Err("sent a line that is too long".to_owned()),
            None => Err("closed the connection before TLS".to_owned()),
            Some(line) => Ok(String::from_utf8_lossy(line).trim_end().to_owned()),
        }
    }

    async fn say(&mut self, line: &str) -> Result<(), String> {
        let wire = self.wire.get_mut();
        let line = format!("{line}\r\n");
        let said = async {
            wire.write_all(line.as_bytes()).await?;
            wire.flush().await
        };
        said.await.map_err(|why| broken(&why))
    }
}

fn broken(why: &io::Error) -> String {
    format!("broke off before TLS ({})", why.kind())
}

fn second_word(line: &str) -> String {
    let word = line.split_whitespace().nth(1);
    word.unwrap_or_default().to_ascii_uppercase()
}

fn shown(line: &str) -> String {
    Foreign::new(line).cut(200)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::scripted::{End, server};

    const CAPABLE: &str = "* CAPABILITY IMAP4rev1 StartTLS LOGINDISABLED\r\n$ OK done\r\n";
    const EHLO: &str = "250-mail.example.net\r\n250-SIZE 7\r\n250 starttls\r\n";

    /// What becomes of it, and what the server heard after the script.
    async fn begun(
        protocol: Protocol<'_>,
        greeting: &str,
        steps: &[(&str, &str)],
    ) -> (Result<(), String>, String) {
        let (stream, heard) = server(greeting, steps, End::Close);
        let begun = begin(stream, protocol).await.map(drop);
        (begun, String::from_utf8(heard.await.unwrap()).unwrap())
    }

    /// It is refused in these words, and nothing more was said.
    async fn refused(protocol: Protocol<'_>, greeting: &str, steps: &[(&str, &str)], word: &str) {
        let (begun, heard) = begun(protocol, greeting, steps).await;
        let why = begun.expect_err(word);
        assert!(why.contains(word), "{why:?} lacks {word:?}");
        assert_eq!(heard, "", "{word}");
    }

    #[tokio::test]
    async fn an_honest_server_is_followed() {
        let steps = [("T1 CAPABILITY", CAPABLE), ("T2 STARTTLS", "$ OK go\r\n")];
        let (imap, _) = begun(
            Protocol::Imap,
            "* OK [CAPABILITY IMAP4rev1] hello\r\n",
            &steps,
        )
        .await;
        assert_eq!(imap, Ok(()));
        let steps = [
            ("EHLO gate.example.net\r\n", EHLO),
            ("STARTTLS\r\n", "220 go\r\n"),
        ];
        let greeting = "220-mail.example.net\r\n220 ESMTP\r\n";
        let (smtp, _) = begun(Protocol::Smtp("gate.example.net"), greeting, &steps).await;
        assert_eq!(smtp, Ok(()));
    }

    #[tokio::test]
    async fn imap_without_starttls_goes_no_further() {
        let refused = async |greeting: &str, steps: &[(&str, &str)], word: &str| {
            refused(Protocol::Imap, greeting, steps, word).await;
        };
        let hello = "* OK hello\r\n";
        refused("* PREAUTH hello anna\r\n", &[], "PREAUTH").await;
        refused("* BYE too many\r\n", &[], "closes at once: * BYE too many").await;
        refused("220 mail ESMTP\r\n", &[], "does not greet as IMAP").await;
        refused("", &[], "closed the connection before TLS").await;
        refused(&"a".repeat(9000), &[], "too long").await;
        let stripped = "* CAPABILITY IMAP4rev1 AUTH=PLAIN XSTARTTLS\r\n$ OK done\r\n";
        refused(
            hello,
            &[("T1 CAPABILITY", stripped)],
            "does not offer STARTTLS",
        )
        .await;
        // An offer in words that are no list of capabilities is none.
        let spoken = "* OK CAPABILITY STARTTLS\r\n$ OK STARTTLS\r\n";
        refused(
            hello,
            &[("T1 CAPABILITY", spoken)],
            "does not offer STARTTLS",
        )
        .await;
        for (reply, word) in [
            ("$ NO not now\r\n", "refuses STARTTLS: T2 NO not now"),
            ("$ BAD what\r\n", "refuses STARTTLS"),
            ("* BYE\r\n", "closed the connection"),
            ("", "closed the connection"),
            ("$ OK go\r\n* CAPABILITY AUTH=PLAIN\r\n", "went on in clear"),
            ("$ OK go\r\nA0001 OK logged in\r\n", "went on in clear"),
            ("$ OK go\r\n\r\n", "went on in clear"),
            ("$ OK go\r\nx", "went on in clear"),
        ] {
            let steps = [("T1 CAPABILITY", CAPABLE), ("T2 STARTTLS", reply)];
            refused(hello, &steps, word).await;
        }
        let endless = "* OK more\r\n".repeat(300);
        refused(hello, &[("T1 CAPABILITY", &endless)], "too much").await;
    }

    #[tokio::test]
    async fn smtp_without_starttls_goes_no_further() {
        let refused = async |greeting: &str, steps: &[(&str, &str)], word: &str| {
            refused(Protocol::Smtp("gate"), greeting, steps, word).await;
        };
        let hello = "220 mail ESMTP\r\n";
        refused("554 go away\r\n", &[], "to greet us: 554 go away").await;
        refused("* OK hello\r\n", &[], "refuses to greet us").await;
        refused(hello, &[("EHLO", "502 what\r\n")], "refuses EHLO: 502 what").await;
        for stripped in [
            "250-mail\r\n250 AUTH PLAIN\r\n",
            "250 STARTTLS\r\n",
            "250-mail\r\n250-XSTARTTLS\r\n250 SIZE 7 STARTTLS\r\n",
        ] {
            refused(hello, &[("EHLO", stripped)], "does not offer STARTTLS").await;
        }
        for (reply, word) in [
            ("454 not now\r\n", "refuses STARTTLS: 454 not now"),
            ("501 what\r\n", "refuses STARTTLS"),
            ("250 yes\r\n", "refuses STARTTLS"),
            ("", "closed the connection"),
            (
                "220 go\r\n250-mail\r\n250 AUTH PLAIN\r\n",
                "went on in clear",
            ),
            ("220 go\r\n235 welcome\r\n", "went on in clear"),
            ("220 go\r\n ", "went on in clear"),
        ] {
            refused(hello, &[("EHLO", EHLO), ("STARTTLS", reply)], word).await;
        }
    }
}
