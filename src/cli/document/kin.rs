//! What `show --json` says of reports that belong together, or look so.

use serde::Serialize;

/// The reports that this one follows, that follow it, and that look like it.
#[derive(Default, Serialize)]
pub struct Kin {
    /// The reference of the report that this one repeats.
    pub follows: Option<String>,
    /// What that one has come to and this reporter has not been told, with the command.
    pub untold: Vec<String>,
    /// The references of its duplicates.
    pub duplicates: Vec<String>,
    /// What looks like it. Suggestions: nothing is merged by them.
    pub alike: Vec<Like>,
}

/// A report that looks like this one.
#[derive(Serialize)]
pub struct Like {
    /// Its reference.
    pub r#ref: String,
    /// Its stage.
    pub stage: String,
    /// When it was received.
    pub received_at: String,
    /// By what it looks alike.
    pub because: Vec<String>,
    /// By a page alone, which says little.
    #[serde(skip)]
    pub by_page: bool,
    /// It is of the same address.
    pub same_reporter: bool,
    /// The command that says so, where a person agrees.
    pub command: String,
}
