//! Hints: what a report says that the page leaves out. Advice to the person who reads; it
//! decides nothing.
//!
//! A rule gives words that have to stand in the subject or at the beginning of what the
//! reporter newly wrote. It is silent when in doubt, for a hint on a grave report is worse
//! than none. Three things silence it: a grave word anywhere in a mail of the reporter; words
//! that usual reports do not have (`usual`), for they tell of something else; and what
//! nobody can read here (`doubt`): other languages, long reports, requests, files.
//!
//! Linear in the length of what is read, which is bounded.
//!
//! Known faults: a grave report that says it in the words of usual ones gets the hint that
//! its beginning asks for; a usual report in rare words gets none.

mod doubt;
mod phrase;
mod text;
mod usual;

pub use phrase::Phrase;
pub use usual::WORDS as USUAL;

use crate::mail::{Attachment, Foreign};
use text::Words;

/// More hints say nothing that these do not.
const AT_MOST: usize = 3;

/// What a report is about stands in so many words of a mail, or in its subject.
const BEGINNING: usize = 80;

/// What tells one thing that the page leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// The sentence of the page.
    pub page: Option<String>,
    /// Any one of these has to stand there.
    pub words: Vec<Phrase>,
    /// None of these may.
    pub unless: Vec<Phrase>,
    /// Of [`Rules::unless`] those that do not silence this rule.
    pub despite: Vec<Phrase>,
    /// What silences within these words does not: they are those of usual reports.
    pub meant: Vec<Phrase>,
    /// The name of the letter that answers it; none: the usual one of the outcome.
    pub letter: Option<String>,
}

/// The rules that are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Each of them.
    pub rules: Vec<Rule>,
    /// What silences them all.
    pub unless: Vec<Phrase>,
}

/// A mail of the reporter.
pub struct Said<'a> {
    /// Its number in the thread.
    pub n: usize,
    /// Its subject.
    pub subject: &'a Foreign,
    /// What is new in it.
    pub new: &'a Foreign,
    /// All of its text.
    pub whole: &'a Foreign,
    /// What is attached to it.
    pub attachments: &'a [Attachment],
}

impl<'a> Said<'a> {
    fn plain(&self) -> Plain<'a> {
        Plain {
            subject: self.subject.raw(),
            new: self.new.raw(),
            whole: self.whole.raw(),
            attachments: self.attachments,
        }
    }
}

/// The same as it came, to look for words in it.
struct Plain<'a> {
    subject: &'a str,
    new: &'a str,
    whole: &'a str,
    attachments: &'a [Attachment],
}

/// A rule that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The name of the rule.
    pub rule: String,
    /// The words that matched, as they are written.
    pub matched: Foreign,
    /// The number of the mail in which they stand.
    pub mail: usize,
    /// In its subject, and not in its text.
    pub in_subject: bool,
    /// The sentence of the page.
    pub page: Option<String>,
    /// The letter of the rule.
    pub letter: Option<String>,
}

/// Which rules match what a reporter wrote: at most three, in the order of the rules.
pub fn hints(rules: &Rules, said: &[Said<'_>]) -> Vec<Hint> {
    let plain: Vec<Plain<'_>> = said.iter().map(Said::plain).collect();
    let silent = || doubt::doubtful(&plain) || usual::strange(&rules.rules, &plain);
    if rules.rules.is_empty() || plain.is_empty() || silent() {
        return Vec::new();
    }
    let read = said
        .iter()
        .zip(&plain)
        .map(|(said, plain)| Read::new(said.n, plain));
    let read: Vec<Read<'_>> = read.collect();
    let grave = |rule: &Rule| {
        let all = rules
            .unless
            .iter()
            .filter(|one| !rule.despite.contains(one));
        let all: Vec<&Phrase> = all.chain(&rule.unless).collect();
        read.iter().any(|one| one.is_grave(rule, &all))
    };
    let found = rules.rules.iter().filter_map(|rule| {
        let hint = read.iter().find_map(|one| one.matched(rule))?;
        (!grave(rule)).then_some(hint)
    });
    found.take(AT_MOST).collect()
}

/// A mail in words.
struct Read<'a> {
    n: usize,
    subject: Words<'a>,
    new: Words<'a>,
    whole: Words<'a>,
}

impl<'a> Read<'a> {
    fn new(n: usize, plain: &Plain<'a>) -> Self {
        Self {
            n,
            subject: Words::of(plain.subject),
            new: Words::of(plain.new),
            whole: Words::of(plain.whole),
        }
    }

    fn matched(&self, rule: &Rule) -> Option<Hint> {
        let hint = |matched: &str, in_subject| Hint {
            rule: rule.name.clone(),
            matched: Foreign::new(matched),
            mail: self.n,
            in_subject,
            page: rule.page.clone(),
            letter: rule.letter.clone(),
        };
        let at = |words: &Words<'a>, most| {
            let mut all = rule.words.iter();
            all.find_map(|one| {
                one.find(words, most)
                    .map(|(from, to)| words.written(from, to))
            })
        };
        let subject = at(&self.subject, usize::MAX).map(|text| hint(text, true));
        subject.or_else(|| at(&self.new, BEGINNING).map(|text| hint(text, false)))
    }

    /// A grave word stands in it that is no part of what the rule looks for, or takes for usual.
    fn is_grave(&self, rule: &Rule, grave: &[&Phrase]) -> bool {
        [&self.subject, &self.new, &self.whole]
            .into_iter()
            .any(|words| {
                let usual = rule.words.iter().chain(&rule.meant);
                let all = usual.flat_map(|one| one.all(words));
                let meant: Vec<(usize, usize)> = all.collect();
                let is_meant = |(from, to)| meant.iter().any(|(a, b)| *a <= from && to <= *b);
                let mut found = grave.iter().flat_map(|one| one.all(words));
                found.any(|span| !is_meant(span))
            })
    }
}

#[cfg(test)]
mod tests;
