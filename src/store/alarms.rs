//! Alarms: what the command channel is to be told, as desired state.
//!
//! Turns say what is the case, [`Tx::raise`] and [`Tx::over`], as often as they like; the
//! daemon tells the command what it does not know yet. Who was told of the begin is told
//! of the end. What the command may have taken counts as told, so that dying between the
//! two costs a repetition and never an end.

use super::{Tx, instant};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

/// An alarm on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// What it is about: `smtp`, `imap/security`, `SEC-2027-0021/respond`.
    pub key: String,
    /// What a person is told. Nothing of a report.
    pub text: String,
    /// When it began.
    pub since: Timestamp,
    /// What the command is to be told of it.
    pub tell: Tell,
}

/// What the command is told of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    /// It is on.
    Raise,
    /// It is over.
    Clear,
}

const ALARM: &str = "SELECT key, text, since, over_at IS NULL FROM alarms";

impl Tx<'_> {
    /// The alarm is on: told at once when it begins, then each time that the config says.
    pub fn raise(&self, key: &str, text: &str) -> Result<()> {
        let mut raise = self.sql.prepare_cached(
            "INSERT INTO alarms (key, text, since) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET text = excluded.text, over_at = NULL,
                 since = CASE WHEN over_at IS NULL THEN since ELSE excluded.since END
             WHERE text <> excluded.text OR over_at IS NOT NULL",
        )?;
        raise.execute([key, text, &self.stamp()])?;
        Ok(())
    }

    /// The alarm is on, and there is news of it: told at once, also when it was on before.
    pub fn raise_again(&self, key: &str, text: &str) -> Result<()> {
        self.raise(key, text)?;
        self.sql
            .execute("UPDATE alarms SET again = 1 WHERE key = ?1", [key])?;
        Ok(())
    }

    /// Whether an alarm that is on is not told again by time alone.
    pub fn quieten(&self, key: &str, quiet: bool) -> Result<()> {
        self.sql.execute(
            "UPDATE alarms SET quiet = ?2 WHERE key = ?1 AND quiet <> ?2",
            params![key, quiet],
        )?;
        Ok(())
    }

    /// The alarm is over, if it was on. Of one that nobody was told of, nobody is told the end.
    pub fn over(&self, key: &str) -> Result<()> {
        self.sql.execute(
            "UPDATE alarms SET over_at = ?2 WHERE key = ?1 AND over_at IS NULL AND (raised_at IS NOT NULL OR asking)",
            [key, &self.stamp()],
        )?;
        self.forget_untold(key)
    }

    /// What is over and was never taken by the command is as if it had not been.
    fn forget_untold(&self, key: &str) -> Result<()> {
        self.sql.execute(
            "DELETE FROM alarms WHERE key = ?1 AND raised_at IS NULL AND NOT asking",
            [key],
        )?;
        Ok(())
    }

    /// The alarms that are on, the oldest first.
    pub fn alarms_on(&self) -> Result<Vec<Alarm>> {
        let mut all = self.sql.prepare_cached(&format!(
            "{ALARM} WHERE over_at IS NULL ORDER BY since, key"
        ))?;
        all.query_map([], alarm_row)?.map(|r| r?).collect()
    }

    /// What the command is to be told now: what is new before what is repeated, what was
    /// tried longest ago first. A moment in our future was written by a clock that ran
    /// ahead.
    pub fn alarms_to_tell(&self, repeat: SignedDuration) -> Result<Vec<Alarm>> {
        let mut due = self.sql.prepare_cached(&format!(
            "{ALARM} WHERE over_at IS NOT NULL OR again OR asking OR raised_at IS NULL OR raised_at > ?1 OR (NOT quiet AND raised_at <= ?2)
             ORDER BY over_at IS NULL AND raised_at IS NOT NULL AND NOT again, tried_at, since, key"
        ))?;
        let before = instant::write(self.now - repeat);
        due.query_map([self.stamp(), before], alarm_row)?
            .map(|r| r?)
            .collect()
    }

    /// The command is about to be given it: from now on it may have been taken.
    pub fn offer_alarm(&self, key: &str) -> Result<()> {
        self.sql.execute(
            "UPDATE alarms SET asking = 1, again = 0, tried_at = ?2 WHERE key = ?1",
            [key, &self.stamp()],
        )?;
        Ok(())
    }

    /// The command took it. What happened meanwhile is told next.
    pub fn alarm_taken(&self, key: &str, what: Tell) -> Result<()> {
        match what {
            Tell::Raise => {
                self.sql.execute(
                    "UPDATE alarms SET asking = 0, raised_at = ?2 WHERE key = ?1",
                    [key, &self.stamp()],
                )?;
            }
            Tell::Clear => {
                let over = self.sql.execute(
                    "DELETE FROM alarms WHERE key = ?1 AND over_at IS NOT NULL",
                    [key],
                )?;
                if over == 0 {
                    self.sql.execute(
                        "UPDATE alarms SET asking = 0, again = 1 WHERE key = ?1",
                        [key],
                    )?;
                }
            }
        }
        Ok(())
    }

    /// The command did not take it: it is told again.
    pub fn alarm_not_taken(&self, key: &str) -> Result<()> {
        self.sql.execute(
            "UPDATE alarms SET asking = 0, again = (over_at IS NULL) WHERE key = ?1",
            [key],
        )?;
        self.sql.execute(
            "DELETE FROM alarms WHERE key = ?1 AND raised_at IS NULL AND over_at IS NOT NULL",
            [key],
        )?;
        Ok(())
    }
}

