//! What is quoted, where something is decided by it: whether a labelled line is the team's
//! own, which marks a mail has for others like it, whom a forwarded mail is of.
//!
//! It is apart from what views show, and changes seldom. There, what is in doubt is shown;
//! here it is a quote, or a stranger's line would count as the team's. There, words are
//! added for one more mail program; here, they would change what counts, and marks on
//! record that others are compared with were made by these.
//!
//! Linear in the length of the text; quotes are looked for in its first 10,000 lines. The
//! words that introduce a quote are known in some fifteen languages.

use crate::mail::Foreign;

/// Quotes are looked for in so many lines.
const LINES: usize = 10_000;

/// What is new in a text, for marks: lines quoted with `>` and the line that introduces
/// them are left out; behind a signature or a quoted mail without `>`, everything is. When
/// nothing new is found, the whole text.
pub fn newly_written(text: &Foreign) -> Foreign {
    let lines: Vec<&str> = text.raw().lines().collect();
    let (mut kept, mut at, mut fresh) = (Vec::new(), 0, true);
    while let Some(rest) = lines.get(at..).filter(|rest| !rest.is_empty()) {
        if at >= LINES {
            kept.extend(rest);
            break;
        }
        match step(rest, fresh) {
            Step::Keep(line) => {
                kept.push(line);
                fresh = line.trim().is_empty();
                at += 1;
            }
            Step::Skip(lines) => {
                fresh = true;
                at += lines;
            }
            Step::End => break,
        }
    }
    let new = kept.join("\n");
    if new.trim().is_empty() {
        text.clone()
    } else {
        Foreign::new(new.trim_matches('\n').trim_end())
    }
}

/// The lines above the first thing that is quoted, and above a signature: of the first
/// 10,000.
pub fn above_first_quote(text: &Foreign) -> Vec<&str> {
    let lines: Vec<&str> = text.raw().lines().take(LINES).collect();
    let (mut above, mut fresh) = (0, true);
    while let Some(rest) = lines.get(above..).filter(|rest| !rest.is_empty()) {
        match step(rest, fresh) {
            Step::Keep(line) => fresh = line.trim().is_empty(),
            Step::Skip(_) | Step::End => break,
        }
        above += 1;
    }
    lines.into_iter().take(above).collect()
}

/// The author field of the first mail that stands in a text with its header: what people
/// forward without attaching it.
pub fn forwarded_author(text: &Foreign) -> Option<&str> {
    let bare = |line: &&str| !line.trim().is_empty();
    let lines = text.raw().lines().take(LINES);
    let lines: Vec<&str> = lines.map(|l| l.trim_start_matches(['>', ' '])).collect();
    let at = (0..lines.len()).find(|at| {
        let rest = lines.get(*at..).unwrap_or_default();
        rest.first().is_some_and(bare) && is_quoted_header(rest)
    })?;
    let rest = lines.get(at..)?.iter();
    let line = rest.skip_while(|l| is_rule(l)).find(|l| bare(l))?;
    let (_, value) = line.split_once([':', '\u{ff1a}'])?;
    Some(value.trim_matches(|c: char| c == '*' || c.is_whitespace()))
}

/// What becomes of the next lines.
enum Step<'a> {
    Keep(&'a str),
    Skip(usize),
    End,
}

/// `fresh`: a paragraph begins here.
fn step<'a>(rest: &[&'a str], fresh: bool) -> Step<'a> {
    let Some(line) = rest.first().copied() else {
        return Step::End;
    };
    if is_quoted(line) {
        return Step::Skip(1);
    }
    // RFC 3676 section 4.3.
    let is_signature = line == "-- " || SENT_FROM.iter().any(|words| line.starts_with(words));
    if is_signature || is_separator(line) || is_quoted_header(rest) {
        return Step::End;
    }
    match introduction(rest, fresh) {
        Some(lines) if rest.iter().skip(lines).take(3).any(|l| is_quoted(l)) => Step::Skip(lines),
        Some(_) => Step::End,
        None => Step::Keep(line),
    }
}

/// What telephones sign with.
const SENT_FROM: [&str; 8] = [
    "Sent from my ",
    "Sent from Outlook",
    "Get Outlook for ",
    "Gesendet von ",
    "Von meinem iPhone gesendet",
    "Envoyé de mon ",
    "Envoyé à partir de ",
    "Enviado desde mi ",
];

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// How many lines introduce a quote, if these do: `On … wrote:` in many languages, or
/// a date and an address in brackets before a colon. Mail programs wrap it.
fn introduction(rest: &[&str], fresh: bool) -> Option<usize> {
    let mut joined = String::new();
    for (n, line) in rest.iter().take(if fresh { 4 } else { 1 }).enumerate() {
        if line.trim().is_empty() || line.len() > 400 {
            return None;
        }
        joined.push_str(line.trim());
        joined.push(' ');
        if introduces(joined.trim_end()) {
            return Some(n + 1);
        }
    }
    None
}

