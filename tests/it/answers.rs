//! A person answers a reporter: replies, news, last letters, each in the thread; and what
//! stops them.

use crate::kit::{Answer, Gatepost, body, header, report, soon};
use crate::post_office::{PostOffice, REFUSED};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

const SUBJECT: &str = "SSRF in import";

/// One report of mia, taken in and acknowledged.
fn with_one_report(story: &str) -> (Gatepost<'static>, String) {
    let g = Gatepost::ready(PostOffice::shared(), story);
    let mia = g.reporter("mia");
    arrives(&g, &mia, "a1@example.net", "");
    g.once().ok();
    g.wait_for_mail(&mia, 1);
    (g, mia)
}

fn arrives(g: &Gatepost, from: &str, id: &str, extra: &str) {
    let text = "See https://example.org/x";
    g.arrives(from, &report(from, &g.address, id, SUBJECT, extra, text));
}

/// What the reporter got last, after all that waits was sent.
fn latest(g: &Gatepost, who: &str, count: usize) -> String {
    g.once().ok();
    g.wait_for_mail(who, count).remove(count - 1)
}

fn standing(g: &Gatepost, promise: &str) -> Value {
    let all = g.show("1")["deadlines"].as_array().unwrap().clone();
    let last = all.into_iter().rfind(|d| d["promise"] == promise);
    last.map_or(Value::Null, |d| d["standing"].clone())
}

/// Facts written since there were `count` of them.
fn since(g: &Gatepost, count: &mut usize) -> Vec<String> {
    let names = g.fact_names("1");
    let new = names[*count..].to_vec();
    *count = names.len();
    new
}

/// A letter by a person in the thread of the report.
fn is_in_thread(g: &Gatepost, letter: &str) {
    let reference = g.show("1")["ref"].as_str().unwrap().to_owned();
    let of = |name| header(letter, name);
    assert_eq!(
        of("Subject").unwrap(),
        format!("Re: {SUBJECT} [{reference}]")
    );
    assert_eq!(of("In-Reply-To").unwrap(), "<a1@example.net>");
    assert!(of("References").unwrap().contains("<a1@example.net>"));
    assert!(of("Auto-Submitted").is_none(), "a person wrote it");
    assert!(
        body(letter).contains("Anna, for the security team"),
        "{letter}"
    );
}

