//! Troubles that the store remembers, so that lists show them until they are over.

use super::record::Record;
use crate::store::Tx;
use anyhow::Result;
use tracing::error;

/// Remembers a trouble for lists to show, or that it is over.
pub(super) async fn remember(record: &Record, key: String, trouble: Option<String>) {
    let work = move |tx: &Tx| note(tx, &key, trouble);
    if let Err(why) = record.write(work).await {
        error!(why = format!("{why:#}"), "the store failed");
    }
}

/// The same, within a transaction.
pub(super) fn note(tx: &Tx, key: &str, trouble: Option<String>) -> Result<()> {
    let before = tx.meta(key)?;
    match trouble {
        Some(why) => {
            let since = before
                .and_then(|old| old.lines().next().map(str::to_owned))
                .unwrap_or_else(|| tx.now().to_string());
            tx.set_meta(key, &format!("{since}\n{why}"))
        }
        None if before.is_some() => tx.clear_meta(key),
        None => Ok(()),
    }
}
