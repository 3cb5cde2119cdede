//! Names that were taken back and come back, or stand where nobody looks; and files that
//! are not ours to replace.

use crate::faults::says;
use crate::given::{page, resolve, warned, with_one_report};
use crate::kit::Gatepost;
use std::fs;

fn ledger(g: &Gatepost) -> Vec<bool> {
    let shown = g.show("1");
    let all = shown["given_out"].as_array().unwrap().iter();
    all.map(|given| given["gone"] == true).collect()
}

/// A gatepost that thanks a fox, whose page says so; and that page.
fn with_a_fox(story: &str) -> (Gatepost<'static>, String) {
    let (g, mia) = with_one_report(story);
    g.run(&["set", "1", "credit=fox"]).ok();
    resolve(&g, &mia);
    g.run(&["export", "credits"]).ok();
    let thanks = page(&g, "site/thanks.md");
    says(&thanks, &["* fox\n"]);
    (g, thanks)
}

#[test]
fn a_name_that_was_taken_back_and_comes_back_is_found_and_taken_out() {
    let (g, thanks) = with_a_fox("back");
    g.run(&["set", "1", "credit=withdrawn"]).ok();
    g.run(&["export", "credits"]).ok();
    assert_eq!(ledger(&g), [false, true]);
    // A commit of the page is reverted, and the list is in another place since.
    fs::write(g.path("site/thanks.md"), format!("{thanks}\n* Fox\n")).unwrap();
    let said = g.run(&["export", "credits"]).ok();
    says(&said, &["* fox", "take it out by hand"]);
    assert_eq!(warned(&g), ["names"]);
    let now = page(&g, "site/thanks.md");
    assert!(!now.contains("* fox"), "{now}");
    fs::write(g.path("site/thanks.md"), now.replace("\n* Fox\n", "")).unwrap();
    g.run(&["export", "credits"]).ok();
    assert_eq!(warned(&g), [""; 0]);
    assert_eq!(ledger(&g), [false, true, false, true]);
}

#[test]
fn a_page_that_was_moved_is_free_of_a_name_that_is_taken_back() {
    let (g, _) = with_a_fox("moved");
    g.run(&["export", "security-txt"]).ok();
    fs::rename(g.path("site/thanks.md"), g.path("site/people.md")).unwrap();
    fs::rename(g.path("site/security.txt"), g.path("site/s.txt")).unwrap();
    let config = page(&g, "gatepost.toml").replace("site/thanks.md", "site/people.md");
    g.write_config(&config.replace("site/security.txt", "site/s.txt"));
    let old = g.path("site").canonicalize().unwrap().join("thanks.md");
    let old = old.display().to_string();
    let said = g.run(&["set", "1", "credit=withdrawn"]).ok();
    says(
        &said,
        &[&format!("run: gatepost export credits --file {old}")],
    );
    let said = g.run(&["export", "credits", "--file", &old]).ok();
    says(&said, &["is not there any more"]);
    // Nobody had recorded that the name stands in the new ones.
    g.run(&["export", "credits"]).ok();
    assert!(!page(&g, "site/people.md").contains("fox"));
    g.run(&["export", "security-txt"]).ok();
    assert!(!page(&g, "site/s.txt").contains("fox"));
    assert_eq!(warned(&g), [""; 0]);
}

#[test]
fn a_file_that_the_config_names_no_more_is_owed_until_it_is_free_of_the_name() {
    let (g, _) = with_a_fox("no-more");
    g.run(&["export", "security-txt"]).ok();
    let config = page(&g, "gatepost.toml");
    g.write_config(&config.replace("site/security.txt", "site/s.txt"));
    g.run(&["set", "1", "credit=withdrawn"]).ok();
    g.run(&["export", "credits"]).ok();
    let said = g.run(&["export", "security-txt"]).ok();
    says(&said, &["security.txt still", "the config does not name"]);
    assert_eq!(warned(&g), ["names"]);
    let cut = config.find("[security_txt]").unwrap();
    g.write_config(&config[..cut]);
    let said = g.run(&["export", "security-txt"]).ok();
    says(&said, &["no [security_txt]", "security.txt still"]);
    fs::remove_file(g.path("site/security.txt")).unwrap();
    g.run(&["export", "security-txt"]).ok();
    assert_eq!(warned(&g), [""; 0]);
    let none = g.run(&["export", "security-txt"]).code_in(&[2]);
    says(&none, &["the config has no [security_txt]"]);
}

