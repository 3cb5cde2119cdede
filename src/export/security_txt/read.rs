//! Reads a file: its lines, and whether a signature covers them.

use std::str;

const BEGIN: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const END: &str = "-----END PGP SIGNATURE-----";

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Whether it is signed.
    pub signed: Signed,
    /// What it says, without the signature around it.
    pub text: String,
    /// Its fields, in their order.
    pub fields: Vec<Field>,
    /// Lines that are none: not empty, no comment, no field.
    pub strange: Vec<usize>,
    /// It begins with a byte order mark.
    pub has_mark: bool,
}

/// Whether a file is signed in clear (RFC 9580 section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// It is not.
    No,
    /// It is, and the signature's text is whole; whether it holds, a key would have to say.
    Yes,
    /// It looks like it, and is not: on this line.
    Broken(usize),
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The number of its line in the file, from 1.
    pub line: usize,
    /// Its name, as it is written.
    pub name: String,
    /// What stands behind the colon, as it is written.
    pub value: String,
}

/// Reads it.
///
/// # Errors
/// When it is no UTF-8: the number of the line.
pub fn read(file: &[u8]) -> Result<Text, usize> {
    let whole = str::from_utf8(file).map_err(|why| {
        let before = file.get(..why.valid_up_to()).unwrap_or_default();
        before.iter().filter(|b| **b == b'\n').count() + 1
    })?;
    let has_mark = whole.starts_with('\u{feff}');
    let whole = whole.trim_start_matches('\u{feff}');
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let (signed, covered) = signature(&lines);
    let mut read = Text {
        signed,
        text: String::new(),
        fields: Vec::new(),
        strange: Vec::new(),
        has_mark,
    };
    for (i, line) in lines.iter().enumerate() {
        if !covered.contains(&i) {
            continue;
        }
        // A line of a signed text that begins with a dash has `- ` before it.
        let line = match signed {
            Signed::Yes => line.strip_prefix("- ").unwrap_or(line),
            Signed::No | Signed::Broken(_) => line,
        };
        read.text.push_str(line);
        read.line(i + 1, line.trim_end_matches(['\n', '\r']));
    }
    Ok(read)
}

impl Text {
    fn line(&mut self, number: usize, line: &str) {
        if line.trim().is_empty() || line.starts_with('#') {
            return;
        }
        match line.split_once(':') {
            Some((name, value)) if is_name(name) => self.fields.push(Field {
                line: number,
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            Some(_) | None => self.strange.push(number),
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_graphic())
}

/// Whether a file is signed, and which of its lines that covers, from 0.
fn signature(lines: &[&str]) -> (Signed, std::ops::Range<usize>) {
    let at = |mark: &str| lines.iter().position(|l| l.trim_end() == mark);
    let all = 0..lines.len();
    let (begin, end) = match (at(BEGIN), at(SIGNATURE), at(END)) {
        (None, None, None) => return (Signed::No, all),
        (Some(begin), Some(signature), Some(end)) if begin < signature && signature < end => {
            let behind = lines
                .iter()
                .skip(end + 1)
                .position(|l| !l.trim().is_empty());
            let before = lines.iter().take(begin).position(|l| !l.trim().is_empty());
            let outside = before.or(behind.map(|n| n + end + 1));
            if let Some(outside) = outside {
                return (Signed::Broken(outside + 1), begin + 1..signature);
            }
            (begin, signature)
        }
        (begin, signature, end) => {
            let first = [begin, signature, end].into_iter().flatten().min();
            return (Signed::Broken(first.unwrap_or_default() + 1), all);
        }
    };
    // The head of the signature ends with an empty line.
    let head = lines.iter().skip(begin).position(|l| l.trim().is_empty());
    match head.map(|n| begin + n + 1).filter(|from| *from <= end) {
        Some(from) => (Signed::Yes, from..end),
        None => (Signed::Broken(begin + 1), begin + 1..end),
    }
}
