//! `set`: properties of a ticket, several at once as one change.

use super::verbs::Set;
use super::{Here, Usage, export, look, no, output, record, when};
use crate::desk::File;
use crate::desk::act::last_told;
use crate::desk::record::{Change, Credit, classes, set as write, starts};
use crate::mail::Address;
use crate::store::Tx;
use crate::ticket::{Field, Planned, WaitsFor, Wanted, What};
use crate::wall;
use anyhow::{Result, bail};
use std::process::ExitCode;

/// Keys that are no [`Field`].
const OTHERS: [&str; 6] = [
    "class",
    "publication",
    "embargo",
    "they-publish",
    "waiting",
    "exploited",
];

/// What can be set.
pub fn keys() -> impl Iterator<Item = &'static str> {
    Field::ALL.into_iter().map(Field::word).chain(OTHERS)
}

/// What completes a word of `set`: the keys, or behind one its words.
pub fn words(
    here: &Here,
    typed: &str,
    tickets: impl Fn() -> Result<Vec<String>>,
) -> Result<Vec<String>> {
    let Some((key, _)) = typed.split_once('=') else {
        return Ok(keys().map(|key| format!("{key}=")).collect());
    };
    let own = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect();
    let field = Field::ALL.into_iter().find(|field| field.word() == key);
    let words: Vec<String> = match (field, key) {
        (Some(Field::See), _) => tickets()?,
        (Some(field), _) => own(field.words()),
        (None, "class") => classes(&here.config.policy),
        (None, "waiting") => own(&["reporter", "others", "nothing"]),
        (None, "exploited") => own(&["yes", "no"]),
        (None, _) => Vec::new(),
    };
    Ok(words.iter().map(|word| format!("{key}={word}")).collect())
}

/// Sets them.
pub fn set(here: &Here, wanted: &Set) -> Result<ExitCode> {
    let pairs = pairs(&wanted.pairs)?;
    here.person()?;
    let since = pairs.iter().find(|(key, _)| *key == "exploited");
    if since.is_some_and(|(_, value)| is_yes(value)) && !confirmed(here, wanted, &pairs)? {
        output::line("Nothing was changed.");
        return Ok(no());
    }
    record::perform(here, &wanted.reference, &wanted.manner, |tx, file, who| {
        let changes = changes(here, tx, &pairs)?;
        write(tx, &here.config, file.row.number, &changes, who)?;
        if !wanted.manner.json && changes.iter().any(|c| matches!(c, Change::Reporter(_))) {
            letters_to_others(tx, file)?;
        }
        if !wanted.manner.json && changes.iter().any(|c| matches!(c, Change::Credit(_))) {
            let after = crate::desk::file(tx, &here.config, file.row.number)?;
            export::tell(here, tx, &after)?;
        }
        if !wanted.manner.json {
            untold(&changes, file);
        }
        Ok(())
    })
}

/// The command that tells the reporter of each date of ours that was set, and that they do
/// not know.
fn untold(changes: &[Change], file: &File) {
    let n = file.row.number.0;
    for change in changes {
        if let Change::Planned(event, on) = change
            && *on == last_told(&file.facts, *event)
        {
            continue;
        }
        let tells = match change {
            Change::Planned(Planned::Publication, Some(on)) => {
                format!("publish {n} --on {on}")
            }
            Change::Planned(Planned::Embargo, Some(on)) => {
                format!("reply {n} --embargo {on}")
            }
            _ => continue,
        };
        output::line(format!(
            "! the reporter does not hear of that date by this: gatepost {tells} tells them"
        ));
    }
}

fn is_yes(value: &str) -> bool {
    !matches!(value.trim(), "" | "no")
}

