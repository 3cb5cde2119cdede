//! `list WORDS`: the tickets in which words stand, the best first, each with the place.

use super::{Line, Only, table};
use crate::cli::args::List;
use crate::cli::document::found::Match;
use crate::cli::show::{Entry, Thread};
use crate::cli::{Here, output};
use crate::desk::search::{self, Answer, Hit, How, Part, Search, Stands, Verdict};
use crate::desk::{File, Files};
use crate::store::{Document, Tx};
use crate::ticket::{Stage, TicketNo};
use crate::triage::search::Query;
use anyhow::Result;
use named::Named;
use snippet::snippet;
use std::cell::Cell;
use std::time::{Duration, Instant};

mod named;
mod snippet;

/// Tickets that are shown, unless all are asked for.
const AT_MOST: usize = 50;
/// Places that do not hold what the index promised, before it is said that more may.
const READ_AT_MOST: usize = 300;
/// A word of so many characters may be the beginning of one that is meant.
const BEGINS: usize = 3;
/// What is not indexed yet is read for so long.
const FOR_WAITING: Duration = Duration::from_millis(50);
/// So many of them are read however long that takes.
const AT_LEAST: usize = 8;

/// A ticket that is shown, and where the words stand.
struct One {
    line: Line,
    rank: usize,
    found: Option<(String, String)>,
}

/// What is shown of an answer.
struct Page {
    shown: Vec<One>,
    /// Tickets that were not looked at.
    more: usize,
}

/// Lists them. A way of answering of which nothing holds when it is read again is none: then
/// the next is gone.
pub(super) fn list(here: &Here, tx: &Tx, wanted: &List) -> Result<()> {
    let only = Only::read(here, tx, wanted)?;
    let words = wanted.words.join(" ");
    let query = Query::read(&words);
    let stage = |stage: &str| match (wanted.junk, wanted.all) {
        (true, _) => stage == Stage::Junk.word(),
        (false, true) => true,
        (false, false) => stage != Stage::Junk.word(),
    };
    let (began, asked) = (Instant::now(), Cell::new(0));
    let goes_on = || asked.replace(asked.get() + 1) < AT_LEAST || began.elapsed() < FOR_WAITING;
    let search = Search::begin(tx, goes_on)?;
    let named = named::read(tx, &search, &words, stage)?;
    let has_all = |how: How| named.iter().any(|one| one.has_all(how));
    let (mut after, mut in_tray) = (None, 0);
    let (mut answer, page) = loop {
        let mut answer = search.find(&query, after, stage)?;
        in_tray = answer.in_tray.max(in_tray);
        let (how, was_last) = (answer.how, answer.how >= How::Apart);
        if how == How::Some && has_all(How::Apart) {
            // What has fewer of them is no answer.
            (answer.hits, answer.how) = (Vec::new(), How::ByName);
        }
        let is_hit = |ticket: &TicketNo| answer.hits.iter().any(|hit| hit.ticket == *ticket);
        let by_name = named.iter().map(|one| one.ticket);
        let by_name: Vec<TicketNo> = by_name.filter(|ticket| !is_hit(ticket)).collect();
        for one in named.iter().rev() {
            answer.put_first(one.ticket);
        }
        let page = page(here, tx, (&only, &query), &answer, &named)?;
        let is_other = |one: &One| !by_name.contains(&one.line.file.row.number);
        let is_answer = has_all(how) || page.shown.iter().any(is_other);
        if was_last || query.is_empty() || is_answer {
            break (answer, page);
        }
        after = Some(how);
    };
    answer.in_tray = in_tray;
    let Page { shown, more } = page;
    if wanted.json {
        return json(here, tx, &shown);
    }
    let under = shown.iter().map(|one| {
        let (place, text) = one.found.as_ref()?;
        Some(match text.is_empty() {
            true => place.clone(),
            false => format!("{place}: \"{text}\""),
        })
    });
    let under: Vec<Option<String>> = under.collect();
    let lines: Vec<Line> = shown.into_iter().map(|one| one.line).collect();
    table::print(here, tx, &lines, Some(under.as_slice()));
    foot(&query, &answer, lines.len(), more, wanted);
    let is_whole = named.is_empty() && answer.how == How::All && more == 0;
    if is_whole && answer.common.is_none() && can_go_on(&words) && only.takes_all() {
        let found: Vec<TicketNo> = lines.iter().map(|line| line.file.row.number).collect();
        let begun = search.begun(&query, stage)?;
        longer(&words, begun.iter().filter(|t| !found.contains(t)).count());
    }
    Ok(())
}

/// Words of letters and digits, and not so short that each text has one that begins so.
fn can_go_on(words: &str) -> bool {
    let mut all = words.split_whitespace();
    all.all(|word| word.chars().count() >= BEGINS && word.chars().all(char::is_alphanumeric))
}

/// Who finds some believes that these are all.
fn longer(words: &str, more: usize) {
    let words: Vec<String> = words.split_whitespace().map(|w| format!("{w}*")).collect();
    if more > 0 {
        let (words, s) = (words.join(" "), if more == 1 { "" } else { "s" });
        let said = format!("{more} more ticket{s} with words that begin so");
        output::marked("  ", &format!("{said}: gatepost list '{words}'"));
    }
}

