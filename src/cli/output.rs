//! The one place that prints.
//!
//! Whatever a stranger wrote arrives here as a [`Foreign`] and leaves harmless: in
//! quotes, with what acts on a terminal written as an escape. JSON carries the exact
//! text, with the same characters escaped as `\u`. A closed pipe is no error; a full disk is.
//!
//! What calls itself ours is looked at once more on its way out: a stranger's words that
//! came here inside a reason, an error or a line of a server act no more than others.

use crate::mail::{Foreign, escaped, harmless};
use anstyle::{AnsiColor, Style};
use anyhow::Result;
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::io::{Error, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

// By path: the gate is compiled into a fuzz target too.
#[path = "output/table.rs"]
mod table;
#[path = "output/width.rs"]
mod width;

pub use table::{Row, table};
#[cfg(test)]
pub use width::on_columns;
pub use width::{columns, cut, width};

/// Late, down, refused: what needs a person now. Never the only sign.
const ALARM: Style = AnsiColor::Red.on_default().bold();
/// Headings and references.
const STRONG: Style = Style::new().bold();

/// Asked once: a list asks it for each of its lines.
static ON_A_TERMINAL: OnceLock<bool> = OnceLock::new();
/// What went wrong first with what was printed.
static UNWRITTEN: OnceLock<Error> = OnceLock::new();

thread_local! {
    /// What was printed and not yet shown, while a page is filled.
    static PAGE: RefCell<Option<String>> = const { RefCell::new(None) };
    /// What is printed becomes a file: the terminal has no say in how.
    static FOR_A_FILE: Cell<bool> = const { Cell::new(false) };
}

/// Does the work, and shows what it prints in a pager where that is longer than the
/// screen. Never in a pipe, where it is written at once, and not with `never`.
pub fn paged<T>(never: bool, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let (done, page) = filled(work);
    // Without colours it leaves in one write, where it would else be one for each of them;
    // a document has none, and is not looked through for them.
    let acts = |b: u8| b.is_ascii_control() && b != b'\n';
    let page = match anstream::AutoStream::choice(&std::io::stdout()) {
        anstream::ColorChoice::Never if page.bytes().any(acts) => {
            anstream::adapter::strip_str(&page).to_string()
        }
        anstream::ColorChoice::Never => page,
        anstream::ColorChoice::Auto
        | anstream::ColorChoice::AlwaysAnsi
        | anstream::ColorChoice::Always => page,
    };
    if never || !std::io::stdout().is_terminal() {
        if !is_kept(&page) {
            write_to(std::io::stdout().lock(), &page);
        }
        return done;
    }
    let height = terminal_size::terminal_size().map_or(0, |(_, h)| usize::from(h.0));
    // A terminal that does not know its height is none to page on.
    let is_long = height > 0 && page.lines().count() >= height;
    if !is_long || !super::pager::show(&page) {
        put(&page);
    }
    done
}

/// Does the work, and gives what it printed.
fn filled<T>(work: impl FnOnce() -> T) -> (T, String) {
    let around = PAGE.replace(Some(String::new()));
    let done = work();
    let page = PAGE.replace(around);
    (done, page.unwrap_or_default())
}

/// Does the work, and gives what it printed, as it stands in a pipe: without colours, and
/// as wide as 80 columns.
pub fn captured<T>(work: impl FnOnce() -> T) -> (T, String) {
    let before = FOR_A_FILE.replace(true);
    let (done, page) = filled(work);
    FOR_A_FILE.set(before);
    (done, anstream::adapter::strip_str(&page).to_string())
}

/// Prints a line of ours.
pub fn line(text: impl AsRef<str>) {
    put(&format!("{}\n", ours(text.as_ref())));
}

/// Prints a line of ours behind a mark such as `! `; on a terminal that is too narrow for
/// it, what goes on stands under its beginning. In a pipe it stays one line.
pub fn marked(mark: &str, text: &str) {
    line(folded(mark, text));
}

/// The same, for what needs a person now.
pub fn alarm_marked(mark: &str, text: &str) {
    alarm(folded(mark, text));
}

/// A stranger's words that were [`quoted`], as a heading on as many lines as they take.
pub fn strong_block(text: &str) {
    let room = if goes_on() { usize::MAX } else { width() };
    width::broken(text, room).iter().for_each(strong);
}

/// In a pipe, and in a file, a line stays one line; tests look at what a terminal would show.
fn goes_on() -> bool {
    !cfg!(test)
        && (FOR_A_FILE.get() || !*ON_A_TERMINAL.get_or_init(|| std::io::stdout().is_terminal()))
}

fn folded(mark: &str, text: &str) -> String {
    if goes_on() {
        return format!("{mark}{text}");
    }
    let indent = " ".repeat(mark.len());
    let lines = text
        .lines()
        .flat_map(|line| width::wrapped(&format!("{indent}{line}"), width()));
    let lines: Vec<String> = lines.collect();
    let lines = lines.join("\n");
    format!("{mark}{}", lines.strip_prefix(&indent).unwrap_or(&lines))
}

/// Prints parts of one line; on a terminal a part that has no room begins another.
pub fn strong_parts(parts: &[String]) {
    lines_of("", parts, 2).iter().for_each(strong);
}

/// The lines of parts that stand `gap` columns apart behind a mark; on a terminal a part
/// that has no room begins another line, under the first.
pub fn lines_of(mark: &str, parts: &[String], gap: usize) -> Vec<String> {
    let room = if goes_on() { usize::MAX } else { width() };
    let (mut lines, mut line, mut is_new) = (Vec::new(), mark.to_owned(), true);
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !is_new && columns(&line) + gap + columns(part) > room {
            lines.push(std::mem::replace(&mut line, " ".repeat(columns(mark))));
            is_new = true;
        }
        if !is_new {
            line.push_str(&" ".repeat(gap));
        }
        line.push_str(part);
        is_new = false;
    }
    lines.push(line);
    // What is too long by itself goes on at a space.
    let lines = lines.iter().flat_map(|line| width::wrapped(line, room));
    lines.collect()
}

