//! The letters to the reporters of duplicates: the same news, each in its own thread.
//!
//! They hold no word of the first report, nor of what a person writes to its reporter, but
//! with `--words-for-all`. What hinders one of them keeps no other letter from going; it is
//! shown, and `show` says of the duplicate what its reporter has not been told.

use super::{Plan, Sitting, writing};
use crate::cli::{Here, answer, document, look, output};
use crate::desk::act::{self, Decision, How, Publication, Writing};
use crate::desk::{self, File, post};
use crate::letters::{Letter, NewDate, PublishedView, ReplyView, ResolvedView};
use crate::mail::{Address, Foreign};
use crate::store::{LetterKind, Tx};
use crate::ticket::{Planned, Stage, TicketNo, What};
use anyhow::Result;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// A report that follows the one at hand.
pub struct Follower {
    file: File,
    /// Its reporter's latest mail was received then.
    answers: Timestamp,
    notes: Vec<String>,
    encrypted: bool,
}

/// What the reporters of all of them hear.
pub enum News<'a> {
    /// The date of the resolution is this one now, and that of the end of an embargo.
    Dates(Option<Date>, Option<Date>),
    /// It is resolved.
    Resolved,
    /// It is, or will be, public.
    Published(&'a Publication),
}

/// What is written to the reporter of one follower.
pub struct Followup {
    number: TicketNo,
    reference: String,
    to: Address,
    answers: Timestamp,
    decision: Decision,
    letter: Letter,
    notes: Vec<String>,
    /// It came encrypted.
    pub(super) encrypted: bool,
}

/// What became of another when the decision was recorded: its letter, where one goes, or why
/// nothing was written of it.
pub type Outcome = std::result::Result<Option<i64>, String>;

/// All reports that follow this one.
pub(super) fn all(tx: &Tx, here: &Here, ticket: TicketNo) -> Result<Vec<Follower>> {
    let open = |number| {
        let file = desk::file(tx, &here.config, number)?;
        let latest = writing::latest_mail(here, tx, &file)?;
        Ok(Follower {
            file,
            answers: latest.received_at,
            notes: latest.notes,
            encrypted: latest.encrypted,
        })
    };
    let numbers = act::followers(tx, ticket)?;
    numbers.into_iter().map(open).collect()
}

