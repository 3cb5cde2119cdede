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
//! Another language is a set of its own, with every letter that goes to a reporter; in it
//! dates are figures, `2027-06-17`, since the words for them are English.
//!
//! It must never read a file: [`crate::config`] reads those of the team and gives them
//! as text.

mod acknowledgement;
mod answer;
mod dates;
mod digest;
mod evaluation;
mod kind;
mod reminder;
mod samples;
mod template;
mod trial;
mod wrap;

pub use acknowledgement::{AckView, Answer, Count, DayOff, Missing, Promised};
pub use answer::{ClosingView, Hand, NewDate, PublishedView, ReplyView, ResolvedView};
pub use digest::{DigestEntry, DigestView, Junk, Looked, Matter, RecordHead, without_room};
pub use evaluation::{EvaluationView, reply_subject};
pub use reminder::{ReminderView, part};

use crate::ticket::Outcome;
use crate::triage::Labels;
use dates::Form;
use kind::{BESIDE, Kind};
use serde::Serialize;
use std::fmt;
use template::Templates;

/// The letters in force: those that are built in, and the team's own where it has them.
#[derive(Clone, Debug)]
pub struct Letters {
    templates: Templates,
    form: Form,
}

impl Letters {
    /// The longest acknowledgement, in bytes of its text.
    pub const ACKNOWLEDGEMENT_MAX: usize = 4096;

    /// The names of the other evaluations that there are: what `--letter` takes.
    pub fn evaluations(&self) -> Vec<String> {
        self.templates.names_of(Kind::Evaluation)
    }

    /// The names of the other replies that there are.
    pub fn replies(&self) -> Vec<String> {
        self.templates.names_of(Kind::Reply)
    }

