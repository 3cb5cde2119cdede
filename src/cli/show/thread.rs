//! The thread of a ticket: mails, letters of ours, and what people of the team noted and
//! set, in the order in which it happened. Mails and letters are numbered, from 1.

mod read;

use self::read::Read;
use super::super::{Here, look, output, words};
use super::letter::letter_line;
use super::{excerpt, sealed};
use crate::desk::{File, read_sealed};
use crate::mail::{Address, Attachment, Defect, Foreign, Mail, text};
use crate::store::{Letter, MailRow, Tx};
use crate::ticket::{By, Fact, What, counting};
use crate::triage::Kind;
use anyhow::Result;
use jiff::Timestamp;
use std::cell::RefCell;
use std::rc::Rc;

/// One entry.
pub enum Entry {
    /// A mail that came.
    Mail(Box<MailRow>),
    /// A letter of ours.
    Letter(Box<Letter>),
    /// What a person of the team set down. It has no number in the thread.
    Fact(Box<Fact>),
}

impl Entry {
    /// When it happened.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Mail(mail) => mail.received_at,
            Self::Letter(letter) => letter.settled_at.unwrap_or(letter.created_at),
            Self::Fact(fact) => fact.at,
        }
    }

    fn is_numbered(&self) -> bool {
        match self {
            Self::Mail(_) | Self::Letter(_) => true,
            Self::Fact(_) => false,
        }
    }
}

/// All of them, in order.
pub struct Thread {
    entries: Vec<Entry>,
    /// Facts that count no longer.
    void: Vec<i64>,
    /// The reporter, who said what a person of the team wrote down.
    reporter: Option<Address>,
    read: RefCell<Read>,
}

impl Thread {
    /// Gathers it.
    pub fn of(tx: &Tx, file: &File) -> Result<Self> {
        let number = file.row.number;
        let mails = tx.mails_of(number)?.into_iter();
        // The letter itself is in the thread.
        let mails = mails.filter(|m| m.kind.0 != Kind::Own.word());
        let letters = tx.letters_of(number)?.into_iter();
        let facts = file.facts.iter().filter(|f| by_hand(f)).cloned();
        let mut entries: Vec<Entry> = mails
            .map(|m| Entry::Mail(Box::new(m)))
            .chain(letters.map(|l| Entry::Letter(Box::new(l))))
            .chain(facts.map(|f| Entry::Fact(Box::new(f))))
            .collect();
        entries.sort_by_key(Entry::at);
        let counts: Vec<i64> = counting(&file.facts).iter().map(|f| f.n).collect();
        let all = file.facts.iter().map(|f| f.n);
        Ok(Self {
            entries,
            void: all.filter(|n| !counts.contains(n)).collect(),
            reporter: file.row.reporter.clone(),
            read: RefCell::new(Read::new(read::ROOM)),
        })
    }

    /// Mails and letters, with their numbers.
    pub fn all_numbered(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let numbered = self.entries.iter().filter(|e| e.is_numbered());
        numbered.enumerate().map(|(i, entry)| (i + 1, entry))
    }

    /// The mails alone.
    pub fn mails(&self) -> impl Iterator<Item = (usize, &MailRow)> {
        self.all_numbered().filter_map(|(n, entry)| match entry {
            Entry::Mail(row) => Some((n, &**row)),
            Entry::Letter(_) | Entry::Fact(_) => None,
        })
    }

    /// What a mail of it says. Most are read once, however often they are asked for.
    pub fn mail(&self, tx: &Tx, row: &MailRow) -> Result<Rc<Mail>> {
        self.read.borrow_mut().mail(row.id, || read_sealed(tx, row))
    }

    /// The mail or letter of this number.
    pub fn numbered(&self, n: usize) -> Option<&Entry> {
        self.all_numbered()
            .find(|(i, _)| *i == n)
            .map(|(_, entry)| entry)
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.all_numbered().count()
    }

    /// Prints it; `whole`: every mail with all of its text.
    pub fn print(&self, here: &Here, tx: &Tx, whole: bool) -> Result<()> {
        let begun = match whole {
            true => Vec::new(),
            false => excerpt::unanswered(self.entries.iter()),
        };
        self.each(|n, entry| {
            let how = match entry {
                _ if whole => Much::Whole,
                Entry::Mail(row) if begun.contains(&row.id) => Much::Beginning,
                Entry::Mail(_) | Entry::Letter(_) | Entry::Fact(_) => Much::Words,
            };
            let at = look::moment(entry.at(), &here.config.calendar);
            self.print_one(here, tx, (n, &at, entry), how)
        })
    }

