//! Letters as the team deals with them: taken back in time, tried again, said to have
//! arrived; and the copies of them that lie in the folder for sent mail.

use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE, header, soon};
use crate::post_office::{PostOffice, REFUSED, wait_until};
use std::fs;

/// A store with one report, acknowledged.
fn with_one_report(story: &str) -> (Gatepost<'static>, String) {
    let g = Gatepost::ready(PostOffice::shared(), story);
    let mia = g.reporter("mia");
    g.report_from(&mia, &format!("{story}@example.net"));
    g.once().ok();
    g.wait_for_mail(&mia, 1);
    (g, mia)
}

/// What lies in the folder for sent mail: the names of the files, and their text.
fn filed(g: &Gatepost) -> Vec<(String, String)> {
    let mail = g.office.ca().with_file_name("mail");
    let Ok(files) = fs::read_dir(mail.join(&g.address).join(".Sent/cur")) else {
        return Vec::new();
    };
    let text = |file: fs::DirEntry| {
        let name = file.file_name().into_string().unwrap();
        (name, fs::read_to_string(file.path()).unwrap())
    };
    files.map(|file| text(file.unwrap())).collect()
}

fn sql(g: &Gatepost, text: &str) {
    let store = rusqlite::Connection::open(g.path("store/gatepost.db")).unwrap();
    assert_eq!(store.execute(text, []).unwrap(), 1, "{text}");
}

#[test]
fn a_letter_that_is_dropped_in_its_grace_is_a_decision_without_a_letter() {
    let (g, mia) = with_one_report("grace");
    g.write_config(&g.config().replace("grace = \"0 s\"", "grace = \"1 h\""));
    let evaluate = ["evaluate", "1", "accepted", "--expected", &soon(), "--yes"];
    g.run(&evaluate).ok();
    g.run(&evaluate).ok();
    g.once().ok();
    let outbox = g.run(&["outbox", "--json"]).json();
    let numbers: Vec<String> = outbox
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["id"].to_string())
        .collect();
    let [one, two] = numbers.as_slice() else {
        panic!("two letters wait: {outbox}");
    };
    says(
        &g.run(&["outbox"]).ok(),
        &["queued", "leaves ", "evaluation"],
    );
    let wrong = g.run(&["outbox", "drop", one, "99"]).code_in(&[1]);
    says(&wrong, &["there is no letter 99"]);
    assert_eq!(g.run(&["outbox", "--json"]).json(), outbox, "all, or none");
    says(
        &g.run(&["outbox", "drop", one, two]).ok(),
        &["will not be sent"],
    );
    g.once().ok();
    assert_eq!(g.mail_of(&mia).len(), 1, "the acknowledgement alone");
    says(
        &g.run(&["show", "1"]).ok(),
        &["evaluation decided, letter dropped"],
    );
    let expected = [
        "received",
        "acknowledged",
        "decided",
        "decided",
        "noted",
        "noted",
    ];
    assert_eq!(g.fact_names("1"), expected);
    let facts = g.show("1")["facts"].clone();
    assert_eq!(facts[5]["by"], "anna");
    says(&facts[5]["data"]["why"].to_string(), &[two, "dropped"]);
    assert_eq!(
        g.show("1")["deadlines"][0]["standing"],
        "on-time",
        "the duty stays"
    );
}

#[test]
fn a_refused_letter_is_tried_again_when_a_person_says_so() {
    let g = Gatepost::ready(PostOffice::shared(), "retry");
    g.report_from(REFUSED, "retry@example.net");
    g.once().ok();
    let letter = g.run(&["outbox", "--json"]).json()[0]["id"].to_string();
    let said = g.run(&["outbox", "retry", &letter]).ok();
    says(&said, &["tried again", "none does now: gatepost run"]);
    assert_eq!(g.run(&["outbox", "--json"]).json()[0]["state"], "queued");
    g.once().ok();
    let expected = ["received", "undelivered", "noted", "undelivered"];
    assert_eq!(g.fact_names("1"), expected);
    // The address is mended on the server's side: a person knows that the letter arrived.
    g.run(&["outbox", "sent", &letter]).ok();
    assert_eq!(g.fact_names("1")[4..], ["acknowledged", "noted"]);
    says(
        &g.run(&["show", "1"]).ok(),
        &["receipt sent: as a person says"],
    );
    says(&g.run(&["outbox"]).ok(), &["Nothing waits"]);
    let again = g.run(&["outbox", "sent", &letter]).code_in(&[1]);
    says(&again, &["is sent: only of one that is unknown or refused"]);
    g.run(&["audit"]).ok();
}

