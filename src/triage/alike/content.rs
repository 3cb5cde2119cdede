//! Of reports whose subjects look alike, those whose content is another.
//!
//! A stranger may flood us under any subject, and so under that of a real report. What most
//! of them write is the same, or is as short, or names nothing: the few that differ from
//! that stand alone. Where all of them differ, as in a flood that is made at random, nobody
//! can tell, and they stay together. Fewer than that are no flood: what is told as one there
//! is one and the same mail, part by part, and nothing in it is unread.

use super::BURST;
use crate::triage::likeness::{Mark, RUNS_ALIKE, Sign, known_whole};
use std::collections::{BTreeMap, BTreeSet};

/// Texts of one mark that a further one is compared with.
const COMPARED: usize = 8;

/// For each the first that looks like it in its content too, of those that looked alike
/// before: `firsts`, as [`super::alike`] gives them. `marks` are those of each.
pub fn alike_in_content(firsts: &[usize], marks: &[Vec<Mark>]) -> Vec<usize> {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, first) in firsts.iter().enumerate() {
        groups.entry(*first).or_default().push(place);
    }
    let mut found = firsts.to_vec();
    for group in groups.into_values().filter(|group| group.len() > 1) {
        for heap in heaps(&group, marks) {
            for place in &heap {
                if let (Some(first), Some(of)) = (heap.first(), found.get_mut(*place)) {
                    *of = *first;
                }
            }
        }
    }
    found
}

/// So many of these are few.
fn few(of: usize) -> usize {
    (of / 10).max(1)
}

fn marks_of(marks: &[Vec<Mark>], place: usize) -> &[Mark] {
    marks.get(place).map_or(&[], Vec::as_slice)
}

/// Divides those that have one subject.
fn heaps(group: &[usize], marks: &[Vec<Mark>]) -> Vec<Vec<usize>> {
    if group.len() < BURST {
        return the_same(group, marks);
    }
    let mut heaps = Vec::new();
    let (of_a_flood, others): (Vec<_>, Vec<_>) = by_text(group, marks)
        .into_iter()
        .partition(|text| text.len() >= BURST);
    for text in of_a_flood {
        divide(text, marks, &mut heaps);
    }
    let mut others = others.concat();
    others.sort_unstable();
    let apart = the_same(&others, marks);
    if apart.len() >= BURST && apart.len() > few(group.len()) {
        divide(others, marks, &mut heaps);
    } else {
        heaps.extend(apart);
    }
    heaps
}

/// Those that are one and the same mail but for who sent it and when; each other by itself:
/// what is encrypted, or says nothing, or has a file that others have not.
fn the_same(group: &[usize], marks: &[Vec<Mark>]) -> Vec<Vec<usize>> {
    let mut heaps: Vec<Vec<usize>> = Vec::new();
    let mut heap_of: BTreeMap<BTreeSet<&Mark>, usize> = BTreeMap::new();
    for place in group {
        let known = known_whole(marks_of(marks, *place));
        let heap = known.map(|says| *heap_of.entry(says).or_insert(heaps.len()));
        match heap.and_then(|heap| heaps.get_mut(heap)) {
            Some(heap) => heap.push(*place),
            None => heaps.push(vec![*place]),
        }
    }
    heaps
}

/// Those of the same text, or of much of it, or of none to compare.
fn by_text(group: &[usize], marks: &[Vec<Mark>]) -> Vec<Vec<usize>> {
    let mut silent = Vec::new();
    let mut texts: Vec<Vec<usize>> = Vec::new();
    let mut texts_with: BTreeMap<&Mark, Vec<usize>> = BTreeMap::new();
    for place in group {
        let own = marks_of(marks, *place).iter();
        let own: Vec<&Mark> = own
            .filter(|m| matches!(m.sign, Sign::Whole | Sign::Text | Sign::Run))
            .collect();
        if own.is_empty() {
            silent.push(*place);
            continue;
        }
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for mark in &own {
            let counts = if mark.sign == Sign::Run {
                1
            } else {
                RUNS_ALIKE
            };
            for text in texts_with.get(mark).into_iter().flatten() {
                *shared.entry(*text).or_default() += counts;
            }
        }
        let likest = shared.into_iter().max_by_key(|(_, shared)| *shared);
        let likest = likest.filter(|(_, shared)| *shared >= RUNS_ALIKE);
        match likest.and_then(|(text, _)| texts.get_mut(text)) {
            Some(text) => text.push(*place),
            None => {
                for mark in own {
                    let with = texts_with.entry(mark).or_default();
                    if with.len() < COMPARED {
                        with.push(texts.len());
                    }
                }
                texts.push(vec![*place]);
            }
        }
    }
    texts.push(silent);
    texts
}

