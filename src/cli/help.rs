//! `help`: on a command, or a text that ships in the binary.

use super::args::Args;
use super::output;
use crate::config;
use crate::letters;
use crate::ticket::FactName;
use anyhow::Result;
use clap::CommandFactory;
use std::process::ExitCode;

/// The unit for systemd.
const UNIT: &str = include_str!("../../config/gatepost.service");

/// The policies that ship, or the one of this name.
fn policy(wanted: Option<&str>) -> Result<()> {
    let all: Vec<_> = config::policies()
        .iter()
        .filter(|(name, _)| wanted.is_none_or(|w| w == *name))
        .collect();
    if all.is_empty() {
        return Err(super::Usage(
            "no policy of that name ships\n  hint: gatepost help policy".to_owned(),
        )
        .into());
    }
    all.iter().for_each(|(_, text)| output::block(text));
    Ok(())
}

/// Help as text.
///
/// # Errors
/// When there is no such topic.
pub fn help(topic: Option<&str>, name: Option<&str>) -> Result<ExitCode> {
    let mut program = Args::command();
    // Each command knows what all take.
    program.build();
    match topic {
        None => output::block(&program.render_long_help().to_string()),
        Some("config") => output::block(config::EXAMPLE),
        Some("unit") => output::block(UNIT),
        Some("letters") => letters::Letters::BUILT_IN.iter().for_each(|(name, text)| {
            output::strong(format!("==> {name} <=="));
            output::block(text);
        }),
        Some("facts") => {
            output::line("Facts that a policy may use in `from`, `needs` and `ends`:");
            FactName::BUILT_IN
                .iter()
                .for_each(|name| output::line(format!("  {name}")));
            output::line("Others are declared in the policy: [[fact]] name = \"...\"");
        }
        Some("policy") => policy(name)?,
        Some(topic) => {
            let command = program.find_subcommand_mut(topic);
            let command = match name {
                Some(name) => command.and_then(|c| c.find_subcommand_mut(name)),
                None => command,
            };
            let command = command.ok_or_else(|| {
                let words: Vec<&str> = [topic].into_iter().chain(name).collect();
                super::Usage(format!(
                    "there is no help on {:?}\n  hint: gatepost help",
                    words.join(" ")
                ))
            })?;
            output::block(&command.render_long_help().to_string());
        }
    }
    Ok(ExitCode::SUCCESS)
}
