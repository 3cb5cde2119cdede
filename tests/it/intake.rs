//! The intake against a real server: every message is accounted for, once, whatever
//! happened to it before, and nothing is changed where it lies.

use crate::alarms::shielded;
use crate::kit::{Gatepost, PATIENCE, body, header, report};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Lays messages into the watched mailbox, as if they had been delivered, with these flags
/// (`S` is seen).
pub fn laid(g: &Gatepost, messages: impl IntoIterator<Item = Vec<u8>>, flags: &str) {
    let maildir = g.office.maildir(&g.address);
    let owner = owner_of(g);
    for (n, message) in messages.into_iter().enumerate() {
        let name = format!("{}.M{n:06}P1.example:2,{flags}", seconds());
        let (tmp, cur) = (
            maildir.join("tmp").join(&name),
            maildir.join("cur").join(&name),
        );
        fs::write(&tmp, message).unwrap();
        chown(&tmp, Some(owner.0), Some(owner.1)).unwrap();
        fs::rename(tmp, cur).unwrap();
    }
}

/// Seconds that no other message has: they are its name.
fn seconds() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = jiff::Timestamp::now().as_second() as u64;
    let last = LAST.fetch_max(now, Ordering::Relaxed);
    LAST.fetch_add(1, Ordering::Relaxed).max(last)
}

/// Who owns the mailbox, which is there after the first login.
fn owner_of(g: &Gatepost) -> (u32, u32) {
    use std::os::unix::fs::MetadataExt;
    let meta = fs::metadata(g.office.maildir(&g.address).join("cur")).unwrap();
    (meta.uid(), meta.gid())
}

fn report_number(g: &Gatepost, n: usize) -> Vec<u8> {
    let from = format!("r{n}-{}", g.reporter("x"));
    report(
        &from,
        &g.address,
        &format!("n{n}-{}", g.address),
        "hole",
        "",
        &format!("text {n}"),
    )
}

fn audit(g: &Gatepost) -> Value {
    let answer = g.run(&["audit", "--json"]);
    serde_json::from_str(&answer.out).unwrap()
}

const INBOX_ROWS: &str =
    "SELECT count(*) FROM mails m JOIN folders f ON f.id = m.folder WHERE f.role = 'inbox'";

/// Every message on the server has its row.
pub fn all_accounted(g: &Gatepost, messages: usize) {
    let audit = audit(g);
    assert_eq!(audit["differences"], serde_json::json!([]), "{audit}");
    assert_eq!(audit["folders"][0]["on_server"], messages);
    assert_eq!(audit["folders"][0]["with_row"], messages);
}

fn sql(g: &Gatepost, text: &str) -> i64 {
    let store = rusqlite::Connection::open(g.path("store/gatepost.db")).unwrap();
    store.busy_timeout(PATIENCE).unwrap();
    store.query_row(text, [], |r| r.get(0)).unwrap()
}

fn sql_do(g: &Gatepost, text: &str) {
    let store = rusqlite::Connection::open(g.path("store/gatepost.db")).unwrap();
    store.busy_timeout(PATIENCE).unwrap();
    store.execute_batch(text).unwrap();
}

#[test]
fn a_folder_numbered_anew_opens_no_ticket_for_what_is_old() {
    let g = Gatepost::new(PostOffice::shared(), "renumbered");
    g.run(&["check"]);
    // 400 from before gatepost, 100 taken in, and then 5 new ones under new numbers.
    laid(&g, (0..400).map(|n| report_number(&g, n)), "");
    g.run(&["init"]).ok();
    laid(&g, (400..500).map(|n| report_number(&g, n)), "");
    g.once().ok();
    assert_eq!(g.list().len(), 100);
    let letters = sql(&g, "SELECT count(*) FROM letters");
    let before = sql(&g, "SELECT uidvalidity FROM folders");
    for file in fs::read_dir(g.office.maildir(&g.address))
        .unwrap()
        .flatten()
    {
        let name = file.file_name().into_string().unwrap();
        if name == "dovecot-uidlist" || name.starts_with("dovecot.index") {
            fs::remove_file(file.path()).unwrap();
        }
    }
    laid(&g, (500..505).map(|n| report_number(&g, n)), "");
    g.once().ok();
    assert_ne!(
        sql(&g, "SELECT uidvalidity FROM folders"),
        before,
        "it was numbered anew"
    );
    assert_eq!(g.list().len(), 105);
    let facts = sql(
        &g,
        "SELECT count(*) FROM facts WHERE fact = 'copy-received'",
    );
    assert_eq!(facts, 0);
    let receipts = "SELECT count(*) FROM letters WHERE kind = 'acknowledgement'";
    assert_eq!(sql(&g, receipts), 105);
    // What came since is told to the team; nobody else gets anything.
    let outside = "SELECT count(*) FROM letters WHERE kind NOT IN ('reminder', 'digest')";
    assert_eq!(sql(&g, outside), 105);
    assert!(sql(&g, "SELECT count(*) FROM letters") >= letters + 5);
    all_accounted(&g, 505);
    g.once().ok();
    assert_eq!(g.list().len(), 105);
}

