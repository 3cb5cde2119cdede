//! Facts in, reasons out: what of all that is known is wrong.

use super::{CLOCKS, Kind, Known, NO_PASS, Reason, SET, TROUBLE, Trouble, promises_nothing};
use crate::desk::account;
use jiff::Timestamp;

/// What is wrong at this moment, the gravest kinds first.
pub fn judge(known: &Known, now: Timestamp) -> Vec<Reason> {
    let mut reasons = folders(known, now);
    reasons.extend(ways(known, now));
    reasons.extend(letters(known));
    reasons.extend(record(known));
    reasons.extend(clocks(known, now));
    if known.calendar_ends {
        reasons.push(Reason::new(
            Kind::Calendar,
            None,
            "the calendar knows no holiday after the next 30 days",
            "add the days off that come: a deadline may fall on a day on which nobody works",
        ));
    }
    reasons.extend(outside(known, now));
    reasons.sort_by_key(|reason| reason.kind);
    reasons
}

/// What stands outside and should not, or soon no more.
fn outside(known: &Known, now: Timestamp) -> Vec<Reason> {
    let names = known.names.as_ref().map(|(count, first)| {
        let more = match count {
            1 => String::new(),
            n => format!(", and {} more", n - 1),
        };
        let text = format!("a name of {first} was withdrawn and stands in a file of ours{more}");
        Reason::new(
            Kind::Names,
            None,
            text,
            "gatepost show says where, and what takes it out",
        )
    });
    let ends = known.security_txt_ends.map(|at| {
        let text = if at <= now {
            "security.txt has expired".to_owned()
        } else {
            format!("security.txt expires in {}", minutes(now, at))
        };
        Reason::new(
            Kind::SecurityTxt,
            None,
            text,
            "gatepost export security-txt, and publish it",
        )
    });
    names.into_iter().chain(ends).collect()
}

/// One reason a mailbox, however many of its folders are not read.
fn folders(known: &Known, now: Timestamp) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    for watched in &known.folders {
        let about = format!("{} of mailbox {}", watched.folder, watched.mailbox);
        let Some(looked_at) = watched.looked_at else {
            let text = format!("{about} has no baseline and is not read");
            let hint = format!("gatepost init --folder {:?}", watched.folder);
            reasons.push(Reason::new(Kind::NoBaseline, None, text, hint));
            continue;
        };
        let told =
            |r: &Reason| r.kind == Kind::NoPass && r.mailbox.as_ref() == Some(&watched.mailbox);
        if now.duration_since(looked_at) < NO_PASS || reasons.iter().any(told) {
            continue;
        }
        let text = format!(
            "{about} could not be read to its end for {}",
            minutes(looked_at, now)
        );
        let hint = "gatepost check logs in and says what is wrong";
        let reason = Reason::new(Kind::NoPass, Some(looked_at), text, hint);
        reasons.push(Reason {
            mailbox: Some(watched.mailbox.clone()),
            detail: watched.trouble.as_ref().map(|t| t.why.clone()),
            ..reason
        });
    }
    reasons
}

