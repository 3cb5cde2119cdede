//! What a mail names that is forwarded, or quoted by who opens a ticket.

use super::*;

#[test]
fn what_a_marked_mail_names_is_read_where_it_is_forwarded() {
    for begin in [
        "Begin forwarded message:",
        "> Begin forwarded message:",
        "Anfang der weitergeleiteten Nachricht:",
        "D\u{e9}but du message r\u{e9}exp\u{e9}di\u{e9}\u{a0}:",
        "Inicio del mensaje reenviado:",
        "Inizio messaggio inoltrato:",
        "\u{8ee2}\u{9001}\u{3055}\u{308c}\u{305f}\u{30e1}\u{30c3}\u{30bb}\u{30fc}\u{30b8}:",
    ] {
        let quoted = "> Von: Kim <kim@example.net>\n> Datum: 3. November 2026\n>\n> https://shop.example.org/a is open.\n>> https://old.example.org/\n> Please do not\n> list me as Kim.";
        let mut forwarded = mail(&format!("Hello,\n\n{begin}\n\n{quoted}\n"));
        forwarded.subject = Foreign::new("Fwd: it");
        let heard = [Heard {
            n: 1,
            mail: &forwarded,
            whole: false,
        }];
        let found = said(&heard);
        let wanted = [
            "url https://shop.example.org/a",
            "host shop.example.org",
            "credit anonymous",
        ];
        assert_eq!(lines(&found), wanted, "{begin}");
        assert_eq!(found.found[0].line, 8);
        let above = format!("{quoted}\n\n{begin}\n");
        assert_eq!(lines(&of(&above)), [""; 0], "{begin}");
    }
}

#[test]
fn what_is_quoted_by_who_opens_a_ticket_is_read() {
    let cover = "Hello team, my colleague found this on your site and asked me for your address.";
    let intro = "On Mon, 23 Nov 2026 at 10:00, Jo <jo@example.net> wrote:";
    let quote = "> https://shop.example.org/a is open.\n>> https://old.example.org/";
    let named = |mail: &Mail| {
        lines(&said(&[Heard {
            n: 1,
            mail,
            whole: false,
        }]))
    };
    for text in [
        format!("{cover}\n\n{intro}\n{quote}\n"),
        format!("Hi,\n\n{intro}\n{quote}\n\n{cover}\n"),
    ] {
        let mut passed_on = mail(&text);
        passed_on.subject = Foreign::new("Re: it");
        assert_eq!(named(&passed_on), [""; 0]);
        assert!(lacks(&passed_on).system);
        passed_on.opens = true;
        let wanted = ["url https://shop.example.org/a", "host shop.example.org"];
        assert_eq!(named(&passed_on), wanted);
        assert!(!lacks(&passed_on).system);
    }
}

/// What a mail of Kim's names that opens a ticket.
fn opening(header: &str, text: &str) -> Vec<String> {
    let mail = format!("From: Kim <kim@example.net>\nTo: security@example.org\n{header}\n\n{text}");
    let mail = Mail {
        opens: true,
        ..crate::mail::parse::parse(mail.as_bytes(), true)
    };
    lines(&said(&[Heard {
        n: 1,
        mail: &mail,
        whole: false,
    }]))
}

const COVER: &str = "Hello team, this is my answer from my other address, the first one is closed.";
const ANSWER: &str = "Subject: Re: it\nIn-Reply-To: <jo1@example.net>";

#[test]
fn a_wish_in_a_quote_is_of_whoever_wrote_that() {
    let on = |who: &str| format!("On Mon, 23 Nov 2026 at 10:00, {who} wrote:");
    let quote = "> Version 1.2.3 of it fails.\n> Please credit me as Jo Second.";
    let of = |who: &str, more: &str| {
        opening(
            ANSWER,
            &format!("{COVER}\n\n{}\n{quote}\n\n{more}", on(who)),
        )
    };
    let version = "version 1.2.3";
    assert_eq!(of("Jo <jo@example.net>", ""), [version]);
    assert_eq!(
        of("Kim <kim@example.net>", ""),
        [version, "credit Jo Second"]
    );
    let wish = "Please credit me as Kim Lee.";
    assert_eq!(of("Jo <jo@example.net>", wish), [version, "credit Kim Lee"]);
    // Nothing that we told them is theirs.
    assert_eq!(of("Us <Security@example.org>", wish), ["credit Kim Lee"]);
    // In a first report it is what they show us.
    let shown = format!("Hi,\n\n{}\n{quote}", on("Us <security@example.org>"));
    assert_eq!(opening("Subject: it", &shown), [version]);
}

#[test]
fn below_the_header_of_our_own_mail_nothing_is_named() {
    let header = |who: &str| {
        format!(
            "From: {who}\nSent: Monday, 23 November 2026 10:00\nTo: Kim <kim@example.net>\nSubject: it"
        )
    };
    let said = "\n\nIt is mended in version 1.2.3 of https://example.org/fix\n> version 1.2.4\n\nPlease credit us as Example.";
    let named = [
        "version 1.2.3",
        "url https://example.org/fix",
        "host example.org",
    ];
    let us = header("Us <security@example.org>");
    let separated = format!("-----Original Message-----\n{us}");
    let introduced = "On Mon, 23 Nov 2026 at 10:00, Us <security@example.org> wrote:";
    for above in [us.as_str(), &separated, introduced] {
        let text = format!("See https://example.org/hook, {COVER}\n\n{above}{said}");
        assert_eq!(
            opening(ANSWER, &text),
            ["url https://example.org/hook", "host example.org"],
            "{above}"
        );
        // Their answers stand in it.
        let text = format!("{COVER} My answers are within your mail.\n\n{above}{said}");
        assert_eq!(
            opening(ANSWER, &text),
            [&named[..], &["credit Example"]].concat(),
            "{above}"
        );
    }
    let text = format!("{COVER}\n\n{}{said}", header("Jo <jo@example.net>"));
    assert_eq!(opening(ANSWER, &text), named);
}

#[test]
fn the_mails_in_a_mail_cost_what_its_length_costs() {
    for line in [
        "On Mon, 23 Nov 2026 at 10:00, Jo <jo@example.net> wrote:\n> x\n",
        "On Mon, 23 Nov 2026 at 10:00, Jo <jo@example.net>, security@example.org\n",
        "From: Jo\nSent: Monday, 23 November 2026 10:00\nTo: Kim\nwithin below inline x\n\n",
        "-----Original Message-----\n",
    ] {
        let text = format!("{COVER} {}\n\n{}", "word ".repeat(30), line.repeat(1 << 15));
        let header = "From: kim@example.net\nTo: security@example.org\nSubject: Re: it\n\n";
        let mail = crate::mail::parse::parse(format!("{header}{text}").as_bytes(), true);
        let mail = Mail {
            opens: true,
            ..mail
        };
        let (_, cost) = costs(|| (newly_written(&mail), text::passed::Quoted::on(&mail, &text)));
        assert!(cost.as_secs_f64() < 4.0, "{line}: {cost:?}");
    }
}
