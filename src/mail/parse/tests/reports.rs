//! What a report of delivery gives back, and whether anything failed.

use super::*;

#[test]
fn a_report_names_what_it_gives_back() {
    let letter = MessageId::parse("0123456789abcdef0123456789abcdef@example.org");
    for name in ["bounce-delivery-report", "receipt"] {
        assert_eq!(
            parse(&sample(name), true).returned_ids.first(),
            letter.as_ref(),
            "{name}"
        );
    }
    let bounce = parse(&sample("bounce-delivery-report"), true).shape;
    assert_eq!(
        (
            bounce.content_type.as_str(),
            bounce.report_type.as_deref(),
            bounce.has(Part::DeliveryStatus)
        ),
        ("multipart/report", Some("delivery-status"), true)
    );
    let forwarded = parse(&sample("bounce-forwarded-by-a-person"), true);
    assert_eq!(
        (
            forwarded.shape.has(Part::DeliveryStatus),
            forwarded.returned_ids
        ),
        (false, vec![])
    );
}

#[test]
fn a_report_of_no_failure_is_told_from_one() {
    let report = String::from_utf8(sample("delivery-delayed")).unwrap();
    for (action, is_none) in [
        ("action: Delayed (still trying)", true),
        ("Action: relayed\nStatus: 2.0.0\n\nACTION : delivered", true),
        ("Action: failed", false),
        ("Action: delayed\nStatus: 4.0.0\n\nAction: failed", false),
        ("Action: given-up", false),
        ("Action:\n failed", false),
        ("X-Action: delayed", false),
    ] {
        let mail = report.replace("action: Delayed (still trying)", action);
        let shape = parse(mail.as_bytes(), true).shape;
        assert_eq!(shape.is_no_failure, is_none, "{action}");
    }
    assert!(
        !parse(&sample("bounce-delivery-report"), true)
            .shape
            .is_no_failure
    );
    assert!(!parse(&sample("bounce-in-prose"), true).shape.is_no_failure);
}
