//! Log lines: on standard error, as text or JSON.
//!
//! No report text, no address above debug, no secret at any level. The bridge for the
//! `log` crate is left out on purpose: async-imap logs passwords through it.

use super::Usage;
use super::args::LogForm;
use anyhow::Result;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{SubscriberBuilder, format::Writer};

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

/// Starts logging at `level`: error, warn, info, debug or trace.
///
/// # Errors
/// When `level` is none of them.
pub fn start(form: LogForm, level: &str) -> Result<()> {
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
    let filter = EnvFilter::try_new(format!("off,gatepost={level}"))?;
    let builder = SubscriberBuilder::default()
        .with_env_filter(filter)
        .with_timer(Utc)
        .with_writer(std::io::stderr);
    match form {
        LogForm::Text => builder
            .with_target(false)
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .init(),
        LogForm::Json => builder.json().flatten_event(true).init(),
    }
    Ok(())
}