#[test]
fn each_letter_arrives_in_the_thread_and_each_promise_ends_with_its_own() {
    let (g, mia) = with_one_report("answers");
    let mut count = g.fact_names("1").len();
    g.run(&["evaluate", "1", "accepted", "--expected", &soon(), "--yes"])
        .ok();
    latest(&g, &mia, 2);
    assert_eq!(
        since(&g, &mut count),
        ["decided", "answered", "evaluated", "dated"]
    );

    fs::write(g.path("words"), "A first build is being tested.\n").unwrap();
    let words = g.path("words");
    g.run(&["reply", "1", "--message", words.to_str().unwrap(), "--yes"])
        .ok();
    let letter = latest(&g, &mia, 3);
    is_in_thread(&g, &letter);
    assert!(body(&letter).contains("A first build is being tested."));
    assert_eq!(since(&g, &mut count), ["answered"]);
    assert_eq!(standing(&g, "inform"), "on-time", "and starts anew");

    g.run(&[
        "resolve",
        "1",
        "--note",
        "Version 4.3 has the fix.",
        "--yes",
    ])
    .ok();
    assert_eq!(since(&g, &mut count), ["resolved"], "a fact about us");
    assert_eq!(standing(&g, "resolve"), "kept");
    assert_eq!(standing(&g, "inform"), "void", "nothing more to inform of");
    let letter = latest(&g, &mia, 4);
    is_in_thread(&g, &letter);
    assert!(body(&letter).contains("Version 4.3 has the fix."));
    assert_eq!(since(&g, &mut count), ["answered", "thanked"]);
    g.run(&["resolve", "1", "--yes"]).code_in(&[1]);

    g.run(&["publish", "1", "--on", &soon(), "--yes"]).ok();
    let letter = latest(&g, &mia, 5);
    is_in_thread(&g, &letter);
    assert!(body(&letter).contains("we plan to publish"), "{letter}");
    assert_eq!(
        since(&g, &mut count),
        ["planned", "answered", "planned"],
        "set, and told"
    );
    let link = "https://example.org/advisories/12";
    g.run(&["publish", "1", "--link", link, "--yes"]).ok();
    assert_eq!(since(&g, &mut count), ["set", "update-posted", "published"]);
    let letter = latest(&g, &mia, 6);
    is_in_thread(&g, &letter);
    assert!(body(&letter).contains(link), "{letter}");
    assert_eq!(since(&g, &mut count), ["answered"]);
    assert_eq!(g.show("1")["stage"], "published");

    g.run(&["close", "1", "--yes"]).ok();
    assert_eq!(
        g.show("1")["stage"],
        "published",
        "the last letter is not out"
    );
    let letter = latest(&g, &mia, 7);
    is_in_thread(&g, &letter);
    assert_eq!(since(&g, &mut count), ["answered", "closed"]);
    assert_eq!(g.show("1")["stage"], "closed");
    g.run(&["close", "1", "--yes"]).code_in(&[1]);
    g.run(&["audit"]).ok();
}

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
fn a_question_waits_for_the_reporter() {
    let (g, mia) = with_one_report("question");
    fs::write(g.path("words"), "Which version?").unwrap();
    let words = g.path("words");
    g.run(&[
        "reply",
        "1",
        "--ask",
        "--message",
        words.to_str().unwrap(),
        "--yes",
    ])
    .ok();
    assert!(!g.fact_names("1").contains(&"waiting".to_owned()));
    let letter = latest(&g, &mia, 2);
    assert!(body(&letter).contains("Which version?\n\nWe go on as soon as we have your answer"));
    let facts = g.fact_names("1");
    assert_eq!(facts[facts.len() - 2..], ["answered", "waiting"]);
    assert_eq!(standing(&g, "inform"), "waiting");
    let last = g.run(&["close", "1", "--dry-run"]).ok();
    assert!(last.contains("you owe us nothing"), "{last}");
    arrives(
        &g,
        &mia,
        "a2@example.net",
        "In-Reply-To: <a1@example.net>\n",
    );
    g.once().ok();
    let last = g.run(&["close", "1", "--dry-run"]).ok();
    assert!(!last.contains("you owe us nothing"), "{last}");
    assert_eq!(standing(&g, "inform"), "on-time", "it goes on");
}

#[test]
fn the_signal_number_goes_out_only_when_a_person_says_so() {
    let (g, mia) = with_one_report("signal");
    let signal = ["reply", "1", "--letter", "signal", "--yes"];
    let why = g.run(&signal).code_in(&[2]);
    assert!(why.contains("signal_number_file"), "{why}");
    let with = "signal = true\nsignal_number_file = \"number\"";
    g.write_config(&g.config().replace("signal = true", with));
    g.write_secret("number", "+44 7700 900123", 0o644);
    assert!(
        g.run(&signal)
            .code_in(&[1, 2])
            .contains("may be read by others")
    );
    g.write_secret("number", "+44 7700 900123", 0o600);
    g.run(&signal).ok();
    let letter = latest(&g, &mia, 2);
    assert!(body(&letter).contains("  +44 7700 900123\n"), "{letter}");
    assert!(!g.mail_of(&mia)[0].contains("900123"), "not in the receipt");
    let noted = g.show("1")["facts"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&noted["fact"], &noted["by"]),
        (&"noted".into(), &"anna".into())
    );
    assert!(
        noted["data"]["why"]
            .as_str()
            .unwrap()
            .contains("Signal number")
    );
    let why = g
        .run(&["reply", "1", "--letter", "telegram", "--yes"])
        .code_in(&[1]);
    assert!(
        why.contains("no such letter") && why.contains("reply-signal.txt"),
        "{why}"
    );
}

