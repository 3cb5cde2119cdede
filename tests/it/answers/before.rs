//! What a person sees before a letter leaves, and what stops it.

use super::*;

#[test]
fn a_dry_run_shows_the_letter_and_changes_nothing() {
    let (g, mia) = with_one_report("dry");
    let before = (g.show("1"), g.run(&["outbox", "--json"]).ok());
    let soon = soon();
    let commands: [(&[&str], &str); 9] = [
        (
            &["evaluate", "1", "accepted", "--expected", &soon],
            "Assessment: accepted",
        ),
        (&["evaluate", "1", "spam"], "closes silently"),
        (
            &["reply", "1", "--expected", &soon],
            "Expected resolution: ",
        ),
        (&["reply", "1"], "Hello,"),
        (&["resolve", "1"], "is resolved"),
        (&["publish", "1", "--force", "news"], "is public now"),
        (&["publish", "1", "--on", &soon], "plan to publish"),
        (&["close", "1"], "! respond is owed, in "),
        (
            &[
                "reply",
                "1",
                "--said-at",
                "2027-01-01 00:00",
                "--via",
                "phone",
            ],
            "",
        ),
    ];
    for (command, wanted) in commands {
        let args = [command, &["--dry-run"]].concat();
        if wanted.is_empty() {
            assert!(g.run(&args).code_in(&[2]).contains("in the future"));
            continue;
        }
        let shown = g.run(&args).ok();
        assert!(shown.contains(wanted), "{command:?}: {shown}");
    }
    assert_eq!((g.show("1"), g.run(&["outbox", "--json"]).ok()), before);
    assert!(!g.path("store/drafts").exists());
    g.once().ok();
    assert_eq!(g.mail_of(&mia).len(), 1);
}

#[test]
fn scripts_get_one_document_and_nobody_is_asked() {
    let (g, mia) = with_one_report("document");
    fs::write(g.path("words"), "Thank you.").unwrap();
    let words = g.path("words");
    let reply = ["reply", "1", "--json", "--message", words.to_str().unwrap()];
    let why = g.run(&reply).code_in(&[2]);
    assert!(why.contains("--yes") && why.contains("--dry-run"), "{why}");
    let shown = g.run(&[&reply[..], &["--dry-run"]].concat()).json();
    assert_eq!(
        (&shown["state"], &shown["letter"]),
        (&"dry-run".into(), &Value::Null)
    );
    let sent = g.run(&[&reply[..], &["--yes", "--send"]].concat()).json();
    assert_eq!(sent["state"], "sent");
    assert_eq!(
        (&sent["to"], &sent["text"]),
        (&mia.clone().into(), &shown["text"])
    );
    let letters = g.show("1")["letters"].as_array().unwrap().clone();
    assert!(
        letters
            .iter()
            .any(|l| l["id"] == sent["letter"] && l["kind"] == "reply")
    );
    let silent = g.run(&["close", "1", "--silent", "--yes", "--json"]).json();
    assert_eq!(
        (&silent["state"], &silent["letter"]),
        (&"recorded".into(), &Value::Null)
    );
    assert!(
        silent["notes"][0]
            .as_str()
            .unwrap()
            .contains("respond is owed"),
        "{silent}"
    );
    assert_eq!(g.show("1")["stage"], "closed");
    assert_eq!(latest(&g, &mia, 2), g.mail_of(&mia)[1], "no third letter");
    assert_eq!(g.mail_of(&mia).len(), 2);
}

#[test]
fn who_writes_while_a_letter_waits_is_told_of_it() {
    let (g, _) = with_one_report("waiting");
    g.write_config(&g.config().replace("grace = \"0 s\"", "grace = \"1 h\""));
    let first = g
        .run(&["evaluate", "1", "accepted", "--yes", "--json"])
        .json();
    let shown = g.run(&["evaluate", "1", "accepted", "--dry-run"]).ok();
    let note = format!(
        "! letter {} by anna (evaluation) is queued",
        first["letter"]
    );
    assert!(shown.contains(&note), "{note}: {shown}");
}

