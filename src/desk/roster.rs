//! Who hears a reminder today: whom the promise names, who is responsible, who is away.

use crate::config::{Config, Member};
use crate::promise::reminders::Line;
use crate::promise::{Audience, Promise};
use crate::store::{Away, Tx};
use anyhow::Result;
use std::collections::BTreeSet;

/// The team as it is today.
pub struct Roster<'c> {
    config: &'c Config,
    away: Vec<Away>,
}

/// Somebody who hears of a promise.
#[derive(Clone, Copy, Debug)]
pub struct Hearer<'c> {
    /// Who.
    pub member: &'c Member,
    /// Every step, or from the escalation on.
    pub line: Line,
}

impl<'c> Roster<'c> {
    /// The team on the local day of this moment.
    pub fn today(tx: &Tx, config: &'c Config) -> Result<Self> {
        let today = config.calendar.local_date(tx.now());
        let mut away = tx.away()?;
        away.retain(|away| away.on(today));
        Ok(Self { config, away })
    }

    /// Who hears of `promise` on a ticket of `owner`; never nobody.
    pub fn hearers(&self, promise: &Promise, owner: Option<&str>) -> Vec<Hearer<'c>> {
        let of_owner = [Audience::Owner];
        let to = match promise.to.as_slice() {
            [] => &of_owner[..],
            to => to,
        };
        let mut named: Vec<&Member> = to.iter().flat_map(|to| self.named(to, owner)).collect();
        if named.is_empty() {
            named = self.config.first_line().collect();
        }
        let mut heard = Vec::new();
        self.add(named, Line::First, &mut heard);
        if promise.escalate.is_some() {
            let second = self.config.second_line().collect();
            self.add(second, Line::Second, &mut heard);
        }
        heard
    }

    /// Who looks after a ticket of this owner: the owner or who covers for them, else the
    /// first line.
    pub fn of_owner(&self, owner: Option<&str>) -> Vec<&'c Member> {
        let mut heard = Vec::new();
        let named = self.named(&Audience::Owner, owner);
        self.add(named, Line::First, &mut heard);
        heard.into_iter().map(|hearer| hearer.member).collect()
    }

    /// The first line, without those who are away; all of it when nobody else is left.
    pub fn first_line(&self) -> Vec<&'c Member> {
        let here = self.config.first_line().filter(|m| self.is_here(m));
        let here: Vec<&Member> = here.collect();
        if here.is_empty() {
            self.config.first_line().collect()
        } else {
            here
        }
    }

    /// Whether somebody is not away.
    pub fn is_here(&self, member: &Member) -> bool {
        self.cover_of(member).is_none()
    }

    /// People in a word: `all`, `all + 2nd line`, `anna`.
    pub fn words(&self, names: &BTreeSet<String>) -> String {
        let second = |name: &str| self.config.second_line().any(|m| m.name == name);
        let all = self.config.first_line().all(|m| names.contains(&m.name));
        let mut words: Vec<&str> = if all {
            vec!["all"]
        } else {
            let first = names.iter().filter(|name| !second(name));
            first.map(String::as_str).collect()
        };
        let mut said = words.join(", ");
        if names.iter().any(|name| second(name)) {
            words = vec![said.as_str(), "2nd line"];
            words.retain(|word| !word.is_empty());
            said = words.join(" + ");
        }
        said
    }

    /// Those that a promise means by `to`.
    fn named(&self, to: &Audience, owner: Option<&str>) -> Vec<&'c Member> {
        match to {
            Audience::Owner => match owner.and_then(|name| self.config.member(name)) {
                Some(member) => vec![member],
                None => self.config.first_line().collect(),
            },
            Audience::Team => self.config.first_line().collect(),
            Audience::SecondLine => self.config.second_line().collect(),
            Audience::Person(name) => self.config.member(name).into_iter().collect(),
        }
    }

    /// Adds people, or who stands in for them, each once.
    fn add(&self, members: Vec<&'c Member>, line: Line, heard: &mut Vec<Hearer<'c>>) {
        for member in members.into_iter().flat_map(|member| self.stand_in(member)) {
            if !heard.iter().any(|hearer| hearer.member.name == member.name) {
                heard.push(Hearer { member, line });
            }
        }
    }

    /// The person, or who covers for them, or who covers for those. If nobody of them is
    /// here: the person and the whole first line.
    fn stand_in(&self, member: &'c Member) -> Vec<&'c Member> {
        let mut asked = vec![member];
        while let Some(away) = asked.last().and_then(|last| self.cover_of(last)) {
            match self.config.member(&away.cover) {
                Some(cover) if asked.iter().all(|m| m.name != cover.name) => asked.push(cover),
                Some(_) | None => {
                    let first = self.config.first_line();
                    return std::iter::once(member).chain(first).collect();
                }
            }
        }
        asked.pop().into_iter().collect()
    }

    /// Of a person who is away: the absence that began last.
    fn cover_of(&self, member: &Member) -> Option<&Away> {
        let mut of_them = self.away.iter().rev();
        of_them.find(|away| away.who.eq_ignore_ascii_case(&member.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;
    use crate::promise::{Policy, Step};
    use jiff::civil::date;

    /// anna and ben are the first line, carla and dan the second.
    fn config(folder: &std::path::Path) -> Config {
        let mut config = sample::small(folder);
        for name in ["carla", "dan"] {
            let mut member = config.team[0].clone();
            member.name = name.into();
            member.second_line = true;
            config.team.push(member);
        }
        config
    }

    fn respond(policy: &Policy) -> Promise {
        let mut promise = policy.promises[0].clone();
        promise.escalate = None;
        promise
    }

    /// Absences as `who>cover`, and who hears as names, the second line in brackets.
    fn check(away: &[&str], change: impl Fn(&mut Promise), owner: Option<&str>, wanted: &str) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let away = away.iter().map(|text| {
            let (who, cover) = text.split_once('>').unwrap();
            Away {
                who: who.into(),
                cover: cover.into(),
                first: date(2027, 5, 4),
                last: date(2027, 5, 4),
            }
        });
        let roster = Roster {
            config: &config,
            away: away.collect(),
        };
        let mut promise = respond(&config.policy);
        change(&mut promise);
        let heard: Vec<String> = roster
            .hearers(&promise, owner)
            .iter()
            .map(|hearer| match hearer.line {
                Line::First => hearer.member.name.clone(),
                Line::Second => format!("({})", hearer.member.name),
            })
            .collect();
        assert_eq!(heard.join(" "), wanted);
    }

    #[test]
    fn the_owner_hears_or_the_whole_first_line() {
        check(&[], |_| {}, None, "anna ben");
        check(&[], |_| {}, Some("ben"), "ben");
        check(&[], |_| {}, Some("dan"), "dan");
        check(&[], |_| {}, Some("somebody who left"), "anna ben");
    }

    #[test]
    fn a_promise_names_others_and_escalates() {
        let to = |words: &'static str| {
            move |p: &mut Promise| p.to = words.split(' ').map(Audience::parse).collect()
        };
        check(&[], to("team"), Some("ben"), "anna ben");
        check(&[], to("owner dan"), Some("ben"), "ben dan");
        check(&[], to("second-line owner"), None, "carla dan anna ben");
        check(&[], to("zoe"), Some("ben"), "anna ben");
        let escalates = |p: &mut Promise| p.escalate = Some(Step::WhenDue);
        check(&[], escalates, Some("ben"), "ben (carla) (dan)");
        check(&[], escalates, Some("dan"), "dan (carla)");
    }

    #[test]
    fn who_is_away_is_covered_and_never_is_nobody_told() {
        check(&["anna>ben"], |_| {}, Some("anna"), "ben");
        check(&["anna>ben"], |_| {}, None, "ben");
        check(&["anna>carla"], |_| {}, None, "carla ben");
        check(&["anna>ben", "ben>dan"], |_| {}, Some("anna"), "dan");
        check(&["anna>ben", "ben>anna"], |_| {}, Some("anna"), "anna ben");
        check(&["anna>nobody"], |_| {}, Some("anna"), "anna ben");
        // Of two absences the one that began last holds.
        check(&["anna>ben", "anna>dan"], |_| {}, Some("anna"), "dan");
        let escalates = |p: &mut Promise| p.escalate = Some(Step::WhenDue);
        check(&["dan>anna"], escalates, Some("ben"), "ben (carla) (anna)");
    }

    #[test]
    fn people_are_told_in_a_word() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let away = Vec::new();
        let roster = Roster {
            config: &config,
            away,
        };
        for (names, words) in [
            ("anna ben", "all"),
            ("anna ben dan", "all + 2nd line"),
            ("ben carla dan", "ben + 2nd line"),
            ("anna", "anna"),
            ("carla", "2nd line"),
        ] {
            let names = names.split(' ').map(str::to_owned).collect();
            assert_eq!(roster.words(&names), words);
        }
    }
}
