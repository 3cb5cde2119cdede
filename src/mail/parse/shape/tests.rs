//! What is given back is named, and parts tell who made the mail.

use crate::mail::{MessageId, Part, parse::parse};

fn ids(mail: &str) -> Vec<String> {
    let mail = parse(mail.as_bytes(), true);
    let text = |id: &MessageId| id.as_str().to_owned();
    mail.returned_ids.iter().map(text).collect()
}

const MIXED: &str = "Content-Type: multipart/mixed; boundary=o\n\n--o\n";

#[test]
fn what_is_given_back_is_named_wherever_it_stands() {
    for (mail, expected) in [
        (
            "\nNo such user.\n\n--- Below is the mail\nFrom: a@b\nMessage-ID: <a@b>\n",
            vec!["a@b"],
        ),
        ("\n> Received: x\n> message-id:\n>  <a@b>\n", vec!["a@b"]),
        (
            "Content-Type: text/html\n\n<pre>Message-ID: &lt;a@b&gt;</pre>",
            vec!["a@b"],
        ),
        (
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nTWVzc2FnZS1JRDogPGFAYj4K",
            vec!["a@b"],
        ),
        ("\nThe Message-ID is <a@b>, you said.", vec![]),
        (
            "\nMessage-ID: none\nMessage-ID: <c@d>\nMessage-ID: <c@d>",
            vec!["c@d"],
        ),
    ] {
        assert_eq!(ids(mail), expected, "{mail}");
    }
    let parts = format!(
        "{MIXED}\nwords\n--o\nContent-Type: message/rfc822\n\nMessage-ID: <outer@b>\n\
         Content-Type: multipart/report; boundary=i\n\n--i\nContent-Type: text/rfc822-headers\n\n\
         Message-ID: <inner@b>\n--i--\n--o\nContent-Type: message/delivery-status\n\n\
         X-Original-Message-ID: <said@b>\n--o\nContent-Type: text/plain; name=mail.txt\n\
         Content-Disposition: attachment\n\nMessage-ID: <file@b>\n--o--"
    );
    assert_eq!(ids(&parts), ["outer@b", "inner@b", "said@b", "file@b"]);
}

#[test]
fn no_more_ids_are_taken_than_anybody_needs() {
    let many: String = (0..100).map(|n| format!("Message-ID: <{n}@b>\n")).collect();
    assert_eq!(ids(&format!("\n{many}")).len(), 20);
    let digest: String = (0..100)
        .map(|n| format!("--o\n\nMessage-ID: <{n}@b>\n\n"))
        .collect();
    let digest = format!("Content-Type: multipart/digest; boundary=o\n\n{digest}--o--");
    assert_eq!(ids(&digest).len(), 20);
    let deep: String = (0..50).fold(String::new(), |inner, n| {
        format!("Message-ID: <{n}@b>\nContent-Type: multipart/mixed; boundary=o{n}\n\n--o{n}\nContent-Type: message/rfc822\n\n{inner}\n--o{n}--\n")
    });
    assert_eq!(ids(&deep).len(), 3);
}

fn holds(mail: &str) -> Vec<Part> {
    parse(mail.as_bytes(), true).shape.holds
}

#[test]
fn parts_tell_who_made_the_mail() {
    for (part, expected) in [
        (
            "Content-Type: message/global-delivery-status",
            Some(Part::DeliveryStatus),
        ),
        (
            "Content-Type: message/disposition-notification",
            Some(Part::Disposition),
        ),
        (
            "Content-Type: message/feedback-report",
            Some(Part::Feedback),
        ),
        (
            "Content-Type: application/tlsrpt+gzip",
            Some(Part::TlsReport),
        ),
        ("Content-Type: text/rfc822-headers", Some(Part::Returned)),
        (
            "Content-Type: text/calendar; Method=REQUEST",
            Some(Part::Invitation),
        ),
        (
            "Content-Type: text/calendar; method=REQUEST\nContent-Disposition: attachment",
            None,
        ),
        ("Content-Type: text/calendar; name=poc.ics", None),
        (
            "Content-Type: application/gzip; name=\"a.example!b.example!1559520000!1559606399!7.xml.gz\"",
            Some(Part::Aggregate),
        ),
        ("Content-Type: application/zip; name=\"a!b!c!d.zip\"", None),
        (
            "Content-Type: application/zip; name=\"1559520000!1559606399.zip\"",
            None,
        ),
        ("Content-Type: application/json", None),
    ] {
        let mail = format!("{MIXED}\nwords\n--o\n{part}\n\nx\n--o--");
        assert_eq!(holds(&mail), Vec::from_iter(expected), "{part}");
    }
    let alternative = "Content-Type: multipart/alternative; boundary=o\n\n--o\n\nwords\n--o\n\
                       Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\n--o--";
    assert_eq!(holds(alternative), [Part::Invitation]);
}

#[test]
fn a_report_under_a_footer_is_a_report() {
    let report =
        "Content-Type: multipart/report; report-type=tlsrpt; boundary=r\n\n--r\n\nwords\n--r--\n";
    let of = |mail: String| {
        let shape = parse(mail.as_bytes(), true).shape;
        (shape.content_type, shape.report_type)
    };
    let is_report = ("multipart/report".to_owned(), Some("tlsrpt".to_owned()));
    assert_eq!(of(report.to_owned()), is_report);
    assert_eq!(
        of(format!("{MIXED}{report}--o\n\nfooter\n--o--")),
        is_report
    );
    let behind = of(format!("{MIXED}\nLook at this\n--o\n{report}--o--"));
    assert_eq!(behind, ("multipart/mixed".to_owned(), None));
}

#[test]
fn a_delivery_that_waits_is_no_failure() {
    for (actions, expected) in [
        ("Action: delayed\n", true),
        ("Action: Relayed\n\nAction: delivered\n", true),
        ("Action: delayed\n\nAction: failed\n", false),
        ("Status: 5.1.1\n", false),
    ] {
        let mail = format!(
            "Content-Type: multipart/report; boundary=o\n\n--o\nContent-Type: message/delivery-status\n\n{actions}--o--"
        );
        assert_eq!(
            parse(mail.as_bytes(), true).shape.is_no_failure,
            expected,
            "{actions}"
        );
    }
}
