//! Which report a duplicate repeats. What is read here, the desk acts on: its reporter hears
//! what the reporter of that one hears.

use super::field::Field;
use super::fold::Ticket;
use super::outcome::Outcome;
use super::reference::TicketNo;

impl Ticket {
    /// The report that this one repeats, as its evaluation named it: by its number. What
    /// people `set` is a whole reference, and only points there.
    pub fn follows(&self) -> Option<TicketNo> {
        let named = self.set.get(&Field::See)?;
        let number = named.parse().ok().map(TicketNo);
        number.filter(|_| self.outcome == Some(Outcome::Duplicate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_follows_what_its_evaluation_named() {
        let check = |outcome: Outcome, see: &str, wanted: Option<i64>| {
            let mut ticket = Ticket::fold(&[]);
            ticket.outcome = Some(outcome);
            ticket.set.insert(Field::See, see.to_owned());
            assert_eq!(ticket.follows(), wanted.map(TicketNo), "{outcome:?} {see}");
        };
        check(Outcome::Duplicate, "0019", Some(19));
        check(Outcome::Duplicate, "12345", Some(12345));
        check(Outcome::Duplicate, "SEC-2027-0019", None);
        check(Outcome::Accepted, "0019", None);
        check(Outcome::NotAVulnerability, "0019", None);
    }
}
