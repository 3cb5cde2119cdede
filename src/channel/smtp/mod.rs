//! Letters over SMTP submission (RFC 6409, RFC 8314): one recipient a transaction.
//!
//! Every attempt ends as one [`Attempt`], and which one it is decides whether a reporter is
//! answered twice or never:
//!
//! | step | 4xx | 5xx | 421, lost, too slow |
//! |---|---|---|---|
//! | greeting, EHLO, AUTH | no connection | no connection | no connection |
//! | MAIL FROM | down | down | down |
//! | RCPT, DATA | again | refused | down |
//! | `offered` fails | | | down, and no byte of the letter was sent |
//! | after the message | again | refused | 421: down; else unknown |
//!
//! A demand to log in (530 and its kin) at any step is not about a letter: down.
//!
//! Where a letter would be refused and the enhanced code is 5.7.x (RFC 3463: security or
//! policy), it is barred: blocked accounts and full quotas say so as well.
//!
//! It must never send the bytes of a letter before `offered` is committed, never use a
//! connection again after a transaction that did not end, and never put the password into
//! a word of its own.
//!
//! Known fault: a domain beyond ASCII needs a server with SMTPUTF8, though its ASCII form
//! would do.

mod heard;
mod login;
mod replies;

#[cfg(test)]
mod tests;

use self::heard::{Heard, hear};
use self::replies::Replies;
use super::Attempt;
use crate::mail::Address;
use crate::net::{Hidden, Login, Peer, Protocol, Stream, connect, lines::Lines};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::{ClientId, Extension, ServerInfo};
use std::time::Duration;
use tokio::time::timeout;

/// How long the greeting with EHLO, the login, and each command may take.
const STEP: Duration = Duration::from_secs(60);

/// How long the message and the reply to its final dot may take (RFC 5321 section
/// 4.5.3.2.6): who gives up sooner sends again what was taken.
const MESSAGE: Duration = Duration::from_secs(600);

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(3);

/// A connection to a submission server, logged in.
pub struct Smtp {
    /// Taken out for each transaction, and put back when that came to a clean end: a
    /// late reply can never be read as that to the next letter.
    connection: Option<AsyncSmtpConnection>,
    /// What the server's words do not bring into ours.
    hidden: Hidden,
}

/// A connection, and what the server's words do not bring into ours.
type Spoken<'a> = (&'a mut AsyncSmtpConnection, &'a Hidden);

/// What becomes of the connection after a transaction.
enum After {
    /// It is ready for the next.
    Ready,
    /// It waits in the middle of a transaction.
    Midway,
    /// It is closed without a word.
    Gone,
}

