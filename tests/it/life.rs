//! One report from its receipt to its end, through every stage: what `show` says comes next
//! is what is done, and each letter reaches the reporter. The clock is moved through weeks.

mod silence;

use crate::kit::{Gatepost, PATIENCE, body, report};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;

/// Friday 30 April 2027, 16:40 in London; Monday 3 May is a holiday.
const FRIDAY: &str = "2027-04-30 15:40";

/// A page without a number of days: a rhythm in which others count, an owner, three parts
/// at the end.
const PAGE: &str = r#"
name    = "like-hey"
version = 2027-01-01
url     = "https://example.org/security"

[[promise]]
name   = "answer"
page   = "We get back to you as soon as possible."
soft   = true
from   = "received"
needs  = ["evaluated"]
within = "72 hours"
remind = ["at once", "when due", "daily after"]

[[promise]]
name   = "inform"
page   = "We keep you informed; other parties may be affected, which takes patience."
from   = "answered"
needs  = ["answered"]
within = "5 business days"
repeat = true
others_count = true
ends   = ["resolved"]
remind = ["when due", "daily after"]

[[promise]]
name   = "owner"
page   = "You always have a contact."
from   = "evaluated"
needs  = ["owned"]
remind = ["1 business day after", "daily after"]

[[promise]]
name   = "close-out"
page   = "Once it is resolved: a security update, our thanks, and credit."
from   = "resolved"
needs  = ["update-posted", "thanked", ["credited", "credit-declined"]]
remind = ["1 business day after", "daily after"]
"#;

struct Life<'o> {
    g: Gatepost<'o>,
    office: &'o PostOffice,
    mia: String,
}

impl<'o> Life<'o> {
    /// One report on Friday, taken in and acknowledged.
    fn begin(
        office: &'o PostOffice,
        story: &str,
        config: impl FnOnce(&Gatepost) -> String,
    ) -> Self {
        let g = Gatepost::new(office, story);
        g.write_config(&config(&g));
        g.run(&["init"]).ok();
        let mia = g.reporter("mia");
        let life = Self { g, office, mia };
        life.writes(
            "l1@example.net",
            "SSRF in import",
            "",
            "https://example.org/x",
        );
        life.g.wait_for_mail(&life.mia, 1);
        life
    }

    fn writes(&self, id: &str, subject: &str, extra: &str, text: &str) {
        let mail = report(&self.mia, &self.g.address, id, subject, extra, text);
        self.g.arrives(&self.mia, &mail);
        self.g.once().ok();
    }

    /// A command of anna's, sent at once; the letter that the reporter got by it.
    fn letter(&self, args: &[&str]) -> String {
        let before = self.g.mail_of(&self.mia).len();
        self.quietly(args);
        self.g.once().ok();
        body(&self.g.wait_for_mail(&self.mia, before + 1)[before])
    }

    fn quietly(&self, args: &[&str]) -> String {
        self.g.run(args).ok()
    }

    /// The stage, and what comes next: commands without `gatepost`, one a line.
    fn stands(&self, stage: &str, next: &[&str]) {
        let shown = self.g.show("1");
        let of = |one: &Value| {
            one["command"]
                .as_str()
                .unwrap()
                .replacen("gatepost ", "", 1)
        };
        let found: Vec<String> = shown["next"].as_array().unwrap().iter().map(of).collect();
        let found_stage = shown["stage"].as_str().unwrap();
        assert_eq!(
            (found_stage, found),
            (stage, next.iter().map(|n| (*n).to_owned()).collect())
        );
        let text = self.g.run(&["show", "1"]).ok();
        for command in next {
            assert!(text.contains(&format!("next gatepost {command}")), "{text}");
        }
    }

    /// What `user` is told at this moment, in UTC.
    fn told(&self, user: &str, when: &str) -> String {
        self.office.clock(when);
        let before = self.g.mail_of(user).len();
        self.g.once().ok();
        let all = wait_until(&format!("{user} is told at {when}"), PATIENCE, || {
            Some(self.g.mail_of(user)).filter(|all| all.len() > before)
        });
        all[before..].iter().map(|m| body(m)).collect()
    }

    fn never_late(&self) {
        let shown = self.g.show("1");
        for duty in shown["deadlines"].as_array().unwrap() {
            assert_ne!(duty["late"], true, "{duty}");
        }
        self.g.run(&["audit"]).ok();
    }
}

fn has(letter: &str, words: &[&str]) {
    let flat = letter.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(flat.contains(word), "{word}: {flat}");
    }
}

