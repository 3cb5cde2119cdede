//! Wishes as people write them, and who does not want to be named.

use super::Wish;
use crate::mail::{Foreign, Mail};
use crate::triage::extract::{Credit, EACH, Heard, Reader};

/// Each wish of a text: `anonymous`, `wanted`, `unclear`, or a name.
fn wished(text: &str) -> Vec<String> {
    let mail = Mail {
        text: Foreign::new(text),
        ..Mail::default()
    };
    let one = |c: Credit| match (c.wish, c.name) {
        (Wish::Anonymous, _) => "anonymous".to_owned(),
        (_, Some(name)) => name.raw().to_owned(),
        (wish, None) => serde_json::to_value(wish)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned(),
    };
    let mut reader = Reader::default();
    reader.hear(&Heard {
        n: 1,
        mail: &mail,
        whole: false,
    });
    reader.said().credit.into_iter().map(one).collect()
}

#[test]
fn who_does_not_want_to_be_named_is_not_named() {
    for text in [
        "I do not want you to credit me as Kim Lee.",
        "Please don't list me as Kim Lee",
        "Please don\u{2019}t list me as Kim Lee",
        "In any case I do not want\nto be credited as Kim Lee, for my employer must not know.",
        "I do not\r\nwant you to\r\ncredit me as Kim Lee",
        "I would not like to be credited",
        "Never credit me as Kim Lee",
        "I would hate to be credited as Kim Lee",
        "We are not asking to be credited as Acme",
        "do not acknowledge me as Kim",
        "please do not attribute this to Kim Lee",
        "There is no bounty, and I never want to be credited as Kim",
        "Credit: no thanks",
        "Credit: No",
        "Credit: not wanted",
        "Credit: do not name me",
        "Please do not add me to your hall of fame",
        "I don't wish to be credited by name",
        "I wouldn't like to be credited",
        "Please do not name me as the finder",
    ] {
        assert_eq!(wished(text), ["anonymous"], "{text:?}");
    }
    for text in [
        "users credited as premium get 5 dollars",
        "The attacker may be credited as Admin",
    ] {
        assert!(wished(text).is_empty(), "{text:?}");
    }
    for text in [
        "As there is no bounty, please credit me as Kim",
        "If you do not mind, we would like to be credited as Kim",
        "It is not fixed. Credit me as Kim",
        "It is not fixed\n\nCredit me as Kim",
        "I have no PoC\nCredit: Kim",
        "Users are credited as admin. To be credited as Kim",
        "I would rather be credited as Kim",
    ] {
        assert_eq!(wished(text), ["Kim"], "{text:?}");
    }
}

#[test]
fn the_last_wish_counts_said_before_or_not() {
    let text = "Please keep me anonymous.\nOr credit me as Kim.\nNo: please keep me anonymous.";
    assert_eq!(wished(text), ["anonymous", "Kim", "anonymous"]);
    let many = format!(
        "{}Please keep me anonymous",
        "Credit me as Kim\n".repeat(EACH + 5)
    );
    let all = wished(&many);
    assert_eq!(
        (all.len(), all.last().unwrap().as_str()),
        (EACH, "anonymous")
    );
}

#[test]
fn who_denies_something_else_is_not_taken_for_anonymous() {
    for (text, wanted) in [
        ("Please do not forget to credit me as Kim Lee.", "Kim Lee."),
        ("- No login needed\n- I would like to be credited", "wanted"),
        (
            "The page has no rate limit\nCredit me as Kim Lee",
            "Kim Lee",
        ),
    ] {
        let found = wished(text);
        let same = |name: &String| name.trim_end_matches('.') == wanted.trim_end_matches('.');
        assert!(
            found.len() == 1 && found.iter().all(same),
            "{text:?}: {found:?}"
        );
    }
    // Who knows.
    for text in [
        "I do not need a bounty, just credit me as Kim Lee.",
        "If there is no bounty, you can credit me as Kim Lee.",
    ] {
        assert_ne!(wished(text), ["anonymous"], "{text:?}");
    }
}

