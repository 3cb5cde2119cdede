//! One page that stands alone: the open tickets by deadline, and how the promises were kept.
//!
//! Nothing is fetched and no script runs: the page forbids both itself, in its first lines.
//! The one style sheet is named there by its digest. A title is a stranger's text.

mod chart;
mod html;

use crate::mail::Foreign;
use chart::chart;
use html::{quoted, text};
use std::fmt::Write;

/// A page of ours begins so.
pub const BEGINNING: &str = "<!doctype html>\n<!-- made by gatepost stats -->\n";

/// The style sheet. Its digest is [`DIGEST`].
const STYLE: &str = include_str!("style.css");

/// SHA-256 of the style sheet in base64, as a content security policy names it; a test
/// compares the two on a page.
const DIGEST: &str = "ZwMi/X9AiOKyypiYWcSJ+EAOOZ6L87E1OTvVeyyPMTM=";

/// A title is shown up to this many characters.
const TITLE: usize = 200;

/// What the page says; times are words already.
pub struct Page {
    /// Whose promises.
    pub organisation: String,
    /// The span and its zone.
    pub span: String,
    /// When the page was made, and which policy is in force.
    pub made: String,
    /// What was received in the span.
    pub received: String,
    /// Under which policies the promises were made; none, where nothing was due.
    pub under: Option<String>,
    /// The promises, those that are hard first.
    pub promises: Vec<Promise>,
    /// What a bar is, and which of them the percentages are of.
    pub bars: String,
    /// What is counted in no column.
    pub notes: Vec<String>,
    /// How many tickets are open.
    pub tickets: usize,
    /// They, the most urgent first; look-alikes as one.
    pub open: Vec<Open>,
}

