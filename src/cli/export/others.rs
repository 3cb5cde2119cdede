//! Files of the ledger beside the one that is written: moved, removed or edited by a
//! person. What they do not hold any more is gone from them.

use super::file;
use crate::cli::{Here, output};
use crate::desk::given::{self, Place, Stands};
use crate::export::named::Read;
use crate::export::security_txt as text;
use crate::mail::Foreign;
use crate::store::{Given, Store, Tx, Way};
use crate::wall;
use anyhow::Result;
use std::path::Path;

/// Looks at all of them but `written`, and writes down what is gone. Gives the names that
/// stand in one still and must not.
///
/// # Errors
/// When the store cannot be read or written. A file that cannot be read is left as it is.
pub fn look(
    here: &Here,
    store: &mut Store,
    written: Option<&Place>,
    who: &str,
) -> Result<Vec<Given>> {
    let is_written = |way: Way, path: &str| written.is_some_and(|p| p.way == way && p.path == path);
    let files = store.read(wall::now(), given::files)?;
    let mut seen = Vec::new();
    for (way, path) in files {
        if is_written(way, &path) {
            continue;
        }
        if let Some(bytes) = file::look(Path::new(&path)) {
            seen.push((way, path, bytes.unwrap_or_default()));
        }
    }
    store.write(wall::now(), |tx: &Tx| {
        let names = given::thanks(tx)?.names();
        for (way, path, bytes) in &seen {
            let read = Read::new(bytes, &names);
            let whole = String::from_utf8_lossy(bytes);
            let stands = |name: &str| {
                let found = match way {
                    Way::Credits => !read.lines(name).is_empty(),
                    Way::SecurityTxt | Way::Elsewhere => text::line_of(&whole, name).is_some(),
                };
                if found { Stands::There } else { Stands::Not }
            };
            let place = Place { way: *way, path };
            given::given(tx, &here.config, &place, &stands, who)?;
        }
        let mut owed = tx.unwanted()?;
        owed.retain(|g| !is_written(g.way, &g.place));
        Ok(owed)
    })
}

/// Says where a person has to take something out.
pub fn tell(here: &Here, owed: &[Given]) {
    for given in owed {
        let what = format!(
            "{:?} stands in {} still: {}",
            Foreign::new(given.name.as_str()).cut(60),
            Foreign::new(given.place.as_str()).line(),
            match super::reach::is_of_config(here, given) {
                true => format!("run: {}", super::reach::command(here, given)),
                false => "the config does not name that file: take the name out, or the file away, then run this again".to_owned(),
            }
        );
        output::alarm_marked("! ", &what);
    }
}
