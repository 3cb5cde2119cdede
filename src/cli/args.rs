//! The words of the command line.

mod counting;
mod deciding;
mod exporting;

pub use counting::{Form, Stats};
pub use deciding::{Close, Evaluate, Publish, Reply, Resolve, Sending};
pub use exporting::{Calendar, CaseOf, Credits, Elsewhere, Export, SecurityTxt};

use super::verbs;
use crate::daemon::receive::apart::WORD as PARSE_ONE;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Keeps the promises that a security page makes.
#[derive(Parser)]
#[command(
    name = "gatepost",
    version,
    about,
    disable_help_subcommand = true,
    max_term_width = 100
)]
#[command(
    after_help = "REF is SEC-2026-0042, 42, or the ticket's code name (amber-heron).\nExit codes: 0 done, 1 failed, 2 usage or config, 3 answered with \"no\", 4 held by another gatepost."
)]
pub struct Args {
    /// The config [default: $GATEPOST_CONFIG, ./gatepost.toml, /etc/gatepost/gatepost.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Who you are, by your name in the team [default: $GATEPOST_AS, $SUDO_USER, the login]
    #[arg(long, global = true, value_name = "NAME")]
    pub r#as: Option<String>,
    /// Never through a pager
    #[arg(long, global = true)]
    pub no_pager: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Open tickets, the most urgent first, trouble on top
    #[command(
        after_help = "Examples: gatepost list --late\n          gatepost list --mine --due 2d\n          gatepost list --junk\n          gatepost list webhook import\n          gatepost list '\"exact words\"'   gatepost list CVE-2026-1234   gatepost list 'hook*'\n\nWORDS finds whole words in any case, with or without their marks; hook* what begins so; what is written without a space, and words in quotes, side by side. Where no mail, note or letter has all words, their beginnings will do (else a last line says how many more tickets have those), then words of one ticket in different mails, then some of them. First comes a ticket by its reference or name, also where that is one of several words, then what stands in subjects, addresses, identifiers and notes; open before closed, the newest first. Junk is left out without --junk or --all; of encrypted mail only subject and addresses are known. Parts from within a word are not found.\n\n--json: [{ref, name, class, classes, stage, title, subject, reporter: {address, name, authentication, marks}, owner, outcome, severity, received_at, acknowledgement, held_because, deadlines: [{promise, due_at, standing, missing, late}], waiting, clash: {early, on, theirs, ours, what}, chased, messages, forwarded: {by, proven}}], with WORDS each also match: {rank, where, snippet}"
    )]
    List(List),
    /// One report: what is due, who wrote what, what to do next
    #[command(
        after_help = "Examples: gatepost show 42\n          gatepost show 42 --text 1\n          gatepost show amber-heron --raw 1 > report.eml\n          gatepost show 42 --save case-42\n          gatepost show 42 --part 2 > report.asc\n          gatepost show 42 --decrypt\n\n--json: as list, and {continues: {to_come}, history: {reports, accepted}, follows, untold, duplicates, alike: [{ref, stage, received_at, because, same_reporter, command}], set, planned, facts: [{n, at, fact, by, via, data}], thread: [{n, message_id, from, marks, direction, kind, place, because, authentication: {is, because}, received_at, new_text, encrypted, sealed: {encrypted, signed}, attachments: [{name, type, bytes}]}], extracted: {urls, ips, hosts, paths, cves, cwes, ghsas, cvss: [{vector, score, severity, claimed}], versions, fingerprints, credit: [{wish, name, mail}], missing, found: [{kind, value, shown, mail, line}], left_out, cut, encrypted, signed}, hints: [{rule, matched, mail, in_subject, page, letter}], letters: [{id, ticket, kind, to, subject, by, state, held_because, attempts, offers, message_id, created_at, not_before, put_off_since, sent_at, last_error, reply, copy}], proposals: [{about, because, command}], next: [{command, because}], credit: {state, name}, given_out: [{name, way, place, line, gone, at, by}]} credit.state is unasked, asked, named, anonymous or withdrawn."
    )]
    Show(Show),
    /// How each deadline came about, day by day, with the page's sentence
    #[command(
        after_help = "Example: gatepost explain 42\n\n--json: {ref, name, policy, deadlines: [{promise, page, soft, zone, started_at, arrived, time, date, count: [{date, kind, day, file, half_day}], due_at, reporter_told_at, needs: [{facts, words, met_at}], paused_at, end, was_late, moves: [{from, to, told_at}], told: [{at, whom}], next: [{at, whom}]}]} end is null while it is open, else {met: instant}, or in its place void (over without being met), restarted (begins anew), moved (a new date, told in time) or missed (a new date, told too late). was_late: due before its end, before it came to rest, or by now. file and half_day stand only where a holiday file or a half day of the config made the day."
    )]
    Explain {
        /// The ticket
        reference: String,
        /// For scripts: instants are RFC 3339 in UTC
        #[arg(long)]
        json: bool,
    },
    /// Give the reporter an evaluation and an expected date; shows the letter and asks
    #[command(after_help = deciding::EVALUATE)]
    Evaluate(Evaluate),
    /// Write to the reporter, in the thread; give a date, or ask for something
    #[command(after_help = deciding::REPLY)]
    Reply(Reply),
    /// The problem is resolved: record it, thank the reporter
    #[command(after_help = deciding::RESOLVE)]
    Resolve(Resolve),
    /// It is published, or will be: record it, tell the reporter
    #[command(after_help = deciding::PUBLISH)]
    Publish(Publish),
    /// Nothing more is owed: the last letter, then it is closed
    #[command(after_help = deciding::CLOSE)]
    Close(Close),
    /// Make somebody responsible
    Assign(verbs::Assign),
    /// Write a note
    Note(verbs::Note),
    /// Set title, severity, reporter, dates and more
    Set(verbs::Set),
    /// Open a closed ticket again, or take back what was wrong
    Reopen(verbs::Reopen),
    /// A report that came by telephone, Signal, or as a file
    Open(verbs::Open),
    /// What was done and no letter says: update posted, thanked, credited, the policy's own
    Record(verbs::Record),
    /// Who is away, and who covers
    Away(verbs::Away),
    /// What happened on all tickets, as it is written
    Log(verbs::Log),
    /// Letters that wait, are held, failed, or are unknown
    #[command(
        after_help = "Examples: gatepost outbox\n          gatepost outbox release 7 8\n          gatepost outbox retry 12\n\nStates: held (a rule stopped it), queued, offered (leaving now), unknown (its bytes left twice and no answer came), refused (by the server, for good).\n\n--json: [{id, ticket, kind, to, subject, by, state, held_because, attempts, offers, message_id, created_at, not_before, put_off_since, sent_at, last_error, reply, copy}] attempts: how often the server said \"not now\"; offers: how often its bytes left; copy: of the folder for sent mail: wanted, done, or null where none belongs there"
    )]
    Outbox(Outbox),
    /// Without MAIL: the tray, what was found among junk, and conversations from before gatepost.
    /// With one: a ticket with its clock from receipt
    #[command(
        after_help = "Examples: gatepost adopt\n          gatepost adopt 12\n          gatepost adopt c3   (a conversation)\n\n--json: {tray: [{mail, folder, received_at, kind, because, from, name, marks, subject}], junk, conversations: [{conversation, mails, first_at, last_at, last_by, last_is_ours, subject}], aside}, with MAIL: [{mail, conversation, ref, name, received_at, held}]"
    )]
    Adopt {
        /// Numbers of mails in the tray or among junk, or of conversations
        #[arg(value_parser = super::adopt::wanted)]
        mail: Vec<super::adopt::Wanted>,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// How the promises of a span were kept, promise by promise
    #[command(after_help = counting::STATS)]
    Stats(Stats),
    /// Write a file: the list of thanks, security.txt, a calendar of deadlines, the case of a report
    #[command(subcommand, after_help = exporting::EXPORT)]
    Export(Export),
    /// Is every message accounted for, does the record agree with itself
    #[command(
        after_help = "Examples: gatepost audit\n          gatepost audit --repair   (takes in what has no row, and writes rows anew that say other than their facts)\nExit code 3 when there is a difference; each is told with what to do about it.\n\n--json: {folders: [{mailbox, folder, on_server, with_row, without_row, gone}], facts, head, differences, hints, repaired}; hints[n] is what to do about differences[n]"
    )]
    Audit {
        /// The record alone: do not ask the server
        #[arg(long)]
        offline: bool,
        /// Take in every message that has no row, by the daemon if one runs
        #[arg(long, conflicts_with = "offline")]
        repair: bool,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// Read the config back in English, log in everywhere, send nothing
    #[command(
        after_help = "Examples: gatepost check\n          gatepost check --offline   (the config and the calendar alone)\n          gatepost check --test      (the alarm command is told: test)\n          gatepost check --letters | less\n\nA line with ! is a warning, one with !! is wrong. Exit code 3 when something is wrong.\n\n--json: {ok, mailboxes: [{name, addresses: [{address, class}], authserv_ids, host, port, login, folders: [{name, role, mails}], not_watched, copies_to}], smtp: {host, port, login}, alarm: {command, works}, calendar: {zone, hours, days_off, known_until}, policy: {name, version}, promises: [{name, page, class, soft, due_at, remind, to}], hints: [{rule, page, letter}], team: [{name, second_line}], warnings, faults} login and works are null where they were not tried; due_at is that of a report which came now."
    )]
    Check(Check),
    /// Is all well: exit code 3 and every reason, with what to do, when it is not
    #[command(
        after_help = "Examples: gatepost health\n          gatepost health --json\n\nReasons: store, no-daemon, config, no-pass (a folder was not read to its end for 13 minutes), no-baseline, smtp (10 minutes), outbox (a letter waits for an hour), letters (unknown or refused), audit, head (how far the record has come cannot be kept beside it), reminders, promises (the policy has none, and some of before are open), overdue, unreadable, clock, alarm. Warnings leave the exit code at 0: calendar, names (one that was withdrawn stands in a file of ours), security-txt (it ends within 30 days). The daemon tells the alarm command of the same (see `gatepost help config`); keys are imap/NAME, smtp and health/REASON.\n\n--json: {ok, since, reasons: [{reason, mailbox, since, text, hint}], warnings: [the same], looked_at}"
    )]
    Health {
        /// For scripts: instants are RFC 3339 in UTC
        #[arg(long)]
        json: bool,
    },
    /// Make the store; what is in the mailbox now becomes the baseline
    #[command(
        after_help = "Examples: gatepost init\n          gatepost init --folder Archive   (a folder added to the config later)\n\n--json: {folders: [{mailbox, folder, role, mails}], mails, store, warnings}"
    )]
    Init {
        /// Take the baseline of one more folder
        #[arg(long, value_name = "NAME")]
        folder: Option<String>,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// A copy of the record, while gatepost runs
    #[command(
        after_help = "Example: gatepost backup /var/backups/gatepost/$(date +%F).db\n\nThe copy is one moment, checked, readable by you alone, and marked: `run` on it stops and shows what it would do, until you say --restored. Reports are confidential in it as in the store.\n\n--json: {file, bytes, checked, index_anew, made_at} index_anew: the index of words was damaged, and the daemon fills it anew when it runs on the copy"
    )]
    Backup {
        /// Where to: a file that is not there yet, in a folder that only you can write
        file: PathBuf,
        /// For scripts
        #[arg(long)]
        json: bool,
    },
    /// The daemon: watch the mailbox, send letters, remind the team
    #[command(
        after_help = "Examples: gatepost run\n          gatepost run --once   (each turn once, then end: for cron)\n\nSIGTERM and SIGINT end it within 10 seconds. SIGHUP reads the config anew; one that cannot be taken is told in the log and by `health`, and the old one stays. It speaks sd_notify: ready when every folder was read, or after 60 seconds; `gatepost help unit` prints a unit for systemd."
    )]
    Run {
        /// Each turn once, then end
        #[arg(long)]
        once: bool,
        /// The store is a copy that `backup` made, and the original is gone for good
        #[arg(long)]
        restored: bool,
        /// How log lines look [default: text; journal where the journal reads them]
        #[arg(long, value_enum, value_name = "FORM")]
        log: Option<LogForm>,
        /// What is logged: error, warn, info, debug, trace
        #[arg(
            long,
            env = "GATEPOST_LOG",
            default_value = "info",
            value_name = "LEVEL"
        )]
        level: String,
    },
    /// What an SSH key forces: runs what was typed, as one person, without files
    #[command(
        after_help = "In ~gatepost/.ssh/authorized_keys, one line for each key:\n  restrict,pty,command=\"gatepost --as anna ssh\" ssh-ed25519 AAAA... anna\nand on her machine: alias gp='ssh -t gatepost@box', then: gp show 42\n\nThe person is fixed by the key; --config, files and `run`, `init`, `backup` are refused. Texts come on standard input (--message -), or from an editor that opens nothing else (rnano)."
    )]
    Ssh,
    /// Print a completion script
    #[command(
        hide = true,
        after_help = "Example: gatepost completions bash > /etc/bash_completion.d/gatepost"
    )]
    Completions {
        /// bash, zsh or fish
        shell: clap_complete::Shell,
    },
    /// What completions offer for REF
    #[command(hide = true)]
    CompleteRefs,
    /// What completions offer for the last of these words
    #[command(hide = true)]
    CompleteValues {
        /// The command line behind `gatepost`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Reads one mail from standard input, within limits: what `run` starts for a mail that
    /// ended it twice
    #[command(name = PARSE_ONE, hide = true)]
    ParseOne,
    /// Help on a command, or the text of: config, policy, hints, letters, facts, unit
    Help {
        /// A command; `config` (an example with every key), `policy`, `hints`, `letters` (what ships), `facts`, or `unit` (for systemd)
        topic: Option<String>,
        /// The name of a policy, or of what `export` exports
        name: Option<String>,
    },
}