#[test]
fn a_name_is_proposed_by_a_sentence_that_is_nothing_but_a_wish() {
    for text in [
        "I'm not looking for money but would appreciate being credited as Kim Lee.",
        "I don't need a reward. Please credit me as Kim Lee.",
        "Not expecting anything; please list me as Kim Lee.",
        "You do not have to pay me (but please credit me as Kim Lee).",
        "If it is no trouble, please credit me as Kim Lee.",
        "If you haven't already, please credit me as Kim Lee.",
        "Do credit me as Kim Lee and not as the company.",
        "Credit me as Kim Lee, not as kimlee99.",
        "I have no issue with being credited as Kim Lee.",
        "I\u{2019}d love to be credited as Kim Lee",
        "When it is fixed I would like to be credited as Kim Lee.",
        "The page has no rate limit\nI would like to be credited as Kim Lee.",
        "Thank you\nCredit: Kim Lee",
        "My wishes:\n\n1. Tell me when it is fixed\n2. Credit me as Kim Lee",
        "I would like to be credited as Kim Lee.\nA user without credit can still call https://api.example.org/v1/run.",
        "Please credit me as Kim Lee.\nThere is no credit check, and users get no credit after a refund.",
    ] {
        assert_eq!(wished(text), ["Kim Lee"], "{text:?}");
    }
    for (text, name) in [
        (
            "I would like to be credited as Nadia R. in your release notes",
            "Nadia R.",
        ),
        ("Please credit me as Nadia R. Thanks!", "Nadia R."),
        ("Please credit me as J. Doe. Thanks!", "J. Doe"),
        ("Please credit me as N. R. Doe, thanks", "N. R. Doe"),
        ("Credit: Fox. Thanks", "Fox"),
    ] {
        assert_eq!(wished(text), [name], "{text:?}");
    }
    for text in [
        "I would not say no to credit, I would like to be credited.",
        "I do not want money, I would like to be credited.",
        "No bounty needed, would love to be credited though.",
        "Nobody else found it, so I would like to be credited",
        "It is not urgent. I would like to be credited.",
    ] {
        assert_eq!(wished(text), ["wanted"], "{text:?}");
    }
    for text in [
        "The customer Kim was credited as 500 EUR; I was credited as well.",
        "My account was credited as a premium user.",
        "Credit: 500 EUR were booked twice",
        "Credits: 20 tokens per call",
        "My card is credited as soon as I click twice.",
        "I am credited as admin in the header of the page /me.",
        "You will be credited as admin.",
        "Choose how you would like to be credited as a member.",
        "Credit: -",
        "No credit is charged.",
        "Users without credit, and those who have no credit left, get it too.",
        "I attribute this to Parser.",
        "It would be a problem to be credited as Kim Lee.",
    ] {
        assert_eq!(wished(text), [""; 0], "{text:?}");
    }
}

