//! Where a report stands in its life, and what a person does next: each a command to copy.

use super::super::{Here, words};
use crate::desk::File;
use crate::desk::act::{self, FirstDate};
use crate::desk::silence::{Silence, silence};
use crate::store::{Letter, LetterKind, LetterState};
use crate::ticket::{Field, Outcome, Stage, WaitsFor, What, counting};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// What to do next.
#[derive(Serialize)]
pub struct Next {
    /// The command.
    pub command: String,
    /// Why, or what may be done in its place; may be empty.
    pub because: String,
}

/// The stage in words: `evaluated, in work`.
pub fn stage(file: &File) -> String {
    let ticket = &file.ticket;
    let more = match (ticket.stage, ticket.outcome) {
        (Stage::New, Some(outcome)) if outcome.is_interim() => outcome.word(),
        (Stage::New, _) if ticket.acknowledged_at.is_some() => "acknowledged",
        (Stage::Evaluated, Some(Outcome::Accepted)) => "in work",
        (Stage::New | Stage::Evaluated, _)
        | (Stage::Junk | Stage::Resolved | Stage::Published | Stage::Closed, _) => "",
    };
    match more {
        "" => ticket.stage.word().to_owned(),
        more => format!("{}, {more}", ticket.stage.word()),
    }
}

/// For whom it waits: what is fixed waits for no others, and what is closed for nobody.
pub fn waits_for(file: &File) -> Option<WaitsFor> {
    let stage = file.ticket.stage;
    file.ticket.waits_for.filter(|on| match on {
        WaitsFor::Others => stage < Stage::Resolved,
        WaitsFor::Reporter => stage != Stage::Closed,
    })
}

/// For whom it waits, since when, and what comes of it.
pub fn waits(here: &Here, file: &File, now: Timestamp) -> Option<String> {
    let on = waits_for(file)?;
    let calendar = &here.config.calendar;
    let day = |on: Date| on.strftime("%a %-d %b").to_string();
    let since = file.ticket.waits_since;
    let since = since.map(|at| format!(" since {}", day(calendar.local_date(at))));
    let then = lasting(here, file).map_or(String::new(), |silence| {
        let day = day(calendar.local_date(silence.from));
        match (silence.from <= now, silence.called) {
            (true, _) => "; they are silent".to_owned(),
            (false, _) if silence.goes_on => format!("; we go on without them {day}"),
            (false, false) => format!("; a last call is due {day}"),
            (false, true) => format!("; had the last call, to be closed {day}"),
        }
    });
    Some(format!(
        "for {}{}{then}",
        on.word(),
        since.unwrap_or_default()
    ))
}

fn lasting(here: &Here, file: &File) -> Option<Silence> {
    silence(&file.ticket, &here.config.calendar, here.config.last_call)
}

/// What to do next, the most urgent first; no command twice. What a letter does that has not
/// left yet is not asked for again: that letter comes first.
/// `first` is the date of the report that this one repeats.
pub fn steps(
    here: &Here,
    file: &File,
    letters: &[Letter],
    first: Option<FirstDate>,
    now: Timestamp,
) -> Vec<Next> {
    let n = file.row.number.0;
    match file.ticket.stage {
        Stage::Closed => return Vec::new(),
        Stage::Junk => return among_junk(file),
        Stage::New | Stage::Evaluated | Stage::Resolved | Stage::Published => {}
    }
    let waiting: Vec<&Letter> = letters.iter().filter(|l| waits_to_leave(l)).collect();
    let mut steps: Vec<Next> = waiting.iter().map(|letter| on_its_way(letter)).collect();
    let does = |missing: &str| does(&waiting, missing);
    let silent = lasting(here, file).filter(|silence| silence.from <= now);
    steps.extend(silent.map(|silence| {
        let because = match silence.called {
            _ if silence.goes_on => "they do not answer: it is a vulnerability all the same",
            true => "nothing came after the last call",
            false => "they do not answer what we asked",
        };
        step(silence.command(n), because)
    }));
    let duty = file.first_duty().filter(|duty| duty.presses());
    let missing = duty.map_or(&[][..], |duty| &duty.state.missing);
    let verbs = missing.iter().filter(|m| !does(m));
    let verbs = verbs.filter_map(|m| verb(here, file, m));
    match evaluation(here, file, first).filter(|_| !does("evaluated")) {
        _ if file.row.reporter.is_none() => steps.extend(unheard(here, file, missing)),
        Some(first) => {
            // Where an answer alone is owed first, nobody has to be evaluated for it.
            steps.extend(verbs.filter(|_| missing == ["answered"]));
            steps.push(first);
        }
        None => {
            steps.extend(verbs);
            steps.extend(life(here, file));
            if steps.is_empty() && file.ticket.stage == Stage::New {
                let because = "nothing more is promised";
                steps.push(step(format!("gatepost close {n}"), because));
            }
        }
    }
    let mut known: Vec<String> = Vec::new();
    steps.retain(|step| {
        let new = !known.contains(&step.command);
        known.push(step.command.clone());
        new
    });
    steps
}

