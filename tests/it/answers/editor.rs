//! Letters in an editor, on a terminal.

use super::*;

/// Runs a command on a terminal of its own, typing `typed`; its editor is this shell script.
pub fn on_terminal(g: &Gatepost, args: &[&str], typed: &str, editor: &str) -> Answer {
    let path = g.path("editor");
    fs::write(&path, format!("#!/bin/sh\n{editor}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    let command = g.command(args);
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<String> = words
        .map(|w| format!("'{}'", w.to_str().unwrap()))
        .collect();
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &line.join(" "), "/dev/null"]);
    let envs = command.get_envs();
    terminal.envs(envs.filter_map(|(name, value)| Some((name, value?))));
    let session = Some(g.path("session")).filter(|path| path.exists());
    match session {
        Some(session) => terminal.env("XDG_RUNTIME_DIR", session),
        None => terminal.env_remove("XDG_RUNTIME_DIR"),
    };
    terminal
        .env_remove("VISUAL")
        .env("EDITOR", &path)
        .env("SHELL", "/bin/sh");
    terminal
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = terminal
        .spawn()
        .expect("`script` is missing: install bsdutils");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(typed.as_bytes())
        .unwrap();
    let ended = child.wait_with_output().unwrap();
    Answer {
        code: ended.status.code().unwrap_or(-1),
        out: String::from_utf8(ended.stdout).unwrap().replace('\r', ""),
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

#[test]
fn a_person_writes_in_their_editor_and_what_they_did_not_send_is_kept() {
    let (g, mia) = with_one_report("editor");
    let draft = g.path("store/drafts/1-anna.txt");
    let why = g.run(&["reply", "1", "--yes"]).code_in(&[2]);
    assert!(why.contains("--message"), "no words and no terminal: {why}");

    let nothing = on_terminal(&g, &["reply", "1"], "", "true");
    assert_eq!(nothing.code, 1);
    assert!(nothing.out.contains("you wrote nothing"), "{}", nothing.out);
    assert!(!draft.exists());

    let write = "sed -i 's/^Hello,$/Hello Mia,\\n\\nit is being tested./' \"$1\"";
    let no = on_terminal(&g, &["reply", "1"], "n\n", write);
    assert_eq!(no.code, 3, "answered with no: {}", no.out);
    let no = no.out;
    assert!(
        no.contains("| it is being tested.") && no.contains("Nothing was sent."),
        "{no}"
    );
    let kept = fs::read_to_string(&draft).unwrap();
    assert!(
        kept.starts_with("Hello Mia,\n\nit is being tested."),
        "{kept}"
    );
    assert!(!kept.contains(SUBJECT), "nothing of the report");
    assert_eq!(mode(&draft) & 0o777, 0o600);
    assert_eq!(mode(draft.parent().unwrap()) & 0o777, 0o700);

    // The draft is offered; what it is changed to must hold no date that is not recorded.
    let promise = "echo 'Expected resolution: 2027-01-01' >> \"$1\"";
    let refused = on_terminal(&g, &["reply", "1"], "y\ne\ny\nn\n", promise).out;
    assert!(refused.contains("Begin with it?"), "{refused}");
    assert!(refused.contains("would not be recorded"), "{refused}");
    let mend = "sed -i '/^Expected resolution/d' \"$1\"";
    let sent = on_terminal(&g, &["reply", "1"], "y\ne\ny\n", mend).ok();
    assert!(sent.contains("Queued."), "{sent}");
    assert!(!draft.exists(), "removed when queued");
    let letter = body(&latest(&g, &mia, 2));
    assert!(
        letter.starts_with("Hello Mia,\n\nit is being tested."),
        "{letter}"
    );
    assert!(!letter.contains("Expected resolution"), "{letter}");
}

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode()
}

#[test]
fn of_two_people_at_once_the_second_is_stopped_and_keeps_their_text() {
    let (g, mia) = with_one_report("twoatonce");
    let ben = g.command(&[]);
    let line: Vec<&str> = std::iter::once(ben.get_program())
        .chain(ben.get_args())
        .map(|w| w.to_str().unwrap())
        .collect();
    let line = line.join(" ").replace("--as anna", "--as ben");
    let meanwhile = format!(
        "echo 'We look into it.' | {line} reply 1 --message - --yes --send\nsed -i 's/^Hello,$/Hello,\\n\\nmine./' \"$1\""
    );
    let stopped = on_terminal(&g, &["evaluate", "1", "accepted"], "e\ny\n", &meanwhile);
    assert_eq!(stopped.code, 1, "{}", stopped.out);
    let said = stopped.out;
    assert!(said.contains("answered by ben, "), "{said}");
    assert!(
        said.contains("Nothing was sent") && said.contains("drafts/1-anna.txt"),
        "{said}"
    );
    g.once().ok();
    assert_eq!(g.wait_for_mail(&mia, 2).len(), 2, "the receipt, and ben's");
    let last = g.show("1")["facts"].as_array().unwrap().last().unwrap()["n"].to_string();
    let again = ["evaluate", "1", "accepted", "--draft", "--yes"];
    g.run(&[&again[..], &["--after", "1"]].concat())
        .code_in(&[1]);
    g.run(&[&again[..], &["--after", &last]].concat()).ok();
    let letter = body(&latest(&g, &mia, 3));
    assert!(letter.starts_with("Hello,\n\nmine."), "{letter}");
}
