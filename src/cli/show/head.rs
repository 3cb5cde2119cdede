//! What stands above the thread: who, what, what is due, what to do next.

use super::super::{Here, export, look, output};
use super::next;
use crate::cli::document::History;
use crate::desk::{Duty, File, act};
use crate::mail::Foreign;
use crate::store::Listing;
use crate::ticket::{Field, Planned, Score, What};
use jiff::Timestamp;
use jiff::civil::Date;

/// Prints it.
pub fn head(
    here: &Here,
    file: &File,
    listing: &Listing,
    history: Option<&History>,
    now: Timestamp,
) {
    who(here, file, listing, history);
    properties(file);
    file.duties.iter().for_each(|d| due(here, d, now));
    dates(here, file, now);
    warnings(file);
    for step in next::steps(here, file, now) {
        let because = match step.because.as_str() {
            "" => String::new(),
            because => format!("   ({because})"),
        };
        output::line(format!("next {}{because}", step.command));
    }
}

fn who(here: &Here, file: &File, listing: &Listing, history: Option<&History>) {
    let row = &file.row;
    let owner = row.owner.as_deref().unwrap_or("nobody");
    let severity = severity(file);
    let (name, rest) = (
        format!("{} {}", row.reference, row.name),
        format!("owner {owner}   severity {severity}"),
    );
    let taken = name.chars().count() + rest.chars().count() + 8;
    let title = title(file, output::width().saturating_sub(taken).max(20));
    output::strong(format!("{name}   {title}   {rest}"));
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
        format!("   {} report of this address{accepted}", ordinal(h.reports))
    });
    let outcome = row
        .outcome
        .map_or(String::new(), |o| format!("   outcome {}", o.word()));
    output::line(format!("{reporter}{name}{}{history}", proof(listing)));
    let class = if row.classes.is_empty() {
        String::new()
    } else {
        format!("   class {}", row.classes.join(", "))
    };
    output::line(format!(
        "stage {}{outcome}{class}   credit: {}",
        next::stage(file),
        export::words(file)
    ));
}

/// `high`, `high (8.6)`, `high (disputed: they say critical)`.
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
        "pass" => format!("   {}", because.split_whitespace().next().unwrap_or("pass")),
        "fail" => format!("   AUTHENTICATION FAILED ({because})"),
        _ => "   authentication none".to_owned(),
    }
}

/// Our own title as it is, else the subject in quotes.
fn title(file: &File, room: usize) -> String {
    match &file.row.title {
        Some(title) => Foreign::new(title.as_str()).cut(room),
        None => output::quoted(&file.row.subject, room),
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
        output::line(format!(
            "subject {}",
            output::quoted(&file.row.subject, 200)
        ));
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
            output::line(format!(
                "{} {}",
                field.word(),
                Foreign::new(value.as_str()).line()
            ));
        }
    }
}

fn due(here: &Here, duty: &Duty, now: Timestamp) {
    let boxes: Vec<String> = duty
        .promise
        .needs
        .iter()
        .zip(&duty.run.met)
        .map(|(need, met)| {
            format!(
                "[{}] {}",
                if met.is_some() { "x" } else { " " },
                need.words()
            )
        })
        .collect();
    let when = if duty.stored.open {
        look::duty(duty, now, &here.config.calendar)
    } else {
        match duty.due_at() {
            Some(at) => look::moment(at, &here.config.calendar),
            None => format!(
                "from {}",
                look::moment(duty.run.started_at, &here.config.calendar)
            ),
        }
    };
    let text = format!(
        "DUE  {:<8} {when}  {}  {}",
        duty.promise.name,
        boxes.join("  "),
        duty.state.standing.word()
    );
    let late = duty.due_at().is_some_and(|at| now > at);
    if duty.presses() && late && !duty.promise.soft {
        output::alarm(text)
    } else {
        output::line(text)
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
