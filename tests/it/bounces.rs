//! A bounce of our letter: the promise that the letter had met is open again. One of a
//! letter to the team: the others are told, and it makes no loop.

use crate::faults::says;
use crate::kit::{Gatepost, PATIENCE, body, header, report, soon};
use crate::post_office::{PostOffice, wait_until};
use crate::sink::Sink;
use crate::ways::with;

#[test]
fn a_bounce_of_our_letter_opens_again_what_it_had_met() {
    let g = Gatepost::ready(PostOffice::shared(), "bounced");
    let mia = g.reporter("mia");
    g.arrives(
        &mia,
        &report(
            &mia,
            &g.address,
            "b1@example.net",
            "XSS",
            "",
            "https://example.org/",
        ),
    );
    wait_until("it is taken in", PATIENCE, || {
        g.once().ok();
        (!g.list().is_empty()).then_some(())
    });
    g.run(&[
        "evaluate",
        "1",
        "accepted",
        "--expected",
        "2099-01-05",
        "--plan",
        "Fix it.",
        "--yes",
    ])
    .code_in(&[1, 2]);
    g.run(&[
        "evaluate",
        "1",
        "accepted",
        "--expected",
        &soon(),
        "--plan",
        "Fix it.",
        "--yes",
    ])
    .ok();
    g.once().ok();
    let letters = g.wait_for_mail(&mia, 2);
    let id = header(letters.last().unwrap(), "Message-ID").unwrap();
    assert!(g.fact_names("1").contains(&"evaluated".to_owned()));
    let bounce =
        String::from_utf8_lossy(include_bytes!("../mail/bounce-delivery-report.eml")).into_owned();
    let cited = header_of_returned(&bounce);
    g.arrives(
        "",
        bounce
            .replace(&cited, id.trim_matches(['<', '>']))
            .as_bytes(),
    );
    wait_until("the bounce is taken in", PATIENCE, || {
        g.once().ok();
        g.fact_names("1")
            .contains(&"undelivered".to_owned())
            .then_some(())
    });
    let t = &g.list()[0];
    assert_eq!(t["stage"], "new", "the evaluation did not arrive");
    let respond = t["deadlines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|d| d["promise"] == "respond")
        .unwrap()
        .clone();
    assert_eq!(respond["standing"], "on-time");
    assert_eq!(respond["missing"].as_array().unwrap().len(), 2);
    assert_eq!(g.list().len(), 1, "a bounce opens no ticket");
}

#[test]
fn a_bounce_in_prose_finds_its_letter_and_a_forged_one_changes_nothing() {
    let g = Gatepost::ready(PostOffice::shared(), "prose");
    let mia = g.reporter("mia");
    g.report_from(&mia, "p1@example.net");
    wait_until("it is taken in", PATIENCE, || {
        g.once().ok();
        (!g.list().is_empty()).then_some(())
    });
    let receipt = g.wait_for_mail(&mia, 1);
    let id = header(receipt.last().unwrap(), "Message-ID").unwrap();
    let before = g.fact_names("1");
    assert!(before.contains(&"acknowledged".to_owned()));
    let prose =
        String::from_utf8_lossy(include_bytes!("../mail/bounce-below-a-line.eml")).into_owned();
    let late =
        String::from_utf8_lossy(include_bytes!("../mail/bounce-late-not-failed.eml")).into_owned();

    // As it stands in the file it cites a letter that was never ours.
    g.arrives("", prose.as_bytes());
    wait_until("the forged one lies in the tray", PATIENCE, || {
        g.once().ok();
        g.run(&["adopt"]).out.contains("Your mail").then_some(())
    });
    assert_eq!(g.fact_names("1"), before);

    let cited = header_of_returned(&late);
    let late = late.replace(&cited, id.trim_matches(['<', '>']));
    g.arrives("", late.as_bytes());
    wait_until("the delay is taken in", PATIENCE, || {
        g.once().ok();
        g.fact_names("1")
            .contains(&"noted".to_owned())
            .then_some(())
    });
    assert!(!g.fact_names("1").contains(&"undelivered".to_owned()));

    let true_one = prose.replace(&cited, id.trim_matches(['<', '>']));
    g.arrives("", true_one.as_bytes());
    wait_until("the bounce is taken in", PATIENCE, || {
        g.once().ok();
        g.fact_names("1")
            .contains(&"undelivered".to_owned())
            .then_some(())
    });
    assert_eq!(g.list().len(), 1, "a bounce opens no ticket");
    assert_eq!(g.mail_of(&mia).len(), 1, "a bounce is not answered");
}

/// The Message-ID of the mail that a bounce returns: its last one.
fn header_of_returned(bounce: &str) -> String {
    let line = bounce
        .lines()
        .rfind(|l| l.to_ascii_lowercase().starts_with("message-id:"))
        .unwrap();
    line.split('<')
        .nth(1)
        .unwrap()
        .split('>')
        .next()
        .unwrap()
        .to_owned()
}

/// The Message-ID of a message, without its brackets.
fn id_of(message: &str) -> String {
    let id = header(message, "Message-ID").unwrap();
    id.trim_matches(['<', '>']).to_owned()
}

/// What a server says of the mail `id`, which it gives back; `more` stands in its header.
fn delivery_report(n: u32, id: &str, action: &str, more: &str) -> String {
    let sample = include_str!("../mail/bounce-delivery-report.eml");
    sample
        .replace("b1@mx.example.net", &format!("dsn{n}@mx.example.net"))
        .replace("Action: failed", &format!("Action: {action}"))
        .replace("0123456789abcdef0123456789abcdef@example.org", id)
        .replace("MIME-Version", &format!("{more}MIME-Version"))
}

fn kinds(g: &Gatepost, reference: &str) -> Vec<String> {
    let thread = g.show(reference)["thread"].as_array().unwrap().clone();
    let kinds = thread.iter().filter_map(|m| m["kind"].as_str());
    kinds.map(str::to_owned).collect()
}

#[test]
fn a_delay_undoes_nothing_and_a_bounce_that_cites_the_thread_only_its_own_letter() {
    let g = Gatepost::ready(PostOffice::shared(), "delayed");
    let mia = g.reporter("mia");
    g.report_from(&mia, "d1@example.net");
    g.once().ok();
    let plan = ["--expected", &soon(), "--plan", "Fix it.", "--yes"];
    g.run(&[&["evaluate", "1", "accepted"][..], &plan].concat())
        .ok();
    g.once().ok();
    let letters = g.wait_for_mail(&mia, 2);
    let [receipt, evaluation] = [&letters[0], &letters[1]].map(|m| id_of(m));
    let before = g.fact_names("1");
    assert!(before.contains(&"evaluated".to_owned()), "{before:?}");
    for (n, action) in [(1, "delayed"), (2, "delivered")] {
        g.arrives("", delivery_report(n, &evaluation, action, "").as_bytes());
    }
    wait_until("both reports are taken in", PATIENCE, || {
        g.once().ok();
        (kinds(&g, "1").iter().filter(|k| *k == "bounce").count() == 2).then_some(())
    });
    let after = g.fact_names("1");
    assert!(!after.contains(&"undelivered".to_owned()), "{after:?}");
    assert_eq!(g.list()[0]["stage"], "evaluated");
    // Exim cites the whole thread of what it gives back.
    let thread = format!("References: <d1@example.net> <{receipt}> <{evaluation}>\n");
    g.arrives(
        "",
        delivery_report(3, &evaluation, "failed", &thread).as_bytes(),
    );
    wait_until("the bounce is taken in", PATIENCE, || {
        g.once().ok();
        g.fact_names("1")
            .contains(&"undelivered".to_owned())
            .then_some(())
    });
    let undone = g.fact_names("1");
    assert_eq!(undone.iter().filter(|f| *f == "undelivered").count(), 1);
    let t = &g.list()[0];
    assert_eq!(
        (&t["stage"], &t["acknowledgement"]),
        (&"new".into(), &"sent".into())
    );
}

#[test]
fn a_letter_to_the_team_that_comes_back_is_told_to_the_others_and_makes_no_loop() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let g = Gatepost::ready(&office, "team-bounce");
    let ben = g.anna.replace("anna-", "ben-");
    for (name, id) in [("mia", "t1@example.net"), ("noor", "t2@example.net")] {
        g.report_from(&g.reporter(name), id);
    }
    g.once().ok();
    g.wait_for_mail(&g.anna, 1);
    assert_eq!(g.wait_for_mail(&ben, 1).len(), 1, "both in one digest");
    let (mut seen, mut n) = (0, 10);
    // From now on a server far away gives back whatever is for ben.
    let mut give_back = || {
        for letter in g.mail_of(&ben).iter().skip(seen) {
            n += 1;
            let bounce = delivery_report(n, &id_of(letter), "failed", "");
            g.arrives("", bounce.as_bytes());
        }
        seen = g.mail_of(&ben).len();
        g.once().ok();
    };
    give_back();
    let list = g.run(&["list"]).ok();
    let told: Vec<&str> = list.lines().filter(|l| l.starts_with("!!")).collect();
    let [told] = told.as_slice() else {
        panic!("one red line: {list}");
    };
    says(told, &["came back", &ben, "gatepost outbox"]);
    let outbox = g.run(&["outbox", "--json"]).json();
    assert_eq!(
        (&outbox[0]["state"], &outbox[0]["to"]),
        (&"refused".into(), &ben.as_str().into())
    );
    assert!(!g.fact_names("1").contains(&"undelivered".to_owned()));
    // The evaluation ends what the team is told of; the days after it are quiet for ben.
    let plan = ["--expected", "2027-01-15", "--plan", "Fix it.", "--yes"];
    for ticket in ["1", "2"] {
        g.run(&[&["evaluate", ticket, "accepted"][..], &plan].concat())
            .ok();
    }
    let mut to_ben = Vec::new();
    for day in 24..=27 {
        office.clock(&format!("2026-11-{day} 09:01"));
        let before = g.mail_of(&ben).len();
        g.once().ok();
        give_back();
        to_ben.push(g.mail_of(&ben).len() - before);
    }
    assert_eq!(
        to_ben, [0; 4],
        "nothing is written because of what came back"
    );
    let to_anna = g.mail_of(&g.anna);
    assert!(
        to_anna
            .iter()
            .any(|m| body(m).contains("a letter to ben was refused")),
        "{to_anna:?}"
    );
}

