//! The sections `[[mailbox]]`, `[smtp]` and `[acknowledge]`: what comes in and what goes out.

use super::check::{self, Check};
use super::raw::{Number, RawAcknowledge, RawMailbox, RawSmtp, Text};
use super::{
    AckMode, Acknowledge, EnvelopeSender, MailboxConfig, SecretFile, Server, Smtp, files, values,
    watched,
};
use crate::triage::Sent;
use jiff::SignedDuration;
use std::ops::Range;
use std::path::PathBuf;
use toml::Spanned;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn mailboxes(
    check: &mut Check<'_>,
    raw: &[Spanned<RawMailbox>],
) -> Option<Vec<MailboxConfig>> {
    if raw.is_empty() {
        return check.missing(
            &check::WHOLE,
            "no mailbox is watched",
            "add a table [[mailbox]]",
        );
    }
    check.unique("name", raw.iter().map(|one| &one.get_ref().name));
    watched::each_once(check, raw);
    let all: Vec<Option<MailboxConfig>> = raw.iter().map(|one| mailbox(check, one)).collect();
    all.into_iter().collect()
}

fn mailbox(check: &mut Check<'_>, raw: &Spanned<RawMailbox>) -> Option<MailboxConfig> {
    let (table, raw) = (raw.span(), raw.get_ref());
    let name = check
        .needed(&table, "name", &raw.name)
        .and_then(|name| check.parsed("name", &name, values::name));
    let address = check
        .needed(&table, "address", &raw.address)
        .and_then(|text| check.parsed("address", &text, values::address));
    let written = ServerText {
        host: &raw.host,
        port: &raw.port,
        user: &raw.user,
        password_file: &raw.password_file,
        roots: &raw.roots,
    };
    let server = server(
        check,
        &table,
        &written,
        993,
        address.as_ref().map(ToString::to_string),
    );
    let folders = folders(check, raw);
    let (minute, five_seconds) = (SignedDuration::from_mins(1), SignedDuration::from_secs(5));
    let poll = check.parsed_or(
        "poll",
        &raw.poll,
        minute,
        values::time_span(five_seconds..=HOUR),
    );
    let size_limit = check.parsed_or("size_limit", &raw.size_limit, 50 << 20, values::size);
    let class = watched::class(check, &raw.class);
    let aliases = watched::aliases(check, &raw.aliases);
    Some(MailboxConfig {
        name: name?,
        address: address?,
        server: server?,
        folders: folders?,
        poll: poll?,
        size_limit: size_limit?,
        class: class?,
        aliases: aliases?,
    })
}

fn folders(check: &mut Check<'_>, raw: &RawMailbox) -> Option<Vec<String>> {
    let Some(raw) = &raw.folders else {
        return Some(vec!["INBOX".to_owned()]);
    };
    if raw.get_ref().is_empty() {
        return check.missing(
            &raw.span(),
            "`folders` is empty: nothing would be watched",
            "leave the line out to watch INBOX",
        );
    }
    let mut folders: Vec<String> = Vec::new();
    for folder in raw.get_ref() {
        let name = check.plain("folders", folder)?.into_inner();
        if folders.contains(&name) {
            return check.fault(
                &folder.span(),
                format!("the folder {name:?} stands here twice"),
                "",
            );
        }
        folders.push(name);
    }
    Some(folders)
}

pub(super) fn smtp(
    check: &mut Check<'_>,
    raw: Option<&Spanned<RawSmtp>>,
    first_mailbox: Option<String>,
) -> Option<Smtp> {
    let Some(raw) = raw else {
        return check.missing(
            &check::WHOLE,
            "the table [smtp] is missing",
            "gatepost needs a server that sends its letters",
        );
    };
    let (table, raw) = (raw.span(), raw.get_ref());
    let written = ServerText {
        host: &raw.host,
        port: &raw.port,
        user: &raw.user,
        password_file: &raw.password_file,
        roots: &raw.roots,
    };
    let server = server(check, &table, &written, 465, first_mailbox);
    let minute = SignedDuration::from_mins(1);
    let grace = check.parsed_or(
        "grace",
        &raw.grace,
        minute,
        values::time_span(SignedDuration::ZERO..=HOUR),
    );
    let senders = [
        ("mailbox", EnvelopeSender::Mailbox),
        ("null", EnvelopeSender::Null),
    ];
    let envelope_sender = check.word(
        "envelope_sender",
        &raw.envelope_sender,
        &senders,
        EnvelopeSender::Mailbox,
    );
    Some(Smtp {
        server: server?,
        grace: grace?,
        envelope_sender: envelope_sender?,
    })
}

/// The keys that both kinds of server have.
struct ServerText<'r> {
    host: &'r Text,
    port: &'r Number,
    user: &'r Text,
    password_file: &'r Text,
    roots: &'r Text,
}

/// `user` is who logs in where none is written; without one the fault is told elsewhere.
fn server(
    check: &mut Check<'_>,
    table: &Range<usize>,
    raw: &ServerText<'_>,
    port: u16,
    user: Option<String>,
) -> Option<Server> {
    let host = check
        .needed(table, "host", raw.host)
        .and_then(|text| check.parsed("host", &text, values::host));
    let in_clear = raw
        .port
        .as_ref()
        .filter(|port| [25, 110, 143, 587].contains(port.get_ref()));
    let port = match in_clear {
        Some(written) => check.fault(
            &written.span(),
            "a connection to this port begins in clear",
            format!("gatepost speaks TLS from the first byte: use {port}"),
        ),
        None => check.number("port", raw.port, 1..=65_535, port),
    };
    let user = match check.optional("user", raw.user).ok()? {
        Some(text) => Some(text.into_inner()),
        None => user,
    };
    let password = check
        .needed(table, "password_file", raw.password_file)
        .map(|text| SecretFile::new(check.path(text.get_ref())));
    let roots = check
        .optional("roots", raw.roots)
        .ok()
        .and_then(|text| roots(check, text));
    Some(Server {
        host: host?,
        port: port?,
        user: user?,
        password: password?,
        roots: roots?,
    })
}

/// `None` when at fault.
fn roots(check: &mut Check<'_>, text: Option<Spanned<String>>) -> Option<Option<PathBuf>> {
    let Some(text) = text else { return Some(None) };
    let path = check.path(text.get_ref());
    check.of_file(files::check_file(&path))?;
    Some(Some(path))
}

pub(super) fn acknowledge(
    check: &mut Check<'_>,
    raw: Option<&Spanned<RawAcknowledge>>,
) -> Option<Acknowledge> {
    let nothing = RawAcknowledge::default();
    let raw = raw.map_or(&nothing, Spanned::get_ref);
    let modes = [("not-fail", AckMode::NotFail), ("off", AckMode::Off)];
    let mode = check.word("mode", &raw.mode, &modes, AckMode::NotFail);
    let year = SignedDuration::from_hours(366 * 24);
    let three_days = SignedDuration::from_hours(72);
    let stale_after = check.parsed_or(
        "stale_after",
        &raw.stale_after,
        three_days,
        values::time_span(HOUR..=year),
    );
    let to_address = check.number("per_address", &raw.per_address, 1..=1000, 4);
    let to_domain = check.number("per_domain", &raw.per_domain, 1..=100_000, 20);
    let in_all = check.number("per_hour", &raw.per_hour, 1..=100_000, 60);
    let caps = Sent {
        to_address: to_address?,
        to_domain: to_domain?,
        in_all: in_all?,
    };
    Some(Acknowledge {
        mode: mode?,
        stale_after: stale_after?,
        caps,
    })
}
