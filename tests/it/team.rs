//! The team answers from its own mail programs: what lies in the folder for sent mail
//! counts, what only says that it is the team's does not.

use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE, body, header, report};
use crate::outage::append_to;
use crate::post_office::{PostOffice, wait_until};
use crate::ways::create;
use serde_json::Value;

/// One report of mia's, and a folder for sent mail that was empty when it came.
fn with_one_report<'o>(office: &'o PostOffice, story: &str) -> (Gatepost<'o>, String) {
    let g = Gatepost::new(office, story);
    create(&g, "Sent");
    g.run(&["init"]).ok();
    let mia = g.reporter("mia");
    g.report_from(&mia, &format!("{story}@example.net"));
    g.once().ok();
    g.wait_for_mail(&mia, 1);
    (g, mia)
}

/// A mail of ours that answers the report of `story`.
fn answer(g: &Gatepost, mia: &str, story: &str, id: &str, text: &str) -> Vec<u8> {
    let extra = format!("In-Reply-To: <{story}@example.net>\n");
    report(&g.address, mia, id, "Re: XSS in search", &extra, text)
}

fn sends(g: &Gatepost, eml: &[u8]) {
    append_to(g.office, &g.address, "Sent", eml);
}

fn missing(g: &Gatepost) -> Vec<String> {
    let respond = g.show("1")["deadlines"].as_array().unwrap().clone();
    let respond = respond.into_iter().find(|d| d["promise"] == "respond");
    let missing = respond.unwrap()["missing"].as_array().unwrap().clone();
    let word = |m: &Value| m.as_str().unwrap().to_owned();
    missing.iter().map(word).collect()
}

/// The number in the thread of the last mail of this kind.
fn last_of(g: &Gatepost, kind: &str) -> String {
    let thread = g.show("1")["thread"].as_array().unwrap().clone();
    thread.iter().rfind(|m| m["kind"] == kind).unwrap()["n"].to_string()
}

const BOTH: &str = "You are right.\n\nAssessment: accepted\nExpected resolution: {soon}\n\n> Assessment: duplicate";

#[test]
fn an_answer_in_sent_ends_what_is_owed_and_a_forged_one_in_the_inbox_does_not() {
    let (g, mia) = with_one_report(PostOffice::shared(), "sent-answer");
    let text = BOTH.replace("{soon}", &crate::kit::soon());
    let words = text
        .replace("accepted", "duplicate")
        .replace("resolution", "fix");
    let forged = answer(&g, &mia, "sent-answer", "forged@example.com", &words);
    g.arrives("eve@example.com", &forged);
    g.once().ok();
    assert_eq!(g.fact_names("1"), ["received", "acknowledged", "noted"]);
    assert_eq!(missing(&g).len(), 2, "{:?}", missing(&g));
    let shown = g.run(&["show", "1"]).ok();
    let command = format!(
        "gatepost reply 1 --said-in {}",
        last_of(&g, "unproven-team")
    );
    says(&shown, &["nothing proves it", &command]);

    sends(
        &g,
        &answer(&g, &mia, "sent-answer", "true@example.org", &text),
    );
    g.once().ok();
    let expected = [
        "received",
        "acknowledged",
        "noted",
        "answered",
        "evaluated",
        "dated",
    ];
    assert_eq!(g.fact_names("1"), expected);
    assert!(missing(&g).is_empty(), "{:?}", missing(&g));
    let t = g.show("1");
    assert_eq!(
        (&t["outcome"], &t["stage"]),
        (&"accepted".into(), &"evaluated".into())
    );
    assert_eq!(t["proposals"].as_array().unwrap().len(), 0);
    let log = g.run(&["show", "1", "--log"]).ok();
    says(
        &log,
        &["answered", "evaluated accepted  (mail ", ", labelled line)"],
    );
    assert_eq!(g.list().len(), 1, "no ticket but hers");
    assert_eq!(g.mail_of(&mia).len(), 1, "nothing was sent but the receipt");
    g.run(&["audit"]).ok();

    // Her reply to the team's mail, which is all that it cites, joins.
    let reply = "In-Reply-To: <true@example.org>\n";
    g.arrives(
        &mia,
        &report(
            &mia,
            &g.address,
            "r1@example.net",
            "Re: XSS",
            reply,
            "Thanks",
        ),
    );
    g.once().ok();
    assert_eq!(g.fact_names("1").last().unwrap(), "reporter-wrote");
}

#[test]
fn show_proposes_the_command_that_records_what_has_no_labels() {
    let (g, mia) = with_one_report(PostOffice::shared(), "no-labels");
    let soon = crate::kit::soon();
    let text = format!("We see it too and will fix it by {soon}.");
    sends(
        &g,
        &answer(&g, &mia, "no-labels", "plain@example.org", &text),
    );
    g.once().ok();
    assert_eq!(g.fact_names("1").last().unwrap(), "answered");
    assert_eq!(missing(&g).len(), 2);
    let proposal = g.show("1")["proposals"][0].clone();
    let command = proposal["command"].as_str().unwrap().to_owned();
    assert_eq!(
        command,
        format!(
            "gatepost evaluate 1 accepted --expected {soon} --said-in {}",
            last_of(&g, "team")
        )
    );
    says(&g.run(&["show", "1"]).ok(), &[&command]);
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--yes"]).collect();
    g.run(&words).ok();
    assert!(missing(&g).is_empty());
    assert_eq!(g.show("1")["proposals"].as_array().unwrap().len(), 0);
}

