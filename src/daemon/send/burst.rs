//! [`Burst`]: the letters of one turn, one after the other.

use super::Turn;
use crate::channel::Attempt;
use crate::channel::smtp::Smtp;
use crate::config::{Config, EnvelopeSender};
use crate::daemon::record::Record;
use crate::desk::settle::{self, Ended, code};
use crate::store::{Letter, LetterState, Tx};
use anyhow::{Result, bail};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

/// A letter that was taken goes on record after so long, whatever the next one does.
const SOON: Duration = Duration::from_secs(1);

/// The letters of one turn.
pub(super) struct Burst<'a> {
    record: &'a Record,
    config: &'a Arc<Config>,
    stop: &'a CancellationToken,
    /// The letter that the server took last, as long as that is not on record.
    taken: Mutex<Option<(i64, Ended)>>,
}

/// What a turn has come to.
#[derive(Default)]
struct Course {
    sent: usize,
    /// The last letter was talked about to the end; `None` when none was.
    works: Option<bool>,
    /// This connection has brought a letter to an end.
    used: bool,
    /// The server forbids letters to everybody; `None` when that is to be looked up.
    barred: Option<bool>,
    /// How many letters it forbade in this turn since then, or although they were in doubt
    /// before.
    tried: usize,
    /// What it said last, while it forbids letters to everybody.
    forbids: Option<String>,
}

impl<'a> Burst<'a> {
    pub(super) fn new(
        record: &'a Record,
        config: &'a Arc<Config>,
        stop: &'a CancellationToken,
    ) -> Self {
        Self {
            record,
            config,
            stop,
            taken: Mutex::default(),
        }
    }

