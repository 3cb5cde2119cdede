//! gatepost keeps the promises that a security page makes.
//!
//! An organisation promises on its security page: "mail security@ and we answer
//! within three business days". gatepost watches that mailbox, opens a ticket for
//! each report, acknowledges it, counts the promised time and reminds the team
//! until the promise is kept.
//!
//! # The way of one mail
//!
//! The modules stand in the order in which one mail meets them, in three rings.
//!
//! **Judgement** takes values and gives values. No clock, no file, no network.
//! [`mail`] reads what the bytes say and never fails. [`ticket`] is what happened
//! to one report: a list of facts, folded into a state. [`promise`] counts business
//! days, says what is due and which reminders a moment asks for. [`triage`] decides
//! what a mail is, where it belongs and whether it may be answered. [`letters`]
//! holds every word that gatepost says by mail, [`export`] what leaves as a file: a list
//! of thanks, security.txt, a calendar, a page of kept promises.
//!
//! **The record** is synchronous and knows SQLite only. [`config`] turns TOML as
//! written into a checked [`config::Config`]. [`store`] holds all SQL. [`desk`] is
//! where both meet: each of its verbs is one transaction: *ingest* one mail, *tick*
//! one moment, *settle* one delivery, *act* on one decision, *account* for all.
//!
//! **Hands** touch the world. [`wall`] reads the clock. [`net`] opens checked
//! connections. [`mailbox`] reads IMAP and changes nothing there, but adds copies of
//! sent letters where it may. [`channel`] hands one letter to an SMTP server.
//! [`daemon`] takes turns: receive, send, clock. [`cli`] is what people type and see.
//!
//! # Three harms, worst first
//!
//! A report or a deadline is *lost*; a machine is *answered*, or a loop starts; a
//! report *leaks*. So a mail is done when its row is committed and not before;
//! nothing is said to the outside before that commit; and what a stranger wrote is
//! a [`mail::Foreign`], which nothing prints as it came.
//!
//! # The law of the house
//!
//! A module imports only from modules that stand above it in this list; a test in
//! `tests/it/house.rs` holds the law.

// A table in a test may be longer.
#![cfg_attr(not(test), deny(clippy::too_many_lines))]

pub mod mail;
pub mod ticket;
pub mod promise;
pub mod triage;
pub mod letters;
pub mod export;

pub mod config;
pub mod store;
pub mod desk;

pub mod wall;
pub mod net;
pub mod mailbox;
pub mod channel;
pub mod daemon;
pub mod cli;
