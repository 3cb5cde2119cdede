//! When it is made public: what we plan, what the reporter was told of it, and what has to
//! come before.
//!
//! A date is planned from the command on. That the reporter was told is a fact of its own: the
//! same date, once more, with the letter, the mail or the way by which they know.

use super::Decision;
use super::answer::{dates_told, is_published, is_resolved};
use super::evaluate::check_date;
use crate::store::{Letter, LetterState, Tx};
use crate::ticket::{Fact, Field, Planned, Ticket, TicketNo, What, counting};
use anyhow::{Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;

/// The dates of this kind that the reporter was told, each that differs from the one before,
/// and since when they know; the oldest first.
pub fn planned_told(facts: &[Fact], event: Planned) -> Vec<(Date, Timestamp)> {
    let mut facts = counting(facts);
    facts.sort_by_key(|f| (f.at, f.n));
    let is_told = |f: &&Fact| f.letter.is_some() || f.mail.is_some() || f.via.is_some();
    let date = |f: &Fact| match f.what {
        What::Planned { event: of, on } if of == event => Some((on, f.at)),
        _ => None,
    };
    let told = facts.into_iter().filter(is_told).filter_map(date);
    let mut told: Vec<(Date, Timestamp)> = told.collect();
    told.dedup_by_key(|(on, _)| *on);
    told
}

/// The last of them.
pub fn last_told(facts: &[Fact], event: Planned) -> Option<Date> {
    planned_told(facts, event).last().map(|(on, _)| *on)
}

/// Nobody plans another day while a letter is under way that tells this one: when that
/// leaves, its day would hold again.
///
/// # Errors
/// Names the letter.
pub fn no_letter_tells_another(
    tx: &Tx,
    ticket: TicketNo,
    event: Planned,
    on: Option<Date>,
) -> Result<()> {
    use LetterState::{Held, Offered, Queued, Unknown};
    let under_way = |l: &Letter| matches!(l.state, Held | Queued | Offered | Unknown);
    for letter in tx.letters_of(ticket)?.iter().filter(|l| under_way(l)) {
        let tells = letter.facts.iter().find_map(|what| match what {
            What::Planned { event: of, on } if *of == event => Some(*on),
            _ => None,
        });
        if let Some(tells) = tells.filter(|tells| on != Some(*tells)) {
            let id = letter.id;
            let way_out = match letter.state {
                Unknown => {
                    format!("gatepost outbox sent {id}, drop or retry says what became of it")
                }
                _ => format!("gatepost outbox drop {id} first, or wait until it has left"),
            };
            bail!(
                "letter {id}, under way, tells them {tells} for the {}\n  hint: {way_out}",
                event.word()
            );
        }
    }
    Ok(())
}

/// Whether a reporter who was told one date may be told this one.
///
/// # Errors
/// When it is the same, or moves without a reason.
pub(super) fn may_be_told(on: Date, told: Option<Date>, because: &str) -> Result<()> {
    match told {
        Some(told) if told == on => bail!("the reporter has been told {on} already"),
        Some(told) if because.trim().is_empty() => bail!(
            "the reporter was told {told}: a date that moves has a reason\n  hint: --because TEXT"
        ),
        Some(_) | None => Ok(()),
    }
}

/// Why a date moves, for the record.
pub(super) fn moved_because(event: Planned, on: Date, because: &str) -> Option<What> {
    let because = because.trim();
    let text = || format!("{} moves to {on}: {because}", event.word());
    (!because.is_empty()).then(|| What::Remarked { text: text() })
}

/// The date of the resolution that the reporter was told, if a publication on this day would
/// come before it.
pub fn too_early(facts: &[Fact], publication: Date) -> Option<Date> {
    let expected = dates_told(facts).last().copied();
    expected.filter(|expected| publication < *expected && !is_resolved(facts))
}

/// The day on which an embargo ends, if a publication on this day would break it.
pub fn embargoed(facts: &[Fact], publication: Date) -> Option<Date> {
    let until = Ticket::fold(facts).planned.get(&Planned::Embargo).copied();
    until.filter(|until| publication < *until)
}

/// The command by which an embargo holds no more, or until another day: what the reporter
/// was told is not taken back without a word to them.
pub fn frees(facts: &[Fact], ticket: TicketNo) -> String {
    let n = ticket.0;
    match last_told(facts, Planned::Embargo) {
        Some(_) => format!("`gatepost reply {n} --embargo DATE --because TEXT` moves it"),
        None => format!("`gatepost set {n} embargo=` takes it back"),
    }
}

/// A publication, as a person gave it.
#[derive(Clone, Debug)]
pub struct Publication {
    /// Planned for this local day; none: it is public.
    pub on: Option<Date>,
    /// Where it can be read.
    pub link: Option<String>,
    /// Why the planned day moves; may be empty when none was told before.
    pub because: String,
    /// Why it is public although the problem is not resolved, or before an embargo ends.
    pub force: Option<String>,
}

impl Publication {
    /// What it decides. A plan is only a date; what is public is an update that was posted.
    pub fn on(&self, decision: Decision) -> Decision {
        let why = self.force.as_ref().map(|reason| What::Remarked {
            text: format!("published all the same: {reason}"),
        });
        let link = self.link.as_ref().map(|link| What::Set {
            field: Field::Link,
            was: None,
            value: Some(link.clone()),
        });
        let planned = self.on.map(|on| What::Planned {
            event: Planned::Publication,
            on,
        });
        let moves = self.on;
        let moves = moves.and_then(|on| moved_because(Planned::Publication, on, &self.because));
        let done = match &planned {
            Some(planned) => vec![planned.clone()],
            None => vec![What::UpdatePosted, What::Published],
        };
        Decision {
            decided: why.into_iter().chain(moves).chain(link).collect(),
            done,
            told: std::iter::once(What::Answered).chain(planned).collect(),
            ..decision
        }
    }

    /// Whether it can be given, on a ticket with these facts.
    ///
    /// # Errors
    /// Says what does not fit: publishing comes after resolving and when no embargo holds,
    /// unless a reason is given.
    pub fn check(&self, facts: &[Fact], ticket: TicketNo, today: Date) -> Result<()> {
        let frees = || frees(facts, ticket);
        let reason = self.force.as_deref().map(str::trim).unwrap_or_default();
        let day = self.on.unwrap_or(today);
        let embargo = embargoed(facts, day).filter(|_| reason.is_empty());
        match self.on {
            Some(on) if on <= today => bail!(
                "{on} is not in the future\n  hint: leave --on out for what is public already"
            ),
            Some(on) => {
                may_be_told(on, last_told(facts, Planned::Publication), &self.because)?;
                check_date("the publication", on, today)?;
                if let Some(until) = embargo {
                    bail!(
                        "{on} comes before {until}, until which an embargo holds\n  hint: a later day, {}, or --force REASON",
                        frees()
                    );
                }
                match too_early(facts, on).filter(|_| reason.is_empty()) {
                    Some(expected) => bail!(
                        "{on} comes before {expected}, by which we told them that it will be resolved: it would show how to attack what is not mended\n  hint: a later day, `gatepost reply {} --expected` to move the other, or --force REASON",
                        ticket.0
                    ),
                    None => Ok(()),
                }
            }
            None if is_published(facts) => bail!("it is published already"),
            None if let Some(until) = embargo => bail!(
                "an embargo holds until {until}: others keep silent until then, and so do we\n  hint: --on {until}, {}, or --force REASON",
                frees()
            ),
            None if !is_resolved(facts) && reason.is_empty() => bail!(
                "it is not resolved: what is published now shows how to attack it\n  hint: gatepost resolve {} first, or --force REASON",
                ticket.0
            ),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 24);

    #[test]
    fn publishing_waits_for_the_fix_or_for_a_reason() {
        let check = |whats: &[What], force: Option<&str>, on: Option<Date>, wanted: bool| {
            let publication = Publication {
                on,
                link: None,
                because: String::new(),
                force: force.map(str::to_owned),
            };
            let fits = publication
                .check(&Fact::each_second(whats), TicketNo(7), TODAY)
                .is_ok();
            assert_eq!(fits, wanted, "{whats:?} {publication:?}");
        };
        check(&[What::Resolved], None, None, true);
        check(&[], None, None, false);
        check(&[What::Resolved, What::Reopened], None, None, false);
        check(&[], Some(" "), None, false);
        check(&[], Some("it is in the news"), None, true);
        check(&[], None, Some(date(2026, 11, 25)), true);
        let expected = What::Dated {
            on: date(2026, 12, 4),
        };
        let early = Some(date(2026, 12, 3));
        check(std::slice::from_ref(&expected), None, early, false);
        check(
            std::slice::from_ref(&expected),
            Some("agreed with them"),
            early,
            true,
        );
        check(
            std::slice::from_ref(&expected),
            None,
            Some(date(2026, 12, 4)),
            true,
        );
        check(&[expected, What::Resolved], None, early, true);
        check(&[What::Resolved], None, Some(TODAY), false);
        check(&[What::Resolved, What::Published], None, None, false);
    }

    #[test]
    fn publishing_waits_for_the_end_of_an_embargo_or_for_a_reason() {
        let until = date(2026, 12, 4);
        let embargo = What::Planned {
            event: Planned::Embargo,
            on: until,
        };
        let check = |more: &[What], on: Option<Date>, force: Option<&str>, today: Date, wanted| {
            let publication = Publication {
                on,
                link: None,
                because: String::new(),
                force: force.map(str::to_owned),
            };
            let whats = [&[What::Resolved, embargo.clone()], more].concat();
            let fits = publication
                .check(&Fact::each_second(&whats), TicketNo(7), today)
                .is_ok();
            assert_eq!(fits, wanted, "{more:?} {publication:?}");
        };
        let before = until.yesterday().unwrap();
        let retracted = What::Retracted {
            fact: 2,
            why: "over".to_owned(),
        };
        check(&[], None, None, TODAY, false);
        check(&[], None, Some("it leaked"), TODAY, true);
        check(&[], Some(before), None, TODAY, false);
        check(&[], Some(before), Some("agreed"), TODAY, true);
        check(&[], Some(until), None, TODAY, true);
        check(&[], None, None, before, false);
        check(&[], None, None, until, true);
        check(&[retracted], None, None, TODAY, true);
    }

    #[test]
    fn an_embargo_is_taken_back_or_moved_as_the_reporter_knows_of_it() {
        let embargo = What::Planned {
            event: Planned::Embargo,
            on: date(2026, 12, 4),
        };
        let publication = Publication {
            on: None,
            link: None,
            because: String::new(),
            force: None,
        };
        let mut facts = Fact::each_second(&[What::Resolved, embargo]);
        for (letter, way) in [
            (None, "`gatepost set 7 embargo=`"),
            (Some(3), "`gatepost reply 7 --embargo DATE --because TEXT`"),
        ] {
            facts[1].letter = letter;
            let why = publication.check(&facts, TicketNo(7), TODAY);
            let why = why.unwrap_err().to_string();
            assert!(why.contains(way), "{why}");
        }
    }
}
