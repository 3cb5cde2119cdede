//! `run`: the daemon.

use super::args::LogForm;
use super::{Here, backup, block_on, log};
use crate::daemon;
use crate::wall;
use anyhow::Result;
use std::process::ExitCode;

/// Runs it.
pub fn run(
    here: Here,
    once: bool,
    restored: bool,
    form: Option<LogForm>,
    level: &str,
) -> Result<ExitCode> {
    log::start(form, level)?;
    for warning in here
        .config
        .warnings(here.config.calendar.local_date(wall::now()))
    {
        tracing::warn!("{warning}");
    }
    let mut hold = if once {
        daemon::hold_to(&here.config, "runs once")?
    } else {
        daemon::hold(&here.config)?
    };
    backup::gate(&here, &mut hold.store, restored)?;
    block_on(async {
        if once {
            daemon::once(here.config, hold).await
        } else {
            daemon::run(here.config, hold).await
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
