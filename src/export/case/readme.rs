//! `README.txt`: what is in the folder, of what, when and by whom it was made.

use super::{Case, Mail, Written, field, inert};
use crate::mail::harmless;

/// What the files of each name are.
const FILES: [(&str, &str); 11] = [
    (
        "facts.txt",
        "what happened, when, who says so, how that is known",
    ),
    (
        "facts.json",
        "the same with the hashes of the chain, and how they are computed",
    ),
    (
        "letters.txt",
        "what became of each letter, with the mail server's answer; letters.json for programs",
    ),
    (
        "reminders.txt",
        "who of the team was reminded, by which letter, with the server's answer; reminders.json",
    ),
    (
        "thread.txt",
        "mails, letters and notes in their order, with their text",
    ),
    (
        "explain.txt",
        "how each deadline came about, day by day; explain.json for programs",
    ),
    (
        "policy.toml",
        "the policy that was in force when the ticket opened: its SHA-256 is the digest above",
    ),
    (
        "mails/",
        "each mail as it came, byte for byte; NN is its number in `gatepost show`",
    ),
    (
        "letters/",
        "each letter as it was handed to the mail server; where it was not sent, its name says so",
    ),
    (
        "attachments/",
        "the attachments of the mails, under harmless names; NN is the number of the mail",
    ),
    (
        "SHA256SUMS",
        "the sum of every other file: `sha256sum -c SHA256SUMS` in this folder compares them",
    ),
];

impl Case<'_> {
    /// The index, of the files that were `written` before it.
    pub fn readme(&self, version: &str, written: &[Written]) -> String {
        let mut out = format!(
            "{} {}\n\nConfidential: this folder holds a report, who wrote it, and notes of the team. The mails and\ntheir attachments are a stranger's: open them where nothing can break.\n\n",
            self.reference, self.name
        );
        let policy = &self.policy;
        let record = &self.record;
        let chain = match &record.fault {
            None => "The chain of all facts is unbroken.".to_owned(),
            Some(fault) => format!("THE RECORD IS NOT WHOLE: {fault}."),
        };
        for (name, value) in [
            ("subject", self.subject.line()),
            ("opened", self.moment(self.opened_at)),
            (
                "exported",
                format!(
                    "{} by {}, gatepost {version}",
                    self.moment(self.made_at),
                    self.made_by
                ),
            ),
            (
                "policy",
                format!(
                    "{} of {}, {}\ndigest {}",
                    policy.name, policy.version, policy.url, policy.digest
                ),
            ),
            (
                "record",
                format!(
                    "fact {} is the last of all; its hash is {}\n({} in the digests to the team). {chain}",
                    record.facts, record.head, record.short
                ),
            ),
        ] {
            field(&mut out, name, &value);
        }
        for note in &self.notes {
            field(&mut out, "note", note);
        }
        self.mails_text(&mut out);
        out.push_str("\nFiles\n");
        for (name, what) in FILES {
            let there = |file: &Written| file.name.starts_with(name);
            if name == "SHA256SUMS" || written.iter().any(there) {
                out.push_str(&format!("  {name:<14} {what}\n"));
            }
        }
        out.push_str("\nSums (SHA-256, bytes, name)\n");
        for file in written {
            let about = match file.about.as_str() {
                "" => String::new(),
                about => format!("   {}", harmless(about, |_| false)),
            };
            let (sum, bytes, name) = (&file.sha256, file.bytes, &file.name);
            out.push_str(&format!("  {sum} {bytes:>10}  {name}{about}\n"));
        }
        inert(&out)
    }

    fn mails_text(&self, out: &mut String) {
        out.push_str("\nMails\n");
        if self.mails.is_empty() {
            out.push_str("  There is none: the report did not come by mail.\n");
        }
        for mail in &self.mails {
            let file = self.mail_file(mail);
            out.push_str(&format!(
                "\n{:<5} {}\n",
                mail.n,
                file.as_deref().unwrap_or("NO FILE: no byte of it is kept")
            ));
            field(out, "received", &self.moment(mail.received_at));
            field(out, "found in", &mail.folder);
            field(out, "from", mail.from.as_deref().unwrap_or("nobody"));
            field(out, "subject", &mail.subject.line());
            field(out, "Message-ID", mail.message_id.as_deref().unwrap_or("-"));
            field(out, "judged", &mail.judged);
            field(out, "vouched for", &mail.authentication);
            if let Some(lack) = mail.lack() {
                field(out, "NOT WHOLE", &lack);
            }
            field(out, "defects", &mail.defects);
        }
    }
}

impl Mail {
    /// What is not kept of it.
    pub fn lack(&self) -> Option<String> {
        let (kept, size) = (self.kept, self.size);
        match kept {
            0 => Some(
                "its server did not give it; gatepost audit --repair asks for it again".to_owned(),
            ),
            _ if kept < size => Some(format!(
                "over the size limit, or over the memory that there was: {kept} of {size} bytes are kept, the rest is in the mailbox"
            )),
            _ => None,
        }
    }
}
