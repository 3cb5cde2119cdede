//! A config that cannot be meant is refused: file, line, what is wrong, what was meant.

use crate::faults::says;
use crate::kit::Gatepost;
use crate::post_office::PostOffice;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// Every command ends with code 2, says all of it, and begins nothing.
fn refused(g: &Gatepost, wanted: &[&str]) {
    for args in [
        &["init"][..],
        &["run", "--once"],
        &["run"],
        &["check"],
        &["list"],
    ] {
        let err = g.run(args).code_in(&[2]);
        says(&err, wanted);
        assert!(
            !err.contains("panicked") && !err.contains("stack backtrace"),
            "{err}"
        );
    }
    assert!(!g.path("store").exists(), "nothing was begun");
}

/// Where a text stands in the config, as `gatepost.toml:N:`.
fn place(g: &Gatepost, text: &str) -> String {
    let config = fs::read_to_string(g.path("gatepost.toml")).unwrap();
    let line = config.lines().position(|l| l.contains(text)).unwrap() + 1;
    format!("gatepost.toml:{line}:")
}

#[test]
fn a_key_that_there_is_not_is_shown_with_its_line_and_the_nearest_one() {
    let g = Gatepost::new(PostOffice::shared(), "keys");
    g.write_config(&g.config_with("[calendar]", "hours = ", "hoours = "));
    let line = place(&g, "hoours");
    refused(
        &g,
        &[&line, "hoours = \"09:00-17:00\"", "did you mean `hours`?"],
    );
    g.write_config(&format!("colour = \"red\"{}", g.config()));
    refused(&g, &["gatepost.toml:1:", "no key `colour`", "there are: "]);
    g.write_config(&g.config_with("[[team]]", "name = \"anna\"", "nam = \"anna\""));
    refused(&g, &[&place(&g, "nam = \"anna\""), "did you mean `name`?"]);
}

#[test]
fn all_faults_are_said_at_once() {
    let g = Gatepost::new(PostOffice::shared(), "faults");
    let config = g.config_with("[calendar]", "Europe/London", "Europe/Londn");
    g.write_config(&config.replace("grace = \"0 s\"", "grace = \"soon\""));
    let (zone, grace) = (place(&g, "Londn"), place(&g, "grace"));
    refused(
        &g,
        &[
            &zone,
            "no such time zone",
            "did you mean \"Europe/London\"?",
            &grace,
        ],
    );
}

#[test]
fn a_config_that_others_may_write_is_refused() {
    let g = Gatepost::new(PostOffice::shared(), "writable");
    let file = g.path("gatepost.toml");
    for mode in [0o666, 0o620, 0o602] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let shown = format!("(mode {mode:04o})");
        refused(
            &g,
            &[
                "gatepost.toml: may be written by others",
                &shown,
                "chmod go-w",
            ],
        );
    }
    fs::remove_file(&file).unwrap();
    refused(
        &g,
        &[
            "gatepost.toml: cannot be read",
            "gatepost help config > gatepost.toml",
        ],
    );
}

#[test]
fn reminders_that_would_come_in_as_reports_are_refused() {
    let g = Gatepost::new(PostOffice::shared(), "self-address");
    let watched = g.address.clone();
    let (name, domain) = watched.split_once('@').unwrap();
    for same in [
        watched.clone(),
        watched.to_uppercase(),
        format!("{name}+team@{domain}"),
    ] {
        g.write_config(&g.config_with("[[team]]", &g.anna, &same));
        refused(
            &g,
            &[&place(&g, &same), "reaches a mailbox that is watched"],
        );
    }
}

#[test]
fn a_letter_that_names_what_there_is_not_is_refused_before_anything_starts() {
    let g = Gatepost::new(PostOffice::shared(), "letters");
    let folder = g.path("letters");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let letters = "policy = \"neon\"\nletters = \"letters\"";
    g.write_config(&g.config_with("store", "policy = \"neon\"", letters));
    let file = folder.join("acknowledgement.txt");
    for (text, wanted) in [
        (
            "Subject: x\n\nHello\n{{ refrence }}\n",
            ["acknowledgement.txt:4:", "no `refrence`"],
        ),
        ("Subject: x\n\n{% if %}\n", ["acknowledgement.txt:3:", ""]),
    ] {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        refused(&g, &wanted);
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    refused(
        &g,
        &[
            "acknowledgement.txt: may be written by others",
            "chmod go-w",
        ],
    );
    fs::rename(&file, folder.join("acknowledgment.txt")).unwrap();
    let misnamed = folder.join("acknowledgment.txt");
    fs::set_permissions(&misnamed, fs::Permissions::from_mode(0o600)).unwrap();
    refused(&g, &["acknowledgment.txt"]);
    fs::remove_file(misnamed).unwrap();
    g.run(&["check", "--offline"]).ok();
}
