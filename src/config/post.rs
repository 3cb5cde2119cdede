//! The sections `[[mailbox]]`, `[smtp]` and `[acknowledge]`: what comes in and what goes out.

use super::check::{self, Check};
use super::raw::{RawAcknowledge, RawMailbox, RawSmtp};
use super::server::{self, ServerText};
use super::{AckMode, Acknowledge, EnvelopeSender, MailboxConfig, Smtp, letters, values, watched};
use crate::triage::Sent;
use jiff::SignedDuration;
use toml::Spanned;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The keys that both tables have for their server.
macro_rules! server_text {
    ($raw:ident, $kind:expr) => {
        ServerText {
            kind: $kind,
            host: &$raw.host,
            port: &$raw.port,
            tls: &$raw.tls,
            user: &$raw.user,
            auth: &$raw.auth,
            password_file: &$raw.password_file,
            password_command: &$raw.password_command,
            password_env: &$raw.password_env,
            password_credential: &$raw.password_credential,
            roots: &$raw.roots,
        }
    };
}

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
    let written = server_text!(raw, &server::IMAP);
    let user = address.as_ref().map(ToString::to_string);
    let server = server::server(check, &table, &written, user);
    let folders = folders(check, raw);
    let (minute, five_seconds) = (SignedDuration::from_mins(1), SignedDuration::from_secs(5));
    let poll = check.parsed_or(
        "poll",
        &raw.poll,
        minute,
        values::time_span(five_seconds..=HOUR),
    );
    let size_limit = check.parsed_or("size_limit", &raw.size_limit, 50 << 20, values::size);
    let sent_folder = check.optional("sent_folder", &raw.sent_folder).ok()?;
    let junk_folder = check.optional("junk_folder", &raw.junk_folder).ok()?;
    let language = letters::language(check, &raw.language);
    let class = watched::class(check, &raw.class);
    let aliases = watched::aliases(check, &raw.aliases);
    let authserv_ids = watched::authserv_ids(check, raw.authserv_id.as_ref());
    let (server, account) = server?;
    Some(MailboxConfig {
        name: name?,
        address: address?,
        server,
        account: account?,
        folders: folders?,
        poll: poll?,
        size_limit: size_limit?,
        copy_to_sent: raw.copy_to_sent,
        sent_folder: sent_folder.map(Spanned::into_inner),
        watch_sent: raw.watch_sent.unwrap_or(true),
        junk_folder: junk_folder.map(Spanned::into_inner),
        watch_junk: raw.watch_junk.unwrap_or(true),
        language: language?,
        class: class?,
        aliases: aliases?,
        authserv_ids: authserv_ids?,
    })
}

/// Submission servers that put what they send into the sender's folder for sent mail.
const FILING_HOSTS: [&str; 5] = [
    "smtp.gmail.com",
    "smtp.googlemail.com",
    "smtp.office365.com",
    "smtp-legacy.office365.com",
    "smtp-mail.outlook.com",
];

/// Whether this submission server is known to file what it sends. SMTP itself cannot say.
pub(super) fn files_by_itself(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    FILING_HOSTS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(host))
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
    let written = server_text!(raw, &server::SMTP);
    let server = server::server(check, &table, &written, first_mailbox);
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
    let (server, account) = server?;
    Some(Smtp {
        server,
        account,
        grace: grace?,
        envelope_sender: envelope_sender?,
    })
}

pub(super) fn acknowledge(
    check: &mut Check<'_>,
    raw: Option<&Spanned<RawAcknowledge>>,
) -> Option<Acknowledge> {
    let nothing = RawAcknowledge::default();
    let raw = raw.map_or(&nothing, Spanned::get_ref);
    let modes = [
        ("pass", AckMode::Pass),
        ("not-fail", AckMode::NotFail),
        ("off", AckMode::Off),
    ];
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
    let proven_in_all = check.number("per_hour_proven", &raw.per_hour_proven, 1..=100_000, 60);
    let caps = Sent {
        to_address: to_address?,
        to_domain: to_domain?,
        in_all: in_all?,
    };
    let caps_proven = Sent {
        to_address: to_address?,
        to_domain: u32::MAX,
        in_all: proven_in_all?,
    };
    Some(Acknowledge {
        mode: mode?,
        stale_after: stale_after?,
        caps,
        caps_proven,
    })
}
