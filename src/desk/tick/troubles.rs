//! What is no deadline and has to be looked at, and the digest of the morning.
//!
//! A held or refused letter, a mail that cannot be read, a reporter who cannot be reached:
//! at once in team hours, then, as long as it lasts, each business morning. On the first
//! business day of a week everybody gets a digest even if it is empty, so that silence
//! means something.

use super::Told;
use crate::config::{Config, Member};
use crate::desk::roster::Roster;
use crate::desk::{act, given, settle, silence};
use crate::promise::DayKind;
use crate::store::{Stuck, Tx};
use crate::ticket::{Ticket, What};
use anyhow::Result;
use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::collections::BTreeMap;

/// So long a refused letter to somebody of the team is told of.
const REFUSED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Adds them to what each person is told now.
pub(super) fn tell(
    tx: &Tx,
    config: &Config,
    roster: &Roster,
    told: &mut BTreeMap<&str, Told>,
) -> Result<()> {
    let now = tx.now();
    if !config.calendar.is_open(now) {
        return Ok(());
    }
    let opening = config.calendar.opening(config.calendar.local_date(now));
    let stuck = stuck(tx)?;
    let silent = silent(tx, config, roster)?;
    let lasting = stuck.iter().any(|stuck| stuck.since < opening);
    let week = begins_week(config, now) && was_set_up_before(tx, opening)?;
    let lasting = lasting || owed_outside(tx, config)?;
    let first_line = roster.first_line();
    for member in &config.team {
        let Some(told) = told.get_mut(member.name.as_str()) else {
            continue;
        };
        let is_first = first_line.iter().any(|m| m.name == member.name);
        let all = stuck.iter().filter(|_| is_first);
        let theirs = silent
            .iter()
            .filter(|(names, _)| names.contains(&member.name));
        let all = all.chain(theirs.clone().map(|(_, stuck)| stuck));
        let today = all.filter(|stuck| stuck.since >= opening);
        at_once(tx, member, today, told)?;
        if is_first || roster.is_here(member) {
            let silent = theirs.clone().any(|(_, stuck)| stuck.since < opening);
            morning(
                tx,
                config,
                member,
                told,
                (lasting && is_first || silent, week),
            )?;
        }
    }
    Ok(())
}

/// Everything that has to be looked at.
fn stuck(tx: &Tx) -> Result<Vec<Stuck>> {
    let mut all = tx.stuck_letters()?;
    all.extend(tx.unreadable_mails()?);
    for number in tx.undelivered()? {
        let Ok(facts) = tx.facts_of(number) else {
            // Since when is not known: it is told each morning.
            all.push(Stuck {
                key: format!("file-{}", number.0),
                ticket: Some(number),
                since: Timestamp::UNIX_EPOCH,
            });
            continue;
        };
        let last = facts
            .iter()
            .rfind(|fact| matches!(fact.what, What::Undelivered { .. }));
        if let Some(fact) = last.filter(|_| Ticket::fold(&facts).unreachable) {
            all.push(Stuck {
                key: format!("unreachable-{}", fact.n),
                ticket: Some(number),
                since: fact.at,
            });
        }
    }
    Ok(all)
}

/// Whether we owe something outside that no deadline counts: a reporter of a duplicate has
/// not been told what the first report has come to, a name that was taken back stands in a
/// file of ours, or security.txt ends. It is looked for once each business morning.
fn owed_outside(tx: &Tx, config: &Config) -> Result<bool> {
    let key = format!("untold/{}", config.calendar.local_date(tx.now()));
    if tx.was_said(&key)? {
        return Ok(false);
    }
    tx.say(&key, None)?;
    let files = !tx.unwanted()?.is_empty() || given::soon_ending(tx, config)?.is_some();
    Ok(files || !act::all_untold(tx, config)?.is_empty())
}

/// Reporters who have not answered for so long that a person should decide, each with the
/// names of those who are told: the owner, or the first line where there is none.
fn silent(tx: &Tx, config: &Config, roster: &Roster) -> Result<Vec<(Vec<String>, Stuck)>> {
    let mut all = Vec::new();
    for number in tx.waiting_for_reporters()? {
        // What cannot be read is told with what is stuck.
        let Ok(facts) = tx.facts_of(number) else {
            continue;
        };
        let ticket = Ticket::fold(&facts);
        let silence = silence::silence(&ticket, &config.calendar, config.last_call);
        let Some(silence) = silence.filter(|silence| silence.from <= tx.now()) else {
            continue;
        };
        let stuck = Stuck {
            key: format!("silent-{}/{}", number.0, silence.from),
            ticket: Some(number),
            since: silence.from,
        };
        let hearers = roster.of_owner(ticket.owner.as_deref());
        all.push((hearers.iter().map(|m| m.name.clone()).collect(), stuck));
    }
    Ok(all)
}

/// What has come up today, unless it waits for others.
fn at_once<'s>(
    tx: &Tx,
    member: &Member,
    today: impl Iterator<Item = &'s Stuck>,
    told: &mut Told,
) -> Result<()> {
    let mut new = Vec::new();
    for stuck in today {
        let key = format!("remind/{}/at-once/{}", stuck.key, member.name);
        if !tx.was_said(&key)? {
            new.push(key);
        }
    }
    if !new.is_empty() && told.flood.is_none() && !told.gathers(new.len()) {
        (told.digest, told.news) = (true, true);
        told.said.append(&mut new);
    }
    Ok(())
}

