//! What happened to one report.
//!
//! A ticket is its [`Fact`]s, in order. Everything else, its stage, its outcome, its
//! owner, is folded from them by [`Ticket::fold`]. Facts are added, never changed:
//! a mistake is another fact that says so.

mod fact;
mod fold;
mod reference;

pub use fact::{Act, By, ChainHash, Fact, FactName, Outcome, Planned, What, chain};
pub use fold::{Stage, Ticket, counting};
pub use reference::{CodeName, Reference, TicketNo, Wanted};
