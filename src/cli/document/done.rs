//! What a verb wrote, for scripts.

use super::FactLine;
use crate::desk::File;
use serde::Serialize;

/// What a verb wrote.
#[derive(Serialize)]
pub struct Done {
    r#ref: String,
    name: String,
    dry_run: bool,
    facts: Vec<FactLine>,
}

impl Done {
    /// The facts after number `seen`.
    pub fn new(file: &File, seen: i64, dry_run: bool) -> Self {
        let new = file.facts.iter().filter(|f| f.n > seen);
        Self {
            r#ref: file.row.reference.to_string(),
            name: file.row.name.to_string(),
            dry_run,
            facts: new.map(FactLine::from).collect(),
        }
    }
}
