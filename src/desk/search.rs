//! Finding tickets by words: what a mail, a note or a letter says, which of them the index
//! knows, and where in it the words stand.

use super::read_mail;
use crate::mail::{Foreign, text};
use crate::store::{Document, Tx};
use crate::ticket::{Stage, TicketNo, What};
use crate::triage::Kind;
use crate::triage::extract;
use crate::triage::search::{Ask, Place, Query, Words};
use anyhow::Result;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Documents that are indexed in one transaction.
const A_TURN: usize = 50;
/// Documents that wait for the index and are read by whoever searches, the newest first.
const READ: usize = 100;
/// Documents with words that are more common than that are told by the newest and those of
/// open tickets.
const COMMON: usize = 1_000;
/// Documents of a ticket that are read for the place.
const LOOKED_AT: usize = 5;

/// What a part of a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The subject.
    Subject,
    /// Who wrote it, and to whom an answer is to go.
    Sender,
    /// What a person wrote anew.
    New,
    /// The whole text, or a letter of ours.
    Text,
    /// The names of attachments.
    Attachments,
    /// A person's note, or what they set.
    Note,
}

/// Everything that is said in one document, by its parts.
type Said = Vec<(Part, Foreign)>;

/// How the tickets answer what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// One of their mails, notes or letters has all words.
    All,
    /// The same, where the words are the beginnings of words.
    Begun,
    /// They have all words, in different ones.
    Apart,
    /// They have some of the words.
    Some,
    /// None has: one was asked for by its name.
    ByName,
}

impl How {
    /// The words are the beginnings of words.
    fn is_wide(self) -> bool {
        self == Self::Begun
    }
}

/// A ticket that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Its number.
    pub ticket: TicketNo,
    /// How well it answers: the fewer, the better.
    pub rank: usize,
    is_closed: bool,
    documents: Vec<(usize, Document)>,
}

impl Hit {
    /// A ticket that was asked for by its name.
    pub fn by_name(ticket: TicketNo) -> Self {
        hit(ticket, "", 0)
    }
}

/// What was found.
pub struct Answer {
    /// Tickets, the best first.
    pub hits: Vec<Hit>,
    /// How they answer.
    pub how: How,
    /// More mails, notes and letters have the words than were looked at: how many.
    pub common: Option<usize>,
    /// Mails in the tray that have the words.
    pub in_tray: usize,
    /// Documents that are not indexed yet and were not read.
    pub unread: usize,
}

/// Where it stands.
pub struct Stands {
    /// In which document, where it is known.
    pub document: Document,
    /// In which part of that.
    pub part: Part,
    /// The text of the part.
    pub text: Foreign,
    /// Where in that.
    pub place: Place,
}

