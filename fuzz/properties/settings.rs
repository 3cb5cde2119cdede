//! What the operator writes, or fetches from somewhere: config, policy, letters, holiday files.

use gatepost::config::{Config, read_policy};
use gatepost::letters::Letters;
use gatepost::mail::acting;
use gatepost::promise::{HolidayFile, read_holidays};
use jiff::civil::{Date, date};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The first byte says what the rest is. `folder` is a place for files. Panics where something
/// does not hold.
pub fn holds(bytes: &[u8], folder: &Path) {
    let Some((choice, file)) = bytes.split_first() else {
        return;
    };
    match choice {
        b'c' => is_a_config_or_none(file, folder),
        b'h' => is_a_holiday_file_or_none(file),
        b'i' => is_a_holiday_file_of_a_config(file, folder),
        b'l' => are_letters_or_none(file),
        _ => is_a_policy_or_none(file),
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    let written = fs::write(&path, bytes)
        .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o600)));
    written.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
}

fn is_a_config_or_none(file: &[u8], folder: &Path) {
    write(folder, "gatepost.toml", file);
    write(folder, "password", b"letter-box\n");
    match Config::load(&folder.join("gatepost.toml")) {
        Ok(config) => may_be_relied_on(&config),
        Err(why) => is_told_plainly(&why.to_string()),
    }
}

/// What nobody asks a config again.
fn may_be_relied_on(config: &Config) {
    assert!(
        !config.team.is_empty() && !config.mailboxes.is_empty() && config.first_line().count() > 0
    );
    let watched: Vec<String> = config.mailboxes.iter().map(|m| m.address.key()).collect();
    assert_eq!(watched.iter().collect::<BTreeSet<_>>().len(), watched.len());
    for member in &config.team {
        assert!(
            !watched.contains(&member.address.key()),
            "a reminder into a watched mailbox"
        );
        assert!(config.member(&member.name).is_some());
    }
    for mailbox in &config.mailboxes {
        assert!((5..=3600).contains(&mailbox.poll.as_secs()) && !mailbox.folders.is_empty());
        assert!((64 << 10..=1 << 30).contains(&mailbox.size_limit));
        let _ = (
            config.letters_from(&mailbox.name),
            config.files_copies_of(&mailbox.address),
        );
    }
    assert!((2..=8).contains(&config.reference.len()));
    assert!((1..=250).contains(&config.last_call) && config.digest.len() == 64);
    assert!(config.smtp.grace.as_secs() <= 3600);
    let _ = (config.house(), config.calendar_ends(TODAY));
    deadlines_do_not_run_away(config);
}

const TODAY: Date = date(2026, 7, 22);

/// The furthest promise is kept or broken within a few years of business days.
fn deadlines_do_not_run_away(config: &Config) {
    let calendar = &config.calendar;
    for from in [TODAY, date(2030, 2, 28), date(2099, 12, 31)] {
        let due = calendar.business_day_after(from, 250);
        assert!(
            due > from && (due - from).get_days() <= 250 * 17,
            "{from} and {due}"
        );
        assert!(calendar.business_day_before(due, 250) <= from.tomorrow().unwrap_or(from));
        assert!(calendar.closing(due) > calendar.opening(due));
    }
}

fn is_a_policy_or_none(file: &[u8]) {
    let text = String::from_utf8_lossy(file);
    match read_policy(&text) {
        Ok(policy) => {
            let again = read_policy(&text).map(|again| again.digest);
            assert_eq!(again.ok(), Some(policy.digest));
        }
        Err(why) => is_told_plainly(&why.to_string()),
    }
}

fn is_a_holiday_file_or_none(file: &[u8]) {
    match read_holidays("uk.ics", file) {
        Ok(found) => is_bounded(&found),
        Err(why) => {
            is_told_plainly(&why.what);
            let lines = file.split(|b| *b == b'\n').count();
            assert!(
                why.line.is_none_or(|line| (1..=lines).contains(&line)),
                "{why:?}"
            );
        }
    }
}

fn is_bounded(file: &HolidayFile) {
    assert!(!file.days.is_empty() && file.days.len() <= 100_000);
    for (day, name) in &file.days {
        assert!(
            name.chars().count() <= 60 && acting(name).is_none(),
            "{day} {name:?}"
        );
    }
    let last = file.days.last_key_value().map(|(day, _)| *day);
    assert!(file.until.is_none() || file.until == last);
    assert!(file.name.chars().count() <= 40 && file.timed <= 5_000);
}

/// A holiday file within a config that is else right.
fn is_a_holiday_file_of_a_config(file: &[u8], folder: &Path) {
    write(folder, "days.ics", file);
    is_a_config_or_none(WITH_HOLIDAYS.as_bytes(), folder);
}

const WITH_HOLIDAYS: &str = r#"
policy = "neon"
[organisation]
name = "Example"
page = "https://example.org/security"
[[team]]
name = "anna"
address = "anna@example.com"
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
holiday_files = ["days.ics"]
"#;

/// A letter of the operator's own; its file's name stands in the first line.
fn are_letters_or_none(file: &[u8]) {
    let text = String::from_utf8_lossy(file);
    let (name, text) = text
        .split_once('\n')
        .unwrap_or(("acknowledgement.txt", &text));
    // The name is that of a file in the operator's own folder.
    let name: String = name.chars().filter(char::is_ascii_graphic).collect();
    if let Err(faults) = Letters::new(&[(name, text.to_owned())]) {
        assert!(!faults.is_empty());
        for fault in faults {
            is_told_plainly(&fault.to_string());
        }
    }
}

/// In words that act on no terminal, and that fit on one.
fn is_told_plainly(told: &str) {
    assert!(!told.is_empty());
    let odd = told.split('\n').find_map(acting);
    assert!(odd.is_none(), "{odd:?} in {told:?}");
    assert!(told.len() <= 400_000, "{} bytes", told.len());
}
