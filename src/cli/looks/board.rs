//! A desk as a team of four finds it in the morning: what is late, due today, half kept,
//! held in its own right, alike, encrypted, long, and written in wide letters.

use super::{NOW, at, sample};
use crate::cli::Here;
use crate::config::Config;
use crate::desk;
use crate::desk::ingest::{Arrival, ingest};
use crate::desk::record::{Change, assign, set};
use crate::mail::parse::parse;
use crate::mail::{Digester, Foreign};
use crate::store::{FolderId, NewFact, Raw, Sighting, Store, Tx};
use crate::ticket::{By, Field, Outcome, TicketNo, What};
use crate::triage::Role;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Who wrote, when, the subject, what a header says more, the text.
type Came = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// A subject as long as some are.
const LONG: &str = "Unauthenticated remote code execution in the import of calendars of other tenants by a crafted VTIMEZONE, version 4.2.1 and before, with a proof of concept";

const MAILS: [Came; 15] = [
    (
        "mia",
        "2027-03-01T09:00:00Z",
        "IDOR in invoice download",
        "",
        "Any invoice can be fetched by its number.",
    ),
    (
        "kim",
        "2027-04-12T09:12:00Z",
        "CSRF on invite form",
        "",
        "The form has no token.",
    ),
    (
        "lee",
        "2027-04-27T10:00:00Z",
        "Open redirect in login",
        "",
        "https://example.org/login?next=//evil.example works.",
    ),
    (
        "ada",
        "2027-03-20T11:00:00Z",
        "Weak session tokens",
        "",
        "They count up.",
    ),
    (
        "mia",
        "2027-04-30T15:40:00Z",
        "Your server can be made to fetch any URL",
        "",
        "Hello,\n\nthe webhook import on https://app.example.org/hooks/import fetches any URL that it\nis given, also http://169.254.169.254/. This is CWE-918, on version 4.2.1.\n\nMia",
    ),
    (
        "joe",
        "2027-04-30T16:10:00Z",
        "Bug bounty?",
        "",
        "Hello sir, do you pay a bounty for a missing SPF record?",
    ),
    (
        "jim",
        "2027-05-03T08:00:00Z",
        "Bug bounty?",
        "",
        "Hello sir, do you pay a bounty for a missing SPF record?",
    ),
    (
        "jil",
        "2027-05-03T08:05:00Z",
        "Bug bounty?",
        "",
        "Hello sir, do you pay a bounty for a missing SPF record?",
    ),
    (
        "rin",
        "2027-05-03T09:00:00Z",
        "\u{7ba1}\u{7406}\u{753b}\u{9762}\u{306b}\u{30ed}\u{30b0}\u{30a4}\u{30f3}\u{306a}\u{3057}\u{3067}\u{5165}\u{308c}\u{308b}\u{8106}\u{5f31}\u{6027}\u{306b}\u{3064}\u{3044}\u{3066}\u{306e}\u{5831}\u{544a}\u{3067}\u{3059}\u{304c}\u{8aad}\u{3093}\u{3067}\u{4e0b}\u{3055}\u{3044}",
        "",
        "\u{7ba1}\u{7406}\u{753b}\u{9762}",
    ),
    (
        "bob",
        "2027-05-03T09:30:00Z",
        "\u{1f525}\u{1f525} URGENT \u{1f525}\u{1f525} your site is \u{1f480} \u{2764}\u{fe0f} \u{1f468}\u{200d}\u{1f4bb}",
        "",
        "Look at /admin.",
    ),
    ("max", "2027-05-03T10:00:00Z", LONG, "", "See below."),
    (
        "eve",
        "2027-05-03T10:30:00Z",
        "Bug \u{1b}[2J in \u{202e}gro.elpmaxe\u{202c}",
        "",
        "Text \u{1b}[31mred.",
    ),
    (
        "tom",
        "2027-05-03T11:00:00Z",
        "Account takeover by password reset",
        "",
        "The token is in the Referer.",
    ),
    (
        "amy",
        "2027-05-04T06:40:00Z",
        "XSS in search box",
        "",
        "<script>alert(1)</script> in q.",
    ),
    (
        "zoe",
        "2027-05-04T07:30:00Z",
        "Key confusion in JWT check",
        "",
        "alg=HS256 with the public key.",
    ),
];

