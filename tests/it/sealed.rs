//! Encrypted mail, in and out: it is told by its shape, a person's own program opens it and
//! encrypts the answer, and none of the words is kept.
//!
//! The program is a script that puts bytes into the armour of OpenPGP and takes them out
//! again: what is tried here is what gatepost hands over, and what it does with the answer.

mod files;
mod passing;

use crate::kit::{Answer, Gatepost, all_files, header, report, soon};
use crate::post_office::PostOffice;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

/// Two bytes that begin what is encrypted to a key, and the rest as it is.
const ENCRYPT: &str = "echo '-----BEGIN PGP MESSAGE-----'; echo
(printf '\\205\\001'; cat) | base64
echo '-----END PGP MESSAGE-----'";
const DECRYPT: &str = "tr -d '\\r' | grep -v -e '^-----' -e '^$' | base64 -d | tail -c +3";

fn write_program(g: &Gatepost, name: &str, lines: &str) {
    let new = g.path("program.new");
    fs::write(&new, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(0o700)).unwrap();
    fs::rename(new, g.path(name)).unwrap();
}

fn with_programs(story: &str) -> Gatepost<'static> {
    let g = Gatepost::new(PostOffice::shared(), story);
    write_program(&g, "encrypt", ENCRYPT);
    write_program(&g, "decrypt", DECRYPT);
    let here = g.dir.path().display();
    let section = format!(
        "\n[openpgp]\ndecrypt = [\"{here}/decrypt\"]\ndecrypt_smime = [\"{here}/decrypt\"]\nencrypt = [\"{here}/encrypt\", \"<{{recipient}}>\"]\n"
    );
    g.write_config(&(g.config() + &section));
    g.run(&["init"]).ok();
    g
}

/// What one of the programs makes of some bytes.
fn through(g: &Gatepost, program: &str, input: &[u8]) -> Vec<u8> {
    let mut command = Command::new(g.path(program));
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    output.stdout
}

const ENTITY: &str = "Content-Type: multipart/mixed; boundary=i\nSubject: Key confusion\n\n--i\nContent-Type: text/plain\n\nThe token canary-in is taken \u{1b}[2J by all.\n--i\nContent-Type: text/x-python\nContent-Disposition: attachment; filename=poc.py\n\nprint(1)\n--i--\n";

/// A report in PGP/MIME whose subject tells nothing; gives its message in armour.
fn encrypted_report(g: &Gatepost, from: &str) -> String {
    let armour = String::from_utf8(through(g, "encrypt", ENTITY.as_bytes())).unwrap();
    let to = &g.address;
    let mail = format!(
        "From: Mia <{from}>\nTo: {to}\nSubject: ...\nMessage-ID: <s1@example.net>\nMIME-Version: 1.0\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\n{armour}--b--\n"
    );
    g.arrives(from, mail.as_bytes());
    g.once().ok();
    armour
}

/// Nothing below the folder of the config holds these words.
fn kept_nowhere(g: &Gatepost, words: &str) {
    let holds = |bytes: &[u8]| bytes.windows(words.len()).any(|w| w == words.as_bytes());
    let all = all_files(g.dir.path());
    assert!(all.iter().any(|(path, _)| path.ends_with("gatepost.db")));
    let found: Vec<_> = all.iter().filter(|(_, bytes)| holds(bytes)).collect();
    let found: Vec<_> = found.iter().map(|(path, _)| path.display()).collect();
    assert!(found.is_empty(), "{words} lies in {found:?}");
}

fn reply(g: &Gatepost, more: &[&str]) -> Answer {
    let words = tempfile::tempdir().unwrap();
    let file = words.path().join("words");
    fs::write(&file, "It is canary-out that we fix.\n").unwrap();
    let message = file.display().to_string();
    g.run(&[&["reply", "1", "--message", &message][..], more].concat())
}