/// The one digest of this business morning, if there is anything to say, or if it is the
/// first of the week.
fn morning(
    tx: &Tx,
    config: &Config,
    member: &Member,
    told: &mut Told,
    (lasting, week): (bool, bool),
) -> Result<()> {
    let today = config.calendar.local_date(tx.now());
    let digest = format!("digest/{today}/{}", member.name);
    if tx.was_said(&digest)? {
        return Ok(());
    }
    let mut folded = told.nags.iter().filter(|nag| !nag.is_alone());
    let nags = folded.any(|nag| nag.due.morning);
    let tray = new_in_tray(tx, config, member)?;
    let junk = new_among_junk(tx, config, member)?;
    let refused = refused(tx, config, config.calendar.opening(today))?;
    let opening = config.calendar.opening(today);
    let read = !member.second_line && !tx.labelled_untold(&member.name, opening)?.is_empty();
    // Who is not reached either would only get one more letter that comes back.
    let of_others =
        refused.iter().any(|m| m.name != member.name) && is_reached(tx, config, member)?;
    if nags || read || lasting || week || tray.is_some() || junk.is_some() || of_others {
        told.digest = true;
        told.said.push(digest);
        told.said.extend(tray.into_iter().chain(junk));
    }
    Ok(())
}

/// The key of what lies in the tray, if some of it is new to this person.
fn new_in_tray(tx: &Tx, config: &Config, member: &Member) -> Result<Option<String>> {
    if member.second_line {
        return Ok(None);
    }
    let opening = config
        .calendar
        .opening(config.calendar.local_date(tx.now()));
    let newest = tx.newest_in_tray(opening)?;
    unsaid(
        tx,
        newest.map(|mail| format!("remind/tray/{mail}/{}", member.name)),
    )
}

/// The key of what lies among junk, if some of it is new to this person: told in the
/// morning, all of it at once.
fn new_among_junk(tx: &Tx, config: &Config, member: &Member) -> Result<Option<String>> {
    if member.second_line {
        return Ok(None);
    }
    let today = config.calendar.local_date(tx.now());
    let newest = tx.newest_junked(config.calendar.opening(today))?;
    unsaid(
        tx,
        newest.map(|fact| format!("remind/junk/{fact}/{}", member.name)),
    )
}

fn unsaid(tx: &Tx, key: Option<String>) -> Result<Option<String>> {
    match key {
        Some(key) if !tx.was_said(&key)? => Ok(Some(key)),
        Some(_) | None => Ok(None),
    }
}

fn is_reached(tx: &Tx, config: &Config, member: &Member) -> Result<bool> {
    let unreached = settle::unreached(tx, config)?;
    Ok(unreached
        .iter()
        .all(|l| l.recipient.key() != member.address.key()))
}

/// The people whose reminders were refused of late, before `until`.
pub fn refused<'c>(tx: &Tx, config: &'c Config, until: Timestamp) -> Result<Vec<&'c Member>> {
    let addresses = tx.refused_of_team(tx.now() - REFUSED_FOR, until)?;
    let is_of_them = |m: &&Member| addresses.contains(&m.address.to_string());
    Ok(config.team.iter().filter(is_of_them).collect())
}

/// Today is the first business day after a weekend; for a team that has none, the first
/// of the week that begins on Monday.
fn begins_week(config: &Config, now: Timestamp) -> bool {
    let calendar = &config.calendar;
    let today = calendar.local_date(now);
    let before = calendar.business_day_before(today, 1);
    let is_weekend = |day: &Date| calendar.kind(*day) == DayKind::Weekend;
    let days = |from: Date| from.series(1.day()).take_while(move |day| *day < today);
    if days(today.saturating_sub(7.days())).any(|day| is_weekend(&day)) {
        return days(before).any(|day| is_weekend(&day));
    }
    let mut since = days(before).skip(1).chain([today]);
    since.any(|day| day.weekday() == Weekday::Monday)
}

/// Whoever set gatepost up today need not be told that it runs.
fn was_set_up_before(tx: &Tx, opening: Timestamp) -> Result<bool> {
    let folders = tx.folders()?;
    Ok(folders.iter().any(|folder| folder.baseline_at < opening))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;
    use crate::promise::{Calendar, Hours};
    use jiff::civil::date;

    #[test]
    fn a_week_begins_after_its_weekend_and_its_holidays() {
        use Weekday::{Friday, Saturday, Sunday};
        let folder = tempfile::tempdir().unwrap();
        let mut config = sample::small(folder.path());
        let mut check = |weekend: &[Weekday], off: &[Date], begins: &[i8]| {
            let hours = Hours::parse("09:00-17:00").unwrap();
            let off: BTreeMap<Date, String> = off.iter().map(|d| (*d, "off".into())).collect();
            config.calendar = Calendar::new("Europe/London", weekend, hours, off).unwrap();
            let noon = |day: i8| {
                let noon = date(2027, 5, day).at(12, 0, 0, 0);
                let noon = noon.to_zoned(config.calendar.zone().clone()).unwrap();
                noon.timestamp()
            };
            let found: Vec<i8> = (1..=14)
                .filter(|day| config.calendar.is_open(noon(*day)))
                .filter(|day| begins_week(&config, noon(*day)))
                .collect();
            assert_eq!(found, begins, "{weekend:?}");
        };
        // 1 May 2027 is a Saturday.
        let both = [Saturday, Sunday];
        check(&both, &[], &[3, 10]);
        check(&both, &[date(2027, 5, 3)], &[4, 10]);
        check(&both, &[date(2027, 5, 5)], &[3, 10]);
        check(&both, &[date(2027, 5, 8), date(2027, 5, 9)], &[3, 10]);
        check(&[Friday, Saturday], &[], &[2, 9]);
        check(&[], &[date(2027, 5, 10)], &[3, 11]);
    }
}