#[test]
fn from_receipt_to_the_end_each_step_is_shown_before_it_is_done() {
    let office = PostOffice::own(Some(FRIDAY));
    let life = Life::begin(&office, "life", |g| g.config());
    let ben = life.g.anna.replace("anna-", "ben-");
    life.stands("new", &["evaluate 1 accepted --expected DATE"]);
    office.clock("2027-05-05 09:00");
    let accepted = [
        "evaluate",
        "1",
        "accepted",
        "--expected",
        "2027-06-17",
        "--yes",
    ];
    has(&life.letter(&accepted), &["Assessment: accepted"]);
    let shown = life.g.show("1");
    assert_eq!(
        shown["next"].as_array().unwrap().last().unwrap()["command"],
        "gatepost resolve 1"
    );

    // A hand-over is a letter of a person, and says what holds.
    let letter = life.letter(&["assign", "1", "ben", "--tell", "--yes"]);
    has(
        &letter,
        &[
            "from now on Ben looks after your report",
            "by Thursday 17 June 2027",
        ],
    );
    assert_eq!(life.g.show("1")["owner"], "ben");
    life.stands("evaluated", &["reply 1", "resolve 1"]);

    // A question, and silence, which does not close a vulnerability; then they write.
    office.clock("2027-05-06 09:00");
    life.g
        .write_secret("question.txt", "Which version did you test?", 0o600);
    let question = life.g.path("question.txt");
    let ask = [
        "reply",
        "1",
        "--ask",
        "--message",
        question.to_str().unwrap(),
        "--yes",
    ];
    has(&life.letter(&ask), &["Which version did you test?"]);
    let text = life.quietly(&["show", "1"]);
    has(
        &text,
        &["WAIT for reporter since Thu 6 May; we go on without them Thu 20 May"],
    );
    let told = life.told(&ben, "2027-05-20 08:00");
    has(
        &told,
        &["SILENT 0001", "ben since Thu 6 May: go on without them?"],
    );
    for canary in ["SSRF", "mia", "Which"] {
        assert!(!told.contains(canary), "{canary}: {told}");
    }
    assert!(life.quietly(&["list"]).contains("SILENT: go on?"));
    life.stands("evaluated", &["set 1 waiting=nothing", "resolve 1"]);
    let call = ["reply", "1", "--letter", "last-call", "--yes"];
    let why = life.g.run(&call).code_in(&[2]);
    has(
        &why,
        &["gatepost set 1 waiting=nothing goes on without them"],
    );
    office.clock("2027-05-21 09:00");
    let asked = life.g.show("1")["letters"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()["message_id"]
        .clone();
    let extra = format!("In-Reply-To: {}\n", asked.as_str().unwrap());
    life.writes(
        "l2@example.net",
        "Re: SSRF in import",
        &extra,
        "It was 4.2.1.",
    );
    life.stands("evaluated", &["reply 1", "resolve 1"]);
    has(
        &life.letter(&[
            "reply",
            "1",
            "--message",
            question.to_str().unwrap(),
            "--yes",
        ]),
        &["Hello"],
    );

    office.clock("2027-06-03 09:00");
    let letter = life.letter(&[
        "resolve",
        "1",
        "--note",
        "Version 4.3 has the fix.",
        "--yes",
    ]);
    has(&letter, &["is resolved", "Version 4.3 has the fix."]);
    life.stands("resolved", &["set 1 credit=NAME", "publish 1 --link URL"]);
    let link = "https://example.org/advisories/1";
    has(
        &life.letter(&["publish", "1", "--link", link, "--yes"]),
        &["is public now", link],
    );
    life.stands("published", &["set 1 credit=NAME"]);
    life.quietly(&[
        "set",
        "1",
        "credit=Mia O.",
        "severity=high",
        "severity-is=agreed",
    ]);
    life.stands("published", &["record 1 credited"]);
    life.quietly(&["record", "1", "credited"]);
    life.stands("published", &["close 1"]);
    has(
        &life.letter(&["close", "1", "--yes"]),
        &["with this mail we close it"],
    );
    life.stands("closed", &[]);
    let facts = life.g.fact_names("1");
    for fact in [
        "acknowledged",
        "evaluated",
        "dated",
        "owned",
        "answered",
        "waiting",
        "reporter-wrote",
        "resolved",
        "thanked",
        "update-posted",
        "published",
        "credited",
        "closed",
    ] {
        assert!(facts.iter().any(|f| f == fact), "{fact}: {facts:?}");
    }
    life.never_late();
}