#[test]
fn a_file_goes_with_a_reply() {
    let (g, mia) = with_one_report("attached");
    let bytes: Vec<u8> = (0..=255).cycle().take(3000).collect();
    let (words, file) = (g.path("words"), g.path("the patch.diff"));
    fs::write(&words, "The patch, for you to try.").unwrap();
    fs::write(&file, bytes).unwrap();
    let (words, file) = (words.to_str().unwrap(), file.to_str().unwrap());
    let reply = ["reply", "1", "--message", words, "--yes", "--attach"];
    let shown = g.run(&[&reply[..], &[file]].concat()).ok();
    assert!(shown.contains("attached: the_patch.diff, 3 KB"), "{shown}");
    let letter = latest(&g, &mia, 2);
    is_in_thread(&g, &letter.replace("=\n", ""));
    assert!(letter.contains("filename=\"the_patch.diff\""), "{letter}");
    assert!(
        letter.contains("AAECAwQFBgcICQ"),
        "its bytes, in base64: {letter}"
    );
    fs::File::create(g.path("large"))
        .unwrap()
        .set_len((10 << 20) + 1)
        .unwrap();
    let large = g.path("large");
    let why = g.run(&[&reply[..], &[large.to_str().unwrap()]].concat());
    assert!(why.code_in(&[2]).contains("larger than 10 MiB"));
    assert!(
        g.run(&[&reply[..], &["/"]].concat())
            .code_in(&[2])
            .contains("no file")
    );
}