#[test]
fn what_to_know_of_their_mail_is_said_before_one_answers() {
    let (g, mia) = with_one_report("toknow");
    let plain = g.run(&["close", "1", "--dry-run"]).ok();
    assert!(
        !plain.contains("encrypted") && !plain.contains("asks for answers"),
        "{plain}"
    );
    let extra = "In-Reply-To: <a1@example.net>\nReply-To: kim@example.net\n";
    let text = "-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n-----END PGP MESSAGE-----";
    let mail = report(&mia, &g.address, "a2@example.net", SUBJECT, extra, text);
    g.arrives(&mia, &mail);
    g.once().ok();
    let shown = g.run(&["close", "1", "--dry-run"]).ok();
    assert!(
        shown.contains("! they wrote encrypted; this letter is in clear"),
        "{shown}"
    );
    assert!(
        shown.contains("asks for answers to kim@example.net"),
        "{shown}"
    );
    assert!(shown.starts_with(&format!("To {mia}, ")), "{shown}");
    // To say yes to a letter is not to say that all may read it.
    let before = g.fact_names("1");
    let why = g.run(&["close", "1", "--yes"]).code_in(&[2]);
    assert!(
        why.contains("this letter is in clear: nothing was sent") && why.contains("--in-clear"),
        "{why}"
    );
    assert_eq!(g.fact_names("1"), before);
    let sent = g.mail_of(&mia).len();
    g.run(&["close", "1", "--yes", "--in-clear"]).ok();
    g.once().ok();
    g.wait_for_mail(&mia, sent + 1);
}

/// A mail of somebody, taken in: encrypted, or in clear in answer to that.
fn one_mail(g: &Gatepost, from: &str, id: &str, encrypted: bool) {
    let text = match encrypted {
        true => "-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n-----END PGP MESSAGE-----",
        false => "Hi, any news?",
    };
    let extra = match encrypted {
        true => String::new(),
        false => format!("In-Reply-To: <enc-{from}>\n"),
    };
    let mail = report(from, &g.address, id, "...", &extra, text);
    g.arrives(from, &mail);
    g.once().ok();
}

#[test]
fn what_came_encrypted_is_answered_in_clear_by_nobody_who_was_not_asked() {
    let (g, mia) = with_one_report("sealedonce");
    let (ravi, soon) = (g.reporter("ravi"), soon());
    let sealed = format!("enc-{ravi}");
    one_mail(&g, &ravi, &sealed, true);
    // What comes later in clear changes nothing.
    one_mail(&g, &ravi, "clear@example.net", false);
    assert_eq!(g.show("2")["thread"].as_array().unwrap().len(), 3);
    let accepted = ["evaluate", "2", "accepted", "--expected", &soon, "--yes"];
    let refused = |args: &[&str]| {
        let why = g.run(args).code_in(&[2]);
        assert!(
            why.contains("this letter is in clear: nothing was sent"),
            "{args:?}: {why}"
        );
    };
    refused(&accepted);
    // Nor does who is the reporter by now, known by a mail or not.
    for reporter in ["reporter=new@example.net", &format!("reporter={mia}")] {
        g.run(&["set", "2", reporter]).ok();
        refused(&accepted);
        let shown = g.run(&["close", "2", "--dry-run"]).ok();
        assert!(
            shown.contains("! they wrote encrypted; this letter is in clear"),
            "{shown}"
        );
    }
    g.run(&["set", "2", &format!("reporter={ravi}")]).ok();
    // A mail that is encrypted may be attached to one that is not.
    let attached = format!(
        "From: Kim <kim@example.net>\nSubject: Fwd\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nFor you.\n--b\nContent-Type: message/rfc822\n\nFrom: {ravi}\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n-----END PGP MESSAGE-----\n--b--\n"
    );
    fs::write(g.path("attached.eml"), attached).unwrap();
    let file = g.path("attached.eml").display().to_string();
    g.run(&["open", "--file", &file, "--from", &mia]).ok();
    refused(&["close", "3", "--yes"]);
    let first = [
        "evaluate",
        "2",
        "duplicate",
        "--of",
        "1",
        "--yes",
        "--in-clear",
    ];
    g.run(&first).ok();
    // The same news for the reporter of a duplicate.
    refused(&["evaluate", "1", "accepted", "--expected", &soon, "--yes"]);
    let accepted = ["evaluate", "1", "accepted", "--expected", &soon, "--yes"];
    g.run(&[&accepted[..], &["--in-clear"]].concat()).ok();
    g.once().ok();
    g.wait_for_mail(&mia, 2);
}

#[test]
fn every_letter_is_shown_with_sample_data_the_teams_own_included() {
    let g = Gatepost::new(PostOffice::shared(), "letters");
    fs::create_dir(g.path("letters")).unwrap();
    fs::set_permissions(g.path("letters"), fs::Permissions::from_mode(0o700)).unwrap();
    let own = "Subject: {{ subject }}\n\n{{ labelled }}\n\nOur own words.\n";
    g.write_secret("letters/reply-own.txt", own, 0o600);
    g.write_config(&format!("letters = \"letters\"\n{}", g.config()));
    let shown = g.run(&["check", "--letters"]).ok();
    for file in [
        "acknowledgement.txt, 1 of 9",
        "evaluation.txt",
        "reply-signal.txt, 2 of 2",
        "reply-own.txt, 5 of 5",
        "resolved.txt",
        "published.txt",
        "closing.txt",
        "reminder.txt",
        "digest.txt, 3 of 3",
    ] {
        assert!(shown.contains(&format!("==> {file}")), "{file}: {shown}");
    }
    assert!(shown.contains("Our own words."), "{shown}");
}

