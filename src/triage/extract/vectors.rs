//! CVSS: vectors, and scores that are only claimed.

use super::line::{before, behind, runs};
use super::said::{Cvss, Hit, What};
use crate::ticket::Score;

/// A vector, or the beginning of one.
const LONGEST: usize = 300;

/// The vectors of a line, each with its score; what they take up is added to `taken`.
pub fn vectors(text: &str, taken: &mut Vec<(usize, usize)>, hits: &mut Vec<Hit>) {
    for (at, run) in runs(text, |c| c.is_ascii_alphanumeric() || ":/.#".contains(c)) {
        if run.len() > LONGEST * 4 || !run.contains('/') {
            continue;
        }
        let Some((from, vector)) = vector_in(run) else {
            continue;
        };
        let start = at + from;
        let end = start + vector.len();
        let head = text.get(..start).unwrap_or_default();
        if let Some(score) = score(vector, head) {
            let value = score.vector.clone();
            let mut hit = Hit::new(What::Cvss, value, (start, end));
            hit.score = Some(score);
            hits.push(hit);
            taken.push((start, end));
        } else if begins(vector, "CVSS:3") || begins(vector, "CVSS:4") {
            hits.push(Hit::new(
                What::Cvss,
                vector.to_ascii_uppercase(),
                (start, end),
            ));
            taken.push((start, end));
        }
    }
}

fn begins(text: &str, with: &str) -> bool {
    let head = text.get(..with.len());
    head.is_some_and(|h| h.eq_ignore_ascii_case(with))
}

/// Where a vector begins in a run without spaces, and its metrics.
fn vector_in(run: &str) -> Option<(usize, &str)> {
    let upper = run.to_ascii_uppercase();
    let from = ["CVSS:2.0/", "CVSS:3.", "CVSS:4.", "CVSS2#"]
        .into_iter()
        .filter_map(|with| upper.find(with))
        .min()
        .or_else(|| upper.find("AV:"))?;
    let alone = before(run, from).is_none_or(|c| !c.is_ascii_alphanumeric());
    let vector = run.get(from..)?;
    let mut end = 0;
    for (n, part) in vector.split('/').enumerate() {
        let part = if n == 0 {
            part
        } else {
            part.trim_end_matches(['.', ':', '#'])
        };
        let whole = part.split_once(':').is_some_and(|(metric, value)| {
            let plain = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphabetic());
            n == 0 || (metric.len() <= 3 && value.len() <= 6 && plain(metric) && plain(value))
        });
        if !whole && !part.to_ascii_uppercase().starts_with("CVSS2#") {
            break;
        }
        end += part.len() + usize::from(n > 0);
    }
    let vector = vector.get(..end.min(LONGEST))?;
    (alone && vector.contains('/')).then_some((from, vector))
}

/// The score of a vector as it was written. One of 3.x without its prefix has one where 3.0
/// and 3.1 agree, or where the line says which it is.
fn score(vector: &str, head: &str) -> Option<Score> {
    if let Some(score) = Score::of(vector) {
        return Some(score);
    }
    if !begins(vector, "AV:") {
        return None;
    }
    let of = |prefix: &str| Score::of(&format!("{prefix}/{vector}"));
    let bare = |mut score: Score| {
        score.vector = vector.to_ascii_uppercase();
        score
    };
    if let Some(four) = of("CVSS:4.0") {
        return Some(bare(four));
    }
    let (older, newer) = (of("CVSS:3.0")?, of("CVSS:3.1")?);
    match (head.contains("3.0"), head.contains("3.1")) {
        (true, false) => Some(bare(older)),
        (false, true) => Some(bare(newer)),
        (_, _) => (older.tenths == newer.tenths).then(|| bare(newer)),
    }
}

