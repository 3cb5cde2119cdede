//! [`Line`]: one command, one answer, checked to the end.
//!
//! async-imap gives the parser and the tags. Its helpers take NO, BAD and a cut connection
//! for an empty answer in places, so a broken link would look like "no new mail": only its
//! raw reading and writing is used here.
//!
//! The session is taken out for each command and put back when the tagged answer has come.
//! A time-out, an error or a future that is dropped half-way leaves no session behind: late
//! answers can never be read as those of the next command.

use super::codes;
use super::sieve::Sieve;
use crate::mail::Foreign;
use crate::mailbox::{Trouble, Woken};
use crate::net::{Hidden, SILENCE, Stream, lines::Lines, plainly};
use anyhow::anyhow;
use async_imap::imap_proto::{Capability, MailboxDatum, Outcome, RequestId, Response, Status};
use async_imap::{Client, Connection, Session};
use std::io;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

pub(super) type Judged = Lines<Sieve>;

/// How long an IDLE may take to begin or to end.
const TURN: Duration = Duration::from_secs(15);

/// The same when we were asked to stop: the daemon wants to be gone.
const HURRY: Duration = Duration::from_secs(3);

/// Whether the server has said EXISTS, and what its words do not bring into ours.
type Heard<'a> = (&'a mut bool, &'a Hidden);

/// How a command ended, when the server answered it.
pub(super) enum Answer {
    Ok,
    No(String),
    Bad(String),
}

/// A connection that is logged in.
#[derive(Debug)]
pub(super) struct Line {
    session: Option<Session<Judged>>,
    /// What its words do not bring into ours.
    hidden: Hidden,
    /// The server has said EXISTS since this was last cleared.
    pub(super) news: bool,
}

impl Line {
    pub(super) fn new(session: Session<Judged>, hidden: Hidden) -> Self {
        Self {
            session: Some(session),
            hidden,
            news: false,
        }
    }

