//! A reporter from whom we wait for something and who does not write: after so many
//! business days the team is told that a last call is due, and after that, that the report
//! can be closed. A person sends both; nothing is closed by itself.

use crate::promise::Calendar;
use crate::ticket::{Stage, Ticket, WaitsFor};
use jiff::Timestamp;
use jiff::civil::Date;

/// How long a reporter has been silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// The local day on which we began to wait.
    pub since: Date,
    /// When the team is told.
    pub from: Timestamp,
    /// They had the last call: what is left is to close it.
    pub called: bool,
}

/// The silence that lasts, whether or not it is time to tell of it. None where we do not
/// wait for the reporter.
pub fn silence(ticket: &Ticket, calendar: &Calendar, last_call: u16) -> Option<Silence> {
    let waits = ticket.waits_for == Some(WaitsFor::Reporter);
    // What is resolved needs no answer any more.
    let open = matches!(ticket.stage, Stage::New | Stage::Evaluated);
    let at = ticket.waits_since.filter(|_| waits && open)?;
    let since = calendar.local_date(at);
    let day = match ticket.last_call {
        None => calendar.business_day_after(since, last_call),
        Some(until) => calendar.business_day_after(until, 1),
    };
    Some(Silence {
        since,
        from: calendar.opening(day),
        called: ticket.last_call.is_some(),
    })
}

impl Silence {
    /// What is left to do, as a command.
    pub fn command(&self, ticket: i64) -> String {
        if self.called {
            format!("gatepost close {ticket}")
        } else {
            format!("gatepost reply {ticket} --letter last-call")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;
    use crate::ticket::{By, Fact, What};
    use jiff::civil::date;

    fn check(story: &[(&str, What)], wanted: Option<(Date, &str, bool)>) {
        let fact = |(n, (at, what)): (i64, &(&str, What))| Fact {
            n,
            at: at.parse().unwrap(),
            what: what.clone(),
            by: By::Gatepost,
            letter: None,
            mail: None,
            via: None,
        };
        let facts: Vec<Fact> = (1..).zip(story).map(fact).collect();
        let folder = tempfile::tempdir().unwrap();
        let config = sample::small(folder.path());
        let found = silence(&Ticket::fold(&facts), &config.calendar, 10);
        let found = found.map(|s| (s.since, s.from.to_string(), s.called));
        let wanted = wanted.map(|(since, from, called)| (since, from.to_owned(), called));
        assert_eq!(found, wanted, "{story:?}");
    }

    #[test]
    fn a_last_call_is_due_after_ten_business_days_and_the_end_after_its_day() {
        let on = Some(WaitsFor::Reporter);
        let asked = ("2027-05-07T09:00:00Z", What::Waiting { on });
        let until = date(2027, 6, 4);
        let called = ("2027-05-21T09:00:00Z", What::LastCalled { until });
        let since = date(2027, 5, 7);
        let first = Some((since, "2027-05-21T08:00:00Z", false));
        check(&[], None);
        check(std::slice::from_ref(&asked), first);
        let second = Some((since, "2027-06-07T08:00:00Z", true));
        check(&[asked.clone(), called.clone()], second);
        // Whatever they write ends it, and so does a letter that asks anew.
        let wrote = ("2027-05-22T09:00:00Z", What::ReporterWrote);
        check(&[asked.clone(), called.clone(), wrote], None);
        let again = ("2027-05-24T09:00:00Z", What::Waiting { on });
        let anew = Some((date(2027, 5, 24), "2027-06-07T08:00:00Z", false));
        check(&[asked.clone(), called, again], anew);
        check(
            &[asked.clone(), ("2027-05-08T09:00:00Z", What::Closed)],
            None,
        );
        let others = What::Waiting {
            on: Some(WaitsFor::Others),
        };
        check(&[asked, ("2027-05-08T09:00:00Z", others)], None);
    }
}
