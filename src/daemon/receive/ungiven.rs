//! Mails that have a row and no byte, because their server did not give them: whether it gives
//! them now. They are asked for again every six hours, and when somebody wants a sweep, after
//! all others were taken in. What comes is taken in for what it is.
//!
//! A mail of which the first byte does not come is left as it is. It may break the connection:
//! when it was asked for is remembered before it is.

use super::Reading;
use super::gather::{self, Found};
use crate::mailbox::{Listed, Mailbox, Trouble};
use crate::store::Tx;
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, VecDeque};

/// So often they are asked for.
const AGAIN: SignedDuration = SignedDuration::from_hours(6);

impl<M: Mailbox> Reading<'_, M> {
    /// Asks for them, where it is time; how many were taken in.
    pub(super) async fn ask_again(&mut self) -> Result<usize, Trouble> {
        let mut come = VecDeque::new();
        for (place, rows) in self.ungiven().await.map_err(Trouble::Lost)? {
            self.given(place, &rows, &mut come).await?;
        }
        if come.is_empty() {
            return Ok(0);
        }
        self.take(come).await
    }

    /// Those that are to be asked for now, by the places of their folders among those that were
    /// looked at: UID and row. That they are is on record then.
    async fn ungiven(&self) -> Result<Vec<(usize, BTreeMap<u32, i64>)>> {
        let record = self.hands.record;
        let key = format!("asked-again/{}", self.hands.mailbox.name);
        let (wanted, now) = (self.sweeps, record.now());
        let before = if wanted { now } else { now - AGAIN };
        let folders = self.looked.iter();
        let folders: Vec<_> = folders
            .map(|l| (l.folder.id, l.opened.uidvalidity))
            .collect();
        let last = key.clone();
        let ask = move |tx: &Tx| {
            let last = tx.meta(&last)?.and_then(|at| at.parse::<Timestamp>().ok());
            if !wanted && last.is_some_and(|at| now.duration_since(at).abs() < AGAIN) {
                return Ok(Vec::new());
            }
            let all = folders.iter().map(|(id, v)| tx.ungiven(*id, *v, before));
            let all = all.collect::<Result<Vec<_>>>()?.into_iter().enumerate();
            Ok(all.filter(|(_, rows)| !rows.is_empty()).collect())
        };
        let all: Vec<(usize, BTreeMap<u32, i64>)> = record.read(ask).await?;
        if !all.is_empty() {
            let asked = move |tx: &Tx| tx.set_meta(&key, &now.to_string());
            record.write(asked).await?;
        }
        Ok(all)
    }

    /// Those of one folder of which the first byte comes.
    async fn given(
        &mut self,
        place: usize,
        rows: &BTreeMap<u32, i64>,
        come: &mut VecDeque<Found>,
    ) -> Result<(), Trouble> {
        let Some(looked) = self.looked.get(place) else {
            return Ok(());
        };
        let (id, uidvalidity) = (looked.folder.id, looked.opened.uidvalidity);
        gather::open_again(self.server, &mut self.current, looked).await?;
        let record = self.hands.record;
        let histories = record.read(move |tx| tx.histories(id, uidvalidity)).await;
        let histories = histories.map_err(Trouble::Lost)?;
        // Another one first each time: one over which the connection breaks is in nobody's way.
        let mut uids: Vec<u32> = rows.keys().copied().collect();
        let first = record.now().as_second().unsigned_abs() % (uids.len().max(1) as u64);
        uids.rotate_left(first as usize);
        for uid in uids {
            let listed = Listed::untold(uid);
            match self.server.slice(uid, 0, 1, &mut |_| {}).await {
                Ok(Some(1..)) => come.push_back(Found {
                    looked: place,
                    place: (id, uidvalidity, uid),
                    listed,
                    history: histories.get(&uid).copied().unwrap_or_default(),
                    row: rows.get(&uid).copied(),
                }),
                Ok(Some(0) | None) | Err(Trouble::Refused { .. }) => {}
                Err(why) if why.is_passing() => {}
                Err(why) => return Err(why),
            }
        }
        Ok(())
    }
}