#[test]
fn publishing_comes_after_resolving_unless_a_person_gives_a_reason() {
    let (g, mia) = with_one_report("force");
    let why = g.run(&["publish", "1", "--yes"]).code_in(&[2]);
    assert!(
        why.contains("gatepost resolve") && why.contains("--force"),
        "{why}"
    );
    let why = g
        .run(&["publish", "1", "--on", "2020-01-01", "--yes"])
        .code_in(&[2]);
    assert!(why.contains("not in the future"), "{why}");
    let why = g
        .run(&["publish", "1", "--link", "example.org", "--yes"])
        .code_in(&[2]);
    assert!(why.contains("no link"), "{why}");
    // Nor before an embargo ends, resolved or not.
    g.run(&["set", "1", &format!("embargo={}", soon())]).ok();
    let note = g.run(&["resolve", "1", "--dry-run"]).ok();
    assert!(note.contains("an embargo holds until"), "{note}");
    let early: jiff::civil::Date = soon().parse().unwrap();
    let early = early.yesterday().unwrap().to_string();
    let planned = format!("publication={early}");
    for args in [
        &["publish", "1", "--on", &early, "--yes"][..],
        &["set", "1", &planned],
    ] {
        let why = g.run(args).code_in(&[1, 2]);
        assert!(why.contains("an embargo holds"), "{args:?} {why}");
    }
    g.run(&["set", "1", &format!("publication={}", soon())])
        .ok();
    g.run(&["publish", "1", "--force", "it is in the news", "--yes"])
        .ok();
    let letter = body(&latest(&g, &mia, 2));
    assert!(letter.contains("It is not resolved yet."), "{letter}");
    let facts = g.show("1")["facts"].to_string();
    assert!(
        facts.contains("published all the same: it is in the news"),
        "{facts}"
    );
    assert_eq!(standing(&g, "respond"), "on-time", "no evaluation");
}

#[test]
fn a_final_outcome_stays_open_when_that_is_asked_for() {
    let (g, mia) = with_one_report("keepopen");
    g.run(&["evaluate", "1", "not-reproducible", "--keep-open", "--yes"])
        .ok();
    latest(&g, &mia, 2);
    assert_eq!(g.show("1")["stage"], "evaluated");
    assert_eq!(standing(&g, "respond"), "kept");
}

#[test]
fn who_cannot_be_written_to_is_worked_for_all_the_same() {
    let g = Gatepost::ready(PostOffice::shared(), "nobody");
    let mia = g.reporter("mia");
    let two = format!("{mia}>, <kim@example.net");
    let mail = report(&two, &g.address, "n1@example.net", SUBJECT, "", "x");
    g.arrives(&mia, &mail);
    g.once().ok();
    assert_eq!(g.show("1")["reporter"]["address"], Value::Null);
    let why = g
        .run(&["reply", "1", "--expected", &soon(), "--yes"])
        .code_in(&[1]);
    assert!(
        why.contains("no address") && why.contains("--said-at"),
        "{why}"
    );
    let shown = g
        .run(&["evaluate", "1", "accepted", "--expected", &soon(), "--yes"])
        .ok();
    assert!(shown.contains("nobody can be written to"), "{shown}");
    assert_eq!(standing(&g, "respond"), "cannot", "decided, and not told");
    g.run(&["resolve", "1", "--yes"]).ok();
    assert_eq!(g.fact_names("1"), ["received", "decided", "resolved"]);
    g.run(&["close", "1", "--yes"]).ok();
    assert_eq!(g.show("1")["stage"], "closed");
    assert_eq!(g.run(&["outbox", "--json"]).ok().trim(), "[]");
}

#[test]
fn a_last_letter_that_is_refused_closes_nothing() {
    let g = Gatepost::ready(PostOffice::shared(), "lastrefused");
    let mail = report(REFUSED, &g.address, "r1@example.net", SUBJECT, "", "x");
    g.arrives(REFUSED, &mail);
    g.once().ok();
    g.run(&["resolve", "1", "--yes"]).ok();
    let why = g.run(&["close", "1", "--yes", "--send"]).code_in(&[1]);
    assert!(why.contains("refused") && why.contains("550"), "{why}");
    assert_eq!(g.show("1")["stage"], "resolved", "that is a fact about us");
    let facts = g.fact_names("1");
    assert!(!facts.contains(&"closed".to_owned()) && !facts.contains(&"thanked".to_owned()));
    assert_eq!(
        facts.iter().filter(|f| *f == "undelivered").count(),
        3,
        "{facts:?}"
    );
    g.run(&["close", "1", "--silent", "--yes"]).ok();
    assert_eq!(g.show("1")["stage"], "closed");
}
