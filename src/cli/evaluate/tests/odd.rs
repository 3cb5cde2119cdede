//! What is left to a person, and the reason that is told.

use super::*;
use crate::desk::record::{Change, Credit, assign, note, set};
use crate::ticket::{Field, Planned, WaitsFor};

/// The third of three is left to a person, for this reason, after this was done.
fn odd(third: Came, work: &dyn Fn(&mut Desk), command: &str, because: &str) {
    let mut desk = Desk::new(&[("mia", "", BEG), ("ravi", "", BEG), third]);
    work(&mut desk);
    let (with, without) = divided(&desk.json(command));
    assert_eq!(with, [2], "{third:?} {without:?}");
    let why = without.iter().find(|(n, _)| *n == 3);
    let (_, why) = why.unwrap_or_else(|| panic!("{third:?}: {without:?}"));
    assert!(why.contains(because), "{third:?}: {why}");
}

#[test]
fn what_says_something_else_is_left_to_a_person() {
    let more = |text: &str| format!("{BEG}\n{text}");
    for (text, because) in [
        (
            "https://example.org/db?x=1",
            "URL \"https://example.org/db?x=1\"",
        ),
        ("192.0.2.7", "IP \"192.0.2.7\""),
        ("www.example.org", "host "),
        ("/hooks/import", "path "),
        ("CVE-2026-12345", "identifier \"CVE-2026-12345\""),
        ("CWE-89", "identifier"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "a CVSS"),
        ("Version 4.2.1", "version"),
        (
            "Invoices of others can be read.",
            "other words: \"invoices of others\" and 2 more",
        ),
    ] {
        odd(("lena", "", &more(text)), &|_| (), OUT, because);
    }
    // What is folded as a quote or a signature is said all the same, and so is what is not.
    let quoted = more(
        "On Mon, 3 May 2027 at 10:00, Kim <kim@example.org> wrote:\n> the password of all is in it",
    );
    odd(("lena", "", &quoted), &|_| (), OUT, "other words: ");
    let signed = more("-- \nLena\nPasswords Of Everybody Are Shown");
    odd(("lena", "", &signed), &|_| (), OUT, "other words: ");
    let other_form = format!(
        "--b\n{PLAIN}\n{BEG}\n--b\nContent-Type: text/html\n\n<p>{BEG}</p><p>And the console takes any command.</p>\n--b--"
    );
    let forms = "Content-Type: multipart/alternative; boundary=b\n";
    odd(("lena", forms, &other_form), &|_| (), OUT, "other words: ");
    let limited = "Hello, I looked at the contact form of your page for an hour, and there is no limit at all \
        to how often one person may send it, so that anybody can fill the mailbox of your team in a night.";
    let two = Desk::new(&[
        ("mia", "", limited),
        ("ravi", "", limited),
        ("lena", "", &limited.replace("no limit at all", "a limit")),
    ]);
    let (with, without) = divided(&two.json(OUT));
    assert_eq!(with, [2], "{without:?}");
    assert!(
        without[0].1.contains("it has not what 0001 has: \"no\""),
        "{without:?}"
    );
    let parts = "Content-Type: multipart/mixed; boundary=b\n";
    let attached = format!(
        "--b\n{PLAIN}\n{BEG}\n--b\nContent-Type: text/x-python\nContent-Disposition: attachment; filename=poc.py\n\nprint(1)\n--b--"
    );
    let because = "it has what 0001 has not: an attachment \"poc.py\"";
    odd(("lena", parts, &attached), &|_| (), OUT, because);
    let first = Desk::new(&[
        ("mia", parts, &attached),
        ("ravi", "", &format!("{BEG}\nprint(1)")),
    ]);
    let without = divided(&first.json(OUT)).1;
    let because = "it has not what 0001 has: an attachment \"poc.py\"";
    assert!(without[0].1.contains(because), "{without:?}");
    let sealed = "-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n=aaaa\n-----END PGP MESSAGE-----";
    odd(("lena", "", sealed), &|_| (), OUT, "it is encrypted");
    let signed = format!("{BEG}\n\nLena Noor");
    let named = Desk::new(&[("mia", "", BEG), ("lena.noor", "", &signed)]);
    assert_eq!(divided(&named.json(OUT)).0, [2], "a name is no difference");
}

