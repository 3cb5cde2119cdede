//! The policy: a page and what it promises, as a file of its own or built in.

use super::check::{self, Check};
use super::fault::{ConfigError, Fault, Source};
use super::raw::{RawPolicy, RawPromise, Text};
use super::{files, hints, reading};
use crate::promise::{Audience, DateKind, FormError, OneOf, Policy, Promise, Span, Step};
use crate::ticket::FactName;
use crate::triage::hints::Rules;
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::path::Path;
use toml::{Spanned, Value};

/// The policies that are in the binary: name and text.
const BUILT_IN: [(&str, &str); 7] = {
    macro_rules! built_in {
        ($name:literal) => {
            (
                $name,
                include_str!(concat!("../../config/policies/", $name, ".toml")),
            )
        };
    }
    [
        built_in!("neon"),
        built_in!("novu"),
        built_in!("hey"),
        built_in!("cisa"),
        built_in!("scorecard"),
        built_in!("disclose-io"),
        built_in!("cra"),
    ]
};

/// The policies that are in the binary, as pairs of a name and the text of the file.
pub fn policies() -> &'static [(&'static str, &'static str)] {
    &BUILT_IN
}

/// The policy that the config names, and its hints: one that is built in, or the file at
/// `path`.
pub(super) fn named(name: &str, path: &Path) -> Result<(Policy, Rules), ConfigError> {
    let source = match BUILT_IN.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => Source::new(Path::new(&format!("policy {name}")), (*text).to_owned()),
        None if name.ends_with(".toml") => {
            Source::new(path, files::read(path, files::Guard::Written)?)
        }
        None => {
            let advice = format!(
                "there are: {}; or name a file that ends in .toml",
                BUILT_IN.map(|(name, _)| name).join(", ")
            );
            return Err(Fault::of_file(
                Path::new(&format!("policy {name}")),
                "there is no such policy in gatepost",
                advice,
            )
            .into());
        }
    };
    parse(&source, hints::of_policy)
}

/// A policy by its text, as the store kept it. Its hints are left out: asked are those of
/// now, and a rule that ships no longer makes no old text unreadable.
///
/// # Errors
/// When a newer or older gatepost wrote another form.
pub fn read_policy(text: &str) -> Result<Policy, ConfigError> {
    let source = Source::new(Path::new("the policy in the store"), text.to_owned());
    Ok(parse(&source, |_, _| Some(()))?.0)
}