/// What is said in a document; nothing, where it says what another one does.
fn said(tx: &Tx, document: Document) -> Result<Said> {
    let mut said = Said::new();
    match document {
        Document::Mail(id) => {
            let Some(row) = tx.mail(id)? else {
                return Ok(said);
            };
            // A letter of ours is in the index itself, and so is what is here already.
            if row.kind.0 == Kind::Own.word() || row.place.0 == "copy" {
                return Ok(said);
            }
            let mail = read_mail(tx, &row).unwrap_or_default();
            said.push((Part::Subject, row.subject));
            let address = row.author.map(|a| Foreign::new(a.to_string()));
            let more = mail.reply_to.iter().map(|a| Foreign::new(a.to_string()));
            let senders = address.into_iter().chain([row.author_name]).chain(more);
            said.extend(senders.map(|sender| (Part::Sender, sender)));
            if !mail.encrypted {
                said.push((Part::New, text::new_in(&mail)));
                said.push((Part::Text, mail.page.unwrap_or(mail.text)));
            }
            let names = mail.attachments.into_iter().map(|a| a.name);
            said.extend(names.map(|name| (Part::Attachments, name)));
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
    Ok(said)
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

/// Its words, as they are indexed.
fn words(tx: &Tx, document: Document) -> Result<Words> {
    let mut words = Words::default();
    for (part, text) in said(tx, document)? {
        match part {
            Part::Subject | Part::Sender | Part::Note => words.add_heavy(text.raw()),
            Part::New => named(text.raw(), &mut words),
            Part::Text | Part::Attachments => words.add(text.raw()),
        }
    }
    Ok(words)
}

/// What a text names has weight.
fn named(text: &str, words: &mut Words) {
    for name in extract::identifiers(text) {
        words.add_heavy(&name);
    }
    let (hosts, pages) = extract::places(text);
    for name in hosts.into_iter().chain(pages) {
        words.add_heavy(&name);
    }
}

/// Indexes a few documents that wait for it, the newest first; says how many.
///
/// # Errors
/// When the store cannot be read or written.
pub fn catch_up(tx: &Tx) -> Result<usize> {
    let documents = tx.unindexed(A_TURN)?;
    for document in &documents {
        tx.index(*document, &words(tx, *document)?)?;
    }
    Ok(documents.len())
}

/// Finds the tickets with these words that `wanted` says yes to, by their stage.
///
/// # Errors
/// When the store cannot be read.
pub fn find(tx: &Tx, query: &Query, wanted: impl Fn(&str) -> bool) -> Result<Answer> {
    let mut waiting = Vec::new();
    for document in tx.unindexed(READ)? {
        waiting.push((document, words(tx, document)?));
    }
    let unread = tx.count_unindexed()?.saturating_sub(waiting.len());
    let search = Search { tx, waiting };
    let mut answer = Answer {
        hits: Vec::new(),
        how: How::All,
        common: None,
        in_tray: 0,
        unread,
    };
    for how in [How::All, How::Begun] {
        answer.how = how;
        search.all_in_one(query, &wanted, &mut answer)?;
        if !answer.hits.is_empty() || answer.in_tray > 0 || query.is_empty() {
            return Ok(answer);
        }
    }
    search.apart(query, &wanted, &mut answer)?;
    Ok(answer)
}

/// A search under way.
struct Search<'t, 's> {
    tx: &'t Tx<'s>,
    /// What is not indexed yet.
    waiting: Vec<(Document, Words)>,
}

impl Search<'_, '_> {
    fn documents(&self, ask: &Ask, common: &mut Option<usize>) -> Result<Vec<Document>> {
        let mut found = self.tx.documents_with(ask, COMMON)?;
        if found.all > COMMON {
            *common = Some(found.all.max(common.unwrap_or_default()));
        }
        let waiting = self.waiting.iter().filter(|(_, words)| ask.holds(words));
        found
            .documents
            .extend(waiting.map(|(document, _)| *document));
        Ok(found.documents)
    }

    /// Tickets of which one document has all words.
    fn all_in_one(
        &self,
        query: &Query,
        wanted: &impl Fn(&str) -> bool,
        answer: &mut Answer,
    ) -> Result<()> {
        let mut ranks: BTreeMap<Document, usize> = BTreeMap::new();
        // Anywhere first: mostly that is nowhere.
        for (rank, ask) in query.all(answer.how.is_wide()).iter().enumerate().rev() {
            let documents = self.documents(ask, &mut answer.common)?;
            if documents.is_empty() && ranks.is_empty() {
                return Ok(());
            }
            ranks.extend(documents.into_iter().map(|document| (document, rank)));
        }
        let mut hits: BTreeMap<TicketNo, Hit> = BTreeMap::new();
        for (document, rank) in ranks {
            let Some((ticket, stage)) = self.tx.ticket_with(document)? else {
                answer.in_tray += 1;
                continue;
            };
            if wanted(&stage) {
                let hit = hits
                    .entry(ticket)
                    .or_insert_with(|| hit(ticket, &stage, rank));
                hit.rank = hit.rank.min(rank);
                hit.documents.push((rank, document));
            }
        }
        answer.hits = sorted(hits);
        Ok(())
    }

    /// Tickets that have all words in different documents, or else some of them.
    fn apart(
        &self,
        query: &Query,
        wanted: &impl Fn(&str) -> bool,
        answer: &mut Answer,
    ) -> Result<()> {
        let mut hits: BTreeMap<TicketNo, Hit> = BTreeMap::new();
        for ask in query.each(false) {
            let mut bearers: BTreeMap<TicketNo, (String, Document)> = BTreeMap::new();
            for document in self.documents(&ask, &mut answer.common)? {
                if let Some((ticket, stage)) = self.tx.ticket_with(document)? {
                    bearers.insert(ticket, (stage, document));
                }
            }
            for (ticket, (stage, document)) in bearers {
                if wanted(&stage) {
                    let count = query.count();
                    let hit = hits
                        .entry(ticket)
                        .or_insert_with(|| hit(ticket, &stage, count));
                    hit.rank -= 1;
                    hit.documents.push((0, document));
                }
            }
        }
        answer.hits = sorted(hits);
        answer.how = How::Some;
        if answer.hits.first().is_some_and(|best| best.rank == 0) {
            answer.how = How::Apart;
            answer.hits.retain(|hit| hit.rank == 0);
        }
        Ok(())
    }
}

fn hit(ticket: TicketNo, stage: &str, rank: usize) -> Hit {
    Hit {
        ticket,
        rank,
        is_closed: stage == Stage::Closed.word(),
        documents: Vec::new(),
    }
}

/// The best first, of equals the open ones, of those the newest.
fn sorted(hits: BTreeMap<TicketNo, Hit>) -> Vec<Hit> {
    let mut hits: Vec<Hit> = hits.into_values().collect();
    for hit in &mut hits {
        hit.documents.sort_unstable();
    }
    hits.sort_by_key(|hit| (hit.rank, hit.is_closed, Reverse(hit.ticket)));
    hits
}

/// Reads where on a ticket it stands. None where words that have to stand side by side do
/// not: the index cannot know that.
///
/// # Errors
/// When the store cannot be read.
pub fn stands(tx: &Tx, query: &Query, how: How, hit: &Hit) -> Result<Option<Stands>> {
    let (mut best, mut found): (Option<Stands>, usize) = (None, 0);
    let all = match how {
        How::All | How::Begun => query.count(),
        How::Apart | How::Some | How::ByName => 1,
    };
    for (_, document) in hit.documents.iter().take(LOOKED_AT) {
        let parts = said(tx, *document)?;
        let whole: Vec<&str> = parts.iter().map(|(_, text)| text.raw()).collect();
        // A line between them, so that no row of words goes over it.
        let in_all = query.count_in(&whole, how.is_wide());
        for (part, text) in parts {
            let place = query.find(text.raw(), how.is_wide());
            let more = |place: &Place| best.as_ref().is_none_or(|b| place.terms > b.place.terms);
            if let Some(place) = place.filter(more) {
                let document = *document;
                best = Some(Stands {
                    document,
                    part,
                    text,
                    place,
                });
            }
        }
        found = found.max(in_all);
        if found >= all {
            break;
        }
    }
    Ok(best.filter(|_| found >= all || !query.has_rows()))
}

#[cfg(test)]
mod tests;
