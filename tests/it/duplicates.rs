//! A duplicate follows the first report: its reporter hears the same news, in a letter of
//! their own, and nothing of the first.

use crate::faults::says;
use crate::kit::{Gatepost, body, header, report, soon};
use crate::post_office::{PostOffice, REFUSED};
use serde_json::Value;

/// Words that only the first report, or a letter to its reporter, holds. No server makes an id
/// that has one in it by chance.
const CANARIES: [&str; 6] = [
    "quokka",
    "numbat",
    "dingo",
    "mia-",
    "mia o",
    "f1@example.net",
];

/// Two reports, of mia and of ravi, taken in and acknowledged.
fn two_reports(story: &str) -> (Gatepost<'static>, String, String) {
    let g = Gatepost::ready(PostOffice::shared(), story);
    let (mia, ravi) = (g.reporter("mia"), g.reporter("ravi"));
    let first = "The quokka endpoint at https://example.org/quokka leaks.";
    arrives(&g, &mia, "f1@example.net", "Leak in quokka", first);
    g.once().ok();
    let second = "Anybody reads all files. See https://example.org/x";
    arrives(&g, &ravi, "s1@example.com", "Open files", second);
    g.once().ok();
    g.wait_for_mail(&mia, 1);
    g.wait_for_mail(&ravi, 1);
    (g, mia, ravi)
}

fn arrives(g: &Gatepost, from: &str, id: &str, subject: &str, text: &str) {
    g.arrives(from, &report(from, &g.address, id, subject, "", text));
}

fn fact_names(g: &Gatepost, ticket: &str) -> Vec<String> {
    g.fact_names(ticket)
}

/// What `show` suggests: the command, and by what.
fn suggested(g: &Gatepost, ticket: &str) -> Vec<(String, String)> {
    let alike = g.show(ticket)["alike"].as_array().unwrap().clone();
    let words = |v: &Value| v.as_str().unwrap().to_owned();
    let because = |v: &Value| {
        let all = v.as_array().unwrap().iter().map(words);
        all.collect::<Vec<_>>().join("; ")
    };
    alike
        .iter()
        .map(|one| (words(&one["command"]), because(&one["because"])))
        .collect()
}

#[test]
fn reports_that_look_alike_are_suggested_and_nothing_is_merged() {
    let (g, _, ravi) = two_reports("alike");
    let kim = g.reporter("kim");
    let text = "Anybody reads all files. See https://example.org/x";
    g.run(&["close", "2", "--silent", "--yes"]).ok();
    arrives(&g, &kim, "k1@example.com", "Something else", text);
    let cve = "The old CVE-2026-12345 is still there.\u{1b}[31m";
    arrives(&g, &kim, "k2@example.com", "Old hole", cve);
    g.once().ok();
    arrives(
        &g,
        &ravi,
        "k3@example.com",
        "Library",
        "cve-2026-12345, too",
    );
    g.once().ok();
    assert_eq!(suggested(&g, "1"), [], "example.org alone says nothing");
    let command = |late, first| format!("gatepost evaluate {late} duplicate --of {first}");
    let same = "the same text; both name example.org/x".to_owned();
    assert_eq!(suggested(&g, "3"), [(command(3, 2), same.clone())]);
    assert_eq!(suggested(&g, "2"), [(command(3, 2), same)]);
    let name = "both name CVE-2026-12345".to_owned();
    assert_eq!(suggested(&g, "5"), [(command(5, 4), name)]);
    let shown = g.run(&["show", "3"]).ok();
    assert!(shown.contains("which is closed: the same text"), "{shown}");
    assert!(
        shown.contains("\n     gatepost evaluate 3 duplicate --of 2\n"),
        "{shown}"
    );
    assert_eq!(g.list().len(), 5, "each has its own ticket and clock");
    // Once a person said so, nobody is asked again; a third is sent to the first.
    g.run(&["evaluate", "5", "duplicate", "--of", "4", "--yes"])
        .ok();
    assert!(suggested(&g, "5").is_empty() && suggested(&g, "4").is_empty());
    arrives(&g, &kim, "k4@example.com", "Again", "CVE-2026-12345?");
    g.once().ok();
    let commands: Vec<String> = suggested(&g, "6").into_iter().map(|s| s.0).collect();
    assert_eq!(commands, [command(6, 4)]);
}

