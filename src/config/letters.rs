//! The letters that the team has of its own: in place of the built-in ones, beside them, and
//! in other languages, each a folder of its own in the folder `letters`.

use super::check::Check;
use super::fault::{ConfigError, Fault};
use super::files;
use super::raw::{Raw, Text};
use crate::letters::{LetterError, Letters};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Pairs of a file name and its text.
type Texts = Vec<(String, String)>;

/// What is built in.
const ENGLISH: &str = "en";

/// The letters that the config names.
pub(super) struct All {
    /// The built-in ones, with the team's own in their place.
    pub(super) default: Letters,
    /// Those of other languages.
    pub(super) languages: BTreeMap<String, Letters>,
    /// The language of letters from mailboxes that name none; none: English.
    pub(super) language: Option<String>,
    /// All that was read.
    pub(super) texts: Texts,
}

/// Reads them.
pub(super) fn letters(check: &mut Check<'_>, raw: &Raw) -> Option<All> {
    let folder = check.optional("letters", &raw.letters).ok()?;
    let folder = folder.map(|text| check.path(text.get_ref()));
    let mut texts = match &folder {
        Some(folder) => check.of_file(texts_in(folder))?,
        None => Vec::new(),
    };
    let default = Letters::new(&texts);
    let default = taken(check, folder.as_deref().unwrap_or(Path::new("")), default);
    let language = language(check, &raw.language);
    let of_mailboxes = raw.mailbox.iter().map(|one| &one.get_ref().language);
    let named = std::iter::once(&raw.language).chain(of_mailboxes);
    let mut languages = BTreeMap::new();
    for text in named.flatten() {
        // One at fault is told where it stands.
        let Ok(word) = language_word(text.get_ref()) else {
            continue;
        };
        if word == ENGLISH || languages.contains_key(&word) {
            continue;
        }
        let Some(folder) = &folder else {
            let what = format!("`language = {word:?}` is without letters");
            let advice =
                "letters = \"FOLDER\" names the folder in which a folder of that name holds them";
            return check.fault(&text.span(), what, advice);
        };
        let folder = folder.join(&word);
        let own = check.of_file(texts_in(&folder))?;
        let read = taken(check, &folder, Letters::of_language(&own))?;
        let named = own.into_iter();
        texts.extend(named.map(|(name, text)| (format!("{word}/{name}"), text)));
        languages.insert(word, read);
    }
    Some(All {
        default: default?,
        languages,
        language: language?,
        texts,
    })
}

/// A language by its word, such as `de`.
pub(super) fn language(check: &mut Check<'_>, text: &Text) -> Option<Option<String>> {
    check.parsed_or("language", text, None, |text| language_word(text).map(Some))
}

fn language_word(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(2..=16).contains(&text.len()) || !text.chars().all(plain) {
        return Err("a language is a word such as \"de\" or \"pt-br\"".to_owned());
    }
    Ok(text.to_owned())
}

/// Letters that pass; the faults of the others, by their files.
fn taken(
    check: &mut Check<'_>,
    folder: &Path,
    read: Result<Letters, Vec<LetterError>>,
) -> Option<Letters> {
    let of_folder = |error: LetterError| {
        let path = match error.file.as_str() {
            "" => folder.to_owned(),
            file => folder.join(file),
        };
        Fault {
            line: error.line,
            ..Fault::of_file(&path, error.what, "")
        }
    };
    let read = read.map_err(|errors| ConfigError::new(errors.into_iter().map(of_folder).collect()));
    check.of_file(read)
}

/// The `.txt` files of a folder, as pairs of name and text, in the order of their names.
fn texts_in(folder: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    files::check_folder(folder)?;
    let unread =
        |error: std::io::Error| Fault::of_file(folder, format!("cannot be read: {error}"), "");
    let entries: Vec<fs::DirEntry> = fs::read_dir(folder)
        .and_then(Iterator::collect)
        .map_err(unread)?;
    let mut paths: Vec<PathBuf> = entries
        .iter()
        .map(fs::DirEntry::path)
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .collect();
    paths.sort();
    let (mut texts, mut faults) = (Vec::new(), Vec::new());
    for path in paths {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        match files::read(&path, files::Guard::Written) {
            Ok(text) => texts.push((name, text)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(texts)
    } else {
        Err(ConfigError::new(faults))
    }
}
