//! What scripts rely on: every field is there, null where there is nothing; reading is
//! free, deciding takes a name of the team.

use crate::faults::says;
use crate::kit::{Answer, Gatepost, PATIENCE};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;

const TICKET: &str = "ref name class classes waiting clash stage title subject reporter owner outcome severity \
    received_at acknowledgement held_because deadlines chased messages forwarded";
const LETTER: &str = "id ticket kind to subject by state held_because attempts offers message_id created_at \
     not_before put_off_since sent_at last_error reply copy";

/// Asserts that the fields are there, though they may be null.
fn has(value: &Value, fields: &str) {
    let object = value
        .as_object()
        .unwrap_or_else(|| panic!("no object: {value}"));
    for field in fields.split_whitespace() {
        assert!(
            object.contains_key(field),
            "{field} is missing in {value:#}"
        );
    }
}

fn each(list: &Value, fields: &str) {
    let list = list
        .as_array()
        .unwrap_or_else(|| panic!("no array: {list}"));
    assert!(!list.is_empty(), "nothing to look at for {fields}");
    list.iter().for_each(|one| has(one, fields));
}

/// Every field that is an instant is RFC 3339 in UTC, or null.
fn instants(value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let instant = name == "at" || name.ends_with("_at") || name == "not_before";
                if let (true, Some(text)) = (instant, field.as_str()) {
                    assert!(text.ends_with('Z'), "{name}: {text}");
                    text.parse::<jiff::Timestamp>().unwrap();
                } else {
                    assert!(!instant || field.is_null(), "{name}: {field}");
                }
                instants(field);
            }
        }
        Value::Array(list) => list.iter().for_each(instants),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The names of all fields, at any depth.
