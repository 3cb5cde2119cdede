//! Completions for shells: commands, options and values from the words of the command
//! line; references from the store, where it may be read.

mod values;

use super::args::Args;
use super::{Here, output};
use crate::store::Store;
use crate::wall;
use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;
use std::process::ExitCode;

/// Prints the script for a shell.
pub fn script(shell: Shell) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut shown(), "gatepost", &mut script);
    let mut script = String::from_utf8(script)?;
    match shell {
        Shell::Bash => script.push_str(BASH),
        Shell::Fish => script.push_str(&fish()),
        Shell::Zsh => script = zsh(&script),
        // Others: commands, options and values.
        _ => {}
    }
    output::block(&script);
    Ok(ExitCode::SUCCESS)
}

/// The program without what is hidden: scripts of clap would offer that too.
fn shown() -> clap::Command {
    let root = Args::command();
    let commands = root.get_subcommands().filter(|c| !c.is_hide_set());
    clap::Command::new("gatepost")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .args(root.get_arguments())
        .subcommands(commands)
}

/// Where gatepost knows what may stand, it says so; elsewhere the script of clap does.
const BASH: &str = r#"
_gatepost_values() {
    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" value known=""
    COMPREPLY=()
    while IFS= read -r value; do
        known=1
        # Bash takes KEY=VALUE apart: only what stands behind = is replaced.
        if [[ "$word" == "=" || "$before" == "=" ]]; then value="${value#*=}"; fi
        if [[ "$word" == "=" || "$value" == "$word"* ]]; then COMPREPLY+=("$value"); fi
    done < <(gatepost complete-values -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if [[ -z "$known" ]]; then _gatepost "$@"; return; fi
    if [[ "${COMPREPLY[*]}" == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _gatepost_values -o nosort -o bashdefault -o default gatepost 2>/dev/null ||
    complete -F _gatepost_values -o bashdefault -o default gatepost
"#;

const FISH: &str = r#"
function __gatepost_values
    set -l words (commandline -opc)
    set -e words[1]
    set -l word (commandline -ct)
    gatepost complete-values -- $words "$word" 2>/dev/null
end
"#;

/// Commands whose words gatepost may know, and options whose value it may.
fn fish() -> String {
    let mut root = Args::command();
    root.build();
    let mut script = FISH.to_owned();
    let mut commands: Vec<&str> = Vec::new();
    for command in root.get_subcommands().filter(|c| !c.is_hide_set()) {
        let own = command.get_subcommands();
        let has_words = |c: &clap::Command| c.get_positionals().any(is_open);
        if has_words(command) || own.into_iter().any(has_words) {
            commands.push(command.get_name());
        }
        let options = command.get_opts().filter(|arg| is_open(arg));
        for long in options.filter_map(clap::Arg::get_long) {
            let name = command.get_name();
            script.push_str(&format!("complete -c gatepost -n \"__fish_seen_subcommand_from {name}\" -l {long} -r -k -a \"(__gatepost_values)\"\n"));
        }
    }
    let commands = commands.join(" ");
    script.push_str(&format!("complete -c gatepost -f -k -n \"__fish_seen_subcommand_from {commands}\" -a \"(__gatepost_values)\"\n"));
    script
}

/// No file, no closed set of words.
fn is_open(arg: &clap::Arg) -> bool {
    let hint = arg.get_value_hint() == clap::ValueHint::Unknown;
    hint && arg.get_possible_values().is_empty()
}

/// The script of clap, with our own function where it knows nothing.
fn zsh(script: &str) -> String {
    let mut out = String::new();
    for line in script.lines() {
        if line == "_gatepost() {" {
            out.push_str(ZSH);
        }
        match line.strip_suffix(":_default' \\") {
            Some(spec) => out.push_str(&format!("{spec}:_gatepost_values' \\")),
            None => out.push_str(line),
        }
        out.push('\n');
        if line == "_gatepost() {" {
            // Each command further in sees but its own words.
            out.push_str("    local -a gatepost_words=(\"${(@)words[2,CURRENT]}\")\n");
        }
    }
    out
}

/// In the order in which they come. A key ends in = and is not followed by a space.
const ZSH: &str = r#"_gatepost_values() {
    local -a values keys
    values=(${(f)"$(gatepost complete-values -- "${(@)gatepost_words}" 2>/dev/null)"})
    if (( ! $#values )); then
        _default
        return
    fi
    keys=(${(M)values:#*=})
    values=(${values:#*=})
    (( $#keys )) && compadd -S '' -V keys -a keys
    (( $#values )) && compadd -V values -a values
}

"#;

/// The values for a place of the command line.
pub fn values(args: &Args, words: &[String]) -> ExitCode {
    values::print(args, words)
}

/// The numbers and the code names of the open tickets, one a line.
pub fn references(here: &Here) -> Result<ExitCode> {
    let Some(mut store) = Store::open_to_read(&here.config.store)? else {
        return Ok(ExitCode::SUCCESS);
    };
    for row in &store.read(wall::now(), |tx| tx.tickets(false))? {
        output::line(row.number.0.to_string());
        output::line(row.name.as_str());
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zsh_asks_wherever_clap_knows_nothing() {
        let mut script = Vec::new();
        clap_complete::generate(Shell::Zsh, &mut shown(), "gatepost", &mut script);
        let plain = String::from_utf8(script).unwrap();
        let script = zsh(&plain);
        let asks = script.matches(":_gatepost_values'").count();
        assert_eq!(asks, plain.matches(":_default'").count());
        assert!(asks > 50, "{script}");
        let defined = script.find("_gatepost_values() {").unwrap();
        let called = script
            .find("if [ \"$funcstack[1]\" = \"_gatepost\" ]")
            .unwrap();
        assert!(defined < called, "{script}");
    }

    #[test]
    fn no_script_offers_what_is_hidden() {
        let root = Args::command();
        let offered = root.get_subcommands().filter(|c| !c.is_hide_set());
        let offered: Vec<&str> = offered.map(clap::Command::get_name).collect();
        let hidden = ["complete-refs", "complete-values", "parse-one"];
        assert!(
            hidden
                .iter()
                .all(|name| root.find_subcommand(name).is_some())
        );
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut shown(), "gatepost", &mut script);
            let script = String::from_utf8(script).unwrap();
            let has = |name: &&str| script.contains(name);
            assert!(offered.iter().all(has), "{shell}");
            assert!(!hidden.iter().any(has), "{shell}: {script}");
            for option in root.get_opts().filter_map(clap::Arg::get_long) {
                assert!(script.contains(option), "{shell}: {option}");
            }
        }
    }

    #[test]
    fn fish_asks_for_words_and_for_options() {
        let script = fish();
        let of = "-n \"__fish_seen_subcommand_from evaluate\" -l of -r";
        assert!(script.contains(of), "{script}");
        let commands = script.lines().last().unwrap();
        for name in ["show", "set", "assign", "outbox", "export"] {
            assert!(commands.contains(&format!(" {name}")), "{name}: {commands}");
        }
        assert!(!commands.contains(" complete-values"), "{commands}");
    }
}