#[test]
fn list_says_what_looks_like_a_ticket_that_is_closed() {
    let (g, _, _) = two_reports("closed-like");
    let kim = g.reporter("kim");
    let text = "Anybody reads all files. See https://example.org/x";
    g.run(&["close", "2", "--silent", "--yes"]).ok();
    let like = g.run(&["list", "--like", "2"]).ok();
    says(&like, &["Open files", "1 ticket alike, of 1 sender"]);
    arrives(&g, &kim, "k1@example.com", "Re: open files!", text);
    g.once().ok();
    for reference in ["2", "3"] {
        let like = g.run(&["list", "--all", "--like", reference]).ok();
        says(&like, &["2 tickets alike, of 2 senders"]);
    }
    let like = g.run(&["list", "--like", "2"]).ok();
    says(&like, &["Open files", "2 tickets alike, of 2 senders"]);
    let like = g.run(&["list", "--like", "3"]).ok();
    says(&like, &["1 ticket alike, of 1 sender"]);
    // Of the same subject, and not the same mail: `evaluate --like` looks at it too.
    assert!(!like.contains("of the same subject"), "{like}");
    let text = "Anybody reads all files. See https://example.org/x -- Lea";
    arrives(&g, &kim, "k2@example.com", "Open files", text);
    g.once().ok();
    let like = g.run(&["list", "--like", "3"]).ok();
    says(
        &like,
        &[
            "1 ticket alike, of 1 sender",
            "of the same subject: 0004: evaluate --like compares their words",
            "with one look: gatepost evaluate 3 --like OUTCOME",
        ],
    );
}

/// The latest letter to ravi: in his thread, to him alone, and without a word of the first.
fn latest_to(g: &Gatepost, ravi: &str, count: usize) -> String {
    let letter = g.wait_for_mail(ravi, count).remove(count - 1);
    let reference = g.show("2")["ref"].as_str().unwrap().to_owned();
    let of = |name| header(&letter, name);
    assert_eq!(
        of("Subject").unwrap(),
        format!("Re: Open files [{reference}]")
    );
    assert_eq!(of("In-Reply-To").unwrap(), "<s1@example.com>");
    assert_eq!(of("To").unwrap().matches('@').count(), 1);
    assert!(of("Cc").is_none() && of("Bcc").is_none(), "{letter}");
    let whole = letter.to_lowercase();
    let leaked: Vec<&&str> = CANARIES
        .iter()
        .filter(|c| whole.contains(&c.to_lowercase()))
        .collect();
    assert!(leaked.is_empty(), "{leaked:?} in {letter}");
    let first = g.show("1")["ref"].as_str().unwrap().to_owned();
    assert!(!letter.contains(&first), "{letter}");
    letter
}

fn standing(g: &Gatepost, ticket: &str, promise: &str) -> Value {
    let all = g.show(ticket)["deadlines"].as_array().unwrap().clone();
    let last = all.into_iter().rfind(|d| d["promise"] == promise);
    last.map_or(Value::Null, |d| d["standing"].clone())
}

fn later() -> String {
    let day: jiff::civil::Date = soon().parse().unwrap();
    day.saturating_add(jiff::Span::new().days(14)).to_string()
}

