//! What a field says, and whose word counts.

use super::field::{Found, read};
use super::*;
use proptest::prelude::*;

const MX: &str = "mx.example.org";

fn headers(fields: &[(&str, &str)]) -> Headers {
    let field = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Headers::new(fields.iter().map(field).collect())
}

fn mia() -> Address {
    Address::parse("mia@news.example.net").unwrap()
}

/// The standing of a mail by Mia with these fields.
fn stands(fields: &[(&str, &str)]) -> (Authenticated, &'static str) {
    let standing = standing(&headers(fields), &[MX.to_owned()], Some(&mia()));
    (standing.is, standing.because)
}

/// The same with one field, which has our id in front.
fn said(results: &str) -> Authenticated {
    let value = format!("{MX}; {results}");
    stands(&[("authentication-results", &value)]).0
}

use Authenticated::{Fail, None as Nothing, Pass};

#[test]
fn dmarc_decides_then_a_signature_of_the_domain_and_spf_never() {
    for (results, is) in [
        ("none", Nothing),
        ("dmarc=pass", Pass),
        (
            "dmarc=pass (p=reject dis=none) header.from=news.example.net",
            Pass,
        ),
        ("DMARC=Pass header.From=NEWS.example.NET", Pass),
        ("dmarc=pass header.from=mia@news.example.net", Pass),
        ("dmarc=pass header.from=example.net", Nothing),
        ("dmarc=fail header.from=example.net", Fail),
        ("dmarc=temperror", Nothing),
        ("dmarc=bestguesspass", Nothing),
        (
            "dmarc=temperror; dkim=pass header.d=news.example.net",
            Nothing,
        ),
        ("dmarc=none; dkim=pass header.d=news.example.net", Pass),
        ("dkim=pass header.d=news.example.net", Pass),
        ("dkim=pass header.i=@news.example.net", Pass),
        ("dkim=pass header.i=mia@News.Example.net", Pass),
        (
            "dkim=pass header.d=mail.example header.i=@news.example.net",
            Nothing,
        ),
        ("dkim=pass", Nothing),
        ("dkim=fail header.d=news.example.net", Nothing),
        (
            "dkim=pass header.d=mail.example; dkim=pass header.d=news.example.net",
            Pass,
        ),
        ("dmarc=fail; dkim=pass header.d=news.example.net", Fail),
        ("spf=pass smtp.mailfrom=news.example.net", Nothing),
        (
            "spf=pass smtp.mailfrom=mia@news.example.net; dkim=none",
            Nothing,
        ),
        (
            "arc=pass; x-strange=pass header.d=news.example.net; auth=pass",
            Nothing,
        ),
        ("iprev=fail; spf=fail; arc=fail; dmarc=pass", Pass),
    ] {
        assert_eq!(said(results), is, "{results}");
    }
}

#[test]
fn the_worst_of_a_method_counts_wherever_it_stands() {
    for (results, is) in [
        ("dmarc=pass; dmarc=fail", Fail),
        ("dmarc=fail; dmarc=pass", Fail),
        ("dmarc=pass; dmarc=permerror", Nothing),
        ("dmarc=pass; dmarc=none", Nothing),
        (
            "dkim=pass header.d=news.example.net; dkim=fail header.d=mail.example",
            Nothing,
        ),
    ] {
        assert_eq!(said(results), is, "{results}");
        let fields: Vec<String> = results.split("; ").map(|r| format!("{MX}; {r}")).collect();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|value| ("authentication-results", value.as_str()))
            .collect();
        assert_eq!(stands(&fields).0, is, "in two fields: {results}");
    }
}

