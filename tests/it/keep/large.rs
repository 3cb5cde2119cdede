//! A mail over the size limit: its beginning is kept, and it is a ticket like any other.

use super::{gatepost, one_each, told};
use crate::intake::{all_accounted, laid};
use crate::kit::report;
use crate::post_office::PostOffice;
use crate::sink::Sink;

#[test]
fn a_mail_over_the_size_limit_is_a_ticket_with_a_receipt_and_says_what_is_kept() {
    let sink = Sink::start(|_| false);
    let g = gatepost(
        PostOffice::shared(),
        "too-large",
        &sink,
        "size_limit = \"300 KiB\"",
    );
    g.run(&["init"]).ok();
    let from = ["below", "above"].map(|name| g.reporter(name));
    for (from, kib) in from.iter().zip([290, 500]) {
        let line = "What I found is in https://example.org/search.\n";
        let text = format!("{}The last line.", line.repeat((kib << 10) / line.len()));
        laid(
            &g,
            [report(from, &g.address, from, "XSS in search", "", &text)],
            "",
        );
    }
    g.once().ok();
    all_accounted(&g, 2);
    one_each(&sink, &from);
    let store = g.path("store/gatepost.db");
    let of = |from: &str| {
        let all = g.list();
        let ticket = all
            .iter()
            .find(|t| t["reporter"]["address"] == from)
            .unwrap();
        ticket["ref"].as_str().unwrap().to_owned()
    };
    let [below, above] = from.each_ref().map(|from| of(from));
    // The server's own lines end in two bytes: what it holds is a little more.
    let sql = |what: &str, from: &str| {
        format!("SELECT {what} FROM mails WHERE message_id LIKE '%{from}%'")
    };
    assert_eq!(told(&store, &sql("size - kept", &from[0])), 0);
    assert_eq!(told(&store, &sql("kept", &from[1])), 256 << 10);
    assert!(
        told(&store, &sql("size", &from[1])) > 500 << 10,
        "the whole size is on record"
    );
    let shown = g.run(&["show", &above]).ok();
    assert!(
        shown.contains("over the size limit, or over the memory that there was: 262144 of"),
        "{shown}"
    );
    let raw = g.run(&["show", &above, "--raw", "1"]).ok();
    assert!(shown.contains("bytes kept, the rest is in the mailbox"));
    assert!(raw.len() == 256 << 10 && !raw.contains("The last line."));
    let shown = g.run(&["show", &below]).ok();
    assert!(!shown.contains("over the size limit"), "{shown}");
    assert!(
        g.run(&["show", &below, "--raw", "1"])
            .ok()
            .contains("The last line.")
    );
    let due = |reference: &str| g.show(reference)["deadlines"][0]["due_at"].clone();
    assert_eq!(due(&above), due(&below), "its clock runs as any other");
    assert!(!g.run(&["health"]).out.contains("could not be read"));
}
