//! Numbers with points that are no versions: a date, a phone, a price, an answer of a mail
//! server, the number of a heading.

/// `550 5.1.1`, `(#5.7.1)`: how a mail server says what became of a mail (RFC 3463).
pub fn is_status(parts: &[&str], word: &str, sign: Option<char>) -> bool {
    let class = matches!(parts, [c, _, _] if ["2", "4", "5"].contains(c));
    let digits = word.bytes().all(|b| b.is_ascii_digit());
    let word = word.trim_end_matches('=');
    let reply = word.len() == 3 && digits && word.starts_with(['2', '4', '5']);
    class && (reply || sign == Some('#') || matches!(word, "status" | "dsn"))
}

/// `01.11.2026`, `2026.11.01`, `01.11.26`.
pub fn is_date(parts: &[&str]) -> bool {
    let numbers: Vec<u32> = parts.iter().filter_map(|p| p.parse().ok()).collect();
    let padded = parts.iter().any(|p| p.len() > 1 && p.starts_with('0'));
    let year = |n: u32| (1970..=2100).contains(&n);
    match numbers.as_slice() {
        [a, b, c] if year(*c) => *a <= 31 && *b <= 31,
        [a, b, c] if year(*a) => *b <= 12 && *c <= 31,
        // `22.11.26`: two digits each.
        [a, b, c] if parts.iter().all(|p| p.len() == 2) => {
            padded || ((1..=31).contains(a) && (1..=12).contains(b) && (20..=39).contains(c))
        }
        [a, b, _] => padded && *a <= 31 && *b <= 31,
        _ => padded,
    }
}

/// A phone, a price, a time, an address with a slip of the pen, an object id: numbers with
/// points that nothing calls a version.
pub fn is_something_else(parts: &[&str], word: &str) -> bool {
    let padded = parts.iter().any(|p| p.len() > 1 && p.starts_with('0'));
    padded
        || match parts {
            [first, second, third] => is_of_three([first, second, third], word),
            [first, rest @ ..] => {
                let local = *first == "10" || (parts.starts_with(&["192", "168"]));
                let of_ip = parts.iter().all(|p| p.len() <= 3);
                // `1.800.555.1212` is a phone, `120.0.6099.109` none.
                let long = parts.iter().filter(|p| p.len() > 2).count() > 2;
                let grouped = long && rest.iter().all(|p| p.len() > 1);
                ((local || first.len() == 3) && of_ip) || grouped || is_object_id(parts)
            }
            [] => false,
        }
}

/// Before a day, in several languages: also what was done on it, and the name of a field.
const ON: [&str; 68] = [
    "on",
    "am",
    "vom",
    "seit",
    "bis",
    "ab",
    "zum",
    "den",
    "dem",
    "der",
    "le",
    "du",
    "au",
    "depuis",
    "jusqu'au",
    "el",
    "del",
    "desde",
    "hasta",
    "al",
    "il",
    "dal",
    "fino",
    "em",
    "até",
    "dia",
    "día",
    "op",
    "sinds",
    "vanaf",
    "tot",
    "van",
    "fra",
    "til",
    "från",
    "till",
    "dnia",
    "od",
    "do",
    "от",
    "с",
    "до",
    "date",
    "dates",
    "day",
    "datum",
    "fecha",
    "data",
    "dato",
    "дата",
    "timeline",
    "today",
    "yesterday",
    "found",
    "seen",
    "discovered",
    "reported",
    "sent",
    "told",
    "retested",
    "disclosed",
    "published",
    "deadline",
    "gefunden",
    "gemeldet",
    "entdeckt",
    "trouvé",
    "signalé",
];

/// `5.15.148` and `2.426.3` are none of these.
fn is_of_three(parts: [&str; 3], word: &str) -> bool {
    let [first, second, third] = parts;
    let is_year = first.len() == 4 && first.starts_with("20");
    let long = parts.iter().filter(|p| p.len() > 2).count();
    // `555.12.34`, `192.168.1`, `1.299.00`, `040.1.2345`.
    let grouped = long > 1 || (first.len() > 2 && !is_year);
    let price = second.len() == 3 && third.len() == 2;
    let ends_in_two = third.len() == 2;
    let dated = match word {
        "at" | "since" | "until" | "by" | "dated" | "around" => true,
        "on" if parts.iter().all(|p| p.len() == 2) => true,
        // `on 2.4.49` is no day.
        _ => is_day(parts) && (word.is_empty() || ON.contains(&word)),
    };
    let dated = dated && ends_in_two;
    grouped || price || dated || is_object_id(&parts)
}

