//! What the reporter's mails name, in as few lines as there can be, and what is missing in
//! them. A wish for credit is a question to a person, with the command that answers it.

use super::ours::Proposal;
use super::thread::{Entry, Thread};
use crate::cli::output;
use crate::desk::{File, read_mail};
use crate::mail::{Foreign, Mail, acts};
use crate::store::{MailRow, Tx};
use crate::ticket::{Credit, What as Fact, figure};
use crate::triage::Kind;
use crate::triage::extract::{Cvss, Found, Heard, Lacks, Said, What, Wish, cwe_name, lacks, said};
use anyhow::Result;

/// So many things of a kind are printed; `--json` has them all.
const SHOWN: usize = 3;

/// What the mails say, and what none of them does.
pub struct Says {
    /// What they say.
    pub said: Said,
    /// What is missing.
    pub lacks: Lacks,
}

/// Reads the mails of the reporter, and the one that opened the ticket whoever wrote it.
pub fn says(tx: &Tx, file: &File, thread: &Thread) -> Result<Says> {
    let is = |row: &MailRow, kind: Kind| row.kind.0 == kind.word();
    let mut mails: Vec<(usize, Mail, bool)> = Vec::new();
    for (n, entry) in thread.all_numbered() {
        let Entry::Mail(row) = entry else { continue };
        let opens = row.place.0 == "new";
        if opens || is(row, Kind::Person) || is(row, Kind::Platform) {
            let forwarded = is(row, Kind::Team) || is(row, Kind::UnprovenTeam);
            mails.push((n, read_mail(tx, row)?, forwarded));
        }
    }
    let heard: Vec<Heard> = mails
        .iter()
        .map(|(n, mail, whole)| Heard {
            n: *n,
            mail,
            whole: *whole,
        })
        .collect();
    let sealed = mails.iter().any(|(_, mail, _)| mail.encrypted);
    let by_hand = |f: &crate::ticket::Fact| f.what == Fact::Received && f.via.is_some();
    let all = mails.iter().map(|(_, mail, _)| lacks(mail));
    let lacks = all.reduce(Lacks::both).unwrap_or_default();
    Ok(Says {
        said: said(&heard),
        lacks: if sealed || file.facts.iter().any(by_hand) {
            Lacks::default()
        } else {
            lacks
        },
    })
}

/// Prints it. Who has judged a report asks for nothing more.
pub fn print(file: &File, says: &Says) {
    let things = things(&says.said);
    let missing = match file.ticket.outcome {
        Some(outcome) if !outcome.is_interim() => Vec::new(),
        _ => says.lacks.words(),
    };
    if !(things.is_empty() && missing.is_empty()) {
        let mut text = match things.as_slice() {
            [] => "-".to_owned(),
            things => things.join(", "),
        };
        if !missing.is_empty() {
            text.push_str(&format!("     missing: {}", missing.join(", ")));
        }
        output::marked("says ", &text);
    }
    if let Some(wish) = proposal(file, &says.said) {
        let last = says.said.credit.last();
        let way = match last.is_some_and(|wish| wish.wish == Wish::Unclear) {
            true => ". Read it before you name anybody:",
            false => ". If so:",
        };
        output::line(format!("?    {}{way}", wish.because));
        output::line(format!("     {}", wish.command));
    }
}

/// The things, in the order in which a person looks for them.
fn things(said: &Said) -> Vec<String> {
    let mut out = Vec::new();
    let urls: Vec<&Found> = said.found.iter().filter(|f| f.kind == What::Url).collect();
    // What stands within a URL is not said again.
    let within = |f: &Found| {
        let same = |u: &&Found| u.value.contains(&f.value) && (u.mail, u.line) == (f.mail, f.line);
        matches!(f.kind, What::Ip | What::Host) && urls.iter().any(same)
    };
    for kind in [
        What::Url,
        What::Ip,
        What::Host,
        What::Path,
        What::Cve,
        What::Ghsa,
        What::Cwe,
    ] {
        let all = said.found.iter().filter(|f| f.kind == kind && !within(f));
        some(&mut out, all.map(shown));
    }
    some(&mut out, said.cvss.iter().map(cvss));
    for kind in [What::Version, What::Fingerprint] {
        let all = said.found.iter().filter(|f| f.kind == kind);
        some(&mut out, all.map(shown));
    }
    if said.left_out > 0 || said.cut {
        out.push("and more than is read".to_owned());
    }
    out
}

