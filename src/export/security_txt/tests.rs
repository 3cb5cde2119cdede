//! Files of RFC 9116, good and bad.

use super::*;
use jiff::SignedDuration;

fn now() -> Timestamp {
    "2027-05-04T09:00:00Z".parse().unwrap()
}

fn fields() -> Fields {
    let one = |text: &str| vec![text.to_owned()];
    Fields {
        contact: vec![
            "mailto:security@example.org".to_owned(),
            "tel:+44-20-7946-0000".to_owned(),
        ],
        encryption: one("https://example.org/security.asc"),
        acknowledgments: one("https://example.org/thanks"),
        languages: vec!["en".to_owned(), "de-CH".to_owned()],
        canonical: one("https://example.org/.well-known/security.txt"),
        policy: one("https://example.org/security"),
        hiring: vec![],
    }
}

/// What is told of a file: `!` before what makes it invalid.
fn told(file: &[u8]) -> Vec<String> {
    let (faults, _) = judge(&read(file).unwrap(), now());
    let mark = |f: &Fault| if f.is_wrong { "! " } else { "" };
    faults.iter().map(|f| format!("{}{f}", mark(f))).collect()
}

const ENDS: &str = "Expires: 2027-12-01T00:00:00Z\n";

#[test]
fn what_is_written_is_valid_and_ends_within_a_year() {
    let thanks = [
        "fox in the box".to_owned(),
        "a\u{202e}b".to_owned(),
        "Ada\nContact: x".to_owned(),
    ];
    let (text, refused) = write(&fields(), expires(now(), 180), &thanks);
    assert_eq!(told(text.as_bytes()), Vec::<String>::new());
    assert_eq!(refused.len(), 2, "{text}");
    insta::assert_snapshot!(text);
    assert_eq!(line_of(&text, "Fox in the box"), Some(13));
    assert_eq!(lines_with(&text, "fox in the box"), [13]);
    let (_, ends) = judge(&read(text.as_bytes()).unwrap(), now());
    assert_eq!(ends, Some("2027-10-31T00:00:00Z".parse().unwrap()));
    let longest = expires(now(), 365).duration_since(now());
    assert!(longest < SignedDuration::from_hours(365 * 24), "{longest}");
}

#[test]
fn only_the_end_makes_no_other_file() {
    let text = |days, thanks: &[String]| write(&fields(), expires(now(), days), thanks).0;
    let fox = ["fox".to_owned()];
    assert!(same_but_for_the_end(&text(180, &fox), &text(90, &fox)));
    assert!(same_but_for_the_end(
        &text(180, &fox),
        &text(90, &fox).replace('\n', "\r\n")
    ));
    assert!(!same_but_for_the_end(&text(180, &fox), &text(180, &[])));
}