    /// Hands over every letter that may leave now; says whether the way works, if a letter
    /// could tell.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn drain(
        &self,
        connect: impl AsyncFn(&Config) -> Result<Smtp, String>,
    ) -> Result<(Turn, Option<bool>)> {
        let (mut connection, mut course) = (None, Course::default());
        let down = loop {
            let Some((letter, bytes)) = self.next(&mut course).await? else {
                break course.forbids.take();
            };
            let Some(mut smtp) = connection.take().filter(Smtp::usable) else {
                self.put_on_record(None).await?;
                match connect(self.config).await {
                    Ok(new) => connection = Some(new),
                    Err(why) => break Some(why),
                }
                course.used = false;
                // What cannot be folded leaves as it is.
                if let Err(why) = self.fold_waiting().await {
                    error!(
                        why = format!("{why:#}"),
                        "reminders that waited are not folded"
                    );
                }
                continue;
            };
            let ended = self.hand_over(&mut smtp, &letter, &bytes).await?;
            log(&letter, &ended);
            connection = Some(smtp);
            if let Some(why) = self.end(&letter, ended, &mut course).await? {
                break Some(why);
            }
        };
        self.put_on_record(None).await?;
        if course.barred != Some(true) && settle::tried_enough(course.tried) {
            self.record.write(settle::rest).await?;
        }
        if let Some(open) = connection {
            open.quit().await;
        }
        let turn = down.map_or(Turn::Drained(course.sent), Turn::Down);
        Ok((turn, course.works))
    }

    /// The next letter with its bytes, unless we are asked to stop.
    async fn next(&self, course: &mut Course) -> Result<Option<(Letter, Vec<u8>)>> {
        if self.stop.is_cancelled() {
            return Ok(None);
        }
        let (known, tried) = (course.barred, course.tried);
        let next = move |tx: &Tx| {
            let barred = known.map_or_else(|| settle::bars_everybody(tx), Ok)?;
            let letter = settle::next_letter(tx, barred, tried)?;
            let bytes = letter.as_ref().map(|l| tx.letter_bytes(l.id));
            Ok((barred, letter.zip(bytes.transpose()?)))
        };
        let (barred, found) = self.record.read(next).await?;
        course.barred = Some(barred);
        Ok(found)
    }

    /// The way is open: what piled up for the team becomes one digest each.
    async fn fold_waiting(&self) -> Result<()> {
        let waiting = self.record.read(settle::to_fold).await?;
        let twice = |pair: &[Letter]| match pair {
            [one, other] => one.recipient.key() == other.recipient.key(),
            [..] => false,
        };
        if waiting.windows(2).any(twice) {
            let config = Arc::clone(self.config);
            let fold = move |tx: &Tx| settle::fold_waiting(tx, &config);
            let needless = self.record.write(fold).await?;
            info!(needless, "reminders that waited became one digest each");
        }
        Ok(())
    }

    async fn hand_over(&self, smtp: &mut Smtp, letter: &Letter, bytes: &[u8]) -> Result<Ended> {
        let from = match self.config.smtp.envelope_sender {
            EnvelopeSender::Mailbox => Some(&letter.sender),
            EnvelopeSender::Null => None,
        };
        let offered = async || self.offer(letter.id).await;
        let mut handing = pin!(smtp.hand_over(from, &letter.recipient, bytes, offered));
        let attempt = tokio::select! {
            attempt = &mut handing => attempt,
            () = self.soon(), if self.has_taken() => {
                self.put_on_record(None).await?;
                handing.await
            }
        };
        Ok(match attempt {
            Attempt::Sent(answer) => Ended::Sent(answer),
            Attempt::Again(why) => Ended::Again(why),
            Attempt::Refused(why) => Ended::Refused(why),
            Attempt::Barred(why) => Ended::Barred(why),
            Attempt::Down(why) => Ended::NotOffered(why),
            Attempt::Unknown(why) => Ended::Unknown(why),
        })
    }

    /// Just before the bytes of this letter leave: that goes on record, and that the one
    /// before was taken.
    async fn offer(&self, id: i64) -> Result<()> {
        let before = self.take();
        let (config, settled) = (Arc::clone(self.config), before.clone());
        let work = move |tx: &Tx| {
            if let Some((id, ended)) = &settled {
                settle::settle(tx, &config, *id, ended)?;
            }
            settle::offer(tx, id)
        };
        match self.record.write(work).await {
            Ok(true) => Ok(()),
            Ok(false) => bail!("letter {id} was taken back"),
            Err(why) => {
                self.keep(before);
                Err(why)
            }
        }
    }

    /// One letter came to an end; gives why the way is broken, if it is.
    async fn end(
        &self,
        letter: &Letter,
        ended: Ended,
        course: &mut Course,
    ) -> Result<Option<String>> {
        match &ended {
            Ended::Sent(_) => {
                self.keep(Some((letter.id, ended)));
                course.sent += 1;
                (course.works, course.used) = (Some(true), true);
                if course.barred == Some(true) || letter.doubt.is_some() {
                    // What is known of the others is another now, and the record says so.
                    self.put_on_record(None).await?;
                    (course.barred, course.tried, course.forbids) = (None, 0, None);
                }
            }
            Ended::Again(_) | Ended::Refused(_) => {
                self.put_on_record(Some((letter.id, ended))).await?;
                (course.works, course.used) = (Some(true), true);
            }
            Ended::Barred(why) => {
                let said = format!("it forbids letters to everybody: {why}");
                self.put_on_record(Some((letter.id, ended))).await?;
                course.used = true;
                let barred = self.record.read(settle::bars_everybody).await?;
                course.barred = Some(barred);
                course.tried += usize::from(barred || letter.doubt.is_some());
                course.forbids = barred.then_some(said);
            }
            // A connection that broke in a letter proves nothing.
            Ended::Unknown(_) => {
                self.put_on_record(Some((letter.id, ended))).await?;
                (course.works, course.used) = (Some(false), true);
            }
            Ended::NotOffered(why) => {
                let why = why.clone();
                self.put_on_record(Some((letter.id, ended))).await?;
                // A person may have taken the letter back while it was on its way: that is
                // no trouble of the server.
                let broken = !course.used && self.is_queued(letter.id).await?;
                if broken {
                    course.works = Some(false);
                }
                return Ok(broken.then_some(why));
            }
        }
        Ok(None)
    }

    /// Writes that the letter before was taken, and how this one ended.
    async fn put_on_record(&self, ended: Option<(i64, Ended)>) -> Result<()> {
        let taken = self.take();
        if taken.is_none() && ended.is_none() {
            return Ok(());
        }
        let (config, settled) = (Arc::clone(self.config), taken.clone());
        let work = move |tx: &Tx| {
            let mut all = settled.iter().chain(&ended);
            all.try_for_each(|(id, ended)| settle::settle(tx, &config, *id, ended))
        };
        let written = self.record.write(work).await;
        if written.is_err() {
            self.keep(taken);
        }
        written
    }

    /// When the letter that was taken has to go on record, however slow the next one is.
    async fn soon(&self) {
        tokio::select! {
            () = tokio::time::sleep(SOON) => {}
            () = self.stop.cancelled() => {}
        }
    }

    fn has_taken(&self) -> bool {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.is_some()
    }

    fn take(&self) -> Option<(i64, Ended)> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.take()
    }

    fn keep(&self, letter: Option<(i64, Ended)>) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = letter;
    }

    async fn is_queued(&self, id: i64) -> Result<bool> {
        let letter = self.record.read(move |tx| tx.letter(id)).await?;
        Ok(letter.is_some_and(|l| l.state == LetterState::Queued))
    }
}

fn log(letter: &Letter, ended: &Ended) {
    let (id, kind, ticket) = (letter.id, letter.kind.word(), letter.ticket.map(|t| t.0));
    let no = |why: &str, what: &str| {
        // A server's words may name the recipient: above debug only its code is told.
        warn!(letter = id, kind, ticket, code = code(why), "{what}");
        debug!(letter = id, why);
    };
    match ended {
        Ended::Sent(_) => info!(letter = id, kind, ticket, "sent"),
        Ended::Again(why) | Ended::NotOffered(why) => no(why, "not now"),
        Ended::Refused(why) => no(why, "refused"),
        Ended::Barred(why) => no(why, "forbidden; it is not known yet whether to this letter"),
        Ended::Unknown(why) => no(why, "no answer came: it may have been taken"),
    }
}
