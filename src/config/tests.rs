//! Whole configs: one that is sound, and what is said about those that are not.

mod calendar_files;
mod example;
mod guarded;
mod hints;
mod languages;
mod outside;
mod refused;

use super::*;
use jiff::civil::date;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

/// The example with every FILL IN replaced.
fn filled() -> String {
    let values = [
        "Example",
        "example.org/security",
        "anna",
        "anna@example.org",
        "security@example.org",
        "imap.example.org",
        "smtp.example.org",
        "Europe/London",
    ];
    let mut values = values.iter();
    let fill = |line: &str| match line.trim_start().starts_with('#') || !line.contains("FILL IN") {
        true => line.to_owned(),
        false => line.replace("FILL IN", values.next().expect("a value for each FILL IN")),
    };
    EXAMPLE.lines().map(fill).collect::<Vec<_>>().join("\n")
}

/// A holiday file of one day.
const UK: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Summer bank holiday\r\nDTSTART;VALUE=DATE:20270830\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// A folder of its own with a config in it.
fn folder(config: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(&folder, "gatepost.toml", config);
    folder
}

fn put(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    set_mode(&path, 0o644);
    path
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Loads the config of a folder; its name is left out of what is at fault.
fn load(folder: &TempDir) -> Result<Config, String> {
    let shown = |error: ConfigError| {
        error
            .to_string()
            .replace(&format!("{}/", folder.path().display()), "")
    };
    Config::load(&folder.path().join("gatepost.toml")).map_err(shown)
}

/// The sound config with `from` replaced is refused, in these words.
fn check(from: &str, to: &str, wanted: &str) {
    let text = filled();
    assert!(text.contains(from), "the example lacks {from:?}");
    let error = load(&folder(&text.replacen(from, to, 1))).expect_err(to);
    assert!(error.contains(wanted), "{error}\nlacks\n{wanted}");
}

#[test]
fn warnings_are_given_for_what_is_allowed_and_hardly_meant() {
    let text = filled()
        .replace("holidays = []", "holidays = [2027-06-03, 2027-05-03]")
        .replace("# mode = \"not-fail\"", "mode = \"off\"");
    let config = load(&folder(&text)).unwrap();
    assert_eq!(config.warnings(date(2027, 5, 3)).len(), 2);
    let ends = "the last holiday that is known is Thu 3 Jun 2027: add those after it to `holidays`";
    assert_eq!(config.warnings(date(2027, 5, 4)).first().unwrap(), ends);
    assert_eq!(config.warnings(date(2027, 6, 3)).first().unwrap(), ends);
    let over = config.warnings(date(2027, 6, 4));
    assert!(
        over[0].contains("knows no holiday from today on"),
        "{over:?}"
    );
    assert_eq!(over.len(), 3);
    let was = "the last holiday that is known was Thu 3 Jun 2027: add those after it to `holidays`";
    assert_eq!(config.calendar_ends(date(2027, 6, 4)), [was]);
    let none = load(&folder(&filled())).unwrap();
    assert_eq!(none.calendar_ends(date(2027, 6, 4)), [""; 0]);
    assert_eq!(config.house().acknowledge, AckMode::Off);
}

#[test]
fn the_config_is_where_it_is_said_to_be() {
    let (option, env) = (Path::new("a.toml"), Some("b.toml"));
    assert_eq!(Config::find(Some(option), env), Path::new("a.toml"));
    assert_eq!(Config::find(None, env), Path::new("b.toml"));
    assert_eq!(
        Config::find(None, Some("")),
        Path::new("/etc/gatepost/gatepost.toml")
    );
}

#[test]
fn a_person_is_found_by_name() {
    let config = load(&folder(&filled())).unwrap();
    assert_eq!(
        config
            .member("Anna")
            .map(|member| member.address.to_string())
            .as_deref(),
        Some("anna@example.org")
    );
    assert_eq!(config.member("ben"), None);
}