/// Scores that are claimed behind the word: `CVSS 9.8`, `CVSS 3.1 score: 9.8 (critical)`, in
/// tenths.
pub fn claims(text: &str, hits: &mut Vec<Hit>) {
    let lower = text.to_ascii_lowercase();
    for (at, _) in lower.match_indices("cvss") {
        if before(&lower, at).is_some_and(|c| c.is_alphanumeric()) {
            continue;
        }
        let tail = lower.get(at..).unwrap_or_default();
        let reach = tail.char_indices().nth(60).map_or(tail.len(), |(i, _)| i);
        let near = tail.get(..reach).unwrap_or_default();
        let near = near
            .get(4..)
            .and_then(|n| n.split("cvss").next())
            .unwrap_or_default();
        if let Some((from, length, tenths)) = claim(near) {
            let start = at + 4 + from;
            let value = format!("{}.{}", tenths / 10, tenths % 10);
            let mut hit = Hit::new(What::Claim, value, (start, start + length));
            hit.claim = Some(tenths);
            hits.push(hit);
        }
    }
}

/// Versions of CVSS: a score only where no other figure can be it.
pub const EDITIONS: [&str; 4] = ["2.0", "3.0", "3.1", "4.0"];

/// What a figure stands behind that is no score: `below 4.0`, `not 9.8`.
const NO_SCORE: [&str; 9] = [
    "not", "isn't", "below", "under", "above", "over", "between", "than", "never",
];

/// The first number from 0.0 to 10.0 with one decimal that is no version of CVSS.
fn claim(near: &str) -> Option<(usize, usize, u32)> {
    let mut scored = false;
    let mut last = 0;
    let mut edition = None;
    for (at, run) in runs(near, |c| c.is_ascii_digit() || c == '.') {
        let between = near.get(last..at).unwrap_or_default();
        // A sentence has ended, or something else is counted.
        if between.contains(". ") || between.contains(';') {
            return edition;
        }
        let mut words = between.split(|c: char| !c.is_alphanumeric() && c != '\'');
        if words.any(|word| NO_SCORE.contains(&word)) {
            return None;
        }
        scored |= ["score", "rating", "base", "of", "severity"]
            .iter()
            .any(|w| between.contains(w));
        last = at + run.len();
        let figure = run.trim_end_matches('.');
        let after = behind(near, at + figure.len());
        let attached = before(near, at).is_some_and(|c| c.is_alphanumeric() && c != 'v')
            || after.is_some_and(|c| c.is_alphanumeric() || c == '%');
        let called = between.trim_end().trim_end_matches(':');
        let version = ["v", "version", "ver", "v."]
            .iter()
            .any(|w| called.ends_with(w));
        let Some((whole, tenth)) = figure.split_once('.') else {
            if figure == "10" && scored && !attached {
                return Some((at, figure.len(), 100));
            }
            continue;
        };
        if version || attached || tenth.len() != 1 || whole.len() > 2 {
            continue;
        }
        let tenths = whole.parse::<u32>().ok()? * 10 + tenth.parse::<u32>().ok()?;
        let found = (tenths <= 100).then_some((at, figure.len(), tenths));
        if !EDITIONS.contains(&figure) {
            return found;
        }
        edition = edition.or(found.filter(|_| scored));
        if figure.len() < run.len() && edition.is_some() {
            return edition;
        }
    }
    edition
}

/// A claim and a vector of one mail belong together where each is the only one of its kind.
pub fn paired(found: &mut Vec<Cvss>) {
    let mails: Vec<usize> = found.iter().map(|c| c.mail).collect();
    for mail in mails {
        let of = |with: bool| {
            let these = found.iter().enumerate();
            let these = these.filter(|(_, c)| c.mail == mail && c.vector.is_some() == with);
            these.map(|(i, _)| i).collect::<Vec<usize>>()
        };
        let (vectors, claims) = (of(true), of(false));
        if let ([vector], [claim]) = (vectors.as_slice(), claims.as_slice()) {
            let claimed = found.remove(*claim).claimed;
            let vector = if claim < vector { vector - 1 } else { *vector };
            if let Some(vector) = found.get_mut(vector) {
                vector.claimed = claimed;
            }
        }
    }
}
