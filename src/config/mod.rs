//! The config: TOML as it is written becomes a checked [`Config`], or every fault of it.
//!
//! Two types stand for the two: the raw one (`raw.rs`, private) has every key and checks
//! none; [`Config`] has only what may be relied on. Whoever holds a `Config` need not
//! ask again whether an address is one, a folder is named, a time is in bounds.
//!
//! It must never show or keep a secret: what is named here is where one lies, and it is
//! obtained when it is needed ([`Secret`]). Files that others may write are refused.

mod alarm;
mod calendar;
mod check;
mod export;
mod fault;
mod files;
mod hints;
mod letters;
mod load;
mod openpgp;
mod outside;
mod people;
mod policy;
mod post;
mod raw;
mod reading;
mod secret;
mod server;
mod values;
mod warnings;
mod watched;

pub use crate::letters::{Key, Organisation};
pub use alarm::Alarm;
pub use export::{Credits, SecurityTxt};
pub use fault::ConfigError;
pub use hints::SHIPPED as HINTS;
pub use openpgp::OpenPgp;
pub use policy::{policies, read_policy};
pub use secret::{Secret, SecretFile, credential, one_line};
pub use server::{Account, Auth, Server, Tls};

use crate::letters::Letters;
use crate::mail::{Address, OurList};
use crate::promise::{Calendar, Policy};
pub use crate::triage::AckMode;
use crate::triage::hints::Rules;
use crate::triage::{House, Platform, Sent};
use jiff::SignedDuration;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A config that explains itself: every key with its default and the reason for it.
/// It is refused until each FILL IN is replaced.
pub const EXAMPLE: &str = include_str!("../../config/gatepost.example.toml");

/// What the operator decided, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that it was read from.
    pub file: PathBuf,
    /// What letters say about us.
    pub organisation: Organisation,
    /// The file with the Signal number, which goes out in one letter only, by hand.
    pub signal_number: Option<SecretFile>,
    /// What references begin with: 2 to 8 capital letters and digits, `SEC`.
    pub reference: String,
    /// The people who answer reports; at least one, with different names and addresses.
    pub team: Vec<Member>,
    /// What is watched; at least one mailbox, with different names and addresses.
    pub mailboxes: Vec<MailboxConfig>,
    /// How letters leave.
    pub smtp: Smtp,
    /// When the team works.
    pub calendar: Calendar,
    /// What the page promises.
    pub policy: Policy,
    /// What tells that a report is one of the things that the page leaves out.
    pub hints: Rules,
    /// The file that holds the record.
    pub store: PathBuf,
    /// Which reports are acknowledged without a person.
    pub acknowledge: Acknowledge,
    /// The mailing lists that lead into a watched mailbox.
    pub lists: Vec<OurList>,
    /// The platforms whose reports come by mail, with different names.
    pub platforms: Vec<Platform>,
    /// The letters in force, but for those of `languages`.
    pub letters: Letters,
    /// Letters to reporters in other languages, by the word for the language.
    pub languages: BTreeMap<String, Letters>,
    /// The language of letters from mailboxes that name none; `None`: English.
    pub language: Option<String>,
    /// So many business days we wait for a reporter before a last call is proposed: 1 to 250.
    pub last_call: u16,
    /// The way to the people on call that is not mail.
    pub alarm: Option<Alarm>,
    /// The programs that open what is encrypted, and that encrypt.
    pub openpgp: Option<OpenPgp>,
    /// The list of thanks.
    pub credits: Option<Credits>,
    /// What security.txt says.
    pub security_txt: Option<SecurityTxt>,
    /// SHA-256 of the config, the policy and the letters as they were read, lower-case hex:
    /// whether the daemon runs with what lies on the disk.
    pub digest: String,
}

/// A person of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// A word: what `--as` takes and facts carry.
    pub name: String,
    /// Where reminders go. Never a watched mailbox.
    pub address: Address,
    /// They hear only of what a promise escalates.
    pub second_line: bool,
}

/// A mailbox that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxConfig {
    /// A word: what logs and the record call it.
    pub name: String,
    /// Its address: reports come to it, letters come from it.
    pub address: Address,
    /// Its IMAP server.
    pub server: Server,
    /// Who logs in to it.
    pub account: Account,
    /// The folders where mail arrives, as the server names them; at least one.
    pub folders: Vec<String>,
    /// How long to wait at most before looking again: 5 s to 1 h.
    pub poll: SignedDuration,
    /// Of a larger mail only the beginning is fetched: 64 KiB to 1 GiB, in bytes.
    pub size_limit: u64,
    /// Whether copies of letters go into the folder for sent mail; `None`: where the SMTP
    /// server is not known to put them there by itself.
    pub copy_to_sent: Option<bool>,
    /// The folder for sent mail; `None`: the one that the server names.
    pub sent_folder: Option<String>,
    /// Whether folders for sent mail are watched.
    pub watch_sent: bool,
    /// The folder for junk; `None`: the one that the server names.
    pub junk_folder: Option<String>,
    /// Whether folders for junk are watched.
    pub watch_junk: bool,
    /// The language of letters from it; `None`: that of the config, or English.
    pub language: Option<String>,
    /// The class of every report that comes into it; one that a promise of the policy bears.
    pub class: Option<String>,
    /// Further addresses whose mail comes into it.
    pub aliases: Vec<Alias>,
    /// How its mail server signs what it finds about who wrote a mail (RFC 8601); none:
    /// nothing proves who wrote one.
    pub authserv_ids: Vec<String>,
}