#[test]
fn a_date_that_waits_to_leave_is_named_before_its_duplicate_is_told_that_there_is_none() {
    let (g, _, ravi) = two_reports("waiting");
    // It waits however slow the machine is.
    let slow = g.config().replace("grace = \"0 s\"", "grace = \"1 h\"");
    g.write_config(&slow);
    g.run(&["evaluate", "1", "accepted", "--expected", &soon(), "--yes"])
        .ok();
    let shown = g
        .run(&["evaluate", "2", "duplicate", "--of", "1", "--yes", "--send"])
        .ok();
    let waits = format!(
        "tells the reporter of 0001 the date {}, has not left",
        soon()
    );
    let (_, letter) = shown.split_once("! letter ").unwrap();
    let (letter, _) = letter.split_once(", which").unwrap();
    says(&shown, &[&waits, "do this again"]);
    assert!(!shown.contains("has no date yet"), "{shown}");

    // Their letter is out and the other waits: one next step, with the date in it.
    latest_to(&g, &ravi, 2);
    let next = || -> Vec<String> {
        let steps = g.show("2")["next"].as_array().unwrap().clone();
        let words = |v: &Value| v.as_str().unwrap().to_owned();
        steps
            .iter()
            .map(|s| format!("{} ({})", words(&s["command"]), words(&s["because"])))
            .collect()
    };
    let reply = format!("gatepost reply 2 --expected {}", soon());
    let waits = format!(
        "gatepost outbox (letter {letter} tells 0001 the date {} and has not left; then {reply})",
        soon()
    );
    assert!(next().contains(&waits), "{:?}", next());
    assert!(
        !next().iter().any(|step| step.contains("--expected DATE")),
        "{:?}",
        next()
    );
    g.run(&["outbox", "retry", letter]).ok();
    g.once().ok();
    let named = format!("{reply} (the date of 0001)");
    assert!(next().contains(&named), "{:?}", next());
    assert!(
        !next().iter().any(|step| step.contains("DATE")),
        "{:?}",
        next()
    );
}

#[test]
fn the_news_of_the_first_goes_to_both_reporters_one_letter_each() {
    let (g, mia, ravi) = two_reports("both");
    let shown = g
        .run(&["evaluate", "2", "duplicate", "--of", "1", "--yes"])
        .ok();
    assert!(shown.contains("0001 has no date yet"), "{shown}");
    g.once().ok();
    let letter = body(&latest_to(&g, &ravi, 2));
    assert!(
        letter.contains("We cannot name a date for that yet."),
        "{letter}"
    );
    assert!(!letter.contains("Expected"), "{letter}");
    assert!(fact_names(&g, "1").contains(&"noted".to_owned()));

    // A date for the first is one for both, each told by its own letter.
    let plan = ["--plan", "We rebuild the dingo."];
    let evaluate = ["evaluate", "1", "accepted", "--expected", &soon(), "--yes"];
    let shown = g.run(&[&evaluate[..], &plan].concat()).ok();
    assert!(
        shown.contains(&format!("And to {ravi}, of 0002, which follows 0001")),
        "{shown}"
    );
    assert!(
        !fact_names(&g, "2").contains(&"dated".to_owned()),
        "not told yet"
    );
    g.once().ok();
    let letter = body(&latest_to(&g, &ravi, 3));
    assert!(
        letter.contains(&format!("  Expected resolution: {}", soon())),
        "{letter}"
    );
    assert!(!letter.contains("Assessment"), "{letter}");
    assert_eq!(standing(&g, "2", "resolve"), "on-time");

    let because = ["--because", "The numbat is larger than we thought"];
    let reply = ["reply", "1", "--expected", &later(), "--yes", "--send"];
    g.run(&[&reply[..], &because].concat()).ok();
    let letter = body(&latest_to(&g, &ravi, 4));
    assert!(letter.contains("That date moves."), "{letter}");
    assert!(
        letter.contains(&later()) && !letter.contains("reason"),
        "{letter}"
    );
    let theirs = body(&g.wait_for_mail(&mia, 3)[2]);
    assert!(theirs.contains("numbat"), "{theirs}");

    let before = (g.show("1"), g.show("2"));
    let resolve = ["resolve", "1", "--note", "The quokka is gone.", "--json"];
    let shown = g.run(&[&resolve[..], &["--dry-run"]].concat()).json();
    let other = &shown["duplicates"][0];
    assert_eq!(
        (&other["to"], &other["state"]),
        (&ravi.clone().into(), &"dry-run".into())
    );
    assert_eq!((g.show("1"), g.show("2")), before);
    let for_all = g.run(&[&resolve[..], &["--dry-run", "--words-for-all"]].concat());
    let text = for_all.json()["duplicates"][0]["text"].to_string();
    assert!(text.contains("The quokka is gone."), "as asked: {text}");
    let sent = g.run(&[&resolve[..], &["--yes", "--send"]].concat()).json();
    assert_eq!(sent["duplicates"][0]["state"], "sent");
    assert_eq!(sent["duplicates"][0]["text"], other["text"]);
    let letter = body(&latest_to(&g, &ravi, 5));
    assert!(letter.contains("the problem that you reported is resolved"));
    assert!(letter.contains("May we name you"), "{letter}");
    assert_eq!(standing(&g, "2", "resolve"), "kept");
    assert_eq!(g.show("2")["stage"], "resolved");

    let link = "https://example.org/advisories/12";
    g.run(&["publish", "1", "--link", link, "--yes", "--send"])
        .ok();
    assert!(body(&latest_to(&g, &ravi, 6)).contains(link));
    assert_eq!(g.show("2")["stage"], "published");
    assert_eq!(g.wait_for_mail(&mia, 5).len(), 5);
    let shown = g.run(&["close", "1", "--yes", "--send"]).ok();
    assert!(
        shown.contains("0002 is its duplicate, and does not close"),
        "{shown}"
    );
    g.wait_for_mail(&mia, 6);
    assert_eq!((g.mail_of(&mia).len(), g.mail_of(&ravi).len()), (6, 6));
    g.run(&["audit"]).ok();
}

