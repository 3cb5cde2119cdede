//! What a person wrote anew, above or between what is quoted. For what people read, and for
//! what is read out of a report for them; what is stored is always the whole, and what
//! decides something reads `steady`.
//!
//! To show too much is a nuisance, to show too little loses a report. So what is in doubt
//! is shown; nothing at all is never shown; and a mail that answers nothing hardly has
//! quotes, but has prompts, requests and mails in it that look like them: there, only a
//! quote that is marked, and introduced with an address and a date, is left out, and nothing
//! where no more than a greeting would stay. A legal notice is one only in an answer,
//! where nothing new stands behind it and every word in it is one that notices use.
//! Who opens a ticket with the answer to a mail passes that mail on: nobody here has seen it, and
//! it is shown, whether their own words stand above or below it.
//!
//! - `occasion` tells an answer from a first report and from a forwarded mail;
//! - `quote` knows marked quotes and the lines that introduce one;
//! - `header` knows the header of a quoted mail, and the rules above it;
//! - `signature` knows signatures, `device` what telephones write, `tail` the lines of lists
//!   and filters, and `footer` what programs of lists write;
//! - `notice` knows legal notices, and `legal` the words that they are made of;
//! - `words` holds the words of some forty languages;
//! - `passed` says of whom the mails are that a mail passes on;
//! - `bare` leaves out more, for marks;
//! - `steady` is apart: quotes where something is decided by them.
//!
//! Linear in the length of the text; quotes are looked for in its first 10,000 lines, and
//! what comes behind them is shown. Known faults: a quote that is neither marked nor
//! introduced is shown as new, and so is the rest of a marked line that a program wrapped;
//! an answer set between the lines of a quote without marks is folded with it, unless the
//! text above says `inline`, `below` or the like.

pub mod bare;
mod device;
mod footer;
mod header;
mod legal;
mod notice;
mod occasion;
pub mod passed;
mod quote;
mod signature;
pub mod steady;
mod tail;
mod words;

use super::{Foreign, Mail};
pub use header::without_fields;
pub use occasion::Occasion;
use signature::Signer;

/// Quotes are looked for in so many lines.
const LINES: usize = 10_000;

/// So many words are more than a greeting.
const LITTLE: usize = 8;

/// What is new in a mail. When nothing new is found, the whole text.
pub fn new_in(mail: &Mail) -> Foreign {
    signed_by(
        &Signer::of(mail),
        mail.to_read(),
        (Occasion::of(mail), mail.opens),
    )
}

/// Whether a line of this text bears the mark of a quote.
pub fn has_quote(text: &Foreign) -> bool {
    text.raw().lines().any(quote::is_quoted)
}

/// What is new in a text of nobody known, by the occasion on which it was written.
pub fn written(text: &Foreign, occasion: Occasion) -> Foreign {
    signed_by(&Signer::default(), text, (occasion, false))
}

fn signed_by(signer: &Signer, text: &Foreign, (occasion, opens): (Occasion, bool)) -> Foreign {
    let lines: Vec<&str> = text.raw().lines().collect();
    let looked_at = lines.get(..LINES).unwrap_or(&lines);
    let read_as = if opens { Occasion::First } else { occasion };
    let mut walk = Walk {
        opens,
        answers: occasion == Occasion::Answer,
        ..Walk::new(looked_at, read_as, signer)
    };
    let (mut kept, mut ended) = (Vec::new(), false);
    while let Some(step) = walk.step() {
        match step {
            Step::Keep(line) => kept.push(line),
            Step::Skip => {}
            Step::End if says_where(&kept) => {
                kept.extend(walk.rest());
                break;
            }
            Step::End => {
                ended = true;
                break;
            }
        }
    }
    if !ended {
        kept.extend(lines.iter().skip(LINES));
    }
    let new = kept.join("\n");
    // A notice below it says nothing; in a first report it is shown.
    let unsigned = || {
        let text = Foreign::new(format!("x\n\n{new}"));
        signed_by(signer, &text, (Occasion::Answer, false))
    };
    let is_greeting = walk.is_left_out && (says_little(&new) || says_little(unsigned().raw()));
    if new.trim().is_empty() || is_greeting {
        text.clone()
    } else {
        Foreign::new(new.trim_matches('\n').trim_end())
    }
}

/// A greeting, and little else: in a first report, what was left out may be the report.
fn says_little(text: &str) -> bool {
    words(text) < LITTLE
}

/// How many words a text has; of a long one, enough.
fn words(text: &str) -> usize {
    // Some scripts part no words.
    let letters = |word: &str| word.chars().filter(|c| *c >= '\u{2e80}').count();
    let many =
        |word: &str| usize::from(word.contains(char::is_alphanumeric)).max(letters(word) / 2);
    text.split_whitespace().take(LITTLE).map(many).sum()
}

/// Whoever writes this above a quote wrote more within it.
fn says_where(kept: &[&str]) -> bool {
    let few = kept.iter().filter(|line| !line.trim().is_empty());
    let few: Vec<&&str> = few.take(6).collect();
    few.len() <= 5
        && few.iter().any(|line| {
            let lower = line.to_lowercase();
            line.len() <= 200 && words::WITHIN.iter().any(|word| lower.contains(word))
        })
}

/// What becomes of the next lines.
enum Step<'a> {
    Keep(&'a str),
    /// They are left out, and the walk stands behind them.
    Skip,
    /// All that is left is a quote.
    End,
}

