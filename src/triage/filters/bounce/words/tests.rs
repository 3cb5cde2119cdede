//! Words are known however they are written.

use super::*;

#[test]
fn every_phrase_is_kept_as_it_is_compared() {
    for phrase in LATIN
        .iter()
        .chain(&OTHERS)
        .chain(&GREETINGS)
        .chain(&BEGINNINGS)
    {
        assert_eq!(fold(phrase), *phrase);
    }
}

#[test]
fn words_are_known_however_they_are_written() {
    for text in [
        "Your message could\r\n   not be   delivered.",
        "COULD NOT BE DELIVERED",
        "Couldn\u{2019}t be delivered",
        "N\u{2019}a pas pu \u{ea}tre d\u{e9}livr\u{e9}",
        "n'a pas pu e\u{302}tre de\u{301}livre\u{301}",
        "Nie mo\u{17c}na dostarczy\u{107}",
        "Ihre Nachricht konnte nicht zugestellt werden",
        "O seu e-mail n\u{e3}o p\u{f4}de ser entregue",
    ] {
        assert!(says_undelivered(&fold(text)), "{text}");
    }
    assert!(!says_undelivered(&fold(
        "The reset mail is delivered to anybody."
    )));
}

#[test]
fn replies_and_forwards_are_known_by_their_subject() {
    for subject in [
        "Re: Undeliverable",
        "FWD: x",
        "AW : x",
        "TR: x",
        "Re[2]: x",
        "\u{56de}\u{590d}\u{ff1a}x",
    ] {
        assert!(is_answer(&fold(subject)), "{subject}");
    }
    for subject in ["Undeliverable: Re: x", "Returned mail", "Reset", "Response"] {
        assert!(!is_answer(&fold(subject)), "{subject}");
    }
}

#[test]
fn people_greet_and_speak_of_themselves() {
    for line in [
        "Hi,",
        "Dear team",
        "Sehr geehrte Damen",
        "\u{4f60}\u{597d}\u{ff0c}",
    ] {
        assert!(greets(&fold(line)), "{line}");
    }
    for line in [
        "Hidden fields leak",
        "Delivery failed",
        "This is the mail system",
        "",
    ] {
        assert!(!greets(&fold(line)), "{line}");
    }
    assert!(speaks_of_itself(&fold("When I mail you, this comes back")));
    assert!(!speaks_of_itself(&fold("This is a message in mime")));
}
