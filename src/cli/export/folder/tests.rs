//! A folder that is there as a whole or not at all.

use super::*;
use std::os::unix::fs::symlink;

fn names(below: &Path) -> Vec<String> {
    let all = fs::read_dir(below).unwrap().flatten();
    let mut all: Vec<String> = all.map(|e| e.file_name().into_string().unwrap()).collect();
    all.sort();
    all
}

fn put(folder: &mut NewFolder, name: &str) -> Result<()> {
    folder.file(name, "", |out| Ok(out.write_all(name.as_bytes())?))
}

fn refused(to: &Path) -> String {
    let why = NewFolder::beside(to).err().unwrap();
    format!("{why:#}")
}

#[test]
fn a_folder_is_there_when_it_is_whole_and_only_its_owner_can_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("case");
    let mut folder = NewFolder::beside(&to).unwrap();
    put(&mut folder, "README.txt").unwrap();
    put(&mut folder, "mails/01-a.eml").unwrap();
    put(&mut folder, "mails/02-b.eml").unwrap();
    assert_eq!(names(dir.path()), [".case.gatepost-new"], "not whole yet");
    folder.finish().unwrap();
    assert_eq!(names(dir.path()), ["case"]);
    assert_eq!(names(&to), ["README.txt", "mails"]);
    let mode = |name: &str| {
        let meta = fs::symlink_metadata(to.join(name)).unwrap();
        meta.permissions().mode() & 0o7777
    };
    assert_eq!(
        ["", "mails", "README.txt", "mails/01-a.eml"].map(mode),
        [0o700, 0o700, 0o600, 0o600]
    );
    let first = &folder.written[0];
    assert_eq!(
        (first.name.as_str(), first.bytes, first.sha256.as_str()),
        (
            "README.txt",
            10,
            "b01eeed0ec6fc4f4799e44c7b4084e649d6eee4f1aca52ac935553ff82108398"
        )
    );
}

#[test]
fn what_is_there_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let there = |name: &str| dir.path().join(name);
    fs::create_dir(there("full")).unwrap();
    fs::write(there("full/mine"), "mine").unwrap();
    fs::write(there("file"), "mine").unwrap();
    fs::create_dir(there("other")).unwrap();
    symlink(there("other"), there("link")).unwrap();
    symlink(there("nowhere"), there("dangling")).unwrap();
    for (name, says) in [
        ("full", "is there and not empty"),
        ("file", "is a file"),
        ("link", "is a link"),
        ("link/", "is a link"),
        ("dangling", "is a link"),
        ("full/..", "names no new folder"),
        ("other/", "is there, an empty folder"),
        ("missing/case", "there is no folder"),
        ("file/case", "is no folder\n  hint: "),
        (&"x".repeat(300), "the name is too long"),
    ] {
        let why = refused(&there(name));
        assert!(why.contains(says), "{name}: {why}");
    }
    let before = ["dangling", "file", "full", "link", "other"];
    assert_eq!(names(dir.path()), before);
    assert_eq!(fs::read(there("full/mine")).unwrap(), b"mine");
    fs::set_permissions(there("other"), Permissions::from_mode(0o755)).unwrap();
    refused(&there("other"));
    let meta = fs::metadata(there("other")).unwrap();
    assert_eq!(meta.permissions().mode() & 0o7777, 0o755);
}

#[test]
fn what_comes_meanwhile_is_not_written_over_and_nothing_of_ours_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let there = |name: &str| dir.path().join(name);
    fs::create_dir(there("elsewhere")).unwrap();
    for name in ["a", "b", "c", "d"] {
        let to = there(name);
        let mut folder = NewFolder::beside(&to).unwrap();
        put(&mut folder, "mails/a").unwrap();
        match name {
            "a" => fs::write(&to, "theirs").unwrap(),
            "b" => symlink(there("elsewhere"), &to).unwrap(),
            "d" => fs::create_dir(&to).unwrap(),
            _ => {
                fs::create_dir(&to).unwrap();
                fs::write(to.join("x"), "theirs").unwrap();
            }
        }
        let why = folder.finish().unwrap_err();
        let why = format!("{:#}", folder.given_up(why));
        assert!(why.contains("was not written, and nothing of it"), "{why}");
        assert!(why.contains("came to that place meanwhile"), "{why}");
    }
    assert_eq!(names(dir.path()), ["a", "b", "c", "d", "elsewhere"]);
    assert_eq!(names(&there("elsewhere")), [""; 0]);
    assert_eq!(names(&there("c")), ["x"]);
}

#[test]
fn one_that_was_stopped_midway_is_told_and_not_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("case");
    let mut folder = NewFolder::beside(&to).unwrap();
    put(&mut folder, "a").unwrap();
    drop(folder);
    let why = refused(&to);
    assert!(why.contains("one was stopped midway"), "{why}");
    let left = dir.path().join(".case.gatepost-new");
    assert_eq!(names(&left), ["a"]);
    // Nor is a link in its place followed.
    fs::remove_dir_all(&left).unwrap();
    fs::create_dir(dir.path().join("other")).unwrap();
    symlink(dir.path().join("other"), &left).unwrap();
    refused(&to);
    assert_eq!(names(&dir.path().join("other")), [""; 0]);
}

#[test]
fn others_may_not_write_beside_it_unless_they_cannot_put_another_there() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("case");
    for (mode, may) in [
        (0o777, false),
        (0o770, false),
        (0o1777, true),
        (0o755, true),
    ] {
        fs::set_permissions(dir.path(), Permissions::from_mode(mode)).unwrap();
        let made = NewFolder::beside(&to);
        assert_eq!(made.is_ok(), may, "{mode:o}");
        if let Ok(folder) = made {
            folder.given_up(anyhow!("enough"));
        }
    }
}

#[test]
fn no_name_leads_out_of_it_and_none_is_written_twice() {
    let dir = tempfile::tempdir().unwrap();
    let mut folder = NewFolder::beside(&dir.path().join("case")).unwrap();
    put(&mut folder, "a/b").unwrap();
    for name in [
        "", ".", "..", "/x", "../x", "a/..", "a/../x", "a/b/c", "a//b", "a\\b", "a b", "a\0",
        "a\n", "\u{202e}", "-a", ".a", "a/", "ä",
    ] {
        let why = put(&mut folder, name).unwrap_err().to_string();
        assert!(why.contains("no name for a file"), "{name:?}: {why}");
    }
    assert!(put(&mut folder, "a/b").is_err(), "it is there");
    assert_eq!(folder.written.len(), 1);
    folder.given_up(anyhow!("enough"));
    assert_eq!(names(dir.path()), [""; 0]);
}

#[test]
fn who_cannot_write_is_told_what_to_do() {
    for (kind, wanted) in [
        (ErrorKind::StorageFull, "make room"),
        (ErrorKind::PermissionDenied, "where you may write"),
        (ErrorKind::DirectoryNotEmpty, "not there yet"),
    ] {
        let why = hinted(io::Error::from(kind)).to_string();
        assert!(why.contains("\n  hint: ") && why.contains(wanted), "{why}");
    }
    assert_eq!(with_hint(anyhow!("x")).to_string(), "x");
}