#[test]
fn only_the_topmost_run_of_our_server_counts() {
    let (ours, fails) = ("mx.example.org; dmarc=pass", "mx.example.org; dmarc=fail");
    let results = "authentication-results";
    for (fields, is) in [
        (vec![(results, ours)], Pass),
        (vec![(results, "MX.Example.org 1; dmarc=pass")], Pass),
        (vec![(results, "\"mx.example.org\"; dmarc=pass")], Pass),
        (vec![(results, "mx.example.org 2; dmarc=pass")], Nothing),
        (vec![(results, "mx.example.net; dmarc=pass")], Nothing),
        (vec![(results, "a.mx.example.org; dmarc=pass")], Nothing),
        (vec![(results, "dmarc=pass; mx.example.org")], Nothing),
        (vec![(results, "")], Nothing),
        (vec![("received", "by mx"), (results, ours)], Pass),
        (
            vec![(
                "arc-authentication-results",
                "i=1; mx.example.org; dmarc=pass",
            )],
            Nothing,
        ),
        (vec![("x-original-authentication-results", ours)], Nothing),
        // Filters of ours write fields of their own between them.
        (
            vec![(results, ours), ("dkim-filter", "x"), (results, fails)],
            Fail,
        ),
        // What stood there before our server had it.
        (
            vec![(results, "mx.example.net; none"), (results, ours)],
            Nothing,
        ),
        (
            vec![
                (results, "mx.example.org; none"),
                ("received", "by mx"),
                (results, ours),
            ],
            Nothing,
        ),
        (
            vec![(results, ours), ("received", "by mx"), (results, fails)],
            Pass,
        ),
        (
            vec![
                (results, ours),
                (results, "mx.example.net; x"),
                (results, fails),
            ],
            Pass,
        ),
    ] {
        assert_eq!(stands(&fields).0, is, "{fields:?}");
    }
}

#[test]
fn without_an_id_or_an_author_nothing_is_proven() {
    let all = headers(&[("authentication-results", "mx.example.org; dmarc=pass")]);
    let none = standing(&all, &[], Some(&mia()));
    assert_eq!(none, Standing::none("no authserv_id in the config"));
    assert_eq!(standing(&all, &[MX.to_owned()], None).is, Nothing);
    let fails = headers(&[("authentication-results", "mx.example.org; dmarc=fail")]);
    assert_eq!(standing(&fails, &[MX.to_owned()], None).is, Fail);
}

#[test]
fn a_signer_stands_for_itself_and_for_what_lies_below_it() {
    for (signer, domain, yes) in [
        ("example.net", "example.net", true),
        ("example.net", "news.example.net", true),
        ("news.example.net", "example.net", false),
        ("example.net", "badexample.net", false),
        ("net", "example.net", false),
        ("co.uk", "example.co.uk", true),
        ("mallory.co.uk", "co.uk", false),
        ("mallory.co.uk", "example.co.uk", false),
    ] {
        assert_eq!(stands_for(signer, domain), yes, "{signer} for {domain}");
    }
}

#[test]
fn a_field_is_read_around_comments_quotes_and_folds() {
    let found = |method: &str, result: &str| Found {
        method: method.to_owned(),
        result: result.to_owned(),
        ..Found::default()
    };
    let dkim = || Found {
        header_d: Some("example.net".to_owned()),
        ..found("dkim", "pass")
    };
    for (value, results) in [
        ("mx", vec![]),
        ("mx; none", vec![]),
        ("mx 1; none", vec![]),
        (
            "mx (a (nested; dmarc=pass) \\) one) ; dkim=pass header.d=example.net",
            vec![dkim()],
        ),
        (
            "mx;\r\n\tdkim = pass (2048-bit key)\r\n\t header.d = \"example.net\"",
            vec![dkim()],
        ),
        (
            "mx; dkim/1=pass reason=\"a; dmarc=pass\" header.d=example.net",
            vec![dkim()],
        ),
        (
            "mx; dkim=pass header.b=a/b+c= header.d=example.net",
            vec![dkim()],
        ),
        ("mx; dkim/2=pass header.d=example.net", vec![]),
        (
            "mx;;; ; dkim; =; =x; dkim=pass header.d=example.net;",
            vec![found("", ""), found("", "x"), dkim()],
        ),
        (
            "mx; spf=fail smtp.mailfrom=\"x; dmarc=pass\"@example.net",
            vec![found("spf", "fail")],
        ),
        (
            "mx; spf=fail (unclosed; dmarc=pass",
            vec![found("spf", "fail")],
        ),
        (
            "mx; spf=fail reason=\"unclosed; dmarc=pass",
            vec![found("spf", "fail")],
        ),
    ] {
        let field = read(value).unwrap_or_else(|| panic!("{value:?}"));
        assert_eq!(
            (field.id.as_str(), field.results),
            ("mx", results),
            "{value:?}"
        );
    }
    for value in [
        "",
        " ",
        ";",
        "; dmarc=pass",
        "dmarc=pass",
        "mx x=y; dmarc=pass",
        "(mx)",
    ] {
        assert_eq!(read(value), None, "{value:?}");
    }
    let twice = read("mx; dkim=pass header.d=a.example header.d=b.example").unwrap();
    assert_eq!(twice.results[0].header_d.as_deref(), Some(""));
}

