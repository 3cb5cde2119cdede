//! Legal notices below an answer, in seven languages.
//!
//! A reporter may write of confidential mails that reach the wrong people, in the words that
//! notices have. So a paragraph is a notice only if a sentence of it turns to whoever got it
//! and was not meant to, if it asks them for something, and if it is made of nothing but the
//! words of `legal`: no name, number, address or path, and nobody who says *I*. A word that is
//! missing there shows a notice; none can hide what a person wrote of a fault.

use super::Occasion;
use super::header::is_rule;
use super::legal::{ENGLISH, FRENCH, GERMAN, ITALIAN, JAPANESE, RUSSIAN, SPANISH};
use super::quote::is_quoted;
use super::signature::{Signer, signature};
use super::tail::{footer, is_end_of_new};

/// A notice has at most so many lines.
const LINES: usize = 40;
/// And so many bytes.
const BYTES: usize = 6_000;
/// So many notices may follow one another.
const NOTICES: usize = 4;

/// How many lines are legal notices, and nothing that is new stands behind them. Only in an
/// answer: of a first report too much is shown rather than too little.
pub(super) fn notices(rest: &[&str], occasion: Occasion) -> Option<usize> {
    if occasion == Occasion::First {
        return None;
    }
    let mut lines = 0;
    for _ in 0..NOTICES {
        lines += notice(rest.get(lines..)?)?;
        let behind = rest.get(lines..)?;
        lines += behind.iter().take_while(|l| l.trim().is_empty()).count();
        let behind = rest.get(lines..)?;
        let nobody = Signer::default();
        let signed = || signature(behind, true, occasion, &nobody).is_some();
        let listed = || footer(behind, occasion, &nobody).is_some();
        if is_end_of_new(behind) || listed() || signed() {
            return Some(lines);
        }
    }
    None
}

/// How many lines are one notice.
pub(super) fn notice(rest: &[&str]) -> Option<usize> {
    let begin: String = rest.first()?.chars().take(60).collect();
    let begin = lower(&begin);
    // Most paragraphs end here.
    if !LANGUAGES.iter().any(|language| language.begins(&begin)) {
        return None;
    }
    let lines = rest.iter().take(LINES + 1);
    let lines: Vec<&str> = lines
        .copied()
        .take_while(|line| !line.trim().is_empty() && !is_quoted(line) && !is_rule(line))
        .collect();
    let bytes: usize = lines.iter().map(|line| line.len()).sum();
    if lines.len() > LINES || bytes > BYTES {
        return None;
    }
    let text = lower(&lines.join(" "));
    let is_one = LANGUAGES.iter().any(|language| language.has_notice(&text));
    is_one.then_some(lines.len())
}

fn lower(text: &str) -> String {
    text.to_lowercase().replace('\u{2019}', "'")
}

struct Language {
    /// What notices are made of, in order.
    words: &'static [&'static str],
    /// No spaces part them.
    joined: bool,
    /// What it calls the mail.
    secret: &'static str,
    /// How a sentence begins that turns to whoever reads it.
    turns: &'static [&'static str],
    /// What it says of them: all of one group.
    astray: &'static [&'static [&'static str]],
    /// How it asks for something, or forbids it.
    asks: &'static [&'static str],
}

impl Language {
    /// Its first word is one of a notice.
    fn begins(&self, text: &str) -> bool {
        if self.joined {
            let text = text.trim_start_matches(is_mark);
            return self.piece(text).is_some();
        }
        let mut tokens = text.split_whitespace().map(|t| t.trim_matches(is_mark));
        tokens
            .find(|token| !token.is_empty())
            .is_some_and(|token| self.has(token))
    }

    fn has_notice(&self, text: &str) -> bool {
        let mut sentences = text.split(['.', '!', '\u{3002}']);
        let turns = |sentence: &str| {
            let begin = sentence.trim_start_matches(|c: char| c.is_whitespace() || is_mark(c));
            let all = |group: &&[&str]| group.iter().all(|words| sentence.contains(words));
            self.turns.iter().any(|words| begin.starts_with(words)) && self.astray.iter().any(all)
        };
        let asks = || self.asks.iter().any(|words| text.contains(words));
        text.contains(self.secret) && sentences.any(turns) && asks() && self.makes(text)
    }

