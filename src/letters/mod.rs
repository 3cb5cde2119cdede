//! Every word that gatepost says by mail.
//!
//! A letter is a view and a template. The *view* says in types what the letter may
//! speak of: [`AckView`] and [`ReminderView`] have no place for a word of the
//! reporter, so no template can print one. The *template* holds the words; a team may
//! put its own in place of ours. What must come out right to the column, to the
//! minute or to the line (dates, the digest's table, the two labelled lines) is made
//! in Rust and given to the template as it is.
//!
//! Each template is rendered with sample data before it is taken, so that a broken one
//! is found when the config is read and not when the first report comes in.
//!
//! It must never read a file: [`crate::config`] reads those of the team and gives them
//! as text. Known fault: dates are written in English, whatever the template says.

mod acknowledgement;
mod dates;
mod digest;
mod evaluation;
mod reminder;
mod samples;
mod template;
mod wrap;

pub use acknowledgement::{AckView, Answer, Count, DayOff, Missing, Promised};
pub use digest::{DigestEntry, DigestView, Looked, Matter, RecordHead};
pub use evaluation::{ASSESSMENT, EXPECTED, EvaluationView, reply_subject};
pub use reminder::{ReminderView, part};

use serde::Serialize;
use std::fmt;
use template::{Kind, Templates};

/// The letters in force: those that are built in, and the team's own where it has them.
#[derive(Clone, Debug)]
pub struct Letters {
    templates: Templates,
}

impl Letters {
    /// The longest acknowledgement, in bytes of its text.
    pub const ACKNOWLEDGEMENT_MAX: usize = 4096;

    /// The letters as they are in the binary, by file name: what a team may copy and change.
    pub const BUILT_IN: [(&str, &str); 5] = [
        (
            Kind::Acknowledgement.file(),
            Kind::Acknowledgement.built_in(),
        ),
        (Kind::Evaluation.file(), Kind::Evaluation.built_in()),
        (Kind::Reminder.file(), Kind::Reminder.built_in()),
        (Kind::Digest.file(), Kind::Digest.built_in()),
        (
            Kind::AcknowledgementAttack.file(),
            Kind::AcknowledgementAttack.built_in(),
        ),
    ];

    /// The letters that are built in.
    pub fn built_in() -> Result<Self, LetterError> {
        Self::new(&[]).map_err(|faults| {
            faults
                .into_iter()
                .next()
                .unwrap_or_else(LetterError::unknown)
        })
    }

    /// The built-in letters with the team's own in their place: pairs of a file name
    /// such as `acknowledgement.txt` and its text. All that is wrong with them is
    /// returned, not only the first.
    pub fn new(own: &[(String, String)]) -> Result<Self, Vec<LetterError>> {
        let templates = Templates::new(own)?;
        let mut letters = Self { templates };
        let faults = letters.try_out();
        if faults.is_empty() {
            letters.templates.were_tried();
            Ok(letters)
        } else {
            Err(faults)
        }
    }

    /// The receipt for a report.
    ///
    /// # Errors
    /// Also when it is longer than [`Self::ACKNOWLEDGEMENT_MAX`].
    pub fn acknowledgement(&self, view: &AckView<'_>) -> Result<Letter, LetterError> {
        self.receipt(Kind::Acknowledgement, &acknowledgement::words(view))
    }

    /// The receipt for a report of the class `attack`: its reference and its hour, and no
    /// place for more.
    ///
    /// # Errors
    /// As [`Self::acknowledgement`].
    pub fn acknowledgement_of_attack(&self, view: &AckView<'_>) -> Result<Letter, LetterError> {
        let words = acknowledgement::bare_words(view);
        self.receipt(Kind::AcknowledgementAttack, &words)
    }

    fn receipt(&self, kind: Kind, words: &impl Serialize) -> Result<Letter, LetterError> {
        let letter = self.templates.render(kind, words)?;
        if letter.body.len() > Self::ACKNOWLEDGEMENT_MAX {
            let what = "the letter is longer than 4 KiB".to_owned();
            return Err(LetterError::in_file(kind.file(), what));
        }
        Ok(letter)
    }

