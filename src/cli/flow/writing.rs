//! The letter in a person's hands: with what it begins, how it is shown, and where their
//! text is kept when it does not leave.

use super::{Plan, Sitting};
use crate::cli::{Here, Usage, draft, look, no, output};
use crate::desk::{File, forwarded_author, read_mail, read_sealed};
use crate::letters::Letter;
use crate::mail::Foreign;
use crate::store::{self, LetterState, MailRow, Tx};
use crate::ticket::By;
use crate::triage::Kind;
use anyhow::{Result, bail};
use jiff::Timestamp;
use std::path::Path;
use std::process::ExitCode;

const IN_CLEAR: &str = "They wrote encrypted. This letter is in clear. [A]bort [c]lear ";

/// What is to be known of a letter to who wrote encrypted.
pub(super) const CLEAR_NOTE: &str = "they wrote encrypted; this letter is in clear";

/// The reporter's latest mail.
pub(super) struct Latest {
    /// When it came in.
    pub received_at: Timestamp,
    /// What to know of it before one answers.
    pub notes: Vec<String>,
    /// The report, or what came to it, was encrypted.
    pub encrypted: bool,
}

impl Sitting<'_> {
    /// The letter to begin with: as written, as kept, or as the person writes it now.
    pub(super) fn begin(&self, plan: &Plan, letter: Letter, draft: &Path) -> Result<Letter> {
        // A draft was written to one reporter.
        if self.alike.is_some() {
            return Ok(letter);
        }
        let kept = draft::kept(draft)?;
        let at = draft.display();
        match kept {
            None if self.sending.draft => {
                return Err(Usage(format!("there is no draft at {at}")).into());
            }
            Some((text, _)) if self.sending.draft => return Ok(letter.rewritten(&text)),
            Some((text, since)) => {
                let since = look::moment(since, &self.here.config.calendar);
                self.say(&format!(
                    "! Your draft of {since} is kept in {at}: --draft begins with it"
                ));
                let asks = !self.sending.yes && !self.sending.dry_run;
                if asks && self.sending.message.is_none() {
                    let answer = output::ask("Begin with it? [y]es [N]o ");
                    if matches!(answer.as_deref(), Some("y" | "yes")) {
                        return Ok(letter.rewritten(&text));
                    }
                }
            }
            None => {}
        }
        if !plan.needs_words || self.sending.dry_run {
            return Ok(letter);
        }
        if !output::is_terminal() {
            let why = "this letter needs words of yours, and there is no terminal to write them on\n  hint: --message FILE, or --message - for standard input";
            return Err(Usage(why.to_owned()).into());
        }
        let text = self.edited(draft, &letter.body)?;
        if text == letter.body {
            if !self.sending.encrypt {
                draft::discard(draft);
            }
            bail!("you wrote nothing: nothing was sent");
        }
        Ok(letter.rewritten(&text))
    }

    pub(super) fn show(&self, plan: &Plan, letter: &Letter) {
        let to = self.file.row.reporter.as_ref();
        let to = to.map(ToString::to_string).unwrap_or_default();
        let mail = look::moment(self.answers, &self.here.config.calendar);
        if self.sending.json {
            return;
        }
        output::strong(format!("To {to}, reply to their mail of {mail}:"));
        show_letter(letter);
        if let Some(file) = &plan.enclosed {
            let (name, size) = (file.name(), file.size().div_ceil(1024));
            output::line(format!("  |\n  | attached: {name}, {size} KB"));
        }
        plan.notes
            .iter()
            .for_each(|note| output::line(format!("! {note}")));
    }

    /// Whether it may go as it is: who wrote encrypted is answered in clear only where a
    /// person says so in a word of its own.
    pub(super) fn may_be_read(&self, encrypted: bool) -> Result<bool> {
        if !encrypted || self.sending.in_clear {
            return Ok(true);
        }
        let asked = (!self.sending.yes).then(|| output::ask(IN_CLEAR)).flatten();
        match asked.as_deref() {
            Some("c" | "clear") => Ok(true),
            Some(_) => Ok(false),
            None => {
                let why = "they wrote encrypted, and this letter is in clear: nothing was sent";
                Err(Usage(format!("{why}\n  hint: {}", self.other_ways())).into())
            }
        }
    }

    /// Says that nothing left, and where the text is.
    pub(super) fn unsent(&self, draft: &Path) -> ExitCode {
        self.say("Nothing was sent.");
        if self.sending.encrypt {
            self.say("With --encrypt no draft is kept: your text stands above and nowhere else.");
        } else if self.alike.is_none() && draft.exists() {
            self.say(&format!("Your text: {}", draft.display()));
        }
        no()
    }

    /// Keeps what the person wrote, and says so with what went wrong.
    pub(super) fn kept(&self, draft: &Path, letter: &Letter, why: anyhow::Error) -> anyhow::Error {
        if self.sending.encrypt {
            return why.context("nothing was sent, and with --encrypt your text is not kept");
        }
        // The letter is to be had again from the same command.
        if self.alike.is_some() {
            return why;
        }
        match draft::keep(draft, &letter.body) {
            Ok(()) => why.context(format!(
                "your text is kept in {}\n  hint: --draft begins with it",
                draft.display()
            )),
            Err(lost) => why.context(lost.to_string()),
        }
    }
}