fn alarm_row(row: &rusqlite::Row) -> rusqlite::Result<Result<Alarm>> {
    let since: String = row.get(2)?;
    let (key, text, on): (String, String, bool) = (row.get(0)?, row.get(1)?, row.get(3)?);
    Ok(instant::read(&since).map(|since| Alarm {
        key,
        text,
        since,
        tell: if on { Tell::Raise } else { Tell::Clear },
    }))
}

/// The text of an alarm that is on.
#[cfg(test)]
pub(crate) fn alarm_on(tx: &Tx, key: &str) -> Option<String> {
    let on = "SELECT text FROM alarms WHERE key = ?1 AND over_at IS NULL";
    tx.sql.query_row(on, [key], |r| r.get(0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    const REPEAT: SignedDuration = SignedDuration::from_mins(15);

    /// What is to be told at each minute, when `steps` happen and the command takes all.
    struct Pager {
        store: Store,
        _dir: tempfile::TempDir,
    }

    impl Pager {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
            Self { store, _dir: dir }
        }

        fn at<T>(&mut self, minute: i64, work: impl FnOnce(&Tx) -> Result<T>) -> T {
            let start: Timestamp = "2027-05-02T01:10:00Z".parse().unwrap();
            let at = start + SignedDuration::from_mins(minute);
            self.store.write(at, work).unwrap()
        }

        /// What is due in this minute.
        fn due(&mut self, minute: i64) -> Vec<(String, Tell)> {
            let due = self.at(minute, |tx| tx.alarms_to_tell(REPEAT));
            due.into_iter().map(|a| (a.text, a.tell)).collect()
        }

        /// The command is told all that is due, and takes it.
        fn tell(&mut self, minute: i64) -> Vec<(String, Tell)> {
            self.at(minute, |tx| {
                let due = tx.alarms_to_tell(REPEAT)?;
                for alarm in &due {
                    tx.offer_alarm(&alarm.key)?;
                    tx.alarm_taken(&alarm.key, alarm.tell)?;
                }
                Ok(due.into_iter().map(|a| (a.text, a.tell)).collect())
            })
        }
    }

    fn on(text: &str) -> Vec<(String, Tell)> {
        vec![(text.to_owned(), Tell::Raise)]
    }

    fn off(text: &str) -> Vec<(String, Tell)> {
        vec![(text.to_owned(), Tell::Clear)]
    }

    #[test]
    fn an_alarm_is_told_at_once_repeated_and_cleared_once() {
        let mut pager = Pager::new();
        pager.at(0, |tx| tx.raise("smtp", "down"));
        assert_eq!(pager.tell(0), on("down"));
        pager.at(1, |tx| tx.raise("smtp", "still down"));
        for (minute, wanted) in [
            (1, vec![]),
            (14, vec![]),
            (15, on("still down")),
            (29, vec![]),
        ] {
            assert_eq!(pager.tell(minute), wanted, "{minute}");
        }
        assert_eq!(pager.at(29, |tx| tx.alarms_on()).len(), 1);
        pager.at(30, |tx| tx.over("smtp"));
        pager.at(30, |tx| tx.over("smtp"));
        assert_eq!(pager.at(30, |tx| tx.alarms_on()), []);
        assert_eq!(pager.tell(30), off("still down"));
        assert_eq!(pager.tell(300), []);
    }

    #[test]
    fn nobody_hears_the_end_of_what_nobody_was_told() {
        let mut pager = Pager::new();
        pager.at(0, |tx| tx.raise("smtp", "down"));
        pager.at(1, |tx| tx.over("smtp"));
        assert_eq!(pager.due(1), []);
        // A command that did not take it either.
        pager.at(2, |tx| tx.raise("smtp", "down"));
        pager.at(2, |tx| tx.offer_alarm("smtp"));
        pager.at(3, |tx| tx.over("smtp"));
        pager.at(3, |tx| tx.alarm_not_taken("smtp"));
        assert_eq!(pager.due(3), []);
        // One that may have: the process died before it answered.
        pager.at(4, |tx| tx.raise("smtp", "down"));
        pager.at(4, |tx| tx.offer_alarm("smtp"));
        pager.at(5, |tx| tx.over("smtp"));
        assert_eq!(pager.tell(5), off("down"));
    }

    #[test]
    fn what_was_not_taken_is_told_again_and_keeps_no_other_waiting() {
        let mut pager = Pager::new();
        pager.at(0, |tx| tx.raise("a", "a"));
        pager.at(1, |tx| tx.raise("b", "b"));
        assert_eq!(pager.due(1), [on("a"), on("b")].concat());
        pager.at(1, |tx| tx.offer_alarm("a"));
        pager.at(1, |tx| tx.alarm_not_taken("a"));
        assert_eq!(pager.due(1), [on("b"), on("a")].concat());
        // What died while it was told is told again too.
        pager.at(2, |tx| tx.offer_alarm("b"));
        assert_eq!(pager.tell(3), [on("a"), on("b")].concat());
    }

    #[test]
    fn news_are_told_at_once_and_a_quiet_alarm_says_nothing_else() {
        let mut pager = Pager::new();
        pager.at(0, |tx| tx.raise_again("r", "first"));
        assert_eq!(pager.tell(0), on("first"));
        pager.at(1, |tx| tx.quieten("r", true));
        assert_eq!(pager.tell(60), []);
        pager.at(61, |tx| tx.raise_again("r", "second"));
        assert_eq!(pager.tell(61), on("second"));
        // News that come while the command is told of older ones.
        pager.at(62, |tx| tx.raise_again("r", "third"));
        pager.at(62, |tx| tx.offer_alarm("r"));
        pager.at(62, |tx| tx.raise_again("r", "fourth"));
        pager.at(62, |tx| tx.alarm_taken("r", Tell::Raise));
        assert_eq!(pager.tell(62), on("fourth"));
        assert_eq!(pager.tell(90), []);
    }

    #[test]
    fn what_begins_again_while_its_end_is_told_is_on() {
        let mut pager = Pager::new();
        pager.at(0, |tx| tx.raise("smtp", "down"));
        assert_eq!(pager.tell(0), on("down"));
        pager.at(1, |tx| tx.over("smtp"));
        pager.at(1, |tx| tx.offer_alarm("smtp"));
        pager.at(1, |tx| tx.raise("smtp", "down anew"));
        pager.at(1, |tx| tx.alarm_taken("smtp", Tell::Clear));
        assert_eq!(pager.tell(1), on("down anew"));
        assert_eq!(
            pager.at(2, |tx| tx.alarms_on())[0].since.to_string(),
            "2027-05-02T01:11:00Z"
        );
        // A clock that ran ahead when it was told delays no repetition.
        pager.at(900, |tx| tx.alarm_taken("smtp", Tell::Raise));
        assert_eq!(pager.tell(2), on("down anew"));
    }
}