#[test]
fn every_word_is_held_against_those_of_the_first_in_its_place() {
    let two_of = |first: &str, other: &str, spam: bool| {
        let command = if spam { "1 spam --like --dry-run" } else { OUT };
        let two = Desk::new(&[("mia", "", first), ("ravi", "", other)]);
        let (with, without) = divided(&two.json(command));
        assert_eq!(with, [0; 0], "{other}");
        without[0].1.clone()
    };
    for (first, other, because) in [
        (
            "A guest reads what an admin writes.",
            "An admin reads what a guest writes.",
            "it puts the words of 0001 in another order",
        ),
        (
            "No rate limit on the form.",
            "No rate limit on the 2FA form.",
            "other words: \"2fa\"",
        ),
        (
            "No rate limit on the 2FA form.",
            "No rate limit on the form.",
            "it has not what 0001 has: \"2fa\"",
        ),
        (
            "Port 22 is open.",
            "Port 2375 is open.",
            "other words: \"2375\"",
        ),
    ] {
        for spam in [true, false] {
            let why = two_of(first, other, spam);
            assert!(why.contains(because), "{other}: {why}");
        }
    }
    // A link of the form that is not read.
    let forms = "Content-Type: multipart/alternative; boundary=b\n";
    let link = |to: &str| format!("<p>{BEG} Look <a href=\"{to}\">here</a>.</p>");
    let html = |to: &str| format!("Content-Type: text/html\n\n{}", link(to));
    let pages = |to: &str| format!("--b\n{PLAIN}\n{BEG} Look here.\n--b\n{}\n--b--", html(to));
    let of = |to: &str| {
        Desk::new(&[
            ("mia", forms, &pages("https://example.org/a")),
            ("ravi", forms, &pages(to)),
        ])
    };
    assert_eq!(divided(&of("https://example.org/a").json(OUT)).0, [2]);
    assert_eq!(divided(&of("https://example.org/b").json(OUT)).0, [0; 0]);
    // A name is a difference within the text, and one of many words is more than a name.
    let on = |form: &str| format!("There is no rate limit on the {form} of your shop.");
    let root = Desk::new(&[("mia", "", &on("form")), ("root", "", &on("root form"))]);
    assert_eq!(divided(&root.json(OUT)).0, [0; 0]);
    // Nor is the word of a role, where the fault is that role's.
    let of = |role: &str| format!("Your {role} can delete every account, by one call.");
    let (admin, guest) = (of("admin"), of("guest"));
    let named = "\"Guest\" <guest";
    let roles = Desk::new(&[
        ("admin", "", &admin),
        ("guest", "", &guest),
        (named, "", &guest),
    ]);
    let (with, without) = divided(&roles.json(OUT));
    assert_eq!(with, [0; 0]);
    assert!(
        without.iter().all(|(_, why)| why.contains("guest")),
        "{without:?}"
    );
    let from = "\"Admin console open to guests\" <lena";
    let long = Desk::new(&[("mia", "", BEG), (from, "", BEG)]);
    let without = divided(&long.json(OUT)).1;
    assert!(
        without[0].1.contains("other words: \"admin console open\""),
        "{without:?}"
    );
}

#[test]
fn who_is_no_stranger_or_no_person_is_left_to_a_person() {
    let list = ("lena", "List-Id: <x.example.net>\n", BEG);
    odd(list, &|_| (), OUT, "its receipt is held: ");
    odd(list, &|_| (), "1 --like spam --dry-run", "is no person's");
    let program = ("lena", "Auto-Submitted: auto-generated\n", BEG);
    odd(program, &|_| (), OUT, "its receipt is held: ");
    let elsewhere = ("lena", "Reply-To: other@example.com\n", BEG);
    let because = "their mail asks for answers to other@example.com";
    odd(elsewhere, &|_| (), OUT, because);
    odd(
        ("lena", "", BEG),
        &|desk| {
            desk.arrives(&("lena", "", "Anybody reads the invoices of all others."));
            desk.run("4 accepted --yes").unwrap();
        },
        OUT,
        "its reporter is known: 1 report was accepted",
    );
    odd(("mia", "", BEG), &|_| (), OUT, "gets one of these letters");
    let known = Desk::new(&[("mia", "", BEG), ("kim", "", BEG)]);
    let first = known.run("1 --like accepted --yes").unwrap_err();
    assert!(first.contains("does not go with accepted"), "{first}");
}

