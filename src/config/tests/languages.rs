//! A second language is a folder with every letter to reporters, for all mailboxes or for one.

use super::*;

const CLOSE: &str = "Mit diesem Brief schliessen wir Ihre Meldung.";

/// Every letter that a language needs.
const LETTERS: [(&str, &str); 10] = [
    (
        "acknowledgement.txt",
        "Eingegangen am {{ arrived }}.{% if answer %} Antwort bis {{ answer.by }}\
         {% if answer.business_days %}, {{ answer.business_days }} Werktage{% endif %}.{% endif %}",
    ),
    (
        "acknowledgement-attack.txt",
        "Eingegangen am {{ arrived }}.",
    ),
    (
        "evaluation.txt",
        "{{ labelled }}\n{% if expected %}Behoben bis {{ expected }}.{% endif %}",
    ),
    ("reply.txt", "{{ labelled }}\n{{ text }}"),
    ("reply-signal.txt", "{{ labelled }}\n{{ signal }}"),
    (
        "reply-last-call.txt",
        "{{ labelled }}\nWir warten bis {{ until }}.",
    ),
    (
        "reply-handover.txt",
        "{{ labelled }}\nAb jetzt {{ owner }}.",
    ),
    ("resolved.txt", "Behoben."),
    (
        "published.txt",
        "{% if planned %}Am {{ planned }}.{% endif %}",
    ),
    ("closing.txt", CLOSE),
];

pub(super) fn letters(folder: &TempDir, leave_out: &[&str]) {
    for (name, text) in LETTERS.iter().filter(|(name, _)| !leave_out.contains(name)) {
        let text = format!("Subject: Re: {{{{ reference }}}}\n\n{text}\n");
        // The evaluation knows its subject only.
        let text = match *name {
            "evaluation.txt" => text.replace("reference", "subject"),
            _ => text,
        };
        put(folder, &format!("letters/de/{name}"), &text);
    }
    put(
        folder,
        "letters/digest.txt",
        "Subject: Morning\n\n{{ table }}\n",
    );
}

/// The config with a second mailbox, and these languages.
fn with(all: &str, first: &str) -> String {
    let text = filled().replace("# letters = ", "letters = ");
    let text = text.replacen("# language = \"de\"", all, 1);
    let text = text.replacen("# language = \"en\"", first, 1);
    text + "\n[[mailbox]]\nname = \"second\"\naddress = \"second@example.org\"\n\
            host = \"imap.example.org\"\npassword_file = \"imap.password\"\n"
}

/// The last letter from a mailbox, with sample data.
fn closing(config: &Config, mailbox: &str) -> String {
    let samples = config.letters_from(mailbox).samples().unwrap();
    let of_it = samples.into_iter().find(|(file, _)| file == "closing.txt");
    of_it.unwrap().1.remove(0).body
}

#[test]
fn a_mailbox_writes_in_its_own_language_and_nothing_of_another() {
    for (all, first, german) in [
        ("", "", [false, false]),
        ("", "language = \"de\"", [true, false]),
        ("language = \"de\"", "", [true, true]),
        ("language = \"de\"", "language = \"en\"", [false, true]),
        ("language = \"en\"", "language = \"de\"", [true, false]),
    ] {
        let folder = folder(&with(all, first));
        letters(&folder, &[]);
        let config = load(&folder).unwrap_or_else(|why| panic!("{all} {first}: {why}"));
        let found = ["security", "second"].map(|m| closing(&config, m).contains(CLOSE));
        assert_eq!(found, german, "{all} {first}");
        // A mailbox that is no longer in the config.
        assert_eq!(closing(&config, "gone").contains(CLOSE), all.contains("de"));
        let digests = config.letters.samples().unwrap();
        let digest = digests.iter().find(|(file, _)| file == "digest.txt");
        assert_eq!(digest.unwrap().1[0].subject, "Morning");
    }
}

#[test]
fn dates_in_another_language_are_figures() {
    let folder = folder(&with("", "language = \"de\""));
    letters(&folder, &[]);
    let config = load(&folder).unwrap();
    let samples = config.letters_from("security").samples().unwrap();
    assert_eq!(samples.len(), LETTERS.len(), "and no letter to the team");
    let all: String = samples
        .into_iter()
        .flat_map(|(_, letters)| letters)
        .map(|letter| letter.body.replace('\n', " "))
        .collect();
    for german in [
        "Eingegangen am 2027-04-30 16:40 (UTC+1). Antwort bis 2027-05-06 17:00 (UTC+1), 3 Werktage.",
        "Behoben bis 2027-06-17.",
        "Wir warten bis 2027-05-31.",
        "Am 2027-07-13.",
    ] {
        assert!(all.contains(german), "{german}: {all}");
    }
    for english in ["June", "Thursday", "business day", "three", "Hello"] {
        assert!(!all.contains(english), "{english}: {all}");
    }
}

#[test]
fn a_letter_that_a_language_lacks_is_refused_and_named() {
    let refused = |text: &str, leave_out: &[&str], wanted: &str| {
        let folder = folder(text);
        letters(&folder, leave_out);
        let why = load(&folder).expect_err(wanted);
        assert!(why.contains(wanted), "{why}\nlacks\n{wanted}");
    };
    let german = with("", "language = \"de\"");
    let lacks = "letters/de: this language lacks resolved.txt, reply-last-call.txt";
    refused(&german, &["reply-last-call.txt", "resolved.txt"], lacks);
    let french = with("", "language = \"fr\"");
    refused(&french, &[], "letters/fr: cannot be read");
    let none = german.replace("letters = \"letters\"", "");
    refused(&none, &[], "`language = \"de\"` is without letters");
    let wrong = with("language = \"../de\"", "");
    refused(&wrong, &[], "`language` cannot be read");
    // A letter to the team is of no language.
    let folder = folder(&german);
    letters(&folder, &[]);
    put(&folder, "letters/de/digest.txt", "Subject: x\n\nx\n");
    let why = load(&folder).unwrap_err();
    assert!(why.contains("letters/de/digest.txt"), "{why}");
}
