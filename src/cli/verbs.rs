//! The words of the verbs that send no letter.

use super::args::Sending;
use clap::Args;

/// What every one of them takes.
#[derive(Args)]
pub struct Manner {
    /// Say what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// For scripts: {ref, name, dry_run, facts: [{n, at, fact, by, via, data}]}
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Examples: gatepost assign 42          (to yourself)\n          gatepost assign 42 ben\n          gatepost assign 42 ben --tell   (writes to the reporter)\n          gatepost assign 42 nobody\nWithout --message the letter of --tell is no answer: promises run on.\n--json: {ref, name, dry_run, facts: [{n, at, fact, by, via, data}]}; with --tell, see `gatepost help reply`."
)]
pub struct Assign {
    /// The ticket
    pub reference: String,
    /// Somebody of the team, `me`, or `nobody`
    #[arg(default_value = "me", value_name = "WHO")]
    pub owner: String,
    /// Tell the reporter: the letter is shown first
    #[arg(long)]
    pub tell: bool,
    #[command(flatten)]
    pub sending: Sending,
}

#[derive(Args)]
#[command(
    after_help = "Examples: gatepost note 42 asked the platform team for logs\n          gatepost note 42 - < minutes.txt\n          gatepost note 42 --data-access \"anna, access log of 3 May, to see whether it was used\""
)]
pub struct Note {
    /// The ticket
    pub reference: String,
    /// The note; `-` reads it from standard input
    #[arg(required = true)]
    pub text: Vec<String>,
    /// Somebody looked at personal or proprietary data: who, what, why
    #[arg(long)]
    pub data_access: bool,
    #[command(flatten)]
    pub manner: Manner,
}

#[derive(Args)]
#[command(after_help = "Keys; KEY= takes the value away:
  title           our own, in place of the subject
  class           a class of the policy; several with commas
  severity        none, low, medium, high, critical, or a CVSS vector
  reporter        the one address that letters go to
  co-finder       another address that found it too; its mails join the ticket
  credit          the name to give, `anonymous`, or `withdrawn`
  consent         yes or no, with a reason behind a colon
  external        a reference in another system
  conduct         kept, in-doubt or broken, with a reason behind a colon
  already-public  yes or no
  publication     the day of our publication; `publish --on` tells them
  embargo         the day on which an embargo ends; `reply --embargo` tells them
  they-publish    the day on which the reporter publishes
  link            a link that begins with https://
  severity-is     agreed or disputed with the reporter, with a reason behind a colon
  products        what it is in: products and versions
  impact          what it harms
  parties         others who are affected, or work on it
  bounty          yes, no, asked or paid
  waiting         reporter, others or nothing
  see             another ticket
  exploited       yes, or since when; shows the clocks that it starts, and asks

Examples: gatepost set 42 title=\"Key confusion in JWT check\" severity=high
          gatepost set 42 they-publish=\"1 Jul\" link=https://example.net/soon
          gatepost set 42 credit=")]
pub struct Set {
    /// The ticket
    pub reference: String,
    /// What to set; several at once are one change
    #[arg(required = true, value_name = "KEY=VALUE")]
    pub pairs: Vec<String>,
    /// Do not ask (exploited)
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub manner: Manner,
}

#[derive(Args)]
#[command(
    after_help = "Examples: gatepost reopen 42 --because \"it still works on 4.3\"\n          gatepost reopen 42 --retract 118 --because \"the wrong ticket\"\n`show 42 --log` numbers the facts. Nothing is deleted: the fact stays, and counts no longer."
)]
pub struct Reopen {
    /// The ticket
    pub reference: String,
    /// The number of a fact that was wrong; what it had met is open again
    #[arg(long, value_name = "FACT", requires = "because")]
    pub retract: Option<i64>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub because: Option<String>,
    #[command(flatten)]
    pub manner: Manner,
}

#[derive(Args)]
#[command(
    after_help = "Examples: gatepost open --from mia@example.net --subject \"SSRF in import\" --via phone --at 09:30 --message notes.txt
          gatepost open --file report.eml --via file
No letter is sent by itself; --acknowledge queues the receipt. With --file, the reporter is set only by --from: a mail that a colleague forwards is from them."
)]
pub struct Open {
    /// The reporter's address
    #[arg(long, value_name = "ADDRESS")]
    pub from: Option<String>,
    /// What it is about [default: the subject of --file]
    #[arg(long, value_name = "TEXT", required_unless_present = "file")]
    pub subject: Option<String>,
    /// How it came: phone, signal, a word of yours [default: file, or hand]
    #[arg(long, value_name = "WORD")]
    pub via: Option<String>,
    /// When it came: its clock runs from then [default: now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// The report as a mail (.eml)
    #[arg(long, value_name = "FILE", conflicts_with = "message")]
    pub file: Option<String>,
    /// What was said, from a file or from standard input with -
    #[arg(long, value_name = "FILE|-")]
    pub message: Option<String>,
    /// Queue the receipt
    #[arg(long)]
    pub acknowledge: bool,
    #[command(flatten)]
    pub manner: Manner,
}

#[derive(Args)]
#[command(after_help = "Examples: gatepost record 42 update-posted
          gatepost record 42 credited --at \"4 May 11:00\"
          gatepost record 42 fix-available
By hand are recorded: update-posted (a security update is out), thanked, credited (our files
name the reporter), and what the policy declares: [[fact]] name = \"fix-available\"
While an embargo holds, update-posted is refused without --force.")]
pub struct Record {
    /// The ticket
    pub reference: String,
    /// update-posted, thanked, credited, or a fact that the ticket's policy declares
    pub fact: String,
    /// When it happened [default: now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Why an update is out although an embargo holds
    #[arg(long, value_name = "REASON")]
    pub force: Option<String>,
    #[command(flatten)]
    pub manner: Manner,
}

#[derive(Args)]
#[command(after_help = "Examples: gatepost away anna 10 May..21 May --cover ben
          gatepost away                 (who is away, and who will be)
          gatepost away --back anna
Both days are included. Reminders go to the cover; the owner stays the owner.

--json: [{who, first, last, cover, now}]")]
pub struct Away {
    /// Somebody of the team, or `me`; without it, who is away
    #[arg(requires = "days")]
    pub who: Option<String>,
    /// FROM..TO
    #[arg(value_name = "FROM..TO", requires = "cover")]
    pub days: Vec<String>,
    /// Who gets their reminders
    #[arg(long, value_name = "WHO")]
    pub cover: Option<String>,
    /// They are back
    #[arg(long, value_name = "WHO", conflicts_with = "who")]
    pub back: Option<String>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// For scripts
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
#[command(
    after_help = "Examples: gatepost log --since \"22 Nov 09:00\"\n          gatepost log --follow --json | while read -r line; do ...\nNothing of a report is in it.\n\n--json, one object a line: {n, at, written_at, ref, fact, by, via, what}"
)]
pub struct Log {
    /// One ticket only
    pub reference: Option<String>,
    /// What was written at or after this time
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Go on as facts are written, until the reader or a signal ends it
    #[arg(long)]
    pub follow: bool,
    /// For scripts: one object a line
    #[arg(long)]
    pub json: bool,
}
