//! `help`: on a command, or a text that ships in the binary.

use super::args::Args;
use super::output;
use crate::config;
use crate::letters;
use crate::triage;
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

/// Each fact that a policy may use, and what writes it.
const FACTS: [(&str, &str); 19] = [
    (
        "received",
        "a mail that comes in; gatepost open, gatepost adopt",
    ),
    ("acknowledged", "the receipt, when the mail server took it"),
    ("reporter-wrote", "a further mail of the reporter"),
    (
        "evaluated",
        "gatepost evaluate; the line \"Assessment: ...\" in mail of yours",
    ),
    (
        "dated",
        "gatepost evaluate --expected, gatepost reply --expected; the line \"Expected resolution: ...\"",
    ),
    ("date-not-due", "gatepost evaluate with a final outcome"),
    (
        "answered",
        "every letter that a person sends; mail of yours; --said-in, --said-at",
    ),
    ("owned", "gatepost assign"),
    ("disowned", "gatepost assign REF nobody"),
    ("resolved", "gatepost resolve"),
    (
        "update-posted",
        "gatepost publish; gatepost record REF update-posted",
    ),
    ("published", "gatepost publish"),
    ("thanked", "gatepost resolve; gatepost record REF thanked"),
    ("credited", "gatepost record REF credited"),
    ("credit-declined", "gatepost set REF credit=anonymous"),
    ("exploited", "gatepost set REF exploited=yes"),
    ("undelivered", "a letter that came back or was refused"),
    (
        "closed",
        "gatepost close; gatepost evaluate with a final outcome",
    ),
    (
        "reopened",
        "gatepost reopen; a mail of the reporter after the end",
    ),
];

fn facts() {
    output::line(
        "Facts that a policy may use in `from`, `needs` and `ends`, and what writes them:",
    );
    for (name, writer) in FACTS {
        output::line(format!("  {name:<16} {writer}"));
    }
    output::line("Others are declared in the policy, [[fact]] name = \"...\", and written by:");
    output::line(format!("  {:<16} gatepost record REF FACT", "..."));
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
        Some("letters") => letters::Letters::texts_built_in().for_each(|(name, text)| {
            output::strong(format!("==> {name} <=="));
            output::block(text);
        }),
        Some("facts") => facts(),
        Some("hints") => {
            output::block(config::HINTS);
            output::strong("==> words of usual reports: one with others is silent <==");
            output::block(triage::hints::USUAL);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::FactName;

    #[test]
    fn every_fact_of_a_policy_has_something_that_writes_it() {
        let names: Vec<&str> = FACTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, FactName::BUILT_IN);
        let program = Args::command();
        let known = |verb: &str| program.find_subcommand(verb).is_some();
        for (name, writer) in FACTS {
            let words: Vec<&str> = writer.split_whitespace().collect();
            for pair in words.windows(2) {
                let verb = pair[1].trim_end_matches([',', ';']);
                assert!(pair[0] != "gatepost" || known(verb), "{name}: {writer}");
            }
        }
    }
}