#[test]
fn a_bounce_of_a_letter_whose_answer_was_lost_is_an_answer_and_no_second_copy_leaves() {
    let office = PostOffice::own(Some("2026-11-23 10:00"));
    let g = Gatepost::ready(&office, "bounce-first");
    let sink = Sink::start(|_| true);
    g.write_config(&with(&g.config(), "[smtp]", &sink.config()));
    let mia = g.reporter("mia");
    g.report_from(&mia, "f1@example.net");
    g.once().ok();
    let to_mia = || {
        let kept = sink.kept().into_iter().filter(|k| k.to == mia);
        kept.map(|k| String::from_utf8(k.bytes).unwrap().replace('\r', ""))
            .collect::<Vec<_>>()
    };
    let [receipt] = to_mia().try_into().unwrap();
    assert_eq!(g.list()[0]["acknowledgement"], "queued", "no answer came");
    let bounce = delivery_report(1, &id_of(&receipt), "failed", "");
    g.arrives("", bounce.as_bytes());
    // Late enough for a second copy.
    office.clock("2026-11-23 10:05");
    wait_until("the bounce is taken in", PATIENCE, || {
        g.once();
        g.fact_names("1")
            .contains(&"undelivered".to_owned())
            .then_some(())
    });
    g.once();
    assert_eq!(to_mia().len(), 1, "it had left, and came back");
    let t = &g.list()[0];
    assert_eq!(t["acknowledgement"], "sent");
    let facts = g.fact_names("1");
    let at = |name: &str| facts.iter().position(|f| f == name);
    let first = at("acknowledged").expect("the server took it");
    assert!(Some(first) < at("undelivered"), "{facts:?}");
    let show = g.run(&["show", "1"]).ok();
    says(&show, &["cannot be reached"]);
}