/// `3.11.26`, `11.3.26`, in whichever order.
pub fn is_day(parts: [&str; 3]) -> bool {
    let [a, b, year] = parts.map(|p| p.parse::<u32>().unwrap_or_default());
    (1..=31).contains(&a.max(b)) && (1..=12).contains(&a.min(b)) && (20..=39).contains(&year)
}

/// `10.30.45`, `9.05.00`.
pub fn is_time(parts: [&str; 3]) -> bool {
    let [hour, minute, second] = parts.map(|p| p.parse::<u32>().unwrap_or(99));
    let has_two = parts.iter().skip(1).all(|p| p.len() == 2);
    has_two && hour < 25 && minute < 60 && second < 60
}

/// Those of the United States, which stand in keys and certificates.
fn is_object_id(parts: &[&str]) -> bool {
    parts.starts_with(&["1", "2", "840"]) || parts.starts_with(&["2", "16", "840"])
}

/// So many signs may stand before the number of a heading.
const BEFORE_HEADING: usize = 20;

/// `1.2.1 Description`, `1.2.3) Steps`: a heading with a number.
pub fn is_heading(text: &str, start: usize, end: usize) -> bool {
    let head = text.get(..start).unwrap_or_default();
    let sign = |c: char| c.is_whitespace() || "#*-_>".contains(c);
    let opens = head.chars().rev().take(BEFORE_HEADING).all(sign)
        && head.chars().rev().nth(BEFORE_HEADING).is_none();
    let rest = text
        .get(end..)
        .unwrap_or_default()
        .trim_start_matches(['.', ')', ':', ' ', '*']);
    opens && rest.starts_with(char::is_alphabetic)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::versions::versions;

    pub(in super::super) fn of(text: &str) -> Vec<String> {
        let mut hits = Vec::new();
        versions(text, &mut hits);
        hits.into_iter().map(|hit| hit.value).collect()
    }

    #[test]
    fn a_number_with_points_is_a_version_where_it_can_be_nothing_else() {
        for (text, wanted) in [
            (
                "Your server runs Jenkins 2.426.3, as its header says",
                "2.426.3",
            ),
            ("It runs on Linux 5.15.148.", "5.15.148"),
            ("Tomcat 9.0.100 and all before", "9.0.100"),
            ("Electron 120.0.6099.109 is bundled", "120.0.6099.109"),
            ("Tested on 2.4.49", "2.4.49"),
            ("Tested on 2.44.3 only", "2.44.3"),
            ("I tried it on 5.15.148 as well", "5.15.148"),
            ("the kernel is 4.19.304", "4.19.304"),
            ("Ghost 5.101.6 is hit", "5.101.6"),
            ("Odoo 17.0.20240101 has it", "17.0.20240101"),
            ("Home 2024.12.3 has it", ""),
            ("Calver 2024.13.3 has it", "2024.13.3"),
            ("SonarQube 10.4.1.88267 has it", "10.4.1.88267"),
            ("PHP 7.4.26 and lodash 4.17.21", "7.4.26 4.17.21"),
            ("In 4.17.21 it is open", "4.17.21"),
        ] {
            assert_eq!(of(text).join(" "), wanted, "{text}");
        }
    }

    #[test]
    fn what_can_be_something_else_is_no_version() {
        for text in [
            "Found on 3.11.26 by me",
            "seen on 12.5.26 and on 22.11.26",
            "on 11.23.26 it was open",
            "Gefunden am 3.11.26, seit 2.11.26, bis 12.5.26, vom 1.2.26",
            "trouvé le 3.11.26, depuis le 2.11.26, au 4.11.26",
            "desde el 3.11.26, dal 3.11.26, em 3.11.26, op 3.11.26, den 3.11.26, от 3.11.26",
            "Date: 3.11.26, Datum: 3.11.26, Fecha: 3.11.26",
            "found 3.11.26, reported 4.11.26",
            "(3.11.26)",
            "since 2.4.49",
            "at 10.30.45 it stopped",
            "It costs 1.299.000 or 12.345.678 a year",
            "I paid 1.299.00 for it",
            "Call 555.123.4567, 555.12.34 or 40.1234.5678",
            "Call 1.800.555.1212 or 49.170.555.1234",
            "The id is 2.16.840, 1.2.840 or 1.2.840.113549",
            "the key is 2.16.840.1.101",
            "the net 192.168.1 and 172.16.20",
            "the host 192.168.1.256 and 10.0.0.300",
            "It was 2026.11.01, 01.11.2026 or 1.11.2026",
            "My browser is Chrome 120.0.6099.109 and Firefox 115.0.2",
        ] {
            assert_eq!(of(text), [""; 0], "{text}");
        }
    }
}