/// A person says whether what lies among junk is a report.
fn among_junk(file: &File) -> Vec<Next> {
    let n = file.row.number.0;
    let junked = |what: &What| matches!(what, What::Junked { .. });
    let mail = file.facts.iter().rfind(|f| junked(&f.what));
    let adopt = match mail.and_then(|fact| fact.mail) {
        Some(mail) => format!("gatepost adopt {mail}"),
        None => "gatepost list --junk".to_owned(),
    };
    vec![
        step(adopt, "if it is a report"),
        step(format!("gatepost close {n}"), "if it is none: no letter"),
    ]
}

/// A person decided it, and the reporter does not know yet.
fn waits_to_leave(letter: &Letter) -> bool {
    let waits = match letter.state {
        LetterState::Held | LetterState::Queued | LetterState::Offered => true,
        LetterState::Sent
        | LetterState::Unknown
        | LetterState::Refused
        | LetterState::Superseded
        | LetterState::Dropped => false,
    };
    waits && letter.kind != LetterKind::Acknowledgement
}

fn on_its_way(letter: &Letter) -> Next {
    let what = words::letter(letter.kind);
    match letter.state {
        LetterState::Held => step(
            format!("gatepost outbox release {}", letter.id),
            &format!("the {what} is held"),
        ),
        _ => step("gatepost outbox", &format!("the {what} has not left yet")),
    }
}

/// Whether one of these letters brings about what is missing.
fn does(letters: &[&Letter], missing: &str) -> bool {
    let mut facts = letters.iter().flat_map(|letter| &letter.facts);
    facts.any(|fact| missing.split(" or ").any(|m| m == fact.name().to_string()))
}

fn step(command: impl Into<String>, because: &str) -> Next {
    let (command, because) = (command.into(), because.to_owned());
    Next { command, because }
}

fn misses(file: &File, what: &str) -> bool {
    let mut open = file.duties.iter().filter(|d| d.stored.open);
    open.any(|d| d.state.missing.iter().any(|m| m.contains(what)))
}

/// As long as there is no whole evaluation, only an answer that is owed comes before it. A
/// class that releases from promises asks for one only where it is promised all the same.
fn evaluation(here: &Here, file: &File, first: Option<FirstDate>) -> Option<Next> {
    let (n, ticket) = (file.row.number.0, &file.ticket);
    let none = ticket.decided().is_none();
    let releases = here.config.policy.released();
    let released = file.row.classes.iter().any(|c| releases.contains(c));
    let missing = misses(file, "evaluated") || (ticket.stage == Stage::New && none && !released);
    if let Some(first) = ticket.follows().filter(|_| missing) {
        let command = format!("gatepost evaluate {n} duplicate --of {}", first.0);
        return Some(step(command, "the reporter has not been told"));
    }
    if missing {
        return Some(step(
            format!("gatepost evaluate {n} accepted --expected DATE"),
            "or another outcome",
        ));
    }
    misses(file, "dated").then(|| {
        if let Some(first) = first {
            return with_the_first(n, &first);
        }
        let outcome = file.row.outcome.map_or("accepted", |o| o.word());
        step(
            format!("gatepost evaluate {n} {outcome} --expected DATE"),
            "the date is missing",
        )
    })
}

/// Nobody can be written to: a decision goes on record without a letter, and what would have to
/// reach the reporter ends with the ticket.
fn unheard(here: &Here, file: &File, missing: &[String]) -> Vec<Next> {
    let (n, ticket) = (file.row.number.0, &file.ticket);
    let first = evaluation(here, file, None).filter(|_| ticket.decided().is_none());
    if let Some(Next { command, .. }) = first {
        let said = "or another outcome; no letter; told elsewhere: --said-at TIME --via WAY";
        let reporter = format!("gatepost set {n} reporter=ADDRESS");
        return vec![
            step(command, said),
            step(reporter, "if there is one to write to"),
        ];
    }
    let is_new = ticket.stage == Stage::New && ticket.outcome == Some(Outcome::Accepted);
    let mut steps = Vec::from_iter(is_new.then(|| resolve(n)));
    steps.extend(missing.iter().filter_map(|m| verb(here, file, m)));
    steps.extend(life(here, file));
    // A reply is refused, and so it is no other way.
    steps.retain(|step| !step.command.starts_with("gatepost reply"));
    for step in &mut steps {
        if step.because.contains("reply ") {
            step.because.clear();
        }
    }
    if steps.iter().all(|step| !step.command.contains(" close ")) {
        let because = format!("nobody can be told; else: set {n} reporter=ADDRESS");
        steps.push(step(format!("gatepost close {n} --silent"), &because));
    }
    steps
}

