//! Beg mails that look alike are answered with one look, each by a letter of its own in its own
//! thread; what differs in anything that counts is left to a person. Reports that people have to
//! read one by one are lines of their own.

use crate::answers::editor::on_terminal;
use crate::faults::says;
use crate::kit::{Gatepost, body, header, report};
use crate::post_office::PostOffice;
use serde_json::Value;

const BEG: &str = "Hi team, your domain has this record: \"v=spf1 mx ~all\".\nIt should be -all. Do you have a bounty?";
/// Who sends one more of them: with a URL and a file, having had a report accepted, and after
/// the others.
const SENDERS: [&str; 12] = [
    "ada", "bea", "cid", "dan", "eli", "fay", "gus", "hal", "ida", "joe", "kit", "lou",
];

/// The mail of a sender, with a URL and a file or without.
fn beg(g: &Gatepost, name: &str, more: bool) -> Vec<u8> {
    let (from, id) = (g.reporter(name), id(name));
    if !more {
        return report(&from, &g.address, &id, "Bug bounty?", "", BEG);
    }
    let head = format!(
        "From: {from}\nTo: {}\nSubject: Bug bounty?\nMessage-ID: <{id}>\nMIME-Version: 1.0\n",
        g.address
    );
    let parts = format!(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{BEG}\n\
         See https://example.org/db\n--b\nContent-Type: text/x-python\n\
         Content-Disposition: attachment; filename=poc.py\n\nprint(1)\n--b--\n"
    );
    (head + &parts).into_bytes()
}

fn id(name: &str) -> String {
    format!("beg-{name}@example.net")
}

/// Twelve of them on the tickets 2 to 13: that of kit has more, lou is known by ticket 1.
fn twelve(story: &str) -> Gatepost<'static> {
    let g = Gatepost::ready(PostOffice::shared(), story);
    g.write_config(&g.config().replace("policy = \"neon\"", "policy = \"novu\""));
    let lou = g.reporter("lou");
    let text = "Anybody reads the invoices of all others. See https://example.org/invoice?n=2";
    g.arrives(
        &lou,
        &report(&lou, &g.address, "old@example.net", "Invoices", "", text),
    );
    g.once().ok();
    g.run(&["evaluate", "1", "accepted", "--yes", "--send"])
        .ok();
    for name in SENDERS {
        g.arrives(&g.reporter(name), &beg(&g, name, name == "kit"));
    }
    g.once().ok();
    for name in SENDERS {
        g.wait_for_mail(&g.reporter(name), if name == "lou" { 3 } else { 1 });
    }
    g
}

/// The ticket of a sender's beg mail.
fn ticket(g: &Gatepost, name: &str) -> Value {
    let all = g.run(&["list", "--all", "--json"]).json();
    let all = all.as_array().unwrap().clone();
    let from = g.reporter(name);
    let is =
        |t: &&Value| t["reporter"]["address"] == from.as_str() && t["subject"] == "Bug bounty?";
    all.iter().find(is).unwrap().clone()
}

#[test]
fn ten_of_twelve_beg_mails_are_answered_with_one_look_each_in_its_own_thread() {
    let g = twelve("alikeones");
    let listed = g.run(&["list", "--like", "2"]).ok();
    let command = "gatepost evaluate 2 --like out-of-scope --letter hint";
    let last = listed.trim_end().lines().last().unwrap();
    assert_eq!(last, format!("     if it is that: {command}"), "{listed}");
    let words: Vec<&str> = command.split(' ').skip(1).collect();

    let before = g.run(&["log", "--json"]).ok();
    let why = g.run(&words).code_in(&[2]);
    says(&why, &["there is no terminal to ask on"]);
    let look = g.run(&[&words[..], &["--dry-run"]].concat()).ok();
    says(
        &look,
        &[
            "NOT in",
            "\"poc.py\"",
            "1 report was accepted",
            "10 letters, to 10 reporters",
        ],
    );
    let no = on_terminal(&g, &words, "s\nn\n", "true");
    assert_eq!(no.code, 3, "{}", no.out);
    for name in &SENDERS[1..10] {
        says(&no.out, &[&format!("To {}, of ", g.reporter(name))]);
    }
    assert_eq!(no.out.matches("Send 10? [y]es [s]how [N]o").count(), 2);
    assert_eq!(
        g.run(&["log", "--json"]).ok(),
        before,
        "nothing was decided"
    );

    let done = on_terminal(&g, &words, "y\n", "true").ok();
    says(&done, &["Queued. No daemon runs: letters "]);
    g.once().ok();
    for name in &SENDERS[..10] {
        let (from, ticket) = (g.reporter(name), ticket(&g, name));
        let reference = ticket["ref"].as_str().unwrap();
        let letter = g.wait_for_mail(&from, 2).remove(1);
        let is = |field: &str| header(&letter, field).unwrap();
        assert_eq!(is("Subject"), format!("Re: Bug bounty? [{reference}]"));
        assert_eq!(is("In-Reply-To"), format!("<{}>", id(name)), "{name}");
        assert!(is("References").contains(&id(name)), "{letter}");
        assert!(is("To").contains(&from), "{letter}");
        assert_eq!(
            letter.matches("SEC-").count(),
            letter.matches(reference).count()
        );
        let text = body(&letter);
        says(
            &text,
            &["Assessment: out-of-scope", "mail that claims to be from us"],
        );
        assert_eq!(
            (&ticket["stage"], &ticket["outcome"]),
            (&"closed".into(), &"out-of-scope".into())
        );
    }
    for name in ["kit", "lou"] {
        assert_eq!(ticket(&g, name)["outcome"], Value::Null, "{name}");
    }
    g.run(&["audit"]).ok();

    // Once more, by the same and by one of those that are left.
    let log = g.run(&["log", "--json"]).ok();
    let why = g.run(&[&words[..], &["--yes"]].concat()).code_in(&[2]);
    says(
        &why,
        &["0002 cannot stand for others: it was evaluated already"],
    );
    let lou = ticket(&g, "lou")["ref"].as_str().unwrap().to_owned();
    let other = ["evaluate", &lou, "--like", "out-of-scope", "--yes"];
    says(&g.run(&other).code_in(&[2]), &["its reporter is known"]);
    assert_eq!(g.run(&["log", "--json"]).ok(), log);
    g.once().ok();
    for (name, letters) in SENDERS.iter().zip([2; 10].into_iter().chain([1, 3])) {
        assert_eq!(g.mail_of(&g.reporter(name)).len(), letters, "{name}");
    }
}

