//! What happened to one report.
//!
//! A ticket is its [`Fact`]s, in order. Everything else, its stage, its outcome, its
//! owner, is folded from them by [`Ticket::fold`]. Facts are added, never changed:
//! a mistake is another fact that says so.

mod chain;
mod clash;
mod credit;
mod duplicate;
mod field;
mod fact;
mod fold;
mod outcome;
mod reference;
mod score;
mod severity;

pub use chain::{ChainHash, Columns, Link, digest_of};
pub use clash::{Clash, Turn};
pub use credit::Credit;
pub use fact::{Act, By, Fact, FactName, INFERRED, LABELLED, What};
pub use field::{Field, Planned, WaitsFor};
pub use fold::{Stage, Ticket, counting, unread};
pub use outcome::Outcome;
pub use reference::{CodeName, Reference, TicketNo, Wanted};
pub use score::{Score, figure};
pub use severity::severity;
