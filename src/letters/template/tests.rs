//! A team's template that would not do is refused, and why.

use crate::letters::Letters;

fn check(file: &str, text: &str, wanted: &str) {
    let faults = Letters::new(&[(file.to_owned(), text.to_owned())]).unwrap_err();
    let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(
        shown.iter().any(|f| f.contains(wanted)),
        "{shown:?} lacks {wanted:?}"
    );
}

#[test]
fn a_broken_template_is_named_with_its_line() {
    check(
        "digest.txt",
        "Subject: x\n\n{% if %}\n",
        "digest.txt:3: syntax error",
    );
    check(
        "digest.txt",
        "{# a\nb #}\nSubject: {{ subjekt }}\n\nx\n",
        "digest.txt:3: there is no `subjekt` in this letter",
    );
    check(
        "reminder.txt",
        "Subject: x\n\nfine\n{% if due == 1 %}{{ nmae }}{% endif %}\n",
        "reminder.txt:4: there is no `nmae`",
    );
    check(
        "acknowledgement.txt",
        "Subject: x\n\n{{ organisation.nmae }}\n",
        "acknowledgement.txt:3: undefined value",
    );
    check(
        "acknowledgement.txt",
        "no subject\n",
        "the line `Subject: …` is missing",
    );
    check(
        "acknowledgment.txt",
        "Subject: x\n",
        "acknowledgment.txt: there is no such letter; there are acknowledgement.txt",
    );
}

#[test]
fn a_loop_without_end_and_a_letter_without_end_are_refused() {
    check(
        "digest.txt",
        "Subject: x\n\n{% for i in range(90000) %}{{ i }}{% endfor %}\n",
        "engine ran out of fuel",
    );
    check(
        "acknowledgement.txt",
        "Subject: x\n\n{{ 'word ' * 1000 }}\n",
        "longer than 4 KiB",
    );
}

#[test]
fn an_evaluation_without_the_labelled_lines_is_refused() {
    check(
        "evaluation.txt",
        "Subject: {{ subject }}\n\nHello\n",
        "lacks the line \"  Assessment: accepted\"",
    );
}

#[test]
fn every_fault_is_named_not_only_the_first() {
    let own =
        ["digest.txt", "reminder.txt"].map(|f| (f.to_owned(), "Subject: {{ x }}\n".to_owned()));
    assert_eq!(Letters::new(&own).unwrap_err().len(), 2);
}

#[test]
fn a_line_end_in_a_subject_begins_no_header() {
    let own = (
        "digest.txt".to_owned(),
        "Subject: a{{ '\\r\\nBcc: b' }}\n\nx\n".to_owned(),
    );
    let letters = Letters::new(&[own]).unwrap();
    let letter = letters
        .digest(&crate::letters::samples::digests()[0])
        .unwrap();
    assert_eq!(letter.subject, "a\\u{d}\\u{a}Bcc: b");
}
