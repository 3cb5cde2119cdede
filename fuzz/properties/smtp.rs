//! The conversation with an SMTP server that says what it likes: what becomes of a letter.

use super::peer::{Heard, converse, serve, so_far};
use gatepost::channel::Attempt;
use gatepost::channel::smtp::Smtp;
use gatepost::config::Auth;
use gatepost::mail::{Address, acting};
use gatepost::net::{Login, Stream};
use std::cell::Cell;

const SECRET: &str = "letter-box-7f3a";
/// A line of it begins with a dot, which SMTP doubles.
const LETTER: &[u8] = b"Subject: hello-5a1c\r\n\r\n.dot-5a1c\r\n";
const ON_THE_WIRE: &[u8] = b"Subject: hello-5a1c\r\n\r\n..dot-5a1c\r\n.\r\n";

/// The first byte chooses how we log in and what is sent; the rest is what the server says.
/// Panics where something does not hold.
pub fn holds(bytes: &[u8]) {
    let Some((choice, script)) = bytes.split_first() else {
        return;
    };
    converse(async {
        let (near, heard) = serve(script);
        let login = |auth| Login {
            user: "anna".to_owned(),
            auth,
            secret: SECRET.into(),
        };
        let login = match choice % 3 {
            0 => None,
            1 => Some(login(Auth::Password)),
            _ => Some(login(Auth::Xoauth2)),
        };
        match Smtp::over(Stream::over(near), login.as_ref(), "gate.example.net").await {
            Ok(mut smtp) => {
                for n in 0..3 {
                    let may_be_recorded = choice & (0x10 << n) == 0;
                    one_letter(&mut smtp, &heard, choice & 8 == 0, may_be_recorded).await;
                    if !smtp.reset().await {
                        break;
                    }
                }
                smtp.quit().await;
            }
            Err(why) => {
                is_told_plainly(&why);
                // A server may repeat what it hears.
                let heard_it = holds_bytes(&so_far(&heard), b"AUTH ");
                assert!(!heard_it || !why.contains(SECRET), "{why:?}");
            }
        }
    });
}

async fn one_letter(smtp: &mut Smtp, heard: &Heard, plain: bool, may_be_recorded: bool) {
    let address = |text| Address::parse(text).unwrap_or_else(|| panic!("no address"));
    let to = address(if plain {
        "mia@example.net"
    } else {
        "j\u{f6}rg@example.net"
    });
    let from = address("security@example.org");
    let before = so_far(heard).len();
    let offers = Cell::new(0);
    let said_before_offer = Cell::new(Vec::new());
    let offered = async || {
        offers.set(offers.get() + 1);
        said_before_offer.set(so_far(heard).split_off(before));
        if may_be_recorded {
            Ok(())
        } else {
            Err(anyhow::anyhow!("the disk is full"))
        }
    };
    let attempt = smtp.hand_over(Some(&from), &to, LETTER, offered).await;
    let said = so_far(heard).split_off(before.min(so_far(heard).len()));

    assert!(offers.get() <= 1, "offered {} times", offers.get());
    let began = holds_bytes(&said, b"hello-5a1c") || holds_bytes(&said, b"dot-5a1c");
    assert!(
        !holds_bytes(&said_before_offer.take(), b"5a1c"),
        "sent before it was recorded"
    );
    if offers.get() == 0 || !may_be_recorded {
        assert!(!began, "sent and not recorded: {attempt:?}");
    }
    for line in said.split_inclusive(|b| *b == b'\n').take_while(|_| !began) {
        is_a_command(line);
    }
    let (words, sound) = match &attempt {
        Attempt::Sent(words) => {
            assert!(
                holds_bytes(&said, ON_THE_WIRE),
                "not whole: {:?}",
                String::from_utf8_lossy(&said)
            );
            (words, offers.get() == 1 && may_be_recorded && smtp.usable())
        }
        Attempt::Unknown(words) => (
            words,
            offers.get() == 1 && may_be_recorded && !smtp.usable(),
        ),
        Attempt::Again(words) | Attempt::Refused(words) | Attempt::Barred(words) => (words, true),
        Attempt::Down(words) => (words, true),
    };
    assert!(
        sound,
        "{attempt:?} after {} offers, usable: {}",
        offers.get(),
        smtp.usable()
    );
    is_told_plainly(words);
}

/// One line that changes nothing but our own transaction.
fn is_a_command(line: &[u8]) {
    let text = String::from_utf8_lossy(line);
    let known = [
        "MAIL FROM:<security@example.org>",
        "RCPT TO:<",
        "DATA",
        "RSET",
        "QUIT",
    ];
    assert!(
        known.iter().any(|begin| text.starts_with(begin)) && text.ends_with("\r\n"),
        "said {text:?}"
    );
}

fn holds_bytes(all: &[u8], wanted: &[u8]) -> bool {
    all.windows(wanted.len()).any(|window| window == wanted)
}

/// What the server said is in our words harmless and short.
fn is_told_plainly(told: &str) {
    assert!(told.split('\n').all(|l| acting(l).is_none()), "{told:?}");
    assert!(told.chars().count() <= 800, "{} characters", told.len());
}