    /// Sends one command and gives every untagged answer to `each`, within `limit` in all.
    ///
    /// `command` must hold no line end.
    pub(super) async fn ask(
        &mut self,
        command: &str,
        limit: Duration,
        each: impl FnMut(&Response<'_>) -> Result<(), Trouble>,
    ) -> Result<Answer, Trouble> {
        let mut session = self.take()?;
        let exchange = async {
            let tag = session.run_command(command).await.map_err(lost)?;
            until_tagged(&mut session, &tag, (&mut self.news, &self.hidden), each).await
        };
        let answer = timeout(limit, exchange)
            .await
            .map_err(|_| codes::too_long(command, limit))??;
        self.session = Some(session);
        Ok(answer)
    }

    /// Like [`Line::ask`], for a command to which NO and BAD are trouble.
    pub(super) async fn demand(
        &mut self,
        command: &str,
        limit: Duration,
        each: impl FnMut(&Response<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        match self.ask(command, limit, each).await? {
            Answer::Ok => Ok(()),
            Answer::No(said) | Answer::Bad(said) => Err(self.refused(command, said)),
        }
    }

    /// Sends one command that ends in a literal (RFC 9051 section 4.3), once the server has
    /// asked for it. `command` must hold no line end.
    pub(super) async fn ask_with(
        &mut self,
        command: &str,
        literal: &[u8],
        limit: Duration,
    ) -> Result<Answer, Trouble> {
        let mut session = self.take()?;
        let exchange = async {
            let command = format!("{command} {{{}}}", literal.len());
            let tag = session.run_command(&command).await.map_err(lost)?;
            if let Some(refused) =
                until_asked(&mut session, &tag, (&mut self.news, &self.hidden)).await?
            {
                return Ok(refused);
            }
            write(session.get_mut(), &[literal, b"\r\n"].concat()).await?;
            until_tagged(&mut session, &tag, (&mut self.news, &self.hidden), |_| {
                Ok(())
            })
            .await
        };
        let answer = timeout(limit, exchange)
            .await
            .map_err(|_| codes::too_long(command, limit))??;
        self.session = Some(session);
        Ok(answer)
    }

    /// Trouble of a refused command; the connection is given up.
    pub(super) fn refused(&mut self, command: &str, said: String) -> Trouble {
        self.session = None;
        codes::after_login(command, said)
    }

    /// One IDLE (RFC 2177), ended by an EXISTS, the time or `stop`. `None` when the server
    /// refuses to idle.
    pub(super) async fn idle(
        &mut self,
        at_most: Duration,
        stop: &CancellationToken,
    ) -> Result<Option<Woken>, Trouble> {
        let mut session = self.take()?;
        let begun = timeout(
            TURN,
            begin_idle(&mut session, (&mut self.news, &self.hidden)),
        )
        .await
        .map_err(|_| codes::too_long("IDLE", TURN))??;
        let Some(tag) = begun else {
            self.session = Some(session);
            return Ok(None);
        };
        session.get_mut().stream().set_read_timeout(None);
        let woken = tokio::select! {
            () = stop.cancelled() => Woken::Stopped,
            news = until_news(&mut session, (&mut self.news, &self.hidden)) => news?,
            () = sleep(at_most) => Woken::TimeUp,
        };
        session.get_mut().stream().set_read_timeout(Some(SILENCE));
        let limit = if woken == Woken::Stopped { HURRY } else { TURN };
        let end = end_idle(&mut session, &tag, (&mut self.news, &self.hidden));
        match timeout(limit, end)
            .await
            .map_err(|_| codes::too_long("DONE", limit))??
        {
            Answer::Ok => self.session = Some(session),
            Answer::No(said) | Answer::Bad(said) => return Err(self.refused("IDLE", said)),
        }
        Ok(Some(woken))
    }

    fn take(&mut self) -> Result<Session<Judged>, Trouble> {
        self.session.take().ok_or_else(|| {
            Trouble::Lost(anyhow!(
                "this connection failed before and is not used again"
            ))
        })
    }
}

/// Trouble of a refused command; the connection can go on.
pub(super) fn refusal(command: &str, said: String) -> Trouble {
    Trouble::Refused {
        command: Foreign::new(command).cut(60),
        said,
    }
}

/// Reads the greeting, which must be an OK (RFC 9051 section 7.1): PREAUTH would mean that
/// somebody else decided who we are.
pub(super) async fn greeted(stream: Stream, hidden: &Hidden) -> Result<Client<Judged>, Trouble> {
    let mut client = Client::new(Lines::new(stream, Sieve::default()));
    let greeting = client
        .read_response()
        .await
        .map_err(|why| Trouble::Lost(anyhow!(plainly(&why))))?;
    let greeting = greeting.ok_or_else(closed)?;
    match greeting.parsed() {
        Response::Data {
            status: Status::Ok, ..
        } => Ok(client),
        Response::Data {
            status: Status::Bye,
            outcome,
        } => Err(bye(outcome, hidden)),
        Response::Data {
            status: Status::PreAuth,
            ..
        } => Err(nonsense("a welcome (PREAUTH) before we said who we are")),
        _ => Err(nonsense("what is not the greeting of an IMAP server")),
    }
}

/// Asks what the server offers, before the login.
pub(super) async fn offered(
    client: &mut Client<Judged>,
    hidden: &Hidden,
    mut each: impl FnMut(&Capability<'_>),
) -> Result<Answer, Trouble> {
    let asked = async {
        // A client that is not logged in takes no command but those of the login.
        client.get_mut().write_all(b"C1 CAPABILITY\r\n").await?;
        client.get_mut().flush().await
    };
    asked
        .await
        .map_err(|why| Trouble::Lost(anyhow!(plainly(&why))))?;
    let (tag, mut news) = (RequestId("C1".to_owned()), false);
    until_tagged(client, &tag, (&mut news, hidden), |response| {
        if let Response::Capabilities(all) = response {
            all.iter().for_each(&mut each);
        }
        Ok(())
    })
    .await
}

/// Reads the next answer, notes news in it, and gives it to `look`.
async fn next<T>(
    session: &mut Connection<Judged>,
    (news, hidden): Heard<'_>,
    look: impl FnOnce(&Response<'_>) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let response = session
        .read_response()
        .await
        .map_err(|why| Trouble::Lost(anyhow!(plainly(&why))))?;
    let response = response.ok_or_else(closed)?;
    match response.parsed() {
        Response::Data {
            status: Status::Bye,
            outcome,
        } => return Err(bye(outcome, hidden)),
        Response::MailboxData(MailboxDatum::Exists(_)) => *news = true,
        _ => {}
    }
    look(response.parsed())
}

async fn until_tagged(
    session: &mut Connection<Judged>,
    wanted: &RequestId,
    (news, hidden): Heard<'_>,
    mut each: impl FnMut(&Response<'_>) -> Result<(), Trouble>,
) -> Result<Answer, Trouble> {
    loop {
        let look = |response: &Response<'_>| match response {
            Response::Done {
                tag,
                status,
                outcome,
            } if tag == wanted => answer(status, outcome, hidden).map(Some),
            Response::Done { .. } => Err(nonsense("an answer to a command that was not given")),
            other => each(other).map(|()| None),
        };
        if let Some(answer) = next(session, (&mut *news, hidden), look).await? {
            return Ok(answer);
        }
    }
}

fn answer(status: &Status, outcome: &Outcome<'_>, hidden: &Hidden) -> Result<Answer, Trouble> {
    match status {
        Status::Ok => Ok(Answer::Ok),
        Status::No => Ok(Answer::No(said(outcome, hidden))),
        Status::Bad => Ok(Answer::Bad(said(outcome, hidden))),
        Status::PreAuth | Status::Bye => Err(nonsense("a greeting in the place of an answer")),
    }
}

/// Waits until the server asks for a literal; gives its answer when it does not want it.
async fn until_asked(
    session: &mut Session<Judged>,
    wanted: &RequestId,
    (news, hidden): Heard<'_>,
) -> Result<Option<Answer>, Trouble> {
    let look = |response: &Response<'_>| match response {
        Response::Continue(_) => Ok(Some(None)),
        Response::Done {
            tag,
            status: status @ (Status::No | Status::Bad),
            outcome,
        } if tag == wanted => answer(status, outcome, hidden).map(|no| Some(Some(no))),
        Response::Done { .. } => Err(nonsense("the end of a command that was not complete")),
        _ => Ok(None),
    };
    loop {
        if let Some(asked) = next(session, (&mut *news, hidden), look).await? {
            return Ok(asked);
        }
    }
}

async fn write(stream: &mut Judged, bytes: &[u8]) -> Result<(), Trouble> {
    let written = async {
        stream.write_all(bytes).await?;
        stream.flush().await
    };
    written
        .await
        .map_err(|why| Trouble::Lost(anyhow!(plainly(&why))))
}

/// The tag of an IDLE that began; `None` when the server refused it.
async fn begin_idle(
    session: &mut Session<Judged>,
    (news, hidden): Heard<'_>,
) -> Result<Option<RequestId>, Trouble> {
    let wanted = session.run_command("IDLE").await.map_err(lost)?;
    let look = |response: &Response<'_>| match response {
        Response::Continue(_) => Ok(Some(true)),
        Response::Done {
            tag,
            status: Status::No | Status::Bad,
            ..
        } if *tag == wanted => Ok(Some(false)),
        Response::Done { .. } => Err(nonsense("the end of an IDLE that had not begun")),
        _ => Ok(None),
    };
    loop {
        if let Some(begun) = next(session, (&mut *news, hidden), look).await? {
            return Ok(begun.then_some(wanted));
        }
    }
}

async fn until_news(
    session: &mut Session<Judged>,
    (news, hidden): Heard<'_>,
) -> Result<Woken, Trouble> {
    while !*news {
        let look = |response: &Response<'_>| match response {
            Response::Done { .. } => Err(nonsense("the end of an IDLE that we did not end")),
            _ => Ok(()),
        };
        next(session, (&mut *news, hidden), look).await?;
    }
    Ok(Woken::Changed)
}

async fn end_idle(
    session: &mut Session<Judged>,
    tag: &RequestId,
    (news, hidden): Heard<'_>,
) -> Result<Answer, Trouble> {
    session.run_command_untagged("DONE").await.map_err(lost)?;
    until_tagged(session, tag, (news, hidden), |_| Ok(())).await
}

/// What the server said, as one harmless line without the secret.
fn said(outcome: &Outcome<'_>, hidden: &Hidden) -> String {
    let said = outcome.information.as_deref().unwrap_or("nothing");
    Foreign::new(hidden.out_of(said)).cut(300)
}

fn bye(outcome: &Outcome<'_>, hidden: &Hidden) -> Trouble {
    Trouble::Lost(anyhow!("the server said BYE: {}", said(outcome, hidden)))
}

fn nonsense(what: &str) -> Trouble {
    Trouble::Lost(anyhow!("the server sent {what}"))
}

fn closed() -> Trouble {
    Trouble::Lost(anyhow!("the server closed the connection"))
}

/// The kind of an error of async-imap: its text may hold what the server sent.
pub(super) fn lost(why: async_imap::error::Error) -> Trouble {
    Trouble::Lost(match why {
        async_imap::error::Error::Io(why) => anyhow!(plainly(&why)),
        async_imap::error::Error::ConnectionLost => anyhow!("the server closed the connection"),
        _ => anyhow!(plainly(&io::Error::other("protocol"))),
    })
}
