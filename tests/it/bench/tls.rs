//! Attacks on TLS, and on the words before it: gatepost says nothing in clear but the few
//! words that ask for TLS, whoever is on the way and however often they try; it says what is
//! wrong, takes nothing for an answer that is none, and goes on when the true server is back.

use super::door::{Call, Door, Manner, Speech, Then};
use super::papers::{Papers, other_root, root};
use super::{all_have_one, fast, led_to, office, oracle, passes, reports};
use crate::faults::says;
use crate::harmless::base64;
use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::{PASSWORD, wait_until};
use crate::sink::Sink;
use std::fs;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// One attack: its name, what the server does, and what gatepost says of it; nothing, where
/// all goes well in spite of it.
type Attack = (&'static str, Manner, Option<&'static str>);

/// A server that says all this in clear, and does that after STARTTLS.
fn says_in_clear(greeting: &str, script: &[(&'static str, &str)], then: Then) -> Manner {
    let own = |(word, reply): &(&'static str, &str)| (*word, (*reply).to_owned());
    Manner {
        greeting: greeting.to_owned(),
        script: script.iter().map(own).collect(),
        then,
    }
}

/// TLS from the first byte, or what comes in its place.
fn at_once(then: Then) -> Manner {
    says_in_clear("", &[], then)
}

const TLS: Then = Then::Tls(Papers::Good);
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
fn upgraded(speech: Speech, then: Then) -> Manner {
    match speech {
        Speech::Imap => says_in_clear("* OK hello\r\n", &[IMAP_OFFER, GO_IMAP], then),
        Speech::Smtp => says_in_clear("220 mail\r\n", &[SMTP_OFFER, GO_SMTP], then),
    }
}

/// What can be done to the words before TLS of IMAP. `elsewhere` is a port of somebody's.
fn on_the_words_of_imap(elsewhere: u16) -> Vec<Attack> {
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
fn on_the_words_of_smtp(elsewhere: u16) -> Vec<Attack> {
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
fn on_tls(speech: Speech, begins: impl Fn(Then) -> Manner) -> Vec<Attack> {
    // A mail that is being read, a letter that may be written.
    let word = if speech == Speech::Imap {
        "XSS in sea"
    } else {
        "354 go\r\n"
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
            Some("XXX"),
        ),
    ]
}

/// What gatepost said over a connection that it must not: all but the words that ask for TLS
/// and the records of TLS themselves, and its secret in any form.
fn leaked(g: &Gatepost, call: &Call) -> Vec<String> {
    let wire = call.wire.lock().unwrap().clone();
    let (user, b64) = (&g.address, |text: &str| base64(text.as_bytes()));
    let forms = [
        PASSWORD.to_owned(),
        b64(PASSWORD),
        b64(&format!("\0{user}\0{PASSWORD}")),
        b64(&format!("{user}\0{user}\0{PASSWORD}")),
    ];
    let text = String::from_utf8_lossy(&wire);
    let mut found: Vec<String> = forms.into_iter().filter(|f| text.contains(f)).collect();
    let mut rest = wire.as_slice();
    while rest.first().is_some_and(|b| !(20..=23).contains(b)) {
        let end = rest
            .iter()
            .position(|b| *b == b'\n')
            .map_or(rest.len(), |at| at + 1);
        let (line, behind) = rest.split_at(end);
        let line = String::from_utf8_lossy(line);
        let asks = [
            "T1 CAPABILITY\r\n",
            "T2 STARTTLS\r\n",
            "STARTTLS\r\n",
            "EHLO example.org\r\n",
        ];
        if !asks.contains(&&*line) {
            found.push(line.into_owned());
        }
        rest = behind;
    }
    while let [kind, 3, _, high, low, behind @ ..] = rest {
        if !(20..=23).contains(kind) {
            break;
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        rest = behind.get(length..).unwrap_or_default();
    }
    if rest.len() > 4 {
        found.push(format!(
            "no record of TLS: {}",
            String::from_utf8_lossy(rest)
        ));
    }
    found
}

fn within(call: &Call) -> String {
    String::from_utf8_lossy(&call.within.lock().unwrap()).into_owned()
}

/// Somebody to whom nobody should come; how many did.
fn elsewhere() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let came = Arc::new(AtomicUsize::new(0));
    let comes = Arc::clone(&came);
    thread::spawn(move || {
        for _ in listener.incoming() {
            comes.fetch_add(1, Ordering::Relaxed);
        }
    });
    (port, came)
}

struct Scene {
    g: Gatepost<'static>,
    imap: Door,
    smtp: Door,
    sink: Sink,
    starttls: bool,
    reporters: Vec<String>,
}

/// The lines of the table of a server that lead to this door.
fn table(port: u16, tls: &str) -> String {
    format!("port = {port}\ntls = \"{tls}\"\nroots = \"root.pem\"\npassword_file = \"password\"")
}

impl Scene {
    /// A daemon that has taken a report in and answered it, both within TLS.
    fn new(story: &str, starttls: bool) -> Self {
        let sink = Sink::start(|_| false);
        let honest = |speech| honest(speech, starttls);
        let imap = Door::before(office().imap, Speech::Imap, honest(Speech::Imap));
        let smtp = Door::before(sink.port, Speech::Smtp, honest(Speech::Smtp));
        let tls = if starttls { "starttls" } else { "implicit" };
        let lines = [table(imap.port, tls), table(smtp.port, tls)];
        let mut g = led_to(office(), story, &lines[0], &lines[1]);
        fs::write(g.path("root.pem"), root()).unwrap();
        g.run(&["init"]).ok();
        fast(&mut g);
        g.start();
        let mut scene = Self {
            g,
            imap,
            smtp,
            sink,
            starttls,
            reporters: Vec::new(),
        };
        scene.works("before");
        scene
    }

    fn door(&self, speech: Speech) -> &Door {
        match speech {
            Speech::Imap => &self.imap,
            Speech::Smtp => &self.smtp,
        }
    }

    /// A report comes in and is answered; that is how the rig can see a password at all.
    fn works(&mut self, round: &str) {
        self.reporters.extend(reports(&self.g, round, 1));
        self.all_are_answered();
        let sent = base64(format!("\0{}\0{PASSWORD}", self.g.address).as_bytes());
        for (door, secret) in [(&self.imap, PASSWORD), (&self.smtp, sent.as_str())] {
            let calls = door.calls();
            assert!(
                calls.iter().any(|c| within(c).contains(secret)),
                "no login within TLS"
            );
        }
    }

    fn all_are_answered(&self) {
        wait_until("every report is answered", PATIENCE, || {
            all_have_one(&self.sink, &self.reporters).then_some(())
        });
    }

    /// A report comes in while the server does this, until gatepost has met it twice.
    fn bears(&mut self, n: usize, speech: Speech, (name, manner, said): Attack) {
        eprintln!("  {speech:?}: {name}");
        let (calls, kept) = (self.door(speech).calls().len(), self.sink.kept().len());
        let lets_nobody_in = !matches!(manner.then, Then::Cut(_) | Then::Spoilt(_));
        self.door(speech).is(manner);
        let Some(said) = said else {
            self.works(&format!("{speech:?}{n}").to_lowercase());
            let all = self.g.log() + &self.g.run(&["list"]).out;
            assert!(!all.contains("evil.example"), "{name}: {all}");
            return self.door(speech).is(honest(speech, self.starttls));
        };
        let met = self.g.log().matches(said).count();
        self.reporters.extend(reports(&self.g, &format!("{speech:?}{n}").to_lowercase(), 1));
        wait_until(
            &format!("{speech:?}, {name}: it says {said:?}"),
            PATIENCE,
            || (self.g.log().matches(said).count() >= met + 2).then_some(()),
        );
        let list = self.g.run(&["list"]).ok();
        let red = match speech {
            Speech::Imap => "!! mailbox security cannot be read since",
            Speech::Smtp => "!! SMTP does not work since",
        };
        says(&list, &[red, said]);
        let kept_now = self.sink.kept().len();
        match speech {
            Speech::Imap => assert_eq!(self.g.list().len(), self.reporters.len() - 1, "{name}"),
            Speech::Smtp => assert_eq!(kept_now, kept, "{name}"),
        }
        let during = self.door(speech).calls().split_off(calls);
        self.door(speech).is(honest(speech, self.starttls));
        for call in &during {
            assert_eq!(leaked(&self.g, call), Vec::<String>::new(), "{name}");
            let inside = within(call);
            assert!(
                !lets_nobody_in || inside.is_empty(),
                "{name} got in: {inside}"
            );
        }
        self.all_are_answered();
    }

    fn ends(mut self) {
        oracle::accounted(&self.g, &self.reporters);
        let receipts = oracle::one_receipt_each(&self.g, &self.reporters, &self.sink.kept());
        assert_eq!((receipts.doubled, receipts.unknown), (0, 0));
        for call in self.imap.calls().iter().chain(&self.smtp.calls()) {
            assert_eq!(leaked(&self.g, call), Vec::<String>::new());
            oracle::only_looked(&within(call));
        }
        assert!(!self.g.log().contains("panicked"), "{}", self.g.log());
        assert_eq!(self.g.signal("-TERM"), Some(0), "it is alive");
    }
}

fn honest(speech: Speech, starttls: bool) -> Manner {
    if starttls {
        upgraded(speech, TLS)
    } else {
        at_once(TLS)
    }
}

#[test]
fn x19_words_before_tls() {
    let mut scene = Scene::new("x19-words", true);
    let (port, came) = elsewhere();
    let all = [
        (Speech::Imap, on_the_words_of_imap(port)),
        (Speech::Smtp, on_the_words_of_smtp(port)),
    ];
    for (speech, attacks) in all {
        for (n, attack) in attacks.into_iter().enumerate() {
            scene.bears(n, speech, attack);
        }
    }
    assert_eq!(came.load(Ordering::Relaxed), 0, "it went where it was sent");
    scene.ends();
}

fn tls_itself(story: &str, starttls: bool) {
    let mut scene = Scene::new(story, starttls);
    for speech in [Speech::Imap, Speech::Smtp] {
        let attacks = if starttls {
            on_tls(speech, |then| upgraded(speech, then))
        } else {
            on_tls(speech, at_once)
        };
        for (n, attack) in attacks.into_iter().enumerate() {
            scene.bears(n, speech, attack);
        }
    }
    if !starttls {
        // A server in clear on the port for TLS, to which everybody is welcome.
        let word = Some("does not speak TLS on this port");
        for (speech, greeting) in [
            (Speech::Imap, "* OK welcome\r\n"),
            (Speech::Smtp, "220 welcome\r\n"),
        ] {
            let clear = says_in_clear(greeting, &[], Then::Clear);
            scene.bears(90, speech, ("in clear where TLS should be", clear, word));
        }
    }
    scene.ends();
}

#[test]
fn x19_tls_from_the_first_byte() {
    tls_itself("x19-implicit", false);
}

#[test]
fn x19_tls_by_starttls() {
    tls_itself("x19-upgraded", true);
}