#[test]
fn the_forms_that_servers_write_are_read() {
    let results = "authentication-results";
    for value in [
        "mx.example.org;\r\n       dkim=pass header.i=@news.example.net header.s=s1 header.b=Ab/c+D==;\r\n       spf=pass (example.org: domain of mia@news.example.net designates 192.0.2.1 as permitted sender) smtp.mailfrom=mia@news.example.net;\r\n       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=news.example.net",
        "mx.example.org (a filter 2.11);\tdkim=pass (2048-bit key) header.d=news.example.net",
        "mx.example.org; dkim=pass (2048-bit rsa key sha256) header.d=news.example.net header.i=@news.example.net header.b=aBc header.a=rsa-sha256 header.s=s1 x-bits=2048; dmarc=pass policy.published-domain-policy=reject policy.applied-disposition=none (p=reject,d=none) header.from=news.example.net; x-tls=pass smtp.version=TLSv1.3",
        "mx.example.org;\tiprev=pass (mail.example.net) smtp.remote-ip=192.0.2.1;\tauth=pass (PLAIN) smtp.auth=mia;\tdmarc=pass(p=none) header.from=news.example.net;\tarc=none",
        "mx.example.org; dkim=pass reason=\"2048-bit key; insecure key\" header.d=news.example.net header.i=mia@news.example.net",
    ] {
        assert_eq!(stands(&[(results, value)]).0, Pass, "{value}");
        let fails = value.replace("=pass", "=fail");
        assert_ne!(stands(&[(results, &fails)]).0, Pass, "{fails}");
    }
    // One server has an id for each method; another has none at all.
    let several = ["bimi.example.org", "dmarc.example.org"].map(str::to_owned);
    let fields = headers(&[
        (results, "bimi.example.org; bimi=none"),
        (
            results,
            "dmarc.example.org; dmarc=pass header.from=news.example.net",
        ),
    ]);
    assert_eq!(standing(&fields, &several, Some(&mia())).is, Pass);
    let nameless = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.net; dmarc=pass action=none header.from=news.example.net";
    assert_eq!(stands(&[(results, nameless)]).0, Nothing);
}

#[test]
fn a_huge_field_costs_little() {
    let deep = format!("{MX} {}; dmarc=pass", "(".repeat(200_000));
    let many = format!(
        "{MX}{}",
        "; dkim=pass header.d=news.example.net".repeat(10_000)
    );
    let words = format!("{MX}; dmarc=pass{}", " a=\"\\\"\"".repeat(40_000));
    for (value, is) in [(deep, Nothing), (many, Pass), (words, Pass)] {
        assert_eq!(stands(&[("authentication-results", &value)]).0, is);
    }
}

proptest! {
    #[test]
    fn a_quoted_value_says_nothing_more(value in "[^\"\\\\]*") {
        let value = format!("mx.example.org; spf=pass smtp.mailfrom=\"{value}\"@example.net");
        prop_assert_eq!(stands(&[("authentication-results", &value)]).0, Nothing);
    }
}
