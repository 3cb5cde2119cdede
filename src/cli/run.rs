//! `run`: the daemon.

use super::args::LogForm;
use super::{Here, backup, block_on, log};
use crate::daemon;
use crate::wall;
use anyhow::Result;
use std::process::ExitCode;

/// Runs it.
pub fn run(here: Here, once: bool, restored: bool, form: LogForm, level: &str) -> Result<ExitCode> {
    log::start(form, level)?;
    for warning in here
        .config
        .warnings(here.config.calendar.local_date(wall::now()))
    {
        tracing::warn!("{warning}");
    }
    backup::gate(&here, restored)?;
    block_on(async {
        if once {
            daemon::once(here.config).await
        } else {
            daemon::run(here.config).await
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
