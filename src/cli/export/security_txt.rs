//! `export security-txt`: writes the file from the config, or says what is wrong with the
//! one that is there.

use super::Names;
use super::file::Target;
use super::others;
use crate::cli::args::SecurityTxt;
use crate::cli::{Here, Usage, no, output};
use crate::config;
use crate::desk::given::{self, Place, SOON, Stands, Thanks};
use crate::export;
use crate::export::security_txt::{self as text, Fault, Signed, Text};
use crate::mail::Foreign;
use crate::store::{Store, Tx, Way};
use crate::wall;
use anyhow::{Context, Result, anyhow, bail};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::process::ExitCode;

#[derive(Serialize)]
struct Document {
    file: String,
    dry_run: bool,
    changed: bool,
    signed: bool,
    written: Option<String>,
    expires_at: Option<String>,
    faults: Vec<FaultLine>,
    #[serde(flatten)]
    names: Names,
}

#[derive(Serialize)]
struct FaultLine {
    line: Option<usize>,
    wrong: bool,
    what: String,
}

impl From<&Fault> for FaultLine {
    fn from(fault: &Fault) -> Self {
        Self {
            line: fault.line,
            wrong: fault.is_wrong,
            what: fault.what.clone(),
        }
    }
}

fn section(here: &Here) -> Result<&config::SecurityTxt> {
    let missing =
        || Usage("the config has no [security_txt]\n  hint: gatepost help config".to_owned());
    Ok(here.config.security_txt.as_ref().ok_or_else(missing)?)
}

/// What lies there now: its text as it is, and as it is read.
struct There {
    whole: String,
    read: Text,
}

fn there(target: &Target) -> Result<Option<There>> {
    let Some(bytes) = &target.bytes else {
        return Ok(None);
    };
    let read = text::read(bytes).map_err(|line| {
        anyhow!(
            "{}:{line}: it is no UTF-8\n  hint: move it away, and run this again",
            target.path.display()
        )
    })?;
    let whole = String::from_utf8(bytes.clone()).unwrap_or_default();
    Ok(Some(There { whole, read }))
}

/// What is wrong with the file of the config, and when it ends; `None` when it is not there.
///
/// # Errors
/// When it cannot be read.
pub fn judged(
    section: &config::SecurityTxt,
    now: Timestamp,
) -> Result<Option<(Vec<Fault>, Option<Timestamp>)>> {
    let there = there(&Target::read(&section.file)?)?;
    Ok(there.map(|there| text::judge(&there.read, now)))
}

/// Says what is wrong with the file; answers "no" when it is not valid.
pub fn check(here: &Here, json: bool) -> Result<ExitCode> {
    let section = section(here)?;
    let target = Target::read(&section.file)?;
    let there = there(&target)?.with_context(|| {
        let file = section.file.display();
        format!("there is no {file}\n  hint: gatepost export security-txt")
    })?;
    let (faults, ends) = text::judge(&there.read, wall::now());
    // A pipeline that judges the file may have no store.
    if let Some(at) = ends.filter(|_| here.config.store.exists()) {
        here.store()?
            .write(wall::now(), |tx| given::security_txt_ends(tx, at))?;
    }
    let document = Document {
        file: target.place(),
        dry_run: false,
        changed: false,
        signed: there.read.signed == Signed::Yes,
        written: None,
        expires_at: ends.map(|at| at.to_string()),
        faults: faults.iter().map(FaultLine::from).collect(),
        names: Names::new(&Thanks::default(), &[], &[], &[], &[]),
    };
    if json {
        output::json(&document)?;
    } else {
        let ends = ends.map_or(String::new(), |at| format!(", ends {}", day_of(here, at)));
        output::strong(format!("{}{ends}", target.place()));
        for fault in &faults {
            match fault.is_wrong {
                true => output::alarm_marked("!! ", &fault.to_string()),
                false => output::marked("! ", &fault.to_string()),
            }
        }
        if faults.is_empty() {
            output::line("  valid (RFC 9116)");
        }
    }
    Ok(match faults.iter().any(|f| f.is_wrong) {
        true => no(),
        false => ExitCode::SUCCESS,
    })
}

