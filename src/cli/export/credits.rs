//! `export credits`: the list of thanks of a page.

use super::file::{self, Target};
use super::{Names, others};
use crate::cli::args::Credits;
use crate::cli::{Here, Usage, output};
use crate::desk::given::{self, Place, Stands, Thanks};
use crate::export::named::Read;
use crate::export::security_txt::MADE;
use crate::export::thanks::{self, Plan, Wish};
use crate::mail::Foreign;
use crate::store::{Store, Tx, Way};
use crate::wall;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::path::Path;
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
    let mut store = here.store()?;
    let target = match file::look(path) {
        Some(None) => return missing(here, &mut store, path, &who),
        Some(Some(_)) | None => Target::read(path)?,
    };
    let page = target.bytes.as_deref().unwrap_or_default();
    is_a_page(here, &target, page)?;
    let at = target.place();
    let place = Place {
        way: Way::Credits,
        path: &at,
    };
    let planned = |tx: &Tx| found(tx, page).with_context(|| path.display().to_string());
    if wanted.dry_run {
        let found = store.read(wall::now(), planned)?;
        return answer(wanted, &at, page, &found);
    }
    let found = store.write(wall::now(), |tx| {
        let found = planned(tx)?;
        // Where it stands from now on comes before where it stood.
        let lines = [&found.plan.stands, &found.plan.left, &found.back];
        let lines: Vec<_> = lines.into_iter().flatten().cloned().collect();
        given::give(tx, &here.config, &place, &found.thanks, &lines, &who)?;
        Ok(found)
    })?;
    if found.plan.page != page {
        target.replace(&found.plan.page)?;
    }
    let names = found.thanks.names();
    let read = Read::new(&found.plan.page, &names);
    let stands = |name: &str| match read.lines(name).is_empty() {
        true => Stands::Not,
        false => Stands::There,
    };
    store.write(wall::now(), |tx| {
        given::given(tx, &here.config, &place, &stands, &who)
    })?;
    let owed = others::look(here, &mut store, Some(&place), &who)?;
    let code = answer(wanted, &at, page, &found)?;
    if !wanted.json {
        others::tell(here, &owed);
    }
    Ok(code)
}

/// What is to be done with the page.
struct Found {
    thanks: Thanks,
    plan: Plan,
    /// Names that stand in it now and must not.
    back: Vec<(String, usize)>,
}

fn found(tx: &Tx, page: &[u8]) -> Result<Found> {
    let thanks = given::thanks(tx)?;
    let wish = Wish {
        wanted: thanks.names(),
        unwanted: given::unwanted(tx)?,
        respelled: thanks.respelled(),
    };
    let mut plan = thanks::plan(page, &wish)?;
    // Who was found to be gone is not asked about again.
    let owed = tx.unwanted()?;
    let is_owed = |name: &String| owed.iter().any(|g| g.name == *name);
    plan.mentioned.retain(|(name, _)| is_owed(name));
    let before = Read::new(page, &wish.wanted);
    let line = |name: &String| Some((name.clone(), *before.lines(name).first()?));
    let back = wish.unwanted.iter().filter_map(line).collect();
    Ok(Found { thanks, plan, back })
}

/// There is no page: names that stood in it are gone.
fn missing(here: &Here, store: &mut Store, path: &Path, who: &str) -> Result<ExitCode> {
    let stood = |tx: &Tx| -> Result<bool> {
        let files = given::files(tx)?;
        Ok(files.iter().any(|(_, place)| Path::new(place) == path))
    };
    if !store.read(wall::now(), stood)? {
        bail!(
            "there is no {}\n  hint: make the page first, with the two lines of `gatepost help export credits` in it",
            path.display()
        );
    }
    let owed = others::look(here, store, None, who)?;
    output::strong(format!(
        "{} is not there any more: no name stands in it",
        path.display()
    ));
    others::tell(here, &owed);
    Ok(ExitCode::SUCCESS)
}

/// Refuses a security.txt: it is no page, and its signature would break.
fn is_a_page(here: &Here, target: &Target, page: &[u8]) -> Result<()> {
    const SIGNED: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----";
    let section = here.config.security_txt.as_ref();
    let is_it = section
        .and_then(|s| Target::read(&s.file).ok())
        .is_some_and(|of_config| of_config.path == target.path);
    let signed = page.split(|b| *b == b'\n').any(|l| l.starts_with(SIGNED));
    if is_it || signed || page.starts_with(MADE.as_bytes()) {
        bail!(
            "{} is a security.txt or signed, and no page of thanks\n  hint: gatepost export security-txt writes it, with the names if the config says so",
            target.path.display()
        );
    }
    Ok(())
}

fn answer(wanted: &Credits, file: &str, before: &[u8], found: &Found) -> Result<ExitCode> {
    let plan = &found.plan;
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
        names: Names::new(
            &found.thanks,
            &plan.stands,
            &plan.left,
            &plan.mentioned,
            &plan.refused,
        ),
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