/// A promise and its figures.
pub struct Promise {
    /// Its name.
    pub name: String,
    /// The sentences in which it was made, the oldest first.
    pub said: Vec<Said>,
    /// What is behind the name: `soft`, `no time`.
    pub kind: Option<&'static str>,
    /// The figures, each with its heading.
    pub figures: Vec<(&'static str, String)>,
    /// The late ones, under their heading; none, where nothing has a day.
    pub late_ones: Option<(&'static str, String)>,
    /// How many were in time; none, where that says nothing.
    pub in_time: Option<InTime>,
    /// Its history; empty where nothing was kept or late.
    pub bars: Vec<Bar>,
}

/// How many of a promise were kept in time.
pub struct InTime {
    /// In percent.
    pub percent: usize,
    /// So many were.
    pub kept: usize,
    /// Of so many that were kept or late.
    pub all: usize,
}

/// A sentence of a page.
pub struct Said {
    /// Which page that was, and how it was kept; none where there is one alone.
    pub under: Option<String>,
    /// The sentence.
    pub sentence: String,
}

/// A month or a quarter.
pub struct Bar {
    /// `May`, `Q2`.
    pub label: String,
    /// The year, where it begins.
    pub year: Option<String>,
    /// Kept in it.
    pub kept: usize,
    /// Late in it.
    pub late: usize,
    /// The span has a day of it.
    pub in_span: bool,
}

/// An open ticket.
pub struct Open {
    /// Its reference.
    pub reference: String,
    /// Its code name.
    pub name: String,
    /// When something is due.
    pub due: Option<String>,
    /// It is late, or near.
    pub press: Press,
    /// What is to be done, or how far it has come.
    pub to_do: String,
    /// Dates that are in the wrong order.
    pub clash: Option<String>,
    /// Who is responsible.
    pub owner: Option<String>,
    /// How bad it is.
    pub severity: Option<String>,
    /// What is to be said of it and of who wrote, before its title.
    pub marks: Vec<String>,
    /// Its title, or else its subject.
    pub title: Title,
    /// What is told with it.
    pub behind: Option<String>,
}

/// How much a deadline presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// It has passed.
    Late,
    /// It is near.
    Soon,
    /// Neither.
    Not,
}

/// What a ticket is about.
pub enum Title {
    /// As one of us wrote it.
    Ours(String),
    /// As the stranger wrote it.
    Theirs(Foreign),
}

/// The page.
pub fn page(page: &Page) -> String {
    let mut out = String::from(BEGINNING);
    let title = format!("Promises of {}", page.organisation);
    let _ = writeln!(
        out,
        "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{DIGEST}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex, nofollow\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <p>{}</p>\n<p class=\"faint\">{}</p>",
        text(&page.span),
        text(&page.made),
        title = text(&title),
    );
    shares(&mut out, &page.promises);
    board(&mut out, page);
    kept(&mut out, page);
    charts(&mut out, page);
    out.push_str("<p class=\"faint\">Titles of reports that are not public stand here: this page is for the team.</p>\n</main>\n</body>\n</html>\n");
    out
}

/// What a lead wants to know first: the percentage of each promise that can be late.
fn shares(out: &mut String, promises: &[Promise]) {
    let hard = promises.iter().filter(|promise| promise.kind.is_none());
    let hard = hard.filter_map(|promise| Some((&promise.name, promise.in_time.as_ref()?)));
    let mut shares = hard.peekable();
    if shares.peek().is_none() {
        return;
    }
    out.push_str("<ul class=\"shares\">\n");
    for (name, InTime { percent, kept, all }) in shares {
        let name = text(name);
        let _ = writeln!(
            out,
            "<li><b>{percent} %</b> {name} <span class=\"faint\">{kept} of {all} in time</span></li>"
        );
    }
    out.push_str("</ul>\n");
}

fn board(out: &mut String, page: &Page) {
    let _ = writeln!(
        out,
        "<h2>Open tickets, the most urgent first: {}</h2>",
        page.tickets
    );
    if page.open.is_empty() {
        out.push_str("<p>Nothing is open.</p>\n");
        return;
    }
    out.push_str("<table>\n");
    headings(
        out,
        &["Ticket", "Due", "To do", "Owner", "Severity", "Title"],
    );
    for ticket in &page.open {
        let class = match ticket.press {
            Press::Late => " class=\"late\"",
            Press::Soon => " class=\"soon\"",
            Press::Not => "",
        };
        let _ = writeln!(
            out,
            "<tr{class}><td class=\"ref\" data-is=\"Ticket\"><div><b>{}</b><span>{}</span></div></td>\
             <td class=\"when\" data-is=\"Due\"><b>{}</b></td><td data-is=\"To do\">{}</td>\
             <td data-is=\"Owner\">{}</td><td data-is=\"Severity\">{}</td><td class=\"title\" data-is=\"Title\"><div>{}</div></td></tr>",
            text(&ticket.reference),
            text(&ticket.name),
            text(ticket.due.as_deref().unwrap_or_default()),
            to_do(ticket),
            text(ticket.owner.as_deref().unwrap_or("nobody")),
            text(ticket.severity.as_deref().unwrap_or_default()),
            title(ticket),
        );
    }
    out.push_str("</tbody>\n</table>\n");
}

fn to_do(ticket: &Open) -> String {
    let to_do = text(&ticket.to_do);
    match &ticket.clash {
        Some(clash) => format!("<div>{to_do}<b class=\"clash\">{}</b></div>", text(clash)),
        None => to_do,
    }
}

fn title(ticket: &Open) -> String {
    let title = match &ticket.title {
        Title::Ours(title) => text(&Foreign::new(title.as_str()).cut(TITLE)),
        Title::Theirs(subject) => quoted(subject, TITLE),
    };
    let marks = match ticket.marks.as_slice() {
        [] => String::new(),
        marks => format!("<b>[{}]</b> ", text(&marks.join(", "))),
    };
    let behind = ticket.behind.as_deref().map(text);
    let behind = behind.map(|behind| format!("<span class=\"behind\">{behind}</span>"));
    marks + &title + &behind.unwrap_or_default()
}

fn kept(out: &mut String, page: &Page) {
    let _ = writeln!(
        out,
        "<h2>How the promises were kept</h2>\n<p>{}</p>",
        text(&page.received)
    );
    if let Some(under) = &page.under {
        let _ = writeln!(out, "<p>{}</p>", text(under));
    }
    // Those of one kind have the same figures, and a table of their own.
    for kind in [None, Some("soft"), Some("no time")] {
        let of_kind = page.promises.iter().filter(|p| p.kind == kind);
        let of_kind: Vec<&Promise> = of_kind.collect();
        let Some(first) = of_kind.first() else {
            continue;
        };
        match kind {
            None => {}
            Some("soft") => out.push_str("<h3>Soft: never called late</h3>\n"),
            Some(_) => {
                out.push_str("<h3>Without a time: counted by the day on which they began</h3>\n")
            }
        }
        out.push_str("<table class=\"figures\">\n");
        let names = first.figures.iter().map(|(name, _)| *name);
        let names = names.chain(first.late_ones.iter().map(|(name, _)| *name));
        headings(
            out,
            &std::iter::once("Promise").chain(names).collect::<Vec<_>>(),
        );
        for promise in of_kind {
            let name = text(&promise.name);
            let _ = write!(
                out,
                "<tr><td class=\"ref\" data-is=\"Promise\"><b>{name}</b></td>"
            );
            for (name, figure) in &promise.figures {
                let (name, figure) = (text(name), text(figure));
                let _ = write!(out, "<td data-is=\"{name}\">{figure}</td>");
            }
            if let Some((name, which)) = &promise.late_ones {
                let (name, which) = (text(name), text(which));
                let _ = write!(out, "<td class=\"many\" data-is=\"{name}\">{which}</td>");
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n");
    }
    if page.promises.is_empty() {
        out.push_str("<p>Nothing was due.</p>\n");
    }
    for note in &page.notes {
        let _ = writeln!(out, "<p class=\"faint\">{}</p>", text(note));
    }
}

fn charts(out: &mut String, page: &Page) {
    let drawn = page.promises.iter().filter(|p| !p.bars.is_empty());
    let drawn: Vec<&Promise> = drawn.collect();
    if drawn.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "<h2>Over time</h2>\n<p class=\"faint\">{}</p>\n<div class=\"charts\">",
        text(&page.bars)
    );
    for (n, promise) in drawn.into_iter().enumerate() {
        out.push_str("<figure>\n");
        caption(out, promise);
        out.push_str(&chart(&format!("chart-{n}"), &promise.name, &promise.bars));
        out.push_str("</figure>\n");
    }
    out.push_str("</div>\n");
}

fn caption(out: &mut String, promise: &Promise) {
    let _ = write!(out, "<figcaption><h3>{}</h3>", text(&promise.name));
    if let Some(InTime { percent, kept, all }) = promise.in_time {
        let _ = write!(out, "<p>{percent} % in time, {kept} of {all}</p>");
    }
    for said in &promise.said {
        let under = said.under.as_deref().map(text);
        let under = under.map_or(String::new(), |under| format!("{under}: "));
        let sentence = text(&said.sentence);
        let _ = write!(
            out,
            "<p class=\"faint\">{under}\u{201c}{sentence}\u{201d}</p>"
        );
    }
    out.push_str("</figcaption>\n");
}

fn headings(out: &mut String, names: &[&str]) {
    out.push_str("<thead><tr>");
    for name in names {
        let _ = write!(out, "<th scope=\"col\">{}</th>", text(name));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
}

#[cfg(test)]
mod tests;
