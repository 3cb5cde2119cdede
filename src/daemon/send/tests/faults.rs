//! What a server refuses: this letter, or us.

use super::*;
use crate::daemon::send::Turn;
use crate::desk::settle::code as send_code;
use crate::store::Doubt;

/// Rules of a server that refuses us, each at another step.
const REFUSALS: [(&str, &str); 6] = [
    ("GREETING", "554 5.7.1 your address is listed"),
    ("EHLO", "550 5.7.1 go away"),
    ("AUTH", "535 5.7.8 wrong password"),
    ("MAIL", "550 5.7.60 not allowed to send as this sender"),
    ("RCPT", "550 5.7.1 your account is blocked"),
    (".", "554 5.7.1 quota exceeded"),
];

#[tokio::test]
async fn what_the_server_has_against_us_costs_no_letter() {
    for (verb, words) in REFUSALS {
        let office = Office::new(clock!());
        office.rule(move |step| (step.verb == verb).then(|| words.to_owned()));
        office.receipts(&[MIA, NOOR, OLU]).await;
        office.letter(LetterKind::Digest, "anna@example.com").await;
        office.live(SignedDuration::from_hours(26)).await;
        assert_eq!(office.states().await, [Queued; 4], "{verb}");
        assert!(office.connections() <= 26 * 20, "{}", office.connections());
        let (line, alarm) = office.trouble().await;
        let line = line.unwrap_or_default();
        assert!(line.starts_with("20") && line.contains(words), "{line}");
        let (code, said) = (send_code(words), alarm.unwrap_or_default());
        assert!(said.ends_with(&format!("said {code}")), "{verb}: {said}");
        office.rule(|_| None);
        office.live(SignedDuration::from_mins(10)).await;
        assert_eq!(office.states().await, [Sent; 4], "{verb}");
        assert_eq!(office.taken().len(), 4, "{verb}: each once");
        assert_eq!(office.trouble().await, (None, None), "{verb}");
    }
}

#[tokio::test]
async fn a_refusal_is_an_alarm_at_once_and_a_lost_connection_after_a_while() {
    let office = Office::new(clock!());
    office.receipts(&[MIA]).await;
    office.rule(|step| (step.verb == "GREETING").then(String::new));
    office.live(SignedDuration::from_mins(14)).await;
    let (line, alarm) = office.trouble().await;
    assert!(line.is_some() && alarm.is_none(), "it may pass by itself");
    office.live(SignedDuration::from_mins(4)).await;
    assert!(office.trouble().await.1.is_some());
    office.rule(|_| None);
    office.live(SignedDuration::from_mins(3)).await;
    assert_eq!(office.trouble().await, (None, None));
    office.receipts(&[NOOR]).await;
    office.rule(|step| (step.verb == "AUTH").then(|| "535 no".to_owned()));
    office.turn().await;
    assert!(
        office.trouble().await.1.is_some(),
        "nobody but a person can help"
    );
}

fn forbids(who: &'static str) -> impl Fn(&relay::Step) -> Option<String> {
    move |step| (step.verb == "RCPT" && step.to == who).then(|| "550 5.7.1 spam".to_owned())
}

#[tokio::test]
async fn a_letter_that_is_forbidden_among_others_is_refused_after_an_hour() {
    let office = Office::new(clock!());
    office.rule(forbids(MIA));
    office.receipts(&[MIA, NOOR, OLU]).await;
    office.live(SignedDuration::from_mins(59)).await;
    assert_eq!(office.states().await, [Queued, Sent, Sent]);
    let letter = office.letters().await.remove(0);
    assert_eq!(letter.last_error.as_deref(), Some("550 5.7.1 spam"));
    assert!(letter.put_off_since.is_some() && letter.doubt == Some(Doubt::Last));
    office.live(SignedDuration::from_mins(15)).await;
    assert_eq!(office.states().await, [Refused, Sent, Sent]);
    let letter = office.letters().await.remove(0);
    assert_eq!((letter.attempts, letter.doubt), (7, None));
    assert_eq!(office.trouble().await, (None, None));
}