#[test]
fn mails_that_somebody_has_read_are_reports_all_the_same() {
    let g = Gatepost::ready(PostOffice::shared(), "seen");
    laid(&g, (0..100).map(|n| report_number(&g, n)), "S");
    g.once().ok();
    assert_eq!(g.list().len(), 100);
    all_accounted(&g, 100);
}

#[test]
fn nothing_is_changed_on_the_server_and_the_rights_to_look_and_to_read_are_enough() {
    let g = Gatepost::new(PostOffice::shared(), "readonly");
    let no_copies = "name = \"security\"\ncopy_to_sent = false";
    g.write_config(&g.config_with("[[mailbox]]", "name = \"security\"", no_copies));
    g.run(&["init"]).ok();
    laid(&g, (0..5).map(|n| report_number(&g, n)), "");
    let maildir = g.office.maildir(&g.address);
    let rights = maildir.join("dovecot-acl");
    fs::write(&rights, "owner lr\n").unwrap();
    let owner = owner_of(&g);
    chown(&rights, Some(owner.0), Some(owner.1)).unwrap();
    let said = g.office.transcripts(&g.address);
    g.once().ok();
    let large = [b"\n".to_vec(), vec![b'x'; 3_000_000]].concat();
    laid(&g, [[report_number(&g, 9), large].concat()], "");
    g.once().ok();
    assert_eq!(g.list().len(), 6);
    let transcript = || {
        let files = fs::read_dir(&said).unwrap().flatten().map(|f| f.path());
        let spoken = files.filter(|f| f.extension().is_some_and(|e| e == "in"));
        let texts = spoken.map(|f| String::from_utf8_lossy(&fs::read(f).unwrap()).into_owned());
        texts.collect::<String>().to_uppercase()
    };
    let transcript = wait_until("the transcript is whole", PATIENCE, || {
        Some(transcript()).filter(|t| t.matches("LOGOUT").count() >= 2)
    });
    assert!(transcript.contains("EXAMINE") && transcript.contains("BODY.PEEK["));
    for verb in [
        "STORE", "EXPUNGE", "CLOSE", "MOVE", "COPY", "SELECT", "BODY[", "APPEND",
    ] {
        assert!(!transcript.contains(verb), "{verb} in {transcript}");
    }
}

#[test]
fn a_mail_is_known_by_what_it_says_and_not_by_its_id() {
    let g = Gatepost::ready(PostOffice::shared(), "same-id");
    let other = g.address.replace("security-", "help-");
    let aliases = format!("name = \"security\"\naliases = [\"{other}\"]");
    g.write_config(&g.config_with("[[mailbox]]", "name = \"security\"", &aliases));
    let id = format!("same-{}", g.address);
    let with = |to: &str, extra: &str, text: &str| {
        let from = g.reporter("mia");
        report(&from, to, &id, "hole", extra, text)
    };
    laid(
        &g,
        (0..50).map(|n| with(&g.address, "", &format!("text {n}"))),
        "",
    );
    g.once().ok();
    all_accounted(&g, 50);
    assert_eq!(sql(&g, "SELECT count(DISTINCT digest) FROM mails"), 50);
    let tickets = g.list().len();
    // The same mail by the other address.
    let delivered = format!("Delivered-To: {other}\n");
    laid(
        &g,
        [[delivered.into_bytes(), with(&g.address, "", "text 3")].concat()],
        "",
    );
    g.once().ok();
    assert_eq!(g.list().len(), tickets);
    assert_eq!(
        sql(
            &g,
            "SELECT count(*) FROM facts WHERE fact = 'copy-received'"
        ),
        1
    );
    // Without an id, and in the same second.
    let bare = |n| {
        let text = String::from_utf8(report_number(&g, n)).unwrap();
        let lines = text.lines().filter(|l| !l.starts_with("Message-ID"));
        lines
            .map(|l| format!("{l}\n"))
            .collect::<String>()
            .into_bytes()
    };
    laid(&g, [bare(1), bare(2)], "");
    g.once().ok();
    assert_eq!(g.list().len(), tickets + 2);
    all_accounted(&g, 53);
}