#[test]
fn what_cannot_be_followed_is_refused_and_a_chain_ends_at_its_first() {
    let (g, _, ravi) = two_reports("chain");
    let kim = g.reporter("kim");
    arrives(
        &g,
        &kim,
        "t1@example.com",
        "Files",
        "All files. https://example.org/x",
    );
    g.once().ok();
    g.run(&["evaluate", "2", "duplicate", "--of", "1", "--yes", "--send"])
        .ok();
    let refused = |args: &[&str], why: &str| {
        let said = g.run(&[args, &["--yes"]].concat()).code_in(&[2]);
        assert!(said.contains(why), "{args:?}: {said}");
    };
    refused(&["evaluate", "3", "duplicate", "--of", "2"], "hint: --of 1");
    refused(
        &["evaluate", "1", "duplicate", "--of", "2"],
        "two reports cannot follow each other",
    );
    g.run(&["set", "2", "see=3"]).code_in(&[1, 2]);
    // The first turns out to be a duplicate itself: who follows it goes along.
    let shown = g
        .run(&["evaluate", "3", "accepted", "--expected", &soon(), "--yes"])
        .ok();
    assert!(!shown.contains("And to"), "{shown}");
    g.once().ok();
    let shown = g
        .run(&["evaluate", "1", "duplicate", "--of", "3", "--yes", "--send"])
        .ok();
    assert!(shown.contains(&format!("And to {ravi}")), "{shown}");
    assert!(body(&latest_to(&g, &ravi, 3)).contains(&soon()));
    let shown = g.run(&["resolve", "3", "--dry-run"]).ok();
    assert_eq!(shown.matches("And to ").count(), 2, "{shown}");
    // What was taken back is followed no more.
    let facts = g.show("2")["facts"].as_array().unwrap().clone();
    let n = facts.iter().find(|f| f["fact"] == "evaluated").unwrap()["n"].to_string();
    g.run(&["reopen", "2", "--retract", &n, "--because", "another bug"])
        .ok();
    let shown = g.run(&["resolve", "3", "--dry-run"]).ok();
    assert_eq!(shown.matches("And to ").count(), 1, "{shown}");
    // Nothing comes of what is rejected, or closed without a fix.
    let shown = g
        .run(&["evaluate", "3", "not-a-vulnerability", "--yes", "--send"])
        .ok();
    assert!(
        shown.contains("gatepost evaluate 1 not-a-vulnerability"),
        "{shown}"
    );
    refused(
        &["evaluate", "2", "duplicate", "--of", "3"],
        "was evaluated not-a-vulnerability",
    );
}

