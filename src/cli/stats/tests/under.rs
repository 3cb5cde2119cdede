//! A page that changed: each promise counts under the page of its day.

use super::*;
use crate::config::read_policy;

const THREE_DAYS: &str = "within three business days with an evaluation";
const TWO_DAYS: &str = "within two business days with an evaluation";

/// A desk whose page promises two business days since the fifth of May: one of two in time
/// under the old page, one of one under the new one, and one that is open still.
fn changed() -> Desk {
    let mut desk = Desk::new();
    let april = "2027-04-05T09:00:00Z";
    let kept = desk.report(april, "kept", true);
    desk.happens("2027-04-07T12:00:00Z", kept, &answered());
    desk.report(april, "late", true);
    let now = &mut desk.here.config.policy;
    let text = now.text.replace("\"neon\"", "\"ours\"");
    let text = text.replace("\"2024-12-04\"", "\"2027-05-05\"");
    let text = text.replace("within three business", "within two business");
    *now = read_policy(&text.replace("\"3 business days\"", "\"2 business days\"")).unwrap();
    let kept = desk.report("2027-05-05T09:00:00Z", "kept", true);
    desk.happens("2027-05-06T12:00:00Z", kept, &answered());
    desk.report("2027-06-09T09:00:00Z", "open", true);
    desk
}

/// All that is needed to keep `respond`, and no letter that starts another promise.
fn answered() -> [What; 2] {
    let outcome = Outcome::Accepted;
    [What::Evaluated { outcome }, What::DateNotDue]
}

fn text(counted: &Counted, _: &Tx) -> String {
    output::captured(|| text::print(counted, false)).1
}

#[test]
fn the_page_of_today_says_nothing_of_what_was_promised_before() {
    let mut desk = changed();
    let april = desk.counted("2027-04", text);
    assert!(
        april.contains("promised under neon of 2024-12-04\n"),
        "{april}"
    );
    assert!(
        april.contains("respond: 50 % in time, 1 of 2\n  \"We will"),
        "{april}"
    );
    assert!(april.contains(THREE_DAYS), "{april}");
    assert!(!april.contains("ours") && !april.contains("two"), "{april}");
    let page = desk.counted("2027-04", |counted, tx| page::page(counted, tx).unwrap().0);
    assert!(page.contains("; the policy in force is ours of 2027-05-05<"));
    assert!(page.contains("<p>Promised under neon of 2024-12-04</p>"));
    assert!(
        page.contains(THREE_DAYS) && !page.contains(TWO_DAYS),
        "{page}"
    );
}

#[test]
fn several_pages_are_named_each_with_its_sentence_and_its_figures() {
    let mut desk = changed();
    let quarter = desk.counted("2027-Q2", text);
    let respond = quarter
        .split_once("respond: 66 % in time, 2 of 3\n")
        .unwrap();
    assert_eq!(
        respond.1.lines().take(6).collect::<Vec<_>>(),
        [
            "  neon of 2024-12-04: 2 due, 1 of 2 in time",
            "  \"We will respond to your report within three business days with an evaluation",
            "  and expected resolution date.\"",
            "  ours of 2027-05-05: 2 due, 1 of 1 in time",
            "  \"We will respond to your report within two business days with an evaluation",
            "  and expected resolution date.\"",
        ]
    );
    assert!(
        quarter.contains("promised under neon of 2024-12-04 (2), ours of 2027-05-05 (2)\n"),
        "{quarter}"
    );
    let json = desk.counted("2027-Q2", |counted, _| {
        serde_json::to_value(document::Document::new(counted)).unwrap()
    });
    let policies: Vec<_> = ["neon", "ours"]
        .map(|name| {
            let version = if name == "neon" {
                "2024-12-04"
            } else {
                "2027-05-05"
            };
            serde_json::json!({"name": name, "version": version, "promises": 2})
        })
        .into();
    assert_eq!(json["policies"], serde_json::Value::Array(policies));
    let respond = &json["promises"][0];
    assert_eq!(respond["page"], serde_json::Value::Null);
    let under = respond["under"].as_array().unwrap();
    let told = |one: &serde_json::Value| (one["kept"].as_u64(), one["late"].as_u64());
    assert_eq!(
        under.iter().map(told).collect::<Vec<_>>(),
        [(Some(1), Some(1)), (Some(1), Some(0))]
    );
    assert!(under[0]["page"].as_str().unwrap().contains(THREE_DAYS));
    assert!(under[1]["page"].as_str().unwrap().contains(TWO_DAYS));
}

#[test]
fn a_sentence_that_stayed_stands_once_under_both_pages() {
    let mut desk = changed();
    let date = What::Dated {
        on: date(2027, 6, 1),
    };
    let (old, new) = (TicketNo(1), TicketNo(3));
    for ticket in [old, new] {
        desk.happens("2027-05-10T09:00:00Z", ticket, std::slice::from_ref(&date));
        desk.happens("2027-05-31T09:00:00Z", ticket, &[What::Resolved]);
    }
    let quarter = desk.counted("2027-Q2", text);
    let sentence = "We strive to resolve all problems quickly";
    assert_eq!(quarter.matches(sentence).count(), 1, "{quarter}");
    let under = "  neon of 2024-12-04 and ours of 2027-05-05: 2 due, 2 of 2 in time\n";
    assert!(quarter.contains(under), "{quarter}");
    let page = desk.counted("2027-Q2", |counted, _| {
        let json = serde_json::to_value(document::Document::new(counted)).unwrap();
        let promises = json["promises"].as_array().unwrap().clone();
        let mut resolve = promises
            .into_iter()
            .filter(|one| one["promise"] == "resolve");
        resolve.next().unwrap()["page"].clone()
    });
    assert!(page.as_str().unwrap().starts_with(sentence), "{page}");
}
