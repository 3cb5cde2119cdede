//! What has to be told by a way that is not mail, until it is over.
//!
//! An alarm is a key and a text. It is on from the first time that it is raised until it
//! is over; raising it again changes only its text. Who tells it, and how often, is the
//! business of others.

use super::Tx;
use anyhow::Result;
use rusqlite::params;

impl Tx<'_> {
    /// Raises an alarm, or says anew what it is about: since when it is on does not change.
    pub fn raise(&self, key: &str, text: &str) -> Result<()> {
        self.sql
            .prepare_cached(
                "INSERT INTO alarms (key, text, since) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET text = excluded.text, over_at = NULL",
            )?
            .execute(params![key, text, self.stamp()])?;
        Ok(())
    }

    /// An alarm is over. One that is not on stays as it is.
    pub fn over(&self, key: &str) -> Result<()> {
        self.sql
            .prepare_cached("UPDATE alarms SET over_at = ?2 WHERE key = ?1 AND over_at IS NULL")?
            .execute(params![key, self.stamp()])?;
        Ok(())
    }
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
    use jiff::Timestamp;

    #[test]
    fn an_alarm_is_on_since_it_was_first_raised_until_it_is_over() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
        let mut at = |second: i64, work: fn(&Tx) -> Result<()>| {
            let now = Timestamp::from_second(second).unwrap();
            let row = "SELECT text || ' ' || since || ' ' || coalesce(over_at, 'on') FROM alarms";
            let done = store.write(now, |tx| {
                work(tx)?;
                Ok(tx.sql.query_row(row, [], |r| r.get::<_, String>(0)).ok())
            });
            done.unwrap()
        };
        assert_eq!(at(0, |tx| tx.over("smtp")), None);
        let (first, third) = ("1970-01-01T00:00:01.000Z", "1970-01-01T00:00:03.000Z");
        let on = |text: &str| Some(format!("{text} {first} on"));
        assert_eq!(at(1, |tx| tx.raise("smtp", "a")), on("a"));
        assert_eq!(at(2, |tx| tx.raise("smtp", "b")), on("b"));
        let over = Some(format!("b {first} {third}"));
        assert_eq!(at(3, |tx| tx.over("smtp")), over);
        assert_eq!(at(4, |tx| tx.over("smtp")), over, "it is over since then");
        assert_eq!(at(5, |tx| tx.raise("smtp", "c")), on("c"));
    }
}