/// What is to be done with the file.
struct Plan {
    thanks: Thanks,
    text: String,
    refused: Vec<(String, &'static str)>,
    unwanted: Vec<String>,
    /// The file says it all, and lasts.
    stays: bool,
    signed: bool,
}

/// Writes the file.
pub fn security_txt(here: &Here, wanted: &SecurityTxt) -> Result<ExitCode> {
    let who = here.person()?.name.clone();
    let mut store = here.store()?;
    if here.config.security_txt.is_none() && no_more(here, &mut store, &who)? {
        return Ok(ExitCode::SUCCESS);
    }
    let section = section(here)?;
    let target = Target::read(&section.file)?;
    let before = there(&target)?;
    let at = target.place();
    let place = Place {
        way: Way::SecurityTxt,
        path: &at,
    };
    let now = wall::now();
    let planned = |tx: &Tx| plan(tx, section, before.as_ref(), (&at, wanted, now));
    if wanted.dry_run {
        let plan = store.read(now, planned)?;
        return answer(here, wanted, &target, before.as_ref(), &plan);
    }
    let to_sign = target.beside(".unsigned");
    let plan = store.write(now, |tx| {
        let plan = planned(tx)?;
        if plan.waits() {
            to_sign
                .as_ref()
                .map_or(Ok(()), |old| old.is_ours(text::MADE))?;
        }
        let mut stands = plan.stands(&plan.text);
        stands.extend(before.as_ref().map_or(Vec::new(), |b| plan.left(&b.whole)));
        given::give(tx, &here.config, &place, &plan.thanks, &stands, &who)?;
        Ok(plan)
    })?;
    plan.put(&target, to_sign)?;
    // What the file says from now on: one that is signed is not changed yet.
    let kept = before.as_ref().filter(|_| plan.stays || plan.signed);
    let says = kept.map_or(plan.text.as_str(), |there| there.whole.as_str());
    let stands = |name: &str| {
        if text::line_of(says, name).is_some() {
            Stands::There
        } else if plan.waits() && text::line_of(&plan.text, name).is_some() {
            Stands::Coming
        } else {
            Stands::Not
        }
    };
    let read = text::read(says.as_bytes()).map_err(|_| anyhow!("no UTF-8"))?;
    let (_, ends) = text::judge(&read, now);
    store.write(wall::now(), |tx| {
        ends.map_or(Ok(()), |at| given::security_txt_ends(tx, at))?;
        given::given(tx, &here.config, &place, &stands, &who)
    })?;
    let owed = others::look(here, &mut store, Some(&place), &who)?;
    let code = answer(here, wanted, &target, before.as_ref(), &plan)?;
    if !wanted.json {
        others::tell(here, &owed);
    }
    Ok(code)
}

/// The config has none any more: whether names stood in one, of which it is told then.
fn no_more(here: &Here, store: &mut Store, who: &str) -> Result<bool> {
    let files = store.read(wall::now(), given::files)?;
    if files.iter().all(|(way, _)| *way != Way::SecurityTxt) {
        return Ok(false);
    }
    let owed = others::look(here, store, None, who)?;
    output::line("the config has no [security_txt]: nothing was written");
    others::tell(here, &owed);
    Ok(true)
}

impl Plan {
    /// Writes the text where it goes; one to be signed that nobody needs any more is
    /// removed, for it may hold a name that was taken back.
    fn put(&self, target: &Target, to_sign: Result<Target>) -> Result<()> {
        if self.waits() {
            return to_sign?.replace(self.text.as_bytes());
        }
        if !self.stays {
            target.replace(self.text.as_bytes())?;
        }
        let is_ours = |old: &Target| old.bytes.is_some() && old.is_ours(text::MADE).is_ok();
        let old = to_sign.ok().filter(is_ours);
        old.map_or(Ok(()), |old| old.remove())
    }

    /// A person has to sign the new text first.
    fn waits(&self) -> bool {
        self.signed && !self.stays
    }

    /// The lines of a text on which those stand who are to be thanked.
    fn stands(&self, says: &str) -> Vec<(String, usize)> {
        let line = |name: String| text::line_of(says, &name).map(|line| (name, line));
        self.thanks.names().into_iter().filter_map(line).collect()
    }