/// Text as a terminal gives it: what is no UTF-8 in it stands for itself and finds nothing.
fn lossy() -> impl TypedValueParser<Value = String> {
    OsStringValueParser::new().map(|text| text.to_string_lossy().into_owned())
}

/// How log lines look.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    /// For people: with the time, in UTC
    Text,
    /// For the systemd journal, which has the time: each line with its priority
    Journal,
    /// One JSON object a line
    Json,
}

#[derive(ClapArgs, Default)]
pub struct List {
    /// Look for words in subjects, texts, notes and addresses of all tickets, closed ones too
    #[arg(conflicts_with_all = ["like", "sort"], value_parser = lossy())]
    pub words: Vec<String>,
    /// Closed tickets too, and those among junk; with WORDS: all that are found
    #[arg(long)]
    pub all: bool,
    /// Only those that are late
    #[arg(long)]
    pub late: bool,
    /// Only mine
    #[arg(long, conflicts_with = "owner")]
    pub mine: bool,
    /// Only those of WHO, or of `nobody`
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,
    /// Only those of this class
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,
    /// Only those with something due within this span: 3h, 2d, 5bd
    #[arg(long, value_name = "SPAN")]
    pub due: Option<String>,
    /// Only those whose acknowledgement is held
    #[arg(long)]
    pub held: bool,
    /// What was found among junk, and nothing else
    #[arg(long, conflicts_with_all = ["all", "late", "mine", "owner", "class", "due", "held", "like"])]
    pub junk: bool,
    /// Only those that look like REF, one by one
    #[arg(long, value_name = "REF")]
    pub like: Option<String>,
    /// In which order
    #[arg(long, value_enum, default_value = "due", value_name = "WORD")]
    pub sort: Sort,
    /// For scripts: an array
    #[arg(long)]
    pub json: bool,
}