/// A duplicate has the date of its first report, once that is told.
fn with_the_first(n: i64, of: &FirstDate) -> Next {
    let (first, on) = (of.first, of.on);
    let told = format!("gatepost reply {n} --expected {on}");
    match of.letter {
        None => step(told, &format!("the date of {first}")),
        Some(letter) => step(
            "gatepost outbox",
            &format!("letter {letter} tells {first} the date {on} and has not left; then {told}"),
        ),
    }
}

/// The command that does what is missing; none for a fact of the policy's own, whose name
/// says nothing to us but that it can be recorded.
fn verb(here: &Here, file: &File, missing: &str) -> Option<Next> {
    let n = file.row.number.0;
    let (first, _) = missing.split_once(" or ").unwrap_or((missing, ""));
    Some(match first {
        "answered" if points_elsewhere(here, file) => step(
            format!("gatepost reply {n} --letter support"),
            "or in your own words",
        ),
        "answered" => step(format!("gatepost reply {n}"), ""),
        "resolved" => resolve(n),
        "update-posted" => step(format!("gatepost record {n} update-posted"), ""),
        "published" => publish(n),
        "thanked" => thank(n),
        "owned" => step(format!("gatepost assign {n} WHO"), "nobody looks after it"),
        "credited" => credit(here, file)?,
        "evaluated" | "dated" | "acknowledged" | "date-not-due" | "credit-declined" => return None,
        own => step(format!("gatepost record {n} {own}"), ""),
    })
}

/// Others help with what is no security problem, and it is said where.
fn points_elsewhere(here: &Here, file: &File) -> bool {
    let is_support = file.row.classes.iter().any(|class| class == "support");
    is_support && here.config.organisation.support.is_some()
}

fn resolve(n: i64) -> Next {
    step(
        format!("gatepost resolve {n}"),
        &format!("or reply {n} --expected DATE --because TEXT"),
    )
}

fn publish(n: i64) -> Next {
    step(
        format!("gatepost publish {n} --link URL"),
        "--on DATE, if it is to come",
    )
}

fn thank(n: i64) -> Next {
    let because = format!("or thank them: reply {n}");
    step(format!("gatepost record {n} thanked"), &because)
}

/// Credit is asked for in the evaluation; a person records what came of it.
fn credit(here: &Here, file: &File) -> Option<Next> {
    let n = file.row.number.0;
    let done = has(file, &What::Credited);
    if done || file.ticket.credit_declined {
        return None;
    }
    let lists = |list: &crate::config::SecurityTxt| list.credits;
    let (page, list) = (&here.config.credits, &here.config.security_txt);
    let has_a_list = page.is_some() || list.as_ref().is_some_and(lists);
    if has_a_list && file.ticket.agreed_name().is_some() {
        let because = format!("or export security-txt, export elsewhere {n}");
        return Some(step("gatepost export credits", &because));
    }
    Some(match file.ticket.set.get(&Field::Credit) {
        Some(_) if file.ticket.agreed_name().is_some() => step(
            format!("gatepost record {n} credited"),
            "when our files name them",
        ),
        Some(_) => step(
            format!("gatepost set {n} credit=anonymous"),
            "consent=no: nobody is named",
        ),
        None => step(
            format!("gatepost set {n} credit=NAME"),
            "or credit=anonymous: nobody is named",
        ),
    })
}

fn has(file: &File, what: &What) -> bool {
    counting(&file.facts).iter().any(|f| f.what == *what)
}

/// What the next stage asks for, whatever is promised.
fn life(here: &Here, file: &File) -> Vec<Next> {
    let (n, ticket) = (file.row.number.0, &file.ticket);
    let mut steps = Vec::new();
    if ticket.chased > 0 {
        steps.push(step(format!("gatepost reply {n}"), "they wrote again"));
    }
    let ends = ticket.outcome.is_some_and(Outcome::is_final);
    match ticket.stage {
        Stage::Evaluated | Stage::Resolved | Stage::Published if ticket.owner.is_none() => {
            let because = "nobody looks after it";
            steps.push(step(format!("gatepost assign {n} WHO"), because));
        }
        _ => {}
    }
    match ticket.stage {
        Stage::Evaluated if ends => steps.push(step(format!("gatepost close {n}"), "")),
        // A duplicate is resolved with its first.
        Stage::Evaluated if ticket.follows().is_none() => steps.push(resolve(n)),
        Stage::Resolved | Stage::Published => steps.extend(close_out(here, file)),
        Stage::Evaluated | Stage::Junk | Stage::New | Stage::Closed => {}
    }
    steps
}

/// After the resolution: published, thanked, credited; and when all is done, closed.
fn close_out(here: &Here, file: &File) -> Vec<Next> {
    let n = file.row.number.0;
    let public = act::is_published(&file.facts);
    let mut steps = Vec::new();
    steps.extend((!public).then(|| publish(n)));
    steps.extend((!has(file, &What::Thanked)).then(|| thank(n)));
    steps.extend(credit(here, file));
    if steps.is_empty() {
        steps.push(step(format!("gatepost close {n}"), "all is done"));
    }
    steps
}