    /// The letters as they are in the binary, by file name: what a team may copy and change.
    pub fn texts_built_in() -> impl Iterator<Item = (&'static str, &'static str)> {
        let kinds = Kind::ALL.into_iter();
        let kinds = kinds.map(|kind| (kind.file(), kind.built_in()));
        kinds.chain(BESIDE.iter().map(|(_, file, text)| (*file, *text)))
    }

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
        let mut templates = Templates::new(own, true)?;
        if own.is_empty() {
            // A test tries those that are built in; to do it here takes each command longer
            // than all else.
            templates.were_tried();
            let form = Form::English;
            return Ok(Self { templates, form });
        }
        Self::tried(templates, Form::English)
    }

    /// The letters to reporters in another language: none may be missing but the answers
    /// that a person chooses by name. Pairs and faults as of [`Self::new`].
    pub fn of_language(own: &[(String, String)]) -> Result<Self, Vec<LetterError>> {
        Self::tried(Templates::new(own, false)?, Form::Figures)
    }

    fn tried(templates: Templates, form: Form) -> Result<Self, Vec<LetterError>> {
        let mut letters = Self { templates, form };
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
        self.receipt(
            Kind::Acknowledgement.file(),
            &acknowledgement::words(view, self.form),
        )
    }

    /// The receipt for a report of a class that has one of its own,
    /// `acknowledgement-CLASS.txt`; none where the class has none.
    ///
    /// # Errors
    /// As [`Self::acknowledgement`].
    pub fn acknowledgement_of_class(
        &self,
        class: &str,
        view: &AckView<'_>,
    ) -> Result<Option<Letter>, LetterError> {
        let Ok(file) = self.templates.file_of(Kind::Acknowledgement, class) else {
            return Ok(None);
        };
        let words = acknowledgement::words(view, self.form);
        self.receipt(&file, &words).map(Some)
    }

    /// The receipt for a report of the class `attack`: its reference and its hour, and no
    /// place for more.
    ///
    /// # Errors
    /// As [`Self::acknowledgement`].
    pub fn acknowledgement_of_attack(&self, view: &AckView<'_>) -> Result<Letter, LetterError> {
        let words = acknowledgement::bare_words(view, self.form);
        self.receipt(Kind::AcknowledgementAttack.file(), &words)
    }

    fn receipt(&self, file: &str, words: &impl Serialize) -> Result<Letter, LetterError> {
        let letter = self.templates.render_file(file, words)?;
        if letter.body.len() > Self::ACKNOWLEDGEMENT_MAX {
            let what = "the letter is longer than 4 KiB".to_owned();
            return Err(LetterError::in_file(file, what));
        }
        Ok(letter)
    }

    /// The start of a letter that tells a reporter what became of the report; a person
    /// reads, changes and sends it. `name` is that of a letter of the team's own,
    /// `evaluation-NAME.txt`.
    ///
    /// # Errors
    /// Also for [`Outcome::Spam`], which never gets a
    /// letter, and for a template that leaves out one of the two labelled lines.
    pub fn evaluation(
        &self,
        name: Option<&str>,
        view: &EvaluationView<'_>,
    ) -> Result<Letter, LetterError> {
        let file = self.file(Kind::Evaluation, name)?;
        if kind::beside(&file).is_some() && view.outcome != Outcome::OutOfScope {
            let what = format!("it is an answer for {}", Outcome::OutOfScope.word());
            return Err(LetterError::in_file(&file, what));
        }
        let words = evaluation::words(view, self.form)
            .ok_or_else(|| LetterError::in_file(&file, "spam never gets a letter".to_owned()))?;
        let letter = self.templates.render_file(&file, &words)?;
        match words.lost_in(&letter.body) {
            None => Ok(letter),
            Some(line) => Err(lost(&file, &line)),
        }
    }

    /// Whether there is a letter `evaluation-NAME.txt`.
    pub fn has_evaluation(&self, name: &str) -> bool {
        self.file(Kind::Evaluation, Some(name)).is_ok()
    }

    /// The start of a reply. `name` is that of another letter, `reply-NAME.txt`: `signal`,
    /// or one of the team's own.
    ///
    /// # Errors
    /// Also for a template that leaves out the labelled line of a date.
    pub fn reply(&self, name: Option<&str>, view: &ReplyView<'_>) -> Result<Letter, LetterError> {
        let file = self.file(Kind::Reply, name)?;
        let words = answer::reply(view, self.form);
        let letter = self.templates.render_file(&file, &words)?;
        match words.lost_in(&letter.body) {
            None if words.lacks_embargo(&letter.body) => {
                Err(LetterError::in_file(&file, LACKS_EMBARGO.to_owned()))
            }
            None => Ok(letter),
            Some(line) => Err(lost(&file, &line)),
        }
    }

    /// The start of the letter that says that the problem is resolved.
    pub fn resolved(&self, view: &ResolvedView<'_>) -> Result<Letter, LetterError> {
        self.templates
            .render(Kind::Resolved, &answer::resolved(view, self.form))
    }

    /// The start of the letter that says that it is, or will be, published.
    pub fn published(&self, view: &PublishedView<'_>) -> Result<Letter, LetterError> {
        self.templates
            .render(Kind::Published, &answer::published(view, self.form))
    }

    /// The start of the last letter.
    pub fn closing(&self, view: &ClosingView<'_>) -> Result<Letter, LetterError> {
        self.templates.render(Kind::Closing, &answer::closing(view))
    }

    fn file(&self, kind: Kind, name: Option<&str>) -> Result<String, LetterError> {
        name.map_or_else(
            || Ok(kind.file().to_owned()),
            |name| self.templates.file_of(kind, name),
        )
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
}

/// What is wrong with a letter that is to tell of an embargo and does not.
const LACKS_EMBARGO: &str =
    "the letter does not say until when nobody is to be told: put {{ embargo }} into it";

fn lost(file: &str, line: &str) -> LetterError {
    LetterError::in_file(
        file,
        format!(
            "the letter lacks the line {line:?}, by which gatepost reads it back: put {{{{ labelled }}}} on a line of its own"
        ),
    )
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

impl Letter {
    /// The same letter with the text that a person made of it: lines stay as long as they
    /// wrote them, and what acts instead of being seen is left out.
    pub fn rewritten(self, text: &str) -> Self {
        let text = text.replace("\r\n", "\n").replace('\t', "    ");
        let seen: String = text
            .chars()
            .filter(|c| *c == '\n' || !crate::mail::acts(*c))
            .collect();
        Self {
            body: format!("{}\n", seen.trim_end()),
            ..self
        }
    }
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
    /// Where somebody is helped whose mail is no report, a mail address or an https address.
    pub support: Option<String>,
    /// What the labelled lines of letters begin with.
    #[serde(skip)]
    pub labels: Labels,
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
