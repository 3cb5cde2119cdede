//! `reminders.txt` for people, `reminders.json` for programs: who of the team was reminded of
//! the ticket's deadlines, by which letter, with what the mail server said when it took it.

use super::{Case, field, inert};
use crate::mail::Foreign;
use jiff::Timestamp;
use serde::Serialize;

/// A letter to one person of the team that reminded of deadlines of the ticket.
pub struct Reminder {
    /// Its number in the outbox.
    pub id: i64,
    /// What it is, in the word that the store keeps: of this ticket alone, or a digest.
    pub kind: &'static str,
    /// How far it has come, in such a word.
    pub state: &'static str,
    /// The server took it.
    pub sent: bool,
    /// The person, as the config called them then.
    pub who: String,
    /// The address that it went to.
    pub to: String,
    /// What it reminded of: a promise, and the step of its reminders.
    pub of: Vec<(String, String)>,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// What the server said when it took it.
    pub answer: Option<Foreign>,
    /// What went wrong last.
    pub last_error: Option<Foreign>,
}

#[derive(Serialize)]
struct ReminderLine<'a> {
    id: i64,
    kind: &'static str,
    state: &'static str,
    who: &'a str,
    to: &'a str,
    reminds: Vec<Of<'a>>,
    message_id: Option<&'a str>,
    created_at: String,
    settled_at: Option<String>,
    sent_at: Option<String>,
    reply: Option<&'a Foreign>,
    last_error: Option<&'a Foreign>,
}

#[derive(Serialize)]
struct Of<'a> {
    promise: &'a str,
    step: &'a str,
}

impl Case<'_> {
    /// The reminders for people.
    pub fn reminders_text(&self) -> String {
        let mut out = format!(
            "{} {}: who of the team was reminded of its deadlines, and what the mail server said.\nA digest tells of other tickets too: its text is not here. Local times are those of the team;\nin brackets the same in UTC.\n",
            self.reference, self.name
        );
        for reminder in &self.reminders {
            self.reminder_text(&mut out, reminder);
        }
        if self.reminders.is_empty() {
            out.push_str("\nNobody was reminded.\n");
        }
        inert(&out)
    }

    fn reminder_text(&self, out: &mut String, reminder: &Reminder) {
        let state = reminder.state.to_uppercase();
        out.push_str(&format!("\n{}, {state}\n", reminder.kind));
        let mut some = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                field(out, name, &value);
            }
        };
        let of = reminder.of.iter();
        let of: Vec<String> = of
            .map(|(promise, step)| format!("{promise} ({step})"))
            .collect();
        some("reminds of", Some(of.join(", ")));
        some("to", Some(format!("{} <{}>", reminder.who, reminder.to)));
        some("letter", Some(format!("{} of the outbox", reminder.id)));
        some("Message-ID", reminder.message_id.clone());
        some("written", Some(self.moment(reminder.created_at)));
        let end = if reminder.sent { "sent" } else { "settled" };
        some(end, reminder.settled_at.map(|at| self.moment(at)));
        some("server", reminder.answer.as_ref().map(Foreign::line));
        some(
            "last error",
            reminder.last_error.as_ref().map(Foreign::line),
        );
    }

    /// The reminders for programs.
    pub fn reminders_document(&self) -> impl Serialize {
        let all = self.reminders.iter();
        all.map(reminder_line).collect::<Vec<_>>()
    }
}

fn reminder_line(reminder: &Reminder) -> ReminderLine<'_> {
    let settled_at = reminder.settled_at.map(|at| at.to_string());
    let of = reminder.of.iter();
    ReminderLine {
        id: reminder.id,
        kind: reminder.kind,
        state: reminder.state,
        who: &reminder.who,
        to: &reminder.to,
        reminds: of.map(|(promise, step)| Of { promise, step }).collect(),
        message_id: reminder.message_id.as_deref(),
        created_at: reminder.created_at.to_string(),
        sent_at: settled_at.clone().filter(|_| reminder.sent),
        settled_at,
        reply: reminder.answer.as_ref(),
        last_error: reminder.last_error.as_ref(),
    }
}
