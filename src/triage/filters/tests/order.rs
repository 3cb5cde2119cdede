//! The order of the catalogue: what a row knows stays so, whatever the rows below it see.

use super::*;

/// Header fields that each of the rows below the reports looks for, in their order.
const FIELDS: [(&str, &str); 3] = [
    (
        "automatic",
        "Auto-Submitted: auto-replied\nX-Autorespond: Away\nX-Loop: gatepost security@example.org\n",
    ),
    (
        "list",
        "List-Id: <all.example.net>\nMailing-List: all\nPrecedence: bulk\n",
    ),
    ("suppressed", "X-Auto-Response-Suppress: All\n"),
];

fn with(name: &str, fields: &str) -> Mail {
    let path = format!("{}/tests/mail/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    let mail = std::fs::read_to_string(path).unwrap();
    parse(format!("{fields}{mail}").as_bytes(), true)
}

/// The mail with its author's address replaced.
fn from(mail: &Mail, author: &str) -> Mail {
    Mail {
        author: crate::mail::Author::One {
            address: address(author),
            name: crate::mail::Foreign::default(),
        },
        ..mail.clone()
    }
}

fn kind_of(mail: &Mail) -> Kind {
    let (known, house, way) = (known(mail), house(), way());
    let seen = Seen {
        mail,
        known: &known,
        house: &house,
        way: &way,
    };
    kind(&seen).is
}

#[test]
fn no_row_below_takes_a_mail_away() {
    // The mail, its kind, how many of the fields belong to rows below it, and whether an
    // address of programs does.
    for (name, expected, below, address_below) in [
        ("own-letter", Kind::Own, 3, false),
        ("own-letter-of-a-former-address", Kind::Own, 3, false),
        ("bounce-delivery-report", Kind::Bounce, 3, true),
        ("bounce-failed-recipients", Kind::Bounce, 3, true),
        ("bounce-in-prose", Kind::Bounce, 3, false),
        ("bounce-below-a-line", Kind::Bounce, 3, false),
        ("bounce-by-a-gateway", Kind::Bounce, 3, true),
        ("bounce-by-a-postmaster", Kind::Bounce, 3, false),
        ("bounce-that-cites-a-letter", Kind::Bounce, 3, false),
        ("receipt", Kind::Machine, 3, true),
        ("report-of-abuse", Kind::Machine, 3, true),
        ("report-on-transport", Kind::Machine, 3, true),
        ("report-of-dmarc", Kind::Machine, 3, true),
        ("invitation", Kind::Machine, 3, true),
        ("says-it-is-the-team", Kind::UnprovenTeam, 3, false),
        ("says-it-is-us", Kind::UnprovenTeam, 3, false),
        ("generated-by-a-program", Kind::Automatic, 2, true),
        ("by-an-old-autoresponder", Kind::Automatic, 2, true),
        ("like-a-bounce", Kind::Automatic, 2, true),
        ("from-a-list", Kind::List, 1, true),
        ("from-no-reply", Kind::AutomaticSender, 1, false),
        ("asks-for-no-answer", Kind::Suppressed, 0, false),
    ] {
        let mut fields = String::new();
        for (row, more) in FIELDS.iter().rev().take(below) {
            fields.push_str(more);
            let mail = with(name, &fields);
            assert_eq!(kind_of(&mail), expected, "{name} with the fields of {row}");
            let alone = with(name, more);
            assert_eq!(
                kind_of(&alone),
                expected,
                "{name} with those of {row} alone"
            );
            for author in ["no-reply@example.net", "owner-all@example.net"] {
                if address_below {
                    let mail = from(&mail, author);
                    assert_eq!(kind_of(&mail), expected, "{name} from {author}");
                }
            }
        }
    }
}

#[test]
fn the_rows_above_win() {
    let is = |name, fields, author: Option<&str>, expected| {
        let mail = with(name, fields);
        let mail = author.map_or(mail.clone(), |author| from(&mail, author));
        assert_eq!(kind_of(&mail), expected, "{name} {fields} {author:?}");
    };
    let failed = "X-Failed-Recipients: mia@example.net\n";
    let team = Some("anna@example.org");
    is("own-letter", failed, None, Kind::Own);
    is("invitation", failed, None, Kind::Bounce);
    is("receipt", failed, None, Kind::Bounce);
    is("report-of-dmarc", failed, None, Kind::Bounce);
    is("bounce-failed-recipients", "", team, Kind::Bounce);
    is("bounce-delivery-report", "", team, Kind::Bounce);
    is("invitation", "", team, Kind::Machine);
    is("report-of-abuse", "", team, Kind::Machine);
    is("generated-by-a-program", "", team, Kind::UnprovenTeam);
    is("from-a-list", "", team, Kind::UnprovenTeam);
    is("like-a-bounce", "List-Id: <a.b>\n", None, Kind::Automatic);
    is(
        "from-a-list",
        "Auto-Submitted: auto-generated\n",
        None,
        Kind::Automatic,
    );
    is("asks-for-no-answer", "Precedence: junk\n", None, Kind::List);
}

#[test]
fn each_field_of_a_row_is_enough() {
    for (field, expected) in [
        ("Auto-Submitted: auto-generated", Kind::Automatic),
        ("auto-submitted: AUTO-REPLIED (x); y=z", Kind::Automatic),
        ("Auto-Submitted:", Kind::Automatic),
        (
            "Auto-Submitted: no\nAuto-Submitted: auto-notified",
            Kind::Automatic,
        ),
        ("X-Autoreply: yes", Kind::Automatic),
        ("X-Autorespond: I am away", Kind::Automatic),
        ("X-AutoReply-From: a@b.example", Kind::Automatic),
        ("X-FC-MachineGenerated: true", Kind::Automatic),
        ("Delivered-To: autoresponder", Kind::Automatic),
        ("X-Loop: gatepost Security@example.org", Kind::Automatic),
        ("List-Id: <a.b>", Kind::List),
        ("List-Unsubscribe: <mailto:a@b.example>", Kind::List),
        ("List-Post: NO", Kind::List),
        ("Mailing-List: contact a", Kind::List),
        ("Precedence: bulk", Kind::List),
        ("Precedence: Junk", Kind::List),
        ("Precedence: list (x)", Kind::List),
        ("Precedence: auto_reply", Kind::List),
        ("X-Auto-Response-Suppress: All", Kind::Suppressed),
        ("X-Auto-Response-Suppress: oof", Kind::Suppressed),
        (
            "X-Auto-Response-Suppress: DR, RN, NRN, AutoReply",
            Kind::Suppressed,
        ),
        ("X-Failed-Recipients: a@b.example", Kind::Bounce),
        ("X-Loop: security@example.org", Kind::Person),
        ("X-Loop: gatepost other@example.net", Kind::Person),
        ("Delivered-To: security@example.org", Kind::Person),
    ] {
        assert_eq!(
            kind_of(&with("plain", &format!("{field}\n"))),
            expected,
            "{field}"
        );
    }
}