impl MailboxConfig {
    /// Every address whose mail comes into it, with the class of what comes by it.
    pub fn addresses(&self) -> impl Iterator<Item = (&Address, Option<&str>)> {
        let own = (&self.address, self.class.as_deref());
        let aliases = self
            .aliases
            .iter()
            .map(|a| (&a.address, a.class.as_deref()));
        std::iter::once(own).chain(aliases)
    }
}

/// A further address of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The address. Reports come to it; letters do not come from it.
    pub address: Address,
    /// The class of reports that come by it.
    pub class: Option<String>,
}

/// How letters leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smtp {
    /// The submission server.
    pub server: Server,
    /// Who logs in to it; `None`: nobody, it takes our letters without.
    pub account: Option<Account>,
    /// How long a letter by a person can still be taken back: 0 to 1 h.
    pub grace: SignedDuration,
    /// Where bounces go.
    pub envelope_sender: EnvelopeSender,
}

/// The envelope sender of letters (RFC 5321 section 4.5.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvelopeSender {
    /// The mailbox's own address, so that a bounce is learned of.
    Mailbox,
    /// The empty one, `<>`.
    Null,
}

/// Which reports are acknowledged without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledge {
    /// Whose.
    pub mode: AckMode,
    /// A mail that was received longer ago is held: 1 h to 366 days.
    pub stale_after: SignedDuration,
    /// How many at most: an address and a domain in 24 hours, in all in an hour.
    pub caps: Sent,
    /// The same of mail whose authentication passed: an address, and in all.
    pub caps_proven: Sent,
}

impl Config {
    /// Reads and checks the file, the policy and the letters that it names. Reads no secret.
    ///
    /// # Errors
    /// All that is wrong, as far as it can be told at once.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        load::load(path)
    }

    /// Where the config is: `--config`, else `$GATEPOST_CONFIG`, else `gatepost.toml`
    /// here if there is one, else `/etc/gatepost/gatepost.toml`.
    pub fn find(option: Option<&Path>, env: Option<&str>) -> PathBuf {
        let here = Path::new("gatepost.toml");
        match (option, env.filter(|path| !path.is_empty())) {
            (Some(path), _) => path.to_owned(),
            (None, Some(path)) => PathBuf::from(path),
            (None, None) if here.exists() => here.to_owned(),
            (None, None) => PathBuf::from("/etc/gatepost/gatepost.toml"),
        }
    }

    /// The person of that name; capital letters do not matter.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.team
            .iter()
            .find(|member| member.name.eq_ignore_ascii_case(name))
    }

    /// Whether copies of letters that this address sends go into its folder for sent mail.
    pub fn files_copies_of(&self, sender: &Address) -> bool {
        let mut mailboxes = self.mailboxes.iter();
        let mailbox = mailboxes.find(|mailbox| mailbox.address == *sender);
        mailbox.is_some_and(|mailbox| {
            let wanted = mailbox.copy_to_sent;
            wanted.unwrap_or_else(|| !post::files_by_itself(&self.smtp.server.host))
        })
    }

    /// The letters to a reporter who wrote to this mailbox.
    pub fn letters_from(&self, mailbox: &str) -> &Letters {
        let of_it = self.mailboxes.iter().find(|m| m.name == mailbox);
        let own = of_it.and_then(|m| m.language.as_ref());
        let language = own.or(self.language.as_ref());
        let letters = language.and_then(|word| self.languages.get(word));
        letters.unwrap_or(&self.letters)
    }

    /// The people who hear of everything; at least one.
    pub fn first_line(&self) -> impl Iterator<Item = &Member> {
        self.team.iter().filter(|member| !member.second_line)
    }

    /// The people who hear of what a promise escalates.
    pub fn second_line(&self) -> impl Iterator<Item = &Member> {
        self.team.iter().filter(|member| member.second_line)
    }

    /// The addresses that are ours: those that are watched, and the team's.
    pub fn ours(&self) -> Vec<&Address> {
        let watched = self.mailboxes.iter().flat_map(MailboxConfig::addresses);
        let team = self.team.iter().map(|member| &member.address);
        watched.map(|(address, _)| address).chain(team).collect()
    }

    /// What judging a mail needs to know.
    pub fn house(&self) -> House {
        House {
            watched: self
                .mailboxes
                .iter()
                .flat_map(MailboxConfig::addresses)
                .map(|(address, _)| address.clone())
                .collect(),
            team: self
                .team
                .iter()
                .map(|member| member.address.clone())
                .collect(),
            acknowledge: self.acknowledge.mode,
            stale_after: self.acknowledge.stale_after,
            caps: self.acknowledge.caps,
            caps_proven: self.acknowledge.caps_proven,
            platforms: self.platforms.clone(),
        }
    }

    /// Where the days off are known for 30 days more at most, or not at all any more, on the
    /// local day `today`. Who never named any is not told.
    pub fn calendar_ends(&self, today: Date) -> Vec<String> {
        calendar::ends(&self.calendar, today)
    }
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
