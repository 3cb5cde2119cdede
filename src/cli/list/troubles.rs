//! Where the daemon remembers what is broken, and what a list calls it.

use crate::cli::Here;
use crate::daemon::{CLOCK_TROUBLE, TROUBLE};
use crate::desk::health::{ALARM_TROUBLE, CONFIG_TROUBLE};

/// Each by its word in the store.
pub(super) fn troubles(here: &Here) -> Vec<(String, String)> {
    let mut all = vec![
        (TROUBLE.to_owned(), "SMTP does not work".to_owned()),
        (CLOCK_TROUBLE.to_owned(), "reminders do not work".to_owned()),
        (
            ALARM_TROUBLE.to_owned(),
            "the alarm command does not work".to_owned(),
        ),
        (
            CONFIG_TROUBLE.to_owned(),
            "the config on the disk is not in force".to_owned(),
        ),
    ];
    all.extend(here.config.mailboxes.iter().map(|m| {
        (
            format!("trouble/imap/{}", m.name),
            format!("mailbox {} cannot be read", m.name),
        )
    }));
    all
}
