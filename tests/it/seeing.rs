//! The log as it is written, completions of a shell, and the pager of a terminal.

use crate::kit::{Gatepost, PATIENCE};
use crate::post_office::{PostOffice, wait_until};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

fn with_one_report(story: &str) -> Gatepost<'static> {
    let g = Gatepost::ready(PostOffice::shared(), story);
    g.report_from(&g.reporter("mia"), "s1@example.net");
    g.once().ok();
    g
}

#[test]
fn the_log_follows_the_record_and_ends_with_its_reader() {
    let g = with_one_report("follow");
    let mut follow = g
        .command(&["log", "--follow", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follow.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let first = next();
    assert_eq!(
        (&first["n"], &first["fact"]),
        (&1.into(), &"received".into())
    );
    assert_eq!(next()["fact"], "acknowledged");
    g.run(&["note", "1", "a secret of the report"]).ok();
    let note = next();
    assert_eq!(
        (&note["fact"], &note["by"]),
        (&"remarked".into(), &"anna".into())
    );
    assert!(!note.to_string().contains("secret"), "{note}");
    g.run(&["assign", "1", "ben"]).ok();
    assert_eq!(next()["what"], "owner ben");
    drop(lines);
    let code = wait_until("it ends, though nothing is written", PATIENCE, || {
        follow.try_wait().unwrap()
    });
    assert_eq!(code.code(), Some(0));
    let since = g.run(&["log", "--since", "now"]).ok();
    assert_eq!(since, "", "what was written before");
    assert_eq!(g.run(&["log", "1"]).ok().lines().count(), 4);
    g.run(&["log", "9"]).code_in(&[2]);
}

#[test]
fn bash_completes_commands_values_and_references() {
    let g = with_one_report("completions");
    let script = g.run(&["completions", "bash"]).ok();
    fs::write(g.path("completions.bash"), script).unwrap();
    let name = g.list()[0]["name"].as_str().unwrap().to_owned();
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_gatepost"))
        .parent()
        .unwrap();
    let complete = |words: &str| {
        let count = words.split(' ').count() - 1;
        let text = format!(
            "source {}; COMP_WORDS=({}); COMP_CWORD={count}; \
             _gatepost_values gatepost \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            g.path("completions.bash").display(),
            words.replace('_', "\"\"")
        );
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["--norc", "-c", &text])
            .env("PATH", path)
            .env("GATEPOST_CONFIG", g.path("gatepost.toml"))
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(complete("gatepost ev").contains(&"evaluate".to_owned()));
    assert!(complete("gatepost show _").contains(&name));
    assert!(complete("gatepost export case _").contains(&name));
    assert!(!complete("gatepost export _").contains(&name));
    assert!(!complete("gatepost export case 1 _").contains(&name));
    let begun: String = name.chars().take(3).collect();
    assert_eq!(
        complete(&format!("gatepost show {begun}")),
        std::slice::from_ref(&name)
    );
    for (typed, offered) in [
        ("gatepost show 1", "1"),
        ("gatepost evaluate 1 acc", "accepted"),
        ("gatepost evaluate 1 duplicate --of 1", "1"),
        (
            "gatepost evaluate --of=1 1 out-of-scope --letter cs",
            "csrf",
        ),
        ("gatepost list --owner be", "ben"),
        ("gatepost list --owner = be", "ben"),
        ("gatepost assign 1 nob", "nobody"),
        ("gatepost --as an", "anna"),
        ("gatepost away anna --cover be", "ben"),
        ("gatepost set 1 sev", "severity= severity-is="),
        ("gatepost set 1 waiting = r", "reporter"),
        ("gatepost set 1 title=x severity=cri", "severity=critical"),
        ("gatepost record 1 th", "thanked"),
        ("gatepost reply 1 --letter sig", "signal"),
        ("gatepost export elsewhere 1", "1"),
        ("gatepost list --sort sev", "severity"),
        ("gatepost help policy nov", "novu"),
        ("gatepost show 1 --te", "--text"),
    ] {
        assert_eq!(complete(typed).join(" "), offered, "{typed}");
    }
    let whole = g.show("1")["ref"].as_str().unwrap().to_owned();
    for typed in [
        "gatepost show SEC-",
        "gatepost show SEC-20",
        "gatepost evaluate 1 duplicate --of SEC-",
    ] {
        assert_eq!(complete(typed), std::slice::from_ref(&whole), "{typed}");
    }
    let offered = complete("gatepost _");
    assert!(offered.contains(&"show".to_owned()), "{offered:?}");
    assert!(
        !offered
            .iter()
            .any(|word| word.starts_with("complet") || word == "parse-one"),
        "{offered:?}"
    );
    for typed in ["gatepost list _", "gatepost show 1 _"] {
        let offered = complete(typed);
        assert!(!offered.contains(&name), "{typed} takes none: {offered:?}");
    }
    // Of a report only its number and our own name for it.
    let all = g.run(&["complete-values", "--", "show", ""]).ok();
    assert_eq!(all, format!("1\n{name}\n"));
    let broken = ["complete-values", "--", "--config", "/nowhere", "show", ""];
    let broken = g.run(&broken);
    assert_eq!((broken.code, broken.out + &broken.err), (0, String::new()));
    let zsh = g.run(&["completions", "zsh"]).ok();
    assert!(zsh.contains("$(gatepost complete-values -- "), "{zsh}");
    for shell in ["zsh", "fish"] {
        assert!(
            g.run(&["completions", shell]).ok().contains("evaluate"),
            "{shell}"
        );
    }
    assert!(!g.run(&["help"]).ok().contains("completions"), "hidden");
}

#[test]
fn a_pager_shows_what_is_longer_than_the_screen_and_nothing_in_a_pipe() {
    let g = with_one_report("pager");
    let on_terminal = |rows: u32, args: &str| {
        let inner = format!(
            "stty rows {rows} cols 80; '{}' --config '{}' {args}",
            env!("CARGO_BIN_EXE_gatepost"),
            g.path("gatepost.toml").display()
        );
        let output = Command::new("script")
            .args(["-qec", &inner, "/dev/null"])
            .env("PAGER", "sed s/^/PAGED/")
            .env_remove("GATEPOST_PAGER")
            .env("TERM", "xterm")
            .stdin(Stdio::null())
            .output()
            .expect("script, of the package bsdutils");
        String::from_utf8(output.stdout).unwrap()
    };
    for command in ["list", "show 1", "explain 1", "log", "help config"] {
        let paged = on_terminal(2, command);
        assert!(paged.contains("PAGED"), "{command}: {paged}");
        assert!(
            !on_terminal(2000, command).contains("PAGED"),
            "{command} fits"
        );
        let never = on_terminal(2, &format!("--no-pager {command}"));
        assert!(!never.contains("PAGED") && !never.is_empty(), "{command}");
    }
    let missing = g
        .command(&["show", "1"])
        .env("PAGER", "/nowhere/at/all")
        .output()
        .unwrap();
    assert!(missing.status.success() && !missing.stdout.is_empty());
}

#[test]
fn what_could_not_be_written_is_told_and_a_reader_who_left_is_no_fault() {
    let g = with_one_report("full-output");
    let run = |args: &[&str], out: Stdio| {
        let mut command = g.command(args);
        let output = command.stdout(out).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    };
    let full = || {
        Stdio::from(
            fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .unwrap(),
        )
    };
    for args in [&["list"][..], &["list", "--json"], &["show", "1"]] {
        let (code, said) = run(args, full());
        assert_eq!(code, Some(1), "{args:?}: {said}");
        assert!(said.contains("standard output: No space left"), "{said}");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let gone = run(args, writer.into());
        assert_eq!(gone, (Some(0), String::new()), "{args:?}");
    }
    // An answer stays one, and what was asked for is done.
    assert_eq!(run(&["health"], full()).0, Some(3));
    let (code, said) = run(&["note", "1", "the giraffe"], full());
    assert!(code == Some(1) && said.contains("is done"), "{said}");
    assert!(g.fact_names("1").contains(&"remarked".to_owned()));
}
