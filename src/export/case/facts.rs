//! `facts.txt` for people, `facts.json` for who recomputes the chain.

use super::{Case, Line, field, inert};
use crate::ticket::{By, INFERRED, LABELLED};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// How the hashes come about.
pub const HOW: &str = "data_digest is the SHA-256 of stored, as UTF-8. hash is the SHA-256 over before, n, ticket, at, written_at, fact, by, letter, mail and data_digest, in this order: each as text (a number in decimal, null as an empty text), and before each its length in bytes, as 8 bytes with the highest first. before is the hash of the fact n - 1 of the record, which may be of another ticket; before fact 1 stand 64 zeros. Of a fact that was erased, stored is gone and data_digest stays.";

#[derive(Serialize)]
struct Document<'a> {
    r#ref: &'a str,
    name: &'a str,
    exported_at: String,
    exported_by: &'a str,
    zone: Option<&'a str>,
    policy: PolicyLine<'a>,
    record: RecordLine<'a>,
    how: &'static str,
    facts: Vec<FactLine<'a>>,
}

#[derive(Serialize)]
struct PolicyLine<'a> {
    name: &'a str,
    version: &'a str,
    url: &'a str,
    digest: &'a str,
}

#[derive(Serialize)]
struct RecordLine<'a> {
    facts: i64,
    head: &'a str,
    fault: Option<&'a str>,
}

#[derive(Serialize)]
struct FactLine<'a> {
    n: i64,
    ticket: i64,
    at: &'a str,
    written_at: &'a str,
    fact: &'a str,
    by: &'a str,
    letter: Option<i64>,
    mail: Option<i64>,
    via: Option<&'a str>,
    known_by: String,
    counts: bool,
    erased: bool,
    data: Option<Value>,
    stored: Option<&'a str>,
    data_digest: &'a str,
    before: &'a str,
    hash: &'a str,
    holds: bool,
}

impl Case<'_> {
    /// The facts for people.
    pub fn facts_text(&self) -> String {
        let mut out = format!(
            "{} {}: what happened, when, who says so, and how that is known.\nLocal times are those of the team; in brackets the same in UTC.\n",
            self.reference, self.name
        );
        for line in &self.facts {
            self.fact_text(&mut out, line);
        }
        inert(&out)
    }

    fn fact_text(&self, out: &mut String, line: &Line) {
        let (link, columns) = (&line.link, &line.link.columns);
        let said = match &line.said {
            Some(said) => said.block(),
            None => format!("{} (what it said was erased)", columns.fact),
        };
        let mut said = said.lines();
        out.push_str(&format!(
            "\n{:<5} {}\n",
            columns.n,
            said.next().unwrap_or_default()
        ));
        for more in said {
            out.push_str(&format!("      {more}\n"));
        }
        if !line.counts {
            field(out, "COUNTS", "no longer: it was taken back");
        }
        field(out, "happened", &self.stored_moment(&columns.at));
        field(out, "written", &self.stored_moment(&columns.written_at));
        field(out, "by", &columns.by);
        field(out, "known by", &self.known_by(line));
        field(out, "hash", &link.hash.0);
        if !link.holds() {
            field(out, "WRONG", "it is not what its hash says");
        }
    }

    /// As the store has it, read again.
    fn stored_moment(&self, text: &str) -> String {
        let at = text.parse::<Timestamp>();
        at.map_or_else(|_| text.to_owned(), |at| self.moment(at))
    }

    /// By what we know it: the file of a mail or a letter, or who said so.
    fn known_by(&self, line: &Line) -> String {
        let columns = &line.link.columns;
        let mut known = Vec::new();
        if let Some(id) = columns.letter {
            let letter = self.letters.iter().find(|l| l.id == id);
            known.push(match letter {
                Some(letter) => self.letter_file(letter),
                None => format!("letter {id} of the outbox, which is not in this thread"),
            });
        }
        if let Some(id) = columns.mail {
            let mail = self.mails.iter().find(|m| m.id == id);
            known.push(match mail.map(|m| (m.n, self.mail_file(m))) {
                Some((_, Some(file))) => file,
                Some((n, None)) => format!("mail {n}, of which no byte is kept"),
                None => format!("mail {id} of the record, which is not in this thread"),
            });
        }
        match line.via.as_deref() {
            Some(way @ (INFERRED | LABELLED)) => known.push(way.to_owned()),
            Some(way) => known.push(format!("{} said so, by way of {way}", columns.by)),
            None => {}
        }
        match (known.is_empty(), By::from_name(&columns.by)) {
            (false, _) => known.join(", "),
            (true, By::Gatepost) => "gatepost itself".to_owned(),
            (true, By::Person(who)) => format!("{who} recorded it"),
        }
    }

    /// The facts for programs, with their hashes.
    pub fn facts_document(&self) -> impl Serialize {
        Document {
            r#ref: self.reference,
            name: self.name,
            exported_at: self.made_at.to_string(),
            exported_by: self.made_by,
            zone: self.zone.iana_name(),
            policy: PolicyLine {
                name: self.policy.name,
                version: &self.policy.version,
                url: self.policy.url,
                digest: self.policy.digest,
            },
            record: RecordLine {
                facts: self.record.facts,
                head: &self.record.head,
                fault: self.record.fault.as_deref(),
            },
            how: HOW,
            facts: self.facts.iter().map(|l| self.fact_line(l)).collect(),
        }
    }
    fn fact_line<'s>(&self, line: &'s Line) -> FactLine<'s> {
        let (link, columns) = (&line.link, &line.link.columns);
        let data = link.data.as_deref();
        FactLine {
            n: columns.n,
            ticket: columns.ticket,
            at: &columns.at,
            written_at: &columns.written_at,
            fact: &columns.fact,
            by: &columns.by,
            letter: columns.letter,
            mail: columns.mail,
            via: line.via.as_deref(),
            known_by: self.known_by(line),
            counts: line.counts,
            erased: data.is_none(),
            data: data.and_then(|data| serde_json::from_str(data).ok()),
            stored: data,
            data_digest: &link.data_digest,
            before: &link.before.0,
            hash: &link.hash.0,
            holds: link.holds(),
        }
    }
}
