//! The laws of the house, held by reading its source.

mod raw;

use raw::RAW;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The modules of `lib.rs`, in their order.
fn modules() -> Vec<String> {
    let lib = fs::read_to_string(src().join("lib.rs")).unwrap();
    lib.lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

fn sources(below: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Every module named behind `crate::` in a text, comments left out.
fn imports(text: &str) -> Vec<String> {
    let code: Vec<&str> = text
        .lines()
        .filter(|l| !l.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => found.extend(first_words(group)),
            None => found.push(word(rest)),
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// The first word of each member of a group such as `{mail::{a, b}, ticket}`.
fn first_words(group: &str) -> Vec<String> {
    let (mut depth, mut words, mut fresh) = (0, Vec::new(), true);
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && depth == 0 && !c.is_whitespace() => {
                words.push(word(&group[i..]));
                fresh = false;
            }
            _ => {}
        }
    }
    words
}

#[test]
fn a_module_imports_only_from_modules_above_it() {
    let order: BTreeMap<String, usize> = modules()
        .into_iter()
        .enumerate()
        .map(|(i, m)| (m, i))
        .collect();
    let mut broken = Vec::new();
    for (module, place) in &order {
        let room = src().join(module);
        let mut files = if room.is_dir() {
            sources(&room)
        } else {
            Vec::new()
        };
        let file = src().join(format!("{module}.rs"));
        files.extend(file.exists().then_some(file));
        assert!(!files.is_empty(), "{module} has no file");
        for path in files {
            for named in imports(&fs::read_to_string(&path).unwrap()) {
                match order.get(&named) {
                    Some(other) if other <= place => {}
                    Some(_) => broken.push(format!(
                        "{} imports from {named}, which stands below {module}",
                        path.display()
                    )),
                    None => broken.push(format!(
                        "{} names crate::{named}, which is no module",
                        path.display()
                    )),
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn imports_are_found_in_all_their_forms() {
    let text = "use crate::mail::Mail;\nuse crate::{ticket::{A, B}, promise};\nlet x = crate::store::Store;\n// crate::cli is only spoken of\n";
    assert_eq!(imports(text), ["mail", "ticket", "promise", "store"]);
}

#[test]
fn every_file_opens_by_saying_what_it_is_for_and_none_is_too_long() {
    let mut broken = Vec::new();
    for path in sources(&src()) {
        let text = fs::read_to_string(&path).unwrap();
        if !text.starts_with("//!") {
            broken.push(format!("{} does not open with //!", path.display()));
        }
        if text.lines().count() > 400 {
            broken.push(format!(
                "{} has {} lines",
                path.display(),
                text.lines().count()
            ));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// What has no place in ring 1: files, environment, network, threads, clocks, async.
const WORLD: [&str; 9] = [
    "std::fs",
    "std::env",
    "std::net::Tcp",
    "std::process",
    "std::thread",
    "SystemTime::now",
    "Instant::now",
    "async fn",
    "tokio::",
];

#[test]
fn ring_one_judges_and_touches_nothing() {
    let mut broken = Vec::new();
    for room in ["mail", "ticket", "promise", "triage", "letters", "export"] {
        for path in sources(&src().join(room)) {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let is_tests = path
                .iter()
                .any(|part| part == "tests.rs" || part == "tests");
            let lines = code.lines().filter(|l| !l.trim_start().starts_with("//"));
            let found = lines.filter_map(|l| WORLD.iter().find(|w| l.contains(**w)));
            broken.extend(
                found
                    .filter(|_| !is_tests)
                    .map(|w| format!("{} reaches for {w}", path.display())),
            );
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Crates that reach the world, and the one room where each may be named.
const FENCES: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("async_imap", &["mailbox"]),
    ("mail_parser", &["mail"]),
    ("idna", &["mail"]),
    ("lettre", &["mail", "channel"]),
    ("rustls", &["net"]),
    ("minijinja", &["letters"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("unicode_width", &["cli"]),
    ("cvss", &["ticket"]),
    ("rustix", &["channel", "daemon", "cli"]),
    ("zstd", &["store"]),
    ("getrandom", &["desk"]),
    ("shlex", &["cli"]),
    ("base64::engine", &["mailbox"]),
    ("tokio::process", &["net", "channel", "daemon"]),
    ("sd_notify", &["daemon"]),
];

#[test]
fn each_dependency_lives_behind_its_room() {
    let mut broken = Vec::new();
    for (dependency, rooms) in FENCES {
        for path in sources(&src()) {
            let inside = path.strip_prefix(src()).unwrap();
            let room = inside
                .iter()
                .next()
                .unwrap()
                .to_str()
                .unwrap()
                .trim_end_matches(".rs");
            let text = fs::read_to_string(&path).unwrap();
            let names = text
                .lines()
                .filter(|l| !l.trim_start().starts_with("//"))
                .any(|l| l.contains(&format!("{dependency}::")));
            if names && !rooms.contains(&room) {
                broken.push(format!(
                    "{} names {dependency}, which belongs to {}",
                    path.display(),
                    rooms.join(" and ")
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The code of a file, without its tests and its comments.
fn code(path: &Path) -> String {
    let is_tests = |part: &std::ffi::OsStr| part == "tests.rs" || part == "tests";
    if path.iter().any(is_tests) {
        return String::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code.lines().filter(|l| !l.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The files below `src` whose code has one of these words in it.
fn files_with(words: &[&str]) -> Vec<String> {
    let name = |path: &Path| path.strip_prefix(src()).unwrap().display().to_string();
    let all = sources(&src()).into_iter();
    let found = all.filter(|path| {
        let code = code(path);
        words.iter().any(|w| code.contains(w))
    });
    found.map(|path| name(&path)).collect()
}

#[test]
fn a_strangers_text_is_taken_as_it_came_only_where_it_is_written_down_why() {
    let mut known: Vec<&str> = RAW.iter().map(|(file, _)| *file).collect();
    known.sort_unstable();
    let mut found = files_with(&[".raw()", "Foreign::raw"]);
    found.sort_unstable();
    assert_eq!(found, known);
    let foreign = fs::read_to_string(src().join("mail/foreign.rs")).unwrap();
    for way in ["Display", "AsRef", "Deref", "Borrow", "From<Foreign>"] {
        let opens = foreign
            .lines()
            .find(|l| l.starts_with("impl") && l.contains(way));
        assert_eq!(opens, None, "a way around");
    }
    assert!(
        foreign.contains("pub struct Foreign(String);"),
        "its text is private"
    );
}

#[test]
fn one_place_prints_and_one_logs() {
    let ways = ["io::stdout()", "io::stderr()", "anstream::std", "/dev/tty"];
    // The third only waits for its reader to go away.
    let known = ["cli/facts.rs", "cli/log.rs", "cli/output.rs"];
    assert_eq!(files_with(&ways), known);
    let facts = code(&src().join("cli/facts.rs"));
    assert!(!facts.contains("write"), "cli/facts.rs prints");
    // JSON for a reader outside is made where it is made harmless; the others store it,
    // and the command gets what is ours alone.
    let json = [
        "serde_json::to_string",
        "serde_json::to_vec",
        "serde_json::to_writer",
    ];
    let known = [
        "channel/command.rs",
        "cli/output.rs",
        "daemon/receive/apart.rs",
        "desk/health.rs",
        "store/deadlines.rs",
        "store/facts.rs",
        "store/outbox.rs",
    ];
    assert_eq!(files_with(&json), known);
}

/// The versions of each package in a lock file, and what `gatepost` stands on.
fn locked(file: &str) -> (BTreeMap<String, Vec<String>>, Vec<String>) {
    let text = fs::read_to_string(src().with_file_name(file)).unwrap();
    let (mut versions, mut below) = (BTreeMap::<String, Vec<String>>::new(), Vec::new());
    for package in text.split("[[package]]\n").skip(1) {
        let of = |key: &str| {
            let line = package.lines().find_map(|l| l.strip_prefix(key));
            line.unwrap_or_default().trim_matches('"').to_owned()
        };
        let name = of("name = ");
        if name == "gatepost" {
            let needed = package.lines().filter_map(|l| l.strip_prefix(" \""));
            below = needed
                .map(|l| l.trim_end_matches("\",").to_owned())
                .collect();
        }
        versions.entry(name).or_default().push(of("version = "));
    }
    (versions, below)
}

#[test]
fn fuzzing_stands_on_the_versions_that_ship() {
    let ((ours, below), (fuzzed, fuzzed_below)) = (locked("Cargo.lock"), locked("fuzz/Cargo.lock"));
    let for_tests = ["insta", "proptest", "rcgen", "tempfile"];
    let below: Vec<String> = below
        .into_iter()
        .filter(|name| !for_tests.contains(&name.as_str()))
        .collect();
    assert_eq!(
        fuzzed_below, below,
        "run: cargo update --manifest-path fuzz/Cargo.toml gatepost"
    );
    for (name, versions) in fuzzed {
        let known = ours.get(&name);
        let same = known.is_none_or(|known| versions.iter().all(|v| known.contains(v)));
        assert!(
            same,
            "fuzz/Cargo.lock has {name} {versions:?}, Cargo.lock {known:?}"
        );
    }
}

#[test]
fn each_bar_of_the_bench_names_scenarios_that_there_are() {
    let me = std::env::current_exe().unwrap();
    let listed = Command::new(me).arg("--list").output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let bars = fs::read_to_string(src().join("../tests/soak/bars")).unwrap();
    let mut seen = Vec::new();
    for line in bars.lines().filter(|l| !l.starts_with('#')) {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [bar, scenarios, what] = parts[..] else {
            panic!("no bar: {line}")
        };
        assert!(!what.is_empty() && !scenarios.is_empty(), "{line}");
        assert!(!seen.contains(&bar), "{bar} stands there twice");
        seen.push(bar);
        for part in scenarios.split(' ') {
            let named = listed.lines().any(|test| test.starts_with(part));
            assert!(named, "{bar} names {part}, and no scenario begins so");
        }
    }
    assert!(seen.len() > 40, "{seen:?}");
}