/// The order of a list.
#[derive(Clone, Copy, Default, ValueEnum)]
pub enum Sort {
    /// The most urgent first
    #[default]
    Due,
    /// The newest report first
    Received,
    /// By number
    Ref,
    /// By owner, those of nobody first
    Owner,
    /// The worst first, those without a severity last
    Severity,
}

#[derive(ClapArgs)]
pub struct Show {
    /// The ticket
    pub reference: String,
    /// The text of mail N of the thread, quotes folded
    #[arg(long, value_name = "N", conflicts_with = "raw")]
    pub text: Option<usize>,
    /// With what is quoted; without --text: every mail whole
    #[arg(long, conflicts_with = "raw")]
    pub quotes: bool,
    /// Write all attachments into this folder, which only you can open
    #[arg(long, value_name = "DIR", conflicts_with_all = ["raw", "text", "json"])]
    pub save: Option<std::path::PathBuf>,
    /// The raw bytes of mail N, exactly as they came
    #[arg(long, value_name = "N")]
    pub raw: Option<usize>,
    /// Part P of mail N, as `show` lists its attachments; of mail 1 without N
    #[arg(long, value_name = "[N.]P", conflicts_with_all = ["raw", "text", "save", "json"])]
    pub part: Option<String>,
    /// What the command of the config (`[openpgp]`) makes of the encrypted mail N, or of all;
    /// it is shown and kept nowhere
    #[arg(long, value_name = "N", num_args = 0..=1, conflicts_with_all = ["raw", "text", "save", "part", "json", "log"])]
    pub decrypt: Option<Option<usize>>,
    /// With --decrypt: the bytes that the command printed, into a pipe or a file of yours
    #[arg(long, requires = "decrypt")]
    pub bytes: bool,
    /// Who did what when
    #[arg(long)]
    pub log: bool,
    /// For scripts
    #[arg(long)]
    pub json: bool,
}

