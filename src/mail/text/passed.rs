//! Mails that a mail passes on, forwarded, or quoted by who opens a ticket: of whom each is, as
//! far as what introduces it says so.
//!
//! A report is often one of these, so what it names is read. But a wish in it is the wish of
//! whoever wrote it; and who answers us quotes what we said, which tells us nothing.
//!
//! Linear in the length of the text, in its first 10,000 lines; what comes behind them is read as
//! it stands.

use super::signature::Signer;
use super::{LINES, LITTLE, Occasion, header, quote, says_where, words};
use crate::mail::Mail;
use std::borrow::Cow;

/// Of whom the mail is that a line stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// It is this mail, or nobody knows.
    New,
    /// An older one of its author's.
    Author,
    /// Of whoever this one is written to.
    Reader,
    Others,
    /// It is forwarded: they want us to read it as theirs.
    Forwarded,
}

/// A text without the marks of the mails that are passed on in it. What is quoted in those keeps
/// one, and so does what we wrote ourselves. The lines stay as many as they were.
pub struct Passed<'t> {
    /// It.
    pub text: Cow<'t, str>,
    lines: Vec<Of>,
}

impl<'t> Passed<'t> {
    /// In a text of this mail.
    pub fn on(mail: &Mail, text: &'t str) -> Self {
        let answers = mail.opens && Occasion::of(mail) == Occasion::Answer;
        if !answers && !text.lines().any(|line| line.starts_with('>')) {
            return Self {
                text: Cow::Borrowed(text),
                lines: Vec::new(),
            };
        }
        let lines = of_lines(text, &Signer::of(mail), answers);
        Self::read(text, lines, |of| match of {
            Of::New | Of::Forwarded => of,
            Of::Author | Of::Reader | Of::Others if !mail.opens => Of::New,
            // In a first report it is what they show us.
            Of::Reader if !answers => Of::Others,
            Of::Author | Of::Reader | Of::Others => of,
        })
    }

    /// In a text by which the team hands a report in: all that is quoted is the report.
    pub fn by_team(text: &'t str) -> Self {
        let lines = of_lines(text, &Signer::default(), false);
        Self::read(text, lines, |of| match of {
            Of::New => of,
            Of::Author | Of::Reader | Of::Others | Of::Forwarded => Of::Forwarded,
        })
    }

    fn read(text: &'t str, mut lines: Vec<Of>, as_if: impl Fn(Of) -> Of) -> Self {
        lines.iter_mut().for_each(|of| *of = as_if(*of));
        let (mut read, mut of) = (String::with_capacity(text.len()), lines.iter());
        for line in text.split_inclusive('\n') {
            match of.next() {
                Some(Of::Author | Of::Others | Of::Forwarded) => read.push_str(without_mark(line)),
                Some(Of::Reader) if !quote::is_quoted(line) => {
                    read.push_str("> ");
                    read.push_str(line);
                }
                Some(Of::New | Of::Reader) | None => read.push_str(line),
            }
        }
        Self {
            text: Cow::Owned(read),
            lines,
        }
    }

    /// Whether the line of this number, from 0, is of a mail of somebody else's, which is quoted.
    pub fn is_of_others(&self, line: usize) -> bool {
        self.lines.get(line) == Some(&Of::Others)
    }
}

/// What stands in a text that opens a ticket beside what `written` and, in an answer, `steady`
/// find to be new: for marks.
#[derive(Default)]
pub struct Quoted {
    /// The mails that are passed on.
    pub passed_on: String,
    /// What was written by whom the mail is written to.
    pub ours: String,
}

