//! The one way in which a deciding command writes to a reporter: the letter is shown, a
//! person says yes, changes it or says no, and decision and letter are recorded together.
//!
//! What came since the person looked stops it, whatever they said; their text is kept as a
//! draft. A command that records what was said already, or that tells nobody, goes the
//! same way without a letter.

pub mod alike;
pub mod followers;
mod leaving;
mod passing;
mod sealing;
mod writing;

use super::args::Sending;
use super::{Here, Usage, draft, explain, look, no, output, said};
use crate::desk::act::{self, Decision, How, Said, Writing};
use crate::desk::{self, File, post};
use crate::letters::{Hand, Letter, Letters};
use crate::mail::Enclosed;
use crate::promise::Policy;
use crate::store::{LetterKind, Tx, is_held};
use crate::ticket::{By, Fact, Ticket, TicketNo};
use crate::wall;
use alike::Alike;
use anyhow::{Context, Result};
use followers::{Follower, Followup};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use leaving::Written;
use std::fs;
use std::io::Read;
use std::process::ExitCode;

/// A person at work on one ticket, from the moment at which they looked at it.
pub struct Sitting<'h> {
    pub here: &'h Here,
    pub file: File,
    /// The policy that the ticket lives under.
    pub policy: Policy,
    pub now: Timestamp,
    pub today: Date,
    sending: &'h Sending,
    who: String,
    said: Option<Said>,
    /// The reporter's latest mail was received then.
    answers: Timestamp,
    notes: Vec<String>,
    /// The report, or what came to it, was encrypted; a letter of ours is not.
    encrypted: bool,
    /// Its duplicates, whose reporters wait for the same news.
    followers: Vec<Follower>,
    /// What is decided of those that look like it, too.
    pub alike: Option<Alike>,
}

/// What a command decides, and the letter about it.
pub struct Plan {
    pub decision: Decision,
    /// The letter; none when nobody is told.
    pub letter: Option<Letter>,
    pub enclosed: Option<Enclosed>,
    /// What the person should know before they say yes.
    pub notes: Vec<String>,
    /// The letter says nothing without words of the person.
    pub needs_words: bool,
    /// The letters to the reporters of its duplicates.
    pub followups: Vec<Followup>,
}

impl Plan {
    /// The reporter of a duplicate wrote encrypted, and is told in clear.
    fn goes_in_clear(&self) -> bool {
        self.followups.iter().any(|one| one.encrypted)
    }

    /// The names of the facts that it writes; `told`: those that the reporter was told too.
    fn facts(&self, told: bool) -> String {
        let decision = &self.decision;
        let told = decision.told.iter().filter(|_| told);
        let before = decision.decided.iter().chain(&decision.done);
        let all = before.chain(told).chain(&decision.last);
        let names: Vec<String> = all.map(|what| what.name().to_string()).collect();
        names.join(", ")
    }
}

/// What a person answered to the letter that was shown.
enum Answer {
    Yes,
    Edit,
    Show,
    No,
}

impl<'h> Sitting<'h> {
    /// Looks at the ticket that a person named.
    pub fn open(here: &'h Here, reference: &str, sending: &'h Sending) -> Result<Self> {
        let who = here.person()?.name.clone();
        if sending.json && !sending.yes && !sending.dry_run {
            let why = "--json asks nothing\n  hint: with --yes, or with --dry-run";
            return Err(Usage(why.to_owned()).into());
        }
        here.store()?.read(wall::now(), |tx| {
            let file = explain::find(tx, here, reference)?;
            let said = said::read(tx, here, &file, sending)?;
            Self::at(tx, (here, sending, who), file, said)
        })
    }

    /// The same person looks at another ticket in the same way.
    pub fn beside(&self, tx: &Tx, ticket: TicketNo) -> Result<Self> {
        let file = desk::file(tx, &self.here.config, ticket)?;
        let asked = (self.here, self.sending, self.who.clone());
        Self::at(tx, asked, file, None)
    }

    fn at(
        tx: &Tx,
        (here, sending, who): (&'h Here, &'h Sending, String),
        file: File,
        said: Option<Said>,
    ) -> Result<Self> {
        let policy = desk::policy_of(tx, &here.config, &file.row.policy)?.into_owned();
        let latest = writing::latest_mail(here, tx, &file)?;
        let followers = followers::all(tx, here, file.row.number)?;
        Ok(Self {
            today: here.config.calendar.local_date(tx.now()),
            here,
            file,
            policy,
            now: tx.now(),
            sending,
            who,
            said,
            answers: latest.received_at,
            notes: latest.notes,
            encrypted: latest.encrypted,
            followers,
            alike: None,
        })
    }

