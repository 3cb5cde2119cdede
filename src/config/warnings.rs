//! What is allowed in a config and probably not meant: `check` says it.

use super::{AckMode, Config, MailboxConfig, calendar};
use crate::promise::{Audience, OneOf, Promise, Run, Span, Step, deadline};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeSet;

impl Config {
    /// What is allowed and probably not meant, on the local day `today`.
    pub fn warnings(&self, today: Date) -> Vec<String> {
        let mut warnings = calendar::warnings(&self.calendar, today);
        if let [only] = self.team.as_slice() {
            warnings.push(format!(
                "the team is {} alone: nobody else is told when they are away",
                only.name
            ));
        }
        if self.policy.promises.is_empty() {
            warnings.push(format!(
                "the policy {:?} promises nothing: no report gets a deadline; where its page promises something, its file is not whole",
                self.policy.name
            ));
        }
        match self.acknowledge.mode {
            AckMode::NotFail => {}
            AckMode::Pass => warnings.extend(self.mailboxes.iter().filter(|m| m.authserv_ids.is_empty()).map(|m| {
                format!("mailbox {}: mode = \"pass\" without authserv_id: each acknowledgement waits for a person to release it", m.name)
            })),
            AckMode::Off => warnings
                .push("acknowledgements are off: each waits for a person to release it".to_owned()),
        }
        if !self.platforms.is_empty() && self.mailboxes.iter().all(|m| m.authserv_ids.is_empty()) {
            warnings.push("[[platform]] without authserv_id in [[mailbox]]: no mail is believed to be of a platform".to_owned());
        }
        warnings
    }

    /// Nobody, or not everybody, hears of the silence of the first line: for `check`.
    pub fn escalation_warning(&self) -> Option<String> {
        let promises = &self.policy.promises;
        let escalates = |p: &Promise| p.escalate.is_some() || p.to.contains(&Audience::SecondLine);
        match (self.first_line().count(), self.second_line().next()) {
            (1, None) => None,
            (silent, None) => Some(format!(
                "no second line in [team]: nobody is told if all {silent} are silent"
            )),
            (_, Some(_)) if promises.iter().any(escalates) => None,
            (_, Some(second)) => Some(format!(
                "the second line ({}) hears of nothing: no promise has `escalate`",
                second.name
            )),
        }
    }

    /// Promises that hold for reports of this config never, or only by hand, or whose
    /// numbers do not suit the calendar, as it is from the local day `today` on.
    pub fn promise_warnings(&self, today: Date) -> Vec<String> {
        let mut warnings = self.classes_that_nothing_gives();
        let promises = self.policy.promises.iter();
        let early = promises.filter_map(|promise| {
            let day = self.due_before_it_starts(promise, today)?;
            Some(format!(
                "promise {:?}: what comes in on {} is due before it came in, for all its days are off\n  hint: promise business days",
                promise.name,
                day.strftime("%a %-d %b %Y")
            ))
        });
        warnings.extend(early);
        warnings.extend(self.policy.promises.iter().filter_map(untold));
        let receipt = |any: &OneOf| any.0.iter().any(|name| name.as_str() == "acknowledged");
        let promised = self
            .policy
            .promises
            .iter()
            .find(|promise| promise.needs.iter().any(receipt));
        if let Some(promise) = promised.filter(|_| self.acknowledge.mode == AckMode::Off) {
            warnings.push(format!(
                "promise {:?} is met by the receipt, and [acknowledge] is off: a person has to release each",
                promise.name
            ));
        }
        if self.organisation.signal && self.signal_number.is_none() {
            warnings.push("receipts offer a Signal number, and nobody can give it\n  hint: signal_number_file in [organisation]".to_owned());
        }
        warnings
    }

    /// The classes that no address and no platform gives.
    fn classes_that_nothing_gives(&self) -> Vec<String> {
        let addresses = self.mailboxes.iter().flat_map(MailboxConfig::addresses);
        let platforms = self.platforms.iter().filter_map(|p| p.class.as_deref());
        let given: BTreeSet<&str> = addresses
            .filter_map(|(_, class)| class)
            .chain(platforms)
            .collect();
        let known = self.policy.classes();
        let lacking = known.iter().filter(|class| !given.contains(class.as_str()));
        lacking
            .map(|class| {
                format!(
                    "no address and no platform gives the class {class}: only `gatepost set REF class={class}` does\n  hint: class in [[mailbox]], its aliases or [[platform]]"
                )
            })
            .collect()
    }