/// Takes the rows of five mails away.
fn lose_five(g: &Gatepost) {
    let lost = "(SELECT id FROM mails ORDER BY id LIMIT 5)";
    sql_do(
        g,
        &format!(
            "BEGIN; DELETE FROM bodies WHERE mail IN {lost}; DELETE FROM citations WHERE mail IN {lost}; DELETE FROM mails WHERE id IN {lost}; COMMIT"
        ),
    );
}

#[test]
fn an_audit_finds_rows_that_were_deleted_and_takes_the_mails_in_again() {
    let mut g = Gatepost::ready(PostOffice::shared(), "deleted-rows");
    laid(&g, (0..20).map(|n| report_number(&g, n)), "");
    g.once().ok();
    for by_daemon in [false, true] {
        lose_five(&g);
        let answer = g.run(&["audit"]);
        assert_eq!(answer.code, 3);
        assert!(
            answer.out.contains("5 mails on the server have no row"),
            "{}",
            answer.out
        );
        if by_daemon {
            // It swept at its start; these are lost while it runs.
            g.start();
            wait_until("the daemon has swept", PATIENCE, || {
                (sql(&g, INBOX_ROWS) == 20).then_some(())
            });
            lose_five(&g);
        }
        let repaired = g.run(&["audit", "--repair"]).ok();
        assert!(
            repaired.contains("20 mails on the server, 20 rows   ok"),
            "{repaired}"
        );
        all_accounted(&g, 20);
    }
    assert_eq!(g.signal("-TERM"), Some(0));
}

#[test]
fn thirty_megabytes_come_back_byte_for_byte() {
    let g = Gatepost::ready(PostOffice::shared(), "large");
    let mut sent = report_number(&g, 1);
    sent.extend_from_slice(b"NUL: \0, 8-bit: \xe9\xff\n");
    let mut random: u32 = 1;
    while sent.len() < 30 << 20 {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        sent.extend_from_slice(
            &random
                .to_be_bytes()
                .map(|b| if b == b'\r' || b == b'\n' { 0 } else { b }),
        );
        if random.is_multiple_of(64) {
            sent.push(b'\n');
        }
    }
    laid(&g, [sent.clone()], "");
    g.once().ok();
    let raw = g
        .command(&["show", "1", "--raw", "1"])
        .output()
        .unwrap()
        .stdout;
    let mut on_the_wire = Vec::with_capacity(raw.len());
    for byte in sent {
        if byte == b'\n' {
            on_the_wire.push(b'\r');
        }
        // What this server gives for a NUL.
        on_the_wire.push(if byte == 0 { 0x80 } else { byte });
    }
    let first = raw.iter().zip(&on_the_wire).position(|(a, b)| a != b);
    assert!(
        raw == on_the_wire,
        "{} of {} bytes, differs at {first:?}",
        raw.len(),
        on_the_wire.len()
    );
    assert_eq!(sql(&g, "SELECT count(*) FROM staged"), 0);
    assert!(
        g.run(&["show", "1"]).ok().contains("truncated"),
        "the ticket says that not all was read"
    );
}

#[test]
fn a_mail_that_ended_the_process_twice_is_read_by_a_process_of_its_own() {
    let g = Gatepost::ready(PostOffice::shared(), "apart");
    laid(&g, [report_number(&g, 1)], "");
    // As two processes left it that were killed while they read it.
    sql_do(
        &g,
        "INSERT INTO attempts (folder, uidvalidity, uid, count, last_at) SELECT id, uidvalidity, 1, 2, '2026-11-22T00:00:00.000Z' FROM folders",
    );
    let answer = g.run(&["run", "--once"]);
    assert!(
        answer.err.contains("read by a process of its own"),
        "{}",
        answer.err
    );
    answer.ok();
    assert_eq!(g.list()[0]["subject"], "hole");
    let shown = g.run(&["show", "1", "--text", "1"]).ok();
    assert!(shown.contains("text 1"), "{shown}");
    assert_eq!(sql(&g, "SELECT count(*) FROM attempts"), 0);
}

