//! Who wrote a mail: the one true address, or nobody.

use super::*;

#[test]
fn an_author_is_one_true_address_or_none() {
    let token = "takes any token";
    for name in ["comma-without-quotes", "name-with-hidden-address"] {
        check(name, MIA, token, &[]);
    }
    for name in [
        "quoted-local-part",
        "obsolete-route",
        "comment-in-the-address",
        "encoded-word-in-the-address",
        "words-behind-the-address",
        "bare-return-in-from",
        "over-long-address",
    ] {
        check(name, "-", token, &[Defect::NoFrom]);
    }
    let nul = [Defect::NoFrom, Defect::NulInHeader];
    check("nul-in-the-address", "-", token, &nul);
    check("two-in-a-group", "-", token, &[]);
    let hidden = parse(&sample("name-with-hidden-address"), true).author;
    assert_eq!(hidden.name().unwrap().raw(), "security@example.org");
}

#[test]
fn a_header_that_is_not_read_to_its_end_has_no_true_author() {
    let with = |filler: usize| {
        let filler = "X-Filler: x\r\n".repeat(filler);
        let mail = format!("From: {MIA}\r\n{filler}From: ben@example.com\r\n\r\nbody");
        parse(mail.as_bytes(), true).author
    };
    assert_eq!(with(0), Author::Several);
    assert_eq!(with(30_000), Author::Unusable);
}