impl Sitting<'_> {
    /// The letters to the reporters of its duplicates, and what to know of those that get
    /// none.
    ///
    /// # Errors
    /// When a template fails.
    pub fn followups(
        &self,
        news: Option<&News>,
        words: &str,
    ) -> Result<(Vec<Followup>, Vec<String>)> {
        let (mut letters, mut notes) = (Vec::new(), Vec::new());
        let Some(news) = news else {
            return Ok((letters, notes));
        };
        for on in self.passed(news) {
            notes.push(format!(
                "{on} has passed: the reporters of its duplicates get no letter of today that promises it"
            ));
        }
        let hears = |f: &&Follower| is_news(news, &f.file, self.today);
        for follower in self.followers.iter().filter(hears) {
            let number = follower.file.row.number;
            let Some(to) = &follower.file.row.reporter else {
                notes.push(format!(
                    "{number} is its duplicate, and nobody there can be written to: tell them in another way, then the same command on {} with --said-at TIME --via WAY",
                    number.0
                ));
                continue;
            };
            let words = if self.sending.words_for_all {
                words
            } else {
                ""
            };
            letters.push(self.followup(news, follower, to, words)?);
        }
        // What leaves encrypted goes to one.
        let could_go = !self.sending.words_for_all && !self.sending.encrypt;
        if !letters.is_empty() && !words.is_empty() && could_go {
            notes.push(
                "what you wrote goes to this reporter alone: --words-for-all sends it to those of its duplicates too".to_owned(),
            );
        }
        Ok((letters, notes))
    }

    /// The dates that are news for a duplicate and over by now: what was said elsewhere, and
    /// is told late.
    fn passed(&self, news: &News) -> Vec<Date> {
        let dates = match news {
            News::Dates(on, embargo) => [*on, *embargo],
            News::Resolved => [None, None],
            News::Published(publication) => [publication.on, None],
        };
        let mut duplicates = self.followers.iter();
        let heard = duplicates.any(|f| is_news(news, &f.file, Date::MIN));
        let over = |on: &Date| heard && *on < self.today;
        dates.into_iter().flatten().filter(over).collect()
    }

    fn followup(
        &self,
        news: &News,
        follower: &Follower,
        to: &Address,
        words: &str,
    ) -> Result<Followup> {
        let file = &follower.file;
        let (letter, decision) = match news {
            News::Dates(on, embargo) => self.new_dates(*on, *embargo, file, words),
            News::Resolved => self.resolution(file, words),
            News::Published(publication) => self.publication_of(publication, file, words),
        }?;
        let mut notes = follower.notes.clone();
        if file.ticket.unreachable {
            notes.push("our last letter to them did not arrive".to_owned());
        }
        if file.ticket.stage == Stage::Closed {
            notes.push("it is closed, and stays closed".to_owned());
        }
        Ok(Followup {
            number: file.row.number,
            reference: file.row.reference.to_string(),
            to: to.clone(),
            answers: follower.answers,
            decision: act::followed(decision, self.file.row.number),
            letter,
            notes,
            encrypted: follower.encrypted,
        })
    }

    /// What is decided on a follower, and nothing is yet.
    fn blank(&self, file: &File, kind: LetterKind) -> Decision {
        Decision {
            ticket: file.row.number,
            seen: file.ticket.last_fact,
            ..self.decision(kind)
        }
    }

    fn new_dates(
        &self,
        expected: Option<Date>,
        embargo: Option<Date>,
        file: &File,
        words: &str,
    ) -> Result<(Letter, Decision)> {
        let config = &self.here.config;
        let today = self.today;
        let expected = expected.filter(|on| is_new_date(*on, file, today));
        let embargo = embargo.filter(|on| is_new_plan(Planned::Embargo, *on, file, today));
        let moved = expected.and_then(|on| answer::moved(file, on, self.now, &config.calendar));
        let letter = config.letters_from(&file.row.mailbox).reply(
            None,
            &ReplyView {
                hand: post::hand(config, file, &self.who, words),
                date: expected.map(|on| NewDate {
                    on,
                    was: moved.as_ref().map(|(m, _)| m.from),
                    missed: moved.as_ref().is_some_and(|(m, _)| m.missed),
                    // The reason was written for the reporter of the first.
                    because: "",
                }),
                embargo: embargo.map(|on| answer::replanned(file, Planned::Embargo, on, today)),
                ask: false,
                signal: None,
                until: None,
                owner: None,
                holds: None,
            },
        )?;
        let reply = act::Reply {
            expected,
            embargo,
            ..act::Reply::default()
        };
        Ok((letter, reply.on(self.blank(file, LetterKind::Reply))))
    }

    fn resolution(&self, file: &File, words: &str) -> Result<(Letter, Decision)> {
        let config = &self.here.config;
        let publication = self.publication();
        let letter = config
            .letters_from(&file.row.mailbox)
            .resolved(&ResolvedView {
                hand: post::hand(config, file, &self.who, words),
                publication,
                is_public: act::is_published(&self.file.facts),
                ask_credit: answer::credit_is_unasked(file),
            })?;
        let mut decision = act::resolve(self.blank(file, LetterKind::Resolved));
        decision.told.extend(self.publication_told());
        Ok((letter, decision))
    }

    fn publication_of(
        &self,
        publication: &Publication,
        file: &File,
        words: &str,
    ) -> Result<(Letter, Decision)> {
        let config = &self.here.config;
        let letter = config
            .letters_from(&file.row.mailbox)
            .published(&PublishedView {
                hand: post::hand(config, file, &self.who, words),
                planned: publication
                    .on
                    .map(|on| answer::replanned(file, Planned::Publication, on, self.today)),
                link: publication.link.as_deref(),
                resolved: act::is_resolved(&self.file.facts),
            })?;
        let publication = Publication {
            force: None,
            because: String::new(),
            ..publication.clone()
        };
        Ok((
            letter,
            publication.on(self.blank(file, LetterKind::Published)),
        ))
    }

    /// The day on which we mean to publish, if that is to come.
    pub fn publication(&self) -> Option<Date> {
        let on = self.file.ticket.planned.get(&Planned::Publication).copied();
        on.filter(|on| *on > self.today)
    }

    /// The same, as a fact of whoever is told it.
    pub fn publication_told(&self) -> Option<What> {
        let event = Planned::Publication;
        self.publication().map(|on| What::Planned { event, on })
    }

    /// The numbers of its duplicates.
    pub fn duplicates(&self) -> impl Iterator<Item = TicketNo> {
        self.followers.iter().map(|f| f.file.row.number)
    }

    /// Shows what goes to the reporters of its duplicates.
    pub(super) fn show_followups(&self, plan: &Plan) {
        for one in plan.followups.iter().filter(|_| !self.sending.json) {
            let mail = look::moment(one.answers, &self.here.config.calendar);
            output::strong(format!(
                "And to {}, of {}, which follows {}; reply to their mail of {mail}:",
                one.to, one.number, self.file.row.number
            ));
            writing::show_letter(&one.letter);
            one.notes
                .iter()
                .for_each(|note| output::line(format!("! {note}")));
        }
    }

    /// The same for scripts. `state` is that of all letters that were queued.
    pub(super) fn followup_documents(
        &self,
        plan: &Plan,
        outcomes: &[Outcome],
        state: &'static str,
    ) -> Vec<document::Followed> {
        let form = |(n, one): (usize, &Followup)| {
            let outcome = outcomes.get(n);
            let stopped = outcome.and_then(|o| o.as_ref().err());
            document::Followed {
                r#ref: one.reference.clone(),
                letter: outcome.and_then(|o| o.as_ref().ok().copied()).flatten(),
                state: stopped.map_or(state, |_| "stopped"),
                to: Some(one.to.to_string()),
                subject: Some(Foreign::new(one.letter.subject.clone())),
                text: Some(one.letter.body.clone()),
                notes: one.notes.iter().chain(stopped).cloned().collect(),
            }
        };
        plan.followups.iter().enumerate().map(form).collect()
    }
}

