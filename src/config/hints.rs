//! The rules that tell what a page leaves out: those of the policy, and those that ship.

use super::check::Check;
use super::fault::{ConfigError, Source, nearest};
use super::raw::{Raw, RawHint, RawPolicy, RawShipped};
use super::reading;
use crate::letters::Letters;
use crate::triage::hints::{Phrase, Rule, Rules};
use std::path::Path;
use toml::Spanned;

/// The rules that ship, as text.
pub const SHIPPED: &str = include_str!("../../config/hints/common.toml");

/// A list has at most so many entries.
const ENTRIES: usize = 500;

/// A policy has at most so many rules.
const RULES: usize = 100;

/// Which rules are asked.
#[derive(Clone, Copy)]
enum Asked {
    Policy,
    Common,
    None,
}

/// Those of a policy, in its order.
pub(super) fn of_policy(check: &mut Check<'_>, raw: &RawPolicy) -> Option<Rules> {
    let unless = phrases(check, "unless", &raw.hints.unless);
    let Some(first) = raw.hint.first() else {
        return unless.map(|_| Rules::default());
    };
    if raw.hint.len() > RULES {
        let what = format!("there are more than {RULES} hints");
        return check.fault(&first.span(), what, "tell only what comes often");
    }
    let shipped = check.of_file(shipped())?;
    check.unique("name", raw.hint.iter().map(|hint| &hint.get_ref().name));
    let mut all = shipped.unless.clone();
    all.extend(unless.iter().flatten().cloned());
    let rules: Vec<_> = raw
        .hint
        .iter()
        .map(|hint| rule(check, hint, &shipped.rules, &all))
        .collect();
    unless?;
    Some(Rules {
        rules: rules.into_iter().collect::<Option<_>>()?,
        unless: all,
    })
}

/// Those that the config wants to be asked. `own`: those of the policy, if it is sound.
pub(super) fn asked(
    check: &mut Check<'_>,
    raw: &Raw,
    own: Option<Rules>,
    letters: Option<&Letters>,
) -> Option<Rules> {
    let words = [
        ("policy", Asked::Policy),
        ("common", Asked::Common),
        ("none", Asked::None),
    ];
    let asked = check.word("hints", &raw.hints, &words, Asked::Policy)?;
    let own = own?;
    if let Some((letters, at)) = letters.zip(raw.policy.as_ref()) {
        let named = own
            .rules
            .iter()
            .filter_map(|rule| Some((&rule.name, rule.letter.as_ref()?)));
        for (name, letter) in named.filter(|(_, letter)| !letters.has_evaluation(letter)) {
            let what = format!(
                "its hint {name:?} answers with evaluation-{letter}.txt, and there is no such letter"
            );
            let advice = "`letter` takes the NAME of a letter that ships (gatepost help letters), or of one in your folder `letters`";
            check.fault::<()>(&at.span(), what, advice);
        }
    }
    match asked {
        Asked::None => Some(Rules::default()),
        Asked::Policy => Some(own),
        Asked::Common => {
            let shipped = check.of_file(shipped())?;
            let is_own = |rule: &Rule| own.rules.iter().any(|one| one.name == rule.name);
            let others: Vec<Rule> = shipped.rules.into_iter().filter(|r| !is_own(r)).collect();
            let unless = if own.rules.is_empty() {
                shipped.unless
            } else {
                own.unless
            };
            Some(Rules {
                rules: own.rules.into_iter().chain(others).collect(),
                unless,
            })
        }
    }
}

/// The rules that ship.
pub(super) fn shipped() -> Result<Rules, ConfigError> {
    let source = Source::new(Path::new("the hints that ship"), SHIPPED.to_owned());
    let (raw, faults) = reading::read::<RawShipped>(&source);
    let mut check = Check::new(&source, faults);
    let read = raw.and_then(|raw| {
        let unless = phrases(&mut check, "unless", &raw.unless)?;
        check.unique("name", raw.hint.iter().map(|hint| &hint.get_ref().name));
        let rules: Vec<_> = raw
            .hint
            .iter()
            .map(|hint| rule(&mut check, hint, &[], &unless))
            .collect();
        Some(Rules {
            rules: rules.into_iter().collect::<Option<_>>()?,
            unless,
        })
    });
    check.end(read)
}

/// One rule. Without words of its own those of the shipped rule of its name are taken.
fn rule(
    check: &mut Check<'_>,
    raw: &Spanned<RawHint>,
    shipped: &[Rule],
    silencing: &[Phrase],
) -> Option<Rule> {
    let (table, raw) = (raw.span(), raw.get_ref());
    let name = check.needed(&table, "name", &raw.name);
    let name = name.and_then(|text| check.parsed("name", &text, word));
    let page = check.optional("page", &raw.page);
    let letter = check.optional("letter", &raw.letter);
    let unless = phrases(check, "unless", &raw.unless);
    let despite = phrases(check, "despite", &raw.despite);
    let meant = phrases(check, "meant", &raw.meant);
    for (phrase, text) in despite.iter().flatten().zip(&raw.despite) {
        if !silencing.contains(phrase) {
            let what = "`despite` holds what silences no rule";
            let advice =
                "it takes entries of `unless` that hold for all rules: gatepost help hints";
            check.fault::<()>(&text.span(), what, advice);
        }
    }
    let like = name
        .as_ref()
        .and_then(|name| shipped.iter().find(|one| one.name == *name));
    let words = match (&raw.words, like) {
        (Some(words), _) if words.get_ref().is_empty() => check.fault(
            &words.span(),
            "`words` is empty",
            "name what has to stand in the report",
        ),
        (Some(words), _) => phrases(check, "words", words.get_ref()),
        (None, Some(like)) => Some(like.words.clone()),
        (None, None) => {
            let known = shipped.iter().map(|one| one.name.as_str());
            let advice = match name.as_deref().and_then(|name| nearest(name, known)) {
                Some(near) => format!("did you mean {near:?}, which ships?"),
                None => "a rule without `words` is one that ships: gatepost help hints".to_owned(),
            };
            check.missing(&table, "`words` is missing", advice)
        }
    };
    // What ships holds beside what is written here, unless its words do not.
    let like = like.filter(|_| raw.words.is_none());
    let with = |own: Vec<Phrase>, more: fn(&Rule) -> &Vec<Phrase>| {
        let more = like.map(more).into_iter().flatten().cloned();
        own.into_iter().chain(more).collect()
    };
    let letter = letter.ok()?.map(Spanned::into_inner);
    Some(Rule {
        name: name?,
        page: page.ok()?.map(Spanned::into_inner),
        words: words?,
        unless: with(unless?, |rule| &rule.unless),
        despite: with(despite?, |rule| &rule.despite),
        meant: with(meant?, |rule| &rule.meant),
        letter: letter.or_else(|| like.and_then(|rule| rule.letter.clone())),
    })
}

fn phrases(check: &mut Check<'_>, key: &str, raw: &[Spanned<String>]) -> Option<Vec<Phrase>> {
    if let Some(one) = raw.get(ENTRIES) {
        let what = format!("`{key}` has more than {ENTRIES} entries");
        return check.fault(&one.span(), what, "leave some out");
    }
    let read = raw.iter().map(|text| {
        let text = check.plain(key, text)?;
        check.parsed(key, &text, Phrase::parse)
    });
    let read: Vec<_> = read.collect();
    read.into_iter().collect()
}

/// The name of a rule.
fn word(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.len() > 40 || !text.chars().all(plain) {
        return Err(
            "write small letters, digits and -, at most 40, like \"spf-record\"".to_owned(),
        );
    }
    Ok(text.to_owned())
}
