//! `ssh`: the command that a key in `authorized_keys` forces, so that people of the team
//! need no shell on the machine.
//!
//! What they typed (`$SSH_ORIGINAL_COMMAND`) is split as a shell splits words and is run
//! as the person that the key stands for. Nothing in it may name another person, another
//! config, or a file of this machine: that would read with gatepost's rights, and the
//! mail password lies in a file.

use super::args::Args;
use super::{Usage, output};
use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// Commands that are for who runs the machine.
const KEPT: [&str; 4] = ["run", "init", "backup", "ssh"];
/// Options whose value reaches beyond the store.
const BARRED: [&str; 7] = [
    "--as", "--config", "--file", "--save", "--attach", "--level", "--to",
];
/// An editor that opens no other file and no shell.
const EDITOR: &str = "rnano";

/// Runs what was typed, in place of this process.
///
/// # Errors
/// When it names what a key does not open, or cannot be split.
pub fn forced(args: &Args) -> Result<ExitCode> {
    let who = args.r#as.as_deref().ok_or_else(|| {
        Usage(
            "a forced command says whose key it is\n  hint: command=\"gatepost --as NAME ssh\""
                .to_owned(),
        )
    })?;
    let typed = std::env::var("SSH_ORIGINAL_COMMAND").unwrap_or_default();
    let words = words(&typed).map_err(Usage)?;
    let mut command = Command::new(std::env::current_exe().context("cannot find gatepost")?);
    command.args(["--as", who]);
    if let Some(config) = &args.config {
        command.arg("--config").arg(config);
    }
    command.args(words);
    // Programs that know a way to a shell or to other files are not for a key, whoever
    // set them.
    for name in ["VISUAL", "PAGER", "GATEPOST_PAGER", "GATEPOST_AS"] {
        command.env_remove(name);
    }
    command.env("EDITOR", EDITOR).env("LESSSECURE", "1");
    output::flush();
    Err(command.exec()).context("cannot start gatepost")
}

/// The words of what was typed; `list` when nothing was.
fn words(typed: &str) -> Result<Vec<String>, String> {
    let words = shlex::split(typed).ok_or("a quote has no end")?;
    let mut words: Vec<String> = words
        .into_iter()
        .enumerate()
        .filter(|(i, word)| *i > 0 || word != "gatepost")
        .map(|(_, word)| word)
        .collect();
    if words.is_empty() {
        words.push("list".to_owned());
    }
    let name = |word: &String| word.split('=').next().unwrap_or_default().to_owned();
    for (i, word) in words.iter().enumerate() {
        // `-` is standard input or output, and no file.
        let of_file = ["--message", "--html"].contains(&name(word).as_str()) && {
            let next = words.get(i + 1).map(String::as_str);
            let value = word.split_once('=').map(|(_, value)| value).or(next);
            value != Some("-")
        };
        if BARRED.contains(&name(word).as_str()) || of_file {
            let name = name(word);
            return Err(format!(
                "{name} is not for a key: it reaches beyond your tickets\n  hint: {}",
                instead(&name)
            ));
        }
    }
    let command = words.iter().find(|word| !word.starts_with('-'));
    match command {
        Some(kept) if KEPT.contains(&kept.as_str()) => Err(format!(
            "{kept} is for who runs the machine\n  hint: there, as the user of gatepost"
        )),
        Some(_) | None => Ok(words),
    }
}

/// What to do where an option is not for a key.
fn instead(name: &str) -> &'static str {
    match name {
        "--message" => "give a text on standard input, with --message -",
        "--html" => "--html - writes the page to standard output: > board.html",
        "--save" => "show REF --raw N > mail.eml takes mail N home, with its attachments",
        "--file" => "export calendar prints without it; else whoever has a shell there runs it",
        "--as" | "--config" => "leave it out: the key says who you are, and which config it is",
        _ => "whoever has a shell on that machine runs it there",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_split_and_kept_to_the_tickets() {
        let check = |typed: &str, expected: Result<&[&str], &str>| match (words(typed), expected) {
            (Ok(got), Ok(expected)) => assert_eq!(got, expected, "{typed}"),
            (Err(why), Err(expected)) => assert!(why.starts_with(expected), "{typed}: {why}"),
            (got, _) => panic!("{typed}: {got:?}"),
        };
        check("", Ok(&["list"]));
        check("gatepost show 42", Ok(&["show", "42"]));
        check(
            "evaluate 42 accepted --expected '17 Jun' --yes",
            Ok(&[
                "evaluate",
                "42",
                "accepted",
                "--expected",
                "17 Jun",
                "--yes",
            ]),
        );
        check(
            "note 42 \"$(id) `id`; rm -rf *\"",
            Ok(&["note", "42", "$(id) `id`; rm -rf *"]),
        );
        check(
            "reply 42 --message -",
            Ok(&["reply", "42", "--message", "-"]),
        );
        check("--json list", Ok(&["--json", "list"]));
        check("stats --html -", Ok(&["stats", "--html", "-"]));
        check("stats --html=-", Ok(&["stats", "--html=-"]));
        check("show 42 'half", Err("a quote has no end"));
        for (typed, name) in [
            ("--as ben list", "--as"),
            ("list --as=ben", "--as"),
            ("--config /tmp/x list", "--config"),
            (
                "reply 42 --message /etc/gatepost/imap.password",
                "--message",
            ),
            ("reply 42 --message=/etc/passwd", "--message"),
            ("reply 42 --message", "--message"),
            ("reply 42 --attach x", "--attach"),
            ("show 42 --save /tmp", "--save"),
            ("export case 42 --to /tmp/x", "--to"),
            ("open --file=/etc/passwd", "--file"),
            ("stats --html=/srv/www/index.html", "--html"),
            ("stats --html ./-", "--html"),
            ("stats --html", "--html"),
            ("run --once", "run"),
            ("--no-pager backup /tmp/x", "backup"),
            ("gatepost ssh", "ssh"),
        ] {
            check(typed, Err(name));
        }
    }
}
