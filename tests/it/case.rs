//! The case of a report: what an auditor gets, whole or not at all, and can check alone.

use crate::faults::says;
use crate::given::with_one_report;
use crate::kit::{Gatepost, all_files, soon};
use crate::post_office::PostOffice;
use crate::rig::Disk;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

fn read(g: &Gatepost, name: &str) -> String {
    fs::read_to_string(g.path("case").join(name)).unwrap()
}

fn names(below: &Path) -> Vec<String> {
    let all = fs::read_dir(below).unwrap().flatten();
    let mut all: Vec<String> = all.map(|e| e.file_name().into_string().unwrap()).collect();
    all.sort();
    all
}

fn export(g: &Gatepost, to: &str) -> crate::kit::Answer {
    let to = g.path(to).display().to_string();
    g.run(&["export", "case", "1", "--to", &to])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The hash of a fact, as `how` of facts.json says; written here once more, from that text.
fn hash(fact: &Value) -> String {
    let names = [
        "before",
        "n",
        "ticket",
        "at",
        "written_at",
        "fact",
        "by",
        "letter",
        "mail",
        "data_digest",
    ];
    let mut sha = Sha256::new();
    for name in names {
        let text = match &fact[name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        sha.update((text.len() as u64).to_be_bytes());
        sha.update(text.as_bytes());
    }
    hex(&sha.finalize())
}

#[test]
fn an_auditor_gets_all_of_a_report_and_can_check_it_alone() {
    let (g, mia) = with_one_report("audited");
    let accept = ["evaluate", "1", "accepted", "--expected", &soon(), "--yes"];
    g.run(&accept).ok();
    g.once().ok();
    g.wait_for_mail(&mia, 2);
    g.run(&[
        "note",
        "1",
        "--data-access",
        "anna, access log, was it used",
    ])
    .ok();
    g.run(&["set", "1", "credit=fox"]).ok();
    g.run(&["export", "elsewhere", "1", "advisory 12"]).ok();
    let before = g.show("1");
    let to = g.path("case/").display().to_string();
    let said = g
        .run(&["export", "case", "1", "--to", &to, "--json"])
        .json();
    assert_eq!(g.show("1"), before, "nothing went on record");
    assert_eq!(said["lacking"], Value::Array(vec![]));

    // What is said is what is there.
    let listed: Vec<&str> = said["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["name"].as_str().unwrap())
        .collect();
    assert_eq!(listed.len(), all_files(&g.path("case")).len(), "{listed:?}");
    for file in said["files"].as_array().unwrap() {
        let bytes = fs::read(g.path("case").join(file["name"].as_str().unwrap())).unwrap();
        assert_eq!(file["bytes"], bytes.len() as u64, "{file}");
        assert_eq!(file["sha256"], hex(&Sha256::digest(&bytes)), "{file}");
    }
    let help = g.run(&["help", "export", "case"]).ok();
    let fields = said.as_object().unwrap().keys();
    for field in fields.chain(said["files"][0].as_object().unwrap().keys()) {
        assert!(help.contains(field.as_str()), "{field}: {help}");
    }
    let check = || {
        let mut sums = Command::new("sha256sum");
        sums.args(["-c", "--strict", "SHA256SUMS"])
            .current_dir(g.path("case"));
        sums.output().unwrap().status.success()
    };
    assert!(check());

    // Byte for byte, under the numbers of `show`.
    let raw = |n: &str| {
        g.command(&["show", "1", "--raw", n])
            .output()
            .unwrap()
            .stdout
    };
    let mail = names(&g.path("case/mails"));
    assert_eq!(mail.len(), 1, "{mail:?}");
    assert_eq!(
        fs::read(g.path("case/mails").join(&mail[0])).unwrap(),
        raw("1")
    );
    let letters = names(&g.path("case/letters"));
    assert_eq!(letters, ["02-acknowledgement.eml", "03-evaluation.eml"]);
    for (name, n) in letters.iter().zip(["2", "3"]) {
        assert_eq!(fs::read(g.path("case/letters").join(name)).unwrap(), raw(n));
    }
    let words = |text: &str| text.split_whitespace().count();
    let explained = read(&g, "explain.txt");
    assert!(
        words(&explained) > words(&g.run(&["explain", "1"]).ok()),
        "{explained}"
    );
    let explained: Value = serde_json::from_str(&read(&g, "explain.json")).unwrap();
    assert_eq!(explained, g.run(&["explain", "1", "--json"]).json());

    // The server's word for each letter.
    let replies: Value = serde_json::from_str(&read(&g, "letters.json")).unwrap();
    let text = read(&g, "letters.txt");
    for letter in replies.as_array().unwrap() {
        let reply = letter["reply"].as_str().unwrap();
        assert!(reply.starts_with("250 "), "{letter}");
        assert!(text.contains(&format!("server      {reply}")), "{text}");
        let id = letter["message_id"].as_str().unwrap();
        assert!(read(&g, letter["file"].as_str().unwrap()).contains(id));
    }
    says(
        &read(&g, "facts.txt"),
        &[
            "acknowledged",
            "known by    letters/02-acknowledgement.eml",
            "evaluated accepted",
            "known by    letters/03-evaluation.eml",
            "data access: anna, access log, was it used",
        ],
    );
    says(
        &read(&g, "README.txt"),
        &[
            "by anna, gatepost",
            "neon of",
            "The chain of all facts is unbroken",
            "the name \"fox\" was given out: elsewhere, advisory 12",
        ],
    );
    says(
        &read(&g, "thread.txt"),
        &["See https://example.org/search", "Assessment: accepted"],
    );

    // Who of the team was reminded, by name, and the server's word for it.
    let reminders: Value = serde_json::from_str(&read(&g, "reminders.json")).unwrap();
    let anna = g.anna.clone();
    let to_anna = |r: &&Value| r["who"] == "anna" && r["to"] == anna.as_str();
    let told = reminders.as_array().unwrap().iter().find(to_anna);
    let told = told.unwrap_or_else(|| panic!("{reminders:#}"));
    assert_eq!(told["reminds"][0]["promise"], "respond", "{told:#}");
    let reply = told["reply"].as_str().unwrap();
    assert!(reply.starts_with("250 "), "{told:#}");
    says(
        &read(&g, "reminders.txt"),
        &[
            "reminds of  respond (",
            &format!("to          anna <{anna}>"),
            &format!("server      {reply}"),
        ],
    );
    says(&read(&g, "explain.txt"), &["in Europe/London", " all"]);

    // The chain, recomputed by what the file says of it.
    let json: Value = serde_json::from_str(&read(&g, "facts.json")).unwrap();
    let facts = json["facts"].as_array().unwrap();
    assert_eq!(facts.len(), before["facts"].as_array().unwrap().len());
    let mut last = "0".repeat(64);
    for fact in facts {
        assert_eq!(fact["before"], last.as_str(), "{fact:#}");
        let stored = fact["stored"].as_str().unwrap();
        assert_eq!(
            fact["data_digest"],
            hex(&Sha256::digest(stored)),
            "{fact:#}"
        );
        assert_eq!(fact["hash"], hash(fact), "{fact:#}");
        last = fact["hash"].as_str().unwrap().to_owned();
    }
    assert_eq!(
        json["record"]["head"],
        last.as_str(),
        "all facts are of this ticket"
    );
    let digest = Sha256::digest(read(&g, "policy.toml"));
    assert_eq!(json["policy"]["digest"], hex(&digest));

    // Nothing is ever written over.
    says(
        &export(&g, "case").code_in(&[2]),
        &["is there and not empty", "hint: "],
    );
    assert!(check());
    fs::write(g.path("case/facts.txt"), "forged").unwrap();
    assert!(!check(), "what was changed shows");
}

#[test]
fn a_case_is_private_under_any_umask_and_whole_or_not_there() {
    let (g, _) = with_one_report("private");
    for umask in ["0000", "0777", "0022"] {
        let name = format!("case-{umask}");
        let export = format!(
            "umask {umask}; exec {} --config gatepost.toml --as anna export case 1 --to {name}/",
            env!("CARGO_BIN_EXE_gatepost")
        );
        let done = Command::new("sh")
            .args(["-c", &export])
            .current_dir(g.dir.path())
            .output();
        let done = done.unwrap();
        let err = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{umask}: {err}");
        let mode = |path: &Path| {
            let meta = fs::symlink_metadata(path).unwrap();
            (meta.is_dir(), meta.permissions().mode() & 0o7777)
        };
        let folder = g.path(&name);
        assert_eq!(mode(&folder), (true, 0o700));
        for (path, _) in all_files(&folder) {
            assert_eq!(mode(&path), (false, 0o600), "{}", path.display());
            assert_eq!(mode(path.parent().unwrap()), (true, 0o700));
        }
    }
    let why = |to: &str, code| export(&g, to).code_in(&[code]);
    symlink(g.path("store"), g.path("link")).unwrap();
    says(&why("link", 2), &["is a link"]);
    says(&why("gatepost.toml", 2), &["is a file"]);
    let missing = why("missing/case", 1);
    says(&missing, &["there is no folder", "hint: make it (mkdir -p"]);
    fs::create_dir(g.path("empty")).unwrap();
    says(&why("empty", 2), &["is there, an empty folder"]);
    let none = g.run(&["export", "case", "77", "--to", "x"]);
    says(&none.code_in(&[2]), &["there is no ticket 77"]);
    assert!(!Path::new("x").exists());
    let mut key = g.command(&["ssh"]);
    key.env("SSH_ORIGINAL_COMMAND", "export case 1 --to /tmp/case");
    let refused = key.output().unwrap();
    says(
        &String::from_utf8(refused.stderr).unwrap(),
        &["--to is not for a key"],
    );
    let hidden = |name: &String| name.starts_with('.') && name.contains("gatepost-new");
    assert!(!names(g.dir.path()).iter().any(hidden));
}

/// But for when it was made.
fn lasting(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let name = |path: &Path| path.strip_prefix(folder).unwrap().display().to_string();
    let all = all_files(folder).into_iter();
    let mut all: Vec<_> = all.map(|(path, bytes)| (name(&path), bytes)).collect();
    all.retain(|(name, _)| !["README.txt", "facts.json", "SHA256SUMS"].contains(&name.as_str()));
    all.sort();
    all
}

#[test]
fn a_terminal_has_no_say_in_what_a_case_says() {
    let (g, mia) = with_one_report("case-wide");
    g.run(&["evaluate", "1", "accepted", "--expected", &soon(), "--yes"])
        .ok();
    g.once().ok();
    g.wait_for_mail(&mia, 2);
    export(&g, "narrow").ok();
    let wide = format!(
        "stty rows 50 cols 200; {} --config gatepost.toml --as anna export case 1 --to wide",
        env!("CARGO_BIN_EXE_gatepost")
    );
    let mut script = Command::new("script");
    script.args(["-q", "-e", "-c", &wide, "/dev/null"]);
    let shown = script
        .env("TERM", "xterm")
        .current_dir(g.dir.path())
        .output();
    let shown = shown.unwrap();
    let text = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.status.success(), "{text}");
    says(&text, &["writing: mail 1 of 1", "SEC-", "--data-access"]);
    let (narrow, wide) = (lasting(&g.path("narrow")), lasting(&g.path("wide")));
    assert_eq!(narrow.len(), 12, "{:?}", names(&g.path("narrow")));
    for (one, other) in narrow.iter().zip(&wide) {
        let text = |(_, bytes): &(String, Vec<u8>)| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(one, other, "{}\n{}", text(one), text(other));
    }
    assert_eq!(narrow.len(), wide.len());
}

#[test]
fn a_full_disk_leaves_nothing_of_a_case() {
    let g = Gatepost::ready(PostOffice::shared(), "case-full");
    let mia = g.reporter("mia");
    let line = format!("{}\n", "A".repeat(75)).repeat(40_000);
    let mail = format!(
        "From: {mia}\nTo: {}\nSubject: XSS\nMessage-ID: <f1@example.net>\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nhttps://example.org/\n\
         --b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=x.bin\n\
         Content-Transfer-Encoding: base64\n\n{line}--b--\n",
        g.address
    );
    g.arrives(&mia, mail.as_bytes());
    g.once().ok();
    fs::create_dir(g.path("small")).unwrap();
    let disk = Disk::small(&g.path("small"), 4 << 20);
    fs::set_permissions(g.path("small"), fs::Permissions::from_mode(0o700)).unwrap();
    let before = names(&g.path("small"));
    let why = export(&g, "small/case").code_in(&[1]);
    says(
        &why,
        &[
            "was not written, and nothing of it is left",
            "hint: make room",
        ],
    );
    assert_eq!(names(&g.path("small")), before);
    disk.away();
    export(&g, "case").ok();
    let all = names(&g.path("case/attachments"));
    assert_eq!(all, ["01-x.bin"]);
    let size = fs::metadata(g.path("case/attachments/01-x.bin"))
        .unwrap()
        .len();
    assert_eq!(size, 40_000 * 75 / 4 * 3);
}
