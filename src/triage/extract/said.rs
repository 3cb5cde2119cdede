//! What the mails of a ticket name, each thing with where it stood.
//!
//! Nothing is invented: what is shown stands in the text, letter for letter. Nothing is
//! followed. The work is bounded: so many bytes of a mail, so many things of a kind; what is
//! left out is counted.

use super::credit::{Wish, wishes};
use super::line::{Line, masked};
use super::{hosts, ids, ips, lacks, mail_addresses, paths, prints, urls, vectors, versions};
use crate::mail::text::{self, passed::Passed};
use crate::mail::{Foreign, Mail};
use crate::ticket::Score;
use serde::Serialize;
use std::collections::BTreeSet;

/// So much of a mail is read, so many lines, and so much of one.
const BYTES: usize = 1 << 20;
const LINES: usize = 10_000;
const LINE: usize = 64 << 10;

/// So many things of a kind are kept.
pub const EACH: usize = 50;

/// A kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// An address of a page, a service or a file on the net.
    Url,
    /// An IP address, with its port or prefix length as written.
    Ip,
    /// The name of a host.
    Host,
    /// A path on a server.
    Path,
    /// A number of CVE.
    Cve,
    /// A number of GHSA.
    Ghsa,
    /// A number of CWE.
    Cwe,
    /// A vector of CVSS.
    Cvss,
    /// A score of CVSS without a vector.
    Claim,
    /// A version.
    Version,
    /// A wish to be named, or not.
    Credit,
    /// A fingerprint of a key.
    Fingerprint,
}

/// A thing that a line names, before it is known which mail it is of.
pub struct Hit {
    pub(super) what: What,
    pub(super) value: String,
    pub(super) span: (usize, usize),
    pub(super) score: Option<Score>,
    pub(super) claim: Option<u32>,
    pub(super) wish: Option<Wish>,
}

impl Hit {
    pub(super) fn new(what: What, value: String, span: (usize, usize)) -> Self {
        Self {
            what,
            value,
            span,
            score: None,
            claim: None,
            wish: None,
        }
    }
}

/// A thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// What it is.
    pub kind: What,
    /// It, in its usual spelling: what acts, where it was written so that nobody clicks it.
    pub value: Foreign,
    /// It, as it was written.
    pub shown: Foreign,
    /// The number of its mail in the thread.
    pub mail: usize,
    /// The line of what was newly written there, from 1; 0 for the subject.
    pub line: usize,
}

/// What is said of CVSS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cvss {
    /// The mail.
    pub mail: usize,
    /// The vector; none where there is only a score.
    pub vector: Option<String>,
    /// Its score; none for a vector that lacks something.
    pub score: Option<Score>,
    /// The score that the reporter gives, in tenths.
    pub claimed: Option<u32>,
}

impl Cvss {
    /// The reporter's score is none that the vector has.
    pub fn differs(&self) -> bool {
        match (&self.score, self.claimed) {
            (Some(score), Some(claimed)) => {
                claimed != score.tenths && !score.others.contains(&claimed)
            }
            (Some(_) | None, _) => false,
        }
    }
}

/// A wish for credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Credit {
    /// Which.
    pub wish: Wish,
    /// The name that is given.
    pub name: Option<Foreign>,
    /// The mail.
    pub mail: usize,
}

/// All that the mails of a ticket name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Each thing once, where it stood first.
    pub found: Vec<Found>,
    /// Vectors and scores.
    pub cvss: Vec<Cvss>,
    /// Wishes, in order: the last one counts.
    pub credit: Vec<Credit>,
    /// Things that are not kept.
    pub left_out: usize,
    /// Not all of a text was read.
    pub cut: bool,
}

/// A mail to read.
pub struct Heard<'a> {
    /// Its number in the thread.
    pub n: usize,
    /// It.
    pub mail: &'a Mail,
    /// All of it is the report, quotes too: the team forwarded it.
    pub whole: bool,
}

impl Said {
    /// The values of one kind.
    pub fn values(&self, what: What) -> Vec<Foreign> {
        let found = self.found.iter().filter(|f| f.kind == what);
        found.map(|f| f.value.clone()).collect()
    }

    /// There is one of these.
    pub fn has(&self, any: &[What]) -> bool {
        self.found.iter().any(|f| any.contains(&f.kind))
    }
}

/// What is new in a mail, without the marks of one that it passes on.
pub fn newly_written(mail: &Mail) -> Foreign {
    let new = text::new_in(mail);
    Foreign::new(Passed::on(mail, new.raw()).text.into_owned())
}

/// True when a text names a URL, a host or an address.
pub(super) fn names_a_place(text: &Foreign) -> bool {
    let mut reader = Reader {
        only_places: true,
        ..Reader::default()
    };
    reader.text(text.raw(), 0, |_| false);
    reader.said.has(&[What::Url, What::Ip, What::Host])
}

/// So many things are told apart; what comes behind them is not looked at.
const SEEN: usize = 4_000;

/// Hears the mails of a ticket one after the other: of none it keeps more than that names.
#[derive(Default)]
pub struct Reader {
    /// Nothing else is looked for: a receipt waits for it.
    only_places: bool,
    said: Said,
    seen: BTreeSet<(What, String)>,
}

