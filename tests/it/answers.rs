//! A person answers a reporter: replies, news, last letters, each in the thread; and what
//! stops them.

mod before;
pub mod editor;

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
