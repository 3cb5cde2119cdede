//! Whether the reporter wants to be named, as far as people have said.

use super::fact::{Fact, What};
use super::field::Field;
use super::fold::counting;
use super::outcome::Outcome;

/// How it stands with the credit of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credit {
    /// Nobody has asked.
    Unasked,
    /// A letter asked, and nobody has recorded an answer.
    Asked,
    /// By this name.
    Named(String),
    /// Not to be named.
    Anonymous,
    /// There was a name once, and it must not be given out any more.
    Withdrawn,
}

impl Credit {
    /// How it stands by these facts. The evaluation letter of an accepted report asks, and
    /// that of the resolution, by which they are thanked, does where none before it did.
    pub fn of(facts: &[Fact]) -> Self {
        let (mut asked, mut declined, mut name, mut was_named) = (false, false, None, false);
        for fact in counting(facts) {
            match &fact.what {
                What::Evaluated {
                    outcome: Outcome::Accepted,
                }
                | What::Thanked => asked |= fact.letter.is_some(),
                What::Credited => asked = true,
                What::CreditDeclined => declined = true,
                What::Set {
                    field: Field::Credit,
                    value,
                    ..
                } => {
                    // Who gives a name is content to be named.
                    declined &= value.is_none();
                    was_named |= value.is_some();
                    name.clone_from(value);
                }
                _ => {}
            }
        }
        match (name, declined, was_named) {
            (Some(name), _, _) => Self::Named(name),
            (None, true, true) => Self::Withdrawn,
            (None, true, false) => Self::Anonymous,
            (None, false, _) if asked => Self::Asked,
            (None, false, _) => Self::Unasked,
        }
    }

    /// The word that scripts read.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unasked => "unasked",
            Self::Asked => "asked",
            Self::Named(_) => "named",
            Self::Anonymous => "anonymous",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Nothing is known yet: a person asks, or records the answer.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Unasked | Self::Asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::By;

    fn facts(all: &[(What, Option<i64>)]) -> Vec<Fact> {
        let fact = |(i, (what, letter)): (usize, &(What, Option<i64>))| Fact {
            n: i as i64 + 1,
            at: "2027-05-04T09:00:00Z".parse().unwrap(),
            what: what.clone(),
            by: By::Person("anna".to_owned()),
            letter: *letter,
            mail: None,
            via: None,
        };
        all.iter().enumerate().map(fact).collect()
    }

    #[test]
    fn credit_goes_from_unasked_to_withdrawn() {
        let set = |value: Option<&str>| What::Set {
            field: Field::Credit,
            value: value.map(str::to_owned),
            was: None,
        };
        let accepted = What::Evaluated {
            outcome: Outcome::Accepted,
        };
        let refused = What::Evaluated {
            outcome: Outcome::OutOfScope,
        };
        let undelivered = What::Undelivered {
            letter: Some(3),
            mail: None,
            why: String::new(),
        };
        let fox = || Credit::Named("fox".to_owned());
        let check = |all: &[(What, Option<i64>)], wanted: Credit| {
            assert_eq!(Credit::of(&facts(all)), wanted, "{all:?}");
        };
        check(&[(What::Received, None)], Credit::Unasked);
        check(&[(refused, Some(3))], Credit::Unasked);
        check(&[(accepted.clone(), None)], Credit::Unasked);
        check(&[(accepted.clone(), Some(3))], Credit::Asked);
        check(
            &[(accepted.clone(), Some(3)), (undelivered, None)],
            Credit::Unasked,
        );
        check(
            &[(What::Resolved, None), (What::Thanked, Some(3))],
            Credit::Asked,
        );
        check(
            &[(What::Resolved, None), (What::Thanked, None)],
            Credit::Unasked,
        );
        check(&[(set(Some("fox")), None)], fox());
        check(&[(What::CreditDeclined, None)], Credit::Anonymous);
        check(
            &[(What::CreditDeclined, None), (set(Some("fox")), None)],
            fox(),
        );
        let withdrawn = [
            (set(Some("fox")), None),
            (set(None), None),
            (What::CreditDeclined, None),
        ];
        check(&withdrawn, Credit::Withdrawn);
        let back = What::Retracted {
            fact: 3,
            why: String::new(),
        };
        check(&[&withdrawn[..], &[(back, None)]].concat(), Credit::Unasked);
        let taken_away = [
            (accepted, Some(3)),
            (set(Some("fox")), None),
            (set(None), None),
        ];
        check(&taken_away, Credit::Asked);
    }
}