#[test]
fn the_process_that_reads_one_mail_is_bounded_and_knows_nothing_else() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gatepost"))
        .arg("parse-one")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let limits = PathBuf::from(format!("/proc/{}/limits", child.id()));
    let limit = |name: &str| {
        let text = fs::read_to_string(&limits).unwrap();
        let line = text
            .lines()
            .find(|l| l.starts_with(name))
            .unwrap()
            .to_owned();
        line[name.len()..]
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    wait_until("it sets its limits", PATIENCE, || {
        (limit("Max address space") != "unlimited").then_some(())
    });
    wait_until("it has set them all", PATIENCE, || {
        (limit("Max core file size") == "0").then_some(())
    });
    assert_eq!(limit("Max cpu time"), "10");
    assert_eq!(limit("Max address space"), (256 << 20).to_string());
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(b"\x01Subject: a b\r\n\r\nwords\r\n")
        .unwrap();
    drop(stdin);
    let answer = child.wait_with_output().unwrap();
    assert!(answer.status.success());
    let mail: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(
        (&mail["subject"], &mail["text"]),
        (&"a b".into(), &"words\r\n".into())
    );
}

#[test]
fn the_largest_mail_that_is_read_is_read_within_those_bounds() {
    let head = b"Subject: a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    let mut question = [&b"\x00"[..], head].concat();
    // Each NUL takes six bytes to say.
    question.resize(1 + (8 << 20), 0);
    let mut child = Command::new(env!("CARGO_BIN_EXE_gatepost"))
        .arg("parse-one")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let write = std::thread::spawn(move || stdin.write_all(&question).unwrap());
    let answer = child.wait_with_output().unwrap();
    write.join().unwrap();
    assert!(answer.status.success(), "{}", answer.status);
    let mail: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(mail["text"].as_str().unwrap().len(), (8 << 20) - head.len());
}

#[test]
fn one_daemon_watches_several_mailboxes_each_with_its_own_address() {
    let office = PostOffice::shared();
    let mut g = Gatepost::new(office, "several");
    let second = g.address.replace("security-", "abuse-");
    let config = g.config();
    let (head, rest) = config.split_once("[[mailbox]]").unwrap();
    let (mailbox, tail) = rest.split_once("[smtp]").unwrap();
    let other = mailbox
        .replace("name = \"security\"", "name = \"abuse\"")
        .replace(&g.address, &second);
    g.write_config(&format!(
        "{head}[[mailbox]]{mailbox}[[mailbox]]{other}[smtp]{tail}"
    ));
    g.run(&["init"]).ok();
    g.start();
    let (mia, ben) = (g.reporter("mia"), g.reporter("kim"));
    let to_second = report(&ben, &second, "s2@example.net", "spam", "", "text");
    office.deliver(&ben, &second, &to_second);
    g.report_from(&mia, "s1@example.net");
    let receipt = &g.wait_for_mail(&mia, 1)[0];
    assert!(receipt.contains(&g.address), "{receipt}");
    let receipt = &g.wait_for_mail(&ben, 1)[0];
    assert!(receipt.contains(&second), "{receipt}");
    let boxes = "SELECT count(*) FROM tickets WHERE mailbox = ";
    for name in ["abuse", "security"] {
        assert_eq!(sql(&g, &format!("{boxes}'{name}'")), 1);
    }
    assert_eq!(g.signal("-TERM"), Some(0));
}

/// When each open promise of a ticket is due, in UTC.
fn due(g: &Gatepost, reference: &str) -> Vec<(String, String)> {
    let show = g.show(reference);
    let all = show["deadlines"].as_array().unwrap().iter();
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    all.map(|d| (text(&d["promise"]), text(&d["due_at"])))
        .collect()
}