    /// The first day of the year from `today` on, whose reports would be due before.
    fn due_before_it_starts(&self, promise: &Promise, today: Date) -> Option<Date> {
        let Some(Span::Days(_)) = promise.within else {
            return None;
        };
        let is_early = |day: &Date| {
            let run = Run {
                start: 1,
                started_at: self.calendar.opening(*day),
                date: None,
                met: Vec::new(),
                paused_at: None,
                end: None,
            };
            let deadline = deadline(promise, &run, &self.calendar);
            deadline.is_some_and(|d| d.due_at < run.started_at)
        };
        today.series(1.day()).take(366).find(is_early)
    }
}

/// A deadline that could pass without a word.
fn untold(promise: &Promise) -> Option<String> {
    let goes_on = |step: &Step| matches!(step, Step::WhenDue | Step::After(_) | Step::DailyAfter);
    let name = &promise.name;
    if promise.is_timeless() {
        // It would do nothing without a reminder, and is refused.
        return None;
    }
    if promise.remind.is_empty() {
        return Some(format!(
            "promise {name:?} has no reminder: its deadline passes without a word\n  hint: remind = [\"1 business day before\", \"when due\", \"daily after\"]"
        ));
    }
    (!promise.soft && !promise.remind.iter().any(goes_on)).then(|| {
        format!(
            "promise {name:?} is reminded of only before its deadline: when that has passed, nobody is told\n  hint: add \"when due\" and \"daily after\" to its `remind`"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{read_policy, sample};
    use jiff::civil::date;

    const TODAY: Date = date(2027, 4, 26);

    /// The warnings under a policy of these promises.
    fn warned(promises: &str, change: impl FnOnce(&mut Config)) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let mut config = sample::small(dir.path());
        let head = "name = \"ours\"\nversion = 2026-09-11\nurl = \"https://example.org\"\n";
        config.policy = read_policy(&format!("{head}{promises}")).unwrap();
        change(&mut config);
        config.promise_warnings(TODAY)
    }

    const HELP: &str = "[[promise]]\nname = \"help\"\npage = \"p\"\nclass = \"attack\"\nfrom = \"received\"\n\
                        needs = \"answered\"\nwithin = \"2 hours\"\nremind = [\"when due\"]\n";

    #[test]
    fn a_class_that_nothing_gives_is_told() {
        let found = warned(HELP, |_| {});
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("no address and no platform gives the class attack"));
        let given = warned(HELP, |config| {
            config.mailboxes[0].class = Some("attack".to_owned());
        });
        assert_eq!(given, [""; 0]);
    }

    #[test]
    fn days_that_are_all_off_are_told() {
        let promise = |within: &str| {
            format!(
                "[[promise]]\nname = \"soon\"\npage = \"p\"\nfrom = \"received\"\nneeds = \"answered\"\nwithin = \"{within}\"\nremind = [\"when due\"]\n"
            )
        };
        let found = warned(&promise("1 day"), |_| {});
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("comes in on Sat 1 May 2027"), "{found:?}");
        for within in ["2 days", "1 business day", "3 hours"] {
            assert_eq!(warned(&promise(within), |_| {}), [""; 0], "{within}");
        }
    }

    #[test]
    fn a_deadline_that_passes_without_a_word_is_told() {
        let promise = |more: &str| {
            let of = "name = \"soon\"\npage = \"p\"\nfrom = \"received\"\nneeds = \"answered\"\nwithin = \"3 hours\"";
            warned(&format!("[[promise]]\n{of}\n{more}\n"), |_| {})
        };
        assert!(promise("")[0].contains("\"soon\" has no reminder"));
        assert!(promise("soft = true")[0].contains("has no reminder"));
        let before = "remind = [\"at once\", \"1 hour before\"]";
        assert!(promise(before)[0].contains("only before its deadline"));
        assert_eq!(promise(&format!("soft = true\n{before}")), [""; 0]);
        for step in ["when due", "1 hour after", "daily after"] {
            assert_eq!(
                promise(&format!("remind = [\"{step}\"]")),
                [""; 0],
                "{step}"
            );
        }
        for (name, _) in crate::config::policy::policies() {
            let (policy, _) = crate::config::policy::named(name, std::path::Path::new("")).unwrap();
            let told: Vec<String> = policy.promises.iter().filter_map(untold).collect();
            assert_eq!(told, [""; 0], "{name}");
        }
    }

    #[test]
    fn what_letters_offer_and_nobody_can_give_is_told() {
        let found = warned("", |config| config.organisation.signal = true);
        assert!(found[0].contains("signal_number_file"), "{found:?}");
        let receipt = "[[promise]]\nname = \"ack\"\npage = \"p\"\nfrom = \"received\"\n\
                       needs = [[\"acknowledged\", \"answered\"]]\nremind = [\"1 business day after\"]\n";
        let off = |config: &mut Config| config.acknowledge.mode = AckMode::Off;
        assert!(warned(receipt, off)[0].contains("is met by the receipt"));
        assert_eq!(warned(receipt, |_| {}), [""; 0]);
    }
}