fn some(out: &mut Vec<String>, all: impl Iterator<Item = String>) {
    let mut all: Vec<String> = all.collect();
    let more = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    out.extend(all);
    if more > 0 {
        out.push(format!("+{more} more"));
    }
}

/// As it was written: in quotes, but for what has no room for words of a stranger's.
fn shown(found: &Found) -> String {
    let value = &found.value;
    match found.kind {
        What::Cwe => {
            let id = value.line();
            match cwe_name(&id) {
                Some(name) => format!("{id} ({name})"),
                None => id,
            }
        }
        What::Cve | What::Ghsa | What::Ip => value.cut(60),
        What::Version => format!("version {}", value.cut(40)),
        What::Path => format!("path {}", value.cut(60)),
        What::Fingerprint => format!("key {}", value.cut(64)),
        What::Url | What::Host | What::Cvss | What::Claim | What::Credit => {
            output::quoted(&found.shown, 60)
        }
    }
}

fn cvss(cvss: &Cvss) -> String {
    let vector = cvss.vector.clone().map(|v| Foreign::new(v).cut(80));
    let claimed = cvss.claimed.map(figure).unwrap_or_default();
    match (vector, &cvss.score) {
        (Some(vector), Some(score)) if cvss.differs() => format!(
            "{vector} is {} {}, they say {claimed}",
            score.figure(),
            score.severity
        ),
        (Some(vector), Some(score)) => format!("{vector} is {} {}", score.figure(), score.severity),
        (Some(vector), None) => format!("{vector} lacks something, no score"),
        (None, _) => format!("CVSS {claimed} (no vector)"),
    }
}

/// The last wish for credit, while nothing is on record: never set by gatepost.
pub fn proposal(file: &File, said: &Said) -> Option<Proposal> {
    match Credit::of(&file.facts) {
        Credit::Unasked | Credit::Asked => {}
        Credit::Named(_) | Credit::Anonymous | Credit::Withdrawn => return None,
    }
    let wish = said.credit.last()?;
    let n = file.row.number.0;
    let (because, value) = match (&wish.wish, &wish.name) {
        (Wish::Unclear, _) => {
            return Some(Proposal {
                about: Some(wish.mail),
                because: format!(
                    "Mail {} speaks of credit, and not plainly of what they wish",
                    wish.mail
                ),
                command: format!("gatepost show {n} --text {}", wish.mail),
            });
        }
        (Wish::Anonymous, _) => (
            "would rather not be named".to_owned(),
            "anonymous".to_owned(),
        ),
        (Wish::Named, Some(name)) => (
            format!("would like to be named {}", output::quoted(name, 60)),
            typed(name),
        ),
        (Wish::Named | Wish::Wanted, _) => ("would like to be named".to_owned(), "NAME".to_owned()),
    };
    Some(Proposal {
        about: Some(wish.mail),
        because: format!("Mail {} reads as if they {because}", wish.mail),
        command: format!("gatepost set {n} credit={value}"),
    })
}

/// A name as a shell takes it for one word; `NAME` for one that a shell could do more with.
fn typed(name: &Foreign) -> String {
    let line = name.line();
    let plain =
        |c: char| (c.is_alphanumeric() && !acts(c)) || matches!(c, ' ' | '.' | '-' | '_' | '@');
    let reserved = ["anonymous", "withdrawn", "asked"];
    if line.chars().all(plain) && !reserved.contains(&line.to_lowercase().as_str()) {
        format!("\"{line}\"")
    } else {
        "NAME".to_owned()
    }
}
