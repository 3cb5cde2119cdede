//! From the file to a [`Config`]: reads it, the policy and the letters that it names.

use super::check::{self, Check};
use super::fault::{ConfigError, Fault, Source};
use super::raw::{Raw, Text};
use super::{
    Config, Member, alarm, calendar, export, files, hints, letters, openpgp, outside, people,
    policy, post, reading, watched,
};
use crate::mail::Foreign;
use crate::promise::{Audience, Calendar, Policy, Span};
use crate::triage::hints::Rules;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use toml::Spanned;

pub(super) fn load(path: &Path) -> Result<Config, ConfigError> {
    let source = Source::new(
        path,
        files::read(path, files::Guard::Written).map_err(with_hint)?,
    );
    let (raw, faults) = reading::read::<Raw>(&source);
    let mut check = Check::new(&source, faults);
    let config = raw.and_then(|raw| config(&mut check, path, &raw));
    check.end(config)
}

fn with_hint(fault: Fault) -> Fault {
    let advice = if fault.advice.is_empty() {
        "begin with: gatepost help config > gatepost.toml".to_owned()
    } else {
        fault.advice
    };
    Fault { advice, ..fault }
}

/// Checks every section before any of them is missed.
fn config(check: &mut Check<'_>, path: &Path, raw: &Raw) -> Option<Config> {
    let organisation = people::organisation(check, raw.organisation.as_ref(), raw.labels.as_ref());
    let signal_number = people::signal_number(check, raw.organisation.as_ref());
    let reference = check.parsed_or("reference", &raw.reference, "SEC".to_owned(), reference);
    let team = people::team(check, &raw.team, &raw.mailbox);
    let mailboxes = post::mailboxes(check, &raw.mailbox);
    let first = mailboxes
        .as_ref()
        .and_then(|all| all.first())
        .map(|mailbox| mailbox.address.to_string());
    let smtp = post::smtp(check, raw.smtp.as_ref(), first);
    let calendar = calendar(check, raw);
    let (policy, own_hints) = named_policy(check, &raw.policy).unzip();
    if let (Some(policy), Some(team), Some(text)) = (&policy, &team, &raw.policy) {
        names_of_team(check, policy, team, text);
    }
    let classes = policy
        .as_ref()
        .and_then(|p| watched::known_classes(check, raw, p));
    let store = store(check, &raw.store);
    let acknowledge = post::acknowledge(check, raw.acknowledge.as_ref());
    let lists = outside::lists(check, &raw.list);
    let platforms = outside::platforms(check, &raw.platform);
    let letters = letters::letters(check, raw);
    let hints = hints::asked(
        check,
        raw,
        own_hints,
        letters.as_ref().map(|all| &all.default),
    );
    let last_call = check.parsed_or("last_call", &raw.last_call, 10, last_call);
    let alarm = alarm::alarm(check, raw.alarm.as_ref());
    let openpgp = openpgp::openpgp(check, raw.openpgp.as_ref());
    let published = export::published(check, raw, organisation.as_ref(), mailboxes.as_deref());
    let ((), policy, calendar, letters) = (classes?, policy?, calendar?, letters?);
    let (credits, security_txt) = published?;
    Some(Config {
        file: path.to_owned(),
        digest: digest(check.text(), &policy, &calendar, &letters.texts),
        organisation: organisation?,
        signal_number: signal_number?,
        reference: reference?,
        team: team?,
        mailboxes: mailboxes?,
        smtp: smtp?,
        calendar,
        policy,
        hints: hints?,
        store: store?,
        acknowledge: acknowledge?,
        lists: lists?,
        platforms: platforms?,
        letters: letters.default,
        languages: letters.languages,
        language: letters.language,
        last_call: last_call?,
        alarm: alarm?,
        openpgp: openpgp?,
        credits,
        security_txt,
    })
}

/// When the team works.
fn calendar(check: &mut Check<'_>, raw: &Raw) -> Option<Calendar> {
    match &raw.calendar {
        Some(raw) => calendar::calendar(check, raw),
        None => check.missing(
            &check::WHOLE,
            "the table [calendar] is missing",
            "deadlines need the team's time zone",
        ),
    }
}

/// Where the record lies.
fn store(check: &mut Check<'_>, text: &Text) -> Option<PathBuf> {
    let default = "gatepost.db".to_owned();
    let store = check.parsed_or("store", text, default, |text| Ok(text.to_owned()))?;
    Some(check.path(&store))
}

/// `[A-Z][A-Z0-9]{1,7}`: short enough for a subject, and no digit in front, so that a
/// reference is never read as a number.
fn reference(text: &str) -> Result<String, String> {
    let fits = (2..=8).contains(&text.len()) && text.starts_with(|c: char| c.is_ascii_uppercase());
    let plain = text
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if fits && plain {
        Ok(text.to_owned())
    } else {
        Err("write 2 to 8 capital letters and digits, a letter first, like \"SEC\"".to_owned())
    }
}

/// So many business days we wait for a reporter: 1 to 250.
fn last_call(text: &str) -> Result<u16, String> {
    match Span::parse(text).map(|span| span.bounded()) {
        Ok(Ok(Span::BusinessDays(n))) => Ok(n),
        Ok(_) | Err(_) => Err("write business days, like \"10 business days\"".to_owned()),
    }
}

fn named_policy(check: &mut Check<'_>, text: &Text) -> Option<(Policy, Rules)> {
    let name = check.needed(&check::WHOLE, "policy", text)?;
    let path = check.path(name.get_ref());
    check.of_file(policy::named(name.get_ref(), &path))
}

/// What a daemon that runs with this config is known by.
fn digest(
    text: &str,
    policy: &Policy,
    calendar: &Calendar,
    letters: &[(String, String)],
) -> String {
    let mut hash = Sha256::new();
    // The calendar may come from several files; what counts is what was read.
    for part in [text, &policy.digest, &format!("{calendar:?}")] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    for (name, text) in letters {
        hash.update(name.len().to_be_bytes());
        hash.update(name);
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whom a promise tells must be of the team.
fn names_of_team(check: &mut Check<'_>, policy: &Policy, team: &[Member], at: &Spanned<String>) {
    for promise in &policy.promises {
        for to in &promise.to {
            let Audience::Person(name) = to else {
                continue;
            };
            if !team.iter().any(|m| m.name.eq_ignore_ascii_case(name)) {
                let shown = Foreign::new(name.as_str()).cut(40);
                let what = format!(
                    "its promise {:?} tells {shown:?}, who is not in [[team]]",
                    promise.name
                );
                let advice = "`to` takes owner, team, second-line, or the name of a person";
                check.fault::<()>(&at.span(), what, advice);
            }
        }
    }
}