    /// The lines of a text that hold names which must not stand there.
    fn left(&self, says: &str) -> Vec<(String, usize)> {
        let of = |name: &String| {
            let lines = text::lines_with(says, name).into_iter();
            lines.map(|line| (name.clone(), line)).collect::<Vec<_>>()
        };
        self.unwanted.iter().flat_map(of).collect()
    }
}

fn plan(
    tx: &Tx,
    section: &config::SecurityTxt,
    before: Option<&There>,
    (path, wanted, now): (&str, &SecurityTxt, Timestamp),
) -> Result<Plan> {
    let thanks = match section.credits {
        true => given::thanks(tx)?,
        false => Thanks::default(),
    };
    let ends = text::expires(now, section.days);
    let (new, refused) = text::write(&section.fields, ends, &thanks.names());
    let (mut stays, mut signed) = (false, false);
    if let Some(before) = before {
        signed = before.read.signed != Signed::No;
        if !before.read.text.starts_with(text::MADE) && !wanted.replace {
            let lost = before.read.fields.len();
            bail!(
                "{path} was not made by gatepost, and its {lost} fields would be lost\n  hint: put what you need of it into [security_txt] of the config, then run this with --replace"
            );
        }
        let (faults, old_end) = text::judge(&before.read, now);
        let lasts = old_end
            .is_some_and(|at| at.duration_since(now) > SignedDuration::from_hours(24 * SOON));
        let sound = !faults.iter().any(|f| f.is_wrong);
        let same = text::same_but_for_the_end(&before.read.text, &new);
        stays = same && lasts && sound && !wanted.renew;
    }
    let names = thanks.names();
    let mut unwanted = given::unwanted(tx)?;
    unwanted.retain(|name| !names.iter().any(|other| export::same(name, other)));
    Ok(Plan {
        unwanted,
        thanks,
        text: new,
        refused,
        stays,
        signed,
    })
}

fn answer(
    here: &Here,
    wanted: &SecurityTxt,
    target: &Target,
    before: Option<&There>,
    plan: &Plan,
) -> Result<ExitCode> {
    let unsigned = format!("{}.unsigned", target.place());
    let kept = before.filter(|_| plan.stays || plan.signed);
    let says = kept.map_or(plan.text.as_str(), |there| there.whole.as_str());
    let read = text::read(says.as_bytes()).map_err(|_| anyhow!("no UTF-8"))?;
    let (faults, ends) = text::judge(&read, wall::now());
    let written = match (plan.stays, plan.signed) {
        (true, _) => None,
        (false, true) => Some(unsigned.clone()),
        (false, false) => Some(target.place()),
    };
    let document = Document {
        file: target.place(),
        dry_run: wanted.dry_run,
        changed: !plan.stays,
        signed: plan.signed,
        written,
        expires_at: ends.map(|at| at.to_string()),
        faults: faults.iter().map(FaultLine::from).collect(),
        names: Names::new(
            &plan.thanks,
            &plan.stands(&plan.text),
            &plan.left(says),
            &[],
            &plan.refused,
        ),
    };
    if wanted.json {
        output::json(&document)?;
        return Ok(ExitCode::SUCCESS);
    }
    let file = target.place();
    let ends = ends.map_or(String::new(), |at| day_of(here, at));
    match (plan.stays, wanted.dry_run, plan.signed) {
        (true, _, _) => output::strong(format!("{file}: nothing to change; it ends {ends}")),
        (false, true, _) => {
            output::strong(format!("{file}: would become"));
            output::foreign_block(&Foreign::new(plan.text.as_str()), "  ");
        }
        (false, false, false) => output::strong(format!("{file}: written; it ends {ends}")),
        (false, false, true) => output::strong(format!("{unsigned}: written")),
    }
    if plan.waits() {
        output::alarm_marked(
            "! ",
            &format!(
                "{file} is signed, and an edit would break the signature: it is as it was. Sign the new text, then run this again:\n  gpg --clearsign --output {file} {unsigned}"
            ),
        );
    }
    for fault in &faults {
        output::marked("! ", &fault.to_string());
    }
    document.names.print();
    Ok(ExitCode::SUCCESS)
}
/// `Tue 9 May 2028`: it may be another year.
fn day_of(here: &Here, at: Timestamp) -> String {
    let day = here.config.calendar.local_date(at);
    day.strftime("%a %-d %b %Y").to_string()
}