#[test]
fn what_people_have_put_on_record_is_left_to_a_person() {
    let third = TicketNo(3);
    type Work = dyn Fn(&Tx, &Config) -> Result<()>;
    let change = |change: Change| -> Box<Work> {
        Box::new(move |tx, config| {
            set(tx, config, third, std::slice::from_ref(&change), "ben").map(drop)
        })
    };
    let day = jiff::civil::date(2027, 12, 1);
    let cases: Vec<(Box<Work>, &str)> = vec![
        (
            Box::new(move |tx, config| assign(tx, config, third, Some("ben"), "ben").map(drop)),
            "it is in ben's hands",
        ),
        (
            Box::new(move |tx, config| note(tx, config, third, "hm", false, "ben").map(drop)),
            "ben has put \"remarked\" on record",
        ),
        (
            change(Change::Text(Field::Impact, Some("some".to_owned()))),
            "ben has put \"set\" on record",
        ),
        (
            change(Change::Text(Field::Title, Some("SSRF".to_owned()))),
            "ben has put \"set\" on record",
        ),
        (
            change(Change::Credit(Credit::Named("fox".to_owned()))),
            "ben has put \"set\" on record",
        ),
        (
            change(Change::Waiting(Some(WaitsFor::Others))),
            "ben has put \"waiting\" on record",
        ),
        (
            change(Change::Planned(Planned::ReporterPublication, Some(day))),
            "ben has put \"planned\" on record",
        ),
        (
            Box::new(move |tx, _| {
                let held = tx.letters_of(third)?;
                let state = tx.move_letter(held[0].id, LetterState::Queued, LetterState::Held)?;
                assert!(state);
                Ok(())
            }),
            "its receipt is held",
        ),
    ];
    for (work, because) in cases {
        odd(
            ("lena", "", BEG),
            &|desk| desk.then(|tx, config| work(tx, config)),
            OUT,
            because,
        );
    }
    odd(
        ("lena", "", BEG),
        &|desk| desk.arrives(&("lena", "In-Reply-To: <3@example.net>\n", "Any news?")),
        OUT,
        "they wrote more than once",
    );
    odd(
        ("lena", "", BEG),
        &|desk| drop(desk.run("3 investigating --yes").unwrap()),
        OUT,
        "it was evaluated already: investigating",
    );
    odd(
        ("lena", "", BEG),
        &|desk| {
            desk.arrives(&("tom", "", "Another one: https://example.org/x"));
            desk.run("4 duplicate --of 3 --yes").unwrap();
        },
        OUT,
        "anna has put \"noted\" on record",
    );
    // What is mine is mine to evaluate.
    let mut desk = Desk::new(&[("mia", "", BEG), ("ravi", "", BEG)]);
    desk.then(|tx, config| assign(tx, config, TicketNo(2), Some("anna"), "anna").map(drop));
    for typed in ["anna", "Anna"] {
        desk.here.who = Some(typed.to_owned());
        assert_eq!(divided(&desk.json(OUT)), (vec![2], vec![]), "{typed}");
    }
}

#[test]
fn by_hint_each_has_to_ask_for_the_same_letter_in_its_own_words() {
    let other = "Your terms page can be framed, there is clickjacking. Is there a bounty?";
    odd(
        ("lena", "", other),
        &|_| (),
        HINT,
        "its hint is clickjacking",
    );
    let grave = format!("{BEG}\nThere is also a dump of your database.");
    odd(
        ("lena", "", &grave),
        &|_| (),
        HINT,
        "there is no hint on it",
    );
    // The same hint, and other words: in the text, or in the form that is not read.
    let thanks = format!("{BEG}\nThank you, and have a good day.");
    odd(("lena", "", &thanks), &|_| (), HINT, "other words: ");
    let page = format!("<p>{BEG}</p><p>The console of the admin runs any command.</p>");
    let html = format!("--b\n{PLAIN}\n{BEG}\n--b\nContent-Type: text/html\n\n{page}\n--b--");
    let forms = "Content-Type: multipart/alternative; boundary=b\n";
    odd(("lena", forms, &html), &|_| (), HINT, "");
    let desk = Desk::new(&[("mia", "", BEG), ("ravi", "", other)]);
    let said = desk.run("2 --like out-of-scope --yes").unwrap();
    assert!(said.contains("NOT in") && said.contains("0001"), "{said}");
}

#[test]
fn a_letter_that_promises_another_day_is_another_letter() {
    let mut desk = Desk::new(&[
        ("kim", "", "All invoices"),
        ("mia", "", BEG),
        ("ravi", "", BEG),
    ]);
    let novu = include_str!("../../../../config/policies/novu.toml");
    desk.policy(&novu.replace("\"3 business days\"", "\"2 business days\""));
    desk.arrives(&("lena", "", BEG));
    let (with, without) = divided(&desk.json("2 duplicate --of 1 --like --dry-run"));
    assert_eq!(with, [3]);
    let other = (4, "its letter would say something else".to_owned());
    assert!(without.contains(&other), "{without:?}");
}