    /// A decision on this ticket, in which nothing is decided yet.
    pub fn decision(&self, kind: LetterKind) -> Decision {
        let seen = self.sending.after.unwrap_or(self.file.ticket.last_fact);
        Decision {
            label: self.here.config.organisation.labels.clone(),
            ..Decision::new(self.file.row.number, &self.who, seen, kind)
        }
    }

    /// The letters in the language of the ticket's mailbox.
    pub fn letters(&self) -> &Letters {
        self.here.config.letters_from(&self.file.row.mailbox)
    }

    /// What every letter says of who writes to whom.
    pub fn hand<'a>(&'a self, text: &'a str) -> Hand<'a> {
        post::hand(&self.here.config, &self.file, &self.who, text)
    }

    /// The person's own words: those of an option, else those of `--message`.
    pub fn words(&self, option: Option<&String>) -> Result<String> {
        let mut text = option.cloned().unwrap_or_default();
        match self.sending.message.as_deref() {
            None => {}
            Some("-") => drop(
                std::io::stdin()
                    .read_to_string(&mut text)
                    .context("cannot read the message from standard input")?,
            ),
            Some(path) => {
                text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
            }
        }
        Ok(text.trim().to_owned())
    }

    /// A date that a person typed.
    pub fn date(&self, text: Option<&String>) -> Result<Option<Date>> {
        let read = |text: &String| {
            look::read_date(text, self.told_on()).ok_or_else(|| {
                Usage(format!(
                    "{text:?} is no date\n  hint: 2026-12-04 or \"4 Dec\""
                ))
            })
        };
        Ok(text.map(read).transpose()?)
    }

    /// When the reporter is told: now, or when it was said.
    pub fn told_at(&self) -> Timestamp {
        self.said.as_ref().map_or(self.now, |said| said.at)
    }

    /// The local day of that. A date is read and judged as on that day.
    pub fn told_on(&self) -> Date {
        self.here.config.calendar.local_date(self.told_at())
    }

    /// The dates that clash after this decision and did not before, and the way out.
    fn new_clashes(&self, decision: &Decision) -> Vec<String> {
        let mut facts = self.file.facts.clone();
        let first = &decision.decided;
        let then = [&decision.done, &decision.told, &decision.last];
        for what in first.iter().chain(then.into_iter().flatten()) {
            facts.push(Fact {
                n: facts.last().map_or(1, |f| f.n + 1),
                at: self.told_at(),
                what: what.clone(),
                by: By::Person(self.who.clone()),
                letter: None,
                mail: None,
                via: None,
            });
        }
        let before = self.file.ticket.clashes();
        let clashes = Ticket::fold(&facts).clashes().into_iter();
        let new = clashes.filter(|clash| !before.contains(clash));
        new.map(|clash| look::clash_and_way(clash, self.file.row.number))
            .collect()
    }

    /// It was said already: no letter is written.
    pub fn is_said(&self) -> bool {
        self.said.is_some()
    }

    /// Shows, asks, records, and sends if that was asked.
    pub fn finish(mut self, mut plan: Plan) -> Result<ExitCode> {
        self.notes_of_sealing(&plan);
        plan.notes.splice(0..0, std::mem::take(&mut self.notes));
        plan.notes.extend(self.new_clashes(&plan.decision));
        let reachable = self.file.row.reporter.is_some();
        if plan.letter.is_some() && !reachable && self.said.is_none() {
            let why = "nobody can be written to: there is no address. It is recorded, and no letter is sent";
            plan.notes.push(why.to_owned());
        }
        match (self.said.take(), plan.letter.take().filter(|_| reachable)) {
            (Some(said), _) => self.record(&plan, &How::Said(&said)),
            (None, Some(letter)) => self.write(&plan, letter),
            (None, None) => self.record(&plan, &How::Silently),
        }
    }

    /// Records without a letter.
    fn record(self, plan: &Plan, how: &How) -> Result<ExitCode> {
        let (what, told) = match how {
            How::Said(said) => {
                let at = look::moment(said.at, &self.here.config.calendar);
                let way = said.via.as_ref();
                let way = way.map_or(String::new(), |way| format!(" by {way}"));
                (format!("Said {at}{way}; no letter is sent."), true)
            }
            How::Silently | How::Letter(_) => ("No letter is sent.".to_owned(), false),
        };
        self.say(&what);
        self.say(&format!("Goes on record: {}", plan.facts(told)));
        plan.notes
            .iter()
            .for_each(|note| self.say(&format!("! {note}")));
        self.show_followups(plan);
        self.show_alike(false);
        if self.sending.dry_run {
            self.say("Nothing was changed.");
            return self.document(plan, None, &Written::default(), "dry-run");
        }
        let yes = matches!(self.ask("Record")?, Answer::Yes);
        if !yes || !self.may_be_read(plan.goes_in_clear())? {
            self.say("Nothing was changed.");
            return Ok(no());
        }
        let written = self.commit(plan, *how)?;
        self.say("Done.");
        self.leave(plan, None, &written)
    }

