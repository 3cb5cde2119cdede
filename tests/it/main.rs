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
mod alike;
mod answers;
mod backup;
mod bench;
mod bombs;
mod bounces;
mod broken_store;
mod calendars;
mod case;
mod clock;
mod counted;
mod daemon;
mod dates;
mod deadlines;
mod dice;
mod differences;
mod duplicates;
mod evaluate;
mod expires;
mod faults;
mod first_mail;
mod full_disk;
mod flood;
mod forced;
mod given;
mod harmless;
mod health;
mod hints;
mod house;
mod intake;
mod json;
mod keep;
mod kit;
mod killed;
mod leaks;
mod life;
mod likeness;
mod loops;
mod odd_files;
mod mutated;
mod newtext;
mod outage;
mod order;
mod outbox;
mod pages;
mod parts;
mod places;
mod post_office;
mod power;
mod reminders;
mod reported;
mod rig;
mod who_hears;
mod who_wrote;
mod refused_config;
mod rows;
mod said;
mod sealed;
mod search;
mod secrets;
mod seeing;
mod servers;
mod verbs;
mod starttls;
mod stats;
mod strangers;
mod ways;
mod wire;
mod withdrawn;
mod year;
mod sink;
mod team;
mod told;
mod unit;
mod upgrade;