#[test]
fn a_first_report_that_is_closed_is_followed_when_it_was_resolved() {
    let (g, _, ravi) = two_reports("over");
    g.run(&["close", "1", "--silent", "--yes"]).ok();
    let duplicate = ["evaluate", "2", "duplicate", "--of", "1", "--yes", "--send"];
    let said = g.run(&duplicate).code_in(&[2]);
    assert!(said.contains("is closed and was never resolved"), "{said}");
    g.run(&["resolve", "1", "--yes", "--send"]).ok();
    g.run(&duplicate).ok();
    let letter = body(&latest_to(&g, &ravi, 2));
    assert!(letter.contains("it is resolved by now"), "{letter}");
    assert_eq!(g.show("2")["stage"], "resolved");
}

#[test]
fn who_cannot_be_reached_keeps_nobody_else_waiting() {
    let (g, mia, _) = two_reports("unreached");
    arrives(
        &g,
        REFUSED,
        "r1@example.net",
        "Files",
        "All files. https://example.org/x",
    );
    g.once().ok();
    let duplicate = ["evaluate", "3", "duplicate", "--of", "1", "--yes", "--send"];
    g.run(&duplicate).code_in(&[1]);
    let accepted = ["evaluate", "1", "accepted", "--yes", "--send"];
    g.run(&accepted).ok();
    let said = g.run(&["resolve", "1", "--yes", "--send"]).code_in(&[1]);
    assert!(
        said.contains("what stands before it was sent; letter"),
        "{said}"
    );
    assert!(body(&g.wait_for_mail(&mia, 3)[2]).contains("is resolved"));
    assert!(
        !fact_names(&g, "3").contains(&"resolved".to_owned()),
        "nobody was told"
    );
    let shown = g.run(&["show", "3"]).ok();
    let note = "0001 is resolved, and this reporter has not been told: gatepost resolve 3";
    assert!(shown.contains(note), "{shown}");
    assert!(
        g.run(&["show", "1"]).ok().contains("0003 follows it"),
        "{shown}"
    );
}

#[test]
fn what_a_reporter_was_not_told_is_proposed_as_a_command_that_goes_through() {
    let (g, _, ravi) = two_reports("untold");
    let link = "https://example.org/a";
    let public = ["publish", "1", "--link", link, "--force", "known", "--yes"];
    g.run(&public).ok();
    g.run(&["evaluate", "2", "duplicate", "--of", "1", "--yes"])
        .ok();
    g.once().ok();
    g.wait_for_mail(&ravi, 2);
    let untold = g.show("2")["untold"][0].as_str().unwrap().to_owned();
    let (_, command) = untold.split_once("gatepost ").unwrap();
    let command = command.replace("URL", link).replace("REASON", "known");
    let args: Vec<&str> = command.split(' ').chain(["--yes"]).collect();
    g.run(&args).ok();
    g.once().ok();
    g.wait_for_mail(&ravi, 3);
    assert_eq!(g.show("2")["untold"].as_array().unwrap().len(), 0);
}

#[test]
fn a_page_that_other_reports_name_too_is_told_without_a_command() {
    let (g, _, _) = two_reports("samepage");
    let kim = g.reporter("kim");
    let text = "With two tokens at https://example.org/x the password of another is reset.";
    arrives(&g, &kim, "p1@example.com", "Passwords", text);
    g.once().ok();
    let shown = g.run(&["show", "3"]).ok();
    let first = g.show("2")["ref"].as_str().unwrap().to_owned();
    assert!(shown.contains(&format!("\nsee  {first} of ")), "{shown}");
    assert!(
        shown.contains(": both name example.org/x   (gatepost show 2)\n"),
        "{shown}"
    );
    assert!(!shown.contains("duplicate --of"), "{shown}");
}
