//! Tickets that are named among the words of a search.

use crate::desk::search::{Hit, How, Search};
use crate::store::Tx;
use crate::ticket::{TicketNo, Wanted};
use crate::triage::search::Query;
use anyhow::Result;

/// A ticket whose reference or name is among the words. It has that word; what its documents
/// are asked for are the others.
pub(super) struct Named {
    pub(super) ticket: TicketNo,
    /// The best way in which it has all of them, if it has.
    pub(super) others: Option<(Query, How, Hit)>,
}

impl Named {
    /// It has all of the words, in this way or a better one.
    pub(super) fn has_all(&self, how: How) -> bool {
        let its = self.others.as_ref();
        its.is_some_and(|(_, its, _)| *its <= how)
    }
}

/// Words of which each is tried as a name.
const TRIED: usize = 20;

/// The tickets whose reference or name was typed, alone or among other words; a number alone.
/// What stands in quotes is no name.
pub(super) fn read(
    tx: &Tx,
    search: &Search,
    words: &str,
    stage: impl Fn(&str) -> bool,
) -> Result<Vec<Named>> {
    let alone = |ticket| Named {
        ticket,
        others: None,
    };
    if let Some(ticket) = asked_for(tx, words)? {
        return Ok(vec![alone(ticket)]);
    }
    let (mut tickets, mut others) = (Vec::new(), Vec::new());
    for (n, word) in words.split_whitespace().enumerate() {
        let may_be = n < TRIED && !words.contains('"') && !is_number(word);
        match may_be.then(|| asked_for(tx, word)).transpose()?.flatten() {
            Some(ticket) if !tickets.contains(&ticket) => tickets.push(ticket),
            Some(_) => {}
            None => others.push(word),
        }
    }
    let others = others.join(" ");
    let mut found: Vec<Named> = tickets.into_iter().map(alone).collect();
    for one in &mut found {
        one.others = on_ticket(search, &others, one.ticket, &stage)?;
    }
    Ok(found)
}

/// The best way in which one ticket has all of these words.
fn on_ticket(
    search: &Search,
    words: &str,
    ticket: TicketNo,
    stage: impl Fn(&str) -> bool,
) -> Result<Option<(Query, How, Hit)>> {
    let query = Query::read(words);
    let mut after = None;
    while after < Some(How::Apart) && !query.is_empty() {
        let answer = search.find(&query, after, &stage)?;
        after = Some(answer.how);
        let its = answer.hits.into_iter().find(|hit| hit.ticket == ticket);
        if let Some(hit) = its.filter(|_| answer.how <= How::Apart) {
            return Ok(Some((query, answer.how, hit)));
        }
    }
    Ok(None)
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

/// The ticket whose reference, number or code name was typed. `CVE-2026-1234` has the form
/// of a reference, and is none.
fn asked_for(tx: &Tx, words: &str) -> Result<Option<TicketNo>> {
    let Some(wanted) = Wanted::parse(words) else {
        return Ok(None);
    };
    let Some(row) = tx.find(&wanted)? else {
        return Ok(None);
    };
    let bare = words.trim().trim_matches(['#', '[', ']']);
    let is = bare.eq_ignore_ascii_case(row.reference.as_str())
        || bare.eq_ignore_ascii_case(row.name.as_str())
        || is_number(bare);
    Ok(is.then_some(row.number))
}