#[test]
fn an_encrypted_report_is_told_by_its_shape_and_opened_without_a_trace() {
    let g = with_programs("sealedin");
    let mia = g.reporter("mia");
    let armour = encrypted_report(&g, &mia);
    let list = g.run(&["list"]).ok();
    assert!(list.contains("encrypted (PGP/MIME)"), "{list}");
    let shown = g.run(&["show", "1"]).ok();
    let way = "!    mail 1 is encrypted (PGP/MIME): gatepost show 1 --decrypt 1";
    assert!(shown.contains(way), "{shown}");
    assert!(!shown.contains("signature"), "{shown}");
    let ticket = g.show("1");
    assert_eq!(ticket["extracted"]["encrypted"], true);
    let sealed = &ticket["thread"][0]["sealed"];
    assert_eq!(sealed["encrypted"], "pgp-mime");
    assert!(sealed["signed"].is_null(), "{sealed}");
    // Its clock runs, and the receipt says that nobody has read it.
    assert_eq!(ticket["deadlines"][0]["promise"], "respond");
    let receipt = g.wait_for_mail(&mia, 1).remove(0);
    assert!(receipt.contains("Your mail is encrypted"), "{receipt}");

    for decrypt in [
        &["show", "1", "--decrypt"][..],
        &["show", "1", "--decrypt", "1"],
    ] {
        let opened = g.run(decrypt).ok();
        let text = "Subject: Key confusion\n\nThe token canary-in is taken \\u{1b}[2J by all.";
        assert!(
            opened.contains(text) && opened.contains("\"poc.py\""),
            "{opened}"
        );
    }
    let bytes = g.run(&["show", "1", "--decrypt", "--bytes"]).ok();
    assert_eq!(bytes, ENTITY);
    let part = g.run(&["show", "1", "--part", "2"]).ok();
    assert_eq!(part.replace("\r\n", "\n").trim(), armour.trim());
    assert_eq!(
        g.run(&["show", "1", "--part", "1.1"]).ok().trim(),
        "Version: 1"
    );
    for (args, wanted) in [
        (
            &["show", "1", "--part", "3"][..],
            "there is no part 3 in mail 1: it has 2",
        ),
        (&["show", "1", "--part", "x"], "--part takes"),
        (&["show", "1", "--decrypt", "2"], "holds nothing encrypted"),
    ] {
        let why = g.run(args).code_in(&[2]);
        assert!(why.contains(wanted), "{args:?}: {why}");
    }
    // A signature that nobody can check makes GnuPG end with 2, and the text is there.
    write_program(
        &g,
        "decrypt",
        &format!("{DECRYPT}; echo no key >&2; exit 2"),
    );
    let opened = g.run(&["show", "1", "--decrypt"]);
    assert_eq!(opened.code, 1);
    assert!(opened.out.contains("canary-in") && opened.out.contains("do not rely on what follows"));
    write_program(&g, "decrypt", "echo no secret key >&2; exit 2");
    let why = g.run(&["show", "1", "--decrypt"]).code_in(&[1]);
    assert!(
        why.contains("mail 1 \"encrypted.asc\" is not decrypted") && why.contains("no secret key"),
        "{why}"
    );
    kept_nowhere(&g, "canary-in");
    kept_nowhere(&g, "print(1)");
}

#[test]
fn what_is_decrypted_is_shown_whole() {
    let g = with_programs("sealedwhole");
    let mia = g.reporter("mia");
    let request =
        "POST /login HTTP/1.1\nHost: a.example\nContent-Type: application/json\n\n{\"u\": 1}\n";
    let words = format!("Vulnerability: SQL injection in the login\nRequest:\n{request}");
    let page = "Content-Type: text/html\n\nSee <a href=\"https://evil.example/poc\">the proof</a> and <a href=\"https://evil.example\">https://good.example</a>.\n";
    let inline = "Content-Type: text/plain\n\n";
    let attached = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello.\n--b\nContent-Type: application/octet-stream; name=it.asc\n\n";
    let framed = "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\n";
    let wanted = [
        (
            inline,
            words.as_str(),
            &["SQL injection", "Host: a.example", "{\"u\": 1}"][..],
        ),
        (
            attached,
            &words,
            &["SQL injection", "Host: a.example", "{\"u\": 1}"],
        ),
        (attached, ENTITY, &["canary-in", "\"poc.py\""]),
        (
            framed,
            page,
            &["https://evil.example/poc", "https://good.example"],
        ),
        (
            attached,
            page,
            &["https://evil.example/poc", "https://good.example"],
        ),
    ];
    for (n, (head, inside, all)) in wanted.into_iter().enumerate() {
        let armour = String::from_utf8(through(&g, "encrypt", inside.as_bytes())).unwrap();
        let (to, number) = (&g.address, (n + 1).to_string());
        let end = if head == inline { "" } else { "--b--\n" };
        let mail = format!(
            "From: Mia <{mia}>\nTo: {to}\nSubject: Report {n}\nMessage-ID: <w{n}@example.net>\nMIME-Version: 1.0\n{head}{armour}{end}"
        );
        g.arrives(&mia, mail.as_bytes());
        g.once().ok();
        let opened = g.run(&["show", &number, "--decrypt"]).ok();
        assert!(
            all.iter().all(|words| opened.contains(words)),
            "{n}: {opened}"
        );
    }
}

