//! What is said about a config that is not sound.

use super::*;

#[test]
fn a_wrong_key_is_shown_with_its_line_and_the_key_that_was_meant() {
    let line = 1 + filled()
        .lines()
        .position(|line| line.starts_with("zone ="))
        .unwrap();
    check(
        "zone = \"Europe/London\"",
        "zonne = \"Europe/London\"",
        &format!(
            "gatepost.toml:{line}: there is no key `zonne` here\n  {line} | zonne = \"Europe/London\"\n  did you mean `zone`?"
        ),
    );
    check("store =", "colour =", "there is no key `colour` here");
    check(
        "holidays = []",
        "holidays = [{ date = \"2027-05-03\", nmae = \"x\" }]",
        "there is no key \"nmae\" here",
    );
}

#[test]
fn people_and_the_organisation_are_checked() {
    check(
        "example.org/security",
        "example .org",
        "write a whole address",
    );
    check(
        "https://example.org/security",
        "http://example.org",
        "write a whole address",
    );
    check(
        "# key = {",
        "key = { fingerprint = \"7A35\", url = \"https://a.b\" } #",
        "40 or 64 hexadecimal digits",
    );
    check(
        "# reference = \"SEC\"",
        "reference = \"sec\"",
        "2 to 8 capital letters",
    );
    check(
        "\"anna\"",
        "\"gatepost\"",
        "this name stands for the program",
    );
    check("\"anna\"", "\"anna b\"", "a name is one word");
    check("anna@example.org", "anna", "write a mail address alone");
    check(
        "anna@example.org",
        "Security@EXAMPLE.org",
        "reaches a mailbox that is watched",
    );
    check(
        "anna@example.org",
        "security+anna@example.org",
        "reaches a mailbox that is watched",
    );
}

#[test]
fn the_calendar_is_checked() {
    check(
        "Europe/London",
        "Europe/Lodnon",
        "did you mean \"Europe/London\"?",
    );
    check("Europe/London", "Mars", "there is no such time zone");
    for (written, wanted) in [
        ("holidays = 5", "`holidays` has the wrong kind of value"),
        ("holidays = [\"3 May\"]", "write days like \"2027-05-03\""),
        (
            "holidays = [2027-05-03T09:00:00Z]",
            "write days like \"2027-05-03\"",
        ),
        ("weekend = [\"caturday\"]", "what is no day of the week"),
        ("hours = \"9-5\"", "write them as \"09:00-17:00\""),
        ("half_days = [\"2027-12-24\"]", "write it as { date ="),
        (
            "half_days = [{ date = \"2027-12-24\", closes = \"08:00\" }]",
            "closes before the team opens",
        ),
    ] {
        check("holidays = []", written, wanted);
    }
}

#[test]
fn servers_and_folders_are_checked() {
    check(
        "imap.example.org",
        "imaps://imap.example.org",
        "write the name of the host alone",
    );
    check(
        "imap.example.org",
        "imap.example.org\\r\\nA1 LOGOUT",
        "holds a line end",
    );
    check("[smtp]", "[smtp", "this is not TOML");
    for (written, wanted) in [
        ("port = 0", "it is 1 to 65535"),
        ("port = \"993\"", "it takes a whole number"),
        ("user = \"a\\nb\"", "holds a line end"),
        ("folders = []", "nothing would be watched"),
        ("folders = [\"A\", \"A\"]", "stands here twice"),
        ("poll = \"2 h\"", "write a time from 5s to 1h"),
        (
            "size_limit = \"50 MB\"",
            "write a size from 64 KiB to 1 GiB",
        ),
        ("roots = \"no-ca.pem\"", "no-ca.pem: cannot be read"),
    ] {
        check("# port = 993", written, wanted);
    }
}