impl Quoted {
    /// In a text of this mail.
    pub fn on(mail: &Mail, text: &str) -> Self {
        let answers = Occasion::of(mail) == Occasion::Answer;
        let mut all = Self::default();
        if !answers && !text.lines().any(quote::is_quoted) {
            return all;
        }
        let lines = of_lines(text, &Signer::of(mail), answers);
        for (line, of) in text.lines().zip(lines) {
            let place = match of {
                Of::Author | Of::Others => &mut all.passed_on,
                Of::Forwarded if answers => &mut all.passed_on,
                Of::New if answers && quote::is_quoted(line) => &mut all.passed_on,
                Of::Reader => &mut all.ours,
                Of::New | Of::Forwarded => continue,
            };
            place.push_str(without_mark(line));
            place.push('\n');
        }
        all
    }
}

/// A line without the first mark of a quote.
fn without_mark(line: &str) -> &str {
    let bare = line.strip_prefix('>');
    let bare = bare.map(|bare| bare.strip_prefix(' ').unwrap_or(bare));
    bare.unwrap_or(line)
}

/// Of whom the mail is, for each line. `answers`: quotes without marks are looked for too.
fn of_lines(text: &str, signer: &Signer, answers: bool) -> Vec<Of> {
    let lines: Vec<&str> = text.lines().take(LINES).collect();
    let mut walk = Walk {
        signer,
        answers,
        marked: Of::New,
        below: None,
        headed: false,
        fresh: true,
        said: 0,
    };
    let all = (0..lines.len()).filter_map(|at| lines.split_at_checked(at));
    all.map(|(above, rest)| walk.step(above, rest)).collect()
}

struct Walk<'t> {
    signer: &'t Signer,
    answers: bool,
    /// Of whom marked lines are here.
    marked: Of,
    /// Of whom all is that stands below a header, for which no answers stand in it.
    below: Option<Of>,
    /// Within that header.
    headed: bool,
    /// A paragraph begins here.
    fresh: bool,
    /// So many words stand above it, until they are more than a greeting.
    said: usize,
}

impl Walk<'_> {
    fn step(&mut self, above: &[&str], rest: &[&str]) -> Of {
        let Some(line) = rest.first().copied() else {
            return Of::New;
        };
        let is_marked = quote::is_quoted(line);
        if let Some(of) = self.below {
            self.headed &= !line.trim().is_empty();
            let is_said = of == Of::Reader || !is_marked && !self.headed;
            return if is_said { of } else { Of::New };
        }
        if self.marked == Of::Forwarded || header::forwards(without_mark(line)) {
            self.marked = Of::Forwarded;
            return Of::Forwarded;
        }
        if is_marked {
            return self.marked;
        }
        if self.fresh || line.contains(|c: char| c.is_numeric() || c == '@' || c == '-') {
            self.introduced(above, rest, line);
        }
        self.fresh = line.trim().is_empty() || header::is_rule(line);
        if self.said < LITTLE {
            self.said += words(line);
        }
        Of::New
    }

    /// What these lines introduce, if they do.
    fn introduced(&mut self, above: &[&str], rest: &[&str], line: &str) {
        let may_end = || self.answers && self.said >= LITTLE && !says_where(above);
        let is_header = || header::is_separator(line) || header::is_quoted_header(rest, self.fresh);
        if is_header() && may_end() {
            let author = header::author(rest);
            self.below = Some(author.map_or(Of::Others, |line| self.of(&[line])));
            let is_header = |at: usize| {
                let rest = rest.get(at..);
                rest.is_some_and(|rest| header::is_quoted_header(rest, true))
            };
            self.headed = is_header(0) || is_header(1);
            return;
        }
        let Some(intro) = quote::introduction(rest, true) else {
            return;
        };
        let by = rest.get(..intro.lines).unwrap_or_default();
        if quote::follows(rest, intro.lines) {
            if intro.is_of_mail {
                self.marked = self.of(by);
            }
        } else if may_end() && intro.is_certain && (self.fresh || intro.lines == 1) {
            self.below = Some(self.of(by));
        }
    }

    fn of(&self, lines: &[&str]) -> Of {
        match () {
            () if self.signer.writes_to(lines) => Of::Reader,
            () if self.signer.is_author_in(lines) => Of::Author,
            () => Of::Others,
        }
    }
}