#[test]
fn a_duplicate_tells_its_reporter_the_date_and_nothing_of_the_first() {
    let (g, mia) = with_one_report("duplicate");
    g.run(&["evaluate", "1", "accepted", "--expected", &soon(), "--yes"])
        .ok();
    g.once().ok();
    let ravi = g.reporter("ravi");
    arrives(&g, &ravi, "d1@example.net", "");
    g.once().ok();
    g.wait_for_mail(&ravi, 1);
    let first = g.show("1")["ref"].as_str().unwrap().to_owned();
    for args in [
        ["evaluate", "2", "accepted", "--of", "1"],
        ["evaluate", "2", "duplicate", "--of", "2"],
        ["evaluate", "2", "duplicate", "--of", "77"],
    ] {
        g.run(&[&args[..], &["--yes"]].concat()).code_in(&[2]);
    }
    let shown = g
        .run(&["evaluate", "2", "duplicate", "--of", "1", "--yes"])
        .ok();
    assert!(
        shown.contains("nothing is sent to the reporter of 0001"),
        "{shown}"
    );
    let letter = body(&latest(&g, &ravi, 2));
    assert!(
        letter.contains(&format!("  Expected resolution: {}", soon())),
        "{letter}"
    );
    assert!(
        !letter.contains(&first) && !letter.contains("mia"),
        "{letter}"
    );
    assert_eq!(g.wait_for_mail(&mia, 2).len(), 2, "mia hears nothing");
    let facts = g.show("2")["facts"].as_array().unwrap().clone();
    let see = facts.iter().find(|f| f["fact"] == "set").unwrap();
    assert_eq!(
        (&see["data"]["field"], &see["data"]["value"]),
        (&"see".into(), &"0001".into())
    );
    let respond = g.show("2")["deadlines"][0].clone();
    assert_eq!(
        (&respond["promise"], &respond["standing"]),
        (&"respond".into(), &"kept".into())
    );

    let shown = g.run(&["resolve", "1", "--yes"]).ok();
    assert!(
        shown.contains(&format!("And to {ravi}, of 0002, which follows 0001")),
        "{shown}"
    );
    g.once().ok();
    let shown = g
        .run(&["evaluate", "2", "duplicate", "--of", "1", "--dry-run"])
        .ok();
    assert!(
        shown.contains("it is resolved by now") && !shown.contains("Expected"),
        "{shown}"
    );
    assert!(shown.contains("evaluated before: duplicate"), "{shown}");
    assert!(
        shown.contains("takes the place of our evaluation"),
        "{shown}"
    );
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
        "acknowledgement.txt, 1 of 7",
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

/// Runs a command on a terminal of its own, typing `typed`; its editor is this shell script.
fn on_terminal(g: &Gatepost, args: &[&str], typed: &str, editor: &str) -> Answer {
    let path = g.path("editor");
    fs::write(&path, format!("#!/bin/sh\n{editor}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    let command = g.command(args);
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<String> = words
        .map(|w| format!("'{}'", w.to_str().unwrap()))
        .collect();
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &line.join(" "), "/dev/null"]);
    let envs = command.get_envs();
    terminal.envs(envs.filter_map(|(name, value)| Some((name, value?))));
    terminal
        .env_remove("VISUAL")
        .env("EDITOR", &path)
        .env("SHELL", "/bin/sh");
    terminal
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = terminal
        .spawn()
        .expect("`script` is missing: install bsdutils");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(typed.as_bytes())
        .unwrap();
    let ended = child.wait_with_output().unwrap();
    Answer {
        code: ended.status.code().unwrap_or(-1),
        out: String::from_utf8(ended.stdout).unwrap().replace('\r', ""),
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

#[test]
fn a_person_writes_in_their_editor_and_what_they_did_not_send_is_kept() {
    let (g, mia) = with_one_report("editor");
    let draft = g.path("store/drafts/1-anna.txt");
    let why = g.run(&["reply", "1", "--yes"]).code_in(&[2]);
    assert!(why.contains("--message"), "no words and no terminal: {why}");

    let nothing = on_terminal(&g, &["reply", "1"], "", "true");
    assert_eq!(nothing.code, 1);
    assert!(nothing.out.contains("you wrote nothing"), "{}", nothing.out);
    assert!(!draft.exists());

    let write = "sed -i 's/^Hello,$/Hello Mia,\\n\\nit is being tested./' \"$1\"";
    let no = on_terminal(&g, &["reply", "1"], "n\n", write);
    assert_eq!(no.code, 3, "answered with no: {}", no.out);
    let no = no.out;
    assert!(
        no.contains("| it is being tested.") && no.contains("Nothing was sent."),
        "{no}"
    );
    let kept = fs::read_to_string(&draft).unwrap();
    assert!(
        kept.starts_with("Hello Mia,\n\nit is being tested."),
        "{kept}"
    );
    assert!(!kept.contains(SUBJECT), "nothing of the report");
    assert_eq!(mode(&draft) & 0o777, 0o600);
    assert_eq!(mode(draft.parent().unwrap()) & 0o777, 0o700);

    // The draft is offered; what it is changed to must hold no date that is not recorded.
    let promise = "echo 'Expected resolution: 2027-01-01' >> \"$1\"";
    let refused = on_terminal(&g, &["reply", "1"], "y\ne\ny\nn\n", promise).out;
    assert!(refused.contains("Begin with it?"), "{refused}");
    assert!(refused.contains("would not be recorded"), "{refused}");
    let mend = "sed -i '/^Expected resolution/d' \"$1\"";
    let sent = on_terminal(&g, &["reply", "1"], "y\ne\ny\n", mend).ok();
    assert!(sent.contains("Queued."), "{sent}");
    assert!(!draft.exists(), "removed when queued");
    let letter = body(&latest(&g, &mia, 2));
    assert!(
        letter.starts_with("Hello Mia,\n\nit is being tested."),
        "{letter}"
    );
    assert!(!letter.contains("Expected resolution"), "{letter}");
}

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode()
}

#[test]
fn of_two_people_at_once_the_second_is_stopped_and_keeps_their_text() {
    let (g, mia) = with_one_report("twoatonce");
    let ben = g.command(&[]);
    let line: Vec<&str> = std::iter::once(ben.get_program())
        .chain(ben.get_args())
        .map(|w| w.to_str().unwrap())
        .collect();
    let line = line.join(" ").replace("--as anna", "--as ben");
    let meanwhile = format!(
        "echo 'We look into it.' | {line} reply 1 --message - --yes --send\nsed -i 's/^Hello,$/Hello,\\n\\nmine./' \"$1\""
    );
    let stopped = on_terminal(&g, &["evaluate", "1", "accepted"], "e\ny\n", &meanwhile);
    assert_eq!(stopped.code, 1, "{}", stopped.out);
    let said = stopped.out;
    assert!(said.contains("answered by ben, "), "{said}");
    assert!(
        said.contains("Nothing was sent") && said.contains("drafts/1-anna.txt"),
        "{said}"
    );
    g.once().ok();
    assert_eq!(g.wait_for_mail(&mia, 2).len(), 2, "the receipt, and ben's");
    let last = g.show("1")["facts"].as_array().unwrap().last().unwrap()["n"].to_string();
    let again = ["evaluate", "1", "accepted", "--draft", "--yes"];
    g.run(&[&again[..], &["--after", "1"]].concat())
        .code_in(&[1]);
    g.run(&[&again[..], &["--after", &last]].concat()).ok();
    let letter = body(&latest(&g, &mia, 3));
    assert!(letter.starts_with("Hello,\n\nmine."), "{letter}");
}
