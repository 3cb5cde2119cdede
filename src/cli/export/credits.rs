//! `export credits`: the list of thanks of a page.

use super::Names;
use super::file::Target;
use crate::cli::args::Credits;
use crate::cli::{Here, Usage, output};
use crate::desk::given::{self, Place, Thanks};
use crate::export::thanks::{self, Plan};
use crate::mail::Foreign;
use crate::store::{Tx, Way};
use crate::wall;
use anyhow::{Context, Result};
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
struct Document {
    file: String,
    dry_run: bool,
    changed: bool,
    added: Vec<Line>,
    removed: Vec<Line>,
    #[serde(flatten)]
    names: Names,
}

#[derive(Serialize)]
struct Line {
    line: usize,
    text: String,
}

/// Writes the names into the page.
pub fn credits(here: &Here, wanted: &Credits) -> Result<ExitCode> {
    let who = here.person()?.name.clone();
    let of_config = here.config.credits.as_ref().map(|c| &c.file);
    let path = wanted.file.as_ref().or(of_config).ok_or_else(|| {
        Usage("no page is named\n  hint: --file FILE, or [credits] in the config".to_owned())
    })?;
    let target = Target::read(path)?;
    let page = target.bytes.as_deref().with_context(|| {
        format!(
            "there is no {}\n  hint: make the page first, with the two lines of `gatepost help export credits` in it",
            path.display()
        )
    })?;
    let at = target.place();
    let place = Place {
        way: Way::Credits,
        path: &at,
    };
    let planned = |tx: &Tx| -> Result<(Thanks, Plan)> {
        let thanks = given::thanks(tx)?;
        let unwanted = given::unwanted(tx, &place)?;
        let plan = thanks::plan(page, &thanks.names(), &unwanted)
            .with_context(|| path.display().to_string())?;
        Ok((thanks, plan))
    };
    let mut store = here.store()?;
    if wanted.dry_run {
        let (thanks, plan) = store.read(wall::now(), planned)?;
        return answer(wanted, &at, page, &thanks, &plan);
    }
    let (thanks, plan) = store.write(wall::now(), |tx| {
        let (thanks, plan) = planned(tx)?;
        given::give(tx, &here.config, &place, &thanks, &plan.stands, &who)?;
        Ok((thanks, plan))
    })?;
    if plan.page != page {
        target.replace(&plan.page)?;
    }
    let left: Vec<String> = plan.left.iter().map(|(name, _)| name.clone()).collect();
    store.write(wall::now(), |tx| {
        given::given(tx, &here.config, &place, &plan.stands, &left, &who)
    })?;
    answer(wanted, &at, page, &thanks, &plan)
}

fn answer(
    wanted: &Credits,
    file: &str,
    before: &[u8],
    thanks: &Thanks,
    plan: &Plan,
) -> Result<ExitCode> {
    let lines = |all: &[(usize, String)]| -> Vec<Line> {
        let line = |(line, text): &(usize, String)| Line {
            line: *line,
            text: text.clone(),
        };
        all.iter().map(line).collect()
    };
    let document = Document {
        file: file.to_owned(),
        dry_run: wanted.dry_run,
        changed: plan.page != before,
        added: lines(&plan.added),
        removed: lines(&plan.removed),
        names: Names::new(thanks, &plan.stands, &plan.left, &plan.refused),
    };
    if wanted.json {
        output::json(&document)?;
        return Ok(ExitCode::SUCCESS);
    }
    output::strong(match (document.changed, wanted.dry_run) {
        (false, _) => format!("{file}: nothing to change"),
        (true, true) => format!("{file}: would change"),
        (true, false) => format!("{file}: changed"),
    });
    for (sign, all) in [('-', &document.removed), ('+', &document.added)] {
        for one in all {
            let text = Foreign::new(one.text.as_str());
            output::line(format!("{sign} {:>5}  {}", one.line, text.line()));
        }
    }
    document.names.print();
    Ok(ExitCode::SUCCESS)
}