/// Takes those of a flood apart that have what few of them have: a name of their own, a text
/// that is long enough to compare, a file, something that nobody has read.
fn divide(heap: Vec<usize>, marks: &[Vec<Mark>], heaps: &mut Vec<Vec<usize>>) {
    let most = few(heap.len());
    let has = |place: usize| -> BTreeSet<Sign> {
        marks_of(marks, place).iter().map(|m| m.sign).collect()
    };
    let (mut like, mut with): (BTreeMap<_, usize>, BTreeMap<&Mark, usize>) = Default::default();
    for place in &heap {
        *like.entry(has(*place)).or_default() += 1;
        for mark in marks_of(marks, *place) {
            *with.entry(mark).or_default() += 1;
        }
    }
    let is_name = |m: &&Mark| matches!(m.sign, Sign::Identifier | Sign::Page);
    let is_rare = |m: &Mark| with.get(m).is_some_and(|count| *count <= most);
    let names_own = |place: usize| marks_of(marks, place).iter().filter(is_name).any(is_rare);
    let naming = heap.iter().filter(|place| names_own(**place)).count();
    let names_tell = naming <= most;
    let stands_out = |place: usize| {
        let has = has(place);
        // What nobody can compare is in a flood only where it is one itself.
        let most = match has.contains(&Sign::More) {
            true => most.max(BURST - 1),
            false => most,
        };
        let is_odd = like.get(&has).is_some_and(|count| *count <= most);
        is_odd || (names_tell && names_own(place))
    };
    let (alone, together): (Vec<usize>, Vec<usize>) =
        heap.iter().partition(|place| stands_out(**place));
    heaps.push(together);
    heaps.extend(alone.into_iter().map(|place| vec![place]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;
    use crate::triage::likeness::marks;

    /// A mail of these parts.
    fn of_parts(parts: &[(&str, &str)], boundary: &str) -> Vec<Mark> {
        let parts = parts.iter().map(|(head, body)| {
            let head = format!("--{boundary}\nContent-Type: {head}\n\n");
            head + body + "\n"
        });
        let parts: String = parts.collect();
        let head =
            format!("Subject: Bug bounty\nContent-Type: multipart/mixed; boundary={boundary}");
        marks(&parse(
            format!("{head}\n\n{parts}--{boundary}--\n").as_bytes(),
            true,
        ))
    }

    fn of_text(text: &str) -> Vec<Mark> {
        let eml = format!("Subject: Bug bounty\n\n{text}\n");
        marks(&parse(eml.as_bytes(), true))
    }

    fn firsts_of(marks: &[Vec<Mark>]) -> Vec<usize> {
        alike_in_content(&vec![0; marks.len()], marks)
    }

    /// The first that looks like each of these texts under one subject.
    fn firsts(texts: &[String]) -> Vec<usize> {
        let marks: Vec<Vec<Mark>> = texts.iter().map(|text| of_text(text)).collect();
        firsts_of(&marks)
    }

    /// How many stand alone among so many like `text`, with `other` in their midst.
    fn alone(flood: usize, text: impl Fn(usize) -> String, other: &str) -> Vec<usize> {
        let mut texts: Vec<String> = (0..flood).map(text).collect();
        texts.insert(flood / 2, other.to_owned());
        let firsts = firsts(&texts);
        let count = |first: usize| firsts.iter().filter(|f| **f == first).count();
        (0..texts.len())
            .filter(|p| count(firsts[*p]) == 1)
            .collect()
    }

    const LONG: &str = "The import takes a webhook address and fetches it from inside of your \
        network, so that anybody with a free account reads the metadata service of the cloud.";

    #[test]
    fn a_report_of_another_content_stands_alone_under_the_subject_of_a_flood() {
        let same = |_| "Dear team, I have found bugs, where is my bounty for them?".to_owned();
        let counted = |n| format!("Dear team, I have found {n} bugs, where is my bounty?");
        let long = |n: usize| format!("{LONG} Please pay me, I have a family. This is mail {n}.");
        for other in [
            LONG,
            "See https://example.org/hook?x=1",
            "CVE-2026-1234 is in the form",
        ] {
            assert_eq!(alone(40, same, other), [20], "{other}");
            assert_eq!(alone(40, counted, other), [20], "{other}");
        }
        let other = "Whoever opens the invoice of another account with the number of their own \
            sees its address and its total, since only the number is looked up and no owner.";
        assert_eq!(alone(40, long, other), [20]);
        let names = format!("{LONG} It is https://example.org/hook that I mean.");
        assert_eq!(alone(40, |_| LONG.to_owned(), &names), [20]);
    }

    #[test]
    fn a_flood_in_which_each_names_something_else_stays_together() {
        let random = |n| {
            format!(
                "Pay me, see https://example.com/{n} and CVE-2026-{:05}",
                n + 1
            )
        };
        assert_eq!(alone(40, random, &random(99)), [0; 0]);
        let nothing = |n: usize| format!("pay{}", "!".repeat(n));
        assert_eq!(alone(40, nothing, "pay?"), [0; 0]);
    }

    #[test]
    fn two_under_one_subject_are_together_only_if_they_say_the_same() {
        let of = |texts: &[&str]| firsts(&texts.iter().map(|t| t.to_string()).collect::<Vec<_>>());
        assert_eq!(of(&[LONG, LONG]), [0, 0]);
        assert_eq!(of(&["Bounty?", "Bounty?", "Bounty!"]), [0, 0, 2]);
        assert_eq!(of(&["", ""]), [0, 1], "nothing to compare");
        assert_eq!(of(&[" ?", " ?"]), [0, 1], "nothing to compare");
        assert_eq!(of(&[LONG, "see"]), [0, 1]);
        assert_eq!(of(&["IDOR in invoices", "RCE in importer"]), [0, 1]);
        assert_eq!(
            of(&["see https://example.org/a", "see https://example.org/b"]),
            [0, 1]
        );
        assert_eq!(
            of(&[LONG, "pay me, pay me, pay me, pay me, pay me", LONG]),
            [0, 1, 0]
        );
        // One template, and two reports.
        let limit = format!("{LONG} There is no rate limit on the contact form.");
        let root = format!("{LONG} Anybody runs commands as root by the name of a picture.");
        assert_eq!(of(&[&limit, &root, &limit]), [0, 1, 0]);
    }

    #[test]
    fn two_with_a_file_or_another_form_are_together_only_if_each_part_is_the_same() {
        const SEE: (&str, &str) = ("text/plain", "Please find the report attached.");
        let file = |name: &'static str, body: &'static str| -> Vec<(&str, &str)> {
            vec![SEE, (name, body)]
        };
        let pdf = "application/pdf; name=report.pdf";
        let mails = [
            of_parts(&file(pdf, "JVBERiBvbmU="), "one"),
            of_parts(&file(pdf, "JVBERiBtb3Jl"), "two"),
            of_parts(
                &file("application/pdf; name=rce.pdf", "JVBERiBvbmU="),
                "two",
            ),
            of_parts(&[SEE], "two"),
            of_parts(&file(pdf, "JVBERiBvbmU="), "other"),
        ];
        assert_eq!(firsts_of(&mails), [0, 1, 2, 3, 0]);
        let page = |link: &str| {
            let html = format!("<p>Look <a href=\"https://example.org/{link}\">here</a>.</p>");
            of_parts(&[("text/html", &html)], "b")
        };
        assert_eq!(
            firsts_of(&[page("one"), page("two"), page("one")]),
            [0, 1, 0]
        );
    }

    #[test]
    fn what_nobody_has_read_is_together_with_nothing_that_is_no_flood() {
        let sealed = |body: &str| {
            let armour =
                format!("-----BEGIN PGP MESSAGE-----\n\n{body}\n-----END PGP MESSAGE-----");
            of_text(&armour)
        };
        let two = [sealed("hQEMA1111"), sealed("hQEMA1111")];
        assert_eq!(firsts_of(&two), [0, 1]);
        let cut = parse(b"Subject: Bug bounty\n\nWhere is my bounty?\n", false);
        assert_eq!(firsts_of(&[marks(&cut), marks(&cut)]), [0, 1]);
        // Of two mails on a ticket one is not known.
        let both = [of_text("Bounty?"), sealed("hQEMA1111")].concat();
        assert_eq!(firsts_of(&[both.clone(), both]), [0, 1]);
        // A mail of which an older version kept the marks.
        let old = of_text(LONG).into_iter();
        let old: Vec<Mark> = old.filter(|m| !m.sign.is_for_lists()).collect();
        assert_eq!(firsts_of(&[old.clone(), old]), [0, 1]);
    }

    #[test]
    fn in_a_flood_what_nobody_can_compare_stands_alone_unless_it_is_the_flood() {
        let pay = |n: usize| {
            of_text(&format!(
                "Dear team, I have found {n} bugs, where is my pay?"
            ))
        };
        let sealed = || of_text("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----");
        let file = |body: &str| {
            let parts = [
                ("text/plain", "see it"),
                ("application/pdf; name=a.pdf", body),
            ];
            of_parts(&parts, "b")
        };
        let among = |others: Vec<Vec<Mark>>| -> Vec<usize> {
            let mut mails: Vec<Vec<Mark>> = (0..20).map(pay).collect();
            mails.extend(others);
            let firsts = firsts_of(&mails);
            assert!(firsts[..20].iter().all(|first| *first == 0), "{firsts:?}");
            firsts[20..].to_vec()
        };
        let few = vec![
            sealed(),
            file("JVBERiBvbmU="),
            sealed(),
            file("JVBERiBtb3Jl"),
        ];
        assert_eq!(among(few), [20, 21, 22, 23]);
        let nine: Vec<_> = (0..9).map(|_| sealed()).collect();
        assert_eq!(among(nine), (20..29).collect::<Vec<_>>());
        let ten: Vec<_> = (0..10).map(|_| sealed()).collect();
        assert_eq!(among(ten), [20; 10]);
        // Short texts: one that is another stands alone.
        let mut short: Vec<_> = (0..20).map(|_| of_text("pay me")).collect();
        short.push(of_text("RCE as root in the importer"));
        let firsts = firsts_of(&short);
        assert!(
            firsts[..20].iter().all(|first| *first == 0) && firsts[20] == 20,
            "{firsts:?}"
        );
    }
}
