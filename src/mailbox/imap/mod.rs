//! A mailbox over IMAP (RFC 9051, and RFC 3501 servers), read and never changed, but for
//! the copies of sent letters that `filing` adds by APPEND.
//!
//! One mail takes this way: `sieve` lets only known answers through to the parser, `line`
//! runs one command to its tagged end, `fetch` lists and reads messages, and this file gives
//! them to the daemon as a [`Mailbox`].
//!
//! It must never send STORE, EXPUNGE, CLOSE, MOVE, SELECT or a FETCH that sets `\Seen`:
//! folders are opened by EXAMINE and texts are read by `BODY.PEEK`. It asks by UID only and
//! takes nothing that it did not ask for. Every command has a limit over its whole length
//! beside the time-out of each read, so a server that sends a byte a second holds it for 90 s
//! at most.
//!
//! Known faults: the server must offer IMAP4rev1. Folder names stay in the encoding of the
//! server (modified UTF-7 on most).

mod batch;
mod codes;
mod fetch;
mod filing;
mod line;
mod login;
mod sieve;
mod words;

#[cfg(test)]
mod tests;

use self::line::{Answer, Line};
use super::roles::{There, is_same};
use super::{Listed, Mailbox, Opened, Trouble, Woken};
use crate::net::{Login, Peer, Protocol, Stream, connect};
use crate::triage::Role;
use anyhow::anyhow;
use async_imap::imap_proto::{Capability, MailboxDatum, NameAttribute, Response, ResponseCode};
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The limit over the greeting and the login, and over each short command.
const SHORT: Duration = Duration::from_secs(60);

/// The limit over a listing, or over one slice of a message.
const LONG: Duration = Duration::from_secs(90);

/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(3);

/// More folders than this are not listed.
const FOLDERS: usize = 10_000;

/// A mailbox on an IMAP server, logged in. After any [`Trouble`] but that of a folder that
/// is not there or not open to us, and of a message that was refused, it only gives
/// [`Trouble::Lost`]: connect anew.
#[derive(Debug)]
pub struct Imap {
    line: Line,
    idles: bool,
    /// It marks folders for what they are when it is asked to.
    marks: bool,
}

impl Imap {
    /// Connects and logs in.
    ///
    /// # Errors
    /// [`Trouble::Lost`] for the network, TLS and a greeting that is none, [`Trouble::Login`]
    /// when the server refuses the name or the secret, [`Trouble::Permission`] when they are
    /// right and we are not let in.
    pub async fn connect(peer: &Peer, login: &Login) -> Result<Self, Trouble> {
        let stream = connect(peer, Protocol::Imap).await.map_err(|why| {
            // Before STARTTLS the server speaks as well.
            Trouble::Lost(anyhow!(login::hidden(login).out_of(&format!("{why:#}"))))
        })?;
        let imap = Self::over(stream, login).await?;
        tracing::debug!(host = %peer.host, idle = imap.idles, "logged in to IMAP");
        Ok(imap)
    }

    /// Logs in over a connection that stands. Errors as in [`Imap::connect`].
    pub async fn over(stream: Stream, login: &Login) -> Result<Self, Trouble> {
        let line = timeout(SHORT, login::login(stream, login))
            .await
            .map_err(|_| {
                Trouble::Lost(anyhow!(
                    "greeting and login took more than {} s",
                    SHORT.as_secs()
                ))
            })??;
        let mut imap = Self {
            line,
            idles: false,
            marks: false,
        };
        imap.learn_capabilities().await?;
        Ok(imap)
    }

    /// Takes leave, in 3 s at most. What goes wrong then is of no interest.
    pub async fn logout(mut self) {
        let _ = self.line.ask("LOGOUT", FAREWELL, |_| Ok(())).await;
    }

    /// What a server can do may change with the login, so it is asked after it (RFC 9051 section 6.2.2).
    async fn learn_capabilities(&mut self) -> Result<(), Trouble> {
        let (idles, marks) = (&mut self.idles, &mut self.marks);
        self.line
            .demand("CAPABILITY", SHORT, |response| {
                if let Response::Capabilities(all) = response {
                    *idles |= all.iter().any(|c| is_named(c, "IDLE"));
                    *marks |= all.iter().any(|c| is_named(c, "SPECIAL-USE"));
                }
                Ok(())
            })
            .await
    }

    /// The folders that match `pattern`, without those that only stand for others below
    /// them. `more` is what LIST is to tell beside.
    async fn matching(&mut self, pattern: &str, more: &str) -> Result<Vec<There>, Trouble> {
        let mut found = Vec::new();
        let command = format!("LIST \"\" {pattern}{more}");
        let answer = self.line.ask(&command, LONG, |response| {
            if let Response::MailboxData(MailboxDatum::List(folder)) = response
                && !folder.name_attributes.iter().any(stands_for_others)
                && found.len() < FOLDERS
            {
                found.push(There {
                    name: unescaped(&folder.name),
                    separator: folder.delimiter.as_deref().map(unescaped),
                    marked: folder.name_attributes.iter().find_map(role),
                });
            }
            Ok(())
        });
        match answer.await? {
            Answer::Ok => Ok(found),
            Answer::No(said) | Answer::Bad(said) => {
                match codes::after_login(&command, said.clone()) {
                    Trouble::Lost(_) => Err(self.line.refused(&command, said)),
                    refused => Err(refused),
                }
            }
        }
    }

