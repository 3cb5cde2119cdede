//! What was said without gatepost: in a mail of the team's own, by telephone.

use crate::kit::{Gatepost, report, soon};
use crate::post_office::PostOffice;
use serde_json::Value;

/// Friday 30 April 2027, 16:40 in London; Monday 3 May is a holiday.
const FRIDAY: &str = "2027-04-30 15:40";

/// One report of mia, whose receipt is held.
fn with_a_held_receipt<'o>(office: &'o PostOffice, story: &str) -> (Gatepost<'o>, String) {
    let g = Gatepost::ready(office, story);
    g.write_config(&format!("{}\n[acknowledge]\nmode = \"off\"\n", g.config()));
    let mia = g.reporter("mia");
    let text = "See https://example.org/x";
    let mail = report(&mia, &g.address, "s1@example.net", "SSRF", "", text);
    g.arrives(&mia, &mail);
    g.once().ok();
    (g, mia)
}

fn fact(g: &Gatepost, name: &str) -> Value {
    let facts = g.show("1")["facts"].as_array().unwrap().clone();
    let found = facts.into_iter().rfind(|f| f["fact"] == name);
    found.unwrap_or_else(|| panic!("there is no {name}"))
}

#[test]
fn what_was_said_by_telephone_counts_from_then_and_no_letter_goes_out() {
    let office = PostOffice::own(Some(FRIDAY));
    let (g, mia) = with_a_held_receipt(&office, "phone");
    office.clock("2027-05-04 09:00");
    assert_eq!(g.show("1")["acknowledgement"], "held");
    let evaluate = ["evaluate", "1", "accepted", "--expected", "17 Jun", "--yes"];
    let at =
        |time: &str, more: &[&str]| g.run(&[&evaluate[..], &["--said-at", time], more].concat());
    assert!(at("14:02", &[]).code_in(&[2]).contains("--via"));
    for (time, way, wanted) in [
        ("2020-01-01 10:00", "phone", "before the report came in"),
        ("2027-04-30 16:39", "phone", "before the report came in"),
        ("2099-01-01 10:00", "phone", "in the future"),
        ("10:01", "phone", "no time that has been"),
        ("soon", "phone", "no time that has been"),
        ("2099-01-01 10:00", "by phone", "one word"),
    ] {
        let why = at(time, &["--via", way]).code_in(&[2]);
        assert!(why.contains(wanted), "{time} {way}: {why}");
    }
    assert_eq!(g.fact_names("1"), ["received"]);

    let said = at("Fri 17:30", &["--via", "phone"]).ok();
    assert!(said.contains("by phone; no letter is sent"), "{said}");
    assert!(
        said.contains("on record: decided, answered, evaluated, dated\n"),
        "{said}"
    );
    assert_eq!(
        g.fact_names("1"),
        ["received", "decided", "answered", "evaluated", "dated"]
    );
    let (decided, evaluated) = (fact(&g, "decided"), fact(&g, "evaluated"));
    assert_eq!(
        (&evaluated["via"], &evaluated["by"]),
        (&"phone".into(), &"anna".into())
    );
    assert_eq!(evaluated["at"], "2027-04-30T16:30:00Z");
    assert!(
        decided["at"].as_str().unwrap() > "2027-05-04T08",
        "{decided}"
    );
    assert!(g.run(&["show", "1", "--log"]).ok().contains("phone"));
    let shown = g.show("1");
    assert_eq!(shown["acknowledgement"], "superseded");
    assert_eq!(shown["deadlines"][0]["standing"], "kept");
    g.once().ok();
    assert!(g.mail_of(&mia).is_empty(), "nothing was sent");
    g.run(&["audit"]).ok();
}

#[test]
fn what_the_team_wrote_by_itself_is_named_by_its_number_in_the_thread() {
    let (g, mia) = with_a_held_receipt(PostOffice::shared(), "ownmail");
    let ben = g.anna.replace("anna-", "ben-");
    let text = "Hello Mia, we can repeat this and expect a fix in two months.";
    let reply = "In-Reply-To: <s1@example.net>\n";
    g.arrives(
        &ben,
        &report(&ben, &g.address, "s2@example.net", "Re: SSRF", reply, text),
    );
    g.once().ok();
    let thread = g.show("1")["thread"].as_array().unwrap().clone();
    let ours = thread
        .iter()
        .position(|m| m["message_id"] == "<s2@example.net>");
    let number = |i: usize| thread[i]["n"].to_string();
    let ours = ours.expect("ben's mail is in the thread");
    let evaluate = [
        "evaluate",
        "1",
        "accepted",
        "--expected",
        &soon(),
        "--yes",
        "--said-in",
    ];
    let said_in = |n: &str| g.run(&[&evaluate[..], &[n]].concat());
    let of = |id: &str| {
        let of = |m: &&Value| m["message_id"] == id || m["kind"] == id;
        thread.iter().find(of).unwrap()["n"].to_string()
    };
    for (n, wanted) in [
        (of("<s1@example.net>"), "none of ours"),
        (of("acknowledgement"), "no person wrote"),
        ("9".to_owned(), "there is no 9"),
        ("0".to_owned(), "there is no 0"),
    ] {
        let why = said_in(&n).code_in(&[2]);
        assert!(why.contains(wanted), "{n}: {why}");
    }
    said_in(&number(ours)).ok();
    let evaluated = fact(&g, "evaluated");
    assert_eq!(evaluated["at"], thread[ours]["received_at"]);
    assert!(
        evaluated["via"].as_str().unwrap().starts_with("mail "),
        "{evaluated}"
    );
    assert_eq!(g.show("1")["deadlines"][0]["standing"], "kept");
    g.once().ok();
    assert!(g.mail_of(&mia).is_empty());
}