fn names(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                into.push(name.clone());
                names(field, into);
            }
        }
        Value::Array(list) => list.iter().for_each(|one| names(one, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A report with an attachment that is answered, one that is held, one that is encrypted,
/// one without an author, and a bounce for the tray.
fn full(story: &str) -> Gatepost<'static> {
    let g = Gatepost::ready(PostOffice::shared(), story);
    let mia = g.reporter("mia");
    let head = |from: &str, id: &str, extra: &str| {
        let to = &g.address;
        format!(
            "From: {from}\nTo: {to}\nSubject: XSS\nMessage-ID: <{id}>\n{extra}MIME-Version: 1.0\n"
        )
    };
    let attached = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n\
        https://example.org/\n--b\nContent-Type: text/x-python\n\
        Content-Disposition: attachment; filename=poc.py\n\nprint(1)\n--b--\n";
    let plain = "Content-Type: text/plain\n\nhttps://example.org/\n";
    let machine = "Auto-Submitted: auto-generated\n";
    let mails = [
        head(&format!("Mia <{mia}>"), "j1@example.net", "") + attached,
        head(&mia, "j2@example.net", machine) + plain,
        String::from_utf8_lossy(include_bytes!("../mail/pgp-mime.eml")).into_owned(),
        "Subject: nobody\n\nhttps://example.org/\n".to_owned(),
        String::from_utf8_lossy(include_bytes!("../mail/bounce-delivery-report.eml")).into_owned(),
    ];
    for (i, mail) in mails.iter().enumerate() {
        let from = if i == 4 { "" } else { mia.as_str() };
        g.office.deliver(from, &g.address, mail.as_bytes());
        wait_until("it lies in the mailbox", PATIENCE, || {
            (g.office.inbox(&g.address).len() > i).then_some(())
        });
        g.once().ok();
    }
    g
}

#[test]
fn list_and_show_have_every_field() {
    let g = full("json");
    let list = g.run(&["list", "--all", "--json"]).json();
    each(&list, TICKET);
    assert_eq!(list.as_array().unwrap().len(), 4, "four reports");
    instants(&list);
    let mut encrypted = 0;
    for t in list.as_array().unwrap() {
        has(&t["reporter"], "address name authentication marks");
        each(&t["deadlines"], "promise due_at standing missing");
        let show = g.show(t["ref"].as_str().unwrap());
        has(&show, TICKET);
        has(
            &show,
            "continues history follows untold duplicates alike set planned facts thread extracted hints letters credit given_out",
        );
        each(&show["facts"], "n at fact by via data");
        each(
            &show["thread"],
            "n message_id from marks direction kind place because authentication received_at new_text attachments",
        );
        has(
            &show["extracted"],
            "urls ips hosts paths cves cwes ghsas cvss versions fingerprints credit missing found left_out cut encrypted signed",
        );
        instants(&show);
        assert!(
            show["extracted"]["signed"].is_null(),
            "nothing was verified"
        );
        encrypted += usize::from(show["extracted"]["encrypted"] == true);
        for letter in show["letters"].as_array().unwrap() {
            has(letter, LETTER);
        }
    }
    assert_eq!(encrypted, 1);
    let first = g.show("1");
    each(&first["letters"], LETTER);
    let parts = &first["thread"][0]["attachments"];
    each(parts, "name type bytes");
    assert_eq!(parts[0]["name"], "poc.py");
    assert_eq!(first["extracted"]["encrypted"], false);
    assert!(
        list.as_array()
            .unwrap()
            .iter()
            .any(|t| t["reporter"]["address"].is_null())
    );
}

#[test]
fn the_other_documents_have_every_field_and_help_names_them() {
    let g = full("json-more");
    let tray = g.run(&["adopt", "--json"]).json();
    has(&tray, "tray junk conversations");
    each(
        &tray["tray"],
        "mail folder received_at kind because from name marks subject",
    );
    each(&g.run(&["outbox", "--json"]).json(), LETTER);
    g.run(&["note", "1", "a note"]).ok();
    g.run(&["away", "ben", "2099-01-01", "--cover", "anna"])
        .ok();
    for args in [
        &["outbox"][..],
        &["explain", "1"],
        &["audit"],
        &["adopt"],
        &["away"],
        &["list"],
        &["check"],
        &["check", "--offline"],
        &["set", "1", "title=x"],
        &["assign", "1"],
        &["note", "1", "x"],
    ] {
        let mut answer = g.run(&[args, &["--json"]].concat()).json();
        // What a fact holds is the fact's own matter.
        if let Some(facts) = answer.get_mut("facts").and_then(Value::as_array_mut) {
            facts.iter_mut().for_each(|f| f["data"] = Value::Null);
        }
        instants(&answer);
        let (help, mut all) = (g.run(&["help", args[0]]).ok(), Vec::new());
        names(&answer, &mut all);
        assert!(!all.is_empty());
        for name in all.iter().filter(|n| *n != "met") {
            assert!(
                help.contains(name.as_str()),
                "help {} lacks {name}: {help}",
                args[0]
            );
        }
    }
    let explain = g.run(&["explain", "1", "--json"]).json();
    each(
        &explain["deadlines"],
        "promise page due_at started_at count needs end told next",
    );
    let held = g.run(&["outbox", "--json"]).json()[0]["id"].to_string();
    let released = g.run(&["outbox", "release", &held, "--json"]).json();
    each(&released, LETTER);
    assert_eq!(released[0]["state"], "queued");
    let mail = tray["tray"][0]["mail"].to_string();
    let adopted = g.run(&["adopt", &mail, "--json"]).json();
    each(&adopted, "mail ref name received_at");
    instants(&adopted);
    let audit = g.run(&["audit", "--json"]).json();
    each(
        &audit["folders"],
        "mailbox folder on_server with_row without_row gone",
    );
    assert_eq!(audit["folders"][0]["on_server"], 5);
    assert_eq!(audit["differences"], Value::Array(Vec::new()));
}

#[test]
fn check_and_init_have_documents_too() {
    let g = Gatepost::new(PostOffice::shared(), "json-init");
    let check = g.run(&["check", "--json"]).json();
    assert_eq!(check["ok"], true, "{check:#}");
    let mailbox = &check["mailboxes"][0];
    assert_eq!(
        (&mailbox["login"], &mailbox["port"]),
        (&true.into(), &g.office.imaps.into())
    );
    assert_eq!(mailbox["folders"][0]["name"], "INBOX");
    assert_eq!(mailbox["copies_to"], "Sent");
    assert_eq!(check["smtp"]["login"], true);
    let respond = &check["promises"][0];
    assert_eq!(respond["name"], "respond");
    assert!(
        respond["due_at"].as_str().unwrap().ends_with('Z'),
        "{respond}"
    );
    let said = check["warnings"].to_string();
    assert!(said.contains("no way that is not mail"), "{said}");
    let offline = g.run(&["check", "--offline", "--json"]).json();
    assert!(offline["smtp"]["login"].is_null() && offline["mailboxes"][0]["login"].is_null());
    g.write_secret("password", "wrong", 0o600);
    let refused = g.run(&["check", "--json"]);
    assert_eq!(refused.code, 3);
    let refused: Value = serde_json::from_str(&refused.out).unwrap();
    assert_eq!(
        (&refused["ok"], &refused["smtp"]["login"]),
        (&false.into(), &false.into())
    );
    assert_eq!(
        refused["faults"].as_array().unwrap().len(),
        2,
        "{refused:#}"
    );
    g.write_secret("password", crate::post_office::PASSWORD, 0o600);
    let init = g.run(&["init", "--json"]).json();
    has(&init, "folders mails store warnings");
    each(&init["folders"], "mailbox folder mails");
    assert!(init["store"].as_str().unwrap().ends_with("gatepost.db"));
}

#[test]
fn reading_is_free_and_deciding_takes_a_name_of_the_team() {
    let g = full("who");
    let letter = g.run(&["outbox", "--json"]).json()[0]["id"].to_string();
    let mail = g.run(&["adopt", "--json"]).json()["tray"][0]["mail"].to_string();
    for read in [
        &["list"][..],
        &["show", "1"],
        &["show", "1", "--text", "1"],
        &["explain", "1"],
        &["outbox"],
        &["adopt"],
        &["audit"],
        &["check", "--offline"],
        &["away"],
        &["log"],
        &["show", "1", "--log"],
        &["completions", "bash"],
        &["help", "show"],
    ] {
        for who in [None, Some("eve")] {
            run_as(&g, who, read).ok();
        }
    }
    let before = (g.list(), g.run(&["outbox", "--json"]).json());
    for decide in [
        &["evaluate", "1", "accepted", "--plan", "Mend it.", "--yes"][..],
        &["evaluate", "1", "spam", "--yes"],
        &["outbox", "release", &letter],
        &["outbox", "drop", &letter],
        &["outbox", "retry", &letter],
        &["outbox", "sent", &letter],
        &["adopt", &mail],
        &["assign", "1"],
        &["assign", "1", "ben"],
        &["note", "1", "x"],
        &["set", "1", "title=x"],
        &["set", "1", "exploited=yes", "--yes"],
        &["reopen", "1"],
        &["open", "--subject", "x"],
        &["record", "1", "x"],
        &["away", "ben", "2099-01-01", "--cover", "anna"],
        &["away", "--back", "ben"],
    ] {
        for who in [None, Some("eve"), Some("")] {
            let err = run_as(&g, who, decide).code_in(&[2]);
            says(
                &err,
                &["nobody of the team (anna, ben)", "hint: gatepost --as NAME"],
            );
        }
    }
    assert_eq!((g.list(), g.run(&["outbox", "--json"]).json()), before);
    run_as(&g, Some("Ben"), &["adopt", &mail]).ok();
}

#[test]
fn what_is_not_there_is_said_with_code_2() {
    let g = full("not-there");
    for (args, wanted) in [
        (&["show", "99"][..], "there is no ticket 99"),
        (&["show", "one two three"], "names no ticket"),
        (
            &["show", "1", "--text", "99"],
            "there is no 99 in this thread",
        ),
        (&["explain", "SEC-2026-0099"], "there is no ticket"),
        (
            &["evaluate", "1", "accepted", "--expected", "soon", "--yes"],
            "is no date",
        ),
        (
            &["evaluate", "1", "accepted", "--plan", "x"],
            "--yes sends without asking",
        ),
        (&["help", "nothing"], "there is no help on"),
        (&["lisst"], "list"),
    ] {
        let Answer { code, err, .. } = g.run(args);
        assert_eq!(code, 2, "{args:?}: {err}");
        says(&err, &[wanted]);
    }
}

/// A command as somebody else, or as nobody.
fn run_as(g: &Gatepost, who: Option<&str>, args: &[&str]) -> Answer {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gatepost"));
    command
        .arg("--config")
        .arg(g.path("gatepost.toml"))
        .args(args);
    for name in [
        "GATEPOST_CONFIG",
        "GATEPOST_AS",
        "SUDO_USER",
        "LOGNAME",
        "USER",
    ] {
        command.env_remove(name);
    }
    if let Some(who) = who {
        command.env("GATEPOST_AS", who).env("USER", "nobody");
    }
    let output = command.output().unwrap();
    Answer {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