    /// A folder that was refused: is it there at all? Only some servers say so in a code.
    async fn refused(&mut self, folder: &str, command: &str, name: &str, said: String) -> Trouble {
        match self.matching(name, "").await {
            Ok(found) if found.iter().any(|known| is_same(&known.name, folder)) => {
                line::refusal(command, said)
            }
            Ok(_) => Trouble::NoFolder(folder.to_owned()),
            Err(trouble) => trouble,
        }
    }
}

impl Mailbox for Imap {
    async fn folders(&mut self) -> Result<Vec<There>, Trouble> {
        // Some servers mark folders only when they are asked to (RFC 6154 section 2).
        if self.marks {
            match self.matching("\"*\"", " RETURN (SPECIAL-USE)").await {
                Err(Trouble::Refused { .. }) => self.marks = false,
                answered => return answered,
            }
        }
        self.matching("\"*\"", "").await
    }

    async fn open(&mut self, folder: &str) -> Result<Opened, Trouble> {
        let Some(name) = words::quoted(folder) else {
            return Err(Trouble::NoFolder(folder.to_owned()));
        };
        let command = format!("EXAMINE {name}");
        let mut opened = Opened {
            uidvalidity: 0,
            exists: 0,
            uidnext: 0,
        };
        let answer = self.line.ask(&command, SHORT, |response| {
            match response {
                Response::MailboxData(MailboxDatum::Exists(count)) => opened.exists = *count,
                Response::Data { outcome, .. } => match outcome.code {
                    Some(ResponseCode::UidValidity(value)) => opened.uidvalidity = value,
                    Some(ResponseCode::UidNext(value)) => opened.uidnext = value,
                    _ => {}
                },
                _ => {}
            }
            Ok(())
        });
        let (said, no) = match answer.await? {
            Answer::Ok => (None, false),
            Answer::No(said) => (Some(said), true),
            Answer::Bad(said) => (Some(said), false),
        };
        match said.map(|said| (codes::after_login(&command, said.clone()), said)) {
            None => {}
            // It is about this folder, and the answer came to its end: the others may be
            // open to us. Servers say SERVERBUG of one folder that is damaged.
            Some((trouble @ Trouble::Permission(_), _)) => return Err(trouble),
            Some((Trouble::Refused { .. }, said)) if no => {
                return Err(self.refused(folder, &command, &name, said).await);
            }
            Some((_, said)) => return Err(line::refusal(&command, said)),
        }
        self.line.news = false;
        tracing::debug!(
            folder,
            uidvalidity = opened.uidvalidity,
            exists = opened.exists,
            "opened a folder"
        );
        Ok(opened)
    }

    async fn uids_from(&mut self, first: u32) -> Result<Vec<u32>, Trouble> {
        // What arrives from here on may be missing in the answer.
        self.line.news = false;
        fetch::uids(&mut self.line, first).await
    }

    async fn list(&mut self, uids: &[u32]) -> Result<Vec<Listed>, Trouble> {
        fetch::list(&mut self.line, uids).await
    }

    async fn heads(
        &mut self,
        uids: &[u32],
        each: &mut (dyn FnMut(u32, u64, &[u8]) + Send),
    ) -> Result<(), Trouble> {
        batch::heads(&mut self.line, uids, each).await
    }

    async fn batch(
        &mut self,
        uids: &[u32],
        limit: u64,
        each: &mut (dyn FnMut(u32, &[u8]) + Send),
    ) -> Result<(), Trouble> {
        batch::texts(&mut self.line, uids, limit, each).await
    }

    async fn slice(
        &mut self,
        uid: u32,
        offset: u64,
        wanted: u64,
        piece: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<Option<u64>, Trouble> {
        fetch::slice(&mut self.line, uid, offset, wanted, piece).await
    }

    async fn wait(
        &mut self,
        at_most: Duration,
        stop: &CancellationToken,
    ) -> Result<Woken, Trouble> {
        if std::mem::take(&mut self.line.news) {
            return Ok(Woken::Changed);
        }
        if self.idles {
            if let Some(woken) = self.line.idle(at_most, stop).await? {
                // What was said while the IDLE ended is new as well.
                let changed = std::mem::take(&mut self.line.news) && woken == Woken::TimeUp;
                return Ok(if changed { Woken::Changed } else { woken });
            }
            self.idles = false;
        }
        tokio::select! {
            () = stop.cancelled() => Ok(Woken::Stopped),
            () = tokio::time::sleep(at_most) => Ok(Woken::TimeUp),
        }
    }
}

/// A name that cannot be opened (RFC 9051 section 7.3.1).
fn stands_for_others(attribute: &NameAttribute<'_>) -> bool {
    match attribute {
        NameAttribute::NoSelect => true,
        NameAttribute::Extension(name) => name.eq_ignore_ascii_case("\\NonExistent"),
        _ => false,
    }
}

/// The parser leaves the backslashes of a quoted name in.
fn unescaped(name: &str) -> String {
    name.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// What the server marks a folder as (RFC 6154 section 2).
fn role(attribute: &NameAttribute<'_>) -> Option<Role> {
    match attribute {
        NameAttribute::Junk => Some(Role::Junk),
        NameAttribute::Sent => Some(Role::Sent),
        _ => None,
    }
}

fn is_named(capability: &Capability<'_>, wanted: &str) -> bool {
    matches!(capability, Capability::Atom(name) if name.eq_ignore_ascii_case(wanted))
}
