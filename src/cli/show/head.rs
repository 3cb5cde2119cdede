//! What stands above the thread: who, what, what is due, what to do next.

use super::super::{Here, export, look, output};
use super::{Next, due, next};
use crate::cli::document::History;
use crate::desk::{File, act};
use crate::mail::Foreign;
use crate::store::Listing;
use crate::ticket::{Field, Planned, Score, What};
use jiff::Timestamp;
use jiff::civil::Date;

/// A subject is shown up to this many columns, on as many lines as it takes.
const TITLE: usize = 250;

/// Prints it: what is claimed and by whom, what is due, what stands against it, what to do
/// next; then all else that is known.
pub fn head(
    here: &Here,
    file: &File,
    listing: &Listing,
    history: Option<&History>,
    steps: &[Next],
    now: Timestamp,
) {
    claimed(file);
    who(here, file, listing, history);
    due::open(here, file, now);
    dates(here, file, now);
    warnings(file);
    for step in steps {
        let because = match step.because.as_str() {
            "" => String::new(),
            because => format!("({because})"),
        };
        let lines = output::lines_of("next ", &[step.command.clone(), because], 3);
        lines.iter().for_each(output::line);
    }
    stands(file);
    properties(file);
    due::past(file);
}

/// The reference, what it is about, whose it is, how bad: on one line where the title has
/// room there, else with the title on lines of its own.
fn claimed(file: &File) {
    let row = &file.row;
    let name = format!("{} {}", row.reference, row.name);
    let owner = row.owner.as_deref().unwrap_or("nobody");
    let mut rest = vec![
        format!("owner {owner}"),
        format!("severity {}", severity(file)),
    ];
    if !row.classes.is_empty() {
        rest.push(format!("class {}", row.classes.join(", ")));
    }
    let title = title(file);
    let mut parts = vec![name, title.clone()];
    parts.extend(rest.iter().cloned());
    let one_line = [3, 2].map(|gap| output::lines_of("", &parts, gap));
    let one_line = one_line.iter().find_map(|lines| match lines.as_slice() {
        [one] => Some(one),
        _ => None,
    });
    if let Some(one) = one_line {
        return output::strong(one);
    }
    parts.remove(1);
    let lines = output::lines_of("", &parts, 3);
    lines.iter().for_each(output::strong);
    output::strong_block(&title);
}

fn who(here: &Here, file: &File, listing: &Listing, history: Option<&History>) {
    let row = &file.row;
    let name = if row.reporter_name.is_blank() {
        String::new()
    } else {
        format!(" ({})", output::quoted(&row.reporter_name, 40))
    };
    let marks = here.marks(row.reporter.as_ref(), &row.reporter_name);
    let nobody = "no address that can be written to";
    let reporter = look::address(row.reporter.as_ref(), nobody, &marks);
    let history = history.map_or(String::new(), |h| {
        let accepted = if h.reports > 1 {
            format!(", {} accepted", h.accepted)
        } else {
            String::new()
        };
        format!("{} report from here{accepted}", ordinal(h.reports))
    });
    let parts = [format!("{reporter}{name}"), proof(listing), history];
    output::lines_of("", &parts, 3)
        .iter()
        .for_each(output::line);
}

/// Where it stands in its life; what the stage says already is not said again.
fn stands(file: &File) {
    let stage = next::stage(file);
    let outcome = file.row.outcome.map(|o| o.word());
    let outcome = outcome.filter(|word| !stage.ends_with(word));
    let outcome = outcome.map_or(String::new(), |word| format!("outcome {word}"));
    let credit = format!("credit: {}", export::words(file));
    let parts = [format!("stage {stage}"), outcome, credit];
    output::lines_of("", &parts, 3)
        .iter()
        .for_each(output::line);
}

/// `high`, `high (8.6)`, `high (disputed: they say critical)`; a vector stands below, whole.
fn severity(file: &File) -> String {
    let severity = file.row.severity.as_deref().unwrap_or("-");
    let severity = match Score::of(severity) {
        Some(score) => format!("{} ({})", score.severity, score.figure()),
        None => severity.to_owned(),
    };
    match file.ticket.set.get(&Field::SeverityIs) {
        Some(is) => format!("{severity} ({})", Foreign::new(is.as_str()).cut(40)),
        None => severity,
    }
}

