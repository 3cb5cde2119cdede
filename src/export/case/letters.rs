//! `letters.txt` for people, `letters.json` for programs: what became of each letter, with
//! what the mail server said when it took it.

use super::{Case, Letter, field, inert};
use crate::mail::Foreign;
use serde::Serialize;

#[derive(Serialize)]
struct LetterLine<'a> {
    n: usize,
    file: String,
    id: i64,
    kind: &'static str,
    state: &'static str,
    from: &'a str,
    to: &'a str,
    subject: &'a Foreign,
    message_id: Option<&'a str>,
    by: &'a str,
    created_at: String,
    queued_at: Option<String>,
    offers: u32,
    attempts: u32,
    settled_at: Option<String>,
    sent_at: Option<String>,
    reply: Option<&'a Foreign>,
    last_error: Option<&'a Foreign>,
    held_because: Option<&'a Foreign>,
}

impl Case<'_> {
    /// The letters for people.
    pub fn letters_text(&self) -> String {
        let mut out = format!(
            "{} {}: letters to the reporter, and what the mail server said.\nReminders to the team are not among them: reminders.txt has those.\n",
            self.reference, self.name
        );
        for letter in &self.letters {
            self.letter_text(&mut out, letter);
        }
        if self.letters.is_empty() {
            out.push_str("\nThere is none.\n");
        }
        inert(&out)
    }

    fn letter_text(&self, out: &mut String, letter: &Letter) {
        out.push_str(&format!(
            "\n{:<5} {}, {}\n",
            letter.n,
            letter.kind,
            letter.state.to_uppercase()
        ));
        let mut some = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                field(out, name, &value);
            }
        };
        let line = |text: &Foreign| text.line();
        some("file", Some(self.letter_file(letter)));
        some("from", Some(letter.from.clone()));
        some("to", Some(letter.to.clone()));
        some("subject", Some(letter.subject.line()));
        some("Message-ID", letter.message_id.clone());
        some("by", Some(letter.by.clone()));
        some("written", Some(self.moment(letter.created_at)));
        some("held", letter.held_because.as_ref().map(line));
        some("queued", letter.queued_at.map(|at| self.moment(at)));
        let (name, tries) = tries(letter);
        some(name, letter.queued_at.map(|_| tries));
        let end = if letter.sent { "sent" } else { "settled" };
        some(end, letter.settled_at.map(|at| self.moment(at)));
        some("server", letter.answer.as_ref().map(line));
        some("last error", letter.last_error.as_ref().map(line));
    }

    /// The letters for programs.
    pub fn letters_document(&self) -> impl Serialize {
        let all = self.letters.iter();
        all.map(|l| self.letter_line(l)).collect::<Vec<_>>()
    }

    fn letter_line<'s>(&self, letter: &'s Letter) -> LetterLine<'s> {
        let settled_at = letter.settled_at.map(|at| at.to_string());
        LetterLine {
            n: letter.n,
            file: self.letter_file(letter),
            id: letter.id,
            kind: letter.kind,
            state: letter.state,
            from: &letter.from,
            to: &letter.to,
            subject: &letter.subject,
            message_id: letter.message_id.as_deref(),
            by: &letter.by,
            created_at: letter.created_at.to_string(),
            queued_at: letter.queued_at.map(|at| at.to_string()),
            offers: letter.offers,
            attempts: letter.attempts,
            sent_at: settled_at.clone().filter(|_| letter.sent),
            settled_at,
            reply: letter.answer.as_ref(),
            last_error: letter.last_error.as_ref(),
            held_because: letter.held_because.as_ref(),
        }
    }
}

/// How often it was offered, and what came of the rest. The answer that refused it for good
/// is no "not now"; where it was the first, nothing was ever offered.
fn tries(letter: &Letter) -> (&'static str, String) {
    let refused = letter.state == "refused";
    let put_off = letter.attempts.saturating_sub(u32::from(refused));
    let (name, often) = match refused && letter.offers == 0 {
        true => ("tried", letter.attempts),
        false => ("offered", letter.offers),
    };
    let mut words = times(often);
    if put_off > 0 {
        words.push_str(&format!(", put off {}", times(put_off)));
    }
    if refused {
        words.push_str(", refused");
    }
    (name, words)
}

fn times(n: u32) -> String {
    match n {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        n => format!("{n} times"),
    }
}