/// Reads the tickets of an answer, and leaves out those that do not hold what it says.
fn page(
    here: &Here,
    tx: &Tx,
    (only, query): (&Only, &Query),
    answer: &Answer,
    named: &[Named],
) -> Result<Page> {
    let most = if only.wanted.all { usize::MAX } else { AT_MOST };
    let (mut shown, mut more, mut refused) = (Vec::new(), 0, 0);
    let mut files = Files::new(tx, &here.config);
    let held = tx.tickets_held()?;
    for hit in &answer.hits {
        if shown.len() >= most || refused >= READ_AT_MOST {
            more += 1;
            continue;
        }
        let file = files.open(hit.ticket)?;
        let (heap, marks) = super::folded::alone(here, &file.row);
        let line = Line {
            file,
            is_held: held.contains(&hit.ticket),
            marks,
            heap,
        };
        if !only.fits(&line.file.row) || !only.fits_in_time(&line) {
            continue;
        }
        let by_name = named.iter().find(|one| one.ticket == hit.ticket);
        let others = by_name.and_then(|one| one.others.as_ref());
        let (asked, how, hit) = match others {
            Some((others, how, its)) => (others, *how, its),
            None => (query, answer.how, hit),
        };
        let by_name = by_name.is_some();
        let stands = match search::stands(tx, asked, how, hit)? {
            Verdict::Stands(stands) => Some(told(tx, &line.file, &stands)?),
            Verdict::Not if !by_name => {
                refused += 1;
                continue;
            }
            Verdict::Not | Verdict::May => None,
        };
        let found = stands.or(by_name.then(|| ("is this ticket".to_owned(), String::new())));
        shown.push(One {
            line,
            rank: shown.len() + 1,
            found,
        });
    }
    Ok(Page { shown, more })
}

/// The place, and the text around it, harmless.
fn told(tx: &Tx, file: &File, stands: &Stands) -> Result<(String, String)> {
    let thread = Thread::of(tx, file)?;
    let is = |entry: &Entry| match (entry, stands.document) {
        (Entry::Mail(mail), Document::Mail(id)) => mail.id == id,
        (Entry::Letter(letter), Document::Letter(id)) => letter.id == id,
        _ => false,
    };
    let n = thread.all_numbered().find(|(_, e)| is(e)).map(|(n, _)| n);
    let kind = match stands.document {
        Document::Letter(_) => "letter",
        Document::Mail(_) | Document::Fact(_) | Document::Ticket(_) => "mail",
    };
    let numbered = n.map_or(kind.to_owned(), |n| format!("{kind} {n}"));
    let place = match (stands.part, stands.document) {
        (Part::Sender, Document::Ticket(_)) => "in reporter".to_owned(),
        (_, Document::Ticket(_)) => "in subject".to_owned(),
        (_, Document::Fact(n)) => {
            let by = tx.fact_with_words(n)?.map(|(by, _)| by.name().to_owned());
            format!("in note of {}", by.unwrap_or("nobody".to_owned()))
        }
        (Part::Subject, _) => format!("in subject of {numbered}"),
        (Part::Sender, _) => format!("in sender of {numbered}"),
        (Part::Attachments, _) => format!("in attachment of {numbered}"),
        (Part::New | Part::Text | Part::Note, _) => format!("in {numbered}"),
    };
    Ok((place, snippet(stands)))
}

fn json(here: &Here, tx: &Tx, shown: &[One]) -> Result<()> {
    let tickets = shown.iter().map(|one| {
        let (place, snippet) = one.found.clone().unzip();
        let found = Match {
            rank: one.rank,
            r#where: place,
            snippet,
        };
        Ok(super::document(here, tx, &one.line)?.found(found))
    });
    output::json(&tickets.collect::<Result<Vec<_>>>()?)
}

/// What was found in all, and what was not looked at.
fn foot(query: &Query, answer: &Answer, shown: usize, more: usize, wanted: &List) {
    let s = |n: usize| if n == 1 { "" } else { "s" };
    if query.is_empty() && shown == 0 {
        output::line(match query.is_cut {
            true => "Nothing to look for: words of more than 64 characters are not indexed.",
            false => "Nothing to look for: no letter and no digit in it.",
        });
        return;
    }
    let how = match answer.how {
        _ if shown == 0 => "",
        How::All | How::ByName => "",
        How::Begun => ", with words that begin so",
        How::Apart => ", with the words in different mails or notes",
        How::Some => ", with some of the words: none has all",
    };
    let more = match more {
        0 => String::new(),
        more if wanted.all => format!(", {more} more may have them"),
        more => format!(", {more} more (--all)"),
    };
    output::line(format!("{shown} ticket{} found{how}{more}", s(shown)));
    if let Some(all) = answer.common {
        output::marked(
            "  ",
            &format!(
                "common words: of {all} mails, notes and letters with them, those of open tickets and the newest were looked at"
            ),
        );
    }
    if query.is_cut {
        output::marked("  ", "too long: its first words were looked for");
    }
    if answer.in_tray > 0 {
        output::line(format!(
            "  also in the tray: {} mail{}   (gatepost adopt)",
            answer.in_tray,
            s(answer.in_tray)
        ));
    }
    if answer.unread > 0 {
        output::marked(
            "  ",
            &format!(
                "not looked at: {} mails, notes and letters that the daemon has not indexed yet",
                answer.unread
            ),
        );
    }
}

impl Answer {
    /// This ticket was asked for by its name, among other words or alone.
    fn put_first(&mut self, ticket: TicketNo) {
        let at = self.hits.iter().position(|hit| hit.ticket == ticket);
        let hit = at.map(|at| self.hits.remove(at));
        if self.hits.is_empty() && hit.is_none() {
            self.how = How::ByName;
        }
        self.hits
            .insert(0, hit.unwrap_or_else(|| Hit::by_name(ticket)));
    }
}
