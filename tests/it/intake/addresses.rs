//! Several mailboxes, and the addresses by which a report comes.

use super::*;

#[test]
fn one_daemon_watches_several_mailboxes_each_with_its_own_address() {
    let office = PostOffice::shared();
    let mut g = Gatepost::new(office, "several");
    let second = g.address.replace("security-", "abuse-");
    let config = g.config();
    let (head, rest) = config.split_once("[[mailbox]]").unwrap();
    let (mailbox, tail) = rest.split_once("[smtp]").unwrap();
    let other = mailbox
        .replace("name = \"security\"", "name = \"abuse\"")
        .replace(&g.address, &second);
    g.write_config(&format!(
        "{head}[[mailbox]]{mailbox}[[mailbox]]{other}[smtp]{tail}"
    ));
    g.run(&["init"]).ok();
    g.start();
    let (mia, ben) = (g.reporter("mia"), g.reporter("kim"));
    let to_second = report(&ben, &second, "s2@example.net", "spam", "", "text");
    office.deliver(&ben, &second, &to_second);
    g.report_from(&mia, "s1@example.net");
    let receipt = &g.wait_for_mail(&mia, 1)[0];
    assert!(receipt.contains(&g.address), "{receipt}");
    let receipt = &g.wait_for_mail(&ben, 1)[0];
    assert!(receipt.contains(&second), "{receipt}");
    let boxes = "SELECT count(*) FROM tickets WHERE mailbox = ";
    for name in ["abuse", "security"] {
        assert_eq!(sql(&g, &format!("{boxes}'{name}'")), 1);
    }
    assert_eq!(g.signal("-TERM"), Some(0));
}

/// When each open promise of a ticket is due, in UTC.
fn due(g: &Gatepost, reference: &str) -> Vec<(String, String)> {
    let show = g.show(reference);
    let all = show["deadlines"].as_array().unwrap().iter();
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    all.map(|d| (text(&d["promise"]), text(&d["due_at"])))
        .collect()
}

#[test]
fn a_report_by_the_address_for_attacks_has_a_strict_clock_and_a_receipt_that_says_little() {
    let office = PostOffice::own(Some("2027-04-30 22:10"));
    let g = Gatepost::new(&office, "attack");
    let alias = |class: &str| {
        let (config, shield) = shielded(&g, class);
        g.write_config(&config);
        shield
    };
    alias("loud");
    let refused = g.run(&["check", "--offline"]);
    assert_eq!(refused.code, 2);
    let why = "no promise of the policy is of the class \"loud\"";
    assert!(refused.err.contains(why), "{}", refused.err);
    let shield = alias("attack");
    for how in [&["check"][..], &["check", "--offline"]] {
        let read_back = g.run(how).ok();
        let lines: Vec<&str> = read_back.lines().map(str::trim).collect();
        for wanted in [
            format!("address {}", g.address),
            format!("alias {shield}  class attack"),
            "only for the class attack".to_owned(),
        ] {
            assert!(lines.contains(&wanted.as_str()), "{wanted}: {read_back}");
        }
    }
    g.run(&["init"]).ok();

    // By the alias alone: the receipt holds the reference and the hour.
    let mia = g.reporter("mia");
    let eml = report(
        &mia,
        &shield,
        "a1@example.net",
        "they read my mail",
        "",
        "help",
    );
    g.arrives(&mia, &eml);
    g.once().ok();
    assert_eq!(g.fact_names("1")[..2], ["received", "classed"]);
    let receipt = &g.wait_for_mail(&mia, 1)[0];
    let subject = header(receipt, "Subject").unwrap();
    assert_eq!(subject, "[SEC-2027-0001] Received");
    let text = body(receipt);
    assert_eq!(
        text.trim(),
        "Received on Friday 30 April 2027 at 23:10 (UTC+1) as SEC-2027-0001."
    );
    let [respond, counter] = &due(&g, "1")[..] else {
        panic!("two promises hold");
    };
    assert_eq!(respond.0, "respond");
    assert_eq!(counter.0, "counter");
    assert!(counter.1.starts_with("2027-05-01T00:1"), "{counter:?}");

    // By both: one ticket, and the strict clock starts when the copy came.
    let kim = g.reporter("kim");
    let eml = report(
        &kim,
        &g.address,
        "a2@example.net",
        "hole",
        "",
        "the same text",
    );
    g.arrives(&kim, &eml);
    g.once().ok();
    let before = due(&g, "2");
    assert_eq!(before.len(), 1, "{before:?}");
    assert_eq!(before[0].0, "respond");
    assert_eq!(g.wait_for_mail(&kim, 1).len(), 1);
    office.clock("2027-04-30 23:40");
    let delivered = format!("Delivered-To: {shield}\n").into_bytes();
    g.arrives(&kim, &[delivered, eml].concat());
    g.once().ok();
    assert_eq!(g.list().len(), 2);
    let after = due(&g, "2");
    assert_eq!(after.len(), 2, "{after:?}");
    assert_eq!(after[0], before[0], "the first clock goes on");
    assert!(after[1].1.starts_with("2027-05-01T01:4"), "{after:?}");
    assert_eq!(g.wait_for_mail(&kim, 1).len(), 1, "one receipt");
}
