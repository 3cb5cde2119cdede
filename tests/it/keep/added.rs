//! A second mailbox that is added later, with mail in it that is years old: nobody who wrote
//! then is answered. It is taken out, and comes back; it gets another name.

use super::{gatepost, one_each, receipts, told};
use crate::faults::says;
use crate::intake::laid;
use crate::kit::{Gatepost, PATIENCE, report};
use crate::outage::append_to;
use crate::post_office::{PostOffice, wait_until};
use crate::sink::Sink;
use std::fs;

/// The table of a second mailbox of that name.
fn with_second(g: &Gatepost, config: &str, name: &str) -> String {
    let (head, rest) = config.split_once("[[mailbox]]").unwrap();
    let (mailbox, tail) = rest.split_once("[smtp]").unwrap();
    let other = mailbox
        .replace("name = \"security\"", &format!("name = \"{name}\""))
        .replace(&g.address, &second(g));
    format!("{head}[[mailbox]]{mailbox}[[mailbox]]{other}[smtp]{tail}")
}

fn second(g: &Gatepost) -> String {
    g.address.replace("security-", "abuse-")
}

/// New reporters write to the second address.
fn write(g: &Gatepost, name: &str, count: usize) -> Vec<String> {
    let one = |n: usize| {
        let from = g.reporter(&format!("{name}{n}"));
        let text = format!("{from} found https://example.org/search.");
        let mail = report(&from, &second(g), &from, "XSS in search", "", &text);
        append_to(g.office, &second(g), "INBOX", &mail);
        from
    };
    (0..count).map(one).collect()
}

/// The daemon has the config in force that was written last.
fn reloaded(g: &Gatepost, config: &str) {
    let word = "the config was read anew and is in force";
    let before = g.log().matches(word).count();
    g.write_config(config);
    g.reload();
    wait_until("the config is in force", PATIENCE, || {
        (g.log().matches(word).count() > before).then_some(())
    });
}

fn answered(sink: &Sink, who: &[String]) {
    wait_until("they are answered", PATIENCE, || {
        let all = receipts(sink);
        who.iter().all(|from| all.contains(from)).then_some(())
    });
    one_each(sink, who);
}

/// What every look shows: nobody old is known, and `new` have a ticket and a receipt each.
fn only(g: &Gatepost, sink: &Sink, new: &[String]) {
    answered(sink, new);
    assert_eq!(receipts(sink).len(), new.len(), "{:?}", receipts(sink));
    assert_eq!(g.list().len(), new.len());
}

#[test]
fn a_second_mailbox_added_later_answers_what_is_new_in_it_and_nothing_old() {
    let sink = Sink::start(|_| false);
    let mut g = gatepost(PostOffice::shared(), "added", &sink, "");
    let alone = fs::read_to_string(g.path("gatepost.toml")).unwrap();
    let both = with_second(&g, &alone, "abuse");
    g.run(&["init"]).ok();
    write(&g, "old", 5);
    g.start();
    let mut new = vec![g.reporter("first")];
    let mail = report(&new[0], &g.address, "first@example.net", "hole", "", "x");
    laid(&g, [mail], "");
    only(&g, &sink, &new);

    // Without a baseline it is not read, and that is said until somebody takes one.
    reloaded(&g, &both);
    wait_until("its folders are named", PATIENCE, || {
        let health = g.run(&["health"]);
        let wanted = ["abuse", "gatepost init --folder \"INBOX\""];
        (health.code == 3 && wanted.iter().all(|w| health.out.contains(w))).then_some(())
    });
    write(&g, "between", 2);
    let audit = g.run(&["audit"]);
    assert_eq!(audit.code, 3);
    says(
        &audit.out,
        &["INBOX of abuse has no baseline and is not read"],
    );
    only(&g, &sink, &new);
    for folder in ["INBOX", "Junk", "Sent"] {
        let took = g.run(&["init", "--folder", folder]).ok();
        says(&took, &["are the baseline: no letter"]);
    }
    new.extend(write(&g, "new", 2));
    only(&g, &sink, &new);
    wait_until("all is well", PATIENCE, || {
        (g.run(&["health"]).code == 0).then_some(())
    });
    // What lay there is listed, so that a person can take it in.
    let before = g.run(&["adopt"]).ok();
    says(&before, &["old0-", "between1-"]);

    // Taken out of the config and put back: what came meanwhile is new.
    reloaded(&g, &alone);
    let meanwhile = write(&g, "meanwhile", 2);
    let mail = report(
        &g.reporter("other"),
        &g.address,
        "o@example.net",
        "hole",
        "",
        "y",
    );
    laid(&g, [mail], "");
    new.push(g.reporter("other"));
    only(&g, &sink, &new);
    reloaded(&g, &both);
    new.extend(meanwhile);
    only(&g, &sink, &new);

    // The same after a restart, and under another name: that is a mailbox without a baseline.
    assert_eq!(g.signal("-TERM"), Some(0));
    g.write_config(&with_second(&g, &alone, "help"));
    let unread = write(&g, "renamed", 1);
    let said = g.once();
    says(&said.err, &["has no baseline", "help", "INBOX"]);
    g.run(&["health"]).code_in(&[3]);
    only(&g, &sink, &new);
    // Under the name of before it is all there, and the new one is answered.
    g.write_config(&both);
    g.start();
    new.extend(unread);
    only(&g, &sink, &new);
    assert_eq!(g.signal("-TERM"), Some(0));
    g.run(&["audit"]).ok();
    let rows = "SELECT count(*) FROM mails WHERE kind = 'person'";
    assert_eq!(told(&g.path("store/gatepost.db"), rows), new.len());
}
