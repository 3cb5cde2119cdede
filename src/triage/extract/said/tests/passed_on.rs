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