#[test]
fn ports_fit_the_way_in_which_tls_begins() {
    for (written, wanted) in [
        ("port = 143", "use 993, or write tls = \"starttls\" if"),
        ("port = 110\ntls = \"implicit\"", "begins in clear"),
        (
            "tls = \"starttls\"\nport = 993",
            "TLS begins with the first byte",
        ),
        (
            "tls = \"opportunistic\"",
            "it is \"implicit\" or \"starttls\" or \"plain-to-loopback\"",
        ),
        ("tls = \"plain\"", "`tls` cannot be read"),
        ("tls = \"none\"", "`tls` cannot be read"),
        ("tls = \"plain-to-loopback\"", "would leave this machine"),
        ("auth = \"xoauth\"", "did you mean \"xoauth2\"?"),
        ("auth = \"none\"", "it is \"password\" or \"xoauth2\""),
    ] {
        check("# port = 993", written, wanted);
    }
    check(
        "# port = 465",
        "port = 587",
        "use 465, or write tls = \"starttls\" if",
    );
    check(
        "host = \"smtp.example.org\"",
        "host = \"localhost\"\ntls = \"plain-to-loopback\"\nroots = \"ca.pem\"",
        "`roots` means nothing without TLS",
    );
}

/// What becomes of these lines in the place of `password_file` in [smtp].
fn smtp(lines: &str) -> Result<Smtp, String> {
    let text = filled().replace("smtp.example.org", "127.0.0.1");
    let (before, table) = text.split_once("[smtp]").unwrap();
    let table = table.replacen("password_file = \"imap.password\"", lines, 1);
    load(&folder(&format!("{before}[smtp]{table}"))).map(|config| config.smtp)
}

#[test]
fn a_relay_may_ask_for_no_login_and_then_nothing_of_one_is_written() {
    for tls in ["", "tls = \"starttls\"", "tls = \"plain-to-loopback\""] {
        let smtp = smtp(&format!("auth = \"none\"\n{tls}")).unwrap();
        assert_eq!(smtp.account, None);
    }
    for beside in [
        "user = \"anna\"",
        "password_file = \"imap.password\"",
        "password_command = [\"pass\"]",
        "password_env = \"SMTP\"",
        "password_credential = \"smtp\"",
    ] {
        let error = smtp(&format!("auth = \"none\"\n{beside}")).unwrap_err();
        let key = beside.split(' ').next().unwrap();
        let wanted = format!("`{key}` means nothing with auth = \"none\"");
        assert!(error.contains(&wanted), "{error}");
    }
    let error = smtp("").unwrap_err();
    assert!(error.contains("no password is named"), "{error}");
    check(
        "host = \"smtp.example.org\"",
        "host = \"smtp.example.org\"\ntls = \"plain-to-loopback\"\nauth = \"none\"",
        "would leave this machine",
    );
}

/// The ports of both servers for what is written of TLS.
fn ports(tls: &str) -> (u16, u16) {
    let text = filled()
        .replace("imap.example.org", "localhost")
        .replace("smtp.example.org", "127.0.0.1")
        .replace("# tls = \"implicit\"", tls);
    let config = load(&folder(&text)).unwrap();
    (config.mailboxes[0].server.port, config.smtp.server.port)
}

#[test]
fn ports_that_are_not_written_are_the_usual_ones() {
    assert_eq!(ports(""), (993, 465));
    assert_eq!(ports("tls = \"starttls\""), (143, 587));
    assert_eq!(ports("tls = \"plain-to-loopback\""), (143, 25));
}

/// What becomes of these lines in the place of `password_file` in [[mailbox]].
fn secret(lines: &str) -> Result<String, String> {
    let text = filled().replacen("password_file = \"imap.password\"", lines, 1);
    let folder = folder(&text);
    put(&folder, "ask", "#!/bin/sh\n");
    let of_folder = format!("{}/", folder.path().display());
    let config = load(&folder)?;
    Ok(format!("{:?}", config.mailboxes[0].account.secret).replace(&of_folder, ""))
}

