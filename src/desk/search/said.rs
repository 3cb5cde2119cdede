//! What a document says, and its way into the index: it is read in one transaction, taken
//! apart outside of any, and its words are written in another.

use super::{Part, Said};
use crate::desk::{bytes_of, mail_of};
use crate::mail::{Foreign, clear_text, text};
use crate::store::{Document, MailRow, Tx, is_of_store};
use crate::ticket::{TicketNo, What};
use crate::triage::Kind;
use crate::triage::extract;
use crate::triage::search::{Words, beginning};
use anyhow::Result;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Documents that are read in one transaction.
const READ: usize = 64;
/// Bytes that are read in one transaction; one document is, however large.
const READ_BYTES: usize = 1 << 20;
/// Bytes of words that are written in one transaction; those of one document are, however
/// many.
const WRITTEN_BYTES: usize = 256 << 10;

/// A document as it lies in the store.
pub struct Source {
    document: Document,
    raw: Raw,
    trouble: Option<String>,
}

enum Raw {
    /// A mail, which is to be taken apart.
    Mail(Box<MailRow>, Vec<u8>),
    /// All else.
    Said(Said),
}

/// The words of a document.
pub struct Indexed {
    /// The document.
    pub document: Document,
    /// Its words; none where it cannot be read.
    pub words: Words,
    /// Why it cannot be read, or not all of it.
    pub trouble: Option<String>,
}

impl Source {
    /// Reads a document. What one row holds that cannot be read is a trouble of its own.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn read(tx: &Tx, document: Document) -> Result<Self> {
        let mut trouble = None;
        let raw = raw(tx, document, &mut trouble);
        let raw = forgiven(raw, &mut trouble)?.unwrap_or(Raw::Said(Said::new()));
        Ok(Self {
            document,
            raw,
            trouble,
        })
    }

    /// Reads a document for whoever waits for it; none that takes long to be taken apart.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn read_soon(tx: &Tx, document: Document) -> Result<Option<Self>> {
        if let Document::Mail(id) = document {
            let mut trouble = None;
            let row = forgiven(tx.mail(id), &mut trouble)?.flatten();
            if row.is_none_or(|row| row.kept > READ_BYTES as u64) {
                return Ok(None);
            }
        }
        Self::read(tx, document).map(Some)
    }

    fn size(&self) -> usize {
        match &self.raw {
            Raw::Mail(_, bytes) => bytes.len(),
            Raw::Said(said) => said.iter().map(|(_, text)| text.raw().len()).sum(),
        }
    }

    /// What it says; nothing, where that is what another one does.
    pub fn said(self) -> Said {
        match self.raw {
            Raw::Mail(row, bytes) => in_mail(*row, &bytes),
            Raw::Said(said) => said,
        }
    }

    /// Its words, as they are indexed.
    pub fn words(self) -> Indexed {
        let (document, mut trouble) = (self.document, self.trouble.clone());
        let words = catch_unwind(AssertUnwindSafe(|| words(self.said())));
        let words = words.unwrap_or_else(|_| {
            trouble = Some("its words cannot be told by an internal error".to_owned());
            Words::default()
        });
        Indexed {
            document,
            words,
            trouble,
        }
    }
}

/// Hands on what the store fails with; remembers what else went wrong.
fn forgiven<T>(done: Result<T>, trouble: &mut Option<String>) -> Result<Option<T>> {
    match done {
        Err(why) if !is_of_store(&why) => {
            *trouble = Some(format!("{why:#}"));
            Ok(None)
        }
        done => done.map(Some),
    }
}

