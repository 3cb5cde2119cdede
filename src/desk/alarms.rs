//! Promises that ring at any hour: their reminders go to the command channel too.
//!
//! A promise with `any_hour` raises the alarm `REF/PROMISE` when each of its reminders is
//! due, and the alarm is over when the duty is. Once somebody owns the ticket it is
//! answered: it is not repeated by time alone any more, and its next reminder still rings.
//!
//! The text holds nothing of the report: the ticket's class and code name, what is
//! missing, and until when.

use super::{Duty, File, caps, settle};
use crate::config::Config;
use crate::letters;
use crate::promise::reminders;
use crate::store::{StoredDeadline, Tx};
use crate::ticket::Wanted;
use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Raises the alarm of a duty that rings when one of its reminders is due.
pub fn look(tx: &Tx, config: &Config, file: &File, duty: &Duty) -> Result<()> {
    if !duty.promise.any_hour {
        return Ok(());
    }
    let about = format!(
        "alarm/{}/{}@{}",
        file.row.reference, duty.stored.promise, duty.stored.start
    );
    let said_before: Vec<String> = tx
        .told(&format!("{about}/"))?
        .into_iter()
        .map(|(key, _, _)| key)
        .collect();
    let key = |step: &str| format!("{about}/{step}");
    let said = |step: &str| said_before.contains(&key(step));
    let asked = reminders::Duty {
        promise: &duty.promise,
        run: &duty.run,
        due_at: duty.due_at(),
        started_at: duty.stored.started_at,
        line: reminders::Line::First,
    };
    let plan = reminders::plan(&asked, &said, &config.calendar, tx.now());
    for covered in &plan.covers {
        tx.say(&key(covered), None)?;
    }
    if let Some(due) = plan.say {
        let text = alarm_for(file, duty, config.calendar.zone(), tx.now());
        tx.raise_again(&alarm_key(file, &duty.stored.promise), &text)?;
        tx.say(&key(&due.step), None)?;
    }
    Ok(())
}

fn alarm_key(file: &File, promise: &str) -> String {
    format!("{}/{promise}", file.row.reference)
}

/// What a person on call reads: `ATTACK slate-otter: answer by 04:10 +01:00`.
fn alarm_for(file: &File, duty: &Duty, zone: &TimeZone, now: Timestamp) -> String {
    let classes = file.row.classes.join(" ").to_uppercase();
    let missing: Vec<&str> = duty
        .state
        .missing
        .iter()
        .map(|m| letters::part(m))
        .collect();
    let missing = missing.join(", ");
    let Some(due_at) = duty.due_at() else {
        let text = format!("{classes} {}: {missing}", file.row.name);
        return text.trim_start().to_owned();
    };
    let due = due_at.to_zoned(zone.clone());
    let form = if due.date() == now.to_zoned(zone.clone()).date() {
        "%H:%M %:z"
    } else {
        "%a %-d %b %H:%M %:z"
    };
    let by = match (now > due_at, duty.promise.soft) {
        (true, false) => "LATE since",
        (true, true) => "was due",
        (false, _) => "by",
    };
    let text = format!(
        "{classes} {}: {} {by} {}",
        file.row.name,
        missing,
        due.strftime(form)
    );
    text.trim_start().to_owned()
}

