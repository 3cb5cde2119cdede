//! What `check` found, for scripts.

use crate::config::{Config, MailboxConfig, Server};
use crate::promise::{Promise, Step};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// The whole of `check --json`. What was not tried is null.
#[derive(Serialize)]
pub struct Document {
    ok: bool,
    pub mailboxes: Vec<MailboxLine>,
    pub smtp: Option<Login>,
    pub alarm: Option<Alarm>,
    calendar: CalendarLine,
    policy: Policy,
    pub promises: Vec<PromiseLine>,
    hints: Vec<HintLine>,
    team: Vec<Person>,
    pub warnings: Vec<String>,
    /// What is wrong.
    pub faults: Vec<String>,
}

/// A mailbox, and what its server answered.
#[derive(Serialize)]
pub struct MailboxLine {
    name: String,
    addresses: Vec<AddressLine>,
    authserv_ids: Vec<String>,
    #[serde(flatten)]
    pub login: Login,
    pub folders: Vec<Folder>,
    pub not_watched: Vec<String>,
    pub copies_to: Option<String>,
}

#[derive(Serialize)]
struct AddressLine {
    address: String,
    class: Option<String>,
}

/// A server, and whether it takes our login; null when it was not asked.
#[derive(Serialize)]
pub struct Login {
    host: String,
    port: u16,
    pub login: Option<bool>,
}

/// A watched folder.
#[derive(Serialize)]
pub struct Folder {
    pub name: String,
    /// What it is for.
    pub role: &'static str,
    pub mails: u32,
}

/// The way that is not mail.
#[derive(Serialize)]
pub struct Alarm {
    pub command: Vec<String>,
    /// Null when it was not tried.
    pub works: Option<bool>,
}

#[derive(Serialize)]
struct CalendarLine {
    zone: Option<String>,
    hours: String,
    days_off: Vec<Date>,
    known_until: Option<Date>,
}

#[derive(Serialize)]
struct Policy {
    name: String,
    version: String,
}

/// A promise, and what it would mean for a report that came now.
#[derive(Serialize)]
pub struct PromiseLine {
    name: String,
    page: String,
    class: Option<String>,
    soft: bool,
    due_at: Option<String>,
    remind: Vec<String>,
    to: String,
}

/// What is told as a hint.
#[derive(Serialize)]
struct HintLine {
    rule: String,
    /// What the page leaves out, in its words.
    page: Option<String>,
    /// The letter that answers it; null: that of the outcome.
    letter: Option<String>,
}

#[derive(Serialize)]
struct Person {
    name: String,
    second_line: bool,
}

impl Document {
    /// What the config says by itself.
    pub fn new(config: &Config, today: Date) -> Self {
        let calendar = &config.calendar;
        let known = calendar.known_until().filter(|last| *last > Date::MIN);
        Self {
            ok: false,
            mailboxes: Vec::new(),
            smtp: None,
            alarm: None,
            calendar: CalendarLine {
                zone: calendar.zone().iana_name().map(str::to_owned),
                hours: calendar.hours().words(),
                days_off: calendar.days_off_from(today).take(3).collect(),
                known_until: known,
            },
            policy: Policy {
                name: config.policy.name.clone(),
                version: config.policy.version.to_string(),
            },
            promises: Vec::new(),
            hints: config
                .hints
                .rules
                .iter()
                .map(|rule| HintLine {
                    rule: rule.name.clone(),
                    page: rule.page.clone(),
                    letter: rule.letter.clone(),
                })
                .collect(),
            team: config
                .team
                .iter()
                .map(|m| Person {
                    name: m.name.clone(),
                    second_line: m.second_line,
                })
                .collect(),
            warnings: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Whether nothing is wrong: known when all was looked at.
    pub fn end(&mut self) -> bool {
        self.ok = self.faults.is_empty();
        self.ok
    }
}

impl Login {
    /// Of a server that was not asked yet.
    pub fn at(server: &Server) -> Self {
        Self {
            host: server.host.clone(),
            port: server.port,
            login: None,
        }
    }
}

impl MailboxLine {
    /// Of a mailbox whose server was not asked yet.
    pub fn new(mailbox: &MailboxConfig) -> Self {
        let address = |(address, class): (&crate::mail::Address, Option<&str>)| AddressLine {
            address: address.to_string(),
            class: class.map(str::to_owned),
        };
        Self {
            name: mailbox.name.clone(),
            addresses: mailbox.addresses().map(address).collect(),
            authserv_ids: mailbox.authserv_ids.clone(),
            login: Login::at(&mailbox.server),
            folders: Vec::new(),
            not_watched: Vec::new(),
            copies_to: None,
        }
    }
}

impl PromiseLine {
    /// `due_at`: of a report that came now.
    pub fn new(promise: &Promise, due_at: Option<Timestamp>, to: String) -> Self {
        Self {
            name: promise.name.clone(),
            page: promise.page.clone(),
            class: promise.class.clone(),
            soft: promise.soft,
            due_at: due_at.map(|at| at.to_string()),
            remind: promise.remind.iter().map(Step::words).collect(),
            to,
        }
    }
}
