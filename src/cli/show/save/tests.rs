//! Names as strangers choose them, and what is there already.

use super::*;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

/// Names as strangers choose them.
const HOSTILE: [&str; 62] = [
    "",
    ".",
    "..",
    "...",
    "/",
    "\\",
    "//",
    "../..",
    "../../etc/passwd",
    "..\\..\\windows\\system32\\cmd.exe",
    "/etc/cron.d/x",
    "/root/.ssh/authorized_keys",
    "C:\\autoexec.bat",
    "C:x",
    "\\\\server\\share\\x",
    "~/.bashrc",
    "~root",
    ".bashrc",
    ".htaccess",
    ".git/config",
    "a/../../b",
    "a/./b",
    "a//b",
    "a\0b",
    "a\0.txt",
    "\0",
    "a\nb",
    "a\r\nb: c",
    "a\tb",
    "\u{1b}[2J.txt",
    "\u{1b}]0;x\u{7}",
    "a\u{8}\u{8}b",
    "\u{7f}",
    "\u{9b}31m",
    "\u{202e}gpj.exe",
    "a\u{200b}b",
    "\u{feff}",
    "\u{2028}",
    "\u{2215}etc\u{2215}passwd",
    "\u{ff0e}\u{ff0e}\u{ff0f}x",
    "\u{e0041}",
    "-rf",
    "--help",
    "-",
    "a b c",
    "  ",
    "a;rm -rf x",
    "$(id)",
    "`id`",
    "a|b",
    "a>b",
    "a*b?",
    "a\"b'c",
    "%2e%2e%2fx",
    "CON",
    "nul.txt",
    "lpt1",
    "x.",
    "x.tar.gz",
    "name.with.very.long-ending-that-is-none-at-all",
    "Grüße.txt",
    "漢字",
];

#[test]
fn no_name_leaves_the_folder_or_acts() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("case");
    fs::create_dir(&folder).unwrap();
    let long = "x".repeat(5000) + ".txt";
    let dots = ".".repeat(300);
    let all = HOSTILE
        .iter()
        .copied()
        .chain([long.as_str(), dots.as_str()]);
    for name in all {
        let name = format!("1-{}", safe(name));
        let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
        assert!(
            name.bytes().all(plain) && name.len() <= LENGTH + 2,
            "{name:?}"
        );
        let path = write(&folder, &name, b"x").unwrap();
        assert_eq!(path.parent(), Some(folder.as_path()), "{name:?}");
        let meta = fs::symlink_metadata(&path).unwrap();
        assert!(meta.is_file(), "{name:?}");
        assert_eq!(meta.permissions().mode() & 0o777, 0o600, "{name:?}");
    }
    let count = fs::read_dir(&folder).unwrap().count();
    assert_eq!(count, HOSTILE.len() + 2, "each has a file of its own");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn nothing_that_is_there_is_touched() {
    let dir = tempfile::tempdir().unwrap();
    let there = |name: &str| dir.path().join(name);
    fs::write(there("1-poc.py"), "mine").unwrap();
    fs::create_dir(there("1-poc-2.py")).unwrap();
    fs::write(there("target"), "mine too").unwrap();
    symlink(there("target"), there("1-poc-3.py")).unwrap();
    symlink(there("nowhere"), there("1-poc-4.py")).unwrap();
    let path = write(dir.path(), "1-poc.py", b"theirs").unwrap();
    assert_eq!(path, there("1-poc-5.py"));
    assert_eq!(fs::read_to_string(there("1-poc.py")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(there("target")).unwrap(), "mine too");
    assert!(!there("nowhere").exists());
}

#[test]
fn a_plain_name_stays_as_it_is() {
    for (name, kept) in [
        ("poc.py", "poc.py"),
        ("x.tar.gz", "x.tar.gz"),
        ("trace 2.txt", "trace_2.txt"),
        ("C:\\temp\\a.bin", "a.bin"),
        ("", "attachment"),
        ("...", "attachment"),
    ] {
        assert_eq!(safe(name), kept);
    }
}
