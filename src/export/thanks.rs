//! The list of thanks: what people wrote stays, who agreed since is added, who took the
//! agreement back is taken out.

use super::entry::entry;
use super::marked::{Marked, NotMarked};
use super::name;
use super::named::{Read, thanks};
use std::borrow::Cow;

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
    /// Words that are called like a name that is not wanted, and may be another's: `Alex`
    /// in `Alex Smith`.
    pub mentioned: Vec<(String, usize)>,
    /// Names that cannot be written, and why.
    pub refused: Vec<(String, &'static str)>,
}

/// What is to become of a page.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Names that are to stand in the list.
    pub wanted: Vec<String>,
    /// Names that must not stand there.
    pub unwanted: Vec<String>,
    /// Wanted names that we once wrote otherwise: as they were, and as they are.
    pub respelled: Vec<(String, String)>,
}

/// Plans a page.
///
/// # Errors
/// When the page does not say where names may be written.
pub fn plan(page: &[u8], wish: &Wish) -> Result<Plan, NotMarked> {
    let marked = Marked::find(page)?;
    let wanted = &wish.wanted;
    let keys: Vec<String> = wanted.iter().map(|n| name::key(n)).collect();
    let out = wish.unwanted.iter();
    let out: Vec<&String> = out.filter(|n| !keys.contains(&name::key(n))).collect();
    let mut plan = Plan::default();
    let (kept, bullet) = plan.keep(&marked, &out, &wish.respelled);
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
    let read = Read::new(&plan.page, wanted);
    for name in out {
        let named = read.lines(name);
        let mentioned = read.mentions(name);
        let with = |line: usize| (name.clone(), line);
        let others = mentioned.into_iter().filter(|line| !named.contains(line));
        plan.mentioned.extend(others.map(with));
        plan.left.extend(named.iter().map(|line| with(*line)));
    }
    Ok(plan)
}

impl Plan {
    /// The lines that stay, and how entries begin here.
    fn keep<'p>(
        &mut self,
        marked: &Marked<'p>,
        out: &[&String],
        respelled: &[(String, String)],
    ) -> (Vec<Cow<'p, str>>, &'p str) {
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
                let written = text.strip_prefix(of_line.bullet).unwrap_or_default();
                let ours = |n: &str| name::markdown(n).is_ok_and(|ours| ours == written);
                let new = respelled.iter().find(|(old, _)| ours(old));
                if let Some(Ok(new)) = new.map(|(_, new)| name::markdown(new)) {
                    let new = format!("{}{new}", of_line.bullet);
                    let end = line.get(text.len()..).unwrap_or_default();
                    self.removed.push((marked.first_line + i, text.to_owned()));
                    self.added
                        .push((marked.first_line + kept.len(), new.clone()));
                    kept.push(Cow::Owned(new + end));
                    continue;
                }
            }
            kept.push(Cow::Borrowed(line));
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
    list.lines().position(|line| thanks(line, wanted))
}

#[cfg(test)]
mod tests;
