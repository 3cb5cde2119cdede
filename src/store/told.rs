//! That a store which fails was told, in an empty file beside it: `gatepost.db.told`.
//!
//! A store that fails keeps no alarm. Whoever was told waits to hear that it is over, also
//! from the process that comes after the one that told it.
//!
//! Known limit: where not even an empty file can be made, the next process does not know.

use super::head::beside;
use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The mark beside one store.
#[derive(Clone, Debug)]
pub struct ToldMark(PathBuf);

impl ToldMark {
    /// The mark beside the store at this path.
    pub fn beside(store: &Path) -> Self {
        Self(beside(store, ".told"))
    }

    /// Whether it was told, and not that it is over.
    pub fn is_set(&self) -> bool {
        self.0.exists()
    }

    /// It was told. The disk may be what fails: it is tried, and no more.
    pub fn set(&self) {
        let mut file = fs::OpenOptions::new();
        file.write(true).create(true).truncate(false).mode(0o600);
        file.open(&self.0).ok();
    }

    /// It was told that it is over.
    pub fn clear(&self) {
        fs::remove_file(&self.0).ok();
    }
}
