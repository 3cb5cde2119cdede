//! The intake against a real server: every message is accounted for, once, whatever
//! happened to it before, and nothing is changed where it lies.

mod addresses;
mod apart;
mod servers;

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