impl Smtp {
    /// Connects, says `helo` (our name in EHLO) and logs in; without a `login` nobody does.
    ///
    /// # Errors
    /// Why not, without secrets. Whatever it is, no letter is to blame. A refused login has
    /// the server's 5xx in its words.
    pub async fn connect<'l>(
        peer: &Peer,
        login: impl Into<Option<&'l Login>>,
        helo: &str,
    ) -> Result<Self, String> {
        let login = login.into();
        check_name(helo)?;
        let stream = connect(peer, Protocol::Smtp(helo)).await.map_err(|why| {
            // Before STARTTLS the server speaks as well.
            let hidden = login.map(login::hidden).unwrap_or_default();
            hidden.out_of(&format!("{why:#}"))
        })?;
        let smtp = Self::over(stream, login, helo)
            .await
            .map_err(|why| format!("{peer}: {why}"))?;
        tracing::debug!(host = %peer.host, login = login.is_some(), "connected to SMTP");
        Ok(smtp)
    }

    /// As [`Smtp::connect`], over a connection that stands. Errors as in [`Smtp::connect`].
    pub async fn over<'l>(
        mut stream: Stream,
        login: impl Into<Option<&'l Login>>,
        helo: &str,
    ) -> Result<Self, String> {
        check_name(helo)?;
        let login = login.into();
        let hidden = login.map(login::hidden).unwrap_or_default();
        // Each step has a limit of its own here.
        stream.set_read_timeout(None);
        let lines = Box::new(Lines::new(stream, Replies::default()));
        let helo = ClientId::Domain(helo.to_owned());
        let greeted = timeout(
            STEP,
            AsyncSmtpConnection::connect_with_transport(lines, &helo),
        )
        .await;
        let mut connection = match greeted {
            Ok(Ok(connection)) => connection,
            Ok(Err(why)) => return Err(unwelcome(hear(Ok(Err(why)), &hidden))),
            Err(why) => return Err(unwelcome(hear(Err(why), &hidden))),
        };
        if let Some(login) = login {
            login::login(&mut connection, login, &hidden, STEP).await?;
        }
        Ok(Self {
            connection: Some(connection),
            hidden,
        })
    }

    /// Hands one letter over: `bytes`, whole and with CR LF at every line end.
    ///
    /// Without a `from` the envelope sender is empty, so that no bounce comes back.
    ///
    /// `offered` is called when the recipient is accepted and the server waits for the
    /// message; only when it succeeds are the bytes sent. Dropping this future gives the
    /// connection up.
    pub async fn hand_over(
        &mut self,
        from: Option<&Address>,
        to: &Address,
        bytes: &[u8],
        offered: impl AsyncFnOnce() -> anyhow::Result<()>,
    ) -> Attempt {
        let Some(mut connection) = self.connection.take() else {
            return Attempt::Down("the connection to the mail server is gone".to_owned());
        };
        let (attempt, after) =
            transact((&mut connection, &self.hidden), from, to, bytes, offered).await;
        match after {
            After::Ready => self.connection = Some(connection),
            After::Midway => {
                self.connection = Some(connection);
                self.reset().await;
            }
            // Not even a QUIT: after DATA it would be a line of the message.
            After::Gone => drop(connection),
        }
        attempt
    }

    /// True when another letter can be tried on this connection.
    pub fn usable(&self) -> bool {
        self.connection.is_some()
    }

    /// Ends a transaction (RSET), or finds out whether the connection still lives.
    pub async fn reset(&mut self) -> bool {
        if let Some(mut connection) = self.connection.take()
            && let Heard::Yes { .. } = say((&mut connection, &self.hidden), "RSET").await
        {
            self.connection = Some(connection);
        }
        self.usable()
    }

    /// Takes leave. What goes wrong then is of no interest.
    pub async fn quit(mut self) {
        if let Some(connection) = &mut self.connection {
            let _ = timeout(FAREWELL, connection.command("QUIT\r\n")).await;
        }
    }
}

async fn transact(
    (connection, hidden): Spoken<'_>,
    from: Option<&Address>,
    to: &Address,
    bytes: &[u8],
    offered: impl AsyncFnOnce() -> anyhow::Result<()>,
) -> (Attempt, After) {
    let parameters = match parameters(connection.server_info(), from, to, bytes) {
        Ok(parameters) => parameters,
        Err(attempt) => return (attempt, After::Ready),
    };
    match say(
        (&mut *connection, hidden),
        &format!(
            "MAIL FROM:<{}>{parameters}",
            from.map(ToString::to_string).unwrap_or_default()
        ),
    )
    .await
    {
        Heard::Yes {
            code: 200..=299, ..
        } => {}
        heard => {
            return (
                Attempt::Down(format!("MAIL FROM: {}", heard.words())),
                After::Gone,
            );
        }
    }
    match say((&mut *connection, hidden), &format!("RCPT TO:<{to}>")).await {
        Heard::Yes {
            code: 200..=299, ..
        } => {}
        heard => return not_taken("RCPT TO", heard),
    }
    match say((&mut *connection, hidden), "DATA").await {
        Heard::Yes { code: 354, .. } => {}
        heard => return not_taken("DATA", heard),
    }
    if let Err(why) = offered().await {
        return (
            Attempt::Down(format!(
                "the letter was not sent, because that could not be recorded: {why:#}"
            )),
            After::Gone,
        );
    }
    send((connection, hidden), bytes).await
}

