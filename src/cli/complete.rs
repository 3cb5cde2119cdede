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
        // zsh and others: commands, options and values.
        _ => {}
    }
    output::block(&script);
    Ok(ExitCode::SUCCESS)
}

/// Commands whose first word names a ticket.
fn about_a_ticket() -> Vec<String> {
    let all = Args::command();
    let first = |c: &clap::Command| {
        let named = |id: &clap::Arg| id.get_id() == "reference";
        c.get_positionals().next().is_some_and(named)
    };
    all.get_subcommands()
        .filter(|c| first(c))
        .map(|c| c.get_name().to_owned())
        .collect()
}

fn bash() -> String {
    format!(
        r#"
_gatepost_with_references() {{
    _gatepost "$@"
    local word="${{COMP_WORDS[COMP_CWORD]}}" i command=""
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "${{COMP_WORDS[i]}}" in
            --config|--as) ((i++)) ;;
            -*) ;;
            *) if [[ -n "$command" ]]; then return 0; fi
               command="${{COMP_WORDS[i]}}" ;;
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
        about_a_ticket().join("|")
    )
}

fn fish() -> String {
    format!(
        "\ncomplete -c gatepost -f -n \"__fish_seen_subcommand_from {}\" -a \"(gatepost complete-refs 2>/dev/null)\"\n",
        about_a_ticket().join(" ")
    )
}

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
    fn references_complete_where_a_ticket_is_named() {
        let commands = about_a_ticket();
        for name in ["show", "explain", "evaluate", "set", "assign", "log"] {
            assert!(commands.iter().any(|c| c == name), "{name}: {commands:?}");
        }
        for name in ["list", "adopt", "away", "run"] {
            assert!(!commands.iter().any(|c| c == name), "{name}");
        }
    }
}
