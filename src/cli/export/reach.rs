//! Where a name stands that must not be given out any more: what `set` says when it is
//! taken back, and `show` until our files are free of it.

use crate::cli::{Here, output};
use crate::desk::File;
use crate::desk::given::{self, Reach};
use crate::mail::Foreign;
use crate::store::{Given, Tx, Way};
use crate::ticket::Credit;
use anyhow::Result;
use serde::Serialize;
use std::path::Path;

/// Prints it; nothing where there is nothing to say.
///
/// # Errors
/// When the store cannot be read.
pub fn tell(here: &Here, tx: &Tx, file: &File) -> Result<()> {
    for reach in given::reach(tx, file.row.number, file.ticket.agreed_name())? {
        if !reach.ours.is_empty() {
            one(here, &reach);
        } else {
            let places = reach.beyond.iter().map(|g| shown(&g.place, 60));
            let letters = reach.letters.iter().map(|id| format!("letter {id}"));
            let places: Vec<String> = places.chain(letters).collect();
            let name = shown(&reach.name, 60);
            output::line(format!(
                "     {name:?} is out of our files; beyond our reach: {}",
                places.join(", ")
            ));
        }
    }
    Ok(())
}

fn one(here: &Here, reach: &Reach) {
    let all = reach.ours.len() + reach.beyond.len() + reach.letters.len();
    let times = if all == 1 {
        "once".to_owned()
    } else {
        format!("{all} times")
    };
    let name = shown(&reach.name, 60);
    output::alarm(format!(
        "!    The name {name:?} was given out {times}; ours to change:"
    ));
    for given in &reach.ours {
        output::line(format!(
            "       {:<26} run: {}",
            place(given),
            command(here, given)
        ));
    }
    for given in &reach.beyond {
        output::line(format!(
            "       {:<26} {}, outside our reach: tell whom it went to",
            place(given),
            day(here, given)
        ));
    }
    for letter in &reach.letters {
        output::line(format!(
            "       letter {letter:<19} sent to somebody else, outside our reach"
        ));
    }
}

/// Prints where the name stands that a ticket's reporter agreed to give.
///
/// # Errors
/// When the store cannot be read.
pub fn agreed(here: &Here, tx: &Tx, file: &File) -> Result<()> {
    let agreed = file.ticket.agreed_name();
    let all = tx.standing()?.into_iter();
    let is_it = |g: &Given| g.ticket == file.row.number && agreed == Some(g.name.as_str());
    for given in all.filter(is_it) {
        let (place, day) = (place(&given), day(here, &given));
        output::line(format!("     named in {place} since {day}"));
    }
    Ok(())
}

/// `thanks.md line 41`.
fn place(given: &Given) -> String {
    let line = given.line.map_or(String::new(), |n| format!(" line {n}"));
    match given.way {
        Way::Elsewhere => shown(&given.place, 60),
        Way::Credits | Way::SecurityTxt => format!("{}{line}", file_name(&given.place)),
    }
}

/// The local day on which it was written down.
fn day(here: &Here, given: &Given) -> String {
    let at = given.at.to_zoned(here.config.calendar.zone().clone());
    at.strftime("%-d %b %Y").to_string()
}

fn shown(text: &str, most: usize) -> String {
    Foreign::new(text).cut(most)
}

fn file_name(place: &str) -> String {
    let name = Path::new(place).file_name().unwrap_or_default();
    shown(&name.to_string_lossy(), 40)
}

/// Whether the config names that file.
pub fn is_of_config(here: &Here, given: &Given) -> bool {
    let config = &here.config;
    let of_config = match given.way {
        Way::Credits => config.credits.as_ref().map(|c| &c.file),
        Way::SecurityTxt | Way::Elsewhere => config.security_txt.as_ref().map(|s| &s.file),
    };
    of_config.is_some_and(|path| {
        let folder = path.parent().and_then(|p| p.canonicalize().ok());
        let name = path.file_name().unwrap_or_default();
        folder.is_some_and(|folder| folder.join(name).display().to_string() == given.place)
    })
}

/// What takes the name out of that file, or looks whether it is out of it.
pub fn command(here: &Here, given: &Given) -> String {
    let verb = format!("gatepost export {}", given.way.word());
    match (is_of_config(here, given), given.way) {
        (false, Way::Credits) => format!("{verb} --file {}", quoted(&given.place)),
        (_, _) => verb,
    }
}

/// As a shell takes it for one word.
fn quoted(path: &str) -> String {
    let path = Foreign::new(path).line();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    match path.chars().all(plain) {
        true => path,
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}

/// How the credit stands, in words for people.
pub fn words(file: &File) -> String {
    match Credit::of(&file.facts) {
        Credit::Unasked => "not asked".to_owned(),
        Credit::Asked => "asked, no answer recorded".to_owned(),
        Credit::Named(name) => match file.ticket.agreed_name() {
            Some(_) => shown(&name, 60),
            None => format!("{} (not given out: consent=no)", shown(&name, 60)),
        },
        Credit::Anonymous => "none, as they wish".to_owned(),
        Credit::Withdrawn => "withdrawn".to_owned(),
    }
}

/// The same for scripts, with the ledger.
#[derive(Default, Serialize)]
pub struct CreditLine {
    credit: Option<State>,
    given_out: Vec<GivenLine>,
}

#[derive(Serialize)]
struct State {
    state: &'static str,
    name: Option<String>,
}

#[derive(Serialize)]
struct GivenLine {
    name: String,
    way: &'static str,
    place: String,
    line: Option<u32>,
    gone: bool,
    at: String,
    by: String,
}

impl CreditLine {
    /// Reads it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of(tx: &Tx, file: &File) -> Result<Self> {
        let credit = Credit::of(&file.facts);
        let line = |given: Given| GivenLine {
            name: given.name,
            way: given.way.word(),
            place: given.place,
            line: given.line,
            gone: given.gone,
            at: given.at.to_string(),
            by: given.by,
        };
        Ok(Self {
            given_out: tx
                .given_of(file.row.number)?
                .into_iter()
                .map(line)
                .collect(),
            credit: Some(State {
                state: credit.word(),
                name: match credit {
                    Credit::Named(name) => Some(name),
                    Credit::Unasked | Credit::Asked | Credit::Anonymous | Credit::Withdrawn => None,
                },
            }),
        })
    }
}
