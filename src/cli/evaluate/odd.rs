//! Why a report that looks like another is for a person to look at by itself: better one too
//! many than the wrong letter to a real reporter.
//!
//! Only what is on record as one mail of a stranger, and nothing else, goes along with
//! others; and only where that mail says nothing that the first one does not.

mod names;

use crate::cli::Here;
use crate::cli::flow::Sitting;
use crate::cli::output;
use crate::desk::{File, read_sealed};
use crate::mail::parse::{contents, every_page, every_text};
use crate::mail::{Attachment, Defect, Foreign};
use crate::store::{LetterKind, LetterState, MailRow, Tx};
use crate::ticket::{By, Fact, Stage, TicketNo, What as Happened, counting};
use crate::triage::Kind;
use crate::triage::extract::{Cvss, Found, Heard, Reader, Said, What};
use anyhow::Result;
use names::in_words;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// So many things are named in a reason.
const NAMED: usize = 2;

/// What the one mail of a report says.
pub struct Says {
    said: Said,
    /// With the digest of what is in each.
    attachments: Vec<(Attachment, Vec<u8>)>,
    defects: Vec<Defect>,
    /// The words, in their order, of the subject and of every text, also of what nobody is
    /// shown first (quotes, signatures, the other form of an alternative, targets of links).
    /// Each text once.
    texts: Vec<Vec<String>>,
    /// It has a receipt, or will have one.
    receipt: bool,
}

/// What the report of this ticket says; or why it is for a person by itself, whatever it is
/// like. `letter`: the reporter is to be written to.
pub fn by_itself(
    tx: &Tx,
    here: &Here,
    sitting: &Sitting,
    letter: bool,
) -> Result<Result<Says, String>> {
    let file = &sitting.file;
    let why = match on_record(file, &here.person()?.name) {
        None => not_to_be_written(tx, here, file, letter)?,
        why => why,
    };
    if let Some(why) = why {
        return Ok(Err(why));
    }
    let mails = tx.mails_of(file.row.number)?;
    let mut mails = mails.iter().filter(|row| row.place.0 != "copy");
    match (mails.next(), mails.count()) {
        (None, _) => Ok(Err("no mail of theirs is on record".to_owned())),
        (Some(row), 0) => read(tx, file, row),
        (Some(_), more) => Ok(Err(format!("{} mails are on it", more + 1))),
    }
}

/// What stands on its record that is more than a report, its receipt, and me.
fn on_record(file: &File, who: &str) -> Option<String> {
    let row = &file.row;
    if let Some(outcome) = row.outcome {
        return Some(format!("it was evaluated already: {}", outcome.word()));
    }
    match file.ticket.stage {
        Stage::New => {}
        Stage::Junk => return Some("it lies among junk".to_owned()),
        Stage::Evaluated | Stage::Resolved | Stage::Published | Stage::Closed => {
            return Some(format!("it is {} already", file.ticket.stage.word()));
        }
    }
    if let Some(owner) = row.owner.as_deref().filter(|owner| *owner != who) {
        return Some(format!("it is in {owner}'s hands"));
    }
    if let Some(other) = row.claims {
        return Some(format!("it says that it belongs to {other}"));
    }
    if !row.classes.is_empty() {
        return Some(format!("its class is {}", row.classes.join(", ")));
    }
    let facts = counting(&file.facts);
    let more = facts.into_iter().find(|fact| is_more(fact));
    more.map(|fact| match (&fact.what, &fact.by) {
        (Happened::Answered, by) => format!("{} has written to them already", by.name()),
        (Happened::ReporterWrote, _) => "they wrote more than once".to_owned(),
        (what, By::Person(name)) => format!("{name} has put \"{}\" on record", what.name()),
        (what, By::Gatepost) => format!("there is more on record: {}", what.name()),
    })
}

fn is_more(fact: &Fact) -> bool {
    let usual = matches!(
        fact.what,
        Happened::CopyReceived
            | Happened::Acknowledged
            | Happened::Owned { .. }
            | Happened::Disowned
    );
    !(usual || (fact.what == Happened::Received && fact.by == By::Gatepost))
}

