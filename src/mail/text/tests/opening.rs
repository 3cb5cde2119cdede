//! What is shown of a mail that opens a ticket.

use super::*;

/// What is shown of a mail that opens a ticket.
fn opening(header: &str, text: &str) -> String {
    let mail = format!("From: kim@example.net\nTo: security@example.org\n{header}\n\n{text}");
    let mail = Mail {
        opens: true,
        ..crate::mail::parse::parse(mail.as_bytes(), true)
    };
    new_in(&mail).raw().to_owned()
}

#[test]
fn who_opens_a_ticket_with_an_answer_passes_a_mail_on() {
    let cover =
        "Hello team, my colleague found this on your site and asked me for the right address.";
    let report =
        "Guests read all orders at https://example.org/orders?id=1 when they\nchange the number.";
    let marked = report.replace('\n', "\n> ");
    let answer = "Subject: Re: Problem on your site\nIn-Reply-To: <jo1@example.net>";
    for quote in [
        format!("On Mon, 23 Nov 2026 at 10:00, Jo Doe <jo@example.net> wrote:\n> {marked}"),
        format!("On Mon, 23 Nov 2026 at 10:00, Jo Doe wrote:\n\n{report}"),
        format!("-----Original Message-----\n{report}"),
        format!("From: Jo Doe\nSent: 23 Nov 2026 10:00\nTo: Kim Lee\nSubject: x\n\n{report}"),
        format!("Am 23.11.2026 um 10:00 schrieb Jo Doe <jo@example.net>:\n> {marked}"),
    ] {
        let text = format!("{cover}\n\n{quote}");
        for header in [answer, "Subject: Problem on your site"] {
            assert_eq!(opening(header, &text), text, "{header}");
        }
        // Nothing else than a greeting stands above it.
        let text = format!("Hi Anna,\n\n{quote}");
        assert_eq!(opening(answer, &text), text);
    }
    // In a mail that answers none, whom it is written to has seen what they wrote.
    let seen = "On Mon, 23 Nov 2026 at 10:00, Us <Security@example.org> wrote:\n> We could not.";
    let text = format!("{cover}\n\n{seen}");
    assert_eq!(opening("Subject: x", &text), cover);
    assert_eq!(opening(answer, &text), text);
    // Another address of the same domain is not theirs: it may be forged, or leak what it says.
    let shown = "On Mon, 23 Nov 2026 at 10:00, Shop <noreply@example.org> wrote:\n> Click here.";
    let text = format!("{cover}\n\n{shown}");
    assert_eq!(opening("Subject: x", &text), text);
    // A notice says nothing.
    let notice = "This e-mail is confidential and intended solely for the addressee. If you are not the\nintended recipient please notify the sender and delete it.";
    let text = format!(
        "FYI\n\nOn Mon, 23 Nov 2026 at 10:00, Jo Doe <jo@example.net> wrote:\n> {marked}\n\n{notice}"
    );
    assert_eq!(opening(answer, &text), text);
    // Whoever answers below it passes it on too.
    let quote = format!("On Mon, 23 Nov 2026 at 10:00, Jo Doe <jo@example.net> wrote:\n> {marked}");
    for above in ["", "Hi,\n\n"] {
        let text = format!("{above}{quote}\n\n{cover}");
        for header in [answer, "Subject: Problem on your site"] {
            assert_eq!(opening(header, &text), text, "{header}");
        }
    }
    let text = format!("Hi,\n\n{seen}\n\n{cover}");
    assert_eq!(opening("Subject: x", &text), format!("Hi,\n\n\n{cover}"));
}