#[test]
fn a_password_has_one_place() {
    for (lines, source) in [
        ("password_file = \"a b\"", "Secret(a b)"),
        (
            "password_env = \"IMAP\"",
            "Secret(the environment variable IMAP)",
        ),
        (
            "password_credential = \"imap\"",
            "Secret(the systemd credential imap)",
        ),
        (
            "password_command = [\"pass\", \"show\"]",
            "Secret(the command pass)",
        ),
        (
            "password_command = [\"./ask\"]",
            "Secret(the command ./ask)",
        ),
    ] {
        assert_eq!(secret(lines).as_deref(), Ok(source), "{lines}");
    }
    for (lines, wanted) in [
        ("", "no password is named"),
        (
            "password_file = \"a\"\npassword_env = \"IMAP\"",
            "both `password_file` and `password_env`",
        ),
        ("password_file = \" \"", "`password_file` is empty"),
        ("password_env = \"IM=AP\"", "the name of the variable alone"),
        (
            "password_credential = \"../imap\"",
            "the name that the unit gives it",
        ),
        (
            "password_command = [\"./nowhere\"]",
            "nowhere: cannot be read",
        ),
    ] {
        let error = secret(lines).unwrap_err();
        assert!(error.contains(wanted), "{error}\nlacks\n{wanted}");
    }
}

#[test]
fn a_command_is_a_list_of_words_and_none_of_them_is_shown() {
    for value in [
        "\"echo hunter2\"",
        "[]",
        "[\"\"]",
        "[\"echo\", 4, \"hunter2\"]",
        "[\"echo\", [\"hunter2\"]]",
        "[\"echo\", \"hunter2\\u0000\"]",
        "[\n\"echo\",\n5, \"hunter2\"]",
        "[\n\"echo\",\n\"hunter2\\q\"]",
        "[\"echo\", \"hunter2\" \"x\"]",
        "{ argv = \"hunter2\" }",
    ] {
        let error = secret(&format!("password_command = {value}")).unwrap_err();
        let told = error.contains("`password_command` is no command")
            || error.contains("this is not TOML");
        assert!(told && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_quote_that_is_missing_is_told_and_not_all_that_stands_behind_it() {
    let neon = policies().iter().find(|(name, _)| *name == "neon");
    let (_, text) = neon.unwrap();
    let broken = text.replacen("\"neon\"", "\"neon", 1);
    let why = read_policy(&broken).unwrap_err().to_string();
    assert!(why.matches("this is not TOML").count() <= 5, "{why}");
    assert!(why.len() < 2_000, "{} bytes", why.len());
}

#[test]
fn words_and_files_are_checked() {
    check(
        "# envelope_sender = \"mailbox\"",
        "envelope_sender = \"nul\"",
        "did you mean \"null\"?",
    );
    check(
        "# mode = \"not-fail\"",
        "mode = \"always\"",
        "it is \"pass\" or \"not-fail\" or \"off\"",
    );
    check("# per_address = 4", "per_address = 0", "it is 1 to 1000");
    check(
        "policy = \"neon\"",
        "policy = \"noen\"",
        "or name a file that ends in .toml",
    );
    check("policy = \"neon\"", "", "`policy` is missing");
    check(
        "# letters = \"letters\"",
        "letters = \"letters\"",
        "letters: cannot be read",
    );
}

#[test]
fn an_empty_config_is_told_what_it_lacks() {
    insta::assert_snapshot!(load(&folder("")).unwrap_err());
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let text = filled()
        .replace("zone =", "timezone =")
        .replace("# port = 465", "port = 587")
        .replace("anna@example.org", "security@example.org")
        .replace("# poll = \"60 s\"", "poll = 60")
        .replace("policy = \"neon\"", "policy = \"acme.toml\"");
    insta::assert_snapshot!(load(&folder(&text)).unwrap_err());
}

#[test]
fn names_and_addresses_are_given_once() {
    let ben = "[[team]]\nname = \"Anna\"\naddress = \"Anna@example.org\"\n";
    let error = load(&folder(&format!("{}\n{ben}", filled()))).unwrap_err();
    assert!(
        error.contains("another table has this `name` already")
            && error.contains("another table has this `address` already"),
        "{error}"
    );
}

#[test]

fn a_broken_letter_is_named_with_its_file_and_line() {
    let folder = folder(&filled().replace("# letters = ", "letters = "));
    put(&folder, "letters/digest.txt", "Subject: x\n\n{{ tabel }}\n");
    put(&folder, "letters/notes.md", "not a letter\n");
    let error = load(&folder).unwrap_err();
    assert!(
        error.starts_with(
            "letters/digest.txt:3: there is no `tabel` in this letter; there are counts,"
        ),
        "{error}"
    );
}