#[test]
fn who_is_not_plainly_for_it_is_read_by_a_person() {
    for text in [
        "I would prefer that you don't credit me.",
        "I'd rather you didn't credit me as Kim Lee.",
        "Whatever you do, don't publicly credit me as Kim Lee.",
        "I ask you to refrain from naming me; do not list me as Kim Lee.",
        "I wouldn't want to be credited as Kim Lee, please.",
        "Don't\nCredit me as Kim Lee",
        "NEVER EVER\nList me as Kim Lee",
        "I decline to be credited as Kim Lee.",
        "I refuse to be credited as Kim Lee.",
        "I object to being credited as Kim Lee.",
        "Don't fail me: do not credit me as Kim Lee.",
        "Credit: please don't",
        "Credit: I'd rather not",
        "No credit, please.",
        "I want no credit",
        "Please do not publish my name.",
        "- please do not\n  credit me as Kim Lee",
    ] {
        assert_eq!(wished(text), ["anonymous"], "{text:?}");
    }
    for text in [
        "No need for a bounty - credit me as Kim Lee would be great.",
        "Why not credit me as Kim Lee?",
        "I would like nothing more than to be credited as Kim Lee.",
        "Please be sure not to misspell my name and credit me as Kim Lee.",
        "I can't wait to be credited as Kim Lee!",
        "There is no reason not to credit me as Kim Lee.",
        "Do not, ever, credit me as Kim Lee.",
        "Under no circumstances should I be credited as Kim Lee.",
        "Under no circumstances, please credit me as Kim Lee.",
        "I would lose my job if you credit me as Kim Lee.",
        "My employer forbids me to be credited as Kim Lee.",
        "I am not allowed to be credited as Kim Lee.",
        "You must not under any circumstances and for whatever reason that you may have in mind credit me as Kim Lee.",
        "Please do not do it like the last time and credit me as Kim Lee.",
        "Please leave me out, I was wrongly credited as Kim Lee before.",
        "Forget to credit me as Kim Lee, keep me out of it.",
        "There is no problem if you do not credit me as Kim Lee.",
        "I would like to pass on it instead of being credited as Kim",
        "Credit: withheld",
        "Credit: private",
        "I do not want to remain anonymous.",
        "You did not credit me as Kim Lee last time.",
        "I will be credited as admin.",
        "Please don't do any of this:\n- credit me as Kim Lee\n- tell my employer",
        "Please don't do any of this:\n\n* tell my employer\n* credit me as Kim Lee",
        "What I don't want\n1. tell my employer\n2. credit me as Kim Lee",
        "Please do not:\n\nCredit me as Kim Lee",
        "I never asked you, e.g. to be credited as Kim Lee.",
        "Please credit me as Kim Lee, unless it is public.",
        "Please credit me as Kim Lee (do not publish before I say so).",
        "You may credit me as Kim Lee after my divorce, not before.",
        "Please credit me as Kim Lee. Only if my employer agrees.",
    ] {
        let found = wished(text);
        assert!(
            !found.is_empty() && found.iter().all(|one| one == "unclear"),
            "{text:?}: {found:?}"
        );
    }
}

#[test]
fn plain_wishes_are_plain() {
    for text in [
        "Please credit Kim Lee",
        "Please credit \"Kim Lee\".",
        "Feel free to credit Kim Lee.",
        "Please give credit to Kim Lee.",
        "Please acknowledge Kim Lee in the advisory.",
        "I'd like to be credited as Kim Lee (Example Labs)",
        "I am fine with being credited as Kim Lee.",
        "I agree to be credited as Kim Lee.",
        "I would very much like to be credited as Kim Lee.",
        "I look forward to being credited as Kim Lee.",
        "I am a student and would like to be credited as Kim Lee.",
        "I request to be credited as Kim Lee.",
        "You have my permission to credit me as Kim Lee.",
        "Please make sure to credit me as Kim Lee.",
        "Could you credit me as Kim Lee?",
        "Can I be credited as Kim Lee?",
        "Please credit me as Kim Lee. No bounty needed.",
        "Please credit me as Kim Lee; I do not need a reward.",
        "Please credit me as Kim Lee, not my company.",
        "Please credit me as Kim Lee if possible.",
        "Please credit me as Kim Lee\nin the advisory. It has no rate limit.",
        "Please credit this report to Kim Lee.",
        "I would like to be listed as Kim Lee.",
        "Credit as: Kim Lee",
        "For credit: Kim Lee\nversion: not known",
        "Bitte nennen Sie mich als Kim Lee.",
        "Ich m\u{f6}chte gerne als Kim Lee genannt werden, danke.",
        "Ja, Sie d\u{fc}rfen mich\nals Kim Lee nennen.",
        "Merci de me citer comme Kim Lee.",
        "Je souhaite \u{ea}tre cr\u{e9}dit\u{e9} en tant que Kim Lee.",
        "Me gustar\u{ed}a ser acreditado como Kim Lee, gracias.",
    ] {
        let found = wished(text);
        if text.contains("mich\n") {
            // A name that a line parts from its wish is found by a person.
            assert_eq!(found, ["unclear"], "{text:?}");
        } else {
            assert_eq!(found, ["Kim Lee"], "{text:?}");
        }
    }
    for text in [
        "Please keep my name private.",
        "Please do not name me.",
        "Please don't mention me.",
        "I do not wish to be named.",
        "We would like to remain anonymous.",
        "Please list me anonymously.",
        "I'd rather not be credited.",
        "No need to credit me.",
        "Bitte nennen Sie meinen Namen nicht.",
        "Guten Tag, ich m\u{f6}chte anonym bleiben.",
        "Ich m\u{f6}chte\nanonym bleiben.",
        "Merci de ne pas mentionner mon nom.",
        "Je pr\u{e9}f\u{e8}re rester anonyme",
        "Por favor, no publiquen mi nombre.",
        "Quiero permanecer an\u{f3}nimo.",
    ] {
        assert_eq!(wished(text), ["anonymous"], "{text:?}");
    }
    for text in [
        "I would like to be mentioned.",
        "My name is Kim Lee, please credit me as such.",
        "Je souhaite \u{ea}tre cit\u{e9}e.",
        "Ich m\u{f6}chte namentlich genannt werden.",
    ] {
        assert_eq!(wished(text), ["wanted"], "{text:?}");
    }
}

