//! What may stand where the cursor is, as far as gatepost knows it: references, people,
//! classes, letters, keys and their words. Asked by the scripts at each press of the key:
//! so it reads little, never fails, and says no word that a stranger wrote.

use crate::cli::args::Args;
use crate::cli::show::hint::BY_HINT;
use crate::cli::{Here, output, set};
use crate::config::policies;
use crate::desk::record::{BY_HAND, classes};
use crate::store::{LetterState, Store, Tx};
use crate::ticket::Stage;
use crate::wall;
use anyhow::Result;
use clap::{Arg, Command, CommandFactory};
use std::process::ExitCode;

/// So many at most, the newest: who has more types a number.
const AT_MOST: usize = 500;
/// What `help` prints beside the help on a command.
const TOPICS: [&str; 6] = ["config", "policy", "hints", "letters", "facts", "unit"];

/// Where the cursor is.
struct Place {
    /// The commands that were typed: `export elsewhere`.
    path: Vec<String>,
    /// What stands before it and is no option.
    before: Vec<String>,
    /// What it is a value of.
    arg: Arg,
}

/// Prints them, one a line: for the words of a command line behind `gatepost`, of which the
/// last is being typed. Nothing where nothing is known.
pub fn print(args: &Args, words: &[String]) -> ExitCode {
    let words = joined(words);
    if let Some(place) = place(&words) {
        let typed = words.last().map(String::as_str).unwrap_or_default();
        let here = here(args, &words);
        // Whoever may not open the store is told nothing, as if there were nothing.
        let all = values(here.as_ref(), &place, typed).unwrap_or_default();
        all.iter().filter(|v| is_a_word(v)).for_each(output::line);
    }
    ExitCode::SUCCESS
}

/// Bash takes `severity=high` apart; the others do not.
fn joined(words: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut goes_on = false;
    for word in words {
        match all.last_mut() {
            Some(last) if goes_on || word == "=" => last.push_str(word),
            Some(_) | None => all.push(word.clone()),
        }
        goes_on = word == "=";
    }
    all
}

/// A shell may split and expand what it is given.
fn is_a_word(value: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '=');
    !value.is_empty() && value.chars().all(plain)
}

/// The config that the command line names, else the usual one.
fn here(args: &Args, words: &[String]) -> Option<Here> {
    let behind = words.iter().skip_while(|word| *word != "--config").nth(1);
    let named = Args {
        config: behind.map(Into::into).or_else(|| args.config.clone()),
        r#as: args.r#as.clone(),
        no_pager: true,
        command: crate::cli::args::Command::CompleteRefs,
    };
    Here::find(&named).ok()
}

fn place(words: &[String]) -> Option<Place> {
    let mut root = Args::command();
    root.build();
    let (mut command, mut path, mut before) = (&root, Vec::new(), Vec::new());
    let (last, first) = words.split_last()?;
    let mut open: Option<Arg> = None;
    for word in first {
        let found = command.find_subcommand(word).filter(|_| before.is_empty());
        if open.take().is_some() {
            continue;
        }
        match (option(command, word), found) {
            (Some(arg), _) => open = (!word.contains('=') && takes(&arg)).then_some(arg),
            (None, Some(found)) => {
                command = found;
                path.push(word.clone());
            }
            (None, None) if word.starts_with('-') => {}
            (None, None) => before.push(word.clone()),
        }
    }
    let arg = match (open, last.contains('='), last.starts_with('-')) {
        (Some(arg), _, _) => arg,
        (None, true, true) => option(command, last)?,
        (None, false, true) => return None,
        (None, _, false) => positional(command, before.len())?,
    };
    Some(Place { path, before, arg })
}

/// The option of this name.
fn option(command: &Command, word: &str) -> Option<Arg> {
    let name = word.strip_prefix("--")?;
    let name = name.split('=').next().unwrap_or(name);
    let mut all = command.get_arguments();
    all.find(|arg| arg.get_long() == Some(name)).cloned()
}

