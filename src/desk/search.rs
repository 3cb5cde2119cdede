//! Finding tickets by words: what a mail, a note or a letter says, which of them the index
//! knows, and where in it the words stand.

mod said;

pub use said::{Indexed, Source, keep, split, waiting};

use crate::mail::Foreign;
use crate::store::{Document, Tx};
use crate::ticket::{Stage, TicketNo};
use crate::triage::search::{Ask, Place, Query, Words};
use anyhow::Result;
use std::cmp::Reverse;
use std::collections::BTreeMap;

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

/// How the tickets answer what is asked, the best way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// A search under way.
pub struct Search<'t, 's> {
    tx: &'t Tx<'s>,
    /// What is not indexed yet.
    waiting: Vec<(Document, Words)>,
    /// How many of them nobody read.
    unread: usize,
}

impl<'t, 's> Search<'t, 's> {
    /// Begins one: reads what is not indexed yet, the newest first, for as long as `goes_on`
    /// says so.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn begin(tx: &'t Tx<'s>, goes_on: impl Fn() -> bool) -> Result<Self> {
        let (mut waiting, mut unread) = (Vec::new(), tx.count_unindexed()?);
        for document in tx.unindexed(READ)? {
            if !goes_on() {
                break;
            }
            let Some(read) = Source::read_soon(tx, document)?.map(Source::words) else {
                continue;
            };
            // What can be read of it is found all the same.
            unread = unread.saturating_sub(usize::from(read.trouble.is_none()));
            waiting.push((document, read.words));
        }
        Ok(Self {
            tx,
            waiting,
            unread,
        })
    }

    /// Finds the tickets with these words that `wanted` says yes to, by their stage; the
    /// first way in which any answer, of those behind `after`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn find(
        &self,
        query: &Query,
        after: Option<How>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Answer> {
        let mut answer = self.nothing(How::All);
        for how in [How::All, How::Begun] {
            answer.how = how;
            if after.is_some_and(|after| after >= how) {
                continue;
            }
            self.all_in_one(query, &wanted, &mut answer)?;
            if !answer.hits.is_empty() || query.is_empty() {
                return Ok(answer);
            }
        }
        self.apart(query, &wanted, &mut answer)?;
        Ok(answer)
    }

    /// The tickets of which one document has all words, where they are the beginnings of words,
    /// whether or not it has them whole.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn begun(&self, query: &Query, wanted: impl Fn(&str) -> bool) -> Result<Vec<TicketNo>> {
        let mut answer = self.nothing(How::Begun);
        self.all_in_one(query, &wanted, &mut answer)?;
        Ok(answer.hits.into_iter().map(|hit| hit.ticket).collect())
    }

    fn nothing(&self, how: How) -> Answer {
        Answer {
            hits: Vec::new(),
            how,
            common: None,
            in_tray: 0,
            unread: self.unread,
        }
    }

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
        // Those of a better way are known already.
        let in_tray = answer.in_tray;
        for (document, rank) in ranks {
            let Some((ticket, stage)) = self.tx.ticket_with(document)? else {
                if in_tray == 0 && self.tx.is_in_tray(document)? {
                    answer.in_tray += 1;
                }
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
        hit.documents
            .sort_unstable_by_key(|(rank, document)| (*rank, document.newest_first()));
    }
    hits.sort_by_key(|hit| (hit.rank, hit.is_closed, Reverse(hit.ticket)));
    hits
}

/// What reading a ticket again gave.
pub enum Verdict {
    /// The words stand there.
    Stands(Stands),
    /// It may have them: nobody read all of it.
    May,
    /// Words that have to stand side by side do not: the index cannot know that.
    Not,
}

/// Reads where on a ticket it stands, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub fn stands(tx: &Tx, query: &Query, how: How, hit: &Hit) -> Result<Verdict> {
    let (mut best, mut found): (Option<Stands>, usize) = (None, 0);
    let all = match how {
        How::All | How::Begun | How::Apart => query.count(),
        How::Some | How::ByName => 1,
    };
    let mut before: Vec<Foreign> = Vec::new();
    for (_, document) in hit.documents.iter().take(LOOKED_AT) {
        let parts = Source::read(tx, *document)?.said();
        if how != How::Apart {
            before.clear();
        }
        before.extend(parts.iter().map(|(_, text)| text.clone()));
        let whole: Vec<&str> = before.iter().map(Foreign::raw).collect();
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
    let stands = best.filter(|_| found >= all || !query.has_rows());
    Ok(match stands {
        Some(stands) => Verdict::Stands(stands),
        None if query.has_rows() && hit.documents.len() <= LOOKED_AT => Verdict::Not,
        None => Verdict::May,
    })
}

#[cfg(test)]
mod tests;