#[test]
fn an_answer_leaves_encrypted_and_its_words_are_kept_nowhere() {
    let g = with_programs("sealedout");
    let mia = g.reporter("mia");
    encrypted_report(&g, &mia);
    g.wait_for_mail(&mia, 1);
    // In clear it needs a word of its own.
    let why = reply(&g, &["--yes"]).code_in(&[2]);
    assert!(why.contains("--encrypt encrypts it"), "{why}");
    fs::remove_dir_all(g.path("store/drafts")).unwrap();
    let facts = g.fact_names("1");
    for (program, wanted) in [
        ("echo 'no public key' >&2; exit 2", "no public key"),
        ("cat", "no encrypted OpenPGP message"),
        ("exec sleep 0", "no encrypted OpenPGP message"),
    ] {
        write_program(&g, "encrypt", program);
        let why = reply(&g, &["--encrypt", "--yes"]).code_in(&[1]);
        assert!(why.contains(wanted), "{program}: {why}");
    }
    assert_eq!(g.fact_names("1"), facts);
    // It is told whom it encrypts to.
    let named = format!("echo \"$1\" > '{}'\n{ENCRYPT}", g.path("to").display());
    write_program(&g, "encrypt", &named);
    let shown = reply(&g, &["--encrypt", "--dry-run"]).ok();
    assert!(
        shown.contains("canary-out") && shown.contains("! it leaves encrypted"),
        "{shown}"
    );
    assert!(!shown.contains("in clear"), "{shown}");
    g.write_secret("fix.diff", "patch-canary", 0o600);
    let file = g.path("fix.diff").display().to_string();
    reply(&g, &["--encrypt", "--yes", "--attach", &file]).ok();
    fs::remove_file(g.path("fix.diff")).unwrap();
    assert_eq!(
        fs::read_to_string(g.path("to")).unwrap(),
        format!("<{mia}>\n")
    );
    g.once().ok();
    let letter = g.wait_for_mail(&mia, 2).remove(1);
    let kind = header(&letter, "Content-Type").unwrap();
    assert!(kind.starts_with("multipart/encrypted"), "{kind}");
    assert!(
        header(&letter, "Subject").unwrap().contains("[SEC-"),
        "{letter}"
    );
    assert!(
        !letter.contains("canary") && !letter.contains("Hello"),
        "{letter}"
    );
    let at = letter.find("-----BEGIN PGP MESSAGE-----").unwrap();
    let end = letter.find("-----END PGP MESSAGE-----").unwrap();
    let inside = through(&g, "decrypt", &letter.as_bytes()[at..end]);
    let inside = String::from_utf8(inside).unwrap();
    assert!(
        inside.starts_with("Content-Type: multipart/mixed"),
        "{inside}"
    );
    assert!(
        inside.contains("canary-out") && inside.contains("fix.diff"),
        "{inside}"
    );
    let thread = g.show("1")["thread"].as_array().unwrap().clone();
    let shapes: Vec<_> = thread.iter().map(|m| &m["sealed"]["encrypted"]).collect();
    let (pgp, none) = (serde_json::json!("pgp-mime"), serde_json::Value::Null);
    assert_eq!(shapes, [&pgp, &none, &pgp]);
    assert_eq!(thread[2]["encrypted"], true);
    // It counts as any answer, and says on record that its words are not there.
    assert!(g.fact_names("1").contains(&"answered".to_owned()));
    let shown = g.run(&["show", "1", "--quotes"]).ok();
    assert!(
        shown.contains("(left encrypted; its text is not kept)"),
        "{shown}"
    );
    kept_nowhere(&g, "canary-out");
    kept_nowhere(&g, "patch-canary");
}

#[test]
fn beside_encrypt_nothing_of_the_letter_goes_out_in_clear() {
    let g = with_programs("sealedbeside");
    let (mia, ravi) = (g.reporter("mia"), g.reporter("ravi"));
    encrypted_report(&g, &mia);
    let same = report(
        &ravi,
        &g.address,
        "s2@example.com",
        "Keys",
        "",
        "Any token is taken.",
    );
    g.arrives(&ravi, &same);
    g.once().ok();
    let duplicate = ["evaluate", "2", "duplicate", "--of", "1", "--yes", "--send"];
    g.run(&duplicate).ok();
    // The letters to the reporters of duplicates are in clear.
    let all = reply(&g, &["--encrypt", "--words-for-all", "--yes"]).code_in(&[2]);
    assert!(all.contains("cannot be used with"), "{all}");
    let shown = reply(&g, &["--encrypt", "--expected", &soon(), "--dry-run"]).ok();
    let told = "! those to the reporters of its duplicates leave in clear, without what you wrote";
    assert!(
        shown.contains(told) && !shown.contains("--words-for-all"),
        "{shown}"
    );
    // A reason would stay on record in clear; one in the letter is not kept, also where the
    // record asks for one.
    let later = soon()
        .parse::<jiff::civil::Date>()
        .unwrap()
        .tomorrow()
        .unwrap()
        .to_string();
    for args in [
        &[
            "reply",
            "1",
            "--expected",
            &later,
            "--because",
            "canary-why",
        ][..],
        &["publish", "1", "--on", &later, "--because", "canary-why"],
        &["close", "1", "--because", "canary-why"],
    ] {
        let why = g
            .run(&[args, &["--encrypt", "--yes"]].concat())
            .code_in(&[2]);
        assert!(why.contains("--because goes on record in clear"), "{why}");
    }
    reply(&g, &["--encrypt", "--expected", &soon(), "--yes"]).ok();
    g.once().ok();
    g.wait_for_mail(&mia, 2);
    reply(&g, &["--encrypt", "--expected", &later, "--yes"]).ok();
    let log = g.run(&["show", "1", "--log"]).ok();
    assert!(
        log.contains(&format!("{later}: (said in a letter that left encrypted")),
        "{log}"
    );
    g.write_secret("why", "canary-why", 0o600);
    let file = g.path("why").display().to_string();
    g.run(&["close", "1", "--message", &file, "--encrypt", "--yes"])
        .ok();
    fs::remove_file(g.path("why")).unwrap();
    kept_nowhere(&g, "canary-why");
    kept_nowhere(&g, "canary-out");
}
