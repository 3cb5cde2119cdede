//! Templates: taken in, checked for names that no letter knows, rendered.
//!
//! Text of a report is only ever a value and never becomes source of a template. A
//! loop without end is stopped by fuel; memory is not bounded, since templates are
//! written by those who own the machine.

use super::kind::{BESIDE, Kind, beside};
use super::{Letter, LetterError, wrap};
use crate::mail::Foreign;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;

/// The name of the template of a file's subject; that of its text is the file's.
fn subject_of(file: &str) -> String {
    format!("{file} (subject)")
}

/// Two templates a letter: its subject and its text.
#[derive(Clone, Debug)]
pub(super) struct Templates {
    environment: Environment<'static>,
    /// The team's letters beside the built-in ones, by file name.
    others: Vec<(Kind, String)>,
    /// Every name was looked for already: that costs more than rendering.
    tried: bool,
    /// What is not of the team's own is built in, in English; in another language there is
    /// nothing to take its place.
    english: bool,
}

impl Templates {
    /// More than any letter needs by far: a full digest takes some 200.
    const FUEL: u64 = 50_000;
    /// The longest subject, in characters: longer ones are not folded by every relay.
    const SUBJECT_MAX: usize = 200;

    pub(super) fn new(own: &[(String, String)], english: bool) -> Result<Self, Vec<LetterError>> {
        let mut templates = Self {
            environment: environment(),
            others: Vec::new(),
            tried: false,
            english,
        };
        let mut faults = Vec::new();
        for (name, text) in own
            .iter()
            .filter(|(name, _)| Kind::ALL.iter().all(|k| k.file() != name))
        {
            match Kind::ALL
                .into_iter()
                .find(|k| k.has_others() && k.name_of(name).is_some())
            {
                Some(kind) => {
                    templates.others.push((kind, name.clone()));
                    faults.extend(templates.add(name, text).err());
                }
                None => faults.push(no_letter(name)),
            }
        }
        for kind in Kind::ALL {
            let own = own.iter().find(|(name, _)| name == kind.file());
            let text = own.map(|(_, text)| text.as_str());
            let text = text.or_else(|| templates.english.then(|| kind.built_in()));
            faults.extend(text.and_then(|text| templates.add(kind.file(), text).err()));
        }
        if !english {
            faults.extend(lacking(own));
            let to_team = |name: &&String| {
                let mut all = Kind::ALL.into_iter();
                all.any(|kind| kind.is_internal() && kind.file() == *name)
            };
            faults.extend(
                own.iter()
                    .map(|(name, _)| name)
                    .filter(to_team)
                    .map(|name| {
                        let what =
                            "a letter to the team stands in the folder `letters` itself".to_owned();
                        LetterError::in_file(name, what)
                    }),
            );
        }
        if faults.is_empty() {
            Ok(templates)
        } else {
            Err(faults)
        }
    }

    /// Every letter was rendered with every sample.
    pub(super) fn were_tried(&mut self) {
        self.tried = true;
    }

    /// Takes one file: perhaps remarks, a line `Subject: …`, and below it the text.
    /// Empty lines stand in for what is cut off, so that faults name the file's lines.
    fn add(&mut self, file: &str, text: &str) -> Result<(), LetterError> {
        let found = text
            .lines()
            .enumerate()
            .find_map(|(n, line)| Some((n, line.strip_prefix("Subject:")?)));
        let Some((above, subject)) = found else {
            return Err(LetterError::in_file(
                file,
                "the line `Subject: …` is missing".to_owned(),
            ));
        };
        let body: Vec<&str> = text.lines().skip(above + 1).collect();
        let parts = [
            (
                subject_of(file),
                format!("{}{}", "\n".repeat(above), subject.trim()),
            ),
            (
                file.to_owned(),
                format!("{}{}\n", "\n".repeat(above + 1), body.join("\n")),
            ),
        ];
        for (name, source) in parts {
            self.environment
                .add_template_owned(name, source)
                .map_err(|e| fault(file, &e))?;
        }
        Ok(())
    }

    /// Renders a letter. The subject is one line whatever stands in it: a line end
    /// there would begin a header field of its own.
    pub(super) fn render(&self, kind: Kind, words: &impl Serialize) -> Result<Letter, LetterError> {
        self.render_file(kind.file(), words)
    }

    /// The file of the letter of this name beside those of `kind`.
    ///
    /// # Errors
    /// When there is none; names those that there are.
    pub(super) fn file_of(&self, kind: Kind, name: &str) -> Result<String, LetterError> {
        let file = kind.other(name);
        let known = self.files_of(kind);
        if known.contains(&file) {
            return Ok(file);
        }
        let known = match known.as_slice() {
            [] => "there is no other beside it".to_owned(),
            known => format!("there are {}", known.join(", ")),
        };
        Err(LetterError::in_file(
            &file,
            format!("there is no such letter; {known}"),
        ))
    }

