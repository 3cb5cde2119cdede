//! Log lines: on standard error, as text or JSON.
//!
//! No report text, no address above debug, no secret at any level. The bridge for the
//! `log` crate is left out on purpose: async-imap logs passwords through it.

use super::Usage;
use super::args::LogForm;
use anyhow::Result;
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
    let ours = Targets::new().with_target("gatepost", level);
    let builder = SubscriberBuilder::default()
        .with_max_level(level)
        .with_timer(Utc)
        .with_writer(std::io::stderr);
    match form_in_use(form) {
        LogForm::Text => builder
            .with_target(false)
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .finish()
            .with(ours)
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
            .with(ours)
            .init(),
        LogForm::Json => builder
            .json()
            .flatten_event(true)
            .finish()
            .with(ours)
            .init(),
    }
    Ok(())
}
