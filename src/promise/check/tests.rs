//! What a policy may not promise is refused, with what would be right.

use super::*;
use crate::ticket::What;

/// One of each: a new fact must be given its place, or this does not compile.
fn place(what: &What) -> &'static str {
    match what {
        What::Received
        | What::Acknowledged
        | What::ReporterWrote
        | What::Evaluated { .. }
        | What::Dated { .. }
        | What::DateNotDue
        | What::Answered
        | What::Owned { .. }
        | What::Disowned
        | What::Resolved
        | What::UpdatePosted
        | What::Published
        | What::Thanked
        | What::Credited
        | What::CreditDeclined
        | What::Exploited
        | What::Undelivered { .. }
        | What::Closed
        | What::Reopened => "of a policy",
        What::CopyReceived
        | What::Crossed { .. }
        | What::Noted { .. }
        | What::Decided { .. }
        | What::DateDecided { .. }
        | What::Planned { .. }
        | What::Retracted { .. }
        | What::Classed { .. }
        | What::Unclassed { .. }
        | What::Set { .. }
        | What::Waiting { .. }
        | What::LastCalled { .. }
        | What::Remarked { .. }
        | What::DataAccessed { .. }
        | What::Junked { .. }
        | What::Adopted => "taken",
        What::Declared { .. } => "declared",
    }
}

#[test]
fn every_fact_is_of_a_policy_or_its_name_is_taken() {
    let data = r#"{"who":"x","why":"x","text":"x","class":"x","on":null,"field":"title","value":null,
        "outcome":"accepted","expected":null,"letter":1,"seen":1,"retracts":1,"because":"x","event":"embargo","until":"2027-05-06""#;
    for name in FactName::BUILT_IN.into_iter().chain(TAKEN) {
        let of = |data: String| serde_json::from_str::<What>(&data);
        let dated = data.replace("null,\"field", "\"2027-05-06\",\"field");
        let what = of(format!("{data},\"fact\":\"{name}\"}}"))
            .or_else(|_| of(format!("{dated},\"fact\":\"{name}\"}}")));
        let wanted = if TAKEN.contains(&name) {
            "taken"
        } else {
            "of a policy"
        };
        assert_eq!(place(&what.unwrap()), wanted, "{name}");
    }
    assert_eq!(
        FactName::BUILT_IN.len() + TAKEN.len(),
        33,
        "those of `place`"
    );
}

use crate::promise::samples::{any_of, policy, respond};
use crate::promise::{Audience, DateKind};

fn check(change: impl FnOnce(&mut Policy, &mut Promise), says: &[&str]) {
    let mut promise = respond();
    let mut policy = policy(&[]);
    change(&mut policy, &mut promise);
    policy.promises.push(promise);
    let faults: Vec<String> = policy.check().iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), says.len(), "{faults:?}");
    for (fault, says) in faults.iter().zip(says) {
        assert!(fault.contains(says), "{fault} lacks {says}");
    }
}

#[test]
fn a_sound_policy_has_no_faults() {
    check(|_, _| {}, &[]);
    check(
        |_, p| (p.from, p.within, p.by) = (vec![], None, Some(DateKind::Expected)),
        &[],
    );
    check(
        |_, p| (p.within, p.remind) = (None, vec![Step::AtOnce, Step::DailyAfter]),
        &[],
    );
    let cadence = |_: &mut Policy, p: &mut Promise| {
        (p.from, p.repeat) = (vec![any_of(&["answered"])], true);
        p.others_count = true;
    };
    check(cadence, &[]);
    check(|_, p| p.others_count = true, &["`others_count` is for"]);
}