fn takes(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

fn positional(command: &Command, n: usize) -> Option<Arg> {
    let all: Vec<&Arg> = command.get_positionals().collect();
    let many = |arg: &&&Arg| arg.get_num_args().is_some_and(|n| n.max_values() > 1);
    let last = all.last().filter(many);
    all.get(n).or(last).map(|arg| (*arg).clone())
}

/// What is known of that place.
fn values(here: Option<&Here>, place: &Place, typed: &str) -> Result<Vec<String>> {
    let own = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect();
    let closed = place.arg.get_possible_values();
    if !closed.is_empty() {
        return Ok(closed.iter().map(|v| v.get_name().to_owned()).collect());
    }
    let path: Vec<&str> = place.path.iter().map(String::as_str).collect();
    let name = place.arg.get_id().as_str();
    let is_ref = place.arg.get_value_names().is_some_and(|names| {
        names
            .iter()
            .any(|name| name.as_str() == "REF" || name.as_str() == "REFERENCE")
    });
    match (path.as_slice(), name) {
        (["help"], "topic") => {
            let root = Args::command();
            let shown = root.get_subcommands().filter(|c| !c.is_hide_set());
            let mut all: Vec<String> = shown.map(|c| c.get_name().to_owned()).collect();
            all.extend(TOPICS.map(str::to_owned));
            return Ok(all);
        }
        (["help"], "name") => return Ok(names_for_help(place)),
        _ => {}
    }
    let Some(here) = here else {
        return Ok(Vec::new());
    };
    // A press of a key changes nothing: a store of an older version is left as it is.
    let store = |work: &dyn Fn(&Tx) -> Result<Vec<String>>| match Store::open_to_read(
        &here.config.store,
    )? {
        Some(mut store) => store.read(wall::now(), |tx| work(tx)),
        None => Ok(Vec::new()),
    };
    match (path.as_slice(), name) {
        (["reopen"], _) if is_ref => store(&|tx| references(tx, true, typed)),
        _ if is_ref => store(&|tx| references(tx, false, typed)),
        (["adopt"], "mail") => store(&adoptable),
        (["outbox", action], "letter") => store(&|tx| letters(tx, action)),
        (["set"], "pairs") => set::words(here, typed, || store(&|tx| references(tx, false, ""))),
        (["record"], "fact") => {
            let by_hand = BY_HAND.iter().map(|what| what.name().as_str().to_owned());
            let declared = here.config.policy.declared.iter();
            Ok(by_hand
                .chain(declared.map(|fact| fact.as_str().to_owned()))
                .collect())
        }
        (["evaluate"], "letter") => {
            let mut letters = here.config.letters.evaluations();
            let by_hint = !here.config.hints.rules.is_empty();
            letters.extend(by_hint.then(|| BY_HINT.to_owned()));
            Ok(letters)
        }
        (["reply"], "letter") => Ok(here.config.letters.replies()),
        (_, "class") => Ok(classes(&here.config.policy)),
        (_, "as") => Ok(people(here, &[])),
        (["assign" | "list" | "export", ..], "owner") => Ok(people(here, &["me", "nobody"])),
        (["away"], "who" | "cover" | "back") => Ok(people(here, &["me"])),
        _ => Ok(own(&[])),
    }
}

fn people(here: &Here, others: &[&str]) -> Vec<String> {
    let team = here.config.team.iter().map(|m| m.name.clone());
    team.chain(others.iter().map(|word| (*word).to_owned()))
        .collect()
}

/// The numbers, then the names: of open tickets, or of closed ones. Whoever begins to type
/// the whole form of a reference is given that.
fn references(tx: &Tx, closed: bool, typed: &str) -> Result<Vec<String>> {
    let mut rows = tx.tickets(closed)?;
    rows.retain(|row| (row.stage == Stage::Closed.word()) == closed);
    rows.sort_by_key(|row| std::cmp::Reverse(row.number));
    rows.truncate(AT_MOST);
    let whole = rows.iter().map(|row| row.reference.to_string());
    let whole: Vec<String> = whole.filter(|whole| begins(whole, typed)).collect();
    if !whole.is_empty() {
        return Ok(whole);
    }
    let numbers = rows.iter().map(|row| row.number.0.to_string());
    let names = rows.iter().map(|row| row.name.as_str().to_owned());
    Ok(numbers.chain(names).collect())
}

/// What was typed of it; nothing begins nothing.
fn begins(whole: &str, typed: &str) -> bool {
    !typed.is_empty() && whole.starts_with(typed)
}

/// Mails in the tray and among junk, then conversations: the newest first.
fn adoptable(tx: &Tx) -> Result<Vec<String>> {
    let junk = tx.junk()?.into_iter().filter_map(|(_, mail, _)| mail);
    let mut mails: Vec<i64> = tx.tray()?.into_iter().chain(junk).map(|m| m.id).collect();
    mails.sort_by_key(|id| std::cmp::Reverse(*id));
    let old = tx.conversations()?;
    let old = old.iter().map(|one| format!("c{}", one.number));
    let all = mails.iter().map(ToString::to_string).chain(old);
    Ok(all.take(AT_MOST).collect())
}

/// Those of which the action makes sense.
fn letters(tx: &Tx, action: &str) -> Result<Vec<String>> {
    let fits = |state: LetterState| match action {
        "release" => state == LetterState::Held,
        "sent" => matches!(state, LetterState::Unknown | LetterState::Refused),
        "drop" => state != LetterState::Offered,
        _ => state != LetterState::Held,
    };
    let all = tx.unsettled_letters()?.into_iter();
    Ok(all
        .filter(|l| fits(l.state))
        .map(|l| l.id.to_string())
        .collect())
}

/// The second word of `help`.
fn names_for_help(place: &Place) -> Vec<String> {
    let root = Args::command();
    match place.before.first().map(String::as_str) {
        Some("policy") => policies()
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect(),
        Some("export") => {
            let export = root.find_subcommand("export").into_iter();
            let all = export.flat_map(Command::get_subcommands);
            all.map(|c| c.get_name().to_owned()).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(typed: &str) -> Vec<String> {
        typed.split(' ').map(str::to_owned).collect()
    }

    /// The commands that were typed, and the name of what is being typed.
    fn at(typed: &str) -> Option<(String, String)> {
        let place = place(&joined(&words(typed)))?;
        Some((place.path.join(" "), place.arg.get_id().to_string()))
    }

    #[test]
    fn the_place_of_the_cursor_is_known() {
        for (typed, path, name) in [
            ("show ", "show", "reference"),
            ("--as anna show 1", "show", "reference"),
            ("--as ", "", "as"),
            ("evaluate 1 acc", "evaluate", "outcome"),
            ("evaluate 1 duplicate --of ", "evaluate", "of"),
            ("evaluate --plan x 1 ", "evaluate", "outcome"),
            ("evaluate --expected=x 1 ", "evaluate", "outcome"),
            ("evaluate --of = ", "evaluate", "of"),
            ("evaluate --of = 2 1 d", "evaluate", "outcome"),
            ("set 1 sev", "set", "pairs"),
            ("set 1 title = x severity = c", "set", "pairs"),
            ("outbox drop 7 8", "outbox drop", "letter"),
            ("export elsewhere ", "export elsewhere", "reference"),
            ("close 1 2 ", "close", "reference"),
            ("list --owner a", "list", "owner"),
            ("help policy n", "help", "name"),
        ] {
            let found = at(typed);
            assert_eq!(found, Some((path.to_owned(), name.to_owned())), "{typed}");
        }
        for typed in ["show --js", "show 1 2", "health --json x", ""] {
            assert_eq!(at(typed), None, "{typed}");
        }
    }

    #[test]
    fn nothing_that_a_shell_would_expand_is_offered() {
        for value in ["$(id)", "a b", "`x`", "*", "~", "", "a;b", "a\nb"] {
            assert!(!is_a_word(value), "{value}");
        }
        assert!(is_a_word("amber-heron") && is_a_word("severity=high"));
    }
}
