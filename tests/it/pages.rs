//! A built-in page on real servers: which address, and which person, starts which promise.

use crate::alarms::{TAKES, paged, section, wait_for_page, write_pager};
use crate::kit::{Gatepost, PATIENCE, body, report};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;

/// The page with its two further addresses and a pager: the address for help, and the one
/// for attacks.
fn hey<'o>(office: &'o PostOffice, story: &str) -> (Gatepost<'o>, String, String) {
    let g = Gatepost::new(office, story);
    let of = |name: &str| g.address.replace("security-", &format!("{name}-"));
    let (help, shield) = (of("help"), of("shield"));
    let aliases = format!(
        "name = \"security\"\naliases = [\n{{ address = \"{help}\", class = \"support\" }},\n{{ address = \"{shield}\", class = \"attack\" }},\n]"
    );
    let config = g.config_with("[[mailbox]]", "name = \"security\"", &aliases);
    let config = config
        .replace("policy = \"neon\"", "policy = \"hey\"")
        .replace(
            "[organisation]\n",
            "[organisation]\nsupport = \"help@example.org\"\n",
        );
    write_pager(&g, TAKES);
    g.write_config(&(config + &section(&g, "alive = false")));
    g.run(&["init"]).ok();
    (g, help, shield)
}

/// The open promises of a ticket.
fn runs(g: &Gatepost, reference: &str) -> Vec<String> {
    let show = g.show(reference);
    let all = show["deadlines"].as_array().unwrap().iter();
    let open =
        all.filter(|d| !["kept", "kept-late", "void"].contains(&d["standing"].as_str().unwrap()));
    let mut names: Vec<String> = open
        .map(|d| d["promise"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// What `show` proposes.
fn next(g: &Gatepost, reference: &str) -> Vec<String> {
    let show = g.show(reference);
    let all = show["next"].as_array().unwrap().iter();
    all.map(|one| one["command"].as_str().unwrap().to_owned())
        .collect()
}

/// Waits until the pager got this.
fn rings(g: &Gatepost, event: &str, key: &str) {
    let wanted = (event.to_owned(), key.to_owned());
    wait_until(&format!("{event} {key}"), PATIENCE, || {
        paged(g).contains(&wanted).then_some(())
    });
}

/// A mail to one of its addresses, as the server that put it into the mailbox took it.
fn arrives(g: &Gatepost, name: &str, to: &str) -> String {
    let took = format!(
        "Received: from a by mx.example.org with ESMTPS id 1\n\tfor <{to}>; Mon, 1 Jan 2001 00:00:00 +0000\n"
    );
    comes(g, name, to, &took)
}

fn comes(g: &Gatepost, name: &str, to: &str, took: &str) -> String {
    let from = g.reporter(name);
    let id = format!("{name}@example.net");
    g.arrives(
        &from,
        &report(&from, to, &id, "a question", took, "https://example.org/x"),
    );
    g.once().ok();
    from
}

#[test]
fn what_came_by_the_address_for_help_alone_owes_no_triage_until_a_person_says_otherwise() {
    let office = PostOffice::own(Some("2027-04-30 15:40"));
    let (g, help, shield) = hey(&office, "support");
    let mia = arrives(&g, "mia", &help);
    assert_eq!(runs(&g, "1"), ["point-there"]);
    let receipt = body(&g.wait_for_mail(&mia, 1)[0]);
    assert!(receipt.contains("help@example.org"), "{receipt}");
    let both = format!("{help}, {}", g.address);
    arrives(&g, "kim", &both);
    assert_eq!(runs(&g, "2"), ["triage"]);
    arrives(&g, "lee", &format!("{help}, {shield}"));
    assert_eq!(runs(&g, "3"), ["counter", "triage"]);
    // To the address for help, and to the mailbox itself as a blind copy: no server on the way
    // says that it was for the first alone.
    comes(&g, "ned", &help, "");
    assert_eq!(runs(&g, "4"), ["triage"]);
    // Each is shown what its own page asks for.
    assert_eq!(next(&g, "1"), ["gatepost reply 1 --letter support"]);
    let evaluate = "gatepost evaluate 3 accepted --expected DATE";
    assert_eq!(next(&g, "3"), ["gatepost reply 3", evaluate]);

    // It is a report after all: its clock ran on from receipt.
    office.clock("2027-05-04 09:00");
    let out = g.run(&["set", "1", "class="]).ok();
    assert!(
        out.contains("triage runs") && out.contains("point-there ends"),
        "{out}"
    );
    assert_eq!(runs(&g, "1"), ["triage"]);
    let explained = g.run(&["explain", "1"]).ok();
    assert!(explained.contains("from    Fri 30 Apr 16:4"), "{explained}");

    // And the other one is none.
    let out = g.run(&["set", "2", "class=support"]).ok();
    assert!(
        out.contains("triage ends") && out.contains("point-there runs"),
        "{out}"
    );
    let reply = g.run(&["reply", "2", "--letter", "support", "--yes"]).ok();
    assert!(reply.contains("help@example.org"), "{reply}");
    g.once().ok();
    assert_eq!(runs(&g, "2"), [""; 0]);
    assert_eq!(next(&g, "2"), ["gatepost close 2"]);
    let why = g.run(&["set", "2", "class=help"]).code_in(&[2]);
    assert!(why.contains("it knows attack, platform, support"), "{why}");
}

#[test]
fn what_is_soft_is_never_called_late_and_comes_after_what_is_hard() {
    let office = PostOffice::own(Some("2027-04-30 15:40"));
    let (g, help, shield) = hey(&office, "soft");
    arrives(&g, "mia", &help);
    arrives(&g, "kim", &g.address);
    arrives(&g, "lee", &format!("{help}, {shield}"));
    office.clock("2027-05-13 09:00");
    let list = g.run(&["list"]).ok();
    let (attack, soft) = (list.find("0003 ").unwrap(), list.find("0001 ").unwrap());
    assert!(
        attack < soft && list.contains("was due Thu 6 May"),
        "{list}"
    );
    let late = g.run(&["list", "--late"]).ok();
    assert!(late.contains("0003 ") && !late.contains("0001 "), "{late}");
    let is_late = |reference, promise| {
        let all = g.show(reference)["deadlines"].as_array().unwrap().clone();
        let one = all.into_iter().find(|d| d["promise"] == promise);
        one.unwrap()["late"].as_bool().unwrap()
    };
    assert!(!is_late("1", "point-there") && is_late("3", "counter"));
}

#[test]
fn an_attack_rings_whether_its_address_or_a_person_says_so_until_somebody_answers() {
    let office = PostOffice::own(Some("2027-05-02 01:10"));
    let (mut g, _, shield) = hey(&office, "counter");
    g.start();
    let mia = g.reporter("mia");
    let mail = report(
        &mia,
        &shield,
        "a1@example.net",
        "they read my mail",
        "",
        "help",
    );
    g.arrives(&mia, &mail);
    let key = |n: u32| format!("SEC-2027-000{n}/counter");
    let raised = ("raise".to_owned(), key(1));
    assert_eq!(wait_for_page(&g, 1)[0], raised);
    g.wait_for_mail(&mia, 1);

    // The next step of the ladder.
    office.clock("2027-05-02 01:40");
    assert_eq!(wait_for_page(&g, 2)[1], raised);

    // A person says of a plain report that it is one: two hours from then on.
    let kim = g.reporter("kim");
    g.report_from(&kim, "a2@example.net");
    wait_until("the second ticket", PATIENCE, || {
        (g.list().len() == 2).then_some(())
    });
    g.run(&["set", "2", "class=attack"]).ok();
    rings(&g, "raise", &key(2));
    let show = g.show("2");
    let all = show["deadlines"].as_array().unwrap();
    let counter = all.iter().find(|d| d["promise"] == "counter").unwrap();
    assert!(
        counter["due_at"]
            .as_str()
            .unwrap()
            .starts_with("2027-05-02T03:4"),
        "{counter}"
    );

    // The first human answer ends it.
    let said = [
        "reply",
        "1",
        "--said-at",
        "02:30",
        "--via",
        "phone",
        "--yes",
    ];
    g.run(&said).ok();
    rings(&g, "clear", &key(1));
    assert!(!runs(&g, "1").contains(&"counter".to_owned()));
    let receipt = body(&g.mail_of(&mia)[0]);
    assert_eq!(receipt.trim().lines().count(), 1, "{receipt}");
    let value: Value = g.show("1");
    assert_eq!(value["class"], "attack");
}