/// Why its reporter is not one of those who are written to without a look.
fn not_to_be_written(tx: &Tx, here: &Here, file: &File, letter: bool) -> Result<Option<String>> {
    let row = &file.row;
    let Some(reporter) = &row.reporter else {
        return Ok(Some(
            "nobody can be written to: there is no address".to_owned(),
        ));
    };
    let marks = here.marks(Some(reporter), &row.reporter_name);
    if !marks.is_empty() {
        return Ok(Some(format!("its reporter: {}", marks.join(", "))));
    }
    let (_, accepted) = tx.history(reporter, TicketNo(i64::MAX))?;
    if accepted > 0 {
        let s = if accepted == 1 { " was" } else { "s were" };
        let why = format!("its reporter is known: {accepted} report{s} accepted");
        return Ok(Some(why));
    }
    if tx.continues_from_before(row.number)?.is_some() {
        let why = "it continues a conversation from before gatepost";
        return Ok(Some(why.to_owned()));
    }
    let letters = tx.letters_of(row.number)?;
    if let Some(one) = letters.iter().find(|l| l.by != By::Gatepost) {
        let why = format!("letter {} by {} is on it", one.id, one.by.name());
        return Ok(Some(why));
    }
    if !letter {
        return Ok(None);
    }
    if file.ticket.unreachable {
        return Ok(Some("our last letter did not arrive".to_owned()));
    }
    let stuck = letters.iter().find_map(|l| match l.state {
        LetterState::Held | LetterState::Unknown | LetterState::Refused | LetterState::Dropped => {
            let because = l.held_because.as_ref().map(|why| format!(": {why}"));
            Some(format!("{}{}", l.state.word(), because.unwrap_or_default()))
        }
        LetterState::Queued
        | LetterState::Offered
        | LetterState::Sent
        | LetterState::Superseded => None,
    });
    if let Some(state) = stuck {
        return Ok(Some(format!("its receipt is {state}")));
    }
    let proof = tx.listing(row.number)?.authentication;
    let fails = proof.is_some_and(|(is, _)| is == "fail");
    Ok(fails.then(|| "nobody vouches for its address: authentication failed".to_owned()))
}

/// What a mail says, that one and no other.
fn read(tx: &Tx, file: &File, row: &MailRow) -> Result<Result<Says, String>> {
    if row.kind.0 != Kind::Person.word() {
        return Ok(Err(format!(
            "its mail is no person's, as far as a program can tell: {}",
            row.kind.0
        )));
    }
    if row.author != file.row.reporter {
        return Ok(Err(
            "its mail is not of the address that is written to".to_owned()
        ));
    }
    let mail = read_sealed(tx, row)?;
    if mail.is_encrypted() {
        return Ok(Err("it is encrypted".to_owned()));
    }
    let bytes = tx.whole(row.id)?;
    let texts = every_text(&bytes).zip(every_page(&bytes));
    let Some(((texts, pages), parts)) = texts.zip(contents(&bytes)) else {
        return Ok(Err("it cannot be read whole".to_owned()));
    };
    let letters = tx.letters_of(file.row.number)?;
    let mut reader = Reader::default();
    reader.hear(&Heard {
        n: 1,
        mail: &mail,
        whole: true,
    });
    let names = [&file.row.reporter_name, &row.author_name];
    let texts = in_words(&[texts, pages].concat(), names, file.row.reporter.as_ref());
    let digested = |(part, content): (Attachment, Vec<u8>)| {
        let digest = Sha256::digest(&content).to_vec();
        (part, digest)
    };
    Ok(Ok(Says {
        said: reader.said(),
        attachments: parts.into_iter().map(digested).collect(),
        defects: mail.defects,
        texts,
        receipt: letters
            .iter()
            .any(|l| l.kind == LetterKind::Acknowledgement),
    }))
}

/// The words of these texts, each once.
fn words_of(texts: &[Vec<String>]) -> Vec<&str> {
    let mut known = BTreeSet::new();
    let words = texts.iter().flatten().map(String::as_str);
    words.filter(|word| known.insert(*word)).collect()
}

impl Says {
    /// What it names or encloses that `first` does not, on one line.
    pub fn names_more(&self, first: &Self, number: TicketNo) -> Option<String> {
        let mut all: Vec<String> = self.names(first);
        all.extend(self.attaches(first));
        if self.said.cut || self.said.left_out > 0 {
            all.push("more than is read".to_owned());
        }
        if self.defects.iter().any(|d| !first.defects.contains(d)) {
            all.push("a mail that cannot be read whole".to_owned());
        }
        if self.receipt && !first.receipt {
            all.push("a receipt".to_owned());
        }
        let all = all.join("; ");
        (!all.is_empty()).then(|| format!("it has what {number} has not: {all}"))
    }

