//! How far the change of a schema, or the look at a copy, has come: with a large store it takes
//! longer than a service manager waits, so it is told while it goes on.

use anyhow::Result;
use rusqlite::Connection;
use std::fmt;
use std::sync::Arc;

/// Instructions of SQLite's between two words of a step that counts nothing.
const OFTEN: i32 = 100_000;

/// What is done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// The old store is copied.
    Copying {
        /// Pages that are copied.
        done: u64,
        /// Pages in all.
        all: u64,
    },
    /// The copy is checked.
    Checking,
    /// The schema is changed.
    Changing,
    /// The store is a copy, and is checked.
    Looking,
    /// The mail servers are asked what the copy does not know.
    Asking,
}

impl fmt::Display for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Copying { done, all } => write!(
                f,
                "copying the store before its migration: {done} of {all} pages"
            ),
            Self::Checking => f.write_str("checking the copy of the store before its migration"),
            Self::Changing => f.write_str("migrating the store"),
            Self::Looking => f.write_str("checking the store, which is a copy"),
            Self::Asking => f.write_str("asking the mail servers what the copy does not know"),
        }
    }
}

/// Hears what is done, often.
pub type Told = Arc<dyn Fn(Upgrade) + Send + Sync>;

/// For who has nobody to tell.
pub(super) fn nobody() -> Told {
    Arc::new(|_| {})
}

/// From now on, what this connection does is this step.
pub(super) fn telling(connection: &mut Connection, told: &Told, step: Upgrade) -> Result<()> {
    let told = Arc::clone(told);
    told(step);
    let go_on = move || {
        told(step);
        false
    };
    Ok(connection.progress_handler(OFTEN, Some(go_on))?)
}

/// Nothing is told any more.
pub(super) fn silent(connection: &mut Connection) -> Result<()> {
    Ok(connection.progress_handler(0, None::<fn() -> bool>)?)
}