    /// Writes the decision, what follows from it for its duplicates, and the same of those
    /// that look like it.
    fn commit(&self, plan: &Plan, how: How) -> Result<Written> {
        let (here, grace) = (self.here, self.grace());
        here.store()?.write(wall::now(), |tx| {
            Ok(Written {
                own: act::decide(tx, &here.config, &plan.decision, how)?,
                followers: followers::record(tx, here, plan, grace),
                alike: self.record_alike(tx, grace),
            })
        })
    }

    /// Writes the letter together with its person, and queues it.
    fn write(self, plan: &Plan, letter: Letter) -> Result<ExitCode> {
        let draft = draft::path(&self.here.config.store, self.file.row.number, &self.who);
        if passing::discard(&draft) {
            self.say("! A text of yours for --encrypt had stayed on disk: it is removed.");
        }
        self.can_encrypt()?;
        let mut letter = self.begin(plan, letter, &draft)?;
        loop {
            self.show(plan, &letter);
            self.show_followups(plan);
            self.show_alike(false);
            if self.sending.dry_run {
                return self.document(plan, Some(&letter), &Written::default(), "dry-run");
            }
            match self.ask("Send")? {
                Answer::No => return Ok(self.unsent(&draft)),
                Answer::Show => self.show_alike(true),
                Answer::Edit => {
                    let text = self.edited(&draft, &letter.body)?;
                    letter = letter.rewritten(&text);
                }
                Answer::Yes => match post::check_labels(&letter, &plan.decision) {
                    Ok(()) => break,
                    Err(why) if self.sending.yes => return Err(self.kept(&draft, &letter, why)),
                    Err(why) => output::alarm(format!("! {why}")),
                },
            }
        }
        let in_clear = self.encrypted && !self.sending.encrypt;
        match self.may_be_read(in_clear || plan.goes_in_clear()) {
            Ok(true) => {}
            Ok(false) => return Ok(self.unsent(&draft)),
            Err(why) => return Err(self.kept(&draft, &letter, why)),
        }
        let sealed = self
            .sealed(plan, &letter)
            .map_err(|why| self.kept(&draft, &letter, why))?;
        let writing = Writing {
            letter: &letter,
            enclosed: plan.enclosed.as_ref(),
            encrypted: sealed.as_ref(),
            grace: self.grace(),
        };
        match self.commit(plan, How::Letter(&writing)) {
            Ok(written) => {
                if self.alike.is_none() {
                    draft::discard(&draft);
                }
                written.own.context("the decision has no letter")?;
                self.leave(plan, Some(&letter), &written)
            }
            Err(why) => Err(self.kept(&draft, &letter, why)),
        }
    }

    /// Asks whether to `Send` or to `Record`.
    fn ask(&self, what: &str) -> Result<Answer> {
        if self.sending.yes {
            return Ok(Answer::Yes);
        }
        let sends = what == "Send";
        let (question, other) = match &self.alike {
            Some(alike) if sends => (alike.question(what), "s"),
            Some(alike) => (alike.question(what), ""),
            None if sends => (format!("{what}? [y]es [e]dit [N]o "), "e"),
            None => (format!("{what}? [y]es [N]o "), ""),
        };
        match output::ask(&question).as_deref() {
            Some("y" | "yes") => Ok(Answer::Yes),
            Some("e" | "edit") if other == "e" => Ok(Answer::Edit),
            Some("s" | "show") if other == "s" => Ok(Answer::Show),
            Some(_) => Ok(Answer::No),
            None => Err(Usage("there is no terminal to ask on\n  hint: --yes sends without asking, --dry-run only shows".to_owned()).into()),
        }
    }

    /// What is sent by hand has been looked at: it need not wait.
    fn grace(&self) -> SignedDuration {
        if self.sending.send && !is_held(&self.here.config.store) {
            SignedDuration::ZERO
        } else {
            self.here.config.smtp.grace
        }
    }

    /// A line for people; scripts get the document alone.
    fn say(&self, text: &str) {
        if !self.sending.json {
            output::line(text);
        }
    }
}
