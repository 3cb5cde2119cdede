//! Which mail among junk looks like a report.
//!
//! Only to say so in the digest and in lists: a person decides. Whoever reports a hole
//! names its kind or its number, or encrypts; who sells something does so by accident only.

use crate::mail::{Foreign, Mail};

/// So many different words of the trade are no accident.
const WORDS_AT_LEAST: usize = 2;

/// So much of the text is looked at, in bytes.
const LOOKED_AT: usize = 64 * 1024;

/// What people write who report a hole, in small letters; each stands for its forms.
const WORDS: [&str; 44] = [
    "vulnerab",
    "exploit",
    "proof of concept",
    "proof-of-concept",
    " poc",
    "xss",
    "cross-site",
    "cross site",
    "csrf",
    "ssrf",
    "sql injection",
    "injection",
    "remote code",
    " rce",
    "code execution",
    "buffer overflow",
    "use after free",
    "out of bounds",
    "privilege escalation",
    "directory traversal",
    "path traversal",
    "open redirect",
    "clickjacking",
    "subdomain takeover",
    "bypass",
    "deserialization",
    "denial of service",
    "disclosure",
    "security researcher",
    "security issue",
    "security bug",
    "bug bounty",
    "security.txt",
    "reproduce",
    "payload",
    "attacker",
    "leaked",
    "sicherheitsl\u{fc}cke",
    "schwachstelle",
    "vuln\u{e9}rabilit",
    "faille",
    "vulnerabilid",
    "vulnerabilit",
    "\u{443}\u{44f}\u{437}\u{432}\u{438}\u{43c}",
];

/// Numbers and vectors that nobody writes by accident.
const NUMBERS: [&str; 4] = ["cve-", "cwe-", "ghsa-", "cvss:"];

/// Whether a mail that was found among junk looks like a report.
pub fn looks_like_report(mail: &Mail) -> bool {
    if mail.is_encrypted() {
        return true;
    }
    let text = format!(" {} {}", mail.subject.raw(), start(mail.to_read())).to_lowercase();
    let numbered = NUMBERS.iter().any(|mark| {
        let mut after = text.split(mark).skip(1);
        after.any(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    });
    numbered || WORDS.iter().filter(|word| text.contains(**word)).count() >= WORDS_AT_LEAST
}

fn start(text: &Foreign) -> &str {
    let text = text.raw();
    let end = text
        .char_indices()
        .map(|(at, _)| at)
        .take_while(|at| *at <= LOOKED_AT)
        .last();
    text.get(..end.filter(|_| text.len() > LOOKED_AT).unwrap_or(text.len()))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Encryption, Sealed};

    fn check(subject: &str, text: &str, expected: bool) {
        let mail = Mail {
            subject: Foreign::new(subject),
            text: Foreign::new(text),
            ..Mail::default()
        };
        assert_eq!(looks_like_report(&mail), expected, "{subject} {text}");
    }

    #[test]
    fn a_report_names_what_it_reports() {
        check("Stored XSS", "An attacker can run script.", true);
        check("your server", "It is open to CVE-2026-1234.", true);
        check("Hinweis", "Schwachstelle mit Proof of Concept", true);
        check("Cheap pills", "Bypass the pharmacy!", false);
        check("Invoice", "Please pay CVE- now", false);
        check("", "", false);
        let encrypted = Mail {
            sealed: Sealed {
                encrypted: Some(Encryption::PgpMime),
                signed: None,
            },
            ..Mail::default()
        };
        assert!(looks_like_report(&encrypted));
    }

    #[test]
    fn what_people_read_is_looked_at_and_not_a_footer() {
        let parts = "--b\nContent-Type: text/html\n\n<p>Stored XSS: an attacker can run script.\n\
            --b\n\nThis list is for members.\n--b--\n";
        let eml = format!("Content-Type: multipart/mixed; boundary=b\n\n{parts}");
        assert!(looks_like_report(&crate::mail::parse::parse(
            eml.as_bytes(),
            true
        )));
    }

    #[test]
    fn a_long_text_is_looked_at_from_its_start() {
        let filler = "\u{e9}".repeat(LOOKED_AT);
        check("", &format!("xss payload {filler}"), true);
        check("", &format!("{filler} xss payload"), false);
    }
}
