//! On which occasion a mail was written: what looks like a quote is one in an answer, and
//! evidence in a first report.

use crate::mail::Mail;

/// How much of a text is taken for a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// It answers a mail.
    Answer,
    /// It answers none, or forwards one: only a quote that is introduced and marked is left
    /// out.
    First,
}

impl Occasion {
    /// By the mark of its subject, and by the mails that it cites.
    pub fn of(mail: &Mail) -> Self {
        let mark = mark(mail.subject.raw());
        let is_one_of = |marks: &[&str]| mark.as_ref().is_some_and(|m| marks.contains(&m.as_str()));
        let cites = !mail.in_reply_to.is_empty() || !mail.references.is_empty();
        match () {
            () if is_one_of(&FORWARDS) => Self::First,
            () if cites || is_one_of(&ANSWERS) => Self::Answer,
            () => Self::First,
        }
    }
}

/// The word in front of the first colon of a subject, in lower case; `Re[2]` and `Re (2)`
/// are counted ones.
fn mark(subject: &str) -> Option<String> {
    let (word, _) = subject.trim_start().split_once([':', '\u{ff1a}'])?;
    let word = word.trim_end_matches(|c: char| c.is_numeric() || " []()".contains(c));
    (word.len() <= 20).then(|| word.to_lowercase())
}

const ANSWERS: [&str; 25] = [
    "re", "aw", "antw", "antwort", "sv", "vs", "ref", "res", "rif", "rép", "odp", "ynt", "vá",
    "ats", "απ", "σχετ", "yanıt", "回复", "答复", "回覆", "返信", "답장", "회신", "الرد", "השב",
];

const FORWARDS: [&str; 24] = [
    "fw",
    "fwd",
    "wg",
    "tr",
    "rv",
    "enc",
    "i",
    "vl",
    "vb",
    "pd",
    "ilt",
    "i̇lt",
    "doorst",
    "továbbítás",
    "fs",
    "πρθ",
    "转发",
    "轉寄",
    "転送",
    "전달",
    "إعادة توجيه",
    "הועבר",
    "trs",
    "bls",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse::parse;

    #[test]
    fn an_answer_is_known_by_what_it_cites_or_by_its_subject() {
        for (header, occasion) in [
            ("Subject: XSS", Occasion::First),
            ("Subject: note: XSS", Occasion::First),
            ("Subject:", Occasion::First),
            ("Subject: RE: XSS", Occasion::Answer),
            ("Subject: Re[2]: XSS", Occasion::Answer),
            ("Subject: AW: XSS", Occasion::Answer),
            (
                "Subject: =?utf-8?q?=E5=9B=9E=E5=A4=8D=EF=BC=9A?= XSS",
                Occasion::Answer,
            ),
            ("Subject: XSS\nIn-Reply-To: <a@b>", Occasion::Answer),
            ("Subject: XSS\nReferences: <a@b>", Occasion::Answer),
            ("Subject: Fwd: XSS", Occasion::First),
            ("Subject: WG: XSS\nReferences: <a@b>", Occasion::First),
            ("Subject: Re: Fwd: XSS", Occasion::Answer),
        ] {
            let mail = parse(format!("{header}\n\nx").as_bytes(), true);
            assert_eq!(Occasion::of(&mail), occasion, "{header}");
        }
    }
}