    /// The same as text, each mail whole and each moment in full; `take` gets it entry by entry.
    pub fn texts(
        &self,
        here: &Here,
        tx: &Tx,
        mut take: impl FnMut(&str) -> Result<()>,
    ) -> Result<()> {
        self.each(|n, entry| {
            let at = look::full_moment(entry.at(), &here.config.calendar);
            let (printed, text) =
                output::captured(|| self.print_one(here, tx, (n, &at, entry), Much::Whole));
            printed?;
            take(&text)
        })
    }

    /// Every entry with the number that it has, or that of the last one that has any.
    fn each(&self, mut work: impl FnMut(usize, &Entry) -> Result<()>) -> Result<()> {
        let (mut n, mut told) = (0, Vec::new());
        self.entries.iter().try_for_each(|entry| {
            // What was set stands above as it is now; `--log` has how it came to that.
            if let Entry::Fact(fact) = entry {
                if is_setting(&fact.what) || told.contains(&fact.n) {
                    return Ok(());
                }
                told.extend(self.said_together(fact).iter().map(|fact| fact.n));
            }
            n += usize::from(entry.is_numbered());
            work(n, entry)
        })
    }

    fn print_one(
        &self,
        here: &Here,
        tx: &Tx,
        (n, at, entry): (usize, &str, &Entry),
        much: Much,
    ) -> Result<()> {
        match entry {
            Entry::Mail(row) if row.author.is_none() && self.is_written_down(row) => {
                let said = MailRow {
                    author: self.reporter.clone(),
                    defects: without_a_head(&row.defects),
                    ..(**row).clone()
                };
                mail_line(here, (n, at), (&said, &*self.mail(tx, row)?), much);
            }
            Entry::Mail(row) => {
                mail_line(here, (n, at), (row, &*self.mail(tx, row)?), much);
            }
            Entry::Letter(letter) => {
                output::marked(&format!("{n:<2} {at}  "), &letter_line(letter));
                if much == Much::Whole {
                    output::foreign_block(&Foreign::new(letter.body.as_str()), "   | ");
                }
            }
            Entry::Fact(fact) => self.fact_line(at, fact, &self.said_together(fact)),
        }
        Ok(())
    }

    /// It came by telephone or the like: what a person of the team wrote down has no head.
    fn is_written_down(&self, row: &MailRow) -> bool {
        self.entries.iter().any(|entry| match entry {
            Entry::Fact(fact) => fact.what == What::Received && fact.mail == Some(row.id),
            Entry::Mail(_) | Entry::Letter(_) => false,
        })
    }

    /// What was set down by one command, and is no text: it stands on one line.
    fn said_together<'f>(&'f self, first: &'f Fact) -> Vec<&'f Fact> {
        let is_word = |fact: &Fact| {
            matches!(
                fact.what,
                What::Answered
                    | What::Evaluated { .. }
                    | What::Dated { .. }
                    | What::DateNotDue
                    | What::Acknowledged
                    | What::Resolved
                    | What::Published
                    | What::Closed
            ) && !self.void.contains(&fact.n)
        };
        if !is_word(first) {
            return vec![first];
        }
        let facts = self.entries.iter().filter_map(|entry| match entry {
            Entry::Fact(fact) => Some(&**fact),
            Entry::Mail(_) | Entry::Letter(_) => None,
        });
        let same = |fact: &&Fact| {
            (fact.at, &fact.by, &fact.via) == (first.at, &first.by, &first.via) && is_word(fact)
        };
        facts.filter(same).collect()
    }

    fn fact_line(&self, at: &str, fact: &Fact, all: &[&Fact]) {
        let by = fact.by.name();
        let void = if self.void.contains(&fact.n) {
            " (counts no longer)"
        } else {
            ""
        };
        let via = fact.via.as_ref().map(|v| format!(", via {v}"));
        let said: Vec<_> = all.iter().map(|fact| words::full(&fact.what)).collect();
        let said: Vec<&str> = said.iter().map(Foreign::raw).collect();
        let said = said.join(", ");
        let mut lines = said.lines().map(str::trim_end);
        let first = Foreign::new(lines.next().unwrap_or_default());
        let said = format!("{}{}{void}", first.line(), via.unwrap_or_default());
        output::marked(&format!("   {at}  {by:<6} "), &said);
        for line in lines {
            let behind = 5 + at.chars().count();
            output::line(format!("{:behind$}{}", "", Foreign::new(line).line()));
        }
    }
}

/// The defects of what never was a mail.
fn without_a_head(defects: &str) -> String {
    let of_a_head = [Defect::NoFrom.word(), Defect::NoMessageId.word()];
    let others = defects.split(' ').filter(|d| !of_a_head.contains(d));
    others.collect::<Vec<_>>().join(" ")
}

