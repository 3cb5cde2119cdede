//! What can be done to a connection that begins in clear, and to one within TLS: eighteen
//! attacks, most of them on both wires and both ways to TLS.

use super::door::{Manner, Speech, Then};
use super::papers::Papers;

/// One attack: its name, what the server does, and what gatepost says of it; nothing, where
/// all goes well in spite of it.
pub type Attack = (&'static str, Manner, Option<&'static str>);

/// A server that says all this in clear, and does that after STARTTLS.
pub fn says_in_clear(greeting: &str, script: &[(&'static str, &str)], then: Then) -> Manner {
    let own = |(word, reply): &(&'static str, &str)| (*word, (*reply).to_owned());
    Manner {
        greeting: greeting.to_owned(),
        script: script.iter().map(own).collect(),
        then,
    }
}

/// TLS from the first byte, or what comes in its place.
pub fn at_once(then: Then) -> Manner {
    says_in_clear("", &[], then)
}

pub const TLS: Then = Then::Tls(Papers::Good);
const IMAP_OFFER: (&str, &str) = ("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS\r\n$ OK\r\n");
const SMTP_OFFER: (&str, &str) = (
    "EHLO",
    "250-mail\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n",
);
const GO_IMAP: (&str, &str) = ("STARTTLS", "$ OK go\r\n");
const GO_SMTP: (&str, &str) = ("STARTTLS", "220 go\r\n");
/// Whoever logs in is in, and whatever they send is taken.
const IN_IMAP: (&str, &str) = ("LOGIN", "$ OK you are in\r\n");
const IN_SMTP: (&str, &str) = ("AUTH", "235 you are in\r\n");

/// As an honest server with STARTTLS, and then this.
pub fn upgraded(speech: Speech, then: Then) -> Manner {
    match speech {
        Speech::Imap => says_in_clear("* OK hello\r\n", &[IMAP_OFFER, GO_IMAP], then),
        Speech::Smtp => says_in_clear("220 mail\r\n", &[SMTP_OFFER, GO_SMTP], then),
    }
}

/// What can be done to the words before TLS of IMAP. `elsewhere` is a port of somebody's.
pub fn on_the_words_of_imap(elsewhere: u16) -> Vec<Attack> {
    let hello = "* OK hello\r\n";
    let stripped = "* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN\r\n$ OK\r\n";
    let said_in = |reply| says_in_clear(hello, &[IMAP_OFFER, ("STARTTLS", reply), IN_IMAP], TLS);
    let clear = |greeting: &str, script: &[(&'static str, &str)]| {
        says_in_clear(greeting, &[script, &[IN_IMAP]].concat(), Then::Clear)
    };
    let referral = format!("* BYE [REFERRAL imap://127.0.0.1:{elsewhere}/] come there\r\n");
    let lies = "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED AUTH=XOAUTH2\r\n* OK [ALERT] call evil.example\r\n* 4294967295 EXISTS\r\n* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n$ OK\r\n";
    vec![
        (
            "the offer is taken out",
            clear(hello, &[("CAPABILITY", stripped)]),
            Some("does not offer STARTTLS"),
        ),
        (
            "it is refused",
            clear(hello, &[IMAP_OFFER, ("STARTTLS", "$ NO not now\r\n")]),
            Some("refuses STARTTLS: T2 NO not now"),
        ),
        (
            "capabilities are put in after the OK",
            said_in("$ OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"),
            Some("went on in clear"),
        ),
        (
            "an answer is put in after the OK",
            said_in("$ OK go\r\nA0001 OK you are in\r\n"),
            Some("went on in clear"),
        ),
        (
            "logged in already",
            clear("* PREAUTH welcome\r\n", &[IMAP_OFFER]),
            Some("(PREAUTH)"),
        ),
        (
            "agreed, and on in clear",
            clear(hello, &[IMAP_OFFER, GO_IMAP]),
            Some("does not speak TLS"),
        ),
        (
            "reset at every STARTTLS",
            says_in_clear(hello, &[IMAP_OFFER, ("STARTTLS", "")], Then::Reset),
            Some("broke off before TLS"),
        ),
        (
            "sent elsewhere",
            clear(&referral, &[]),
            Some("closes at once"),
        ),
        (
            "lies before TLS",
            says_in_clear(
                "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello\r\n",
                &[("CAPABILITY", lies), GO_IMAP],
                TLS,
            ),
            None,
        ),
    ]
}

/// The same for SMTP.
pub fn on_the_words_of_smtp(elsewhere: u16) -> Vec<Attack> {
    let hello = "220 mail\r\n";
    let stripped = "250-mail\r\n250 AUTH PLAIN LOGIN\r\n";
    let said_in = |reply| says_in_clear(hello, &[SMTP_OFFER, ("STARTTLS", reply), IN_SMTP], TLS);
    let clear = |script: &[(&'static str, &str)]| {
        says_in_clear(hello, &[script, &[IN_SMTP]].concat(), Then::Clear)
    };
    let there = format!("551 not here; please try <mail@127.0.0.1:{elsewhere}>\r\n");
    let lies = "250-mail\r\n250-SIZE 1\r\n250-AUTH XOAUTH2\r\n250-REQUIRETLS\r\n250 STARTTLS\r\n";
    vec![
        (
            "the offer is taken out",
            clear(&[("EHLO", stripped)]),
            Some("does not offer STARTTLS"),
        ),
        (
            "it is refused",
            clear(&[SMTP_OFFER, ("STARTTLS", "454 not now\r\n")]),
            Some("refuses STARTTLS: 454 not now"),
        ),
        (
            "an offer is put in after the 220",
            said_in("220 go\r\n250-mail\r\n250 AUTH PLAIN\r\n"),
            Some("went on in clear"),
        ),
        (
            "an answer is put in after the 220",
            said_in("220 go\r\n235 you are in\r\n"),
            Some("went on in clear"),
        ),
        (
            "logged in already",
            clear(&[SMTP_OFFER, ("STARTTLS", "235 welcome\r\n")]),
            Some("refuses STARTTLS: 235 welcome"),
        ),
        (
            "agreed, and on in clear",
            clear(&[SMTP_OFFER, GO_SMTP]),
            Some("does not speak TLS"),
        ),
        (
            "reset at every STARTTLS",
            says_in_clear(hello, &[SMTP_OFFER, ("STARTTLS", "")], Then::Reset),
            Some("broke off before TLS"),
        ),
        (
            "sent elsewhere",
            clear(&[SMTP_OFFER, ("STARTTLS", &there)]),
            Some("refuses STARTTLS: 551 not here"),
        ),
        (
            "lies before TLS",
            says_in_clear(hello, &[("EHLO", lies), GO_SMTP], TLS),
            None,
        ),
    ]
}

/// What can be done to TLS, which begins as `begins` says.
pub fn on_tls(speech: Speech, begins: impl Fn(Then) -> Manner) -> Vec<Attack> {
    // In the midst of a mail, and of the answer after which a letter would leave.
    let word = if speech == Speech::Imap {
        "XSS in sea"
    } else {
        "354 g"
    };
    vec![
        (
            "of another name",
            begins(Then::Tls(Papers::OtherName)),
            Some("a certificate that is for another name: use the name"),
        ),
        (
            "ended",
            begins(Then::Tls(Papers::Ended)),
            Some("a certificate that has expired: renew it"),
        ),
        (
            "of an unknown issuer",
            begins(Then::Tls(Papers::Unknown)),
            Some("an issuer that is not trusted here: if it is your own, name its root in `roots`"),
        ),
        (
            "of an issuer of the same name",
            begins(Then::Tls(Papers::SameName)),
            Some(
                "is not signed by the root of that name that is trusted here: was the root renewed?",
            ),
        ),
        (
            "TLS 1.1 at most",
            begins(Then::Tls11),
            Some("offers no TLS that is safe enough: it must speak TLS 1.2 or 1.3"),
        ),
        (
            "silent in the handshake",
            begins(Then::Silent),
            Some("then said nothing"),
        ),
        (
            "cut without a word",
            begins(Then::Cut(word)),
            Some("the server closed the connection in the middle of an answer"),
        ),
        (
            "a record of somebody else",
            begins(Then::Spoilt(word)),
            Some("is not what the server sent within TLS"),
        ),
    ]
}

/// The true server.
pub fn honest(speech: Speech, starttls: bool) -> Manner {
    if starttls {
        upgraded(speech, TLS)
    } else {
        at_once(TLS)
    }
}