#[test]
fn files_of_others_are_not_replaced() {
    let (g, _) = with_a_fox("not-ours");
    g.run(&["export", "security-txt"]).ok();
    let site = |name: &str| g.path("site").join(name).display().to_string();
    let text = page(&g, "site/security.txt");
    let signed = format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{text}-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    );
    fs::write(site("copy.txt"), &text).unwrap();
    fs::write(site("signed.txt"), &signed).unwrap();
    for name in ["security.txt", "copy.txt", "signed.txt"] {
        let before = page(&g, &format!("site/{name}"));
        let why = g.run(&["export", "credits", "--file", &site(name)]);
        says(&why.code_in(&[1]), &["no page of thanks", "hint"]);
        assert_eq!(page(&g, &format!("site/{name}")), before);
    }

    fs::write(site("x.ics"), "my notes").unwrap();
    let calendar = ["export", "calendar", "--file", &site("x.ics")];
    says(&g.run(&calendar).code_in(&[1]), &["not made by gatepost"]);
    assert_eq!(page(&g, "site/x.ics"), "my notes");
    fs::write(site("x.ics"), "").unwrap();
    g.run(&calendar).ok();
    g.run(&calendar).ok();

    fs::write(site("security.txt"), &signed).unwrap();
    fs::write(site("security.txt.unsigned"), "my notes").unwrap();
    let renew = ["export", "security-txt", "--renew"];
    says(&g.run(&renew).code_in(&[1]), &["not made by gatepost"]);
    g.run(&["export", "security-txt"]).ok();
    assert_eq!(page(&g, "site/security.txt.unsigned"), "my notes");
}

#[test]
fn a_text_to_be_signed_does_not_keep_a_name_that_was_taken_back() {
    let (g, mia) = with_one_report("unsigned");
    g.run(&["export", "security-txt"]).ok();
    let text = page(&g, "site/security.txt");
    let signed = format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{text}-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    );
    fs::write(g.path("site/security.txt"), &signed).unwrap();
    g.run(&["set", "1", "credit=fox"]).ok();
    resolve(&g, &mia);
    g.run(&["export", "security-txt"]).ok();
    says(&page(&g, "site/security.txt.unsigned"), &["# - fox\n"]);
    g.run(&["set", "1", "credit=withdrawn"]).ok();
    assert_eq!(warned(&g), ["names"]);
    says(
        &g.run(&["export", "security-txt"]).ok(),
        &["nothing to change"],
    );
    assert!(!g.path("site/security.txt.unsigned").exists());
    assert_eq!(warned(&g), [""; 0]);
}

#[test]
fn a_judged_security_txt_that_ends_is_remembered() {
    let (g, _) = with_one_report("ends");
    g.run(&["export", "security-txt"]).ok();
    assert_eq!(warned(&g), [""; 0]);
    let text = page(&g, "site/security.txt");
    let expires = text.lines().find(|l| l.starts_with("Expires:")).unwrap();
    let ended = text.replace(expires, "Expires: 2024-01-01T00:00:00Z");
    fs::write(g.path("site/security.txt"), ended).unwrap();
    assert_eq!(g.run(&["export", "security-txt", "--check"]).code, 3);
    assert_eq!(warned(&g), ["security-txt"]);
}

#[test]
fn letters_are_searched_for_every_name_that_was_ever_set() {
    let (g, mia) = with_one_report("letters");
    let kim = g.reporter("kim");
    g.report_from(&kim, "c2@example.net");
    g.once().ok();
    resolve(&g, &mia);
    let words = g.path("words").display().to_string();
    for (text, n) in [("Red\nFox found it first.", 2), ("Redfoxes are many.", 3)] {
        fs::write(&words, text).unwrap();
        g.run(&["reply", "2", "--message", &words, "--yes"]).ok();
        g.once().ok();
        g.wait_for_mail(&kim, n);
    }
    g.run(&["set", "1", "credit=red fox"]).ok();
    g.run(&["set", "1", "credit=owl"]).ok();
    let said = g.run(&["set", "1", "credit=withdrawn"]).ok();
    says(&said, &["\"red fox\"", "beyond our reach: letter"]);
    assert!(
        !said.contains("owl") && said.matches("letter ").count() == 1,
        "{said}"
    );
}

#[test]
fn a_name_that_is_part_of_anothers_leaves_alone_and_is_owed_no_longer() {
    let (g, mia) = with_one_report("parts");
    let others = "* Alex Smith-Jones\n* Alex Smith von Berg\n* Mary Alex Smith\n";
    let list = page(&g, "site/thanks.md").replacen(
        "* Ada Example\n",
        &format!("* Ada Example\n{others}"),
        1,
    );
    fs::write(g.path("site/thanks.md"), &list).unwrap();
    let kim = g.reporter("kim");
    g.report_from(&kim, "c2@example.net");
    g.once().ok();
    g.run(&["set", "1", "credit=Alex Smith"]).ok();
    g.run(&["set", "2", "credit=Alex Smith von Berg"]).ok();
    resolve(&g, &mia);
    g.run(&["resolve", "2", "--yes"]).ok();
    g.once().ok();
    g.run(&["export", "credits"]).ok();
    let with = page(&g, "site/thanks.md");
    assert_eq!(with.replacen("* Alex Smith\n", "", 1), list);
    g.run(&["set", "1", "credit=withdrawn"]).ok();
    assert_eq!(warned(&g), ["names"]);
    let said = g.run(&["export", "credits"]).ok();
    assert!(!said.contains("take it out by hand, then"), "{said}");
    assert_eq!(page(&g, "site/thanks.md"), list);
    assert_eq!(warned(&g), [""; 0]);
}
