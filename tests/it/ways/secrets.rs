//! Tokens and secrets: from where they come, and where they never show.

use super::*;

/// HMAC (RFC 2104) with SHA-256, for a key of at most 64 bytes.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |with: u8| -> Vec<u8> {
        let byte = |i: usize| key.get(i).copied().unwrap_or(0) ^ with;
        (0..64).map(byte).collect()
    };
    let inner = Sha256::digest([pad(0x36).as_slice(), text].concat());
    Sha256::digest([pad(0x5c).as_slice(), &inner].concat()).to_vec()
}

/// A JSON web token (RFC 7519) for this address; `expires` in seconds since 1970.
fn token(address: &str, expires: u64) -> String {
    let part = |bytes: &[u8]| {
        let url = base64(bytes).replace('+', "-").replace('/', "_");
        url.trim_end_matches('=').to_owned()
    };
    let claims = format!("{{\"sub\":\"{address}\",\"email\":\"{address}\",\"exp\":{expires}}}");
    let head = part(br#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{head}.{}", part(claims.as_bytes()));
    let signature = hmac(TOKEN_KEY.as_bytes(), signed.as_bytes());
    format!("{signed}.{}", part(&signature))
}

#[test]
fn a_token_opens_both_servers_and_one_that_ended_is_refused_and_in_no_word() {
    let (office, by_token) = (
        PostOffice::shared(),
        "auth = \"xoauth2\"\npassword_file = \"token\"",
    );
    let ca = office.ca().display().to_string();
    let imap = format!("port = {}\nroots = \"{ca}\"\n{by_token}", office.imaps);
    let smtp = format!(
        "port = {}\nroots = \"{ca}\"\ntls = \"starttls\"\n{by_token}",
        office.submission
    );
    let g = gatepost(office, "token", &imap, &smtp);
    let good = token(&g.address, 4_102_444_800);
    g.write_secret("token", &good, 0o600);
    g.run(&["init"]).ok();
    works(&g, 1);
    let said = g.run(&["check"]).ok();
    says(
        &said,
        &[
            "TLS from the first byte; token from /",
            "TLS by STARTTLS; token from /",
        ],
    );
    assert!(!said.contains(&good), "{said}");

    let ended = token(&g.address, 1_100_000_000);
    g.write_secret("token", &ended, 0o600);
    g.report_from(&g.reporter("mia2"), "token2@example.net");
    let wanted = [
        "refused the login: [AUTHENTICATIONFAILED]",
        "the token is read from /",
    ];
    for args in [
        &["check"][..],
        &["run", "--once", "--level", "trace"],
        &["audit"],
    ] {
        let Answer { code, out, err } = g.run(args);
        assert!(code != 0, "{out}{err}");
        let all = format!("{out}{err}");
        says(&all, &wanted);
        if args[0] == "check" {
            says(
                &all,
                &[
                    "smtp: localhost:",
                    "refused the user name or the token: 535",
                ],
            );
        }
        let sent = format!("user={}\u{1}auth=Bearer {ended}\u{1}\u{1}", g.address);
        for form in [
            ended.as_str(),
            &base64(sent.as_bytes()),
            &base64(ended.as_bytes()),
        ] {
            assert!(!all.contains(form), "{all}");
        }
    }
    says(
        &g.run(&["list"]).ok(),
        &["!! mailbox security cannot be read since"],
    );
    g.write_secret("token", &good, 0o600);
    g.once().ok();
    assert_eq!(g.wait_for_mail(&g.reporter("mia2"), 1).len(), 1);
    assert!(!g.run(&["list"]).ok().contains("!!"), "it works again");
}

#[test]
fn the_secret_comes_from_any_of_its_four_places_and_is_seen_nowhere() {
    let office = PostOffice::shared();
    let ca = office.ca().display().to_string();
    for (place, source) in [
        ("password_file = \"password\"", "password from /"),
        (
            "password_command = [\"cat\", \"PATH/password\"]",
            "password from the command cat",
        ),
        ("password_command = [\"./ask\", \"x y\"]", "/ask"),
        (
            "password_env = \"LETTER_BOX\"",
            "password from the environment variable LETTER_BOX",
        ),
        (
            "password_credential = \"password\"",
            "password from the systemd credential password",
        ),
    ] {
        let g = Gatepost::new(office, "places");
        let folder = g.dir.path().display().to_string();
        let lines = |port| {
            format!(
                "port = {port}\nroots = \"{ca}\"\n{}",
                place.replace("PATH", &folder)
            )
        };
        let imap = with(&g.config(), "[[mailbox]]", &lines(office.imaps));
        g.write_config(&with(&imap, "[smtp]", &lines(office.smtps)));
        g.write_secret(
            "ask",
            "#!/bin/sh\ncd \"${0%/*}\" && cat password && echo \"more of $1\"",
            0o700,
        );
        let run = |args: &[&str]| {
            let mut command = g.command(args);
            command
                .env("LETTER_BOX", PASSWORD)
                .env("CREDENTIALS_DIRECTORY", &folder);
            let output = command.output().unwrap();
            let text = |bytes| String::from_utf8(bytes).unwrap();
            let (out, err) = (text(output.stdout), text(output.stderr));
            assert!(output.status.success(), "{place}: {out}{err}");
            format!("{out}{err}")
        };
        run(&["init"]);
        let said = run(&["check"]);
        assert!(said.contains(source), "{said}");
        let mia = g.reporter("mia");
        g.report_from(&mia, "place@example.net");
        let log = run(&["run", "--once", "--level", "trace"]);
        assert_eq!(g.wait_for_mail(&mia, 1).len(), 1);
        for text in [said, log] {
            let sent = base64(format!("\0{}\0{PASSWORD}", g.address).as_bytes());
            assert!(!text.contains(PASSWORD) && !text.contains(&sent), "{text}");
        }
    }
}

#[test]
fn a_secret_that_no_place_gives_is_told_with_its_place_and_its_remedy() {
    let office = PostOffice::shared();
    let lines = |secret: &str| {
        let ca = office.ca().display().to_string();
        format!("port = {}\nroots = \"{ca}\"\n{secret}", office.imaps)
    };
    for (place, wanted) in [
        (
            "password_env = \"GATEPOST_NOWHERE\"",
            ["GATEPOST_NOWHERE: is not set", "`password_env` names it"],
        ),
        (
            "password_credential = \"imap\"",
            ["$CREDENTIALS_DIRECTORY is not set", "LoadCredential=imap:"],
        ),
        (
            "password_command = [\"false\", \"hunter2\"]",
            [
                "the command false: failed (exit status: 1)",
                "`password_command`",
            ],
        ),
        (
            "password_command = [\"sh\", \"-c\", \"echo hunter2; echo 'no agent' >&2; exit 7\"]",
            ["failed (exit status: 7): no agent", "`password_command`"],
        ),
        (
            "password_command = [\"gatepost-nowhere\", \"hunter2\"]",
            [
                "the command gatepost-nowhere: cannot be started",
                "`password_command`",
            ],
        ),
    ] {
        let g = Gatepost::new(office, "no-place");
        g.write_config(&with(&g.config(), "[[mailbox]]", &lines(place)));
        for args in [&["check"][..], &["init"]] {
            let Answer { code, out, err } = g.run(args);
            let all = format!("{out}{err}");
            assert!(code == 1 || code == 3, "{all}");
            says(&all, &["the password cannot be used: "]);
            says(&all, &wanted);
            assert!(
                !all.contains("hunter2") && !all.contains("server refused"),
                "{all}"
            );
        }
    }
}
