//! Mails that a process of its own reads, because they ended ours.

use super::*;

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

/// The process that reads one mail, from its standard input.
fn reader() -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_gatepost"))
        .arg("parse-one")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn the_process_that_reads_one_mail_is_bounded_and_knows_nothing_else() {
    let mut child = reader();
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
    let mut child = reader();
    let mut stdin = child.stdin.take().unwrap();
    let write = std::thread::spawn(move || stdin.write_all(&question).unwrap());
    let answer = child.wait_with_output().unwrap();
    write.join().unwrap();
    assert!(answer.status.success(), "{}", answer.status);
    let mail: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(mail["text"].as_str().unwrap().len(), (8 << 20) - head.len());
}
