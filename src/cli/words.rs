//! Facts in a few words: with what a person wrote, or with nothing of the report.

use crate::mail::Foreign;
use crate::store::LetterKind;
use crate::ticket::{Field, INFERRED, LABELLED, What};

/// What happened, without a word that a stranger or a report could have put there: fit
/// for a log that leaves the machine.
pub fn brief(what: &What) -> String {
    match what {
        What::Owned { who } => format!("owner {who}"),
        What::Disowned => "owner nobody".to_owned(),
        What::Set {
            field,
            value: Some(_),
            ..
        } => format!("set {}", field.word()),
        What::Set {
            field, value: None, ..
        } => format!("took {} away", field.word()),
        What::Classed { class } => format!("class {class}"),
        What::Unclassed { class } => format!("not class {class}"),
        What::Decided {
            outcome,
            expected: None,
        } => format!("decided {}", outcome.word()),
        What::Decided {
            outcome,
            expected: Some(on),
        } => format!("decided {}, expected {on}", outcome.word()),
        What::Evaluated { outcome } => format!("evaluated {}", outcome.word()),
        What::Dated { on } => format!("dated {on}"),
        What::DateDecided { on, .. } => format!("decided the date {on}"),
        What::Planned { event, on } => format!("{} {on}", event.word()),
        What::Waiting { on: Some(on) } => format!("waiting for {}", on.word()),
        What::Waiting { on: None } => "waiting for nothing".to_owned(),
        What::Retracted { fact, .. } => format!("took back fact {fact}"),
        What::Undelivered { letter, mail, .. } => undelivered(*letter, *mail),
        What::Crossed { letter, .. } => format!("letter {letter} crossed with their mail"),
        What::LastCalled { until } => format!("last call, until {until}"),
        What::Remarked { .. } => "note".to_owned(),
        What::DataAccessed { .. } => "data access".to_owned(),
        What::Junked { looks: true } => "found among junk, looks like a report".to_owned(),
        What::Junked { looks: false } => "found among junk".to_owned(),
        What::Received
        | What::CopyReceived
        | What::ReporterWrote
        | What::Noted { .. }
        | What::Acknowledged
        | What::DateNotDue
        | What::Answered
        | What::Resolved
        | What::UpdatePosted
        | What::Published
        | What::Thanked
        | What::Credited
        | What::CreditDeclined
        | What::Exploited
        | What::Adopted
        | What::Closed
        | What::Reopened
        | What::Declared { .. } => what.name().to_string(),
    }
}

fn undelivered(letter: Option<i64>, mail: Option<i64>) -> String {
    match (letter, mail) {
        (Some(letter), _) => format!("letter {letter} undelivered"),
        (None, Some(mail)) => format!("mail {mail} of ours undelivered"),
        (None, None) => "undelivered".to_owned(),
    }
}

/// What happened, with what was written. It may quote a stranger: show it as one does.
pub fn full(what: &What) -> Foreign {
    Foreign::new(match what {
        What::Set {
            field,
            value: Some(value),
            was,
        } => {
            let was = was.as_ref().map(|w| format!(" (was {w})"));
            format!("{} {value}{}", field.word(), was.unwrap_or_default())
        }
        What::Set {
            field: Field::Reporter,
            value: None,
            was: Some(was),
        } => format!("took reporter away (was {was})"),
        What::Remarked { text } => format!("note: {text}"),
        What::DataAccessed { text } => format!("data access: {text}"),
        What::Noted { why } => format!("noted: {why}"),
        What::Retracted { fact, why } => format!("took back fact {fact}: {why}"),
        What::DateDecided { on, because } => match because.trim() {
            "" => format!("decided the date {on}"),
            because => format!("decided the date {on}: {because}"),
        },
        What::Undelivered { letter, mail, why } => {
            format!("{}: {why}", undelivered(*letter, *mail))
        }
        What::Crossed { letter, .. } => format!(
            "letter {letter} was written before what the reporter wrote since: it answers nothing of that"
        ),
        What::Set { .. }
        | What::Owned { .. }
        | What::Disowned
        | What::Classed { .. }
        | What::Unclassed { .. }
        | What::Decided { .. }
        | What::Evaluated { .. }
        | What::Dated { .. }
        | What::Planned { .. }
        | What::Waiting { .. }
        | What::LastCalled { .. }
        | What::Junked { .. }
        | What::Received
        | What::CopyReceived
        | What::ReporterWrote
        | What::Acknowledged
        | What::DateNotDue
        | What::Answered
        | What::Resolved
        | What::UpdatePosted
        | What::Published
        | What::Thanked
        | What::Credited
        | What::CreditDeclined
        | What::Exploited
        | What::Adopted
        | What::Closed
        | What::Reopened
        | What::Declared { .. } => brief(what),
    })
}

/// What a letter is called.
pub fn letter(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Acknowledgement => "receipt",
        LetterKind::Evaluation => "evaluation",
        LetterKind::Reply => "reply",
        LetterKind::Resolved => "news of the resolution",
        LetterKind::Published => "news of the publication",
        LetterKind::Closing => "last letter",
        LetterKind::Reminder => "reminder",
        LetterKind::Digest => "digest",
    }
}

/// How we know: by a letter, by a mail, or in another way that a person named.
pub fn via(letter: Option<i64>, mail: Option<i64>, said: Option<&str>) -> Option<String> {
    let of_mail = |said: &str| match mail {
        Some(m) if [INFERRED, LABELLED].contains(&said) => format!("mail {m}, {said}"),
        Some(_) | None => said.to_owned(),
    };
    said.map(of_mail)
        .or_else(|| letter.map(|l| format!("letter {l}")))
        .or_else(|| mail.map(|m| format!("mail {m}")))
}
