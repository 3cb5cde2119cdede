//! The sections `[credits]` and `[security_txt]`: where names may be given out, and what
//! security.txt says of us.

use super::check::Check;
use super::raw::{Raw, RawCredits, RawSecurityTxt};
use super::{MailboxConfig, Organisation};
use crate::export::security_txt::{self, Fields};
use std::path::PathBuf;
use toml::Spanned;

/// The list of thanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credits {
    /// The page that it is a part of.
    pub file: PathBuf,
}

/// security.txt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityTxt {
    /// Where it lies.
    pub file: PathBuf,
    /// What it says.
    pub fields: Fields,
    /// How long it lasts, in days: 31 to 365.
    pub days: u16,
    /// Whether it thanks people by name.
    pub credits: bool,
}

/// Both.
pub(super) fn published(
    check: &mut Check<'_>,
    raw: &Raw,
    organisation: Option<&Organisation>,
    mailboxes: Option<&[MailboxConfig]>,
) -> Option<(Option<Credits>, Option<SecurityTxt>)> {
    let credits = credits(check, raw.credits.as_ref());
    let text = security_txt(check, raw.security_txt.as_ref(), organisation, mailboxes);
    Some((credits?, text?))
}

fn credits(check: &mut Check<'_>, raw: Option<&Spanned<RawCredits>>) -> Option<Option<Credits>> {
    let Some(raw) = raw else {
        return Some(None);
    };
    let file = check.needed(&raw.span(), "file", &raw.get_ref().file)?;
    let file = check.path(file.get_ref());
    Some(Some(Credits { file }))
}

fn security_txt(
    check: &mut Check<'_>,
    raw: Option<&Spanned<RawSecurityTxt>>,
    organisation: Option<&Organisation>,
    mailboxes: Option<&[MailboxConfig]>,
) -> Option<Option<SecurityTxt>> {
    let Some(raw) = raw else {
        return Some(None);
    };
    let (table, raw) = (raw.span(), raw.get_ref());
    let file = check.needed(&table, "file", &raw.file);
    let days = check.number("days", &raw.days, 31..=365, 180);
    if raw.contact.as_ref().is_some_and(Vec::is_empty) {
        let advice =
            "name at least one, or leave the line out: then it is the address of the first mailbox";
        return check.fault(&table, "`contact` is empty", advice);
    }
    let contact = values(check, "contact", &raw.contact, "Contact");
    let canonical = values(check, "canonical", &raw.canonical, "Canonical");
    let encryption = values(check, "encryption", &raw.encryption, "Encryption");
    let acknowledgments = values(
        check,
        "acknowledgments",
        &raw.acknowledgments,
        "Acknowledgments",
    );
    let policy = values(check, "policy", &raw.policy, "Policy");
    let hiring = values(check, "hiring", &raw.hiring, "Hiring");
    let languages = values(check, "languages", &raw.languages, "Preferred-Languages");
    let (organisation, mailboxes) = (organisation?, mailboxes?);
    let key = organisation.key.as_ref().map(|key| key.url.clone());
    let first = mailboxes.first()?;
    Some(Some(SecurityTxt {
        file: check.path(file?.get_ref()),
        days: days?,
        credits: raw.credits.unwrap_or(false),
        fields: Fields {
            contact: contact?.unwrap_or_else(|| vec![format!("mailto:{}", first.address)]),
            encryption: encryption?.unwrap_or_else(|| Vec::from_iter(key)),
            acknowledgments: acknowledgments?.unwrap_or_default(),
            languages: languages?.unwrap_or_default(),
            canonical: canonical?.unwrap_or_default(),
            policy: policy?.unwrap_or_else(|| vec![organisation.page.clone()]),
            hiring: hiring?.unwrap_or_default(),
        },
    }))
}

/// A list of values that this field of RFC 9116 may have; `None` inside when it is left
/// out.
fn values(
    check: &mut Check<'_>,
    key: &str,
    raw: &Option<Vec<Spanned<String>>>,
    field: &str,
) -> Option<Option<Vec<String>>> {
    let Some(raw) = raw else {
        return Some(None);
    };
    let mut all = Vec::new();
    for text in raw {
        let text = check.plain(key, text);
        all.push(text.and_then(|text| {
            check.parsed(key, &text, |value| {
                security_txt::value(field, value).map_or(Ok(value.to_owned()), Err)
            })
        }));
    }
    all.into_iter().collect::<Option<Vec<String>>>().map(Some)
}
