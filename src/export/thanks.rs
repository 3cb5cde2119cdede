//! The list of thanks: what people wrote stays, who agreed since is added, who took the
//! agreement back is taken out.

use super::entry::{Entry, entry};
use super::marked::{Marked, NotMarked};
use super::name;

/// What a page would become.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    let mut plan = Plan {
        page: Vec::new(),
        stands: Vec::new(),
        added: Vec::new(),
        removed: Vec::new(),
        left: Vec::new(),
        refused: Vec::new(),
    };
    let mut kept: Vec<&str> = Vec::new();
    let mut bullet = None;
    for (i, line) in marked.inside.split_inclusive('\n').enumerate() {
        let text = line.trim_end_matches(['\n', '\r']);
        let Some(of_line) = entry(text) else {
            kept.push(line);
            continue;
        };
        if out.iter().any(|n| name::same(n, &of_line.text)) {
            plan.removed.push((marked.first_line + i, text.to_owned()));
            continue;
        }
        bullet = bullet.or(Some(of_line.bullet));
        kept.push(line);
    }
    let bullet = match bullet {
        Some(bullet)
            if !bullet
                .trim_start()
                .starts_with(|c: char| c.is_ascii_digit()) =>
        {
            bullet
        }
        Some(_) | None => "* ",
    };
    let mut inside: String = kept.concat();
    let mut lines = kept.len();
    // A list that ends in empty lines goes on before them.
    let blank = kept
        .iter()
        .rev()
        .take_while(|l| l.trim().is_empty())
        .count();
    let blank = if blank < kept.len() { blank } else { 0 };
    let tail: String = kept.get(kept.len() - blank..).unwrap_or_default().concat();
    inside.truncate(inside.len() - tail.len());
    lines -= blank;
    for wanted in wanted {
        if line_of(&inside, wanted).is_some() {
            continue;
        }
        match name::markdown(wanted) {
            Err(why) => plan.refused.push((wanted.clone(), why)),
            Ok(written) => {
                let line = format!("{bullet}{written}");
                plan.added.push((marked.first_line + lines, line.clone()));
                lines += 1;
                inside.push_str(&line);
                inside.push_str(marked.newline);
            }
        }
    }
    inside.push_str(&tail);
    plan.page = marked.with(&inside);
    let at = |n: usize| marked.first_line + n;
    let here = wanted
        .iter()
        .filter_map(|n| Some((n.clone(), at(line_of(&inside, n)?))));
    plan.stands = here.collect();
    plan.left = left(&plan.page, &out);
    Ok(plan)
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
