//! A pager for what is longer than the screen.
//!
//! `$GATEPOST_PAGER`, else `$PAGER`, else `less`. It may be run behind a forced command of
//! SSH, so `less` gets no shell, no editor and no files (`LESSSECURE`).

use std::io::Write;
use std::process::{Command, Stdio};

/// Shows the text; false when there is no pager that could.
pub fn show(text: &str) -> bool {
    let from_env = |name: &str| std::env::var(name).ok();
    let pager = from_env("GATEPOST_PAGER").or_else(|| from_env("PAGER"));
    let pager = pager.unwrap_or_else(|| "less".to_owned());
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else {
        return false;
    };
    let mut command = Command::new(program);
    command
        .args(words)
        .stdin(Stdio::piped())
        .env("LESSSECURE", "1");
    if std::env::var_os("LESS").is_none() {
        // Colours as they are, and gone when it fits or ends.
        command.env("LESS", "FRX");
    }
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    if let Some(mut input) = child.stdin.take() {
        // Who has read enough closes it.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().is_ok()
}
