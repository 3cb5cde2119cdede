//! The words of `stats`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

pub const STATS: &str = "Examples: gatepost stats
          gatepost stats 2027-Q2
          gatepost stats --since 2027-04-01 --until 2027-05-12 --late
          gatepost stats --html board.html
          gatepost stats 2027-Q2 --format csv > q2.csv

Without a span: the quarter of today. A promise is counted on the local day on which it is due, in
the calendar's zone; both ends are included. One without a time counts on the day on which it began.
  kept    met in time
  moved   a new date was told before the old one was due: neither kept nor late
  late    not met when it was due: met later, half kept, closed or replaced since, or open still
  open    not due yet, or at rest while we wait for the reporter
  void    over before it was due, without being met
  cannot  what is missing is a letter, and there is nobody to write to (a column where there are any)
They add up to what was due; \"in time\" is kept of kept and late, rounded down. Soft promises stand
apart: what has passed its day is never called late. Median and longest are of what was met, in the
promise's own unit, a begun tenth rounded up: day 3 of business ends at 3 bd. `+`: the longest goes
on. Junk, spam, and what began before a ticket was adopted are in no figure, and are
counted beside. Each promise counts under the page of its day: where pages changed, each is named
with how many were promised under it, and each sentence stands with its own figures.

--html: one page for the team: open tickets by deadline, promises over time. Nothing is fetched and
no script runs. A new file is readable by you alone, and so is one that was empty; a page that is
there keeps its rights: for a web server, chmod it once.
--format csv: one line a promise; with --late one line for each that was late.
--format prometheus: gauges of the span, for a textfile collector; it names no ticket, so --late is
refused with it. --json has those that were late with and without --late.

--json: {span: {name, first, last, zone, since_at, until_at}, at, policy, policies: [{name, version,
promises}], received: {all, reports, classes, not_reports, adopted}, promises: [{promise, page,
under: [{policy, version, page, due, kept, moved, late, passed, open, void, cannot}], soft, unit,
due, kept, moved, late, passed, open, void, cannot, still_open, in_time, median, longest,
longest_goes_on, median_seconds, longest_seconds, late_ones: [{ref, times}], cannot_ones: [ref]}],
left_out: {not_reports, adopted}, late: [{ref, promise, soft, due_at, ended_at, how, missing,
late_seconds}]} policy is the one in force now, policies are those under which the counted promises
were made. page is the sentence of all, null where there were several: under has each. A unit of
null: no time. late is 0 where soft is true, and passed where it is not; in_time is 0 to 1;
durations are in the unit, or in real seconds. until_at is the first moment after the span.";

#[derive(Args)]
pub struct Stats {
    /// A quarter, a month or a year: 2027-Q2, 2027-05, 2027 [default: the quarter of today]
    #[arg(value_name = "SPAN", conflicts_with_all = ["since", "until"])]
    pub span: Option<String>,
    /// From this day on
    #[arg(long, value_name = "DAY")]
    pub since: Option<String>,
    /// Up to and with this day [default: today]
    #[arg(long, value_name = "DAY", requires = "since")]
    pub until: Option<String>,
    /// Which were late: when they were due, what became of them, how late they were
    #[arg(long)]
    pub late: bool,
    /// Write a page into this file; `-` is standard output
    #[arg(long, value_name = "FILE", conflicts_with_all = ["late", "format", "json"])]
    pub html: Option<PathBuf>,
    /// For other programs
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "json")]
    pub format: Option<Form>,
    /// For scripts: instants are RFC 3339 in UTC
    #[arg(long)]
    pub json: bool,
}

/// For which program.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// RFC 4180, for a spreadsheet
    Csv,
    /// The text exposition format of Prometheus
    Prometheus,
}
