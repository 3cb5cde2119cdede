//! One alert when the caps hold acknowledgements back, and one when a heap of old mail
//! does; not one a mail.
//!
//! What is held stands in `outbox` and on its ticket. The alert is told through the command
//! channel once, and stands above `list` and in the digest as long as it is so.

use crate::config::Config;
use crate::store::Tx;
use crate::triage;
use anyhow::Result;
use jiff::SignedDuration;

/// The alarm of acknowledgements that are over a cap.
const OVER_A_CAP: &str = "caps";
/// The alarm of a heap of old mail.
const OLD_MAIL: &str = "old-mail";

/// So many old mails at a time are no heap.
const FEW_OLD: u32 = 20;

/// What was held longer ago is not news.
const OF_LATE: SignedDuration = SignedDuration::from_hours(24);

/// Says of each alert whether it is on.
pub fn look(tx: &Tx, config: &Config) -> Result<()> {
    let held = tx.held_since(tx.now() - OF_LATE)?;
    let count = |is: fn(&str) -> bool| -> u32 {
        let of_them = held.iter().filter(|(because, _)| is(because));
        of_them.map(|(_, count)| count).sum()
    };
    let over = (count(triage::is_over_a_cap) > 0)
        .then(|| "acknowledgements are held, for a cap was reached".to_owned());
    let hours = config.acknowledge.stale_after.as_hours();
    let old = (count(triage::is_by_age) > FEW_OLD).then(|| {
        format!("over {FEW_OLD} mails came that were received over {hours} hours ago: their acknowledgements are held")
    });
    for (key, alert) in [(OVER_A_CAP, over), (OLD_MAIL, old)] {
        match alert {
            Some(text) => {
                tx.raise(key, &text)?;
                tx.quieten(key, true)?;
            }
            None => tx.over(key)?,
        }
    }
    Ok(())
}

/// The alerts that are on, in our words.
pub fn alerts(tx: &Tx) -> Result<Vec<String>> {
    let on = tx.alarms_on()?.into_iter();
    let ours = on.filter(|alarm| [OVER_A_CAP, OLD_MAIL].contains(&alarm.key.as_str()));
    Ok(ours.map(|alarm| alarm.text).collect())
}

#[cfg(test)]
mod tests;
