//! A small config for the tests of other rooms: a team of two in London, one mailbox, the
//! built-in policy, and a password that opens nothing.

use super::Config;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const SMALL: &str = r#"
store = "store/gatepost.db"
policy = "neon"

[organisation]
name = "Example"
page = "https://example.org/security"

[[team]]
name = "anna"
address = "anna@example.com"

[[team]]
name = "ben"
address = "ben@example.com"

[[mailbox]]
name = "security"
address = "security@example.org"
host = "imap.example.org"
password_file = "password"

[smtp]
host = "smtp.example.org"
password_file = "password"

[calendar]
zone = "Europe/London"
hours = "09:00-17:00"
holidays = ["2099-12-25"]
"#;

/// Writes it into `folder`, and loads it; its store is not made.
pub(crate) fn small(folder: &Path) -> Config {
    for (name, text) in [("gatepost.toml", SMALL), ("password", "letter-box\n")] {
        fs::write(folder.join(name), text).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    Config::load(&folder.join("gatepost.toml")).unwrap_or_else(|why| panic!("{why}"))
}