/// Whether our mail server vouches for the reporter's address.
fn proof(listing: &Listing) -> String {
    let Some((is, because)) = &listing.authentication else {
        return String::new();
    };
    match is.as_str() {
        "pass" => because
            .split_whitespace()
            .next()
            .unwrap_or("pass")
            .to_owned(),
        "fail" => format!("AUTHENTICATION FAILED ({because})"),
        _ => "authentication none".to_owned(),
    }
}

/// Our own title as it is, else the subject in quotes.
fn title(file: &File) -> String {
    match &file.row.title {
        Some(title) => output::cut(&Foreign::new(title.as_str()), TITLE),
        None => output::quoted(&file.row.subject, TITLE),
    }
}

fn ordinal(n: u32) -> String {
    let end = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}

/// What people set, but for what has a place of its own.
fn properties(file: &File) {
    if file.row.title.is_some() {
        output::marked("subject ", &output::quoted(&file.row.subject, TITLE));
    }
    for (field, value) in &file.ticket.set {
        let shown = match field {
            Field::Severity => Score::of(value).is_some(),
            Field::Title | Field::SeverityIs | Field::Reporter | Field::Credit => false,
            Field::CoFinder
            | Field::Consent
            | Field::External
            | Field::Conduct
            | Field::AlreadyPublic
            | Field::Link
            | Field::Products
            | Field::Impact
            | Field::Parties
            | Field::Bounty
            | Field::See => true,
        };
        if shown {
            let mark = format!("{} ", field.word());
            output::marked(&mark, &Foreign::new(value.as_str()).line());
        }
    }
}

/// Dates that were set, whom it waits for, and a clash.
fn dates(here: &Here, file: &File, now: Timestamp) {
    let day = |date: &Date| date.strftime("%a %-d %b %Y").to_string();
    for (event, on) in &file.ticket.planned {
        let what = match event {
            Planned::Publication => "we publish",
            Planned::Embargo => "embargo until",
            Planned::ReporterPublication => "they publish",
        };
        let (knows, before) = told_of(here, file, *event, *on);
        output::line(format!("DATE {what} {}{knows}", day(on)));
        before.iter().for_each(output::line);
    }
    for clash in file.ticket.clashes() {
        output::alarm(format!("!    {}", look::clash(clash)));
    }
    if let Some(waits) = next::waits(here, file, now) {
        output::line(format!("WAIT {waits}"));
    }
}

/// What the reporter knows of that date, and which they were told before.
fn told_of(here: &Here, file: &File, event: Planned, on: Date) -> (String, Vec<String>) {
    let day = |date: Date| date.strftime("%a %-d %b").to_string();
    let since = |at| day(here.config.calendar.local_date(at));
    let mut told = act::planned_told(&file.facts, event);
    let knows = match (told.pop_if(|(last, _)| *last == on), event) {
        (Some((_, at)), _) => format!(", told {}", since(at)),
        (None, Planned::ReporterPublication) => String::new(),
        (None, Planned::Publication) => ", not told: publish --on".to_owned(),
        (None, Planned::Embargo) => ", not told: reply --embargo".to_owned(),
    };
    let before = told.into_iter();
    let before = before.map(|(was, at)| format!("     was {}, told {}", day(was), since(at)));
    (knows, before.collect())
}

fn warnings(file: &File) {
    let row = &file.row;
    if file.ticket.exploited {
        output::alarm("!    it is known to be exploited");
    }
    if let Some(claims) = row.claims {
        output::line(format!(
            "!    says that it belongs to {claims}; its author is nobody there"
        ));
    }
    if row.chased > 0 {
        let times = match row.chased {
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            n => format!("{n} times"),
        };
        output::line(format!(
            "!    the reporter has written {times} since a person last answered"
        ));
    }
    if file.ticket.unreachable {
        output::line("!    our last letter did not arrive: the reporter cannot be reached");
    }
    let reopened = file.facts.iter().rfind(|f| f.what == What::Reopened);
    if reopened.is_some_and(|f| f.mail.is_some()) {
        output::line("!    the reporter wrote after closing");
    }
}
