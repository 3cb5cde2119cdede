//! A secret that is none, or that others may read, is refused; what it holds is told nobody.

use crate::faults::says;
use crate::kit::Gatepost;
use crate::post_office::PostOffice;
use std::fs;

/// What must never be seen.
const CANARY: &str = "hunter2";

#[test]
fn a_secret_that_cannot_be_used_is_named_with_what_to_do() {
    let g = Gatepost::ready(PostOffice::shared(), "secrets");
    let several = format!("{CANARY}\nsecond");
    for (text, mode, wanted) in [
        (
            CANARY,
            0o644,
            ["may be read by others (mode 0644)", "chmod go-rwx"],
        ),
        (
            CANARY,
            0o640,
            ["may be read by others (mode 0640)", "chmod go-rwx"],
        ),
        ("", 0o600, ["holds no secret", "on one line"]),
        (
            several.as_str(),
            0o600,
            ["has several lines", "on one line"],
        ),
    ] {
        g.write_secret("password", text, mode);
        refused(&g, &wanted);
    }
    fs::remove_file(g.path("password")).unwrap();
    refused(
        &g,
        &[
            "cannot be read: No such file",
            "the config names it (`password_file`",
        ],
    );
    g.write_secret("password", crate::post_office::PASSWORD, 0o600);
    g.run(&["check"]).ok();
    g.once().ok();
}

/// Each command that logs in fails, names the file, and tells nothing of what it holds.
fn refused(g: &Gatepost, wanted: &[&str]) {
    let file = g.path("password").display().to_string();
    for (args, code) in [
        (&["check"][..], 3),
        (&["run", "--once"], 1),
        (&["audit"], 1),
    ] {
        let said = g.run(args);
        let all = format!("{}{}", said.out, said.err);
        assert_eq!(said.code, code, "{args:?}: {all}");
        says(&all, wanted);
        says(&all, &["the password cannot be used", &file]);
        assert!(!all.contains("server refused"), "nobody was asked: {all}");
        assert!(!all.contains(CANARY), "{all}");
    }
}

#[test]
fn a_password_in_the_config_is_refused_unseen() {
    let g = Gatepost::new(PostOffice::shared(), "inline");
    let file = "password_file = \"password\"";
    for inline in [
        format!("password = \"{CANARY}\""),
        format!("password = \"{CANARY}"),
        format!("pasword = \"{CANARY}\"\npassword = \"{CANARY}\""),
        format!("{file}\nsecret = '''\n{CANARY}'''\ncolour = \"red\""),
    ] {
        g.write_config(&g.config_with("[[mailbox]]", file, &inline));
        let refused = g.run(&["run", "--once"]);
        let all = format!("{}{}", refused.out, refused.err);
        assert_eq!(refused.code, 2, "{all}");
        assert!(!all.contains(CANARY), "{all}");
        says(&all, &["gatepost.toml:"]);
    }
    g.write_config(&g.config_with("[[mailbox]]", file, &format!("password = \"{CANARY}\"")));
    let err = g.run(&["check"]).code_in(&[2]);
    says(&err, &["secrets are never written here", "`password_file`"]);
    assert!(!g.path("store").exists(), "nothing was begun");
}