#[tokio::test]
async fn a_letter_that_is_forbidden_alone_is_refused_after_an_hour() {
    let office = Office::new(clock!());
    office.rule(forbids(MIA));
    office.receipts(&[MIA]).await;
    office.live(SignedDuration::from_mins(59)).await;
    assert_eq!(office.states().await, [Queued]);
    office.live(SignedDuration::from_mins(60)).await;
    assert_eq!(office.states().await, [Refused]);
    assert!(office.connections() <= 9, "{}", office.connections());
}

#[tokio::test]
async fn letters_that_were_refused_before_everybody_was_wait_again() {
    let office = Office::new(clock!());
    office.rule(|step| (step.verb == ".").then(|| "550 5.7.1 blocked".to_owned()));
    for (n, who) in [MIA, NOOR].into_iter().enumerate() {
        office.receipts(&[who]).await;
        office.live(SignedDuration::from_hours(2)).await;
        assert_eq!(office.states().await, vec![Refused; n + 1], "hours apart");
    }
    office.receipts(&[OLU]).await;
    office.live(SignedDuration::from_hours(2)).await;
    assert_eq!(office.states().await, [Queued; 3], "it is not about them");
    assert!(office.trouble().await.1.is_some());
    office.rule(|_| None);
    office.live(SignedDuration::from_mins(10)).await;
    assert_eq!(office.states().await, [Sent; 3]);
    assert_eq!(office.trouble().await, (None, None));
}

#[tokio::test]
async fn a_letter_that_is_refused_when_the_row_is_over_stays_refused() {
    let office = Office::new(clock!());
    office.rule(forbids(MIA));
    office.receipts(&[MIA]).await;
    office.live(SignedDuration::from_hours(2)).await;
    office.receipts(&[NOOR]).await;
    office.turn().await;
    office.rule(|step| (step.verb == "RCPT").then(|| "550 5.7.1 blocked".to_owned()));
    office
        .receipts(&[OLU, "pia@example.net", "quy@example.net"])
        .await;
    office.live(SignedDuration::from_hours(2)).await;
    let states = office.states().await;
    assert_eq!(states, [Refused, Sent, Queued, Queued, Queued]);
}

#[tokio::test]
async fn a_bad_address_in_the_team_keeps_nothing_from_the_others_and_is_told() {
    use crate::store::alarm_on;
    let office = Office::new(clock!());
    let (anna, ben) = ("anna@example.com", "ben@example.com");
    let gone = move |step: &relay::Step| {
        (step.verb == "RCPT" && step.to == anna).then(|| "550 5.1.1 no such user".to_owned())
    };
    office.rule(gone);
    office.letter(LetterKind::Digest, anna).await;
    office.letter(LetterKind::Digest, ben).await;
    office.receipts(&[MIA]).await;
    office.turn().await;
    assert_eq!(office.states().await, [Refused, Sent, Sent]);
    assert_eq!(office.trouble().await, (None, None), "the way works");
    let alarm = async || {
        let on = |tx: &crate::store::Tx| Ok(alarm_on(tx, "team/anna@example.com"));
        office.record.read(on).await.unwrap()
    };
    let words = "the mail server refused the digest 1 to anna@example.com: 550 5.1.1";
    assert_eq!(alarm().await.as_deref(), Some(words));
    office.rule(|_| None);
    office.letter(LetterKind::Digest, anna).await;
    office.turn().await;
    assert_eq!(alarm().await, None);
}

#[tokio::test]
async fn a_letter_that_breaks_the_way_each_time_keeps_no_other_from_leaving() {
    for farewell in ["421 4.3.2 closing", ""] {
        let office = Office::new(clock!());
        office
            .rule(move |step| (step.verb == "RCPT" && step.to == MIA).then(|| farewell.to_owned()));
        office.receipts(&[MIA, NOOR, OLU]).await;
        office.live(SignedDuration::from_mins(10)).await;
        assert_eq!(office.taken(), [NOOR, OLU], "{farewell}");
        assert_eq!(office.states().await, [Queued, Sent, Sent], "{farewell}");
    }
}

