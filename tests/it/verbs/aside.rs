//! Who is away, what is saved, what is folded, and four people at once.

use super::*;

#[test]
fn who_is_away_is_listed_with_a_cover_until_they_are_back() {
    let (g, _) = with_one_report("away");
    g.run(&["assign", "1", "ben"]).ok();
    let said = g.run(&["away", "ben", "2026-01-01..2099-01-01", "--cover", "anna"]);
    says(&said.code_in(&[2]), &["more than a year"]);
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let days = format!(
        "{}..{}",
        today.yesterday().unwrap(),
        today.tomorrow().unwrap()
    );
    let said = g.run(&["away", "Ben", &days, "--cover", "me"]).ok();
    says(
        &said,
        &[
            "Open tickets of ben: 1: 0001",
            "Reminders go to anna",
            "Letters: none.",
        ],
    );
    let listed = g.run(&["away", "--json"]).json();
    assert_eq!(
        (&listed[0]["who"], &listed[0]["now"]),
        (&"ben".into(), &true.into())
    );
    says(&g.run(&["away"]).ok(), &["ben", "cover anna", "now"]);
    g.run(&["away", "--back", "ben"]).ok();
    assert_eq!(g.run(&["away", "--json"]).json(), Value::Array(vec![]));
}

#[test]
fn attachments_are_saved_under_harmless_names_and_nothing_is_overwritten() {
    let g = Gatepost::ready(PostOffice::shared(), "save");
    let mia = g.reporter("mia");
    let names = [
        "../../escape.py",
        "/tmp/absolute",
        ".bashrc",
        "poc.py",
        "poc.py",
    ];
    let part = |name: &str| {
        format!(
            "--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"{name}\"\n\
             Content-Transfer-Encoding: base64\n\ncGF5bG9hZAA=\n"
        )
    };
    let parts: String = names.iter().map(|n| part(n)).collect();
    let mail = format!(
        "From: {mia}\nTo: {}\nSubject: XSS\nMessage-ID: <s1@example.net>\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nhttps://example.org/\n{parts}--b--\n",
        g.address
    );
    g.arrives(&mia, mail.as_bytes());
    g.once().ok();
    let folder = g.path("case");
    let save = ["show", "1", "--save", folder.to_str().unwrap()];
    let files = || {
        let all = fs::read_dir(&folder)
            .unwrap()
            .map(|f| f.unwrap().file_name());
        let mut all: Vec<String> = all.map(|f| f.into_string().unwrap()).collect();
        all.sort();
        all
    };
    says(
        &g.run(&save).ok(),
        &["5 attachments written", "\"../../escape.py\""],
    );
    let once = [
        "1-absolute",
        "1-bashrc",
        "1-escape.py",
        "1-poc-2.py",
        "1-poc.py",
    ];
    assert_eq!(files(), once);
    assert_eq!(fs::read(folder.join("1-poc.py")).unwrap(), b"payload\0");
    assert_eq!(
        fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    fs::write(folder.join("1-poc.py"), "mine").unwrap();
    g.run(&save).ok();
    assert_eq!(files().len(), 10);
    assert_eq!(fs::read(folder.join("1-poc.py")).unwrap(), b"mine");
    assert!(!g.path("escape.py").exists());
}

#[test]
fn quotes_are_folded_and_are_one_option_away() {
    let g = Gatepost::ready(PostOffice::shared(), "quotes");
    let mia = g.reporter("mia");
    let text = format!(
        "It works on /x too, and any guest sees all of it.\n\n\
        On Mon, 2 Nov 2026 at 10:00, Example <{}> wrote:\n\
        > We could not repeat it.\n> Sorry.\n",
        g.address
    );
    g.arrives(
        &mia,
        &report(&mia, &g.address, "q1@example.net", "XSS", "", &text),
    );
    g.once().ok();
    let folded = g.run(&["show", "1", "--text", "1"]).ok();
    says(
        &folded,
        &["It works on /x too,", "[3 lines folded", "--quotes"],
    );
    assert!(!folded.contains("Sorry"), "{folded}");
    let whole = g.run(&["show", "1", "--text", "1", "--quotes"]).ok();
    assert!(
        whole.contains("> Sorry.") && !whole.contains("folded"),
        "{whole}"
    );
    assert!(
        g.run(&["show", "1", "--quotes"])
            .ok()
            .contains("   | > Sorry.")
    );
}

#[test]
fn four_people_write_while_mail_comes_in_and_nobody_finds_the_store_locked() {
    let mut g = Gatepost::ready(PostOffice::shared(), "locked");
    let mia = g.reporter("mia");
    g.report_from(&mia, "l0@example.net");
    g.once().ok();
    g.start();
    let (rounds, mails) = (rounds(15), number("GATEPOST_MAILS", 20));
    let writer = |n: usize| {
        let g = &g;
        move || {
            for round in 0..rounds {
                let note = format!("writer {n} round {round}");
                let severity = ["low", "high"][round % 2];
                let severity = format!("severity={severity}");
                let verbs = [
                    vec!["note", "1", &note],
                    vec!["set", "1", &severity],
                    vec![
                        "assign",
                        "1",
                        if (n + round).is_multiple_of(2) {
                            "anna"
                        } else {
                            "ben"
                        },
                    ],
                ];
                let answer = g.run(&verbs[round % 3]);
                assert_eq!(answer.code, 0, "{note}: {}", answer.err);
            }
        }
    };
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4).map(|n| scope.spawn(writer(n))).collect();
        for n in 1..=mails {
            let id = format!("l{n}@example.net");
            g.office.deliver(
                &mia,
                &g.address,
                &report(&mia, &g.address, &id, "XSS", "", "https://example.org/"),
            );
        }
        writers.into_iter().for_each(|w| w.join().unwrap());
    });
    wait_until("all mails have their tickets", PATIENCE, || {
        (g.list().len() == mails + 1).then_some(())
    });
    let notes = g
        .fact_names("1")
        .iter()
        .filter(|f| *f == "remarked")
        .count();
    assert_eq!(notes, 4 * rounds.div_ceil(3));
    assert!(!g.log().contains("locked"), "{}", g.log());
    g.signal("-TERM");
    g.run(&["audit"]).ok();
}
