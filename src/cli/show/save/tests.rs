//! Names as strangers choose them, and what is there already.

use super::*;
use crate::cli::args::CaseOf;
use crate::cli::explain;
use crate::cli::export::case;
use crate::cli::looks::{NOW, at, desk};
use crate::desk::record::{ByHand, Letter, open};
use crate::export::file_name::LENGTH;
use crate::mail::Foreign;
use std::collections::BTreeSet;
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
    let mut taken = super::there(&folder).unwrap();
    let all = HOSTILE
        .iter()
        .copied()
        .chain([long.as_str(), dots.as_str()]);
    for name in all {
        let name = format!("1-{}", safe(&Foreign::new(name)));
        let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
        assert!(
            name.bytes().all(plain) && name.len() <= LENGTH + 2,
            "{name:?}"
        );
        let path = write(&folder, &mut taken, &name, b"x").unwrap();
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
    let mut taken = super::there(dir.path()).unwrap();
    let path = write(dir.path(), &mut taken, "1-poc.py", b"theirs").unwrap();
    assert_eq!(path, there("1-poc-5.py"));
    assert_eq!(fs::read_to_string(there("1-poc.py")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(there("target")).unwrap(), "mine too");
    assert!(!there("nowhere").exists());
}

/// A mail with an attachment of each name, in two ways of writing it; the first line of each
/// is its number.
fn mail_of(names: &[&str]) -> Vec<u8> {
    let mut mail = String::from(
        "From: mia@example.net\nTo: security@example.org\nSubject: x\nMessage-ID: <h@example.net>\n\
         MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nx\n",
    );
    for (i, name) in names.iter().enumerate() {
        let coded: String = name.bytes().map(|b| format!("%{b:02X}")).collect();
        mail.push_str(&format!(
            "--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment;\n filename*=utf-8''{coded}\n\n{i}\n"
        ));
    }
    (mail + "--b--\n").into_bytes()
}

/// Every plain file below a folder, with what it holds; nothing else may lie there.
fn all_below(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let meta = fs::symlink_metadata(entry.path()).unwrap();
        assert!(meta.is_file() || meta.is_dir(), "{entry:?}");
        if meta.is_dir() {
            all.extend(all_below(&entry.path()));
        } else {
            all.push((entry.path(), fs::read_to_string(entry.path()).unwrap()));
        }
    }
    all
}

#[test]
fn by_both_ways_each_hostile_name_has_one_file_inside_the_folder() {
    let long = "x".repeat(300) + ".txt";
    let doubles = [
        long.as_str(),
        "poc.py",
        "poc.py",
        "POC.PY",
        "poc-2.py",
        "Poc.py",
    ];
    let names: Vec<&str> = HOSTILE.into_iter().chain(doubles).collect();
    let eml = mail_of(&names);
    let dir = tempfile::tempdir().unwrap();
    let there = |name: &str| dir.path().join(name);
    fs::create_dir(there("outside")).unwrap();
    fs::create_dir(there("inside")).unwrap();
    desk(|here, store| {
        let by_hand = ByHand {
            from: None,
            subject: &Foreign::new("x"),
            via: "file",
            at: at(NOW),
            letter: Some(Letter::read(&eml).unwrap()),
            acknowledge: false,
            who: "anna",
        };
        store
            .write(at(NOW), |tx| open(tx, &here.config, &by_hand).map(drop))
            .unwrap();
        let wanted = CaseOf {
            reference: "4".to_owned(),
            to: there("inside/case"),
            json: false,
        };
        store
            .read(at(NOW), |tx| {
                case::made(here, tx, &wanted, "anna")?;
                let file = explain::find(tx, here, "4")?;
                let thread = Thread::of(tx, &file)?;
                output::captured(|| save(tx, &thread, &there("inside/saved"))).0
            })
            .unwrap();
    });
    for folder in ["inside/case/attachments", "inside/saved"] {
        let all = all_below(&there(folder));
        let (mut held, mut low) = (BTreeSet::new(), BTreeSet::new());
        for (path, text) in &all {
            let name = path.file_name().unwrap().to_str().unwrap();
            let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
            assert!(name.chars().all(plain), "{folder}: {name:?}");
            assert!(name.starts_with(['0', '1']) && name.len() < 120, "{name:?}");
            held.insert(text.trim().parse::<usize>().unwrap());
            low.insert(name.to_lowercase());
        }
        let every: BTreeSet<usize> = (0..names.len()).collect();
        assert_eq!(held, every, "{folder}: one was written over");
        assert_eq!(all.len(), names.len(), "{folder}");
        assert_eq!(
            low.len(),
            names.len(),
            "{folder}: as large and small letters are one"
        );
    }
    assert_eq!(fs::read_dir(there("outside")).unwrap().count(), 0);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    assert_eq!(fs::read_dir(there("inside")).unwrap().count(), 2);
}
