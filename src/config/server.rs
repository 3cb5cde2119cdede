//! The keys that `[[mailbox]]` and `[smtp]` share: which server, how it is spoken to, and
//! who logs in with what. Only to a relay nobody may log in: a mailbox is never open.

use super::check::Check;
use super::raw::{Number, Text};
use super::secret::{Secret, SecretFile};
use super::{files, values};
use std::ops::Range;
use std::path::PathBuf;
use toml::{Spanned, Value};

/// A server that we speak to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Host name or IP address. This machine by name or address with [`Tls::PlainToLoopback`].
    pub host: String,
    /// The port; fits `tls` as far as its number is well known.
    pub port: u16,
    /// How the connection is kept from others.
    pub tls: Tls,
    /// A PEM file: when it is given, only these root certificates are trusted. Never with
    /// [`Tls::PlainToLoopback`].
    pub roots: Option<PathBuf>,
}

/// Who logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The login name.
    pub user: String,
    /// What the login is done with.
    pub auth: Auth,
    /// Where the password or the token comes from.
    pub secret: Secret,
}

/// How a connection is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (RFC 8314 section 3).
    Implicit,
    /// The connection begins in clear, and TLS before anything of worth is said; there is
    /// no way back to clear.
    StartTls,
    /// No TLS: only to this very machine.
    PlainToLoopback,
}

impl Tls {
    const WORDS: [(&'static str, Self); 3] = [
        ("implicit", Self::Implicit),
        ("starttls", Self::StartTls),
        ("plain-to-loopback", Self::PlainToLoopback),
    ];

    /// As `check` tells it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Implicit => "TLS from the first byte",
            Self::StartTls => "TLS by STARTTLS",
            Self::PlainToLoopback => "in clear, within this machine",
        }
    }
}

/// What a login is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// A password.
    Password,
    /// An OAuth 2.0 access token, by the SASL mechanism XOAUTH2.
    Xoauth2,
}

impl Auth {
    const WORDS: [(&'static str, Option<Self>); 3] = [
        ("password", Some(Self::Password)),
        ("xoauth2", Some(Self::Xoauth2)),
        ("none", None),
    ];

    /// What the secret is then called.
    pub fn secret(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Xoauth2 => "token",
        }
    }
}

/// A kind of server: the ports that it is known by.
pub(super) struct Kind {
    /// On which TLS begins with the first byte.
    implicit: u16,
    starttls: u16,
    plain: u16,
    /// Some of them ask nobody to log in.
    may_be_open: bool,
}

pub(super) const IMAP: Kind = Kind {
    implicit: 993,
    starttls: 143,
    plain: 143,
    may_be_open: false,
};

pub(super) const SMTP: Kind = Kind {
    implicit: 465,
    starttls: 587,
    plain: 25,
    may_be_open: true,
};

/// On these ports a connection begins in clear.
const IN_CLEAR: [i64; 4] = [25, 110, 143, 587];

/// On these TLS begins with the first byte.
const AT_ONCE: [i64; 3] = [465, 993, 995];

/// The keys as they are written.
pub(super) struct ServerText<'r> {
    pub kind: &'r Kind,
    pub host: &'r Text,
    pub port: &'r Number,
    pub tls: &'r Text,
    pub user: &'r Text,
    pub auth: &'r Text,
    pub password_file: &'r Text,
    pub password_command: &'r Option<Spanned<Value>>,
    pub password_env: &'r Text,
    pub password_credential: &'r Text,
    pub roots: &'r Text,
}

/// The server, and who logs in: `None` where nobody does. `user` is who logs in where none is
/// written; without one the fault is told elsewhere.
pub(super) fn server(
    check: &mut Check<'_>,
    table: &Range<usize>,
    raw: &ServerText<'_>,
    user: Option<String>,
) -> Option<(Server, Option<Account>)> {
    let host = check
        .needed(table, "host", raw.host)
        .and_then(|text| check.parsed("host", &text, values::host));
    let tls = check.word("tls", raw.tls, &Tls::WORDS, Tls::Implicit);
    let port = tls.and_then(|tls| port(check, raw, tls));
    let safe = within(check, raw, tls, host.as_deref());
    let account = account(check, table, raw, user);
    let roots = check
        .optional("roots", raw.roots)
        .ok()
        .and_then(|text| roots(check, text));
    safe?;
    let server = Server {
        host: host?,
        port: port?,
        tls: tls?,
        roots: roots?,
    };
    Some((server, account?))
}

/// `Some(None)`: nobody logs in.
fn account(
    check: &mut Check<'_>,
    table: &Range<usize>,
    raw: &ServerText<'_>,
    user: Option<String>,
) -> Option<Option<Account>> {
    let user = match check.optional("user", raw.user).ok()? {
        Some(text) => Some(text.into_inner()),
        None => user,
    };
    let known = |(_, auth): &&(&str, Option<Auth>)| auth.is_some() || raw.kind.may_be_open;
    let words: Vec<(&str, Option<Auth>)> = Auth::WORDS.iter().filter(known).copied().collect();
    let auth = check.word("auth", raw.auth, &words, Some(Auth::Password));
    if auth == Some(None) {
        return nobody(check, raw).map(|()| None);
    }
    let secret = secret(check, table, raw);
    Some(Some(Account {
        user: user?,
        auth: auth??,
        secret: secret?,
    }))
}

/// Where nobody logs in, nothing of a login is written.
fn nobody(check: &mut Check<'_>, raw: &ServerText<'_>) -> Option<()> {
    let user = raw.user.as_ref().map(|user| ("user", user.span()));
    match user.into_iter().chain(sources(raw)).next() {
        Some((key, at)) => check.fault(
            &at,
            format!("`{key}` means nothing with auth = \"none\""),
            "nobody logs in then: leave this line out, or the one with `auth`",
        ),
        None => Some(()),
    }
}

