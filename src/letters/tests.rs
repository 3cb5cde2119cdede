//! Every letter as it is read, and what must hold for all of them.

mod beside;
mod digest;

use super::*;
use crate::ticket::TicketNo;

/// A letter as a snapshot shows it.
fn shown(letter: &Letter) -> String {
    format!("Subject: {}\n\n{}", letter.subject, letter.body)
}

fn all_shown(letters: impl Iterator<Item = Letter>) -> String {
    letters
        .map(|letter| shown(&letter))
        .collect::<Vec<_>>()
        .join("\n----\n\n")
}

/// [`Letters::new`] relies on it.
#[test]
fn the_built_in_letters_pass_their_trial() {
    let built_in = Templates::new(&[], true).unwrap();
    assert!(Letters::tried(built_in, Form::English).is_ok());
    let broken = [(
        "reply.txt".to_owned(),
        "Subject: {{ nobody }}\n\n{{ text }}\n".to_owned(),
    )];
    assert!(Letters::new(&broken).is_err());
}

#[test]
fn acknowledgements() {
    let (letters, organisation) = (Letters::built_in().unwrap(), samples::organisation());
    let all = samples::acknowledgements(&organisation);
    insta::assert_snapshot!(all_shown(
        all.iter()
            .map(|view| letters.acknowledgement(view).unwrap())
    ));
}

#[test]
fn acknowledgement_of_an_organisation_that_offers_nothing() {
    let bare = Organisation {
        key: None,
        signal: false,
        safe_harbour: false,
        bounty: None,
        support: None,
        ..samples::organisation()
    };
    let view = &samples::acknowledgements(&bare)[5];
    insta::assert_snapshot!(shown(
        &Letters::built_in().unwrap().acknowledgement(view).unwrap()
    ));
}

#[test]
fn acknowledgement_of_an_attack_says_nothing_but_reference_and_hour() {
    let (letters, organisation) = (Letters::built_in().unwrap(), samples::organisation());
    for view in samples::acknowledgements(&organisation) {
        let letter = letters.acknowledgement_of_attack(&view).unwrap();
        assert_eq!(letter.subject, "[SEC-2027-0019] Received");
        assert_eq!(
            letter.body,
            "Received on Friday 30 April 2027 at 16:40 (UTC+1) as SEC-2027-0019.\n"
        );
    }
    let own = "Subject: x\n\n{{ organisation.name }}\n".to_owned();
    let own = Letters::new(&[("acknowledgement-attack.txt".to_owned(), own)]);
    assert!(
        own.unwrap_err()[0]
            .to_string()
            .contains("no `organisation`")
    );
}

#[test]
fn evaluations() {
    let (letters, organisation) = (Letters::built_in().unwrap(), samples::organisation());
    let all = samples::evaluations(&organisation);
    insta::assert_snapshot!(all_shown(
        all.iter()
            .map(|view| letters.evaluation(None, view).unwrap())
    ));
}

#[test]
fn reminders() {
    let letters = Letters::built_in().unwrap();
    insta::assert_snapshot!(all_shown(
        samples::reminders()
            .iter()
            .map(|view| letters.reminder(view).unwrap())
    ));
}

#[test]
fn digests() {
    let letters = Letters::built_in().unwrap();
    insta::assert_snapshot!(all_shown(
        samples::digests()
            .iter()
            .map(|view| letters.digest(view).unwrap())
    ));
}

#[test]
fn answers() {
    let all = Letters::built_in().unwrap().samples().unwrap();
    let of = |file: &str| {
        let (_, letters) = all.iter().find(|(name, _)| name == file).unwrap();
        all_shown(letters.iter().cloned())
    };
    insta::assert_snapshot!("replies", of("reply.txt"));
    insta::assert_snapshot!("reply_signal", of("reply-signal.txt"));
    insta::assert_snapshot!("resolved", of("resolved.txt"));
    insta::assert_snapshot!("published", of("published.txt"));
    insta::assert_snapshot!("closing", of("closing.txt"));
    insta::assert_snapshot!("last_call", of("reply-last-call.txt"));
    insta::assert_snapshot!("handover", of("reply-handover.txt"));
    insta::assert_snapshot!("support", of("reply-support.txt"));
}