/// Records what the followers are told, each by itself: what hinders one is undone and
/// said, and stops nothing else.
pub(super) fn record(tx: &Tx, here: &Here, plan: &Plan, grace: SignedDuration) -> Vec<Outcome> {
    let one = |one: &Followup| {
        let writing = Writing {
            letter: &one.letter,
            enclosed: None,
            encrypted: None,
            grace,
        };
        let decide = || act::decide(tx, &here.config, &one.decision, How::Letter(&writing));
        match tx.savepoint(decide) {
            Ok(Some(id)) => Ok(Some(id)),
            Ok(None) => Err(format!("{} has no letter", one.number)),
            Err(why) => Err(format!(
                "the reporter of {} is not told: {}",
                one.number,
                why.to_string().lines().next().unwrap_or_default()
            )),
        }
    };
    plan.followups.iter().map(one).collect()
}

/// Whether the reporter of a follower has not been told this; nobody is promised a day
/// before `today`.
fn is_news(news: &News, file: &File, today: Date) -> bool {
    let resolved = act::is_resolved(&file.facts);
    match news {
        News::Dates(on, embargo) => {
            on.is_some_and(|on| is_new_date(on, file, today))
                || embargo.is_some_and(|on| is_new_plan(Planned::Embargo, on, file, today))
        }
        News::Resolved => !resolved,
        News::Published(publication) => match publication.on {
            Some(on) => is_new_plan(Planned::Publication, on, file, today),
            None => !act::is_published(&file.facts),
        },
    }
}

fn is_new_date(on: Date, file: &File, today: Date) -> bool {
    on >= today && !act::is_resolved(&file.facts) && file.ticket.expected != Some(on)
}

fn is_new_plan(event: Planned, on: Date, file: &File, today: Date) -> bool {
    on >= today && act::last_told(&file.facts, event) != Some(on)
}