/// Does the work and lets nobody see what it prints: for a document that says the same.
pub fn unseen<T>(work: impl FnOnce() -> T) -> T {
    filled(work).0
}

/// Prints a line that needs a person now.
pub fn alarm(text: impl AsRef<str>) {
    put(&format!("{ALARM}{}{ALARM:#}\n", ours(text.as_ref())));
}

/// Prints a heading.
pub fn strong(text: impl AsRef<str>) {
    put(&format!("{STRONG}{}{STRONG:#}\n", ours(text.as_ref())));
}

/// Our own words, which have lines and act in no other way.
fn ours(text: &str) -> String {
    harmless(text, |c| c == '\n')
}

/// Prints a block of ours, its tabs kept.
pub fn block(text: &str) {
    put(&harmless(text, |c| c == '\n' || c == '\t'));
    if !text.ends_with('\n') {
        put("\n");
    }
}

/// Prints a block of a stranger's text, indented, harmless.
pub fn foreign_block(text: &Foreign, indent: &str) {
    for line in text.block().lines() {
        put(&format!("{indent}{line}\n"));
    }
}

/// What was printed of a line.
pub struct Rows {
    /// So many rows.
    pub printed: usize,
    /// There is more of it.
    pub cut: bool,
}

/// Prints a stranger's line, harmless, on at most so many rows behind a mark.
pub fn rows(line: &Foreign, mark: &str, at_most: usize) -> Rows {
    let room = width().saturating_sub(columns(mark)).max(20);
    let cut = line.cut(room * at_most);
    let rows = width::broken(&cut, room);
    if goes_on() {
        put(&format!("{mark}{cut}\n"));
    } else {
        let shown = rows.iter().take(at_most);
        shown.for_each(|row| put(&format!("{mark}{row}\n")));
    }
    Rows {
        printed: rows.len().min(at_most),
        cut: rows.len() > at_most || cut.ends_with('~'),
    }
}

/// Prints raw bytes as they are. Refuses a terminal: the bytes are a stranger's.
///
/// # Errors
/// When standard output is a terminal, or cannot be written.
pub fn raw(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if out.is_terminal() {
        return Err(super::Usage(
            "raw bytes of a stranger do not go to a terminal\n  hint: > FILE, or | less".to_owned(),
        )
        .into());
    }
    out.write_all(bytes)?;
    Ok(())
}

/// Standard output, for a program that reads it.
pub fn pipe() -> impl Write {
    std::io::BufWriter::new(std::io::stdout())
}

/// Prints a document for scripts.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn json(document: &impl Serialize) -> Result<()> {
    put(&json_text(document)?);
    Ok(())
}

/// The same document, for a file.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn json_text(document: &impl Serialize) -> Result<String> {
    let json = serde_json::to_string_pretty(document)?;
    Ok(format!("{}\n", harmless_json(&json)))
}

/// Prints a document for scripts that read line by line.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn json_line(document: &impl Serialize) -> Result<()> {
    put(&format!(
        "{}\n",
        harmless_json(&serde_json::to_string(document)?)
    ));
    Ok(())
}

/// What acts on a terminal is written as `\u`: inside JSON's strings that is the same
/// text, and outside of them there is none.
pub(super) fn harmless_json(json: &str) -> String {
    let escape = |out: &mut String, c: char| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    };
    escaped(json, |c| c == '\n', escape)
}

/// A stranger's words, in quotes, at most `width` columns between them.
pub fn quoted(text: &Foreign, width: usize) -> String {
    format!("\"{}\"", cut(text, width))
}

/// Says what failed: one line, and a hint where there is one.
pub fn failure(text: &str) {
    progress("");
    let mut err = anstream::stderr().lock();
    let _ = writeln!(err, "{ALARM}gatepost:{ALARM:#} {}", ours(text));
}

/// Whether there is a person to ask.
pub fn is_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Shows how far long work is, on one line of a terminal; nothing in a pipe. An empty text
/// takes the line away.
pub fn progress(text: &str) {
    let mut err = std::io::stderr().lock();
    if err.is_terminal() {
        let _ = write!(err, "\r\u{1b}[K{}", harmless(text, |_| false)).and_then(|()| err.flush());
    }
}

/// Sees that all is out before another program takes this one's place.
pub fn flush() {
    let _ = std::io::stdout().flush();
}

/// Asks on the terminal; gives the answer without its line end. `None` without a terminal.
pub fn ask(question: &str) -> Option<String> {
    if !is_terminal() {
        return None;
    }
    put(&ours(question));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).ok()?;
    Some(answer.trim().to_ascii_lowercase())
}

fn put(text: &str) {
    if !is_kept(text) {
        write_to(anstream::stdout().lock(), text);
    }
}

/// Whether it became part of the page that is filled just now.
fn is_kept(text: &str) -> bool {
    PAGE.with_borrow_mut(|page| match page {
        Some(page) => {
            page.push_str(text);
            true
        }
        None => false,
    })
}

fn write_to(mut out: impl Write, text: &str) {
    if let Err(why) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The first is what is told; the others follow from it.
        UNWRITTEN.get_or_init(|| why);
    }
}

/// Why not all that was printed could be written. That nobody reads on is no reason: there
/// is nobody to tell.
pub fn unwritten() -> Option<&'static Error> {
    let why = UNWRITTEN.get();
    why.filter(|why| why.kind() != ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests;
