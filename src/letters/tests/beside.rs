//! Letters beside those of the kinds: ours that a person chooses by name, and a team's own.

use super::*;
use crate::ticket::Outcome;

/// One for each thing that the page leaves out; the same report, with words of a person.
#[test]
fn out_of_scope() {
    let all = Letters::built_in().unwrap().samples().unwrap();
    let of_them = all.iter().filter(|(file, _)| {
        let beside = file.starts_with("evaluation-");
        beside && Letters::texts_built_in().any(|(name, _)| name == file)
    });
    let shown: Vec<String> = of_them
        .map(|(file, letters)| {
            assert_eq!(letters.len(), 2, "{file}");
            format!("{file}\n{}", shown(&letters[1]))
        })
        .collect();
    assert_eq!(shown.len(), 9);
    insta::assert_snapshot!(shown.join("\n----\n\n"));
}

#[test]
fn receipts_of_classes() {
    let all = Letters::built_in().unwrap().samples().unwrap();
    let of_class = |file: &&str| file.starts_with("acknowledgement-") && !file.contains("attack");
    let files = all.iter().map(|(file, _)| file.as_str()).filter(of_class);
    assert_eq!(files.count(), 2);
    let of_them = all.iter().filter(|(file, _)| of_class(&file.as_str()));
    let shown: Vec<String> = of_them
        .map(|(file, letters)| format!("{file}\n{}", shown(&letters[0])))
        .collect();
    insta::assert_snapshot!(shown.join("\n----\n\n"));
}

#[test]
fn a_team_may_have_a_receipt_of_its_own_for_a_class_and_others_get_the_usual_one() {
    let organisation = samples::organisation();
    let view = &samples::acknowledgements(&organisation)[0];
    let own = "Subject: [{{ reference }}] Loud\n\nOf {{ arrived }}.\n";
    let own = [("acknowledgement-loud.txt".to_owned(), own.to_owned())];
    let letters = Letters::new(&own).unwrap();
    let of = |class: &str| letters.acknowledgement_of_class(class, view).unwrap();
    assert_eq!(
        of("loud").unwrap().body,
        "Of Friday 30 April 2027 at 16:40 (UTC+1).\n"
    );
    assert!(of("support").unwrap().body.contains("about security"));
    assert_eq!(of("quiet"), None);
    let wrong = "Subject: x\n\n{{ text }}\n".to_owned();
    let faults = Letters::new(&[("acknowledgement-loud.txt".to_owned(), wrong)]).unwrap_err();
    assert!(
        faults[0].to_string().contains("there is no `text`"),
        "{}",
        faults[0]
    );
}

#[test]
fn an_answer_for_what_is_left_out_is_for_nothing_else_and_may_be_a_teams_own() {
    let organisation = samples::organisation();
    let views = samples::evaluations(&organisation);
    let letters = Letters::built_in().unwrap();
    let of = |outcome| views.iter().find(|v| v.outcome == outcome).unwrap();
    let why = letters
        .evaluation(Some("csrf"), of(Outcome::Accepted))
        .unwrap_err();
    assert_eq!(
        why.to_string(),
        "evaluation-csrf.txt: it is an answer for out-of-scope"
    );
    let own = "Subject: {{ subject }}\n\n{{ labelled }}\n\nNot here.\n";
    let own = [("evaluation-csrf.txt".to_owned(), own.to_owned())];
    let letters = Letters::new(&own).unwrap();
    let letter = letters
        .evaluation(Some("csrf"), of(Outcome::OutOfScope))
        .unwrap();
    assert!(letter.body.ends_with("Not here.\n"), "{}", letter.body);
    let files = letters.samples().unwrap();
    let times = files.iter().filter(|(f, _)| f == "evaluation-csrf.txt");
    assert_eq!(times.count(), 1);
}

#[test]
fn a_team_may_have_letters_of_its_own_beside_ours() {
    let own = |name: &str, text: &str| {
        (
            name.to_owned(),
            format!("Subject: {{{{ subject }}}}\n\n{text}\n"),
        )
    };
    let letters = Letters::new(&[
        own("reply-thanks.txt", "{{ labelled }}\n\nThanks!"),
        own("reply-reply-2.txt", "{{ labelled }}\n\nAgain."),
        own("evaluation-hint.txt", "{{ labelled }}\n\nNo."),
    ])
    .unwrap();
    let organisation = samples::organisation();
    let views = samples::replies(&organisation);
    let thanks = letters.reply(Some("thanks"), &views[0]).unwrap();
    assert_eq!(thanks.body, "Thanks!\n");
    let files: Vec<String> = letters
        .samples()
        .unwrap()
        .into_iter()
        .map(|s| s.0)
        .collect();
    assert!(files.contains(&"reply-reply-2.txt".to_owned()), "{files:?}");
    let views = samples::evaluations(&organisation);
    let hint = letters.evaluation(Some("hint"), &views[0]).unwrap();
    assert!(hint.body.ends_with("\n\nNo.\n"), "{}", hint.body);
    let why = letters.evaluation(Some("thanks"), &views[0]).unwrap_err();
    assert_eq!(
        why.to_string(),
        "evaluation-thanks.txt: there is no such letter; there are evaluation-clickjacking.txt, \
         evaluation-content-spoofing.txt, evaluation-cookie-flags.txt, evaluation-csrf.txt, \
         evaluation-dead-links.txt, evaluation-denial-of-service.txt, \
         evaluation-email-spoofing.txt, evaluation-hint.txt, evaluation-missing-records.txt, \
         evaluation-mitm.txt"
    );
    for (name, text) in [
        ("reply-UP.txt", "x"),
        ("closing-x.txt", "x"),
        ("reply-x.txt", "no labelled line"),
    ] {
        assert!(Letters::new(&[own(name, text)]).is_err(), "{name}");
    }
}
