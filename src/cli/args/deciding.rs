//! The words of the commands that decide and write to a reporter.

use crate::ticket::Outcome;
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;

pub const EVALUATE: &str = "Examples: gatepost evaluate 42 accepted --expected \"17 Jun\" --plan \"Block private ranges, then rework the fetcher.\"
          gatepost evaluate 43 duplicate --of 42
          gatepost evaluate 44 out-of-scope --letter clickjacking
          gatepost evaluate 44 out-of-scope --letter hint
          gatepost evaluate 44 --like out-of-scope --letter hint   (and those that look like it)
          gatepost evaluate 42 accepted --expected \"17 Jun\" --said-in 3
A final outcome closes the ticket once its letter is out. needs-information needs --plan or --message, or
words of yours in the editor; every outcome but the two interim ones ends the waiting for the reporter. --json: see `gatepost help reply`.";

pub const REPLY: &str = "Examples: gatepost reply 42
          gatepost reply 42 --expected \"25 Jun\" --because \"the rework found two more\"
          gatepost reply 42 --embargo \"13 Jul\"
          gatepost reply 42 --ask --message question.txt
          gatepost reply 42 --letter signal
          gatepost reply 42 --letter last-call   (they do not answer what we asked)
          gatepost reply 42 --said-at \"Tue 14:02\" --via phone
The letter is shown first. Without a terminal it goes out only with --yes.
Without --message, the letters signal and handover are no answer: promises run on, and so does chasing.
A last call is refused for what is accepted or a duplicate: silence closes no vulnerability.
What you wrote and did not send lies in drafts/42-NAME.txt beside the store.

--json (with --yes or --dry-run): {ref, letter, state, to, subject, text, notes, duplicates: [{ref, letter,
state, to, subject, text, notes}], alike: [the same, of evaluate --like], not_taken: [{ref, because}]};
state is dry-run, queued, sent, or recorded (no letter); of a duplicate and in alike also stopped: a
note says why, and nothing goes.";

pub const RESOLVE: &str =
    "Examples: gatepost resolve 42 --note \"Version 4.3 refuses such addresses.\"
          gatepost resolve 42 --said-at \"2027-06-16 14:02\" --via signal
--json: see `gatepost help reply`.";

pub const PUBLISH: &str = "Examples: gatepost publish 42 --on \"13 Jul\"
          gatepost publish 42 --on \"20 Jul\" --because \"the release moves\"
          gatepost publish 42 --link https://example.org/advisories/12
--json: see `gatepost help reply`.";

pub const CLOSE: &str = "Examples: gatepost close 42
          gatepost close 42 --because \"Version 3 is no longer maintained.\"
          gatepost close 42 --silent
          gatepost close 51 53 60..75   (among junk: no letter, nothing is asked)
What is still owed is said first. A reply of the reporter opens it again.
--json: see `gatepost help reply`; of those among junk: {closed: [ref]}.";

