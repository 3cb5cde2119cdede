//! Which folders are watched, and what each is for.
//!
//! A folder has a role because the config says so, because the server marks it (RFC 6154),
//! or, where it marks none, because it is named so, at the top or right below INBOX, under
//! whatever separator the server has. Several may have one role: all of them are watched,
//! for a filter may use any.
//!
//! A folder that the config lists among those where mail arrives, and that is for junk or
//! for sent mail, is watched as that: what lies there is not answered as other mail is.

use crate::config::MailboxConfig;
use crate::triage::Role;
use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// A folder that can be opened, as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// Its name, as the server writes it.
    pub name: String,
    /// What parts the names of folders; none where there are no folders below others.
    pub separator: Option<String>,
    /// What the server marks it as.
    pub marked: Option<Role>,
}

/// A folder that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Its name, as the server writes it.
    pub name: String,
    /// What it is for.
    pub role: Role,
}

/// Names of folders for junk, in small letters: what mail programs and providers call them.
const JUNK: [&str; 30] = [
    "junk",
    "spam",
    "junk e-mail",
    "junk email",
    "junk mail",
    "junk-e-mail",
    "junkmail",
    "bulk",
    "bulk mail",
    "spambox",
    "probably spam",
    "spamverdacht",
    "spam-verdacht",
    "unerw\u{fc}nscht",
    "werbung",
    "pourriel",
    "pourriels",
    "ind\u{e9}sirables",
    "courrier ind\u{e9}sirable",
    "correo no deseado",
    "correo basura",
    "posta indesiderata",
    "lixo eletr\u{f4}nico",
    "ongewenste e-mail",
    "skr\u{e4}ppost",
    "s\u{f8}ppelpost",
    "uonsket e-mail",
    "\u{441}\u{43f}\u{430}\u{43c}",
    "\u{43d}\u{435}\u{436}\u{435}\u{43b}\u{430}\u{442}\u{435}\u{43b}\u{44c}\u{43d}\u{430}\u{44f} \u{43f}\u{43e}\u{447}\u{442}\u{430}",
    "\u{5783}\u{573e}\u{90ae}\u{4ef6}",
];

/// Names of folders for sent mail, in small letters.
const SENT: [&str; 27] = [
    "sent",
    "sent items",
    "sent mail",
    "sent messages",
    "sent-mail",
    "sent-items",
    "sentmail",
    "gesendet",
    "gesendete objekte",
    "gesendete elemente",
    "gesendete nachrichten",
    "envoy\u{e9}s",
    "messages envoy\u{e9}s",
    "\u{e9}l\u{e9}ments envoy\u{e9}s",
    "enviados",
    "elementos enviados",
    "mensajes enviados",
    "itens enviados",
    "inviata",
    "posta inviata",
    "verzonden",
    "verzonden items",
    "skickat",
    "sendt",
    "wys\u{142}ane",
    "\u{43e}\u{442}\u{43f}\u{440}\u{430}\u{432}\u{43b}\u{435}\u{43d}\u{43d}\u{44b}\u{435}",
    "\u{5df2}\u{53d1}\u{9001}",
];

/// The folders of a mailbox to watch, those where mail arrives first. `there` is what the
/// server lists.
pub fn watched(mailbox: &MailboxConfig, there: &[There]) -> Vec<Watched> {
    let mut special = Vec::new();
    if mailbox.watch_junk {
        special.extend(of(Role::Junk, mailbox.junk_folder.as_deref(), there));
    }
    if mailbox.watch_sent {
        special.extend(of(Role::Sent, mailbox.sent_folder.as_deref(), there));
    }
    let role_of = |name: &str| {
        let known = special.iter().find(|w| is_same(&w.name, name));
        known.map_or(Role::Inbox, |w| w.role)
    };
    let mut all: Vec<Watched> = mailbox
        .folders
        .iter()
        .map(|name| Watched {
            name: name.clone(),
            role: role_of(name),
        })
        .collect();
    for one in special {
        if !all.iter().any(|w| is_same(&w.name, &one.name)) {
            all.push(one);
        }
    }
    all.sort_by_key(|w| w.role != Role::Inbox);
    all
}

/// The folders for this role: the one that the config names, else all that the server
/// marks, else all that are named so.
fn of(role: Role, named: Option<&str>, there: &[There]) -> Vec<Watched> {
    let names = match named {
        Some(name) => vec![name.to_owned()],
        None => of_role(role, there),
    };
    let watched = |name| Watched { name, role };
    names.into_iter().map(watched).collect()
}

/// The folders for this role: all that the server marks, else all that are named so, the
/// most usual name first.
pub fn of_role(role: Role, there: &[There]) -> Vec<String> {
    let marked = there.iter().filter(|t| t.marked == Some(role));
    let marked: Vec<String> = marked.map(|t| t.name.clone()).collect();
    if !marked.is_empty() {
        return marked;
    }
    let names: &[&str] = match role {
        Role::Inbox => &[],
        Role::Junk => &JUNK,
        Role::Sent => &SENT,
    };
    let is = |t: &There, name: &str| t.marked.is_none() && own_name(t).as_deref() == Some(name);
    names
        .iter()
        .flat_map(|name| there.iter().filter(move |t| is(t, name)))
        .map(|t| t.name.clone())
        .collect()
}

/// What a folder at the top, or right below INBOX, is called, in small letters.
fn own_name(there: &There) -> Option<String> {
    let name = readable(&there.name);
    let Some(separator) = there.separator.as_deref().filter(|s| !s.is_empty()) else {
        return Some(name.to_lowercase());
    };
    let below = match name.split_once(separator) {
        Some((head, rest)) if head.eq_ignore_ascii_case("INBOX") => rest,
        Some(_) | None => &name,
    };
    (!below.contains(separator)).then(|| below.to_lowercase())
}

/// INBOX has no case (RFC 9051 section 5.1); other names do.
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || (one.eq_ignore_ascii_case("INBOX") && other.eq_ignore_ascii_case("INBOX"))
}

/// A name in modified UTF-7 (RFC 3501 section 5.1.3) as people read it. What is none stays
/// as it is, so that a server that sends UTF-8 is understood too.
pub fn readable(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('&') {
        let Some((shifted, left)) = after.split_once('-') else {
            return name.to_owned();
        };
        plain.push_str(before);
        match shifted {
            "" => plain.push('&'),
            _ => match unshifted(shifted) {
                Some(text) => plain.push_str(&text),
                None => return name.to_owned(),
            },
        }
        rest = left;
    }
    plain + rest
}

/// The text in base64 of UTF-16.
fn unshifted(base64: &str) -> Option<String> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true);
    let bytes = GeneralPurpose::new(&IMAP_MUTF7, CONFIG)
        .decode(base64)
        .ok()?;
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let units: Vec<u16> = pairs
        .filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)))
        .collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests;
