//! The list of thanks: what people wrote stays, who agreed since is added, who took the
//! agreement back is taken out.

use super::entry::{Entry, entry};
use super::marked::{Marked, NotMarked};
use super::name;

/// What a page would become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// All its bytes.
    pub page: Vec<u8>,
    /// Names that stand in the list then, of those that are wanted: the line of each.
    pub stands: Vec<(String, usize)>,
    /// Lines that are new, by their numbers then.
    pub added: Vec<(usize, String)>,
    /// Lines that are taken out, by their numbers now.
    pub removed: Vec<(usize, String)>,
    /// Names that are not wanted and stand where only a person can take them out: outside
    /// of the two lines, or in a line that says more. By their numbers then.
    pub left: Vec<(String, usize)>,
    /// Names that cannot be written, and why.
    pub refused: Vec<(String, &'static str)>,
}

/// Plans a page: `wanted` are to stand in the list, `unwanted` must not stand there.
///
/// # Errors
/// When the page does not say where names may be written.
pub fn plan(page: &[u8], wanted: &[String], unwanted: &[String]) -> Result<Plan, NotMarked> {
    let marked = Marked::find(page)?;
    let keys: Vec<String> = wanted.iter().map(|n| name::key(n)).collect();
    let out: Vec<&String> = unwanted
        .iter()
        .filter(|n| !keys.contains(&name::key(n)))
        .collect();
    let mut plan = Plan::default();
    let (kept, bullet) = plan.keep(&marked, &out);
    // A list that ends in empty lines goes on before them.
    let blank = kept.iter().rev().take_while(|l| l.trim().is_empty());
    let blank = Some(blank.count()).filter(|n| *n < kept.len());
    let (lines, tail) = kept.split_at(kept.len() - blank.unwrap_or_default());
    let mut inside = lines.concat();
    plan.add(&marked, &mut inside, (lines.len(), bullet), wanted);
    inside.push_str(&tail.concat());
    let at = |name: &String| Some((name.clone(), marked.first_line + line_of(&inside, name)?));
    plan.stands = wanted.iter().filter_map(at).collect();
    plan.page = marked.with(&inside);
    plan.left = left(&plan.page, &out);
    Ok(plan)
}

impl Plan {
    /// The lines that stay, and how entries begin here.
    fn keep<'p>(&mut self, marked: &Marked<'p>, out: &[&String]) -> (Vec<&'p str>, &'p str) {
        let mut kept = Vec::new();
        let mut bullet = None;
        for (i, line) in marked.inside.split_inclusive('\n').enumerate() {
            let text = line.trim_end_matches(['\n', '\r']);
            if let Some(of_line) = entry(text) {
                if out.iter().any(|n| name::same(n, &of_line.text)) {
                    self.removed.push((marked.first_line + i, text.to_owned()));
                    continue;
                }
                bullet = bullet.or(Some(of_line.bullet));
            }
            kept.push(line);
        }
        let is_number = |b: &&str| b.trim_start().starts_with(|c: char| c.is_ascii_digit());
        (kept, bullet.filter(|b| !is_number(b)).unwrap_or("* "))
    }

    /// Adds who does not stand in the list of so many lines yet.
    fn add(
        &mut self,
        marked: &Marked,
        inside: &mut String,
        (mut lines, bullet): (usize, &str),
        wanted: &[String],
    ) {
        for wanted in wanted {
            if line_of(inside, wanted).is_some() {
                continue;
            }
            match name::markdown(wanted) {
                Err(why) => self.refused.push((wanted.clone(), why)),
                Ok(written) => {
                    let line = format!("{bullet}{written}");
                    inside.push_str(&line);
                    inside.push_str(marked.newline);
                    self.added.push((marked.first_line + lines, line));
                    lines += 1;
                }
            }
        }
    }
}

/// The line of a list that names somebody, from 0.
fn line_of(list: &str, wanted: &str) -> Option<usize> {
    list.lines().position(|line| {
        let entry = entry(line);
        entry.is_some_and(|e| e.names().iter().any(|n| name::same(n, wanted)))
    })
}

/// Names that stand anywhere in a page.
fn left(page: &[u8], names: &[&String]) -> Vec<(String, usize)> {
    if names.is_empty() {
        return Vec::new();
    }
    let mut left = Vec::new();
    for (i, line) in page.split(|b| *b == b'\n').enumerate() {
        let line = String::from_utf8_lossy(line);
        let of_line: Vec<String> = entry(&line).as_ref().map(Entry::names).unwrap_or_default();
        let shown = super::entry::plain(&line);
        for name in names {
            let listed = of_line.iter().any(|n| name::same(n, name));
            if listed || holds(&shown, name) || holds(&line, name) {
                left.push(((*name).clone(), i + 1));
            }
        }
    }
    left
}

/// Whether a text holds a name as words of its own.
pub(super) fn holds(text: &str, name: &str) -> bool {
    let text: Vec<&str> = text.split_whitespace().collect();
    let (text, name) = (text.join(" ").to_lowercase(), name::key(name));
    if name.is_empty() {
        return false;
    }
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(&name).any(|(at, found)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let behind = text.get(at + found.len()..).and_then(|t| t.chars().next());
        edge(before) && edge(behind)
    })
}

#[cfg(test)]
mod tests;