#[test]
fn a_report_by_the_address_for_attacks_has_a_strict_clock_and_a_receipt_that_says_little() {
    let office = PostOffice::own(Some("2027-04-30 22:10"));
    let g = Gatepost::new(&office, "attack");
    let alias = |class: &str| {
        let (config, shield) = shielded(&g, class);
        g.write_config(&config);
        shield
    };
    alias("loud");
    let refused = g.run(&["check", "--offline"]);
    assert_eq!(refused.code, 2);
    let why = "no promise of the policy is of the class \"loud\"";
    assert!(refused.err.contains(why), "{}", refused.err);
    let shield = alias("attack");
    for how in [&["check"][..], &["check", "--offline"]] {
        let read_back = g.run(how).ok();
        let lines: Vec<&str> = read_back.lines().map(str::trim).collect();
        for wanted in [
            format!("address {}", g.address),
            format!("alias {shield}  class attack"),
            "only for the class attack".to_owned(),
        ] {
            assert!(lines.contains(&wanted.as_str()), "{wanted}: {read_back}");
        }
    }
    g.run(&["init"]).ok();

    // By the alias alone: the receipt holds the reference and the hour.
    let mia = g.reporter("mia");
    let eml = report(
        &mia,
        &shield,
        "a1@example.net",
        "they read my mail",
        "",
        "help",
    );
    g.arrives(&mia, &eml);
    g.once().ok();
    assert_eq!(g.fact_names("1")[..2], ["received", "classed"]);
    let receipt = &g.wait_for_mail(&mia, 1)[0];
    let subject = header(receipt, "Subject").unwrap();
    assert_eq!(subject, "[SEC-2027-0001] Received");
    let text = body(receipt);
    assert_eq!(
        text.trim(),
        "Received on Friday 30 April 2027 at 23:10 (UTC+1) as SEC-2027-0001."
    );
    let [respond, counter] = &due(&g, "1")[..] else {
        panic!("two promises hold");
    };
    assert_eq!(respond.0, "respond");
    assert_eq!(counter.0, "counter");
    assert!(counter.1.starts_with("2027-05-01T00:1"), "{counter:?}");

    // By both: one ticket, and the strict clock starts when the copy came.
    let kim = g.reporter("kim");
    let eml = report(
        &kim,
        &g.address,
        "a2@example.net",
        "hole",
        "",
        "the same text",
    );
    g.arrives(&kim, &eml);
    g.once().ok();
    let before = due(&g, "2");
    assert_eq!(before.len(), 1, "{before:?}");
    assert_eq!(before[0].0, "respond");
    assert_eq!(g.wait_for_mail(&kim, 1).len(), 1);
    office.clock("2027-04-30 23:40");
    let delivered = format!("Delivered-To: {shield}\n").into_bytes();
    g.arrives(&kim, &[delivered, eml].concat());
    g.once().ok();
    assert_eq!(g.list().len(), 2);
    let after = due(&g, "2");
    assert_eq!(after.len(), 2, "{after:?}");
    assert_eq!(after[0], before[0], "the first clock goes on");
    assert!(after[1].1.starts_with("2027-05-01T01:4"), "{after:?}");
    assert_eq!(g.wait_for_mail(&kim, 1).len(), 1, "one receipt");
}

/// The server forgets the messages whose text has this word, and that it ever gave numbers
/// from `uidnext` on, as one that was put back to an earlier state does.
fn put_back(g: &Gatepost, word: &str, uidnext: u32) {
    let maildir = g.office.maildir(&g.address);
    let files = ["cur", "new"].map(|folder| fs::read_dir(maildir.join(folder)).unwrap());
    for file in files.into_iter().flatten().flatten() {
        if String::from_utf8_lossy(&fs::read(file.path()).unwrap()).contains(word) {
            fs::remove_file(file.path()).unwrap();
        }
    }
    for file in fs::read_dir(&maildir).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        if name.starts_with("dovecot.index") {
            fs::remove_file(file.path()).unwrap();
        }
    }
    let list = maildir.join("dovecot-uidlist");
    let text = fs::read_to_string(&list).unwrap();
    let (head, lines) = text.split_once('\n').unwrap();
    let head: Vec<String> = head
        .split(' ')
        .map(|field| match field.strip_prefix('N') {
            Some(_) => format!("N{uidnext}"),
            None => field.to_owned(),
        })
        .collect();
    let older = |line: &&str| {
        let uid = line.split(' ').next().and_then(|uid| uid.parse().ok());
        uid.is_none_or(|uid: u32| uid < uidnext)
    };
    let lines: Vec<&str> = lines.lines().filter(older).collect();
    fs::write(&list, format!("{}\n{}\n", head.join(" "), lines.join("\n"))).unwrap();
}

