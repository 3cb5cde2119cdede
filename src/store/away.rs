//! Who is away, and who covers. Days are local, both ends included.

use super::{Tx, instant};
use anyhow::{Context, Result};
use jiff::civil::Date;
use rusqlite::params;

/// An absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// The name of the team's member.
    pub who: String,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// The member to whom their reminders go.
    pub cover: String,
}

impl Away {
    /// Whether they are away on `day`.
    pub fn on(&self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

impl Tx<'_> {
    /// Records an absence; `by` says so.
    pub fn add_away(&self, away: &Away, by: &str) -> Result<()> {
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO away (who, first, last, cover, by, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        insert
            .execute(params![
                away.who,
                away.first.to_string(),
                away.last.to_string(),
                away.cover,
                by,
                self.stamp()
            ])
            .with_context(|| format!("cannot record that {} is away", away.who))?;
        Ok(())
    }

    /// Every absence on record, past ones too, by its first day.
    pub fn away(&self) -> Result<Vec<Away>> {
        let mut all = self
            .sql
            .prepare_cached("SELECT who, first, last, cover FROM away ORDER BY first, id")?;
        let rows = all.query_map([], |r| {
            let text = |i| r.get::<_, String>(i);
            Ok((text(0)?, text(1)?, text(2)?, text(3)?))
        })?;
        rows.map(|row| {
            let (who, first, last, cover) = row?;
            let day = |text: &str| {
                instant::read_date(Some(text))?.context("the store holds an absence without a day")
            };
            Ok(Away {
                who,
                first: day(&first)?,
                last: day(&last)?,
                cover,
            })
        })
        .collect()
    }

    /// They are back on `today`: an absence that runs ends the day before, one that is to
    /// come is taken off. Gives how many there were.
    pub fn back(&self, who: &str, today: Date) -> Result<usize> {
        let yesterday = today.yesterday().unwrap_or(today).to_string();
        let today = today.to_string();
        let ended = self.sql.execute(
            "UPDATE away SET last = ?3 WHERE who = ?1 AND first < ?2 AND last >= ?2",
            params![who, today, yesterday],
        )?;
        let dropped = self.sql.execute(
            "DELETE FROM away WHERE who = ?1 AND first >= ?2",
            params![who, today],
        )?;
        Ok(ended + dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use jiff::civil::date;

    #[test]
    fn an_absence_covers_its_days_and_ends_when_they_are_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
        let may = |day| date(2027, 5, day);
        let away = |first, last| Away {
            who: "anna".to_owned(),
            first: may(first),
            last: may(last),
            cover: "ben".to_owned(),
        };
        let now = "2027-05-04T08:00:00Z".parse().unwrap();
        let left = store.write(now, |tx| {
            for (first, last) in [(20, 21), (10, 14), (3, 4)] {
                tx.add_away(&away(first, last), "carla")?;
            }
            assert_eq!(tx.away()?, [away(3, 4), away(10, 14), away(20, 21)]);
            assert_eq!(tx.back("ben", may(12))?, 0);
            assert_eq!(tx.back("anna", may(12))?, 2);
            tx.away()
        });
        assert_eq!(left.unwrap(), [away(3, 4), away(10, 11)]);
        let days: Vec<i8> = (9..16).filter(|d| away(10, 14).on(may(*d))).collect();
        assert_eq!(days, [10, 11, 12, 13, 14]);
    }
}
