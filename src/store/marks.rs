//! Marks of mails, by which reports look alike.

use super::Tx;
use crate::ticket::TicketNo;
use crate::triage::likeness::Mark;
use anyhow::Result;
use rusqlite::params;

/// Marks of a ticket that are looked up: a thread names more than anybody compares.
const OF_A_TICKET: i64 = 200;
/// Mails with one mark that are looked at, the oldest first.
const WITH_A_MARK: i64 = 64;

const MARKS_OF: &str = "SELECT DISTINCT k.mark FROM mails m JOIN marks k ON k.mail = m.id WHERE m.ticket = ?1 LIMIT ?2";

const MARKED: &str = "SELECT DISTINCT m.ticket FROM (SELECT mail FROM marks WHERE mark = ?1 ORDER BY mail LIMIT ?3) k
     JOIN mails m ON m.id = k.mail WHERE m.ticket IS NOT NULL AND m.ticket <> ?2 ORDER BY m.ticket";

impl Tx<'_> {
    /// Writes the marks of a mail, once.
    pub fn mark(&self, mail: i64, marks: &[Mark]) -> Result<()> {
        let mut insert = self
            .sql
            .prepare_cached("INSERT OR IGNORE INTO marks (mark, mail) VALUES (?1, ?2)")?;
        for mark in marks {
            insert.execute(params![mark.key(), mail])?;
        }
        let mut done = self
            .sql
            .prepare_cached("UPDATE mails SET marked = 1 WHERE id = ?1")?;
        done.execute([mail])?;
        Ok(())
    }

    /// Mails that have no marks yet, from before there were any: the latest first, at most
    /// so many.
    pub fn unmarked(&self, at_most: u32) -> Result<Vec<i64>> {
        let mut all = self
            .sql
            .prepare_cached("SELECT id FROM mails WHERE marked = 0 ORDER BY id DESC LIMIT ?1")?;
        let ids = all.query_map([at_most], |r| r.get(0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// The marks of all mails on a ticket.
    pub fn marks_of(&self, ticket: TicketNo) -> Result<Vec<Mark>> {
        let mut all = self.sql.prepare_cached(MARKS_OF)?;
        let keys = all.query_map([ticket.0, OF_A_TICKET], |r| r.get::<_, String>(0))?;
        let keys: Vec<String> = keys.collect::<rusqlite::Result<_>>()?;
        Ok(keys.iter().filter_map(|key| Mark::read(key)).collect())
    }

    /// Other tickets with this mark, the oldest first; of the first 64 mails that bear it.
    pub fn marked(&self, mark: &Mark, but: TicketNo) -> Result<Vec<TicketNo>> {
        let mut all = self.sql.prepare_cached(MARKED)?;
        let tickets = all.query_map(params![mark.key(), but.0, WITH_A_MARK], |r| {
            Ok(TicketNo(r.get(0)?))
        })?;
        Ok(tickets.collect::<rusqlite::Result<_>>()?)
    }

    /// As it is where no mail has marks yet.
    #[cfg(test)]
    pub(crate) fn forget_marks(&self) -> Result<()> {
        self.sql
            .execute_batch("DELETE FROM marks; UPDATE mails SET marked = 0")?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::store::Store;

    /// The plan of a query holds for any number of rows: no row is looked at that the
    /// answer does not need.
    #[test]
    fn every_question_goes_by_an_index() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("store/gatepost.db")).unwrap();
        let check = |sql: &str, wanted: &[&str]| {
            let now = "2027-05-04T08:02:00Z".parse().unwrap();
            let plan = store.read(now, |tx| {
                let mut plan = tx.sql.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let count = plan.parameter_count();
                let values = vec![1; count];
                let lines = plan.query_map(rusqlite::params_from_iter(values), |r| {
                    r.get::<_, String>("detail")
                })?;
                Ok(lines.collect::<rusqlite::Result<Vec<_>>>()?)
            });
            let plan = plan.unwrap().join("\n");
            assert!(
                !plan.contains("SCAN m") && !plan.contains("SCAN facts"),
                "{plan}"
            );
            for index in wanted {
                assert!(plan.contains(index), "{index}: {plan}");
            }
        };
        let mut check = check;
        check(super::MARKED, &["PRIMARY KEY (mark=?)"]);
        check(super::MARKS_OF, &["mails_by_ticket", "marks_of_mail"]);
        check(super::super::search::THAT_NAME, &["facts_that_point"]);
        check(super::super::numbering::KNOWN_AGAIN, &["mails_by_digest"]);
    }
}