    /// The files of the letters beside those of `kind`.
    fn files_of(&self, kind: Kind) -> Vec<String> {
        let mut known: Vec<String> = self.others_of(kind).map(str::to_owned).collect();
        if self.english {
            let built_in = BESIDE.iter().filter(|(of, _, _)| *of == kind);
            known.extend(built_in.map(|(_, file, _)| (*file).to_owned()));
            known.sort();
            known.dedup();
        }
        if kind == Kind::Reply {
            known.push(Kind::Signal.file().to_owned());
        }
        known
    }

    /// What [`Self::file_of`] knows.
    pub(super) fn names_of(&self, kind: Kind) -> Vec<String> {
        let files = self.files_of(kind);
        let names = files.iter().filter_map(|file| kind.name_of(file));
        names.map(str::to_owned).collect()
    }

    /// Whether what is not of the team's own is built in.
    pub(super) fn is_english(&self) -> bool {
        self.english
    }

    /// The kinds that it has a letter of: in another language none for the team.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> {
        let english = self.english;
        Kind::ALL
            .into_iter()
            .filter(move |kind| english || !kind.is_internal())
    }

    /// The files of the team's own letters beside those of `kind`.
    pub(super) fn others_of(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.others
            .iter()
            .filter(move |(k, _)| *k == kind)
            .map(|(_, file)| file.as_str())
    }

    /// Renders the letter of a file. See [`Self::render`].
    pub(super) fn render_file(
        &self,
        file: &str,
        words: &impl Serialize,
    ) -> Result<Letter, LetterError> {
        let missing = self.environment.get_template(file).is_err();
        if let Some(text) = beside(file).filter(|_| missing && self.english) {
            let mut one = Self {
                environment: environment(),
                others: Vec::new(),
                tried: false,
                english: true,
            };
            one.add(file, text)?;
            return one.render_added(file, words);
        }
        self.render_added(file, words)
    }

    fn render_added(&self, file: &str, words: &impl Serialize) -> Result<Letter, LetterError> {
        let words = Value::from(Serde(words));
        let subject = self.part(file, &subject_of(file), &words)?;
        let body = self.part(file, file, &words)?;
        Ok(Letter {
            subject: Foreign::new(subject.trim()).cut(Self::SUBJECT_MAX),
            body: wrap::tidy(&body),
        })
    }

    fn part(&self, file: &str, name: &str, words: &Value) -> Result<String, LetterError> {
        let template = self
            .environment
            .get_template(name)
            .map_err(|e| fault(file, &e))?;
        if self.tried {
            return template.render(words).map_err(|e| fault(file, &e));
        }
        // Strictness alone would miss a name in a branch that no sample takes.
        let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        names.sort();
        if let Some(name) = names
            .into_iter()
            .find(|n| !knows(words, n) && !self.is_function(n))
        {
            return Err(no_name(file, &name, template.source(), words));
        }
        template.render(words).map_err(|e| fault(file, &e))
    }

    fn is_function(&self, name: &str) -> bool {
        self.environment.globals().any(|(global, _)| global == name)
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(Templates::FUEL));
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        environment.set_syntax(syntax);
    }
    environment
}

fn knows(words: &Value, name: &str) -> bool {
    words
        .get_attr(name)
        .is_ok_and(|value| !value.is_undefined())
}

/// The letters to reporters that a language has no words for: one that went out in another
/// language, among those that do not, is worse than none.
fn lacking(own: &[(String, String)]) -> Option<LetterError> {
    let to_reporters = Kind::ALL.into_iter().filter(|kind| !kind.is_internal());
    // The others are for those who want them.
    let of_every_report = ["reply-last-call.txt", "reply-handover.txt"];
    let needed = to_reporters.map(Kind::file).chain(of_every_report);
    let missing: Vec<&str> = needed
        .filter(|file| own.iter().all(|(name, _)| name != file))
        .collect();
    let what = format!("this language lacks {}", missing.join(", "));
    (!missing.is_empty()).then(|| LetterError::in_file("", what))
}

fn no_letter(name: &str) -> LetterError {
    let known = Kind::ALL.map(Kind::file).join(", ");
    let what = format!("there is no such letter; there are {known}");
    LetterError::in_file(name, what)
}

fn no_name(file: &str, name: &str, source: &str, words: &Value) -> LetterError {
    let line = source
        .lines()
        .position(|line| line.contains(name))
        .map(|n| n + 1);
    let mut known: Vec<String> = words
        .try_iter()
        .map(|keys| keys.map(|k| k.to_string()).collect())
        .unwrap_or_default();
    known.sort();
    let what = format!(
        "there is no `{name}` in this letter; there are {}",
        known.join(", ")
    );
    LetterError {
        file: file.to_owned(),
        line,
        what,
    }
}

fn fault(file: &str, error: &minijinja::Error) -> LetterError {
    let what = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    LetterError {
        file: file.to_owned(),
        line: error.line(),
        what,
    }
}

#[cfg(test)]
mod tests;