/// The port, which must not be known to begin in another way than `tls` does.
fn port(check: &mut Check<'_>, raw: &ServerText<'_>, tls: Tls) -> Option<u16> {
    let written = raw.port.as_ref();
    let is_one_of = |known: &[i64]| written.filter(|port| known.contains(port.get_ref()));
    let Kind {
        implicit, starttls, ..
    } = raw.kind;
    match tls {
        Tls::Implicit => match is_one_of(&IN_CLEAR) {
            Some(port) => check.fault(
                &port.span(),
                "a connection to this port begins in clear",
                format!(
                    "use {implicit}, or write tls = \"starttls\" if your server has {starttls} only"
                ),
            ),
            None => check.number("port", raw.port, 1..=65_535, *implicit),
        },
        Tls::StartTls | Tls::PlainToLoopback => match is_one_of(&AT_ONCE) {
            Some(port) => check.fault(
                &port.span(),
                "on this port TLS begins with the first byte",
                "leave the line with `tls` out",
            ),
            None if tls == Tls::StartTls => check.number("port", raw.port, 1..=65_535, *starttls),
            None => check.number("port", raw.port, 1..=65_535, raw.kind.plain),
        },
    }
}

/// In clear only within this machine, and then there is nobody to be trusted by roots.
fn within(
    check: &mut Check<'_>,
    raw: &ServerText<'_>,
    tls: Option<Tls>,
    host: Option<&str>,
) -> Option<()> {
    match (tls, raw.tls) {
        (Some(Tls::PlainToLoopback), Some(written)) => {
            if host.is_some_and(|host| !values::is_loopback(host)) {
                return check.fault(
                    &written.span(),
                    "what is said in clear would leave this machine",
                    "this is for a `host` like \"localhost\" or \"127.0.0.1\" alone; elsewhere use \"implicit\" or \"starttls\"",
                );
            }
            match raw.roots {
                Some(roots) => check.fault(
                    &roots.span(),
                    "`roots` means nothing without TLS",
                    "leave this line out, or the one with `tls`",
                ),
                None => Some(()),
            }
        }
        (Some(_), _) => Some(()),
        (None, _) => None,
    }
}

/// The keys that name where the secret lies, as far as they are written.
fn sources(raw: &ServerText<'_>) -> Vec<(&'static str, Range<usize>)> {
    let place = |text: &Text| text.as_ref().map(Spanned::span);
    let command = raw.password_command.as_ref();
    [
        ("password_file", place(raw.password_file)),
        ("password_command", command.map(Spanned::span)),
        ("password_env", place(raw.password_env)),
        ("password_credential", place(raw.password_credential)),
    ]
    .into_iter()
    .filter_map(|(key, span)| Some((key, span?)))
    .collect()
}

/// Exactly one source.
fn secret(check: &mut Check<'_>, table: &Range<usize>, raw: &ServerText<'_>) -> Option<Secret> {
    let named = sources(raw);
    match named.as_slice() {
        [] => check.missing(
            table,
            "no password is named",
            "name where it lies: `password_file`, `password_command`, `password_env` or `password_credential`",
        ),
        [_] => one_secret(check, raw),
        [(first, _), (second, at), ..] => check.fault(
            at,
            format!("there are both `{first}` and `{second}`"),
            "a server has one password: leave one of them out",
        ),
    }
}

fn one_secret(check: &mut Check<'_>, raw: &ServerText<'_>) -> Option<Secret> {
    if let Some(text) = raw.password_file {
        let text = check.plain("password_file", text)?;
        let path = check.path(text.get_ref());
        return Some(Secret::File(SecretFile::new(path)));
    }
    if let Some(text) = raw.password_env {
        let text = check.plain("password_env", text)?;
        let name = check.parsed("password_env", &text, values::variable);
        return name.map(Secret::Env);
    }
    if let Some(text) = raw.password_credential {
        let text = check.plain("password_credential", text)?;
        let name = check.parsed("password_credential", &text, values::credential);
        return name.map(Secret::Credential);
    }
    command(check, raw.password_command.as_ref()?)
}

/// A path is seen from the folder of the config, and others must not write the file; a
/// program without a folder is looked for in `$PATH`.
fn command(check: &mut Check<'_>, raw: &Spanned<Value>) -> Option<Secret> {
    let Some(mut words) = words(raw.get_ref()) else {
        return check.fault(
            &raw.span(),
            "`password_command` is no command",
            "write the program and each argument for itself, like [\"/usr/bin/pass\", \"show\", \"mail\"]; there is no shell",
        );
    };
    if let Some(program) = words.first_mut().filter(|word| word.contains('/')) {
        let path = check.path(program);
        check.of_file(files::check_file(&path))?;
        *program = path.to_string_lossy().into_owned();
    }
    Some(Secret::Command(words))
}

/// The words of a command, the first of which is not empty.
fn words(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let words: Vec<String> = value.as_array()?.iter().map(text).collect::<Option<_>>()?;
    let named = words.first().is_some_and(|word| !word.trim().is_empty());
    let plain = words.iter().all(|word| !word.contains('\0'));
    (named && plain).then_some(words)
}

/// `None` when at fault.
fn roots(check: &mut Check<'_>, text: Option<Spanned<String>>) -> Option<Option<PathBuf>> {
    let Some(text) = text else { return Some(None) };
    let path = check.path(text.get_ref());
    check.of_file(files::check_file(&path))?;
    Some(Some(path))
}