    /// Nothing else is in it.
    fn makes(&self, text: &str) -> bool {
        let mut tokens = text.split_whitespace();
        if !self.joined {
            return tokens.all(|token| self.has(token.trim_matches(is_mark)));
        }
        let mut left: String = tokens.collect();
        left.retain(|c| !is_mark(c));
        let mut rest = left.as_str();
        while !rest.is_empty() {
            match self.piece(rest).and_then(|piece| rest.strip_prefix(piece)) {
                Some(behind) => rest = behind,
                None => return false,
            }
        }
        true
    }

    /// Words that a stroke or an apostrophe joins, or marks alone. A full stop, a slash or a
    /// number within a word is in none of them.
    fn has(&self, token: &str) -> bool {
        let is_known = |word: &str| self.words.binary_search(&word).is_ok();
        token.is_empty() || is_known(token) || token.split(['-', '\'', '\u{2011}']).all(is_known)
    }

    /// The longest of them at the beginning.
    fn piece(&self, text: &str) -> Option<&'static str> {
        let all = self.words.iter().filter(|piece| text.starts_with(**piece));
        all.max_by_key(|piece| piece.len()).copied()
    }
}

/// What may stand around a word.
fn is_mark(c: char) -> bool {
    ".,;:!()\"*\u{ab}\u{bb}\u{201c}\u{201d}\u{201e}\u{2013}\u{2014}\u{3001}\u{3002}\u{ff08}\u{ff09}"
        .contains(c)
}

const LANGUAGES: [Language; 7] = [
    Language {
        words: &ENGLISH,
        joined: false,
        secret: "confidential",
        turns: &["if you"],
        astray: &[
            &["not the", "recipient"],
            &["not an", "recipient"],
            &["not the", "addressee"],
            &["received", "in error"],
            &["received", "by mistake"],
        ],
        asks: &[
            "please",
            "must not",
            "should not",
            "prohibited",
            "hereby",
            ", delete",
            ", destroy",
        ],
    },
    Language {
        words: &GERMAN,
        joined: false,
        secret: "vertraulich",
        turns: &["wenn sie", "falls sie", "sollten sie"],
        astray: &[
            &["nicht der", "adressat"],
            &["nicht der", "empfänger"],
            &["irrtümlich", "erhalten"],
            &["versehentlich", "erhalten"],
        ],
        asks: &[
            "bitte",
            "vernichten sie",
            "löschen sie",
            "nicht gestattet",
            "untersagt",
            "verboten",
        ],
    },
    Language {
        words: &FRENCH,
        joined: false,
        secret: "confidentiel",
        turns: &["si vous"],
        astray: &[
            &["pas le", "destinataire"],
            &["reçu", "par erreur"],
            &["recevez", "par erreur"],
        ],
        asks: &["merci de", "veuillez", "interdit", "prière de"],
    },
    Language {
        words: &SPANISH,
        joined: false,
        secret: "confidencial",
        turns: &[
            "si no es",
            "si usted no es",
            "si ha recibido",
            "si lo ha recibido",
        ],
        astray: &[&["el destinatario"], &["recibido", "por error"]],
        asks: &[
            "por favor",
            "rogamos",
            "ruega",
            "bórrelo",
            "elimínelo",
            "destrúyalo",
            "prohibid",
        ],
    },
    Language {
        words: &ITALIAN,
        joined: false,
        secret: "riservat",
        turns: &["se ", "qualora "],
        astray: &[
            &["non siete", "destinatari"],
            &["non è il destinatario"],
            &["ricevuto", "per errore"],
        ],
        asks: &[
            "preghiamo",
            "pregat",
            "prego",
            "cancellatelo",
            "vietat",
            "proibit",
        ],
    },
    Language {
        words: &RUSSIAN,
        joined: false,
        secret: "конфиденциальн",
        turns: &["если вы"],
        astray: &[
            &["не являетесь", "адресат"],
            &["не являетесь", "получател"],
            &["получили", "по ошибке"],
        ],
        asks: &[
            "пожалуйста",
            "просим",
            "просьба",
            "удалите",
            "уничтожьте",
            "запрещ",
        ],
    },
    Language {
        words: &JAPANESE,
        joined: true,
        secret: "機密",
        turns: &["誤って受"],
        astray: &[&["場合"]],
        asks: &["ください", "下さい", "お願い", "禁"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_each_language_can_be_looked_up() {
        for language in &LANGUAGES {
            assert!(language.words.is_sorted(), "{}", language.secret);
        }
    }
}