#[test]
fn of_a_letter_whose_end_is_unknown_a_person_says_what_it_was() {
    let (g, mia) = with_one_report("unknown");
    g.run(&["evaluate", "1", "accepted", "--expected", &soon(), "--yes"])
        .ok();
    // As two connections leave it that broke behind the last byte.
    let lost = "UPDATE letters SET state = 'unknown', offers = 2, last_error = 'no \u{1b}[2J answer' WHERE kind = 'evaluation'";
    sql(&g, lost);
    g.once().ok();
    let outbox = g.run(&["outbox"]).ok();
    says(&outbox, &["unknown", "evaluation", "no "]);
    assert!(!outbox.contains('\u{1b}'), "{outbox:?}");
    assert_eq!(g.mail_of(&mia).len(), 1, "it does not leave by itself");
    let letter = g.run(&["outbox", "--json"]).json()[0]["id"].to_string();
    g.run(&["outbox", "retry", &letter]).ok();
    g.once().ok();
    g.wait_for_mail(&mia, 2);
    assert_eq!(g.show("1")["stage"], "evaluated");
}

#[test]
fn copies_of_letters_to_reporters_lie_in_the_folder_for_sent_mail_once() {
    let (g, mia) = with_one_report("copies");
    let check = g.run(&["check"]).ok();
    says(&check, &["copies of letters go to Sent"]);
    let [(name, copy)] = filed(&g).try_into().unwrap();
    assert!(name.ends_with(":2,S"), "seen: {name}");
    let got = g.mail_of(&mia).remove(0);
    assert_eq!(header(&copy, "Message-ID"), header(&got, "Message-ID"));
    let own = |mail: &str| mail[mail.find("From:").unwrap()..].to_owned();
    assert_eq!(own(&got), own(&copy), "byte for byte");
    // As a process leaves it that died just after it had added the copy.
    sql(
        &g,
        "UPDATE letters SET filing = 'wanted' WHERE filing = 'done'",
    );
    g.once().ok();
    assert_eq!(filed(&g).len(), 1, "not twice, and no letter to the team");
    let letters = g.show("1")["letters"].clone();
    assert_eq!(letters[0]["copy"], "done");
}

#[test]
fn a_daemon_files_copies_and_a_missing_folder_is_a_warning() {
    let mut g = Gatepost::ready(PostOffice::shared(), "no-folder");
    let gone = "sent_folder = \"Gone\"\npassword_file = \"password\"";
    g.write_config(&g.config_with("[[mailbox]]", "password_file = \"password\"", gone));
    let mia = g.reporter("mia");
    g.report_from(&mia, "gone@example.net");
    g.start();
    g.wait_for_mail(&mia, 1);
    wait_until("the daemon warns", PATIENCE, || {
        let log = g.log();
        let warned = log
            .lines()
            .filter(|l| l.contains("no copies of letters"))
            .count();
        (warned == 1).then_some(())
    });
    assert!(!g.run(&["list"]).ok().contains("!!"), "it is no trouble");
    assert_eq!(g.signal("-TERM"), Some(0));
    let check = g.run(&["check"]).ok();
    says(
        &check,
        &[
            "no copies of letters",
            "there is no folder \"Gone\"",
            "hint:",
        ],
    );
    g.write_config(&g.config());
    g.start();
    wait_until("the copy lies there", PATIENCE, || {
        (filed(&g).len() == 1).then_some(())
    });
    wait_until("the warning is over", PATIENCE, || {
        let check = g.run(&["check"]).ok();
        (!check.contains("no copies of letters")).then_some(())
    });
    g.signal("-TERM");
}