/// What arrives in the mailbox.
fn arrive(tx: &Tx, here: &Here, folder: FolderId, n: u32, came: &Came) {
    let (who, when, subject, head, text) = came;
    let eml = format!(
        "From: {who}@example.net\nTo: security@example.org\nSubject: {subject}\nMessage-ID: <{n}@example.net>\n{head}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    );
    take(tx, here, (folder, n), (when, Role::Inbox), &eml);
}

/// One mail as its server gives it.
fn take(tx: &Tx, here: &Here, (folder, n): (FolderId, u32), (when, role): (&str, Role), eml: &str) {
    let mail = parse(eml.as_bytes(), true);
    let mut digester = Digester::new();
    digester.update(eml.as_bytes());
    let digest = digester.finish(&mail);
    let mut raw = Raw::new();
    raw.push(eml.as_bytes()).unwrap();
    let raw = raw.finish().unwrap();
    let arrival = Arrival {
        mailbox: &here.config.mailboxes[0],
        seen: Sighting {
            folder,
            uidvalidity: 7,
            uid: n,
            received_at: at(when),
            size: eml.len() as u64,
        },
        our_clock: false,
        may_be_old: false,
        row: None,
        refused: None,
        folder: role,
        mail: &mail,
        digest: &digest,
        raw: &raw,
    };
    ingest(tx, &here.config, &arrival).unwrap();
}

/// A mail of four days ago comes in: its acknowledgement is held.
pub fn old_mail(tx: &Tx, here: &Here) {
    let (came, text) = ("2027-04-30T07:00:00Z", "They are missing.");
    arrive(
        tx,
        here,
        FolderId(1),
        99,
        &("noa", came, "Cookie flags", "", text),
    );
}

/// A report that is encrypted comes in.
pub fn sealed_mail(tx: &Tx, here: &Here) {
    let eml = "From: uma@example.net\nTo: security@example.org\nSubject: A fault\nMessage-ID: <98@example.net>\nMIME-Version: 1.0\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIIBAA==\n";
    let at = (NOW, Role::Inbox);
    take(tx, here, (FolderId(1), 98), at, eml);
}

/// A report is found among junk.
pub fn junk_mail(tx: &Tx, here: &Here) {
    let eml = "From: uma@example.net\nTo: security@example.org\nSubject: XSS in the shop\nMessage-ID: <97@example.net>\n\n<script>alert(1)</script> in q.\n";
    let folder = tx.add_folder("security", "Junk", 7, &[]).unwrap();
    take(tx, here, (folder, 97), (NOW, Role::Junk), eml);
}

/// The sample with a team of five, and with a class that presses.
fn config(folder: &Path) -> Config {
    let file = sample::small(folder).file;
    let mut text = fs::read_to_string(&file).unwrap();
    text = text.replace("policy = \"neon\"", "policy = \"policy.toml\"");
    for name in ["carla", "dan", "wilhelmina-second"] {
        text.push_str(&format!(
            "[[team]]\nname = \"{name}\"\naddress = \"{name}@example.com\"\n"
        ));
    }
    fs::write(&file, text).unwrap();
    let neon = include_str!("../../../config/policies/neon.toml");
    let policy = folder.join("policy.toml");
    fs::write(&policy, format!("{neon}\n{ATTACK}")).unwrap();
    fs::set_permissions(policy, fs::Permissions::from_mode(0o600)).unwrap();
    Config::load(&file).unwrap_or_else(|why| panic!("{why}"))
}

const ATTACK: &str = r#"
[[promise]]
name = "shield"
class = "attack"
page = "Under attack: within two hours."
from = "reporter-wrote"
needs = ["answered"]
within = "2 hours"
any_hour = true
remind = ["when due"]

[[promise]]
name = "mend"
class = "attack"
page = "Under attack: mended within 48 hours."
from = "reporter-wrote"
needs = ["resolved"]
within = "48 hours"
remind = ["when due"]
"#;

/// The desk, in `folder`.
pub fn board(folder: &Path) -> (Here, Store) {
    let config = config(folder);
    let mut store = Store::create(&config.store).unwrap();
    let here = Here {
        config,
        who: Some("anna".to_owned()),
    };
    let inbox = at("2027-02-01T09:00:00Z");
    let inbox = store
        .write(inbox, |tx| tx.add_folder("security", "INBOX", 7, &[]))
        .unwrap();
    let mut mails: Vec<(u32, Came)> = (1..).zip(MAILS).collect();
    mails.push((
        90,
        (
            "ada",
            "2027-04-20T09:00:00Z",
            "Re: Weak session tokens",
            "In-Reply-To: <4@example.net>\n",
            "Any news?",
        ),
    ));
    mails.push((
        91,
        (
            "ada",
            "2027-04-28T09:00:00Z",
            "Re: Weak session tokens",
            "In-Reply-To: <4@example.net>\n",
            "Hello?",
        ),
    ));
    mails.sort_by_key(|(_, came)| at(came.1));
    for (n, came) in &mails {
        store
            .write(at(came.1), |tx| {
                arrive(tx, &here, inbox, *n, came);
                Ok(())
            })
            .unwrap();
        if came.2 == "Weak session tokens"
            || came.2.starts_with("IDOR")
            || came.2.starts_with("CSRF")
        {
            decide(&mut store, &here, came.2);
        }
    }
    people(&mut store, &here);
    (here, store)
}

fn number(tx: &Tx, subject: &str) -> TicketNo {
    let all = tx.tickets(true).unwrap();
    all.iter()
        .find(|t| t.subject == Foreign::new(subject))
        .unwrap()
        .number
}

/// The early ones were evaluated, by telephone.
fn decide(store: &mut Store, here: &Here, subject: &str) {
    let (when, day) = match subject {
        "Weak session tokens" => ("2027-03-22T11:00:00Z", "2027-06-11"),
        "CSRF on invite form" => ("2027-04-15T11:00:00Z", "2027-07-01"),
        _ => ("2027-03-02T11:00:00Z", "2027-06-30"),
    };
    say(
        store,
        here,
        subject,
        when,
        &[
            What::Answered,
            What::Evaluated {
                outcome: Outcome::Accepted,
            },
            What::Dated {
                on: day.parse().unwrap(),
            },
        ],
    );
}

fn say(store: &mut Store, here: &Here, subject: &str, when: &str, all: &[What]) {
    let done = store.write(at(when), |tx| {
        let t = number(tx, subject);
        for what in all {
            tx.add_fact(
                t,
                &NewFact {
                    at: tx.now(),
                    what: what.clone(),
                    by: By::Person("anna".to_owned()),
                    letter: None,
                    mail: None,
                    via: Some("phone".to_owned()),
                },
            )?;
        }
        desk::refresh(tx, &here.config, t)
    });
    done.unwrap();
}

/// What people set and took.
fn people(store: &mut Store, here: &Here) {
    say(
        store,
        here,
        "Open redirect in login",
        "2027-04-29T11:00:00Z",
        &[
            What::Answered,
            What::Evaluated {
                outcome: Outcome::Accepted,
            },
        ],
    );
    say(
        store,
        here,
        "IDOR in invoice download",
        "2027-05-01T11:00:00Z",
        &[What::Answered],
    );
    store
        .write(at("2027-05-04T07:45:00Z"), |tx| {
            for (subject, owner) in [
                ("CSRF on invite form", "ben"),
                ("Open redirect in login", "carla"),
                ("Weak session tokens", "anna"),
                ("IDOR in invoice download", "dan"),
                ("Account takeover by password reset", "wilhelmina-second"),
            ] {
                assign(tx, &here.config, number(tx, subject), Some(owner), owner).unwrap();
            }
            for (subject, severity) in [
                ("CSRF on invite form", "medium"),
                (LONG, "critical"),
                (
                    "Weak session tokens",
                    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
                ),
            ] {
                let change = [Change::Text(Field::Severity, Some(severity.to_owned()))];
                set(tx, &here.config, number(tx, subject), &change, "anna").unwrap();
            }
            let change = [Change::Classes(vec!["attack".to_owned()])];
            set(
                tx,
                &here.config,
                number(tx, "Account takeover by password reset"),
                &change,
                "anna",
            )
            .map(drop)
        })
        .unwrap();
}
