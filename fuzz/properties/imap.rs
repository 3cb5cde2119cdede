//! The conversation with an IMAP server that says what it likes.

use super::peer::{converse, serve, so_far};
use gatepost::config::Auth;
use gatepost::mail::{MessageId, acting};
use gatepost::mailbox::imap::Imap;
use gatepost::mailbox::sent::SentBox;
use gatepost::mailbox::{Mailbox, SLICE, Trouble};
use gatepost::net::{Login, Stream};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const SECRET: &str = "letter-box-7f3a";
const ASKED: [u32; 3] = [5, 6, 9];
const COPY: &[u8] = b"Subject: x\r\n\r\nhello\r\n";

/// The first byte chooses what is asked after the login; the rest is what the server says.
/// Panics where something does not hold.
pub fn holds(bytes: &[u8]) {
    let Some((choice, script)) = bytes.split_first() else {
        return;
    };
    converse(async {
        let (near, heard) = serve(script);
        let auth = if choice & 0x80 == 0 {
            Auth::Password
        } else {
            Auth::Xoauth2
        };
        let login = Login {
            user: "anna".to_owned(),
            auth,
            secret: SECRET.into(),
        };
        match Imap::over(Stream::over(near), &login).await {
            Ok(mut imap) => {
                // Each of them once, from another beginning each time.
                for step in 0..9 {
                    if let Err(trouble) = ask(&mut imap, (choice + step) % 9).await {
                        is_told_plainly(&trouble);
                    }
                }
                imap.logout().await;
            }
            Err(trouble) => is_told_plainly(&trouble),
        }
        said_only_what_changes_nothing(&so_far(&heard));
    });
}

async fn ask(imap: &mut Imap, what: u8) -> Result<(), Trouble> {
    match what {
        0 => {
            let folders = imap.folders().await?;
            assert!(folders.len() <= 10_000);
        }
        1 => drop(imap.open("INBOX").await?),
        2 => {
            let uids = imap.uids_from(3).await?;
            assert!(uids.is_sorted() && uids.first().is_none_or(|uid| *uid >= 3));
            assert_eq!(
                uids.iter().collect::<BTreeSet<_>>().len(),
                uids.len(),
                "a UID twice"
            );
        }
        3 => {
            let listed: Vec<u32> = imap.list(&ASKED).await?.iter().map(|one| one.uid).collect();
            are_asked_for(&listed);
        }
        4 => {
            let mut given = Vec::new();
            let told = imap
                .heads(&ASKED, &mut |uid, _, fields| {
                    given.push((uid, fields.len()))
                })
                .await;
            assert!(given.iter().all(|(_, len)| *len <= 16 << 10), "{given:?}");
            are_asked_for(&given.iter().map(|(uid, _)| *uid).collect::<Vec<_>>());
            told?;
        }
        5 => {
            let mut given = Vec::new();
            let told = imap
                .batch(&ASKED, 8, &mut |uid, text| given.push((uid, text.len())))
                .await;
            assert!(given.iter().all(|(_, len)| *len <= 8), "{given:?}");
            are_asked_for(&given.iter().map(|(uid, _)| *uid).collect::<Vec<_>>());
            told?;
        }
        6 => {
            let (mut given, mut pieces) = (0, 0);
            let told = imap
                .slice(5, 10, 2 * SLICE, &mut |text| {
                    given += text.len() as u64;
                    pieces += 1
                })
                .await;
            assert!(given <= SLICE && pieces <= 1);
            if let Some(size) = told? {
                assert_eq!(size, given);
            }
        }
        7 => drop(
            imap.wait(Duration::from_secs(20), &CancellationToken::new())
                .await?,
        ),
        _ => {
            let id = MessageId::parse("7@example.org").unwrap_or_else(|| panic!("no id"));
            if !imap.holds(&id).await? {
                imap.append("Sent", COPY, Timestamp::UNIX_EPOCH).await?;
            }
        }
    }
    Ok(())
}

/// Nothing is taken that was not asked for, and nothing twice.
fn are_asked_for(uids: &[u32]) {
    assert!(uids.iter().all(|uid| ASKED.contains(uid)), "{uids:?}");
    assert_eq!(
        uids.iter().collect::<BTreeSet<_>>().len(),
        uids.len(),
        "{uids:?}"
    );
}

/// What the server said is in our words harmless and short; where it refused the login, also
/// without the secret, which it may repeat.
fn is_told_plainly(trouble: &Trouble) {
    let told = trouble.to_string();
    assert!(told.split('\n').all(|l| acting(l).is_none()), "{told:?}");
    assert!(told.len() <= 4000, "{} bytes", told.len());
    let at_login = matches!(trouble, Trouble::Login(_));
    assert!(!at_login || !told.contains(SECRET), "{told:?}");
}

/// A mailbox is read and never changed, but for a copy that is added.
fn said_only_what_changes_nothing(heard: &[u8]) {
    let text = String::from_utf8_lossy(heard);
    let text = text.replace("Subject: x\r\n\r\nhello\r\n\r\n", "");
    for line in text.split_inclusive('\n') {
        assert!(line.ends_with("\r\n") || !line.contains('\n'), "{line:?}");
        let mut words = line.trim_end().splitn(2, ' ');
        let (tag, command) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        let known = ALLOWED.iter().any(|begin| command.starts_with(begin))
            || tag == "DONE"
            || command.is_empty();
        assert!(known, "said {line:?}");
        let of_login = command.starts_with("LOGIN ");
        assert!(of_login || !line.contains(SECRET), "said {line:?}");
        let reads = !command.contains("BODY[")
            && !command.contains("RFC822 ")
            && !command.contains("\\Deleted");
        assert!(reads, "said {line:?}");
    }
}

const ALLOWED: [&str; 11] = [
    "CAPABILITY",
    "LOGIN \"anna\" ",
    "AUTHENTICATE XOAUTH2",
    "LIST \"\" ",
    "EXAMINE ",
    "UID FETCH ",
    "UID SEARCH HEADER ",
    "IDLE",
    "NOOP",
    "LOGOUT",
    "APPEND \"Sent\" (\\Seen) ",
];