impl Reader {
    /// Reads a mail. The text of an encrypted one says nothing, its subject may.
    pub fn hear(&mut self, heard: &Heard) {
        self.line(heard.mail.subject.raw(), ("", ""), (heard.n, 0), false);
        if heard.mail.is_encrypted() {
            return;
        }
        let new;
        let passed = if heard.whole {
            Passed::by_team(heard.mail.to_read().raw())
        } else {
            new = text::new_in(heard.mail);
            Passed::on(heard.mail, new.raw())
        };
        self.text(&passed.text, heard.n, |line| passed.is_of_others(line));
    }

    /// What all of them said.
    pub fn said(self) -> Said {
        let mut said = self.said;
        said.left_out = self.seen.len() - said.found.len();
        vectors::paired(&mut said.cvss);
        said
    }

    /// `is_of_others`: the line of a number, from 0, is of a mail of somebody else's.
    fn text(&mut self, whole: &str, mail: usize, is_of_others: impl Fn(usize) -> bool) {
        let read = lacks::beginning(whole, BYTES);
        self.said.cut |= read.len() < whole.len();
        for (n, line) in read.lines().enumerate() {
            let at = line.as_ptr().addr() - read.as_ptr().addr();
            let above = read.get(..at).unwrap_or_default();
            let rest = read.get(at + line.len()..).unwrap_or_default();
            let below = rest.split_once('\n').map_or("", |(_, below)| below);
            if n >= LINES || self.seen.len() >= SEEN {
                self.said.cut = true;
                return;
            }
            self.line(line, (above, below), (mail, n + 1), is_of_others(n));
        }
    }

    /// Reads a line, with the text above and below it. What others wish is no wish of whoever
    /// passes it on.
    fn line(
        &mut self,
        written: &str,
        around: (&str, &str),
        (mail, n): (usize, usize),
        is_of_others: bool,
    ) {
        let read = lacks::beginning(written, LINE);
        self.said.cut |= read.len() < written.len();
        // A quote that nothing else was found beside is still one.
        if read.trim().is_empty() || (n > 0 && read.trim_start().starts_with('>')) {
            return;
        }
        let line = Line::new(read);
        let hits = match self.only_places {
            true => places(&line),
            false => hits(&line, around),
        };
        let is_theirs = |hit: &Hit| hit.wish.is_none() || !is_of_others;
        for hit in hits.into_iter().filter(is_theirs) {
            let (start, end) = hit.span;
            self.keep(hit, line.shown(start, end), (mail, n));
        }
    }

    fn keep(&mut self, hit: Hit, shown: &str, (mail, line): (usize, usize)) {
        if let Some(wish) = hit.wish {
            // Each counts, the same one again too: the last one is theirs.
            self.said.credit.push(Credit {
                wish,
                name: (wish == Wish::Named).then(|| Foreign::new(hit.value.clone())),
                mail,
            });
            let most = self.said.credit.len().min(EACH);
            self.said.credit.drain(..self.said.credit.len() - most);
        }
        let known = !self.seen.insert((hit.what, hit.value.clone()));
        let kept = self
            .said
            .found
            .iter()
            .filter(|f| f.kind == hit.what)
            .count();
        if known || kept >= EACH {
            return;
        }
        match hit.what {
            What::Cvss | What::Claim => self.said.cvss.push(Cvss {
                mail,
                vector: (hit.what == What::Cvss).then(|| hit.value.clone()),
                score: hit.score,
                claimed: hit.claim,
            }),
            What::Url
            | What::Ip
            | What::Host
            | What::Path
            | What::Cve
            | What::Ghsa
            | What::Cwe
            | What::Version
            | What::Credit
            | What::Fingerprint => {}
        }
        self.said.found.push(Found {
            kind: hit.what,
            value: Foreign::new(hit.value),
            shown: Foreign::new(shown),
            mail,
            line,
        });
    }
}

/// The addresses, hosts and URLs of a line.
fn places(line: &Line) -> Vec<Hit> {
    let (mut hits, mut taken) = (Vec::new(), Vec::new());
    let flat = line.flat.as_str();
    vectors::vectors(flat, &mut taken, &mut hits);
    urls(flat, &mut taken, &mut hits);
    mail_addresses(flat, &mut taken);
    ips::ips(&masked(flat, &taken), &mut taken, &mut hits);
    hosts(line, &masked(flat, &taken), &mut taken, &mut hits);
    hits
}

/// The things of a line, in the order in which they stand.
fn hits(line: &Line, (above, below): (&str, &str)) -> Vec<Hit> {
    let (mut hits, mut taken) = (Vec::new(), Vec::new());
    let flat = line.flat.as_str();
    wishes(flat, above, below, &mut hits);
    let above = above.lines().next_back().unwrap_or_default();
    ids::ids(flat, &mut hits);
    vectors::vectors(flat, &mut taken, &mut hits);
    vectors::claims(&masked(flat, &taken), &mut hits);
    urls(flat, &mut taken, &mut hits);
    mail_addresses(flat, &mut taken);
    prints(&masked(flat, &taken), above, &mut taken, &mut hits);
    ips::ips(&masked(flat, &taken), &mut taken, &mut hits);
    hosts(line, &masked(flat, &taken), &mut taken, &mut hits);
    let rest = masked(flat, &taken);
    paths(&rest, &mut hits);
    versions(&rest, &mut hits);
    hits.sort_by_key(|h| h.span.0);
    hits
}

#[cfg(test)]
mod tests;
