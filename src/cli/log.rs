//! Log lines: on standard error, as text or JSON.
//!
//! No report text, no address above debug, no secret at any level. The bridge for the
//! `log` crate is left out on purpose: async-imap logs passwords through it.
//!
//! One event is one line, and nothing in it acts: what a server or a mail put into an
//! error forges no second line and drives no terminal.

use super::Usage;
use super::args::LogForm;
use super::output;
use crate::mail::harmless;
use anyhow::Result;
use std::io::{self, Write};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::{Format, Full, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, SubscriberBuilder};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// The wall clock, in UTC.
struct Utc;

impl FormatTime for Utc {
    fn format_time(&self, w: &mut Writer<'_>) -> std::fmt::Result {
        write!(
            w,
            "{}",
            crate::wall::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        )
    }
}

/// For the journal: each line begins with its priority (sd-daemon(3)), and the journal
/// knows the time.
struct Journal(Format<Full, ()>);

impl<S, N> FormatEvent<S, N> for Journal
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        let priority = match *event.metadata().level() {
            Level::ERROR => 3,
            Level::WARN => 4,
            Level::INFO => 6,
            _ => 7,
        };
        write!(writer, "<{priority}>")?;
        self.0.format_event(context, writer, event)
    }
}

/// Writes events, which come here one by one and whole.
struct Line {
    /// Colours are ours: values have none, `tracing` takes them out.
    colours: bool,
    json: bool,
}

impl Line {
    fn made_harmless(&self, event: &[u8]) -> String {
        let text = String::from_utf8_lossy(event);
        let text = text.trim_end_matches('\n');
        if self.json {
            return format!("{}\n", output::harmless_json(text).replace('\n', "\\u000a"));
        }
        let text = text.replace("\n  hint:", "; hint:");
        format!("{}\n", harmless(&text, |c| self.colours && c == '\u{1b}'))
    }
}

impl Write for Line {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(self.made_harmless(event).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// As it was asked for, else as whoever reads our standard error wants it.
fn form_in_use(asked: Option<LogForm>) -> LogForm {
    let to_journal = std::env::var_os("JOURNAL_STREAM").is_some();
    let usual = if to_journal {
        LogForm::Journal
    } else {
        LogForm::Text
    };
    asked.unwrap_or(usual)
}

/// Starts logging at `level`: error, warn, info, debug or trace.
///
/// # Errors
/// When `level` is none of them.
pub fn start(form: Option<LogForm>, level: &str) -> Result<()> {
    let known = ["error", "warn", "info", "debug", "trace"];
    if !known.contains(&level) {
        return Err(Usage(format!(
            "{level:?} is no log level\n  hint: {}",
            known.join(", ")
        ))
        .into());
    }
    // What libraries log at these levels is theirs: only our own lines are known to hold
    // no report text.
    let level: LevelFilter = level.parse()?;
    let only_ours = Targets::new().with_target("gatepost", level);
    let form = form_in_use(form);
    let (colours, json) = (
        form == LogForm::Text && io::IsTerminal::is_terminal(&io::stderr()),
        form == LogForm::Json,
    );
    let builder = SubscriberBuilder::default()
        .with_max_level(level)
        .with_timer(Utc)
        .with_writer(move || Line { colours, json });
    match form {
        LogForm::Text => builder
            .with_target(false)
            .with_ansi(colours)
            .finish()
            .with(only_ours)
            .init(),
        LogForm::Journal => builder
            .with_ansi(false)
            .event_format(Journal(
                Format::default()
                    .without_time()
                    .with_level(false)
                    .with_target(false)
                    .with_ansi(false),
            ))
            .finish()
            .with(only_ours)
            .init(),
        LogForm::Json => builder
            .json()
            .flatten_event(true)
            .finish()
            .with(only_ours)
            .init(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::acts;

    #[test]
    fn an_event_is_one_line_and_acts_on_nothing() {
        let event = "a\u{1b}[2J\u{202e}\n<3>forged\u{9b}\n  hint: look\n";
        for (colours, json) in [(false, false), (true, false), (false, true)] {
            let line = Line { colours, json }.made_harmless(event.as_bytes());
            let one = line.strip_suffix('\n').unwrap();
            let found = one
                .chars()
                .find(|c| acts(*c) && !(colours && *c == '\u{1b}'));
            assert_eq!(found, None, "{line:?}");
        }
        let line = Line {
            colours: false,
            json: false,
        };
        assert_eq!(
            line.made_harmless(b"no\n  hint: look\n"),
            "no; hint: look\n"
        );
    }
}
