//! One report under a profile, with the clock moved on: what changes, as rows.

use super::super::*;
use crate::config::policies;
use jiff::tz::TimeZone;
use std::fmt::Write;

/// One ticket under a profile, and its rows.
pub(super) struct Table {
    pub(super) world: World,
    ticket: TicketNo,
    now: Timestamp,
    /// How each run of a promise stood when it was last looked at.
    stood: BTreeMap<(i64, String), String>,
    /// Reminders that have a row.
    told: BTreeSet<String>,
    pub(super) rows: String,
}

impl Table {
    /// A report that comes in at this moment, perhaps of a class.
    pub(super) fn new(profile: &str, received: &str, class: Option<&str>) -> Self {
        let mut world = World::new();
        let (_, text) = policies()
            .iter()
            .find(|(name, _)| *name == profile)
            .unwrap();
        world.config.policy = read_policy(text).unwrap();
        world.keep_policy();
        let now = at(received);
        let ticket = world.report(now);
        let mut table = Self {
            world,
            ticket,
            now,
            stood: BTreeMap::new(),
            told: BTreeSet::new(),
            rows: format!("{profile}: received {received}\n"),
        };
        match class {
            Some(class) => table.fact(What::Classed {
                class: class.to_owned(),
            }),
            None => table.look(),
        }
        table
    }

    /// Something happens at this moment, after all that the clock does before.
    pub(super) fn at(&mut self, local: &str, what: &[What]) -> &mut Self {
        self.until(local);
        for what in what {
            self.fact(what.clone());
        }
        self
    }

    fn fact(&mut self, what: What) {
        let words = match &what {
            What::Dated { on } => format!("dated {on}"),
            What::Planned { event, on } => format!("{} {on}", event.word()),
            What::Classed { class } => format!("class {class}"),
            What::Waiting { on } => format!("waiting {}", on.map_or("no more", |on| on.word())),
            what => what.name().to_string(),
        };
        self.row(&format!("* {words}"));
        self.world.fact(self.ticket, self.now, what);
        self.look();
    }

    /// The clock goes on to this moment, a quarter of an hour at a time.
    pub(super) fn until(&mut self, local: &str) {
        let end = at(local);
        while self.now < end {
            self.now = (self.now + SignedDuration::from_mins(15)).min(end);
            self.look();
        }
    }

    /// One tick, and a row for all that is new.
    fn look(&mut self) {
        self.world.tick_letters(self.now);
        let (now, ticket) = (self.now, self.ticket);
        let (file, told) = self.world.write(now, |tx, config| {
            let file = file(tx, config, ticket)?;
            let told = tx.told(&format!("remind/{}/", file.row.reference))?;
            Ok((file, told))
        });
        let mut steps: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, _, by_letter) in told {
            if by_letter && self.told.insert(key.clone()) {
                let mut parts = key.split('/').skip(2);
                let (promise, step, who) = (parts.next(), parts.next(), parts.next());
                let promise = promise.unwrap().split('@').next().unwrap();
                let step = format!("{promise} {}", step.unwrap());
                steps.entry(step).or_default().push(who.unwrap().to_owned());
            }
        }
        for duty in &file.duties {
            let key = (duty.stored.start, duty.stored.promise.clone());
            let due = duty.due_at().map_or("no deadline".to_owned(), |due| {
                format!("due {}", local(due))
            });
            let soft = if duty.promise.soft { " (soft)" } else { "" };
            let stands = format!("{}{soft}", duty.state.standing.word());
            let before = self.stood.insert(key, stands.clone());
            match before {
                None => self.row(&format!("{} starts, {due}: {stands}", duty.stored.promise)),
                Some(before) if before != stands => {
                    self.row(&format!("{}: {stands}", duty.stored.promise));
                }
                Some(_) => {}
            }
        }
        for (step, who) in steps {
            self.row(&format!("  told {step}: {}", who.join(" ")));
        }
    }

    fn row(&mut self, text: &str) {
        writeln!(self.rows, "{}  {text}", local(self.now)).unwrap();
    }
}

fn local(at: Timestamp) -> String {
    let zone = TimeZone::get("Europe/London").unwrap();
    at.to_zoned(zone).strftime("%a %d %b %H:%M").to_string()
}