/// The way through the lines of a text.
struct Walk<'t, 'a> {
    lines: &'t [&'a str],
    at: usize,
    occasion: Occasion,
    signer: &'t Signer,
    /// A paragraph begins here.
    fresh: bool,
    /// Within lines of code that stand between fences.
    fenced: bool,
    /// Behind an introduction, and within the quote that it introduces.
    quoting: bool,
    /// Something was quoted already.
    quoted: bool,
    /// Something new was kept.
    has_new: bool,
    /// So many marked lines are new.
    verbatim: usize,
    /// Something was left out of a first report that its author did not plainly sign with.
    is_left_out: bool,
    /// The mail opens a ticket.
    opens: bool,
    /// It answers a mail, which nobody here wrote if it opens a ticket.
    answers: bool,
}

impl<'t, 'a> Walk<'t, 'a> {
    fn new(lines: &'t [&'a str], occasion: Occasion, signer: &'t Signer) -> Self {
        Self {
            lines,
            at: 0,
            occasion,
            signer,
            fresh: true,
            fenced: false,
            quoting: false,
            quoted: false,
            has_new: false,
            verbatim: 0,
            is_left_out: false,
            opens: false,
            answers: false,
        }
    }

    fn rest(&self) -> &'t [&'a str] {
        self.lines.get(self.at..).unwrap_or_default()
    }

    fn step(&mut self) -> Option<Step<'a>> {
        let rest = self.rest();
        let line = rest.first().copied()?;
        if line.trim_start().starts_with("```") {
            self.fenced = !self.fenced;
            return Some(self.keep(line));
        }
        if self.fenced || self.verbatim > 0 {
            self.verbatim = self.verbatim.saturating_sub(1);
            return Some(self.keep(line));
        }
        if quote::is_quoted(line) {
            return Some(self.quoted_line(rest));
        }
        if let Some(lines) = self.tail(rest) {
            return Some(self.skip(lines));
        }
        if !self.fresh && !quote::may_follow(line) {
            return Some(self.keep(line));
        }
        Some(self.unmarked(rest, line))
    }

    /// A line that no mark tells from new ones.
    fn unmarked(&mut self, rest: &'t [&'a str], line: &'a str) -> Step<'a> {
        let is_first = self.occasion == Occasion::First;
        if header::forwards(line) {
            // What is forwarded is what they want us to read.
            self.occasion = Occasion::First;
            return self.keep(line);
        }
        let is_quote = header::is_separator(line) || header::is_quoted_header(rest, self.fresh);
        if is_quote && !is_first {
            return Step::End;
        }
        match quote::introduction(rest, self.fresh) {
            Some(intro) if intro.has_greeting => {
                let step = self.keep(line);
                self.fresh = true;
                step
            }
            Some(intro) if self.passes_on(rest, intro.lines) => self.keep(line),
            Some(intro) if quote::follows(rest, intro.lines) && (!is_first || intro.is_of_mail) => {
                self.quoting = true;
                self.is_left_out |= is_first;
                self.skip(intro.lines)
            }
            Some(intro) if !is_first && intro.is_certain => Step::End,
            _ => self.keep(line),
        }
    }

    /// What is quoted here was not seen by whoever it is written to.
    fn passes_on(&self, rest: &[&str], lines: usize) -> bool {
        let intro = rest.get(..lines).unwrap_or_default();
        self.opens && (self.answers || !self.signer.writes_to(intro))
    }

    fn quoted_line(&mut self, rest: &'t [&'a str]) -> Step<'a> {
        let is_quote = match self.occasion {
            Occasion::First => self.quoting,
            Occasion::Answer => {
                let before = self.at.checked_sub(1).and_then(|at| self.lines.get(at));
                let is_new = !self.quoted && quote::is_written(rest);
                self.quoting || !(is_new || quote::is_difference(before, rest))
            }
        };
        let lines = quote::marked(rest);
        if is_quote {
            self.quoted = true;
            self.quoting = true;
            return self.skip(lines);
        }
        self.verbatim = lines.saturating_sub(1);
        match rest.first() {
            Some(line) => self.keep(line),
            None => Step::End,
        }
    }

    /// How many lines are a signature, or a notice that nobody wrote.
    fn tail(&mut self, rest: &[&str]) -> Option<usize> {
        let signed = signature::signature(rest, self.fresh, self.occasion, self.signer);
        if let Some(lines) = signed {
            let signed = rest.get(..lines).unwrap_or_default();
            let may_say = || self.signer.may_say(signed);
            self.is_left_out |= self.occasion == Occasion::First && may_say();
            return Some(lines);
        }
        let may_be_notice = self.fresh && self.has_new;
        let notice = || notice::notices(rest, self.occasion);
        let notice = || may_be_notice.then(notice).flatten();
        let tail = tail::footer(rest, self.occasion, self.signer).or_else(notice);
        self.is_left_out |= tail.is_some() && self.occasion == Occasion::First;
        tail
    }

    fn keep(&mut self, line: &'a str) -> Step<'a> {
        self.at += 1;
        self.fresh = line.trim().is_empty() || header::is_rule(line);
        if !line.trim().is_empty() {
            self.has_new = true;
            self.quoting = false;
        }
        Step::Keep(line)
    }

    fn skip(&mut self, lines: usize) -> Step<'a> {
        self.at += lines.max(1);
        self.fresh = true;
        Step::Skip
    }
}

#[cfg(test)]
mod tests;