/// What every command takes that writes to a reporter.
#[derive(Args)]
pub struct Sending {
    /// What you want to say, from a file, or from standard input with -
    #[arg(long, value_name = "FILE|-", help_heading = "The letter")]
    pub message: Option<String>,
    /// Your words go to the reporters of its duplicates too; without this, they do not
    #[arg(long, help_heading = "The letter")]
    pub words_for_all: bool,
    /// Begin with the draft that was kept
    #[arg(long, conflicts_with = "message", help_heading = "The letter")]
    pub draft: bool,
    /// Go on although facts up to N came since you looked
    #[arg(long, value_name = "N", help_heading = "The letter")]
    pub after: Option<i64>,
    /// Send without asking
    #[arg(long, help_heading = "The letter")]
    pub yes: bool,
    /// Answer in clear although they wrote encrypted; --yes alone does not
    #[arg(long, help_heading = "The letter")]
    pub in_clear: bool,
    /// Encrypt the letter by the command of the config (`[openpgp]`); its text is kept nowhere,
    /// but by your editor while you write, and its subject stays readable; not with --because,
    /// which is on record in clear
    #[arg(long, conflicts_with_all = ["in_clear", "words_for_all", "said_in", "said_at"], help_heading = "The letter")]
    pub encrypt: bool,
    /// Show the letter and stop
    #[arg(long, help_heading = "The letter")]
    pub dry_run: bool,
    /// Do not wait for the daemon: send it now
    #[arg(long, help_heading = "The letter")]
    pub send: bool,
    /// No letter: it was said in N of the thread, as `show` numbers it
    #[arg(long, value_name = "N", conflicts_with_all = ["said_at", "message", "draft", "send"], help_heading = "Said already")]
    pub said_in: Option<usize>,
    /// No letter: it was said then: 14:02, "Tue 14:02", "2027-05-04 14:02"; the team's zone
    #[arg(long, value_name = "TIME", requires = "via", conflicts_with_all = ["message", "draft", "send"], help_heading = "Said already")]
    pub said_at: Option<String>,
    /// By which way: signal, phone, ... (one word)
    #[arg(
        long,
        value_name = "WAY",
        requires = "said_at",
        help_heading = "Said already"
    )]
    pub via: Option<String>,
    /// For scripts
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Evaluate {
    /// The ticket
    pub reference: String,
    /// The outcome
    #[arg(value_parser = PossibleValuesParser::new(Outcome::ALL.map(Outcome::word)))]
    pub outcome: String,
    /// The date by which you expect it to be resolved, or, in an interim answer, write next:
    /// 2026-12-04 or "4 Dec"
    #[arg(long, value_name = "DATE")]
    pub expected: Option<String>,
    /// What you will do, or your reasons; --message takes the same from a file
    #[arg(long, value_name = "TEXT", conflicts_with = "message")]
    pub plan: Option<String>,
    /// The ticket of the first report, for a duplicate, which follows it from then on; the
    /// reporter of the first hears nothing
    #[arg(long, value_name = "REF")]
    pub of: Option<String>,
    /// The same for the open tickets that look like it (`list --like REF`), and for those of its
    /// subject whose words are the same but for their sender's name: one look, one yes, each its
    /// own letter. What differs in anything that counts is named, and left to you. With
    /// duplicate --of, out-of-scope, not-a-vulnerability, not-reproducible and spam
    #[arg(long)]
    pub like: bool,
    /// Do not close the ticket, although the outcome is final
    #[arg(long)]
    pub keep_open: bool,
    /// Another letter: for out-of-scope clickjacking, csrf, mitm, denial-of-service,
    /// content-spoofing, email-spoofing, missing-records, cookie-flags or dead-links; hint: the
    /// one of the hint that `show` tells; or evaluation-NAME.txt of your letters
    #[arg(long, value_name = "NAME")]
    pub letter: Option<String>,
    #[command(flatten)]
    pub sending: Sending,
}

#[derive(Args)]
pub struct Reply {
    /// The ticket
    pub reference: String,
    /// The date by which you now expect it to be resolved: 2026-12-04 or "4 Dec"
    #[arg(long, value_name = "DATE")]
    pub expected: Option<String>,
    /// Nobody is to be told of it before this day, for others are affected
    #[arg(long, value_name = "DATE", conflicts_with = "letter")]
    pub embargo: Option<String>,
    /// Why the date moves
    #[arg(long, value_name = "TEXT")]
    pub because: Option<String>,
    /// Wait for the reporter's answer: our own cadence pauses until they write
    #[arg(long)]
    pub ask: bool,
    /// Another letter: signal (gives our number), last-call (to who does not answer),
    /// support (points to those who help), handover (who looks after it), or reply-NAME.txt of your letters
    #[arg(long, value_name = "NAME", conflicts_with_all = ["said_in", "said_at"])]
    pub letter: Option<String>,
    /// A file to go with it, at most 10 MiB
    #[arg(long, value_name = "FILE", conflicts_with_all = ["said_in", "said_at"])]
    pub attach: Option<PathBuf>,
    #[command(flatten)]
    pub sending: Sending,
}

#[derive(Args)]
pub struct Resolve {
    /// The ticket
    pub reference: String,
    /// What was done, and since which version; --message takes the same from a file
    #[arg(long, value_name = "TEXT", conflicts_with = "message")]
    pub note: Option<String>,
    #[command(flatten)]
    pub sending: Sending,
}

#[derive(Args)]
pub struct Publish {
    /// The ticket
    pub reference: String,
    /// Where it can be read
    #[arg(long, value_name = "URL", conflicts_with = "on")]
    pub link: Option<String>,
    /// Not yet: it is planned for this day
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// Why that day moves, for who was told another
    #[arg(long, value_name = "TEXT", requires = "on")]
    pub because: Option<String>,
    /// Although it is not resolved: why
    #[arg(long, value_name = "REASON")]
    pub force: Option<String>,
    #[command(flatten)]
    pub sending: Sending,
}

#[derive(Args)]
pub struct Close {
    /// The ticket; or several among junk, or a range of them: 5..9
    #[arg(required = true)]
    pub reference: Vec<String>,
    /// Why; the letter says it
    #[arg(long, value_name = "TEXT", conflicts_with = "message")]
    pub because: Option<String>,
    /// Write no letter
    #[arg(long, conflicts_with_all = ["message", "draft", "send", "encrypt", "said_in", "said_at"])]
    pub silent: bool,
    #[command(flatten)]
    pub sending: Sending,
}
