//! Stories: gatepost as a person meets it, the real binary against a real Dovecot and a
//! real Postfix on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a test that cannot go on says so by panicking, and it lives in real time"
)]

mod alarms;
mod answers;
mod backup;
mod bombs;
mod bounces;
mod broken_store;
mod calendars;
mod clock;
mod counted;
mod daemon;
mod dates;
mod deadlines;
mod duplicates;
mod evaluate;
mod faults;
mod first_mail;
mod flood;
mod forced;
mod given;
mod harmless;
mod health;
mod house;
mod intake;
mod json;
mod kit;
mod killed;
mod leaks;
mod life;
mod likeness;
mod loops;
mod mutated;
mod outage;
mod outbox;
mod pages;
mod places;
mod post_office;
mod reminders;
mod who_hears;
mod who_wrote;
mod refused_config;
mod said;
mod secrets;
mod seeing;
mod servers;
mod verbs;
mod starttls;
mod strangers;
mod ways;
mod wire;
mod withdrawn;
mod year;
mod sink;
mod team;
mod unit;
