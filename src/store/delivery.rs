//! What a server's answer makes of letters on record: put off, in doubt, tried anew, to be
//! filed as sent.

use super::letter::{LETTER, letter_row};
use super::{Doubt, Letter, Tx, instant};
use crate::mail::Address;
use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Params, params};

impl Tx<'_> {
    /// The server said "not now" to a letter: it waits until `not_before`. Since when that
    /// goes on is kept.
    pub fn put_off(
        &self,
        id: i64,
        why: &str,
        not_before: Timestamp,
        doubt: Option<Doubt>,
    ) -> Result<()> {
        let mut update = self.sql.prepare_cached(
            "UPDATE letters SET last_error = ?2, not_before = ?3, attempts = attempts + 1, put_off_since = coalesce(put_off_since, ?4), doubt = ?5
             WHERE id = ?1",
        )?;
        update.execute(params![
            id,
            why,
            instant::write(not_before),
            self.stamp(),
            doubt.map(Doubt::word)
        ])?;
        Ok(())
    }

    /// A letter that waits, was refused or has an unknown end leaves at once, as if it had
    /// never been tried. False when it is in another state.
    pub fn start_anew(&self, id: i64) -> Result<bool> {
        let changed = self.sql.execute(
            "UPDATE letters SET state = 'queued', offers = 0, attempts = 0, put_off_since = NULL, doubt = NULL, last_error = NULL, settled_at = NULL, answer = NULL,
             not_before = ?2 WHERE id = ?1 AND state IN ('queued', 'refused', 'unknown')",
            params![id, self.stamp()],
        )?;
        Ok(changed == 1)
    }

    /// The letters that the server forbade, without having taken another since: waiting
    /// and refused.
    pub fn letters_in_doubt(&self) -> Result<Vec<Letter>> {
        self.letters_where(
            "doubt = 'open' AND state IN ('queued', 'refused') ORDER BY id",
            [],
        )
    }

    /// While the server forbids letters: one that may leave now and that it has not
    /// forbidden yet, the newest or the oldest. Those to domains that it has forbidden
    /// letters to stand behind the others.
    pub fn next_not_in_doubt(&self, newest: bool) -> Result<Option<Letter>> {
        let way = if newest { "DESC" } else { "ASC" };
        self.next_where(&format!(
            "doubt IS NULL
             ORDER BY recipient_domain IN (SELECT recipient_domain FROM letters WHERE doubt = 'open' AND state IN ('queued', 'refused')), not_before {way}, id {way}"
        ))
    }

    /// The server forbids every letter: those in doubt are not to blame. They wait again,
    /// the refused ones too, and may leave when the way is free, as if they had never been
    /// put off: the time in which nobody was served counts against no letter.
    pub fn nobody_is_to_blame(&self) -> Result<()> {
        self.sql.execute(
            "UPDATE letters SET state = 'queued', settled_at = NULL, attempts = 0, put_off_since = NULL, not_before = min(not_before, ?1)
             WHERE doubt = 'open' AND state IN ('queued', 'refused')",
            [self.stamp()],
        )?;
        Ok(())
    }

    /// The server has taken a letter, so it takes ours: what waits in doubt is tried once
    /// more, and its time begins anew; what was refused stays refused.
    pub fn server_takes_letters(&self) -> Result<()> {
        let mut waiting = self.sql.prepare_cached(
            "UPDATE letters SET doubt = 'last', attempts = min(attempts, 1), put_off_since = NULL, not_before = ?1 WHERE doubt = 'open' AND state = 'queued'",
        )?;
        waiting.execute([self.stamp()])?;
        let mut refused = self
            .sql
            .prepare_cached("UPDATE letters SET doubt = NULL WHERE doubt = 'open'")?;
        refused.execute([])?;
        Ok(())
    }

    /// All that waits in doubt may leave now.
    pub fn try_doubtful_now(&self) -> Result<()> {
        self.sql.execute(
            "UPDATE letters SET not_before = min(not_before, ?1) WHERE doubt IS NOT NULL AND state = 'queued'",
            [self.stamp()],
        )?;
        Ok(())
    }

    /// What waits in doubt and may leave now waits until then.
    pub fn rest_in_doubt(&self, until: Timestamp) -> Result<()> {
        self.sql.execute(
            "UPDATE letters SET not_before = ?2 WHERE doubt IS NOT NULL AND state = 'queued' AND not_before <= ?1",
            [self.stamp(), instant::write(until)],
        )?;
        Ok(())
    }

    /// The next letter that may leave now, of those that the server has not forbidden.
    pub fn next_beyond_doubt(&self) -> Result<Option<Letter>> {
        self.next_where("doubt IS NULL ORDER BY not_before, id")
    }

    /// The next letter that may leave now, of those in doubt: the least tried.
    pub fn next_in_doubt(&self) -> Result<Option<Letter>> {
        self.next_where("doubt IS NOT NULL ORDER BY attempts, not_before, id")
    }

    /// While the server forbids letters: the one of them that may leave now and has waited
    /// for that the longest.
    pub fn next_forbidden(&self) -> Result<Option<Letter>> {
        self.next_where("doubt IS NOT NULL ORDER BY not_before, id")
    }

    /// It is known that the server forbids this letter, and not us.
    pub fn in_doubt_no_more(&self, id: i64) -> Result<()> {
        self.run("UPDATE letters SET doubt = NULL WHERE id = ?1", [id])?;
        Ok(())
    }

    /// The last letter to each address of the team that was refused or came back, when
    /// none has reached that address since: one that the server took, and after a bounce
    /// one that it took before `day_ago`, without a bounce of its own.
    pub fn not_reached_of_team(&self, day_ago: Timestamp) -> Result<Vec<Letter>> {
        self.letters_where(
            "state IN ('held', 'queued', 'offered', 'unknown', 'refused') AND state = 'refused' AND kind IN ('reminder', 'digest') AND NOT EXISTS (SELECT 1 FROM letters AS later
             WHERE later.recipient_key = letters.recipient_key AND later.kind IN ('reminder', 'digest')
             AND (later.state = 'refused' AND (later.settled_at, later.id) > (letters.settled_at, letters.id)
                  OR later.state = 'sent' AND (later.settled_at, later.id) > (letters.settled_at, letters.id) AND (letters.answer IS NULL OR later.settled_at <= ?1)))
             ORDER BY id",
            [instant::write(day_ago)],
        )
    }

    /// The server took the letter, and a bounce came back.
    pub fn note_bounce(&self, id: i64, why: &str) -> Result<()> {
        self.sql.execute(
            "UPDATE letters SET last_error = ?2, answer = coalesce(answer, '') WHERE id = ?1",
            params![id, why],
        )?;
        Ok(())
    }

    /// Letters to the team that may leave now, have waited since `before` and have never
    /// been tried, by recipient; but for those that go alone.
    pub fn untried_to_team(&self, before: Timestamp) -> Result<Vec<Letter>> {
        self.letters_where(
            "state = 'queued' AND kind IN ('reminder', 'digest') AND offers = 0 AND attempts = 0 AND alone = 0 AND not_before <= ?1 AND queued_at <= ?2 ORDER BY recipient_key, id",
            [self.stamp(), instant::write(before)],
        )
    }

    /// The letter is never folded into another.
    pub fn goes_alone(&self, id: i64) -> Result<()> {
        self.sql
            .execute("UPDATE letters SET alone = 1 WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Letters that are not to leave before `latest` has passed leave now. Gives how many.
    pub fn bring_forward(&self, latest: Timestamp) -> Result<usize> {
        let mut update = self.sql.prepare_cached(
            "UPDATE letters SET not_before = ?1 WHERE state = 'queued' AND not_before > ?2",
        )?;
        Ok(update.execute([self.stamp(), instant::write(latest)])?)
    }

    /// The keys of what the letter tells.
    pub fn told_by(&self, letter: i64) -> Result<Vec<String>> {
        let mut all = self
            .sql
            .prepare_cached("SELECT key FROM reminders WHERE letter = ?1 ORDER BY key")?;
        let keys = all.query_map([letter], |r| r.get(0))?;
        Ok(keys.collect::<rusqlite::Result<_>>()?)
    }

    /// What was told by the letter `old` is told by the letter `new`.
    pub fn told_by_another(&self, old: i64, new: i64) -> Result<()> {
        self.sql.execute(
            "UPDATE reminders SET letter = ?2 WHERE letter = ?1",
            [old, new],
        )?;
        Ok(())
    }

    /// A copy of the letter belongs into the folder for sent mail.
    pub fn want_copy(&self, id: i64) -> Result<()> {
        let mut want = self
            .sql
            .prepare_cached("UPDATE letters SET filing = 'wanted' WHERE id = ?1")?;
        want.execute([id])?;
        Ok(())
    }

    /// Letters sent from this address whose copy is wanted, at most `most`, the oldest first.
    pub fn copies_wanted(&self, sender: &Address, most: u32) -> Result<Vec<Letter>> {
        self.letters_where(
            "filing = 'wanted' AND sender = ?1 ORDER BY id LIMIT ?2",
            params![sender.to_string(), most],
        )
    }

    /// The copy of a letter lies in the folder for sent mail.
    pub fn copy_is_filed(&self, id: i64) -> Result<()> {
        self.run("UPDATE letters SET filing = 'done' WHERE id = ?1", [id])?;
        Ok(())
    }

    /// The first letter that may leave now and of which this is true.
    fn next_where(&self, condition: &str) -> Result<Option<Letter>> {
        let first = self.letters_where(
            &format!("state = 'queued' AND not_before <= ?1 AND {condition} LIMIT 1"),
            [self.stamp()],
        )?;
        Ok(first.into_iter().next())
    }

    fn letters_where(&self, condition: &str, with: impl Params) -> Result<Vec<Letter>> {
        let mut all = self
            .sql
            .prepare_cached(&format!("{LETTER} WHERE {condition}"))?;
        all.query_map(with, letter_row)?.map(|r| r?).collect()
    }
}