/// Splits what was typed; each key once.
fn pairs(typed: &[String]) -> Result<Vec<(&'static str, &str)>> {
    let mut pairs: Vec<(&'static str, &str)> = Vec::new();
    for pair in typed {
        let (word, value) = pair.split_once('=').ok_or_else(|| {
            Usage(format!(
                "{pair:?} is no KEY=VALUE\n  hint: gatepost help set lists the keys"
            ))
        })?;
        let key = key(word.trim())?;
        if pairs.iter().any(|(k, _)| *k == key) {
            return Err(Usage(format!("{key} is set twice")).into());
        }
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// The key of this word, or an error that names the nearest.
fn key(word: &str) -> Result<&'static str> {
    if let Some(key) = keys().find(|key| key.eq_ignore_ascii_case(word)) {
        return Ok(key);
    }
    let near = keys().min_by_key(|key| strsim::damerau_levenshtein(key, word));
    let near = near.unwrap_or_default();
    Err(Usage(format!(
        "there is no key {word:?}\n  hint: {near}? `gatepost help set` lists them"
    ))
    .into())
}

fn changes(here: &Here, tx: &Tx, pairs: &[(&'static str, &str)]) -> Result<Vec<Change>> {
    let change = |(key, value): &(&'static str, &str)| change(here, tx, key, value.trim());
    pairs.iter().map(change).collect()
}

fn change(here: &Here, tx: &Tx, key: &'static str, value: &str) -> Result<Change> {
    let calendar = &here.config.calendar;
    let some = !value.is_empty();
    if let Some(event) = [
        Planned::Publication,
        Planned::Embargo,
        Planned::ReporterPublication,
    ]
    .into_iter()
    .find(|p| p.word() == key)
    {
        let day = |text| when::day(text, calendar.local_date(tx.now()));
        return Ok(Change::Planned(
            event,
            some.then(|| day(value)).transpose()?,
        ));
    }
    match Field::ALL.into_iter().find(|f| f.word() == key) {
        Some(field) => property(tx, field, key, value),
        None => other(here, tx, key, value),
    }
}

fn wrong(key: &str, value: &str, right: &str) -> Usage {
    let mut shown: String = value.chars().take(60).collect();
    if shown.len() < value.len() {
        shown.push('~');
    }
    Usage(format!(
        "{key}={shown:?} cannot be\n  hint: {key} is {right}"
    ))
}

/// What is no [`Field`].
fn other(here: &Here, tx: &Tx, key: &str, value: &str) -> Result<Change> {
    let classes = || value.split(',').map(|c| c.trim().to_owned());
    Ok(match (key, value) {
        ("class", _) => Change::Classes(classes().filter(|c| !c.is_empty()).collect()),
        ("waiting", "" | "nothing") => Change::Waiting(None),
        ("waiting", "reporter") => Change::Waiting(Some(WaitsFor::Reporter)),
        ("waiting", "others") => Change::Waiting(Some(WaitsFor::Others)),
        ("exploited", _) if !is_yes(value) => Change::Exploited(None),
        ("exploited", "yes") => Change::Exploited(Some(tx.now())),
        ("exploited", _) => {
            let at = when::moment(value, &here.config.calendar, tx.now())?;
            Change::Exploited(Some(at))
        }
        _ => return Err(wrong(key, value, "reporter, others or nothing").into()),
    })
}

fn property(tx: &Tx, field: Field, key: &str, value: &str) -> Result<Change> {
    let wrong = |right: &str| wrong(key, value, right);
    let kept = (!value.is_empty()).then(|| field.read(value)).transpose();
    let kept = kept.map_err(|right| wrong(&right))?;
    let address = || {
        kept.as_deref()
            .map(|text| Address::parse(text).ok_or_else(|| wrong("an address, name@domain")))
            .transpose()
    };
    Ok(match field {
        Field::Reporter => Change::Reporter(address()?),
        Field::CoFinder => Change::CoFinder(address()?),
        Field::Credit => Change::Credit(match kept.as_deref() {
            None => Credit::Unasked,
            Some("anonymous" | "withdrawn") => Credit::Declined,
            Some(name) => Credit::Named(name.to_owned()),
        }),
        Field::See => Change::See(match kept.as_deref() {
            None => None,
            Some(text) => {
                let other = Wanted::parse(text).map(|w| tx.find(&w)).transpose()?;
                let other = other
                    .flatten()
                    .ok_or_else(|| wrong("a ticket that is there"))?;
                Some(other.number)
            }
        }),
        Field::Title
        | Field::Severity
        | Field::Consent
        | Field::External
        | Field::Conduct
        | Field::AlreadyPublic
        | Field::Link
        | Field::SeverityIs
        | Field::Products
        | Field::Impact
        | Field::Parties
        | Field::Bounty => Change::Text(field, kept),
    })
}

/// Shows the clocks that start when it is exploited, and asks.
fn confirmed(here: &Here, wanted: &Set, pairs: &[(&'static str, &str)]) -> Result<bool> {
    let mut store = here.store()?;
    let starting = store.read(wall::now(), |tx| {
        let file = super::explain::find(tx, here, &wanted.reference)?;
        let at = changes(here, tx, pairs)?.into_iter().find_map(|c| match c {
            Change::Exploited(at) => at,
            Change::Text(..)
            | Change::Reporter(_)
            | Change::CoFinder(_)
            | Change::See(_)
            | Change::Classes(_)
            | Change::Credit(_)
            | Change::Planned(..)
            | Change::Waiting(_) => None,
        });
        starts(
            tx,
            &here.config,
            &file,
            &What::Exploited,
            at.unwrap_or(tx.now()),
        )
    })?;
    if !wanted.manner.json {
        if starting.is_empty() {
            output::line("! No promise of its policy starts when it is exploited.");
        }
        for start in &starting {
            let due = start.due_at.map_or("no time".to_owned(), |at| {
                look::moment(at, &here.config.calendar)
            });
            output::line(format!(
                "{:<9} due {due}  \"{}\"",
                start.promise, start.page
            ));
        }
    }
    if wanted.yes || wanted.manner.dry_run {
        return Ok(true);
    }
    match output::ask("It is exploited, and these clocks start? [y]es [N]o ").as_deref() {
        Some("y" | "yes") => Ok(true),
        Some(_) => Ok(false),
        None => Err(Usage(
            "there is no terminal to ask on\n  hint: --yes sets it without asking, --dry-run only shows"
                .to_owned(),
        )
        .into()),
    }
}

/// Letters that wait go to the address that they were written to.
fn letters_to_others(tx: &Tx, before: &File) -> Result<()> {
    let number = before.row.number;
    let Some(row) = tx.ticket(number)? else {
        bail!("there is no ticket {number}");
    };
    let waiting = tx.unsettled_letters()?.into_iter().filter(|l| {
        l.ticket == Some(number)
            && !l.kind.is_internal()
            && Some(&l.recipient) != row.reporter.as_ref()
    });
    for letter in waiting {
        output::line(format!(
            "! letter {} is {} and goes to {} all the same: gatepost outbox drop {}",
            letter.id,
            letter.state.word(),
            letter.recipient,
            letter.id
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_key_names_the_nearest_and_no_key_stands_twice() {
        let said = |typed: &[&str]| {
            let typed: Vec<String> = typed.iter().map(|t| (*t).to_owned()).collect();
            pairs(&typed).map(drop).map_err(|why| why.to_string())
        };
        assert!(said(&["titel=x"]).unwrap_err().contains("hint: title?"));
        assert!(
            said(&["they_publish=x"])
                .unwrap_err()
                .contains("they-publish?")
        );
        assert!(said(&["title"]).unwrap_err().contains("no KEY=VALUE"));
        assert!(said(&["title=a", "Title=b"]).unwrap_err().contains("twice"));
        assert_eq!(said(&["title=a=b", "link="]), Ok(()));
    }

    #[test]
    fn help_lists_every_key() {
        use clap::CommandFactory;
        let mut all = super::super::args::Args::command();
        let help = all.find_subcommand_mut("set").unwrap().render_long_help();
        let help = help.to_string();
        for key in keys() {
            assert!(help.contains(&format!("\n  {key} ")), "{key}: {help}");
        }
    }
}
