//! The words of an HTML part, as a person would read them.
//!
//! Nothing is fetched, and nothing that stands in it is left out unsaid but styles,
//! comments, the title and pictures too small to see:
//! - where a link's words are not its target, both are shown: `[words] <https://target>`;
//! - a quote is marked with `> `, as in plain text, and a rule stands where Outlook puts
//!   its header of a quoted mail;
//! - what a style hides is shown as `[hidden: words]`: who wrote it wanted it to be there,
//!   and a report in it must not be lost; a script as `[script: code]`, a picture as
//!   `[image: words]`, a field of a form as `[input: words]`, a page within the page as
//!   `[frame: target]`, a link in a picture as `[link: target]`, where a form is sent to as `[form: target]`, and from where links
//!   count that name no host as `[base: target]`;
//! - words run on only through elements that are set in a line: those of others stand apart;
//! - lists, lines and the spaces of code stay.
//!
//! Linear in the length of the part: `tags` looks at each byte a bounded number of times,
//! `page` writes each character once, and ends at a length that nobody reads.
//!
//! It is ours, because what strangers write is read by the process that keeps the promises:
//! `html_to_text` of `mail-parser`, by which things are decided, drops the targets of links,
//! and a reader that first builds a tree of elements (html5ever, html2text) recurses, aborts
//! or is slow on some, so that it needs guards around it, and a copy of the part beside it.
//! Here is no tree, no recursion and no index that may panic, and a target is shown as it
//! is written.

mod line;
mod page;
mod tags;

use line::{is_block, is_in_line};
use page::Page;
use std::borrow::Cow;
use tags::{Tags, Token};

/// A page is not longer than this and its last link or script.
const LONGEST: usize = 8 * 1024 * 1024;

/// A picture is described in so many bytes.
const ALT: usize = 200;

/// The words of a part.
pub(super) fn words(html: &str) -> String {
    written(Tags::of(html))
}

/// They, as other forms of the same text have them: without pictures that are described in few
/// words, and what programs write for programs.
pub(super) fn said(html: &str) -> String {
    let is_short = |alt: Option<&str>| alt.is_none_or(|alt| alt.len() <= ALT);
    written(Tags::of(html).filter(|token| match token {
        Token::Open(tag) => tag.name != "img" || !is_short(tag.value("alt")),
        Token::Script(code) => !code.contains("schema.org"),
        Token::Text(_) | Token::Close(_) | Token::Verbatim(_) => true,
    }))
}

fn written<'t>(tokens: impl Iterator<Item = Token<'t>>) -> String {
    let mut page = Page::default();
    for token in tokens {
        if page.is_full() || !write(&mut page, token) {
            page.cut();
            break;
        }
    }
    page.done()
}

/// False where not all of it is written.
fn write(page: &mut Page, token: Token<'_>) -> bool {
    match token {
        Token::Text(text) => return page.text(&decoded(text)),
        Token::Verbatim(text) => return page.text(text),
        Token::Open(tag) => open(page, &tag),
        Token::Close(name) => close(page, &name),
        Token::Script(code) => page.marked("script", code),
    }
    true
}

fn open(page: &mut Page, tag: &tags::Tag<'_>) {
    let name = tag.name.as_str();
    let hides = tag.hides() || name == "template";
    page.enter(name, hides);
    match name {
        "br" => page.line_end(),
        "hr" => page.rule(),
        "img" => image(page, tag),
        "a" => page.link(target(tag)),
        "area" => {
            page.link(None);
            named(page, tag, "link", &["href"]);
        }
        "blockquote" => page.quote(!tag.only_sets_in()),
        "pre" | "textarea" | "xmp" => page.code(1),
        "input" => typed(page, tag),
        "iframe" | "frame" | "embed" | "object" => frame(page, tag),
        "form" => {
            page.block(1);
            named(page, tag, "form", &["action"]);
        }
        "base" => page.base(&tag.value("href").map(decoded).unwrap_or_default()),
        "ul" => page.list(None),
        "ol" => page.list(Some(number(tag.value("start")).unwrap_or(1))),
        "li" => page.item(),
        "td" | "th" => page.cell(),
        "p" => page.paragraph(if tag.is_close_set() { 1 } else { 2 }),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" => page.block(2),
        _ if is_block(name) => page.block(1),
        _ if is_in_line(name) => {}
        _ => page.apart(),
    }
    if is_in_line(name) {
        page.run_on(name, !tag.stands_apart());
    }
    if tag.begins_quoted_mail() {
        page.rule();
    }
}

fn close(page: &mut Page, name: &str) {
    match name {
        "a" => page.link(None),
        "blockquote" => page.quote_end(),
        "pre" | "textarea" | "xmp" => page.code(-1),
        "ul" | "ol" => page.list_end(),
        "p" => page.paragraph_end(),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" => page.block(2),
        _ if is_block(name) => page.block(1),
        _ if is_in_line(name) => {}
        _ => page.apart(),
    }
    page.run_off(name);
    page.leave(name);
}

/// Where a link leads: in a drawing it may have the name that links have there.
fn target<'a>(tag: &tags::Tag<'a>) -> Option<Cow<'a, str>> {
    let target = tag.value("href").or_else(|| tag.value("xlink:href"));
    target.map(decoded)
}

/// What an element shows, or sends to, is named, and not fetched.
fn named(page: &mut Page, tag: &tags::Tag<'_>, what: &str, values: &[&str]) {
    for name in values {
        page.target(what, &tag.value(name).map(decoded).unwrap_or_default());
    }
}

/// A page within the page: one that is written here is shown as it is written.
fn frame(page: &mut Page, tag: &tags::Tag<'_>) {
    page.apart();
    named(page, tag, "frame", &["src", "data"]);
    let written = tag.value("srcdoc").map(decoded).unwrap_or_default();
    if !written.trim().is_empty() {
        page.marked("frame", &written);
        page.apart();
    }
}

/// A picture is named, and not fetched; one of a few points is not seen and counts openings.
fn image(page: &mut Page, tag: &tags::Tag<'_>) {
    let size = |name| number(tag.value(name));
    let is_speck = |size: Option<u32>| size.is_some_and(|size| size <= 3);
    if is_speck(size("width")) || is_speck(size("height")) || tag.hides() {
        return;
    }
    let alt = tag.value("alt").map(decoded);
    page.marked("image", alt.unwrap_or_default().trim());
}

/// What stands in a field of a form.
fn typed(page: &mut Page, tag: &tags::Tag<'_>) {
    let value = tag.value("value").map(decoded).unwrap_or_default();
    if !value.trim().is_empty() {
        page.marked("input", &value);
    }
}

fn number(value: Option<&str>) -> Option<u32> {
    let value = value?;
    let digits = value.trim().trim_end_matches("px");
    digits.parse().ok()
}

/// A text with its entities read.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        let letters = behind.bytes().take(12);
        let letters = letters.take_while(|b| b.is_ascii_alphanumeric() || *b == b'#');
        let name = behind.get(..letters.count()).unwrap_or_default();
        let after = behind.get(name.len()..).unwrap_or_default();
        match after.strip_prefix(';') {
            Some(after) if !name.is_empty() => {
                let token = format!("&{name};");
                mail_parser::decoders::html::add_html_token(&mut out, token.as_bytes(), false);
                rest = after;
            }
            _ => {
                out.push('&');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;