#[test]
fn valid_files_are_valid() {
    for file in [
        format!("Contact: mailto:security@example.org\n{ENDS}"),
        "# ours\r\n\r\ncontact: https://example.org/report\r\nEXPIRES: 2027-12-01T10:00:00+02:00\r\n".to_owned(),
        format!(
            "Contact: tel:+1-201-555-0123\n{ENDS}Encryption: openpgp4fpr:7a3590d10f2b4c6e8a91b3d5e7f90123456789ab\nEncryption: dns:key.example.org?type=OPENPGPKEY\nPreferred-Languages: en, fr-CA, zh-Hant\nCSAF: https://example.org/csaf/provider-metadata.json\n"
        ),
        format!("Contact: mailto:security@example.org?subject=report\n{ENDS}"),
        format!("Contact: mailto:security@example.org\n{}", ENDS.trim_end()),
    ] {
        assert_eq!(told(file.as_bytes()), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn invalid_files_are_told_why() {
    let contact = "Contact: mailto:security@example.org\n";
    for (file, why) in [
        (String::new(), "! it has no Contact"),
        (contact.to_owned(), "! it has no Expires"),
        (
            format!("{contact}{ENDS}{ENDS}"),
            "! line 3: a second Expires",
        ),
        (
            format!("{contact}Expires: 2027-05-04T08:59:59Z\n"),
            "! line 2: it has expired",
        ),
        (
            format!("{contact}Expires: 2029-01-01T00:00:00Z\n"),
            "line 2: it ends in more than a year",
        ),
        (
            format!("{contact}Expires: 2027-12-01\n"),
            "! line 2: Expires is no moment",
        ),
        (
            format!("{contact}Expires: 2027-12-01 00:00:00Z\n"),
            "! line 2: Expires is no moment",
        ),
        (
            format!("{contact}Expires: 2027-12-01T00:00:00\n"),
            "! line 2: Expires is no moment",
        ),
        (
            format!("{contact}Expires: 2027-12-01T00:00Z\n"),
            "! line 2: Expires is no moment",
        ),
        (
            format!("{contact}Expires: Wed, 1 Dec 2027 00:00:00 +0000\n"),
            "! line 2: Expires is no moment",
        ),
        (
            format!("Contact: security@example.org\n{ENDS}"),
            "! line 1: Contact: write mailto:security@example.org",
        ),
        (
            format!("Contact: http://example.org/\n{ENDS}"),
            "! line 1: Contact: addresses of the web",
        ),
        (
            format!("Contact: mailto:nobody\n{ENDS}"),
            "! line 1: Contact: behind mailto:",
        ),
        (
            format!("Contact: tel:call us\n{ENDS}"),
            "! line 1: Contact: an address holds no spaces",
        ),
        (
            format!("Contact: tel:us\n{ENDS}"),
            "! line 1: Contact: behind tel:",
        ),
        (
            format!("Contact:\n{ENDS}"),
            "! line 1: behind `Contact:` stands a space",
        ),
        (format!("Contact: \n{ENDS}"), "! line 1: Contact is empty"),
        (
            format!("Contact:mailto:security@example.org\n{ENDS}"),
            "! line 1: behind `Contact:` stands a space",
        ),
        (
            format!("{contact}{ENDS}Policy: /security\n"),
            "! line 3: Policy: it is no address",
        ),
        (
            format!("{contact}{ENDS}Canonical: https:example.org\n"),
            "! line 3: Canonical: behind https:",
        ),
        (
            format!("{contact}{ENDS}Encryption: -----BEGIN PGP PUBLIC KEY BLOCK-----\n"),
            "! line 3: Encryption: a key does not stand here",
        ),
        (
            format!("{contact}{ENDS}Acknowledgements: https://example.org/\n"),
            "! line 3: there is no field Acknowledgements: it is Acknowledgments",
        ),
        (
            format!("{contact}{ENDS}Weather: https://example.org/\n"),
            "line 3: the RFC knows no field Weather",
        ),
        (
            format!("{contact}{ENDS}Preferred-Languages: english!\n"),
            "! line 3: Preferred-Languages: write language tags",
        ),
        (
            format!("{contact}{ENDS}Preferred-Languages: en\nPreferred-Languages: de\n"),
            "! line 4: a second Preferred-Languages",
        ),
        (
            format!("{contact}{ENDS}say hello\n"),
            "! line 3: this is no field",
        ),
        (
            format!("\u{feff}{contact}{ENDS}"),
            "! line 1: it begins with a byte order mark",
        ),
        (
            format!("{contact}{ENDS}{}", "# x\n".repeat(9000)),
            "it is longer than 32 KiB",
        ),
    ] {
        let told = told(file.as_bytes());
        assert!(told.iter().any(|t| t.starts_with(why)), "{why}: {told:?}");
    }
    assert_eq!(read(b"Contact: x\nExpires: \xff\n"), Err(2));
}

fn signed(text: &str) -> String {
    format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{text}-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    )
}

#[test]
fn a_signed_file_is_read_through_its_signature() {
    let (text, _) = write(&fields(), expires(now(), 180), &["fox".to_owned()]);
    let file = signed(&format!("- -- \n{text}"));
    let found = read(file.as_bytes()).unwrap();
    assert_eq!(
        (found.signed, found.text.as_str()),
        (Signed::Yes, format!("-- \n{text}").as_str())
    );
    let found = read(signed(&text).as_bytes()).unwrap();
    assert_eq!(found.fields.len(), 8);
    assert_eq!(told(signed(&text).as_bytes()), Vec::<String>::new());
    let bare = signed(&format!("Contact: mailto:security@example.org\n{ENDS}"));
    assert!(told(bare.as_bytes())[0].contains("no Canonical"));
    for broken in [
        signed(&text).replace("-----END PGP SIGNATURE-----\n", ""),
        format!("{}Hiring: https://example.org/\n", signed(&text)),
        format!("Hiring: https://example.org/\n{}", signed(&text)),
        signed(&text).replace("-----BEGIN PGP SIGNED MESSAGE-----\n", ""),
    ] {
        assert!(
            told(broken.as_bytes())
                .iter()
                .any(|t| t.contains("signature")),
            "{broken}"
        );
    }
}
