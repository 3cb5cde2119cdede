//! What is encrypted in a file whose name says nothing of it.

use super::*;

/// A report with a file beside words in clear.
fn with_a_file(g: &Gatepost, from: &str, kind: &str, encoding: &str, body: &str) {
    let to = &g.address;
    let mail = format!(
        "From: Mia <{from}>\nTo: {to}\nSubject: Any token is taken\nMessage-ID: <f1@example.net>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello, see the file.\n--b\nContent-Type: {kind}; name=report\nContent-Disposition: attachment; filename=report\nContent-Transfer-Encoding: {encoding}\n\n{body}\n--b--\n"
    );
    g.arrives(from, mail.as_bytes());
    g.once().ok();
}

/// What GnuPG makes of a few words for a key.
const MESSAGE: &str = "hF4DZPLDSozy22YSAQdAOIOTpA58UWpk7+HysAM27I5ledDPgIFoGFTmmflSCWcwrsku8BsHpP/ybokx0DQ7dodvkrdrIQrVfGVmhZgXTGDA6fg+PVDgPLv2FYvkpKDg0kQBv0CW711Q9ZnGrUhDn3tOpYkf4smlOtldEm/NqXsj/X941HJ9PW3uZakXDh/QneP3DklGEDde3taN+cPxO7HIu9dKlw==";
/// How enveloped data begins.
const ENVELOPED: &str = "MIAGCSqGSIb3DQEHA6CAMIACAQA=";

#[test]
fn a_file_that_says_nothing_of_it_is_asked_about_as_any() {
    let words = "These words stand before it and are in clear.\n".repeat(20);
    let octets = "application/octet-stream";
    // What the program prints is what it got.
    let printed = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|b| format!(" {b:02x}"))
            .collect::<String>()
    };
    let (begins, enveloped) = (
        printed(&[0x84, 0x5e, 3, 0x64]),
        printed(&[0x30, 0x80, 6, 9]),
    );
    let armour = printed(b"-----BEGIN PGP M");
    for (story, kind, encoding, body, shape, got) in [
        (
            "sealedbelow",
            "text/plain",
            "8bit",
            "",
            "pgp-attached",
            armour,
        ),
        (
            "sealedbinary",
            octets,
            "base64",
            MESSAGE,
            "pgp-attached",
            begins,
        ),
        ("sealedder", octets, "base64", ENVELOPED, "smime", enveloped),
    ] {
        let g = with_programs(story);
        let mia = g.reporter("mia");
        let below = String::from_utf8(through(&g, "encrypt", b"The token canary-in.")).unwrap();
        let body = match body {
            "" => format!("{words}{below}Regards, Mia"),
            body => body.to_owned(),
        };
        with_a_file(&g, &mia, kind, encoding, &body);
        write_program(&g, "decrypt", "od -An -tx1 -v | tr -d '\\n'");

        let ticket = g.show("1");
        assert_eq!(ticket["extracted"]["encrypted"], true, "{story}");
        assert_eq!(ticket["thread"][0]["sealed"]["encrypted"], shape, "{story}");
        let shown = g.run(&["show", "1"]).ok();
        let way = "gatepost show 1 --decrypt 1";
        assert!(
            shown.contains("mail 1 is encrypted (") && shown.contains(way),
            "{shown}"
        );
        let opened = g.run(&["show", "1", "--decrypt"]).ok();
        assert!(opened.contains(&got), "{opened}");
        let why = reply(&g, &["--yes"]).code_in(&[2]);
        assert!(why.contains("--encrypt encrypts it"), "{why}");
        assert!(!g.fact_names("1").contains(&"answered".to_owned()));
    }
}

#[test]
fn one_that_does_not_open_does_not_hide_the_others() {
    let g = with_programs("sealedmany");
    let mia = g.reporter("mia");
    let one = |words: &str| String::from_utf8(through(&g, "encrypt", words.as_bytes())).unwrap();
    let (theirs, ours) = (one("to-another"), one("The token canary-in."));
    let der = ENVELOPED;
    let both = format!("{theirs}\n{ours}\n-----BEGIN PKCS7-----\n{der}\n-----END PKCS7-----\n");
    with_a_file(&g, &mia, "text/plain", "8bit", &both);
    let opens = format!(
        "{DECRYPT} > \"$0.out\"; if grep -q token \"$0.out\"; then cat \"$0.out\"; else echo no secret key >&2; fi; rm \"$0.out\""
    );
    write_program(&g, "decrypt", &opens);
    let opened = g.run(&["show", "1", "--decrypt"]);
    assert_eq!(opened.code, 1, "{}", opened.out);
    let said = ["canary-in", "!! mail 1 \"report\" is not decrypted"];
    assert!(
        said.iter().all(|words| opened.out.contains(words)),
        "{}",
        opened.out
    );
    kept_nowhere(&g, "canary-in");
}

#[test]
fn a_file_behind_a_film_is_asked_about_too() {
    let g = with_programs("sealedfilm");
    let mia = g.reporter("mia");
    let film = format!("{}\n", "A".repeat(76)).repeat(9 << 20 >> 6);
    let file = "--b\nContent-Type: application/octet-stream; name=report.gpg\nContent-Disposition: attachment; filename=report.gpg\nContent-Transfer-Encoding: base64\n\n";
    with_a_file(
        &g,
        &mia,
        "video/mp4",
        "base64",
        &format!("{film}{file}{MESSAGE}"),
    );
    let shown = g.run(&["show", "1"]).ok();
    assert!(
        shown.contains("mail 1 is encrypted (PGP, attached)"),
        "{shown}"
    );
    assert_eq!(
        g.show("1")["thread"][0]["sealed"]["encrypted"],
        "pgp-attached"
    );
    let why = reply(&g, &["--yes"]).code_in(&[2]);
    assert!(why.contains("--encrypt encrypts it"), "{why}");
}