fn parse<T>(
    source: &Source,
    hints: fn(&mut Check<'_>, &RawPolicy) -> Option<T>,
) -> Result<(Policy, T), ConfigError> {
    let (raw, faults) = reading::read::<RawPolicy>(source);
    let mut check = Check::new(source, faults);
    let read = raw.and_then(|raw| {
        let policy = policy(&mut check, source, &raw);
        let hints = hints(&mut check, &raw);
        policy.zip(hints)
    });
    check.end(read)
}

fn policy(check: &mut Check<'_>, source: &Source, raw: &RawPolicy) -> Option<Policy> {
    let name = check.needed(&check::WHOLE, "name", &raw.name);
    let url = check.needed(&check::WHOLE, "url", &raw.url);
    let version = match &raw.version {
        Some(value) => check.date("version", &value.span(), value.get_ref()),
        None => check.missing(
            &check::WHOLE,
            "`version` is missing: the day of the page's text",
            "",
        ),
    };
    let promises: Vec<_> = raw
        .promise
        .iter()
        .map(|promise_| promise(check, promise_))
        .collect();
    let declared: Vec<_> = raw
        .fact
        .iter()
        .map(|fact| check.needed(&fact.span(), "name", &fact.get_ref().name))
        .collect();
    let policy = Policy {
        name: name?.into_inner(),
        version: version?,
        url: url?.into_inner(),
        promises: promises.into_iter().collect::<Option<_>>()?,
        declared: declared
            .into_iter()
            .map(|name| Some(FactName::new(name?.get_ref())))
            .collect::<Option<_>>()?,
        digest: Sha256::digest(source.text.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        text: source.text.clone(),
    };
    check.faults.extend(
        policy
            .check()
            .into_iter()
            .map(|FormError(what)| of_form(source, &raw.promise, what)),
    );
    Some(policy)
}

/// A fault of the form names its promise: it is shown where that begins.
fn of_form(source: &Source, promises: &[Spanned<RawPromise>], what: String) -> Fault {
    let named = |promise: &&Spanned<RawPromise>| {
        promise
            .get_ref()
            .name
            .as_ref()
            .is_some_and(|name| what.starts_with(&format!("promise {:?}:", name.get_ref())))
    };
    // The last one: of two promises with one name the second is at fault.
    match promises
        .iter()
        .rev()
        .find(named)
        .and_then(|promise| promise.get_ref().name.as_ref())
    {
        Some(name) => source.fault(&name.span(), what, ""),
        None => Fault::of_file(&source.path, what, ""),
    }
}

fn promise(check: &mut Check<'_>, raw: &Spanned<RawPromise>) -> Option<Promise> {
    let (table, raw) = (raw.span(), raw.get_ref());
    let name = check.needed(&table, "name", &raw.name);
    let page = check.needed(&table, "page", &raw.page);
    let from = facts(check, "from", raw.from.as_ref());
    let needs = facts(check, "needs", raw.needs.as_ref());
    let within = form(check, "within", &raw.within, Span::parse);
    let by = form(check, "by", &raw.by, DateKind::parse);
    let class = check.optional("class", &raw.class);
    let remind: Vec<_> = raw
        .remind
        .iter()
        .map(|step| check.parsed("remind", step, |text| Step::parse(text).map_err(|e| e.0)))
        .collect();
    let to = audience(check, raw.to.as_ref());
    let escalate = form(check, "escalate", &raw.escalate, Step::parse);
    Some(Promise {
        name: name?.into_inner(),
        page: page?.into_inner(),
        from: from?,
        needs: needs?,
        within: within?,
        by: by?,
        repeat: raw.repeat,
        ends: raw
            .ends
            .iter()
            .map(|fact| FactName::new(fact.get_ref().trim()))
            .collect(),
        soft: raw.soft,
        others_count: raw.others_count,
        any_hour: raw.any_hour,
        class: class.ok()?.map(Spanned::into_inner),
        except: raw
            .except
            .iter()
            .map(|class| class.get_ref().trim().to_owned())
            .collect(),
        remind: remind.into_iter().collect::<Option<_>>()?,
        to: to?,
        escalate: escalate?,
    })
}

/// One word or name, or a list of them.
fn audience(check: &mut Check<'_>, value: Option<&Spanned<Value>>) -> Option<Vec<Audience>> {
    let Some(value) = value else {
        return Some(Vec::new());
    };
    let one = |value: &Value| value.as_str().map(Audience::parse);
    let read = match value.get_ref() {
        Value::Array(all) => all.iter().map(one).collect(),
        single => one(single).map(|to| vec![to]),
    };
    read.or_else(|| {
        check.fault(
            &value.span(),
            "`to` holds what is nobody",
            "write it like [\"owner\", \"second-line\", \"anna\"]",
        )
    })
}

fn form<T>(
    check: &mut Check<'_>,
    key: &str,
    text: &Text,
    parse: fn(&str) -> Result<T, FormError>,
) -> Option<Option<T>> {
    check.parsed_or(key, text, None, |text| {
        parse(text).map(Some).map_err(|error| error.0)
    })
}

/// A fact, or a list of facts and of lists of which any one will do.
fn facts(check: &mut Check<'_>, key: &str, value: Option<&Spanned<Value>>) -> Option<Vec<OneOf>> {
    let Some(value) = value else {
        return Some(Vec::new());
    };
    let read = match value.get_ref() {
        Value::Array(items) => items.iter().map(one_of).collect(),
        single => one_of(single).map(|fact| vec![fact]),
    };
    read.or_else(|| wrong_facts(check, key, &value.span()))
}

fn wrong_facts<T>(check: &mut Check<'_>, key: &str, at: &Range<usize>) -> Option<T> {
    check.fault(
        at,
        format!("`{key}` holds what is no name of a fact"),
        "write it like [\"evaluated\", [\"dated\", \"date-not-due\"]]",
    )
}

fn one_of(value: &Value) -> Option<OneOf> {
    let name = |value: &Value| value.as_str().map(|text| FactName::new(text.trim()));
    match value.as_array() {
        Some(any) => any.iter().map(name).collect::<Option<_>>().map(OneOf),
        None => name(value).map(|fact| OneOf(vec![fact])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Result<Policy, String> {
        let source = Source::new(Path::new("our.toml"), text.to_owned());
        let read = parse(&source, hints::of_policy).map(|(policy, _)| policy);
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn every_built_in_policy_is_sound_and_bears_its_name() {
        for (name, text) in policies() {
            let (policy, _) = named(name, Path::new("")).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(
                (
                    policy.name.as_str(),
                    policy.text.as_str(),
                    policy.digest.len()
                ),
                (*name, *text, 64)
            );
        }
    }

    #[test]
    fn neon_promises_what_its_page_says() {
        let (neon, _) = named("neon", Path::new("")).unwrap();
        let names: Vec<&str> = neon
            .promises
            .iter()
            .map(|promise| promise.name.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "respond", "inform", "resolve", "reply", "credit", "publish", "embargo"
            ]
        );
        let respond = &neon.promises[0];
        let any = |facts: &[&str]| OneOf(facts.iter().map(|fact| FactName::new(fact)).collect());
        assert_eq!(
            respond.needs,
            [any(&["evaluated"]), any(&["dated", "date-not-due"])]
        );
        assert_eq!(
            (respond.from.as_slice(), respond.within),
            (&[any(&["received"])][..], Some(Span::BusinessDays(3)))
        );
        assert_eq!(
            (neon.promises[2].by, neon.promises[3].soft),
            (Some(DateKind::Expected), true)
        );
    }

    #[test]
    fn what_is_wrong_with_a_policy_is_told_with_its_line() {
        let neon = policies()[0].1;
        for (from, to, wanted) in [
            (
                "\"3 business days\"",
                "\"3 working days\"",
                "our.toml:LINE: `within` cannot be read",
            ),
            ("within = \"3", "withn = \"3", "did you mean `within`?"),
            ("\"at once\"", "\"soon\"", "`remind` cannot be read"),
            ("\"expected\"", "\"whenever\"", "`by` cannot be read"),
            (
                "[\"evaluated\",",
                "[5,",
                "`needs` holds what is no name of a fact",
            ),
            (
                "\"received\"",
                "\"recieved\"",
                "promise \"respond\": there is no fact \"recieved\"",
            ),
            (
                "\"inform\"",
                "\"respond\"",
                "our.toml:LINE: promise \"respond\": another promise has this name already",
            ),
            (
                "\"2024-12-04\"",
                "\"December\"",
                "`version` holds what is no day",
            ),
            ("version = \"2024-12-04\"", "", "`version` is missing"),
        ] {
            let line = 1 + neon.lines().position(|line| line.contains(from)).unwrap();
            let wanted = &wanted.replace("LINE", &line.to_string());
            let error = parse_text(&neon.replacen(from, to, 1)).expect_err(to);
            assert!(error.contains(wanted), "{error}\nlacks\n{wanted}");
        }
    }

    #[test]
    fn facts_of_its_own_and_plain_lists_are_read() {
        let policy = parse_text(
            "name = \"cra\"\nversion = 2026-09-11\nurl = \"https://example.org\"\n[[fact]]\nname = \"early-warning\"\n\
             [[promise]]\nname = \"warn\"\npage = \"p\"\nfrom = \"exploited\"\nneeds = \"early-warning\"\nwithin = \"24 hours\"\n\
             any_hour = true\n",
        )
        .unwrap();
        assert_eq!(policy.declared, [FactName::new("early-warning")]);
        let warn = &policy.promises[0];
        assert_eq!((warn.within, warn.any_hour), (Some(Span::Hours(24)), true));
    }

    #[test]
    fn a_class_a_promise_without_a_time_and_who_hears_are_read() {
        let policy = parse_text(
            "name = \"ours\"\nversion = 2026-09-11\nurl = \"https://example.org\"\n\
             [[promise]]\nname = \"help\"\npage = \"p\"\nclass = \"attack\"\nfrom = \"received\"\nneeds = \"answered\"\nwithin = \"2 hours\"\n\
             any_hour = true\nto = [\"team\", \"anna\"]\nescalate = \"30 minutes before\"\n\
             [[promise]]\nname = \"soon\"\npage = \"p\"\nfrom = \"received\"\nneeds = \"evaluated\"\nto = \"owner\"\n\
             remind = [\"5 business days after\", \"daily after\"]\n",
        )
        .unwrap();
        let [help, soon] = policy.promises.as_slice() else {
            panic!("two promises");
        };
        assert_eq!(help.class.as_deref(), Some("attack"));
        assert_eq!(help.to, [Audience::Team, Audience::Person("anna".into())]);
        assert_eq!(help.escalate, Some(Step::Before(Span::Minutes(30))));
        assert!(soon.is_timeless() && soon.to == [Audience::Owner]);
        let steps = [Step::After(Span::BusinessDays(5)), Step::DailyAfter];
        assert_eq!(soon.remind, steps);
    }
}