#[derive(ClapArgs)]
pub struct Check {
    /// The config alone: do not log in
    #[arg(long)]
    pub offline: bool,
    /// Run the alarm command with {"event":"test"}
    #[arg(long)]
    pub test: bool,
    /// Show every letter as it would read, with sample data, and stop
    #[arg(long, conflicts_with_all = ["offline", "test"])]
    pub letters: bool,
    /// For scripts
    #[arg(long, conflicts_with = "letters")]
    pub json: bool,
}

#[derive(ClapArgs)]
pub struct Outbox {
    #[command(subcommand)]
    pub action: Option<OutboxAction>,
    /// For scripts; with an action, its letters as they are now
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Subcommand)]
pub enum OutboxAction {
    /// Send held acknowledgements, written anew
    #[command(after_help = "Example: gatepost outbox release 7 8")]
    Release(Letters),
    /// Never send letters that have not left
    #[command(after_help = "Example: gatepost outbox drop 7")]
    Drop(Letters),
    /// Send refused, unknown or waiting letters now, with the same bytes
    #[command(after_help = "Example: gatepost outbox retry 12")]
    Retry(Letters),
    /// Say that unknown or refused letters arrived: what they say counts
    #[command(after_help = "Example: gatepost outbox sent 12")]
    Sent(Letters),
}

#[derive(ClapArgs)]
pub struct Letters {
    /// Their numbers in the outbox: all are done, or none
    #[arg(required = true)]
    pub letter: Vec<i64>,
}