    /// The start of a letter that tells a reporter what became of the report; a person
    /// reads, changes and sends it.
    ///
    /// # Errors
    /// Also for [`Outcome::Spam`](crate::ticket::Outcome::Spam), which never gets a
    /// letter, and for a template that leaves out one of the two labelled lines.
    pub fn evaluation(&self, view: &EvaluationView<'_>) -> Result<Letter, LetterError> {
        let words = evaluation::words(view).ok_or_else(|| {
            LetterError::in_file(
                Kind::Evaluation.file(),
                "spam never gets a letter".to_owned(),
            )
        })?;
        let letter = self.templates.render(Kind::Evaluation, &words)?;
        match words.lost_in(&letter.body) {
            None => Ok(letter),
            Some(line) => Err(LetterError::in_file(
                Kind::Evaluation.file(),
                format!(
                    "the letter lacks the line {line:?}, by which gatepost reads it back: put {{{{ labelled }}}} on a line of its own"
                ),
            )),
        }
    }

    /// One reminder to one person of the team.
    pub fn reminder(&self, view: &ReminderView) -> Result<Letter, LetterError> {
        self.templates
            .render(Kind::Reminder, &reminder::words(view))
    }

    /// The digest of a business morning, or all that one moment asks of one person.
    pub fn digest(&self, view: &DigestView) -> Result<Letter, LetterError> {
        self.templates.render(Kind::Digest, &digest::words(view))
    }

    /// Renders every letter with every sample; each letter's first fault.
    fn try_out(&self) -> Vec<LetterError> {
        let organisation = samples::organisation();
        let acknowledgements = samples::acknowledgements(&organisation);
        let evaluations = samples::evaluations(&organisation);
        let tries = [
            acknowledgements
                .iter()
                .find_map(|v| self.acknowledgement(v).err()),
            acknowledgements
                .iter()
                .find_map(|v| self.acknowledgement_of_attack(v).err()),
            evaluations.iter().find_map(|v| self.evaluation(v).err()),
            samples::reminders()
                .iter()
                .find_map(|v| self.reminder(v).err()),
            samples::digests().iter().find_map(|v| self.digest(v).err()),
        ];
        tries.into_iter().flatten().collect()
    }
}

/// A letter as it is shown to people and handed to [`crate::mail::compose`]. Neither
/// part holds a control character but the line ends of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// One line of at most 200 characters.
    pub subject: String,
    /// Plain text; lines end in `\n` and are at most 76 characters long unless a single
    /// word is longer.
    pub body: String,
}

/// What gatepost may say about the organisation in a letter to a stranger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// The security page, an https address.
    pub page: String,
    /// How the team signs, such as `The security team of Example`.
    pub team_name: String,
    /// Its OpenPGP key.
    pub key: Option<Key>,
    /// Whether a Signal number is offered. The number itself is in no letter.
    pub signal: bool,
    /// Whether the page promises to take no legal steps against those who keep its rules.
    pub safe_harbour: bool,
    /// Where a bounty programme takes reports, an https address.
    pub bounty: Option<String>,
}

/// An OpenPGP key to write to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Key {
    /// Where it can be fetched, an https address.
    pub url: String,
    /// Its fingerprint, in groups of four.
    pub fingerprint: String,
}

/// What is wrong with a template, or why a letter cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterError {
    /// The file, such as `acknowledgement.txt`.
    pub file: String,
    /// The line in it, counted from 1, where that is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
}

impl LetterError {
    fn in_file(file: &str, what: String) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            what,
        }
    }

    fn unknown() -> Self {
        Self::in_file("letters", "the built-in letters are broken".to_owned())
    }
}

impl fmt::Display for LetterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

impl std::error::Error for LetterError {}

#[cfg(test)]
mod tests;