#[test]
fn a_persons_words_go_to_all_but_who_was_set_apart_by_a_note() {
    let g = twelve("alikewords");
    g.run(&["note", "3", "a friend of ours"]).ok();
    std::fs::write(g.path("words.txt"), "We are sorry.").unwrap();
    let words = g.path("words.txt");
    let command = [
        "evaluate",
        "2",
        "--like",
        "out-of-scope",
        "--letter",
        "hint",
        "--message",
        words.to_str().unwrap(),
        "--yes",
        "--send",
        "--json",
    ];
    let done = g.run(&command).json();
    let left = done["not_taken"].as_array().unwrap();
    let because = left.iter().map(|one| one["because"].as_str().unwrap());
    says(
        &because.collect::<Vec<_>>().join("\n"),
        &["anna has put \"remarked\" on record", "poc.py", "is known"],
    );
    let alike = done["alike"].as_array().unwrap();
    assert_eq!(alike.len(), 8, "{done:#}");
    assert!(alike.iter().all(|one| one["state"] == "sent"), "{done:#}");
    for name in SENDERS[..10].iter().filter(|name| **name != "bea") {
        let letter = g.wait_for_mail(&g.reporter(name), 2).remove(1);
        says(&body(&letter), &["We are sorry."]);
    }
    assert_eq!(g.mail_of(&g.reporter("bea")).len(), 1);
    assert_eq!(ticket(&g, "bea")["outcome"], Value::Null);
    g.run(&["audit"]).ok();
}

/// A mail of one subject with these parts.
fn of_parts(g: &Gatepost, name: &str, kind: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let (from, id) = (g.reporter(name), id(name));
    let head = format!(
        "From: {from}\nTo: {}\nSubject: Vulnerability report\nMessage-ID: <{id}>\nMIME-Version: 1.0\n",
        g.address
    );
    let parts = parts.iter().map(|(head, body)| {
        let head = format!("--{name}\nContent-Type: {head}\n\n");
        head + body + "\n"
    });
    let parts: String = parts.collect();
    format!("{head}Content-Type: multipart/{kind}; boundary={name}\n\n{parts}--{name}--\n")
        .into_bytes()
}

#[test]
fn reports_of_one_subject_are_one_line_only_where_they_are_the_same_mail() {
    let g = Gatepost::ready(PostOffice::shared(), "alikelines");
    let see = ("text/plain", "Please find the report attached.");
    let pdf = "application/pdf; name=report.pdf";
    let sealed = [
        ("application/pgp-encrypted", "Version: 1"),
        (
            "application/octet-stream",
            "-----BEGIN PGP MESSAGE-----\n\nhQEMA1111\n-----END PGP MESSAGE-----",
        ),
    ];
    let of_pgp = "encrypted; protocol=\"application/pgp-encrypted\"";
    let file = |name, body| of_parts(&g, name, "mixed", &[see, (pdf, body)]);
    let text = |name, text| of_parts(&g, name, "mixed", &[("text/plain", text)]);
    for (name, mail) in [
        ("ada", file("ada", "one")),
        ("bea", file("bea", "other")),
        ("cid", of_parts(&g, "cid", of_pgp, &sealed)),
        ("dan", of_parts(&g, "dan", of_pgp, &sealed)),
        (
            "eli",
            text("eli", "Remote code execution as root in the importer."),
        ),
        ("fay", text("fay", "Where is my bounty?")),
        ("gus", text("gus", "Where is my bounty?")),
        ("hal", file("hal", "one")),
    ] {
        g.arrives(&g.reporter(name), &mail);
    }
    g.once().ok();
    let listed = g.run(&["list"]).ok();
    let lines = listed
        .lines()
        .filter(|line| line.contains("Vulnerability report"));
    assert_eq!(lines.count(), 6, "{listed}");
    let like = |name: &str| {
        let all = g.list();
        let from = g.reporter(name);
        let is = |t: &&Value| t["reporter"]["address"] == from.as_str();
        let number = all.iter().find(is).unwrap()["ref"]
            .as_str()
            .unwrap()
            .to_owned();
        g.run(&["list", "--like", &number]).ok()
    };
    for name in ["bea", "cid", "dan", "eli"] {
        says(&like(name), &["1 ticket alike, of 1 sender"]);
    }
    for name in ["ada", "fay", "gus", "hal"] {
        says(&like(name), &["2 tickets alike, of 2 senders"]);
    }
}
