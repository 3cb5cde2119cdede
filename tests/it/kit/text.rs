//! What letters and folders say.

use super::*;

/// A plain report.
pub fn report(from: &str, to: &str, id: &str, subject: &str, extra: &str, body: &str) -> Vec<u8> {
    format!("From: Mia O. <{from}>\nTo: {to}\nSubject: {subject}\nMessage-ID: <{id}>\nDate: Mon, 1 Jan 2001 00:00:00 +0000\n{extra}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{body}\n")
        .into_bytes()
}

/// A header of a message, unfolded.
pub fn header(message: &str, name: &str) -> Option<String> {
    let head = message
        .split("\n\n")
        .next()
        .unwrap()
        .replace("\n ", " ")
        .replace("\n\t", " ");
    let prefix = format!("{}:", name.to_ascii_lowercase());
    head.lines()
        .find(|l| l.to_ascii_lowercase().starts_with(&prefix))
        .map(|l| l[prefix.len()..].trim().to_owned())
}

/// The decoded body of a message of ours: text, whatever its transfer encoding.
pub fn body(message: &str) -> String {
    let (_, body) = message.split_once("\n\n").unwrap();
    if header(message, "Content-Transfer-Encoding").is_some_and(|e| e == "quoted-printable") {
        return from_quoted_printable(&body.replace("=\n", ""));
    }
    body.to_owned()
}

fn from_quoted_printable(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut i) = (Vec::new(), 0);
    while i < bytes.len() {
        let code = (bytes[i] == b'=')
            .then(|| text.get(i + 1..i + 3))
            .flatten()
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        out.push(code.unwrap_or(bytes[i]));
        i += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap()
}

/// Everything that lies below a folder, as one text for searching.
pub fn all_files(below: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(all_files(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            found.push((path, bytes));
        }
    }
    found
}

/// A date in 60 days, as a person types it.
pub fn soon() -> String {
    let day = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .saturating_add(jiff::Span::new().days(60));
    day.to_string()
}