#[test]
fn facts_must_be_known_or_declared() {
    check(
        |_, p| p.needs.push(any_of(&["early-warning"])),
        &["no fact \"early-warning\""],
    );
    check(
        |policy, p| {
            policy.declared = vec![FactName::new("early-warning")];
            p.needs.push(any_of(&["early-warning"]));
        },
        &[],
    );
    check(
        |policy, _| policy.declared = vec![FactName::new("resolved")],
        &["already"],
    );
    check(
        |policy, _| policy.declared = vec![FactName::new("noted")],
        &["already"],
    );
    check(
        |policy, _| policy.declared = vec![FactName::new("Fix Out")],
        &["a name is"],
    );
    check(
        |policy, _| policy.declared = vec![FactName::new("a"), FactName::new("a")],
        &["twice"],
    );
}

#[test]
fn each_fault_of_form_is_named() {
    check(|_, p| p.name = "Respond!".into(), &["a name is"]);
    check(|_, p| p.name = "a".repeat(33), &["a name is"]);
    check(|policy, p| policy.promises.push(p.clone()), &["already"]);
    check(
        |_, p| p.by = Some(DateKind::Expected),
        &["both `within` and `by`"],
    );
    check(|_, p| p.from.clear(), &["nothing starts it"]);
    check(|_, p| p.needs.clear(), &["nothing meets it"]);
    check(|_, p| p.needs.push(any_of(&[])), &["inner list"]);
    check(
        |_, p| p.ends = vec![FactName::new("received")],
        &["never start"],
    );
    check(|_, p| p.from = vec![any_of(&["closed"])], &["never start"]);
    check(
        |_, p| {
            p.from = vec![any_of(&["answered", "resolved"])];
            p.ends = ["answered", "resolved"].map(FactName::new).into();
        },
        &["never start"],
    );
    check(
        |_, p| p.needs = vec![any_of(&["received"])],
        &["never be met"],
    );
    check(
        |_, p| (p.class, p.except) = (Some("attack".into()), vec!["attack".into()]),
        &["never start"],
    );
    check(
        |_, p| p.except = vec!["At tack".into()],
        &["the name of no class"],
    );
    check(
        |_, p| (p.within, p.remind) = (Some(Span::BusinessDays(251)), vec![]),
        &["between 1 and 250"],
    );
}

#[test]
fn each_reminder_needs_a_moment() {
    let with = |steps: &[Step], says: &[&str]| check(|_, p| p.remind = steps.to_vec(), says);
    with(
        &[Step::Before(Span::BusinessDays(4))],
        &["longer than the promise itself, 3 business days"],
    );
    with(&[Step::Before(Span::Hours(73))], &["longer"]);
    with(&[Step::Before(Span::Hours(0))], &["between 1 and 8784"]);
    with(&[Step::WhenDue, Step::WhenDue], &["twice"]);
    check(
        |_, p| (p.within, p.remind) = (None, vec![Step::WhenDue]),
        &["never due"],
    );
    check(
        |_, p| (p.within, p.remind) = (None, vec![Step::Before(Span::Hours(1))]),
        &["never due"],
    );
    check(
        |_, p| (p.within, p.remind) = (None, vec![]),
        &["neither a time nor a reminder"],
    );
    with(&[Step::After(Span::Days(0))], &["between 1 and 366"]);
    with(
        &[Step::After(Span::BusinessDays(30)), Step::DailyAfter],
        &[],
    );
}

#[test]
fn who_hears_is_checked_too() {
    let all = [Audience::Owner, Audience::Team, Audience::SecondLine];
    check(|_, p| p.to = all.to_vec(), &[]);
    check(
        |_, p| p.to = vec![Audience::Owner, Audience::Owner],
        &["`to` holds \"owner\" twice"],
    );
    check(|_, p| p.escalate = Some(Step::WhenDue), &[]);
    check(
        |_, p| p.escalate = Some(Step::Before(Span::BusinessDays(4))),
        &["`escalate`: that is longer than the promise itself"],
    );
    check(
        |_, p| {
            (p.within, p.remind) = (None, vec![Step::DailyAfter]);
            p.escalate = Some(Step::WhenDue);
        },
        &["`escalate`: the promise has neither"],
    );
    check(|_, p| p.class = Some("attack".into()), &[]);
    check(
        |_, p| p.class = Some("under attack".into()),
        &["name of a class"],
    );
}
