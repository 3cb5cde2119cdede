//! Attacks on TLS, and on the words before it: gatepost says nothing in clear but the few
//! words that ask for TLS, whoever is on the way and however often they try; it says what is
//! wrong, takes nothing for an answer that is none, and goes on when the true server is back.

use super::attacks::{
    Attack, at_once, honest, on_the_words_of_imap, on_the_words_of_smtp, on_tls, says_in_clear,
    upgraded,
};
use super::door::{Call, Door, Speech, Then};
use super::papers::root;
use super::{all_have_one, fast, led_to, office, oracle, passes, reports};
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

/// What gatepost said over a connection that it must not: all but the words that ask for TLS
/// and the records of TLS themselves, and its secret in any form.
pub fn leaked(g: &Gatepost, call: &Call) -> Vec<String> {
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

pub fn within(call: &Call) -> String {
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
        let lets_nobody_in = !matches!(manner.then, Then::Cut(_) | Then::Spoilt(_));
        self.door(speech).is(manner);
        let (calls, kept) = (self.door(speech).calls().len(), self.sink.kept().len());
        let Some(said) = said else {
            self.works(&format!("{speech:?}{n}").to_lowercase());
            let all = self.g.log() + &self.g.run(&["list"]).out;
            assert!(!all.contains("evil.example"), "{name}: {all}");
            return self.door(speech).is(honest(speech, self.starttls));
        };
        let met = self.g.log().matches(said).count();
        self.reporters.extend(reports(
            &self.g,
            &format!("{speech:?}{n}").to_lowercase(),
            1,
        ));
        wait_until(
            &format!("{speech:?}, {name}: it says {said:?}"),
            PATIENCE,
            || {
                self.is_silent(speech, calls, name, lets_nobody_in);
                (self.g.log().matches(said).count() >= met + 2).then_some(())
            },
        );
        let red = match speech {
            Speech::Imap => "!! mailbox security cannot be read since",
            Speech::Smtp => "!! SMTP does not work since",
        };
        // The log hears of it first, and of an IMAP server from two who ask it.
        wait_until(&format!("{name}: list says it in red"), PATIENCE, || {
            let list = self.g.run(&["list"]).ok();
            [red, said].iter().all(|w| list.contains(w)).then_some(())
        });
        let kept_now = self.sink.kept().len();
        match speech {
            Speech::Imap => assert_eq!(self.g.list().len(), self.reporters.len() - 1, "{name}"),
            Speech::Smtp => assert_eq!(kept_now, kept, "{name}"),
        }
        self.is_silent(speech, calls, name, lets_nobody_in);
        self.door(speech).is(honest(speech, self.starttls));
        self.all_are_answered();
    }

    /// Over these connections nothing was said that must not be; within TLS neither, where
    /// there is no true server.
    fn is_silent(&self, speech: Speech, from: usize, name: &str, lets_nobody_in: bool) {
        for call in self.door(speech).calls().split_off(from) {
            assert_eq!(leaked(&self.g, &call), Vec::<String>::new(), "{name}");
            let inside = within(&call);
            assert!(
                !lets_nobody_in || inside.is_empty(),
                "{name} got in: {inside}"
            );
        }
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

/// An attack that lasts is told where people look for what is wrong, with what to do.
#[test]
fn x19_health_names_it() {
    let mut scene = Scene::new("x19-health", true);
    let (port, _) = elsewhere();
    let (_, imap, word) = on_the_words_of_imap(port).swap_remove(0);
    let (_, smtp, _) = on_the_words_of_smtp(port).swap_remove(0);
    scene.imap.is(imap);
    wait_until("it is met", PATIENCE, || {
        scene.g.log().contains(word.unwrap()).then_some(())
    });
    scene.imap.is(honest(Speech::Imap, true));
    scene.smtp.is(smtp);
    scene.reporters.extend(reports(&scene.g, "waits", 1));
    wait_until("a letter waits", PATIENCE, || {
        (scene.g.list().len() == 2 && scene.g.log().contains("every letter waits")).then_some(())
    });
    let (_, imap, _) = on_the_words_of_imap(port).swap_remove(0);
    scene.imap.is(imap);
    passes(&mut scene.g, Duration::from_secs(2 * 3600));
    let health = wait_until("health tells of both", PATIENCE, || {
        let said = scene.g.run(&["health"]);
        (said.out.matches("does not offer STARTTLS").count() == 2).then_some(said)
    });
    assert_eq!(health.code, 3, "{}", health.out);
    let remedy = "use its port for TLS from the first byte, or ask who runs it";
    assert_eq!(health.out.matches(remedy).count(), 2, "{}", health.out);
    scene.imap.is(honest(Speech::Imap, true));
    scene.smtp.is(honest(Speech::Smtp, true));
    scene.all_are_answered();
    scene.ends();
}