#[test]
fn a_mail_server_that_was_put_back_to_yesterday_hides_no_new_mail() {
    for looked in [true, false] {
        let g = Gatepost::ready(PostOffice::shared(), "put-back");
        laid(&g, (0..4).map(|n| report_number(&g, n)), "");
        g.once().ok();
        assert_eq!(g.list().len(), 4);
        let numbering = "SELECT uidvalidity FROM folders";
        let before = sql(&g, numbering);
        put_back(&g, "text 3", 4);
        if looked {
            g.once().ok();
        }
        // As long as the one that was lost, and under its number. A server's dates tell seconds.
        // The clock of files is a little behind.
        let next = jiff::Timestamp::now().as_second() * 1000 + 1100;
        wait_until("the second is over", PATIENCE, || {
            (jiff::Timestamp::now().as_millisecond() > next).then_some(())
        });
        laid(&g, [report_number(&g, 7)], "");
        g.once().ok();
        assert_eq!(g.list().len(), 5, "looked: {looked}");
        assert_eq!(sql(&g, numbering), before);
        let there = sql(
            &g,
            &format!("{INBOX_ROWS} AND m.uid = 4 AND m.uidvalidity > 0"),
        );
        assert_eq!(there, 1, "the number was given a second time: {looked}");
        all_accounted(&g, 4);
        // What was lost comes back, and is known.
        laid(&g, [report_number(&g, 3)], "");
        g.once().ok();
        g.once().ok();
        assert_eq!(g.list().len(), 5);
        all_accounted(&g, 5);
        let copies = "SELECT count(*) FROM facts WHERE fact = 'copy-received'";
        assert_eq!(sql(&g, copies), 0);
    }
}

#[test]
fn a_mail_that_the_server_cannot_read_gets_a_ticket_and_is_read_when_it_can() {
    let g = Gatepost::ready(PostOffice::shared(), "serverbug");
    laid(&g, [report_number(&g, 1)], "");
    let cur = g.office.maildir(&g.address).join("cur");
    let file = fs::read_dir(&cur).unwrap().flatten().next().unwrap().path();
    let owner = owner_of(&g);
    let locked = |locked: bool| {
        let (uid, gid) = if locked { (0, 0) } else { owner };
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        chown(&file, Some(uid), Some(gid)).unwrap();
    };
    locked(true);
    laid(&g, [report_number(&g, 2)], "");
    // Dovecot ends the connection over such a mail, even when only its size is asked for.
    wait_until("the other mail is taken in", PATIENCE, || {
        let said = g.once().code_in(&[1]);
        assert!(said.contains("FETCH failed"), "{said}");
        (g.list().len() == 1).then_some(())
    });
    let often = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    let first = often - jiff::SignedDuration::from_hours(6);
    let refusals = format!("'5 {often:.3} {first:.3}'");
    sql_do(
        &g,
        &format!("UPDATE meta SET value = {refusals} WHERE key LIKE 'refused/%'"),
    );
    g.once().code_in(&[1]);
    g.once().ok();
    let unread = |g: &Gatepost| -> Value {
        let tickets = g.list();
        assert_eq!(tickets.len(), 2, "{tickets:?}");
        let is_it = |t: &&Value| t["ref"].as_str().unwrap().ends_with("-0002");
        tickets.iter().find(is_it).unwrap().clone()
    };
    let reference = unread(&g)["ref"].as_str().unwrap().to_owned();
    let told = g.run(&["show", &reference, "--log"]).ok();
    assert!(
        told.contains("the mail server did not give all of the mail"),
        "{told}"
    );
    let health = g.run(&["health"]);
    assert!(health.out.contains("could not be read"), "{}", health.out);
    all_accounted(&g, 2);
    // It is still not given, and asked for in vain.
    g.run(&["audit", "--repair"]).code_in(&[1]);
    g.once().ok();
    assert_eq!(sql(&g, "SELECT count(*) FROM mails WHERE kept = 0"), 1);

    locked(false);
    g.run(&["audit", "--repair"]).ok();
    g.once().ok();
    let ticket = unread(&g);
    assert_eq!(ticket["ref"].as_str().unwrap(), reference);
    let reporter = ticket["reporter"]["address"].as_str().unwrap().to_owned();
    assert_eq!(g.wait_for_mail(&reporter, 1).len(), 1, "the receipt");
    assert!(g.run(&["show", &reference]).ok().contains("text 1"));
    let health = g.run(&["health"]);
    assert!(!health.out.contains("could not be read"), "{}", health.out);
    all_accounted(&g, 2);
}