fn introduces(text: &str) -> bool {
    let (text, has_colon) = match text.strip_suffix([':', '\u{ff1a}']) {
        Some(text) => (text.trim_end(), true),
        None => (text, false),
    };
    // Most lines end here.
    let names = text.contains('@');
    let may_introduce = if has_colon {
        names || text.contains(char::is_numeric)
    } else {
        names
    };
    if !may_introduce {
        return false;
    }
    let lower = text.to_lowercase();
    let ends_with_address = text.ends_with('>') && text.contains('@');
    let says_wrote = WROTE.iter().any(|word| lower.ends_with(word));
    let says_who = text.contains('@') || text.contains(char::is_numeric);
    let name_comes_last =
        text.ends_with('>') && WROTE_BEFORE.iter().any(|word| lower.contains(word));
    if has_colon {
        says_who && (says_wrote || name_comes_last) || ends_with_address && says_when(text)
    } else {
        // Some leave the colon out: then everything else must be there.
        says_wrote && text.contains('@') && text.contains("> ") && says_when(text)
    }
}

/// *Wrote*, where it ends the introduction.
const WROTE: [&str; 19] = [
    " wrote",
    " writes",
    " schrieb",
    " geschrieben",
    " a écrit",
    " ha scritto",
    " escribió",
    " escreveu",
    " schreef",
    " skrev",
    " kirjoitti",
    " napisał",
    " napisał(a)",
    " napsal(a)",
    " пишет",
    " написал",
    " yazdı",
    "写道",
    "書きました",
];

/// *Wrote*, where the name comes behind it.
const WROTE_BEFORE: [&str; 4] = [" schrieb ", " schreef ", " skrev ", " wrote "];

/// A year of this age, or an hour.
fn says_when(text: &str) -> bool {
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    text.split(|c: char| !c.is_ascii_digit() && c != ':')
        .any(|t| {
            let is_year = t.len() == 4 && digits(t) && (t.starts_with("19") || t.starts_with("20"));
            is_year
                || t.split_once(':')
                    .is_some_and(|(h, m)| (1..=2).contains(&h.len()) && m.len() >= 2 && digits(h))
        })
}

/// `-----Original Message-----`, in any language below.
fn is_separator(line: &str) -> bool {
    let line = line.trim();
    let bare = line.trim_matches('-').trim();
    let is_ruled = line.starts_with("---") && line.ends_with("---") && bare.len() <= 60;
    is_ruled && ORIGINAL.contains(&bare.to_lowercase().as_str())
}

const ORIGINAL: [&str; 17] = [
    "original message",
    "forwarded message",
    "ursprüngliche nachricht",
    "originalnachricht",
    "weitergeleitete nachricht",
    "message d'origine",
    "message original",
    "message transféré",
    "mensaje original",
    "messaggio originale",
    "mensagem original",
    "oorspronkelijk bericht",
    "oprindelig besked",
    "oprindelig meddelelse",
    "ursprungligt meddelande",
    "opprinnelig melding",
    "исходное сообщение",
];

/// The header that Outlook and telephones put above a quoted mail: *From* and two more
/// fields, one of them with a date. The date tells it from a mail that a report shows.
fn is_quoted_header(rest: &[&str]) -> bool {
    let mut lines = rest
        .iter()
        .take(8)
        .skip_while(|l| is_rule(l))
        .take_while(|l| !l.trim().is_empty());
    let Some(first) = lines
        .next()
        .filter(|l| label(l).is_some_and(|word| FROM.contains(&word.as_str())))
    else {
        return false;
    };
    let fields: Vec<&&str> = lines.filter(|l| label(l).is_some()).collect();
    first.len() <= 400 && fields.len() >= 2 && fields.iter().any(|l| l.len() <= 400 && says_when(l))
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 5 && line.chars().all(|c| c == '_' || c == '-')
}

/// The name of a field at the beginning of a line, in lower case; it may be bold.
fn label(line: &str) -> Option<String> {
    let (word, _) = line.split_once([':', '\u{ff1a}'])?;
    let word = word.trim_matches(|c: char| c == '*' || c.is_whitespace());
    ((1..=30).contains(&word.len())
        && word
            .chars()
            .all(|c| c.is_alphabetic() || c == ' ' || c == '-'))
    .then(|| word.to_lowercase())
}

const FROM: [&str; 15] = [
    "from",
    "von",
    "de",
    "da",
    "van",
    "från",
    "fra",
    "lähettäjä",
    "od",
    "от",
    "expéditeur",
    "feladó",
    "gönderen",
    "差出人",
    "发件人",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, new: &str) {
        assert_eq!(newly_written(&Foreign::new(text)).raw(), new, "{text:?}");
    }

    #[test]
    fn what_stands_above_a_quote_is_new() {
        check("yes\n\nSent from my telephone\n\nis it?", "yes");
    }

    #[test]
    fn what_stands_above_the_first_quote_ends_there() {
        for (text, above) in [
            ("a\nb\n", "a\nb"),
            ("a\n\n> q\nb", "a\n"),
            ("a\n  > q\nb", "a"),
            ("On 1 Nov 2026, Kim wrote:\n> q\nb", ""),
            (
                "a\n\nAm 01.11.26 um 10:00 schrieb Kim <kim@example.net>:\nq",
                "a\n",
            ),
            ("a\n-- \nAnna", "a"),
            ("a\n-----Original Message-----\nq", "a"),
            ("", ""),
        ] {
            let text = Foreign::new(text);
            assert_eq!(above_first_quote(&text).join("\n"), above, "{text:?}");
        }
    }
}
