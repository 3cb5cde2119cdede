//! Completions for shells: commands, options and values from the words of the command
//! line; references from the store, where it may be read.

use super::args::Args;
use super::{Here, output};
use crate::wall;
use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;
use std::process::ExitCode;

/// Prints the script for a shell.
pub fn script(shell: Shell) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "gatepost", &mut script);
    let mut script = String::from_utf8(script)?;
    match shell {
        Shell::Bash => script.push_str(&bash()),
        Shell::Fish => script.push_str(&fish()),
        Shell::Zsh => script = zsh(&script),
        // Others: commands, options and values.
        _ => {}
    }
    output::block(&script);
    Ok(ExitCode::SUCCESS)
}

/// Commands whose first word names a ticket, `show` and `export case`.
fn about_a_ticket() -> Vec<String> {
    let mut found = Vec::new();
    below(&Args::command(), "", &mut found);
    found
}

fn below(command: &clap::Command, before: &str, found: &mut Vec<String>) {
    for command in command.get_subcommands() {
        let name = format!("{before}{}", command.get_name());
        let named = |id: &clap::Arg| id.get_id() == "reference";
        let names_one = command.get_positionals().next().is_some_and(named);
        below(command, &format!("{name} "), found);
        found.extend(names_one.then_some(name));
    }
}

fn bash() -> String {
    let commands: Vec<String> = about_a_ticket()
        .iter()
        .map(|name| format!("{name:?}"))
        .collect();
    format!(
        r#"
_gatepost_with_references() {{
    _gatepost "$@"
    local word="${{COMP_WORDS[COMP_CWORD]}}" i command=""
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "${{COMP_WORDS[i]}}" in
            --config|--as|--to) ((i++)) ;;
            -*) ;;
            *) command="${{command:+$command }}${{COMP_WORDS[i]}}" ;;
        esac
    done
    case "$command" in
        {})
            if [[ "$word" != -* ]]; then
                COMPREPLY+=($(compgen -W "$(gatepost complete-refs 2>/dev/null)" -- "$word"))
            fi ;;
    esac
}}
complete -F _gatepost_with_references -o nosort -o bashdefault -o default gatepost
"#,
        commands.join("|")
    )
}

fn fish() -> String {
    let all = about_a_ticket();
    let (deep, flat): (Vec<_>, Vec<_>) = all.iter().partition(|name| name.contains(' '));
    let mut script = String::from("\n");
    let mut line = |seen: &str| {
        script.push_str(&format!(
            "complete -c gatepost -f -n \"{seen}\" -a \"(gatepost complete-refs 2>/dev/null)\"\n"
        ));
    };
    let flat: Vec<&str> = flat.into_iter().map(String::as_str).collect();
    line(&format!("__fish_seen_subcommand_from {}", flat.join(" ")));
    for name in deep {
        let seen = name.replace(' ', "; and __fish_seen_subcommand_from ");
        line(&format!("__fish_seen_subcommand_from {seen}"));
    }
    script
}

/// The script of clap, with our own function where it asks for a reference.
fn zsh(script: &str) -> String {
    let names_a_ticket = |line: &str| {
        let spec = line.trim_start().trim_start_matches('\'');
        spec.trim_start_matches(['*', ':'])
            .starts_with("reference -- ")
    };
    let mut out = String::new();
    for line in script.lines() {
        if line == "_gatepost() {" {
            out.push_str(ZSH);
        }
        if names_a_ticket(line) {
            out.push_str(&line.replacen(":_default'", ":_gatepost_references'", 1));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// In the order in which they come: the numbers, then the names.
const ZSH: &str = r#"_gatepost_references() {
    local -a references
    references=(${(f)"$(gatepost complete-refs 2>/dev/null)"})
    compadd -V references -a references
}

"#;

/// The numbers and the code names of the open tickets, one a line.
pub fn references(here: &Here) -> Result<ExitCode> {
    let open = here.store()?.read(wall::now(), |tx| tx.tickets(false))?;
    for row in &open {
        output::line(row.number.0.to_string());
        output::line(row.name.as_str());
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zsh_asks_for_references_wherever_a_ticket_is_named() {
        let mut script = Vec::new();
        clap_complete::generate(Shell::Zsh, &mut Args::command(), "gatepost", &mut script);
        let script = zsh(&String::from_utf8(script).unwrap());
        let asks = script.matches(":_gatepost_references'").count();
        assert_eq!(asks, about_a_ticket().len(), "{script}");
        let defined = script.find("_gatepost_references() {").unwrap();
        let called = script
            .find("if [ \"$funcstack[1]\" = \"_gatepost\" ]")
            .unwrap();
        assert!(defined < called, "{script}");
    }

    #[test]
    fn fish_asks_for_references_behind_both_words_of_a_command() {
        let script = fish();
        let both = "__fish_seen_subcommand_from export; and __fish_seen_subcommand_from case\"";
        assert!(script.contains(both), "{script}");
        let one = script.lines().nth(1).unwrap_or_default();
        assert!(one.contains(" show ") && !one.contains("case"), "{script}");
    }

    #[test]
    fn references_complete_where_a_ticket_is_named() {
        let commands = about_a_ticket();
        for name in [
            "show",
            "explain",
            "evaluate",
            "set",
            "assign",
            "log",
            "export case",
            "export elsewhere",
        ] {
            assert!(commands.iter().any(|c| c == name), "{name}: {commands:?}");
        }
        for name in ["list", "adopt", "away", "run", "export", "case"] {
            assert!(!commands.iter().any(|c| c == name), "{name}");
        }
    }
}
