//! A promise, read back: what it would mean for a report that came now, and who hears of it.

use super::document::PromiseLine;
use crate::cli::{look, output};
use crate::config::Config;
use crate::promise::{self, Audience, Deadline, OneOf, Promise, Step};
use crate::ticket::{Fact, What};
use jiff::Timestamp;

/// What the promise would mean for a report that came now.
pub fn line(config: &Config, promise: &Promise, now: Timestamp) -> PromiseLine {
    output::block(&promise::heading(&promise.name, &promise.page));
    if let Some(class) = &promise.class {
        output::line(format!("          only for the class {class}"));
    }
    if !promise.except.is_empty() {
        let classes = promise.except.join(", ");
        output::line(format!("          not for the class {classes}"));
    }
    if promise.soft {
        output::line("          soft: told and counted apart, never called late");
    }
    let due = due_now(config, promise, now);
    let due_at = due.as_ref().map(|d| d.due_at);
    match (due, promise.within, promise.by) {
        (Some(deadline), _, _) => {
            output::line(format!(
                "          A mail now ({}) -> by {}.",
                look::moment(now, &config.calendar),
                look::moment(deadline.due_at, &config.calendar)
            ));
            for zone in config.calendar.also_shown() {
                let there = promise::elsewhere(deadline.due_at, zone, promise::Dates::Short);
                output::line(format!("          that is {there}"));
            }
        }
        (None, Some(span), _) => {
            output::line(format!(
                "          within {} from: {}",
                span.words(),
                started_by(promise)
            ));
        }
        (None, None, Some(date)) => output::line(format!(
            "          by the {} date that the ticket carries",
            date.word()
        )),
        (None, None, None) => output::line(format!(
            "          no deadline: told until it is kept, from: {}",
            started_by(promise)
        )),
    }
    let needs: Vec<String> = promise.needs.iter().map(OneOf::words).collect();
    output::marked("          ", &format!("kept by: {}", needs.join(" + ")));
    if !promise.remind.is_empty() {
        let steps: Vec<String> = promise.remind.iter().map(Step::words).collect();
        output::marked("          ", &format!("told: {}", steps.join(", ")));
        output::marked("          ", &format!("to: {}", whom(config, promise)));
    }
    PromiseLine::new(promise, due_at, whom(config, promise))
}

/// The facts that start it: all of them, the last counts.
fn started_by(promise: &Promise) -> String {
    let from: Vec<String> = promise.from.iter().map(OneOf::names).collect();
    from.join(" + ")
}

/// When the promise would be due for a report that came now, if a report starts it.
fn due_now(config: &Config, promise: &Promise, now: Timestamp) -> Option<Deadline> {
    let starts = promise
        .from
        .iter()
        .any(|any| any.0.iter().any(|f| f.as_str() == "received"));
    let classed = promise.class.clone().map(|class| What::Classed { class });
    let facts: Vec<Fact> = std::iter::once(What::Received)
        .chain(classed)
        .zip(1..)
        .map(|(what, n)| Fact::supposed(n, now, what))
        .collect();
    let run = promise::runs(promise, &facts, &config.calendar)
        .into_iter()
        .next()
        .filter(|_| starts);
    promise::deadline(promise, &run?, &config.calendar)
}

/// Who hears of the promise, in words.
fn whom(config: &Config, promise: &Promise) -> String {
    let words = |to: &Audience| match to {
        Audience::Owner => "the owner, or all as long as there is none".to_owned(),
        Audience::Team => "all".to_owned(),
        Audience::SecondLine => "2nd line".to_owned(),
        Audience::Person(name) => name.clone(),
    };
    let mut whom = match promise.to.as_slice() {
        [] => words(&Audience::Owner),
        to => to.iter().map(words).collect::<Vec<_>>().join(", "),
    };
    if let Some(step) = promise
        .escalate
        .filter(|_| config.second_line().next().is_some())
    {
        whom.push_str(&format!("; + 2nd line from \"{}\" on", step.words()));
    }
    if promise.any_hour {
        whom.push_str("; at any hour");
    }
    whom
}
