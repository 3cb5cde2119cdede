//! The sections `[[list]]` and `[[platform]]`: whose mail is not what its header says.

use super::check::Check;
use super::raw::{RawList, RawPlatform};
use super::values;
use super::watched;
use crate::mail::{Address, OurList};
use crate::triage::{Around, Platform, Sender};
use toml::Spanned;

pub(super) fn lists(check: &mut Check<'_>, raw: &[Spanned<RawList>]) -> Option<Vec<OurList>> {
    check.unique("id", raw.iter().map(|one| &one.get_ref().id));
    let all: Vec<Option<OurList>> = raw.iter().map(|one| list(check, one)).collect();
    all.into_iter().collect()
}

fn list(check: &mut Check<'_>, raw: &Spanned<RawList>) -> Option<OurList> {
    let (table, raw) = (raw.span(), raw.get_ref());
    let id = check
        .needed(&table, "id", &raw.id)
        .and_then(|text| check.parsed("id", &text, list_id));
    let address = check
        .needed(&table, "address", &raw.address)
        .and_then(|text| check.parsed("address", &text, values::address));
    Some(OurList {
        id: id?,
        address: address?,
    })
}

fn list_id(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_graphic() && !"<>()\"@".contains(c);
    if text.len() <= 255 && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(
            "write what stands between < and > in its List-Id, like \"security.example.org\""
                .to_owned(),
        )
    }
}

pub(super) fn platforms(
    check: &mut Check<'_>,
    raw: &[Spanned<RawPlatform>],
) -> Option<Vec<Platform>> {
    check.unique("name", raw.iter().map(|one| &one.get_ref().name));
    let all: Vec<Option<Platform>> = raw.iter().map(|one| platform(check, one)).collect();
    all.into_iter().collect()
}

fn platform(check: &mut Check<'_>, raw: &Spanned<RawPlatform>) -> Option<Platform> {
    let (table, raw) = (raw.span(), raw.get_ref());
    let name = check
        .needed(&table, "name", &raw.name)
        .and_then(|name| check.parsed("name", &name, values::name));
    let from = check
        .needed(&table, "from", &raw.from)
        .and_then(|text| check.parsed("from", &text, sender));
    let header = check.parsed_or("header", &raw.header, "subject".to_owned(), header);
    let id = check
        .needed(&table, "id", &raw.id)
        .and_then(|text| check.parsed("id", &text, |text| pattern(text, header.as_deref())));
    let class = watched::class(check, &raw.class);
    Some(Platform {
        class: class?,
        name: name?,
        from: from?,
        field: header?,
        id: id?,
    })
}

fn sender(text: &str) -> Result<Sender, String> {
    let at = |text: &str| Address::parse(text);
    let read = if text.contains('@') {
        at(text).map(Sender::Address)
    } else {
        at(&format!("x@{text}")).map(|address| Sender::Domain(address.domain().to_owned()))
    };
    read.ok_or_else(|| {
        "write its address, like \"reports@example.com\", or its domain alone".to_owned()
    })
}

fn header(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_graphic() && c != ':';
    if text.chars().all(plain) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("write the name of the field alone, like \"X-Report-Id\"".to_owned())
    }
}

/// A subject is prose: a `*` alone would take its first word for an id.
fn pattern(text: &str, header: Option<&str>) -> Result<Around, String> {
    let alone = text == "*" && header == Some("subject");
    Around::parse(text).filter(|_| !alone).ok_or_else(|| {
        "write the text around the id with one * in its place, like \"Report #*:\"".to_owned()
    })
}
