//! Classes that a mail takes away and gives anew in one: their promises that are met start
//! once more.

use crate::ticket::{Fact, What};
use std::collections::BTreeSet;

/// The facts that take such a class away, by number.
pub(super) fn called(facts: &[&Fact]) -> BTreeSet<i64> {
    let is_given_anew = |fact: &Fact, gone: &String| {
        facts.iter().any(|f| {
            f.mail.is_some()
                && (f.mail, f.at) == (fact.mail, fact.at)
                && matches!(&f.what, What::Classed { class } if class == gone && f.n > fact.n)
        })
    };
    let all = facts.iter().filter(|fact| match &fact.what {
        What::Unclassed { class } => is_given_anew(fact, class),
        _ => false,
    });
    all.map(|fact| fact.n).collect()
}

#[cfg(test)]
mod tests {
    use crate::promise::Promise;
    use crate::promise::run::runs;
    use crate::promise::samples::{facts, london, respond};
    use crate::ticket::What;

    #[test]
    fn what_is_open_goes_on_when_a_mail_gives_its_class_anew() {
        let promise = Promise {
            class: Some("attack".into()),
            ..respond()
        };
        let class = || "attack".to_owned();
        let mut story = facts(&[
            ("2027-05-04 10:00", What::Received),
            ("2027-05-04 10:00", What::Classed { class: class() }),
            ("2027-05-05 03:00", What::Unclassed { class: class() }),
            ("2027-05-05 03:00", What::Classed { class: class() }),
        ]);
        let opened = |story: &[_]| -> Vec<bool> {
            let runs = runs(&promise, story, &london());
            runs.iter().map(|run| run.end.is_none()).collect()
        };
        // A person took it away, and gave it back.
        assert_eq!(opened(&story), [false, true]);
        for fact in &mut story[2..] {
            fact.mail = Some(7);
        }
        assert_eq!(opened(&story), [true]);
    }
}
