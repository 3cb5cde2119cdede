//! What is marked, and what is not.

use super::*;
use proptest::prelude::*;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap_or_else(|| panic!("{text:?} is no address"))
}

/// The marks of this address, for a house that watches `ours`.
fn check(ours: &[&str], theirs: &str, wanted: &[&str]) {
    let ours: Vec<Address> = ours.iter().map(|a| address(a)).collect();
    let ours: Vec<&Address> = ours.iter().collect();
    let found = marks(Some(&address(theirs)), &Foreign::default(), &ours);
    assert_eq!(found, wanted, "{theirs}");
}

const HOUSE: [&str; 3] = [
    "security@bank.test",
    "anna@mail.cloudsigma.test",
    "psirt@neonlight.co.uk",
];

#[test]
fn each_way_to_look_like_ours_is_marked() {
    let bank = ["looks like bank.test"];
    let cloud = ["looks like mail.cloudsigma.test"];
    let neon = ["looks like neonlight.co.uk"];
    // Another ending.
    check(&HOUSE, "a@bank.example", &bank);
    check(&HOUSE, "a@neonlight.com", &neon);
    check(&HOUSE, "a@neonlight.org.uk", &neon);
    // Letters of another alphabet, also of one alphabet alone, and with marks.
    check(
        &HOUSE,
        "a@b\u{430}nk.test",
        &["looks like bank.test", "mixed scripts"],
    );
    check(
        &HOUSE,
        "a@xn--bnk-6cd.test",
        &["looks like bank.test", "mixed scripts"],
    );
    check(&HOUSE, "a@\u{432}\u{430}\u{43f}\u{43a}.test", &bank);
    check(&HOUSE, "a@b\u{e4}nk.test", &bank);
    // Digits for letters, letters for letters, pairs for letters.
    check(&HOUSE, "a@b4nk.test", &bank);
    check(&HOUSE, "a@ne0n1ight.co.uk", &neon);
    check(&HOUSE, "a@neoniight.co.uk", &neon);
    check(&HOUSE, "a@c1oudsigrna.test", &cloud);
    // One edit: other, less, more, swapped.
    check(&HOUSE, "a@meonlight.co.uk", &neon);
    check(&HOUSE, "a@neonligt.co.uk", &neon);
    check(&HOUSE, "a@neonnlight.co.uk", &neon);
    check(&HOUSE, "a@neonlihgt.co.uk", &neon);
    check(&HOUSE, "a@neonlightt.co.uk", &neon);
    // Hyphens, and our name before another's.
    check(&HOUSE, "a@cloud-sigma.test", &cloud);
    check(&HOUSE, "a@bank-security.test", &bank);
    check(&HOUSE, "a@secure-b4nk.test", &bank);
    check(&HOUSE, "a@bank.test.evil.example", &bank);
    check(&HOUSE, "a@bank.evil.example", &bank);
}

#[test]
fn what_is_ours_or_like_nobody_is_not_marked() {
    for theirs in [
        "a@bank.test",
        "a@mail.bank.test",
        "a@BANK.TEST.",
        "a@cloudsigma.test",
        "a@neonlight.co.uk",
        "a@rank.test",
        "a@banks.test",
        "a@evil.example",
        "a@neon.light.example",
        "a@[127.0.0.1]",
        "a@localhost",
        "bank.test@evil.example",
        "j\u{f6}rg@\u{43f}\u{43e}\u{447}\u{442}\u{430}.test",
        "a@\u{6771}\u{4eac}\u{30bf}\u{30ef}\u{30fc}tokyo.test",
    ] {
        check(&HOUSE, theirs, &[]);
    }
    check(&["a@example.org"], "b@example.net", &[]);
    check(
        &["a@example.org"],
        "b@example.info",
        &["looks like example.org"],
    );
    check(&["a@hp.test"], "b@hq.test", &[]);
    check(&["a@hp.test"], "b@hp.example", &["looks like hp.test"]);
    check(
        &["a@[127.0.0.1]", "a@localhost"],
        "b@l0calhost",
        &["looks like localhost"],
    );
    check(&[], "b@l0calhost", &[]);
}

#[test]
fn letters_of_several_scripts_in_one_word_are_marked() {
    let mixed = ["mixed scripts"];
    check(&[], "a@p\u{430}ypal.example", &mixed);
    check(&[], "a@\u{3b1}bc.example", &mixed);
    check(&[], "adm\u{456}n@evil.example", &mixed);
    check(&[], "a@x.\u{e01}b.example", &mixed);
    check(&[], "\u{438}\u{432}\u{430}\u{43d}.smith@x.example", &[]);
    check(&[], "a@\u{438}\u{432}\u{430}\u{43d}-smith.example", &mixed);
}

#[test]
fn a_name_that_holds_another_address_is_marked() {
    let kim = address("kim@evil.example");
    let of = |name: &str| marks(Some(&kim), &Foreign::new(name), &[]);
    for name in [
        "ceo@bank.example",
        "CEO <ceo@bank.example>",
        "\"ceo@bank.example\"",
        "ceo\u{ff20}bank.example",
        "write to ceo@bank.example.",
        "(ceo@bank.example)",
    ] {
        assert_eq!(of(name), ["address in the name"], "{name}");
    }
    for name in [
        "Kim",
        "",
        "Kim @ work",
        "KIM@evil.example",
        "kim@evil.example (Kim)",
    ] {
        assert!(of(name).is_empty(), "{name}");
    }
    assert_eq!(marks(None, &Foreign::new("a@b.example"), &[]).len(), 1);
}

proptest! {
    #[test]
    fn one_edit_is_what_it_says(word in "[a-e]{1,8}", at in 0..8_usize, letter in "[a-e]") {
        let letter = letter.chars().next().unwrap();
        let chars: Vec<char> = word.chars().collect();
        let at = at % chars.len();
        let (mut more, mut less, mut other, mut swapped) =
            (chars.clone(), chars.clone(), chars.clone(), chars.clone());
        more.insert(at, letter);
        less.remove(at);
        other[at] = letter;
        swapped.swap(at, (at + 1) % chars.len());
        for edited in [more, less, other] {
            let edited: String = edited.into_iter().collect();
            prop_assert!(one_edit(&word, &edited) && one_edit(&edited, &word));
        }
        if at + 1 < chars.len() {
            prop_assert!(one_edit(&word, &swapped.into_iter().collect::<String>()));
        }
        let far = format!("xy{word}");
        prop_assert!(!one_edit(&word, &far));
    }

    #[test]
    fn marking_never_fails(name in ".{0,40}", local in "[a-z\u{430}-\u{44f}.+-]{1,12}", domain in "\\PC{1,30}") {
        let at = Address::parse(&format!("{local}@{domain}"));
        let ours = address("security@bank.test");
        let _ = marks(at.as_ref(), &Foreign::new(name), &[&ours]);
    }
}
