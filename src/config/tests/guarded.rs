//! What others may write is refused, and what is secret is not shown.

use super::*;

#[test]
fn a_secret_that_stands_in_the_config_is_refused_and_never_shown() {
    for (from, to) in [
        (
            "password_file = \"imap.password\"",
            "password = \"hunter2\"",
        ),
        ("password_file = \"imap.password\"", "password = \"hunter2"),
        (
            "password_file = \"imap.password\"",
            "password = '''\nhunter2\n'''",
        ),
        (
            "password_file = \"imap.password\"",
            "password_file = 4242\ntoken = [\"hunter2\"]",
        ),
        (
            "password_file = \"imap.password\"",
            "password = \"hunter2\"\nport = \"hunter2\"",
        ),
        ("# port = 993", "smtp_password = \"hunter2\" \\q"),
    ] {
        let error = load(&folder(&filled().replacen(from, to, 1))).expect_err(to);
        assert!(
            !error.contains("hunter2") && !error.contains("4242"),
            "{error}"
        );
    }
    check(
        "password_file = \"imap.password\"",
        "password = \"hunter2\"",
        "`password`: secrets are never written here\n  put it into a file of its own (mode 0600) and name that file with `password_file`",
    );
}

#[test]
fn files_that_others_may_write_are_refused() {
    let text = filled()
        .replace("policy = \"neon\"", "policy = \"our.toml\"")
        .replace("# letters = ", "letters = ");
    let folder = folder(&text);
    let digest = Letters::texts_built_in().find(|(n, _)| *n == "digest.txt");
    let files = [
        folder.path().join("gatepost.toml"),
        put(&folder, "our.toml", policies()[0].1),
        put(&folder, "letters/digest.txt", digest.unwrap().1),
        folder.path().join("letters"),
    ];
    assert_eq!(load(&folder).unwrap().policy.version, date(2024, 12, 4));
    for file in files {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        for bit in [0o020, 0o002] {
            set_mode(&file, mode | bit);
            let error = load(&folder).unwrap_err();
            assert!(
                error.contains("may be written by others (mode 0")
                    && error.contains("run: chmod go-w "),
                "{error}"
            );
        }
        set_mode(&file, mode);
    }
}