fn raw(tx: &Tx, document: Document, trouble: &mut Option<String>) -> Result<Raw> {
    let mut said = Said::new();
    match document {
        Document::Mail(id) => {
            // A letter of ours is in the index itself, and so is what is here already.
            let other = |row: &MailRow| row.kind.0 != Kind::Own.word() && row.place.0 != "copy";
            if let Some(row) = tx.mail(id)?.filter(other) {
                let bytes = forgiven(bytes_of(tx, &row), trouble)?.unwrap_or_default();
                return Ok(Raw::Mail(Box::new(row), bytes));
            }
        }
        Document::Fact(n) => {
            let fact = tx.fact_with_words(n)?;
            let words = fact.and_then(|(_, what)| words_of(what));
            said.extend(words.map(|words| (Part::Note, Foreign::new(words))));
        }
        Document::Letter(id) => {
            if let Some(letter) = tx.letter(id)? {
                said.push((Part::Subject, Foreign::new(letter.subject)));
                said.push((Part::Text, Foreign::new(letter.body)));
            }
        }
        Document::Ticket(id) => {
            if let Some(row) = tx.ticket(TicketNo(id))? {
                let address = row.reporter.map(|a| Foreign::new(a.to_string()));
                said.push((Part::Subject, row.subject));
                said.extend(address.map(|address| (Part::Sender, address)));
                said.push((Part::Sender, row.reporter_name));
            }
        }
    }
    Ok(Raw::Said(said))
}

fn in_mail(row: MailRow, bytes: &[u8]) -> Said {
    let mail = mail_of(&row, bytes);
    let mut said = vec![(Part::Subject, row.subject)];
    let address = row.author.map(|a| Foreign::new(a.to_string()));
    let more = mail.reply_to.iter().map(|a| Foreign::new(a.to_string()));
    let senders = address.into_iter().chain([row.author_name]).chain(more);
    said.extend(senders.map(|sender| (Part::Sender, sender)));
    // What stands around an armour came in clear.
    let is_encrypted = mail.is_encrypted();
    let clear = |text: Foreign| match is_encrypted {
        true => clear_text(&text),
        false => text,
    };
    said.push((Part::New, clear(text::new_in(&mail))));
    said.push((Part::Text, clear(mail.page.unwrap_or(mail.text))));
    let names = mail.attachments.into_iter().map(|a| a.name);
    said.extend(names.map(|name| (Part::Attachments, name)));
    said
}

/// The words that a person wrote down with a fact.
fn words_of(what: What) -> Option<String> {
    match what {
        What::Set { value, .. } => value,
        What::Remarked { text } | What::DataAccessed { text } => Some(text),
        What::DateDecided { because, .. } => Some(because),
        What::Retracted { why, .. } => Some(why),
        _ => None,
    }
}

fn words(said: Said) -> Words {
    let mut words = Words::default();
    for (part, text) in said {
        match part {
            Part::Subject | Part::Sender | Part::Note => words.add_heavy(text.raw()),
            Part::New => named(text.raw(), &mut words),
            Part::Text | Part::Attachments => words.add(text.raw()),
        }
    }
    words
}

/// What a text names has weight.
fn named(text: &str, words: &mut Words) {
    let text = beginning(text);
    for name in extract::identifiers(text) {
        words.add_heavy(&name);
    }
    let (hosts, pages) = extract::places(text);
    for name in hosts.into_iter().chain(pages) {
        words.add_heavy(&name);
    }
}

/// A few documents that wait for the index, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub fn waiting(tx: &Tx) -> Result<Vec<Source>> {
    let (mut sources, mut bytes) = (Vec::new(), 0);
    for document in tx.unindexed(READ)? {
        let source = Source::read(tx, document)?;
        bytes += source.size();
        sources.push(source);
        if bytes >= READ_BYTES {
            break;
        }
    }
    Ok(sources)
}

/// Their words: of the first, and of those behind it until there are many words, or `goes_on`
/// says no. Takes as long as the documents are large, and no transaction.
pub fn split(sources: Vec<Source>, goes_on: impl Fn() -> bool) -> Vec<Indexed> {
    let (mut done, mut bytes) = (Vec::new(), 0);
    for source in sources {
        let indexed = source.words();
        bytes += indexed.words.text().len();
        done.push(indexed);
        if bytes >= WRITTEN_BYTES || !goes_on() {
            break;
        }
    }
    done
}

/// Writes the words of documents that still wait for the index.
///
/// # Errors
/// When the store cannot be written.
pub fn keep(tx: &Tx, all: &[Indexed]) -> Result<()> {
    for one in all {
        if tx.is_unindexed(one.document)? {
            tx.index(one.document, &one.words)?;
        }
    }
    Ok(())
}