/// `1 letter`, `2 letters`.
fn counted(n: impl Into<i128>, one: &str, many: &str) -> String {
    let n = n.into();
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `14 min`, `3 h`, `2 days`.
fn minutes(since: Timestamp, now: Timestamp) -> String {
    match now.duration_since(since).as_mins() {
        n @ ..120 => format!("{n} min"),
        n @ 120..2880 => format!("{} h", n / 60),
        n => format!("{} days", n / 1440),
    }
}

/// What leads out: the relay, the reminders, the alarm command; and the head and the config.
fn ways(known: &Known, now: Timestamp) -> Vec<Reason> {
    let lasting = |trouble: &&Trouble| now.duration_since(trouble.since) >= TROUBLE;
    let told = |kind, trouble: &Trouble, text: &str, hint: &str| {
        Reason::new(kind, Some(trouble.since), text, hint).with_detail(&trouble.why)
    };
    let smtp = known.smtp.as_ref().filter(lasting).map(|trouble| {
        told(
            Kind::Smtp,
            trouble,
            "the SMTP server takes no letter; all of them wait",
            "gatepost check logs in and says what is wrong",
        )
    });
    let reminders = known.reminders.as_ref().map(|trouble| {
        told(
            Kind::Reminders,
            trouble,
            "the team may not be reminded of everything",
            "gatepost audit --offline says what in the record cannot be read",
        )
    });
    let alarm = known.alarm.as_ref().map(|trouble| {
        told(
            Kind::Alarm,
            trouble,
            "the alarm command does not take what it is told",
            "gatepost check --test runs it",
        )
    });
    let config = known.config.as_ref().map(|trouble| {
        told(
            Kind::Config,
            trouble,
            "the config on the disk could not be taken; the daemon goes on with the old one",
            "gatepost check says what is wrong; then reload again",
        )
    });
    let head = known.head.as_ref().map(|trouble| {
        told(
            Kind::Head,
            trouble,
            "how far the record has come cannot be kept beside it: an old copy that is put back may not be noticed",
            "gatepost writes gatepost.db.head into the store's folder: see to the folder and its disk",
        )
    });
    [smtp, reminders, head, alarm, config]
        .into_iter()
        .flatten()
        .collect()
}

fn letters(known: &Known) -> Vec<Reason> {
    let waiting = known.waiting.map(|(count, since)| {
        let text = counted(count, "letter waits", "letters wait");
        let text = format!("{text} in the outbox for more than an hour");
        Reason::new(
            Kind::Outbox,
            Some(since),
            text,
            "gatepost outbox shows them, and why",
        )
    });
    let unsettled = known.letters.iter().map(|(state, count, since)| {
        let text = match state.as_str() {
            "refused" => counted(*count, "letter was refused", "letters were refused"),
            _ => counted(*count, "letter", "letters") + " may or may not have arrived",
        };
        let hint =
            "gatepost outbox shows them; answer by another way, then: gatepost outbox drop N";
        Reason::new(Kind::Letters, Some(*since), text, hint)
    });
    waiting.into_iter().chain(unsettled).collect()
}

/// What stands in the record: differences, late promises, mails that nobody could read.
fn record(known: &Known) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(audit) = known.audit.as_ref().filter(|audit| audit.count > 0) {
        let of_index = |first: &String| audit.count == 1 && first.starts_with(account::INDEX);
        let (text, hint) = match audit.first.as_ref().is_some_and(of_index) {
            true => (account::INDEX.to_owned(), account::INDEX_ANEW),
            false => {
                let places = counted(audit.count, "place", "places");
                (
                    format!("the record disagrees with itself in {places}"),
                    "gatepost audit --offline names them; keep a copy of the store before anything else",
                )
            }
        };
        let reason = Reason::new(Kind::Audit, Some(audit.at), text, hint);
        reasons.push(Reason {
            detail: audit.first.clone(),
            ..reason
        });
    }
    if let Some(open) = known.promised_before {
        let (text, hint) = promises_nothing(open);
        reasons.push(Reason::new(Kind::Promises, None, text, hint));
    }
    if let Some((reference, promise, due_at)) = known.late.first() {
        let more = match known.late.len() {
            1 => String::new(),
            n => format!(", and {} more", n - 1),
        };
        let text = format!("{reference} {promise} is late{more}");
        let hint = "gatepost list --late";
        reasons.push(Reason::new(Kind::Overdue, Some(*due_at), text, hint));
    }
    if let Some((count, since)) = known.unreadable {
        let text = counted(count, "mail", "mails") + " could not be read, and nobody has looked";
        let hint =
            "look in the mailbox; gatepost list shows their tickets, gatepost assign takes one";
        reasons.push(Reason::new(Kind::Unreadable, Some(since), text, hint));
    }
    reasons
}

fn clocks(known: &Known, now: Timestamp) -> Vec<Reason> {
    let hint = "set the clock of this machine (timedatectl); deadlines are counted by it";
    let recent = |trouble: &&Trouble| now.duration_since(trouble.since) < SET;
    let ahead = known
        .newest
        .filter(|at| at.duration_since(now) > CLOCKS)
        .map(|at| {
            let text = format!(
                "the record was written {} ahead of our clock",
                minutes(now, at)
            );
            Reason::new(Kind::Clock, None, text, hint)
        });
    let back = known.clock_back.as_ref().filter(recent).map(|t| {
        let text = format!("our clock was put back {}", t.why);
        Reason::new(Kind::Clock, Some(t.since), text, hint)
    });
    let forwards = known.clock_forwards.as_ref().filter(recent).map(|t| {
        let text = format!(
            "our clock was set forwards {}, and no mail has come since that says it is right",
            t.why
        );
        Reason::new(Kind::Clock, Some(t.since), text, hint)
    });
    let server = known.server_clock.as_ref().map(|t| {
        let text = format!("the mail server's clock is ahead of ours {}", t.why);
        Reason::new(Kind::Clock, Some(t.since), text, hint)
    });
    // They say the same of one clock: the first is enough.
    [server, ahead, back, forwards]
        .into_iter()
        .flatten()
        .take(1)
        .collect()
}

#[cfg(test)]
mod tests;