#[test]
fn a_wish_on_terms_is_read_by_a_person_wherever_they_stand() {
    for text in [
        "Please credit me as Kim Lee\nunless it is public.",
        "Please credit me as Kim Lee,\nonce it is public.",
        "Please credit me as Kim Lee.\nOnly if my employer agrees.",
        "Please credit me as Kim Lee.\nBut ask my employer.",
        "Please credit me as Kim Lee if my employer agrees.",
        "Please credit me as Kim Lee when my employer agrees.",
        "Please credit me as Kim Lee as long as I am here.",
        "Please credit me as Kim Lee. My wife must not know.",
        "Please credit me as Kim Lee, no bounty, no credit.",
        "Please credit Kim Lee after publication.",
        "Please do not credit Kim Lee.",
        "Please credit me, only after the fix.",
        "In the letter about the fix of it, please credit me as Kim\nLee",
        "Please do not mention my name until it is fixed.",
        "I would like to stay anonymous until then.",
        "I agree to be credited as Kim Lee if my employer does.",
        "Ask me first, then you may credit me as Kim Lee.",
        "It would kill me, please, to be credited as Kim Lee.",
        "Bitte nicht: credit me as Kim Lee",
        "Credit: ask me first",
        "Credits: thanks to the team",
        "Bitte nennen Sie mich als Kim Lee,\nwenn es behoben ist.",
        "Bitte nennen Sie mich als Kim Lee. Aber erst nach der Behebung.",
        "Bitte nennen Sie mich nicht als Kim Lee.",
        "Bitte nennen Sie mich Kontonummern.",
        "Wenn es behoben ist, nennen Sie mich als Kim Lee.",
        "Ich m\u{f6}chte nicht anonym bleiben.",
        "Ich m\u{f6}chte anonym bleiben, bis es behoben ist.",
        "Je souhaite rester anonyme jusqu'\u{e0} la publication.",
        "Merci de ne pas me citer comme Kim Lee.",
        "Me gustar\u{ed}a ser acreditado como Kim Lee, pero solo si mi jefe lo permite.",
        "No quiero ser mencionado como Kim Lee.",
    ] {
        let found = wished(text);
        assert_eq!(found, ["unclear"], "{text:?}");
    }
    for text in [
        "Please credit Kim Lee's account with 5 EUR",
        "Please credit John Smith with 500 EUR",
        "Please credit the account",
        "The page will mention me as admin",
        "I would like to be listed as admin.",
        "To be listed as admin, send role=1",
        "It should keep my name private, but it shows it.",
        "I could not use my name in the form.",
        "The API does not list me.",
        "Ich m\u{f6}chte als Administrator angemeldet werden.",
        "Je ne peux pas publier mon nom.",
        "The system gives credit to customers.",
    ] {
        assert_eq!(wished(text), [""; 0], "{text:?}");
    }
}