/// Sends the message. From its first byte on nobody knows, until the server has said so.
async fn send((connection, hidden): Spoken<'_>, bytes: &[u8]) -> (Attempt, After) {
    // The final dot brings its own line end; with this one the server would get one more than we keep.
    let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    match hear(timeout(MESSAGE, connection.message(bytes)).await, hidden) {
        Heard::Yes {
            code: 200..=299,
            words,
        } => (Attempt::Sent(words), After::Ready),
        Heard::Yes { words, .. } => (Attempt::Unknown(words), After::Gone),
        Heard::NotNow(words) => (Attempt::Again(words), After::Ready),
        Heard::Never(words) => never(words, After::Ready),
        Heard::Closing(words) => (Attempt::Down(words), After::Gone),
        Heard::Lost(words) => (Attempt::Unknown(words), After::Gone),
    }
}

/// The server did not want this recipient, or no more at all.
fn not_taken(step: &str, heard: Heard) -> (Attempt, After) {
    match heard {
        Heard::NotNow(words) => (Attempt::Again(words), After::Midway),
        Heard::Never(words) => match never(words, After::Midway) {
            (Attempt::Down(words), after) => (Attempt::Down(format!("{step}: {words}")), after),
            other => other,
        },
        heard @ (Heard::Yes { .. } | Heard::Closing(_) | Heard::Lost(_)) => (
            Attempt::Down(format!("{step}: {}", heard.words())),
            After::Gone,
        ),
    }
}

/// Replies that ask for a login, or another one (RFC 4954 section 6): 534 and 538 are about
/// its mechanism. A server may give them to any command.
const LOG_IN_FIRST: [&str; 4] = ["530", "534", "535", "538"];

/// A 5xx to a letter, by its code and the enhanced one (RFC 3463), which follows it.
fn never(words: String, after: After) -> (Attempt, After) {
    let mut codes = words.split(' ');
    let reply = codes.next().unwrap_or_default();
    let enhanced = codes.next().unwrap_or_default();
    if LOG_IN_FIRST.contains(&reply) {
        (Attempt::Down(words), After::Gone)
    } else if enhanced.starts_with("5.7.") {
        (Attempt::Barred(words), after)
    } else {
        (Attempt::Refused(words), after)
    }
}

/// The parameters of MAIL FROM that this letter needs; an attempt when it cannot be sent here.
fn parameters(
    server: &ServerInfo,
    from: Option<&Address>,
    to: &Address,
    bytes: &[u8],
) -> Result<&'static str, Attempt> {
    if !ends_lines_in_crlf(bytes) {
        // A lone CR or LF ends a message early on some servers.
        return Err(Attempt::Refused(
            "the letter holds a line end that is not CR LF".to_owned(),
        ));
    }
    let beyond_ascii = |address: &Address| !address.to_string().is_ascii();
    let (ours, theirs) = (from.is_some_and(beyond_ascii), beyond_ascii(to));
    let utf8 = server.supports_feature(Extension::SmtpUtfEight);
    let eight = server.supports_feature(Extension::EightBitMime);
    match (ours || theirs, bytes.is_ascii()) {
        (true, _) if !utf8 && ours => Err(Attempt::Down(
            "the sender's address needs a mail server with SMTPUTF8".to_owned(),
        )),
        (true, _) if !utf8 => Err(Attempt::Refused(
            "the address needs a mail server with SMTPUTF8".to_owned(),
        )),
        (_, false) if !eight => Err(Attempt::Refused(
            "the letter needs a mail server with 8BITMIME".to_owned(),
        )),
        (true, true) => Ok(" SMTPUTF8"),
        (true, false) => Ok(" SMTPUTF8 BODY=8BITMIME"),
        (false, true) => Ok(""),
        (false, false) => Ok(" BODY=8BITMIME"),
    }
}

/// True when every CR and every LF belongs to a CR LF.
fn ends_lines_in_crlf(bytes: &[u8]) -> bool {
    let count = |wanted: u8| bytes.iter().filter(|byte| **byte == wanted).count();
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    count(b'\r') == pairs && count(b'\n') == pairs
}

async fn say((connection, hidden): Spoken<'_>, command: &str) -> Heard {
    let said = timeout(STEP, connection.command(format!("{command}\r\n")));
    hear(said.await, hidden)
}

fn unwelcome(heard: Heard) -> String {
    format!("the mail server did not welcome us: {}", heard.words())
}

/// A name that would be more than one word of EHLO is never sent.
fn check_name(helo: &str) -> Result<(), String> {
    if helo.is_empty() || !helo.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!("{helo:?} cannot be our name in EHLO"));
    }
    Ok(())
}
