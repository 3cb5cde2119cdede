//! The name that a stranger gave to a file, as a name that is nothing but a name.
//!
//! What comes out has letters, digits, `.`, `-` and `_` in it: it names no other folder and
//! no device once something of ours stands before it, and acts on nothing. Two names in one
//! folder differ in more than large and small letters.

use crate::mail::Foreign;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Characters of a name at most, its ending included.
pub const LENGTH: usize = 100;

/// What a file is called whose name has nothing that we can write.
const ATTACHMENT: &str = "attachment";

/// A name that is nothing but a name. Something of ours has to stand before it.
pub fn safe(name: &Foreign) -> String {
    let last = name.raw().rsplit(['/', '\\']).next().unwrap_or_default();
    let last = without_letters(last);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = last
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    let name = name.trim_matches(['.', '_']);
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if (1..=16).contains(&ending.len()) => (stem, format!(".{ending}")),
        Some(_) | None => (name, String::new()),
    };
    let stem: String = stem.chars().take(LENGTH - ending.len()).collect();
    let stem = stem.trim_end_matches('.');
    if stem.is_empty() && ending.is_empty() {
        ATTACHMENT.to_owned()
    } else {
        format!("{stem}{ending}")
    }
}

/// A name that begins with no letter or digit that we can write loses all before its ending:
/// `報告.pdf` becomes `attachment.pdf`.
fn without_letters(name: &str) -> Cow<'_, str> {
    let writes = |text: &str| text.contains(|c: char| c.is_ascii_alphanumeric());
    match name.split_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !writes(stem) && writes(ending) => {
            Cow::Owned(format!("{ATTACHMENT}.{ending}"))
        }
        Some(_) | None => Cow::Borrowed(name),
    }
}

/// The `n`th of this name: `poc.py` becomes `poc-2.py`, and the first stays as it is.
pub fn numbered(name: &str, n: usize) -> String {
    match name.rsplit_once('.') {
        _ if n < 2 => name.to_owned(),
        Some((stem, ending)) => format!("{stem}-{n}.{ending}"),
        None => format!("{name}-{n}"),
    }
}

/// Names that are in use in one folder.
#[derive(Default)]
pub struct Taken(BTreeSet<String>);

impl Taken {
    /// Those of a folder in which there are files already.
    pub fn with(names: impl IntoIterator<Item = String>) -> Self {
        Self(
            names
                .into_iter()
                .map(|name| name.to_ascii_lowercase())
                .collect(),
        )
    }

    /// This name, or the first numbered one that nobody has; it is taken from now on.
    pub fn take(&mut self, name: &str) -> String {
        let mut n = 1;
        loop {
            let free = numbered(name, n);
            if self.0.insert(free.to_ascii_lowercase()) {
                return free;
            }
            n += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_stays_as_it_is() {
        let long = format!("{}.{}", "a".repeat(LENGTH - 1), "b".repeat(20));
        for (name, kept) in [
            ("poc.py", "poc.py"),
            ("x.tar.gz", "x.tar.gz"),
            ("trace 2.txt", "trace_2.txt"),
            ("C:\\temp\\a.bin", "a.bin"),
            ("", "attachment"),
            ("...", "attachment"),
            ("報告.pdf", "attachment.pdf"),
            ("報告.tar.gz", "attachment.tar.gz"),
            ("\u{1f4a3}.html", "attachment.html"),
            ("a/報告.txt", "attachment.txt"),
            ("報告", "attachment"),
            ("報告.報告", "attachment"),
            ("report 報告.pdf", "report___.pdf"),
            (".bashrc", "bashrc"),
            (&long, &"a".repeat(LENGTH - 1)),
        ] {
            assert_eq!(safe(&Foreign::new(name)), kept);
        }
    }

    #[test]
    fn no_two_names_are_one_where_large_and_small_letters_are_the_same() {
        let mut taken = Taken::default();
        let all = ["a.txt", "A.TXT", "a-2.txt", "a.txt", "b", "B"];
        let all = all.map(|name| taken.take(name));
        assert_eq!(
            all,
            ["a.txt", "A-2.TXT", "a-2-2.txt", "a-3.txt", "b", "B-2"]
        );
    }
}