#[test]
fn an_answer_that_will_not_be_answered_here_is_said() {
    let (g, mia) = with_one_report(PostOffice::shared(), "alone");
    let extra = "In-Reply-To: <alone@example.net>\n";
    sends(
        &g,
        &report(&g.anna, &mia, "alone@example.com", "Re: XSS", extra, "Yes."),
    );
    g.once().ok();
    let facts = g.show("1")["facts"].as_array().unwrap().clone();
    let last = facts.last().unwrap();
    assert_eq!(
        (&last["fact"], &last["by"]),
        (&"answered".into(), &"anna".into())
    );
    let shown = g.run(&["show", "1"]).ok();
    let warned = format!("went out from {} without {} in To or Cc", g.anna, g.address);
    says(&shown, &[&warned, "will reach anna alone"]);
    let extra = format!("{extra}Cc: {}\n", g.address);
    sends(
        &g,
        &report(&g.anna, &mia, "both@example.com", "Re: XSS", &extra, "Yes."),
    );
    g.once().ok();
    let shown = g.run(&["show", "1"]).ok();
    assert!(!shown.contains("went out from"), "{shown}");
}

#[test]
fn a_mail_to_somebody_else_is_kept_and_asks_nothing() {
    let (g, mia) = with_one_report(PostOffice::shared(), "elsewhere");
    let kim = g.reporter("kim");
    sends(
        &g,
        &report(
            &g.address,
            &kim,
            "lunch@example.org",
            "Lunch",
            "",
            "At one?",
        ),
    );
    g.once().ok();
    assert_eq!(g.list().len(), 1);
    says(
        &g.run(&["adopt"]).ok(),
        &["The tray is empty", "1 mail of yours"],
    );
    g.run(&["audit"]).ok();
    // One that cites nothing and is for her plainly means her report.
    sends(
        &g,
        &report(
            &g.address,
            &mia,
            "new@example.org",
            "Your report",
            "",
            "Thanks.",
        ),
    );
    g.once().ok();
    let last = g.show("1")["facts"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(last["fact"], "answered");
    let via = last["via"].as_str().unwrap();
    assert!(
        via.starts_with("mail ") && via.ends_with(", inferred ticket"),
        "{via}"
    );
}

#[test]
fn a_bounce_of_the_teams_own_mail_opens_the_duty_again() {
    let (g, mia) = with_one_report(PostOffice::shared(), "own-bounce");
    let text = BOTH.replace("{soon}", &crate::kit::soon());
    sends(
        &g,
        &answer(&g, &mia, "own-bounce", "lost@example.org", &text),
    );
    g.once().ok();
    assert!(missing(&g).is_empty());
    let bounce = String::from_utf8_lossy(include_bytes!("../mail/bounce-delivery-report.eml"))
        .replace(
            "0123456789abcdef0123456789abcdef@example.org",
            "lost@example.org",
        );
    g.arrives("", bounce.as_bytes());
    g.once().ok();
    assert_eq!(missing(&g).len(), 2);
    says(&g.run(&["show", "1"]).ok(), &["cannot be reached"]);
    assert_eq!(g.list().len(), 1);
}

/// As the team has it: gatepost runs, somebody answers from a telephone, and the reminder
/// that would have come does not; what was read stands in the next digest.
#[test]
fn a_reminder_is_not_sent_for_what_was_answered_from_another_program() {
    let (answered, forgotten) = (reminded("reminded-1", true), reminded("reminded-2", false));
    assert!(forgotten.contains("THU 29"), "{forgotten}");
    assert!(!answered.contains("THU 29"), "{answered}");
    assert!(
        answered.contains("READ") && answered.contains("accepted"),
        "{answered}"
    );
}

/// What anna gets on the business day after a report of Monday, 26 April 2027.
fn reminded(story: &str, answers: bool) -> String {
    let office = PostOffice::own(Some("2027-04-26 10:00:00"));
    let (g, mia) = with_one_report(&office, story);
    if answers {
        let text = BOTH.replace("{soon}", "2027-06-17");
        sends(&g, &answer(&g, &mia, story, "phone@example.org", &text));
        g.once().ok();
    }
    let before = g.mail_of(&g.anna).len();
    office.clock("2027-04-28 09:05:00");
    wait_until("the mail of the morning", PATIENCE, || {
        g.once().ok();
        (g.mail_of(&g.anna).len() > before).then_some(())
    });
    let mails = g.mail_of(&g.anna);
    let said = mails[before..].iter().map(|m| {
        format!(
            "{}\n{}\n",
            header(m, "Subject").unwrap_or_default(),
            body(m)
        )
    });
    said.collect()
}