/// What a person set down without a letter. What a letter or a mail carried is in it.
fn by_hand(fact: &Fact) -> bool {
    let by_person = matches!(fact.by, By::Person(_)) && fact.letter.is_none();
    by_person && (fact.mail.is_none() || (fact.what == What::Received && fact.via.is_some()))
}

fn is_setting(what: &What) -> bool {
    matches!(
        what,
        What::Set { .. }
            | What::Owned { .. }
            | What::Disowned
            | What::Classed { .. }
            | What::Unclassed { .. }
            | What::Planned { .. }
            | What::Waiting { .. }
    )
}

/// How much of a text is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Much {
    /// Its first words.
    Words,
    /// A few rows of it, where it is longer than a line.
    Beginning,
    /// All of it.
    Whole,
}

fn mail_line(here: &Here, (n, at): (usize, &str), (row, mail): (&MailRow, &Mail), much: Much) {
    let marks = here.marks(row.author.as_ref(), &row.author_name);
    let from = look::address(row.author.as_ref(), "nobody", &marks);
    let plain = matches!(row.place.0.as_str(), "new" | "joins") && row.kind.0 == "person";
    let room = output::width().saturating_sub(10 + at.len() + from.chars().count());
    let (words, all) = excerpt::first_words(mail, room);
    let begins = much == Much::Beginning && !all;
    let words = if begins { "" } else { words.as_str() };
    output::line(format!("{n:<2} {at}  {from}  {words}").trim_end());
    if !plain {
        let (kind, place) = (&row.kind.0, &row.place);
        output::marked("   ", &format!("{kind}, {}: {}", place.0, place.1));
    }
    if let Some(signed) = sealed::signed(mail) {
        output::line(format!("   {signed}"));
    }
    if begins {
        excerpt::beginning(mail, &format!("--text {n}"));
    }
    if much == Much::Whole {
        output::foreign_block(mail.to_read(), "   | ");
    } else if let Some(folded) = folded(mail) {
        output::marked("   ", &format!("{folded}: --text {n} --quotes"));
    }
    against(n, row)
        .iter()
        .chain(&parts(mail))
        .for_each(|said| output::marked("   ", said));
}

/// What is wrong with a mail, or was not kept of it.
fn against(n: usize, row: &MailRow) -> Vec<String> {
    let mut said = Vec::new();
    if row.authentication.0 == "fail" {
        said.push(format!(
            "authentication failed ({}): somebody else may have written it",
            row.authentication.1
        ));
    }
    if row.kept < row.size {
        said.push(format!(
            "over the size limit, or over the memory that there was: {} of {} bytes kept, the rest is in the mailbox",
            row.kept, row.size
        ));
    }
    if !row.defects.is_empty() {
        said.push(format!("defects: {}", row.defects));
    }
    let mut defects = row.defects.split(' ');
    if defects.any(|d| d == Defect::Unreadable.word()) {
        said.push(match row.kept {
            0 => "its server did not give it; gatepost audit --repair asks for it again".to_owned(),
            _ => format!(
                "nothing reads it; `gatepost show REF --raw {n}` prints what is kept of it, `gatepost set REF reporter=ADDRESS` says who wrote it"
            ),
        });
    }
    said
}

/// How many lines of a mail are not shown with what is new; empty ones do not count.
pub(super) fn folded(mail: &Mail) -> Option<String> {
    let lines = |text: &str| text.lines().filter(|l| !l.trim().is_empty()).count();
    let many = match lines(mail.to_read().raw()).saturating_sub(lines(text::new_in(mail).raw())) {
        0 => return None,
        1 => "1 line".to_owned(),
        n => format!("{n} lines"),
    };
    Some(format!("{many} folded, taken for a quote or a signature"))
}

/// The parts of a mail that are not its text: name, type and size.
pub(super) fn parts(mail: &Mail) -> Option<String> {
    let parts: Vec<String> = mail.attachments.iter().map(attachment).collect();
    let many = match parts.len() {
        0 => return None,
        1 => "",
        2.. => "s",
    };
    Some(format!(
        "{} attachment{many}: {}",
        parts.len(),
        parts.join(", ")
    ))
}

/// A file by its name and its size.
pub(super) fn attachment(part: &Attachment) -> String {
    let size = if part.bytes < 1024 {
        format!("{} B", part.bytes)
    } else {
        format!("{} KB", part.bytes.div_ceil(1024))
    };
    let kind = Foreign::new(part.kind.as_str()).cut(60);
    if part.name.is_blank() {
        return format!("{kind} {size}");
    }
    format!("{} {kind} {size}", output::quoted(&part.name, 40))
}