/// What is on and answered is told by its reminders alone; what is met or ended is over.
pub fn follow_up(tx: &Tx, config: &Config) -> Result<()> {
    for alarm in tx.alarms_on()? {
        let Some((reference, promise)) = alarm.key.split_once('/') else {
            continue;
        };
        let Some(wanted) = Wanted::parse(reference) else {
            continue;
        };
        // What cannot be read is told by the tick itself, and is not over.
        let Ok(Some(row)) = tx.find(&wanted) else {
            continue;
        };
        if row.reference.as_str() != reference {
            continue;
        }
        let Ok(deadlines) = tx.deadlines_of(row.number) else {
            continue;
        };
        let open = |d: &StoredDeadline| d.promise == promise && d.open;
        if deadlines.iter().any(open) {
            tx.quieten(&alarm.key, row.owner.is_some())?;
        } else {
            tx.over(&alarm.key)?;
        }
    }
    caps::look(tx, config)?;
    settle::look(tx, config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{read_policy, sample};
    use crate::desk::{refresh, tick};
    use crate::mail::{Address, Foreign};
    use crate::store::{NewFact, NewTicket, Store, Tell};
    use crate::ticket::{By, Outcome, TicketNo, What};
    use jiff::SignedDuration;

    const POLICY: &str = r#"
name = "ringing"
version = "2027-01-01"
url = "https://example.org/security"

[[promise]]
name = "respond"
page = "Within two hours."
from = "received"
needs = ["evaluated"]
within = "2 hours"
any_hour = true
remind = ["at once", "1 hour before", "when due"]

[[promise]]
name = "inform"
page = "Within two days."
from = "received"
needs = ["answered"]
within = "2 business days"
remind = ["at once"]
"#;

    struct Night {
        config: Config,
        store: Store,
        ticket: TicketNo,
        _dir: tempfile::TempDir,
    }

    /// A report of Sunday 02:10 in London.
    fn night() -> Night {
        let dir = tempfile::tempdir().unwrap();
        let mut config = sample::small(dir.path());
        config.policy = read_policy(POLICY).unwrap();
        let mut store = Store::create(&config.store).unwrap();
        let ticket = store.write(minute(0), |tx| {
            tx.keep_policy(&config.policy)?;
            let ticket = tx.open_ticket(&NewTicket {
                prefix: "SEC",
                year: 2027,
                mailbox: "security",
                policy: &config.policy.digest,
                opened_at: tx.now(),
                subject: &Foreign::new("the words of a stranger"),
                reporter: Address::parse("mia@example.net").as_ref(),
                reporter_name: &Foreign::new("Mia"),
                claims: None,
            })?;
            tx.add_fact(ticket, &fact(What::Received, tx.now()))?;
            refresh(tx, &config, ticket)?;
            Ok(ticket)
        });
        Night {
            config,
            store,
            ticket: ticket.unwrap(),
            _dir: dir,
        }
    }

    fn minute(n: i64) -> Timestamp {
        let start: Timestamp = "2027-05-02T01:10:00Z".parse().unwrap();
        start + SignedDuration::from_mins(n)
    }

    fn fact(what: What, at: Timestamp) -> NewFact {
        NewFact::new(at, what, By::Gatepost)
    }

    impl Night {
        /// One look at the clock; what the command is told then, and takes.
        fn rings(&mut self, n: i64) -> Vec<(String, Tell)> {
            let told = self.store.write(minute(n), |tx| {
                tick::tick(tx, &self.config)?;
                let due = tx.alarms_to_tell(SignedDuration::from_mins(15))?;
                for alarm in &due {
                    tx.offer_alarm(&alarm.key)?;
                    tx.alarm_taken(&alarm.key, alarm.tell)?;
                }
                Ok(due
                    .into_iter()
                    .map(|a| (format!("{} {}", a.key, a.text), a.tell))
                    .collect())
            });
            told.unwrap()
        }

        fn happens(&mut self, n: i64, what: What) {
            let done = self.store.write(minute(n), |tx| {
                tx.add_fact(self.ticket, &fact(what, tx.now()))?;
                refresh(tx, &self.config, self.ticket)
            });
            done.unwrap();
        }
    }

    #[test]
    fn only_a_promise_of_any_hour_rings_until_it_is_kept_and_says_nothing_of_the_report() {
        let mut night = night();
        let name = night.store.read(minute(0), |tx| tx.ticket(night.ticket));
        let name = name.unwrap().unwrap().name;
        let raise = |by: &str| {
            let text = format!("SEC-2027-0001/respond {name}: evaluation {by}");
            vec![(text, Tell::Raise)]
        };
        assert_eq!(night.rings(0), raise("by 04:10 +01:00"));
        assert_eq!(night.rings(1), []);
        assert_eq!(night.rings(16), raise("by 04:10 +01:00"), "repeated");
        // A step rings at once; so does the next when somebody has it.
        assert_eq!(night.rings(60), raise("by 04:10 +01:00"));
        night.happens(
            61,
            What::Owned {
                who: "anna".to_owned(),
            },
        );
        assert_eq!(night.rings(62), []);
        assert_eq!(night.rings(90), [], "answered: not repeated");
        assert_eq!(night.rings(120), raise("by 04:10 +01:00"));
        night.happens(
            121,
            What::Evaluated {
                outcome: Outcome::Accepted,
            },
        );
        let mut clear = raise("by 04:10 +01:00");
        clear[0].1 = Tell::Clear;
        assert_eq!(night.rings(121), clear);
        assert_eq!(night.rings(600), []);
    }
}
