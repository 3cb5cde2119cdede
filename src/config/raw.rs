//! The config as it is written: every key, none checked. Everything may be missing, so
//! that what is missing is told together with all that is wrong.
//!
//! Each key is explained in `config/gatepost.example.toml`; a test holds the two together.

use serde::Deserialize;
use toml::{Spanned, Value};

/// A text, with its place in the file.
pub(super) type Text = Option<Spanned<String>>;
/// A whole number, with its place in the file.
pub(super) type Number = Option<Spanned<i64>>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub reference: Text,
    pub store: Text,
    pub policy: Text,
    pub letters: Text,
    pub language: Text,
    pub last_call: Text,
    pub hints: Text,
    pub organisation: Option<Spanned<RawOrganisation>>,
    #[serde(default)]
    pub team: Vec<Spanned<RawMember>>,
    #[serde(default)]
    pub mailbox: Vec<Spanned<RawMailbox>>,
    pub smtp: Option<Spanned<RawSmtp>>,
    pub calendar: Option<Spanned<RawCalendar>>,
    pub acknowledge: Option<Spanned<RawAcknowledge>>,
    pub labels: Option<Spanned<RawLabels>>,
    pub alarm: Option<Spanned<RawAlarm>>,
    pub openpgp: Option<Spanned<RawOpenPgp>>,
    pub credits: Option<Spanned<RawCredits>>,
    pub security_txt: Option<Spanned<RawSecurityTxt>>,
    #[serde(default)]
    pub list: Vec<Spanned<RawList>>,
    #[serde(default)]
    pub platform: Vec<Spanned<RawPlatform>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOrganisation {
    pub name: Text,
    pub page: Text,
    pub team_name: Text,
    pub key: Option<Spanned<RawKey>>,
    #[serde(default)]
    pub signal: bool,
    pub signal_number_file: Text,
    #[serde(default)]
    pub safe_harbour: bool,
    pub bounty: Text,
    pub support: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKey {
    pub url: Text,
    pub fingerprint: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMember {
    pub name: Text,
    pub address: Text,
    #[serde(default)]
    pub second_line: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMailbox {
    pub name: Text,
    pub address: Text,
    pub host: Text,
    pub port: Number,
    pub tls: Text,
    pub user: Text,
    pub auth: Text,
    pub password_file: Text,
    /// A list of words; of any kind here, so that no error shows them.
    pub password_command: Option<Spanned<Value>>,
    pub password_env: Text,
    pub password_credential: Text,
    pub roots: Text,
    pub folders: Option<Spanned<Vec<Spanned<String>>>>,
    pub poll: Text,
    pub size_limit: Text,
    pub copy_to_sent: Option<bool>,
    pub sent_folder: Text,
    pub watch_sent: Option<bool>,
    pub junk_folder: Text,
    pub watch_junk: Option<bool>,
    pub language: Text,
    pub class: Text,
    /// Each an address, or a table with an address and a class.
    #[serde(default)]
    pub aliases: Vec<Spanned<Value>>,
    /// A text, or a list of texts.
    pub authserv_id: Option<Spanned<Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawList {
    pub id: Text,
    pub address: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlatform {
    pub name: Text,
    pub from: Text,
    pub header: Text,
    pub id: Text,
    pub class: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSmtp {
    pub host: Text,
    pub port: Number,
    pub tls: Text,
    pub user: Text,
    pub auth: Text,
    pub password_file: Text,
    /// A list of words; of any kind here, so that no error shows them.
    pub password_command: Option<Spanned<Value>>,
    pub password_env: Text,
    pub password_credential: Text,
    pub roots: Text,
    pub grace: Text,
    pub envelope_sender: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCalendar {
    pub zone: Text,
    pub weekend: Option<Vec<Spanned<String>>>,
    pub hours: Text,
    /// Each a day, or a table with a day and a name.
    #[serde(default)]
    pub holidays: Vec<Spanned<Value>>,
    /// Each a table with a day and the time at which it closes.
    #[serde(default)]
    pub half_days: Vec<Spanned<Value>>,
    /// Paths of iCalendar files.
    #[serde(default)]
    pub holiday_files: Vec<Spanned<String>>,
    /// IANA names of zones in which the team is shown deadlines too.
    #[serde(default)]
    pub also_show: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAcknowledge {
    pub mode: Text,
    pub stale_after: Text,
    pub per_address: Number,
    pub per_domain: Number,
    pub per_hour: Number,
    pub per_hour_proven: Number,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLabels {
    pub assessment: Text,
    pub expected: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAlarm {
    pub command: Option<Spanned<Vec<Spanned<String>>>>,
    pub timeout: Text,
    pub repeat: Text,
    pub alive: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOpenPgp {
    pub decrypt: Option<Spanned<Vec<Spanned<String>>>>,
    pub encrypt: Option<Spanned<Vec<Spanned<String>>>>,
    pub decrypt_smime: Option<Spanned<Vec<Spanned<String>>>>,
    pub timeout: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCredits {
    pub file: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSecurityTxt {
    pub file: Text,
    pub days: Number,
    pub credits: Option<bool>,
    pub contact: Option<Vec<Spanned<String>>>,
    pub canonical: Option<Vec<Spanned<String>>>,
    pub encryption: Option<Vec<Spanned<String>>>,
    pub acknowledgments: Option<Vec<Spanned<String>>>,
    pub policy: Option<Vec<Spanned<String>>>,
    pub hiring: Option<Vec<Spanned<String>>>,
    pub languages: Option<Vec<Spanned<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPolicy {
    pub name: Text,
    pub version: Option<Spanned<Value>>,
    pub url: Text,
    #[serde(default)]
    pub promise: Vec<Spanned<RawPromise>>,
    #[serde(default)]
    pub fact: Vec<Spanned<RawFact>>,
    #[serde(default)]
    pub hints: RawHints,
    #[serde(default)]
    pub hint: Vec<Spanned<RawHint>>,
}

/// What holds for all hints of a policy.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHints {
    #[serde(default)]
    pub unless: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHint {
    pub name: Text,
    pub page: Text,
    pub words: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    pub unless: Vec<Spanned<String>>,
    #[serde(default)]
    pub despite: Vec<Spanned<String>>,
    #[serde(default)]
    pub meant: Vec<Spanned<String>>,
    pub letter: Text,
}

/// The hints that ship.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawShipped {
    pub unless: Vec<Spanned<String>>,
    pub hint: Vec<Spanned<RawHint>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFact {
    pub name: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPromise {
    pub name: Text,
    pub page: Text,
    /// A fact, or a list of facts and of lists of which any one will do.
    pub from: Option<Spanned<Value>>,
    /// Like `from`.
    pub needs: Option<Spanned<Value>>,
    pub within: Text,
    pub by: Text,
    #[serde(default)]
    pub repeat: bool,
    #[serde(default)]
    pub ends: Vec<Spanned<String>>,
    #[serde(default)]
    pub soft: bool,
    #[serde(default)]
    pub others_count: bool,
    #[serde(default)]
    pub any_hour: bool,
    pub class: Text,
    #[serde(default)]
    pub except: Vec<Spanned<String>>,
    #[serde(default)]
    pub remind: Vec<Spanned<String>>,
    /// Who hears: one word or name, or a list.
    pub to: Option<Spanned<Value>>,
    pub escalate: Text,
}
