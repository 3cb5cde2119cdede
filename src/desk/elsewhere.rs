//! Which open deadlines would fall elsewhere if they were counted anew: by the calendar
//! of now, and by the policy that their ticket lives under.
//!
//! It only looks. What was promised stays as it was promised; the team may want to know
//! that a day which it takes off now lies in between.

use super::file;
use crate::config::Config;
use crate::promise;
use crate::store::Tx;
use crate::ticket::{Reference, Stage, TicketNo};
use anyhow::Result;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// An open deadline that would fall elsewhere now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its ticket.
    pub reference: Reference,
    /// The promise's name.
    pub promise: String,
    /// When it is due, as it was promised.
    pub promised: Timestamp,
    /// When it would be due if it were counted now.
    pub counted: Timestamp,
}

/// Looks at every open deadline; the nearest promised first.
///
/// # Errors
/// When the store cannot be read.
pub fn elsewhere(tx: &Tx, config: &Config) -> Result<Vec<Elsewhere>> {
    let open: BTreeSet<TicketNo> = tx.open_deadlines()?.into_iter().map(|d| d.ticket).collect();
    let mut found = Vec::new();
    for number in open {
        let file = file(tx, config, number)?;
        if file.ticket.stage == Stage::Junk {
            continue;
        }
        for duty in file.duties.iter().filter(|d| d.stored.open) {
            let Some(promised) = duty.due_at() else {
                continue;
            };
            let counted = promise::deadline(&duty.promise, &duty.run, &config.calendar);
            if let Some(counted) = counted.map(|d| d.due_at).filter(|due| *due != promised) {
                found.push(Elsewhere {
                    reference: file.row.reference.clone(),
                    promise: duty.promise.name.clone(),
                    promised,
                    counted,
                });
            }
        }
    }
    found.sort_by_key(|one| one.promised);
    Ok(found)
}