/// Prints a letter as it will be sent.
pub(super) fn show_letter(letter: &Letter) {
    let subject = Foreign::new(letter.subject.clone()).line();
    output::line(format!("  | Subject: {subject}\n  |"));
    letter
        .body
        .lines()
        .for_each(|line| output::line(format!("  | {line}").trim_end()));
}

/// The latest mail of the reporter: the report itself, where none of theirs is kept.
pub(super) fn latest_mail(here: &Here, tx: &Tx, file: &File) -> Result<Latest> {
    let mut notes = under_way(tx, file)?;
    let reporter = file.row.reporter.as_ref();
    let marks = here.marks(reporter, &file.row.reporter_name);
    if !marks.is_empty() {
        let shown = look::address(reporter, "nobody", &marks);
        notes.push(format!("it goes to {shown}"));
    }
    let theirs = |m: &MailRow| m.author.is_some() && m.author == file.row.reporter;
    let mails = tx.mails_of(file.row.number)?;
    let encrypted = came_encrypted(tx, &mails)?;
    if encrypted {
        notes.push(CLEAR_NOTE.to_owned());
    }
    let Some(row) = mails.iter().rfind(|m| theirs(m)) else {
        return Ok(Latest {
            received_at: file.row.opened_at,
            notes,
            encrypted,
        });
    };
    let mail = read_mail(tx, row)?;
    let elsewhere = mail
        .reply_to
        .iter()
        .find(|a| Some(*a) != row.author.as_ref());
    notes.extend(
        elsewhere.map(|a| format!("their mail asks for answers to {a}, where this does not go")),
    );
    Ok(Latest {
        received_at: row.received_at,
        notes,
        encrypted,
    })
}

/// Whether a mail of a stranger came encrypted: from which address, and what came after it
/// in clear, changes nothing. A report stays the stranger's where the team forwards it.
fn came_encrypted(tx: &Tx, mails: &[MailRow]) -> Result<bool> {
    for row in mails {
        let is = |kind: Kind| row.kind.0 == kind.word();
        let opened_it = matches!(row.place.0.as_str(), "new" | "claims");
        let is_ours = is(Kind::Own) || is(Kind::Bounce) || is(Kind::Machine);
        if is_ours && !opened_it || !read_sealed(tx, row)?.is_encrypted() {
            continue;
        }
        if opened_it || !is(Kind::Team) || forwarded_author(tx, row)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Letters by people that the reporter does not have yet: who writes now should know.
fn under_way(tx: &Tx, file: &File) -> Result<Vec<String>> {
    let letters = tx.letters_of(file.row.number)?;
    let waits = |l: &&store::Letter| {
        let open = [
            LetterState::Queued,
            LetterState::Offered,
            LetterState::Unknown,
        ];
        l.by != By::Gatepost && open.contains(&l.state)
    };
    let line = |l: &store::Letter| {
        let (id, by, kind, state) = (l.id, l.by.name(), l.kind.word(), l.state.word());
        format!("letter {id} by {by} ({kind}) is {state}: the reporter may not have it yet")
    };
    Ok(letters.iter().filter(waits).map(line).collect())
}