    /// Any word or file that one of both has and the other has not, on one line. None where
    /// [`Self::names_more`] is none too: both say the same, word by word.
    pub fn differs(&self, first: &Self, number: TicketNo) -> Option<String> {
        if let Some(words) = self.other_words(first) {
            return Some(format!("it has what {number} has not: {words}"));
        }
        if first.receipt && !self.receipt {
            return Some(format!("it has no receipt, and {number} has one"));
        }
        self.lacks(first, number)
    }

    /// The files that the other has not.
    fn attaches(&self, other: &Self) -> Option<String> {
        let new = |part: &&(Attachment, Vec<u8>)| !other.attachments.contains(part);
        let attached = self.attachments.iter().filter(new);
        let attached: Vec<&Attachment> = attached.map(|(part, _)| part).collect();
        let one = attached.first()?;
        let name = match one.name.is_blank() {
            true => String::new(),
            false => format!(" {}", output::quoted(&one.name, 30)),
        };
        Some(match attached.len() {
            1 => format!("an attachment{name}"),
            n => format!("{n} attachments"),
        })
    }

    fn other_words(&self, first: &Self) -> Option<String> {
        let known: BTreeSet<&str> = words_of(&first.texts).into_iter().collect();
        let mut new = words_of(&self.texts);
        new.retain(|word| !known.contains(word));
        let shown: Vec<&str> = new.iter().take(3).copied().collect();
        let shown = output::quoted(&Foreign::new(shown.join(" ")), 40);
        match new.len() {
            0 => None,
            1..=3 => Some(format!("other words: {shown}")),
            n => Some(format!("other words: {shown} and {} more", n - 3)),
        }
    }

    /// What `first` says and it does not. "There is no limit" and "there is a limit" are two
    /// reports, and so are "a guest reads what an admin writes" and the reverse.
    fn lacks(&self, first: &Self, number: TicketNo) -> Option<String> {
        let own: BTreeSet<&str> = words_of(&self.texts).into_iter().collect();
        let words = words_of(&first.texts);
        let lacks = words.into_iter().find(|word| !own.contains(word));
        let lacks = lacks.map(|word| output::quoted(&Foreign::new(word), 40));
        if let Some(what) = lacks.or_else(|| first.attaches(self)) {
            return Some(format!("it has not what {number} has: {what}"));
        }
        let apart = |one: &Self, other: &Self| {
            let mut texts = one.texts.iter();
            texts.any(|text| !other.texts.contains(text))
        };
        (apart(self, first) || apart(first, self))
            .then(|| format!("it puts the words of {number} in another order"))
    }

    /// What it names that the other does not.
    fn names(&self, first: &Self) -> Vec<String> {
        let known = |kind: What, value: &Foreign| {
            let mut all = first.said.found.iter();
            all.any(|f| f.kind == kind && f.value == *value)
        };
        let new = |f: &&Found| !known(f.kind, &f.value);
        let found: Vec<&Found> = self.said.found.iter().filter(new).collect();
        // What stands within a URL is not said again.
        let within = |f: &Found| {
            let is_place = matches!(f.kind, What::Ip | What::Host);
            let mut urls = found.iter().filter(|u| u.kind == What::Url);
            is_place && urls.any(|u| u.line == f.line && u.value.contains(&f.value))
        };
        let found = found.iter().filter(|f| !within(f));
        let mut all: Vec<String> = found
            .filter_map(|f| {
                Some(format!(
                    "{} {}",
                    word(f.kind)?,
                    output::quoted(&f.shown, 40)
                ))
            })
            .collect();
        let scored = |one: &&Cvss| {
            let same = |o: &Cvss| (&o.vector, o.claimed) == (&one.vector, one.claimed);
            !first.said.cvss.iter().any(same)
        };
        all.extend(
            self.said
                .cvss
                .iter()
                .filter(scored)
                .map(|_| "a CVSS".to_owned()),
        );
        let more = all.len().saturating_sub(NAMED);
        all.truncate(NAMED);
        all.extend((more > 0).then(|| format!("{more} things more")));
        all
    }
}

/// How a thing is called that makes a difference; a name to be thanked under makes none.
fn word(kind: What) -> Option<&'static str> {
    Some(match kind {
        What::Url => "URL",
        What::Ip => "IP",
        What::Host => "host",
        What::Path => "path",
        What::Cve | What::Ghsa | What::Cwe => "identifier",
        What::Cvss | What::Claim => "CVSS",
        What::Version => "version",
        What::Fingerprint => "key",
        What::Credit => return None,
    })
}