#[tokio::test]
async fn days_on_which_nobody_was_served_count_against_no_letter() {
    for everybody in ["RCPT", "AUTH"] {
        let office = Office::new(clock!());
        office.rule(|step| (step.verb == "RCPT").then(|| "451 4.3.0 later".to_owned()));
        office.receipts(&[MIA, NOOR, OLU]).await;
        office.turn().await;
        office.rule(move |step| {
            (step.verb == everybody).then(|| "550 5.7.1 your account is blocked".to_owned())
        });
        office.live(SignedDuration::from_hours(6 * 24)).await;
        office.rule(|step| (step.verb == "RCPT").then(|| "451 4.3.0 later".to_owned()));
        office.live(SignedDuration::from_hours(24)).await;
        assert_eq!(office.states().await, [Queued; 3], "{everybody}");
        office.rule(|_| None);
        office.live(SignedDuration::from_hours(2)).await;
        assert_eq!(office.states().await, [Sent; 3], "{everybody}");
    }
}

#[tokio::test]
async fn three_letters_that_are_forbidden_among_others_are_refused() {
    let office = Office::new(clock!());
    office.rule(|step| {
        let forbidden = step.verb == "RCPT" && step.to.ends_with("@spam.example");
        forbidden.then(|| "550 5.7.1 spam".to_owned())
    });
    let three = ["a@spam.example", "b@spam.example", "c@spam.example"];
    office.receipts(&three).await;
    office.live(SignedDuration::from_mins(30)).await;
    assert_eq!(office.states().await, [Queued; 3], "nothing tells yet");
    office.receipts(&[MIA]).await;
    office.live(SignedDuration::from_mins(90)).await;
    assert_eq!(office.states().await, [Refused, Refused, Refused, Sent]);
    assert_eq!(office.trouble().await, (None, None), "it is about them");
}

#[tokio::test]
async fn a_trouble_ends_when_no_letter_is_left_that_could_end_it() {
    let office = Office::new(clock!());
    office.receipts(&[MIA]).await;
    office.rule(|step| (step.verb == "GREETING").then(String::new));
    office.live(SignedDuration::from_mins(20)).await;
    let drop =
        |tx: &crate::store::Tx| tx.move_letter(1, Queued, crate::store::LetterState::Dropped);
    assert!(office.record.write(drop).await.unwrap());
    assert!(matches!(office.turn().await, Turn::Down(_)));
    let (line, alarm) = office.trouble().await;
    assert!(line.is_some() && alarm.is_some());
    office.rule(|_| None);
    assert_eq!(office.turn().await, Turn::Drained(0));
    assert_eq!(office.trouble().await, (None, None));
    let connections = office.connections();
    office.turn().await;
    assert_eq!(office.connections(), connections, "nothing to see");
}

#[tokio::test]
async fn a_trouble_ends_although_the_only_letter_left_waits_for_its_own_time() {
    let office = Office::new(clock!());
    office.receipts(&[MIA, NOOR]).await;
    let later = |step: &relay::Step| step.verb == "RCPT" && step.to == MIA;
    office.rule(move |step| later(step).then(|| "451 4.3.0 later".to_owned()));
    office.live(SignedDuration::from_mins(16)).await;
    office.receipts(&[OLU]).await;
    office.rule(|step| (step.verb == "AUTH").then(|| "535 5.7.8 no".to_owned()));
    office.turn().await;
    assert!(office.trouble().await.1.is_some());
    let drop =
        |tx: &crate::store::Tx| tx.move_letter(3, Queued, crate::store::LetterState::Dropped);
    assert!(office.record.write(drop).await.unwrap());
    office.rule(|_| None);
    assert_eq!(office.turn().await, Turn::Drained(0));
    assert_eq!(office.states().await[0], Queued, "it waits");
    assert_eq!(office.trouble().await, (None, None));
}