/// Every kind of letter in every form that the samples know.
fn every_letter(letters: &Letters) -> Vec<Letter> {
    let all = letters.samples().unwrap();
    all.into_iter().flat_map(|(_, letters)| letters).collect()
}

/// Only the letter that gives the number has it.
#[test]
fn no_letter_but_one_gives_the_signal_number() {
    let all = Letters::built_in().unwrap().samples().unwrap();
    for (file, letters) in all {
        let gives = |letter: &Letter| letter.body.contains("900123");
        assert_eq!(
            letters.iter().any(gives),
            file == "reply-signal.txt",
            "{file}"
        );
    }
}

#[test]
fn no_letter_has_a_line_over_76_columns_or_an_unfinished_sentence() {
    for letter in every_letter(&Letters::built_in().unwrap()) {
        for line in letter.body.lines() {
            assert!(line.chars().count() <= 76, "{line}");
            assert!(
                !line.contains("  .") && !line.ends_with(" .") && !line.contains("none"),
                "{line}"
            );
        }
    }
}

/// If a field is added to what a receipt may speak of, this fails to compile: then ask
/// whether a sender can choose a byte of it.
#[test]
fn a_receipt_has_no_place_for_a_word_of_the_sender() {
    let organisation = samples::organisation();
    for view in samples::acknowledgements(&organisation) {
        let AckView {
            reference,
            arrived,
            by_hand: _,
            answer,
            missing,
            undescribed,
            organisation,
        } = view;
        let _: (
            &crate::ticket::Reference,
            jiff::Zoned,
            Missing,
            bool,
            &Organisation,
        ) = (reference, arrived, missing, undescribed, organisation);
        if let Some(Answer {
            by,
            promised,
            count,
        }) = answer
        {
            let _: (jiff::Zoned, Promised, Option<Count>) = (by, promised, count);
        }
    }
}

#[test]
fn spam_gets_no_letter() {
    let organisation = samples::organisation();
    let mut view = samples::evaluations(&organisation).remove(0);
    view.outcome = crate::ticket::Outcome::Spam;
    assert_eq!(
        Letters::built_in()
            .unwrap()
            .evaluation(None, &view)
            .unwrap_err()
            .what,
        "spam never gets a letter"
    );
}

#[test]
fn a_subject_and_a_plan_of_hostile_bytes_stay_harmless() {
    let organisation = samples::organisation();
    let mut view = samples::evaluations(&organisation).remove(0);
    let subject =
        crate::mail::Foreign::new("x\r\nBcc: kim@example.net\r\n\r\n\u{1b}]0;y\u{7}{{ writer }}");
    view.subject = &subject;
    view.plan = "one\r\n.\r\ntwo\u{202e}\u{0}{{ organisation.name }}";
    let letter = Letters::built_in()
        .unwrap()
        .evaluation(None, &view)
        .unwrap();
    assert!(
        !letter.subject.chars().any(crate::mail::acts),
        "{:?}",
        letter.subject
    );
    assert!(
        letter.subject.contains("{{ writer }}"),
        "{:?}",
        letter.subject
    );
    assert!(
        letter.body.contains("one\n.\ntwo{{ organisation.name }}\n"),
        "{:?}",
        letter.body
    );
    assert!(
        !letter
            .body
            .chars()
            .any(|c| c != '\n' && crate::mail::acts(c))
    );
}

#[test]
fn a_team_may_put_its_own_words_in_place_of_ours() {
    let own = (
        "digest.txt".to_owned(),
        "Subject: Guten Morgen\n\n{{ counts }}\n".to_owned(),
    );
    let letter = Letters::new(&[own])
        .unwrap()
        .digest(&samples::digests()[0])
        .unwrap();
    assert_eq!(
        (letter.subject.as_str(), letter.body.as_str()),
        (
            "Guten Morgen",
            "1 unread, 1 held, 1 late, 1 clash, 1 today, 1 trouble, 2 silent, 3 open\n"
        )
    );
}
