//! The sections `[organisation]` and `[[team]]`: who we are.

use super::check::{self, Check};
use super::raw::{RawKey, RawLabels, RawMailbox, RawMember, RawOrganisation};
use super::watched::addresses;
use super::{Member, SecretFile, values};
use crate::letters::{Key, Organisation};
use crate::mail::Address;
use crate::triage::Labels;
use toml::Spanned;

pub(super) fn organisation(
    check: &mut Check<'_>,
    raw: Option<&Spanned<RawOrganisation>>,
    raw_labels: Option<&Spanned<RawLabels>>,
) -> Option<Organisation> {
    let labels = labels(check, raw_labels);
    let Some(raw) = raw else {
        return check.missing(
            &check::WHOLE,
            "the table [organisation] is missing",
            "letters say who writes them",
        );
    };
    let (table, raw) = (raw.span(), raw.get_ref());
    let name = check
        .needed(&table, "name", &raw.name)
        .map(Spanned::into_inner);
    let page = check
        .needed(&table, "page", &raw.page)
        .and_then(|text| check.parsed("page", &text, values::https));
    let team_name = check.optional("team_name", &raw.team_name);
    let key = raw.key.as_ref().map(|raw| key(check, raw));
    let bounty = check.parsed_or("bounty", &raw.bounty, None, |text| {
        values::https(text).map(Some)
    });
    let support = check.parsed_or("support", &raw.support, None, |text| {
        support(text).map(Some)
    });
    let name = name?;
    Some(Organisation {
        page: page?,
        team_name: team_name.ok()?.map_or_else(
            || format!("The security team of {name}"),
            Spanned::into_inner,
        ),
        key: match key {
            None => None,
            Some(key) => Some(key?),
        },
        signal: raw.signal,
        safe_harbour: raw.safe_harbour,
        bounty: bounty?,
        support: support?,
        labels: labels?,
        name,
    })
}

/// Where somebody is helped: a mail address, or a page.
fn support(text: &str) -> Result<String, String> {
    if text.contains('@') && !text.contains('/') {
        values::address(text).map(|address| address.to_string())
    } else {
        values::https(text)
    }
}

/// What labelled lines begin with: words, without the colon that ends them.
fn labels(check: &mut Check<'_>, raw: Option<&Spanned<RawLabels>>) -> Option<Labels> {
    let default = Labels::default();
    let Some(raw) = raw else {
        return Some(default);
    };
    let (table, raw) = (raw.span(), raw.get_ref());
    let assessment = check.parsed_or("assessment", &raw.assessment, default.assessment, label);
    let expected = check.parsed_or("expected", &raw.expected, default.expected, label);
    let labels = Labels {
        assessment: assessment?,
        expected: expected?,
    };
    if labels.assessment.to_lowercase() == labels.expected.to_lowercase() {
        let what = "the labels of the outcome and of the date are the same";
        return check.fault(&table, what, "a line must say which of the two it holds");
    }
    Some(labels)
}

fn label(text: &str) -> Result<String, String> {
    let words = |c: char| c.is_alphanumeric() || c == ' ' || c == '-';
    let fits = (1..=40).contains(&text.chars().count()) && text.chars().all(words);
    match fits && text.starts_with(char::is_alphabetic) {
        true => Ok(text.to_owned()),
        false => Err("write 1 to 40 letters, digits, spaces and hyphens, a letter first".into()),
    }
}

/// The file with the Signal number: read only when a person sends it.
pub(super) fn signal_number(
    check: &mut Check<'_>,
    raw: Option<&Spanned<RawOrganisation>>,
) -> Option<Option<SecretFile>> {
    let Some(raw) = raw else {
        return Some(None);
    };
    let path = check.optional("signal_number_file", &raw.get_ref().signal_number_file);
    let path = path.ok()?;
    Some(path.map(|path| SecretFile::new(check.path(path.get_ref()))))
}

fn key(check: &mut Check<'_>, raw: &Spanned<RawKey>) -> Option<Key> {
    let (table, raw) = (raw.span(), raw.get_ref());
    let url = check
        .needed(&table, "url", &raw.url)
        .and_then(|text| check.parsed("url", &text, values::https));
    let fingerprint = check
        .needed(&table, "fingerprint", &raw.fingerprint)
        .and_then(|text| check.parsed("fingerprint", &text, fingerprint));
    Some(Key {
        url: url?,
        fingerprint: fingerprint?,
    })
}

/// 40 or 64 hexadecimal digits (OpenPGP versions 4 and 6), written in groups of four.
fn fingerprint(text: &str) -> Result<String, String> {
    let digits: Vec<char> = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ':')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if ![40, 64].contains(&digits.len()) || !digits.iter().all(char::is_ascii_hexdigit) {
        return Err(
            "write the whole fingerprint of the OpenPGP key: 40 or 64 hexadecimal digits"
                .to_owned(),
        );
    }
    let groups: Vec<String> = digits
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    Ok(groups.join(" "))
}

pub(super) fn team(
    check: &mut Check<'_>,
    raw: &[Spanned<RawMember>],
    mailboxes: &[Spanned<RawMailbox>],
) -> Option<Vec<Member>> {
    if raw.is_empty() {
        return check.missing(
            &check::WHOLE,
            "the team is empty: nobody would be reminded",
            "add a table [[team]] for each person",
        );
    }
    if raw.iter().all(|one| one.get_ref().second_line) {
        let place = raw.first().map_or(check::WHOLE, Spanned::span);
        return check.fault(
            &place,
            "everybody is in the second line: nobody would be told of a new report",
            "leave `second_line` out for those who answer reports",
        );
    }
    check.unique("name", raw.iter().map(|one| &one.get_ref().name));
    check.unique("address", raw.iter().map(|one| &one.get_ref().address));
    let watched = mailboxes.iter().flat_map(|one| addresses(one.get_ref()));
    let watched: Vec<Address> = watched.map(|(_, address)| address).collect();
    let all: Vec<Option<Member>> = raw.iter().map(|one| member(check, one, &watched)).collect();
    all.into_iter().collect()
}

fn member(check: &mut Check<'_>, raw: &Spanned<RawMember>, watched: &[Address]) -> Option<Member> {
    let (table, raw) = (raw.span(), raw.get_ref());
    let name = check
        .needed(&table, "name", &raw.name)
        .and_then(|name| check.parsed("name", &name, member_name));
    let text = check.needed(&table, "address", &raw.address);
    let address = text
        .as_ref()
        .and_then(|text| check.parsed("address", text, values::address));
    if let (Some(text), Some(address)) = (text, &address)
        && watched.iter().any(|watched| reaches(address, watched))
    {
        let what = format!(
            "{address} reaches a mailbox that is watched: each reminder would come in as a report"
        );
        return check.fault(&text.span(), what, "give this person's own address");
    }
    Some(Member {
        name: name?,
        address: address?,
        second_line: raw.second_line,
    })
}

/// Whether mail to `address` comes into the mailbox of `watched`, sub-addresses included
/// (RFC 5233: `security+anna@` is `security@`).
fn reaches(address: &Address, watched: &Address) -> bool {
    let base = |address: &Address| {
        address
            .local()
            .split('+')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    address.domain() == watched.domain() && base(address) == base(watched)
}

fn member_name(text: &str) -> Result<String, String> {
    match values::name(text)?.as_str() {
        "gatepost" | "nobody" | "owner" | "team" | "second-line" => Err(
            "this name stands for the program, for nobody, or for a part of the team: take the person's own".to_owned(),
        ),
        name => Ok(name.to_owned()),
    }
}
