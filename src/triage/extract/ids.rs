//! Numbers of CVE, GHSA and CWE.

use super::line::{before, runs};
use super::said::{Hit, What};
use super::{cve, ghsa};

/// The highest number of CWE that may be meant.
const LAST_CWE: u32 = 1_999;

/// The identifiers of a line; URLs hold some too.
pub fn ids(text: &str, hits: &mut Vec<Hit>) {
    for (at, word) in runs(text, |c| c.is_ascii_alphanumeric() || c == '-') {
        let span = |id: &str| (at, at + id.len().min(word.len()));
        if let Some(id) = cve(word) {
            hits.push(Hit::new(What::Cve, id.clone(), span(&id)));
        } else if let Some(id) = ghsa(word) {
            hits.push(Hit::new(What::Ghsa, id.clone(), span(&id)));
        } else if word.get(..3).is_some_and(|w| w.eq_ignore_ascii_case("cwe")) {
            cwe(text, at, hits);
        }
    }
}

/// `CWE-79`, `CWE 79`, `CWE79`, `CWE: 79`, `CWE-ID 79`.
fn cwe(text: &str, at: usize, hits: &mut Vec<Hit>) {
    let rest = text.get(at + 3..).unwrap_or_default();
    let rest = match rest.get(..3) {
        Some(id) if id.eq_ignore_ascii_case("-id") => rest.get(3..).unwrap_or_default(),
        Some(_) | None => rest,
    };
    let number = rest.trim_start_matches([' ', '-', ':', '#']);
    if rest.len() - number.len() > 2 {
        return;
    }
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let start = text.len() - number.len();
    let end = start + digits;
    let over = number.get(digits..).unwrap_or_default();
    let ends = !over.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let begins = before(text, at).is_none_or(|c| !c.is_alphanumeric());
    let value: Option<u32> = number.get(..digits).and_then(|n| n.parse().ok());
    if let Some(n) = value.filter(|n| (1..=LAST_CWE).contains(n) && ends && begins && digits <= 4) {
        hits.push(Hit::new(What::Cwe, format!("CWE-{n}"), (at, end)));
    }
}

/// What the number of a CWE stands for, in short; `None` for one that is not among the common
/// ones.
pub fn cwe_name(id: &str) -> Option<&'static str> {
    let n: u16 = id.strip_prefix("CWE-")?.parse().ok()?;
    let at = CWES.binary_search_by_key(&n, |(n, _)| *n).ok()?;
    CWES.get(at).map(|(_, name)| *name)
}

/// The common ones, in order: names after MITRE's list, shortened.
const CWES: [(u16, &str); 58] = [
    (20, "input validation"),
    (22, "path traversal"),
    (59, "link following"),
    (73, "external control of file name"),
    (74, "injection"),
    (77, "command injection"),
    (78, "OS command injection"),
    (79, "cross-site scripting"),
    (88, "argument injection"),
    (89, "SQL injection"),
    (90, "LDAP injection"),
    (93, "CRLF injection"),
    (94, "code injection"),
    (113, "HTTP response splitting"),
    (119, "memory bounds"),
    (120, "buffer overflow"),
    (121, "stack overflow"),
    (122, "heap overflow"),
    (125, "out-of-bounds read"),
    (134, "format string"),
    (190, "integer overflow"),
    (200, "information exposure"),
    (203, "observable difference"),
    (209, "error message with information"),
    (250, "unnecessary privileges"),
    (269, "privilege management"),
    (276, "default permissions"),
    (284, "access control"),
    (287, "authentication"),
    (290, "authentication by spoofing"),
    (295, "certificate validation"),
    (306, "missing authentication"),
    (307, "authentication attempts not limited"),
    (311, "missing encryption"),
    (312, "stored in clear"),
    (319, "sent in clear"),
    (327, "weak cryptography"),
    (330, "weak randomness"),
    (345, "authenticity not verified"),
    (352, "cross-site request forgery"),
    (362, "race condition"),
    (384, "session fixation"),
    (400, "resource consumption"),
    (416, "use after free"),
    (426, "untrusted search path"),
    (434, "file upload"),
    (444, "request smuggling"),
    (476, "NULL dereference"),
    (502, "deserialisation"),
    (522, "credentials not protected"),
    (601, "open redirect"),
    (611, "XML external entity"),
    (639, "authorisation by a key of the user's"),
    (770, "no limits"),
    (787, "out-of-bounds write"),
    (798, "hard-coded credentials"),
    (862, "missing authorisation"),
    (918, "server-side request forgery"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_their_numbers() {
        assert!(CWES.is_sorted_by(|a, b| a.0 < b.0));
        for (n, name) in CWES {
            assert_eq!(cwe_name(&format!("CWE-{n}")), Some(name));
        }
        assert_eq!(cwe_name("CWE-21"), None);
        assert_eq!(cwe_name("79"), None);
    }
}
