//! Of reports whose subjects look alike, those whose content is another.
//!
//! A stranger may flood us under any subject, and so under that of a real report. What most
//! of them write is the same, or is as short, or names nothing: the few that differ from
//! that stand alone. Where all of them differ, as in a flood that is made at random, nobody
//! can tell, and they stay together; two or three are no flood, and are told apart.

use super::BURST;
use crate::triage::likeness::{Mark, RUNS_ALIKE, Sign};
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
    let (same, singles) = by_text(group, marks);
    let is_burst = group.len() >= BURST;
    let mut heaps = Vec::new();
    for heap in same {
        divide(heap, marks, is_burst, &mut heaps);
    }
    if is_burst && singles.len() > few(group.len()) {
        divide(singles, marks, is_burst, &mut heaps);
    } else {
        heaps.extend(singles.into_iter().map(|place| vec![place]));
    }
    heaps
}

/// Those of the same text, or of much of it, or of none to compare; and those of whose text
/// there is no other.
fn by_text(group: &[usize], marks: &[Vec<Mark>]) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut silent = Vec::new();
    let mut texts: Vec<Vec<usize>> = Vec::new();
    let mut texts_with: BTreeMap<&Mark, Vec<usize>> = BTreeMap::new();
    for place in group {
        let own = marks_of(marks, *place).iter();
        let own: Vec<&Mark> = own
            .filter(|m| matches!(m.sign, Sign::Text | Sign::Run))
            .collect();
        if own.is_empty() {
            silent.push(*place);
            continue;
        }
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for mark in &own {
            let counts = if mark.sign == Sign::Text {
                RUNS_ALIKE
            } else {
                1
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
    let (same, singles): (Vec<_>, Vec<_>) = texts.into_iter().partition(|t| t.len() > 1);
    (same, singles.concat())
}

/// Takes those apart that have what few of them have: a name of their own, a text that is long
/// enough to compare.
fn divide(heap: Vec<usize>, marks: &[Vec<Mark>], is_burst: bool, heaps: &mut Vec<Vec<usize>>) {
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
    let names_tell = !is_burst || naming <= most;
    let stands_out = |place: usize| {
        let is_odd = like.get(&has(place)).is_some_and(|count| *count <= most);
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
    use crate::mail::{Foreign, Mail};
    use crate::triage::likeness::marks;

    /// The first that looks like each of these texts under one subject.
    fn firsts(texts: &[String]) -> Vec<usize> {
        let of = |text: &String| {
            marks(&Mail {
                subject: Foreign::new("Bug bounty"),
                text: Foreign::new(text.as_str()),
                ..Mail::default()
            })
        };
        let marks: Vec<Vec<Mark>> = texts.iter().map(of).collect();
        alike_in_content(&vec![0; texts.len()], &marks)
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
        let nothing = |_| "pay".to_owned();
        assert_eq!(alone(40, nothing, "pay!"), [0; 0]);
    }

    #[test]
    fn two_under_one_subject_are_together_only_if_they_say_the_same() {
        let of = |texts: &[&str]| firsts(&texts.iter().map(|t| t.to_string()).collect::<Vec<_>>());
        assert_eq!(of(&[LONG, LONG]), [0, 0]);
        assert_eq!(of(&["see", "there"]), [0, 0], "nothing to compare");
        assert_eq!(of(&[LONG, "see"]), [0, 1]);
        assert_eq!(
            of(&["see https://example.org/a", "see https://example.org/b"]),
            [0, 1]
        );
        assert_eq!(
            of(&[LONG, "pay me, pay me, pay me, pay me, pay me", LONG]),
            [0, 1, 0]
        );
    }
}
