//! The words of `export`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

pub const EXPORT: &str = "Examples: gatepost export credits --dry-run
          gatepost export security-txt
          gatepost export calendar > deadlines.ics
          gatepost export case 42 --to case-42
          gatepost help export credits   (more on each)
Names leave only by `credits`, `security-txt` and `elsewhere`: only those of people who agreed
(gatepost set REF credit=NAME), and each is kept in a ledger: file, line, day, who.";

const CREDITS: &str = "Examples: gatepost export credits --dry-run
          gatepost export credits
          gatepost export credits --file site/thanks.md
The names stand between two lines of the page, each alone on its line:
  <!-- gatepost:credits:begin -->
  <!-- gatepost:credits:end -->
({/* ... */} and # ... do too.) What people wrote between them stays as it is; no byte outside of
them changes. A name is added when its report is resolved, and taken out when its credit is
withdrawn. Where only a person can take one out, its line is shown, and digests go on saying so.

--json: {file, dry_run, changed, added: [{line, text}], removed: [{line, text}], stands: [{ref,
name, line}], left: [{name, line}], refused: [{name, why}], waiting: [{ref, why}]}";

const SECURITY_TXT: &str = "Examples: gatepost export security-txt --dry-run
          gatepost export security-txt
          gatepost export security-txt --check
What it says comes from [security_txt] in the config (RFC 9116). A file that says the same and
lasts for more than 30 days stays as it is. One that is signed is never written over: the new text
goes beside it, with the command that signs it.
Exit code of --check: 3 when the file is not valid.

--json: {file, dry_run, changed, signed, written, expires_at, faults: [{line, wrong, what}],
stands: [{ref, name, line}], left: [{name, line}], refused: [{name, why}], waiting: [{ref, why}]}";

const ELSEWHERE: &str = "Example: gatepost export elsewhere 42 \"advisory draft 12 (CSAF)\"
When the credit is withdrawn, the place is named with the others.";

const CALENDAR: &str = "Examples: gatepost export calendar > deadlines.ics
          gatepost export calendar --mine --file /srv/calendar/deadlines.ics
Of each: reference, code name, promise, owner, and when it is due. Nothing of a report.

--json: [{ref, name, promise, owner, soft, due_at}]";

const CASE: &str = "Example: gatepost export case 42 --to case-42
What an auditor asks for: the mails as they came, each letter as it was sent with the mail
server's answer, the attachments under harmless names, facts with who and when and their hashes,
who of the team was reminded, explain, the policy in force, and README.txt, which lists them all.
The folder is new, only you can open it, and it is there as a whole or not at all. Nothing is put on
record.

--json: {ref, folder, files: [{name, bytes, sha256}], lacking: [text]}";

#[derive(Subcommand)]
pub enum Export {
    /// The list of thanks: names between two lines of a page
    #[command(after_help = CREDITS)]
    Credits(Credits),
    /// security.txt (RFC 9116): write it, or say what is wrong with it
    #[command(after_help = SECURITY_TXT)]
    SecurityTxt(SecurityTxt),
    /// The open deadlines as an iCalendar file
    #[command(after_help = CALENDAR)]
    Calendar(Calendar),
    /// Record that a name went out where we cannot take it back
    #[command(after_help = ELSEWHERE)]
    Elsewhere(Elsewhere),
    /// All that is on record of one report, in a new folder
    #[command(after_help = CASE)]
    Case(CaseOf),
}

#[derive(Args)]
pub struct Credits {
    /// The page [default: the `file` of `credits` in the config]
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// For scripts
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct SecurityTxt {
    /// Say what is wrong with the file, and change nothing
    #[arg(long, conflicts_with_all = ["renew", "replace", "dry_run"])]
    pub check: bool,
    /// Write it anew though it lasts for long
    #[arg(long)]
    pub renew: bool,
    /// Write over a file that gatepost did not make
    #[arg(long)]
    pub replace: bool,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// For scripts
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Calendar {
    /// Where to [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Only mine
    #[arg(long, conflicts_with = "owner")]
    pub mine: bool,
    /// Only those of WHO, or of `nobody`
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,
    /// For scripts: not a calendar, an array
    #[arg(long, conflicts_with = "file")]
    pub json: bool,
}

#[derive(Args)]
pub struct Elsewhere {
    /// The ticket
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Where
    #[arg(required = true, value_name = "TEXT")]
    pub place: Vec<String>,
}

#[derive(Args)]
pub struct CaseOf {
    /// The ticket
    #[arg(value_name = "REF")]
    pub reference: String,
    /// The folder, which is not there yet
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// For scripts
    #[arg(long)]
    pub json: bool,
}
