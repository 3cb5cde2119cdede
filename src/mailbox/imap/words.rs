//! The words of IMAP that we write and read: names in quotes, sets of UIDs, dates.

use jiff::Timestamp;
use std::ops::RangeInclusive;

/// How many messages one command asks for. A set of this many ranges stays within the
/// 8,192 bytes of a line that every server takes (RFC 7162 section 4).
pub(super) const BATCH: usize = 500;

/// A name as a quoted string (RFC 9051 section 9, `quoted`). `None` when it holds what
/// cannot stand in one: a line end or a NUL would be another command.
pub(super) fn quoted(name: &str) -> Option<String> {
    let safe = !name.contains(['\r', '\n', '\0']);
    safe.then(|| format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// Ascending and without repetition; 0 is no UID.
pub(super) fn in_order(mut uids: Vec<u32>) -> Vec<u32> {
    uids.sort_unstable();
    uids.dedup();
    uids.retain(|uid| *uid != 0);
    uids
}

/// A sequence set of exactly these UIDs, which must be ascending: `1:3,7`.
pub(super) fn set(uids: &[u32]) -> String {
    let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
    for &uid in uids {
        match ranges.last_mut() {
            Some(last) if last.end().checked_add(1) == Some(uid) => *last = *last.start()..=uid,
            Some(_) | None => ranges.push(uid..=uid),
        }
    }
    let word = |range: &RangeInclusive<u32>| match (range.start(), range.end()) {
        (start, end) if start == end => start.to_string(),
        (start, end) => format!("{start}:{end}"),
    };
    ranges.iter().map(word).collect::<Vec<_>>().join(",")
}

/// Reads an INTERNALDATE (RFC 9051 section 9, `date-time`): `17-Jul-1996 02:44:25 -0700`,
/// the day padded with a space or not.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim())
        .ok()?
        .to_timestamp()
        .ok()
}

/// Writes a moment as [`date`] reads it, in UTC; the day is padded with a space.
pub(super) fn date_time(at: Timestamp) -> String {
    at.strftime("%e-%b-%Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_commands_are_not_names() {
        assert_eq!(quoted("INBOX").as_deref(), Some("\"INBOX\""));
        assert_eq!(
            quoted("a \"b\" \\c").as_deref(),
            Some("\"a \\\"b\\\" \\\\c\"")
        );
        assert_eq!(quoted("M&APw-ll").as_deref(), Some("\"M&APw-ll\""));
        for bad in ["a\r\nA1 DELETE b", "a\n", "\0"] {
            assert_eq!(quoted(bad), None);
        }
    }

    #[test]
    fn sets_name_what_was_asked_and_nothing_between() {
        for (uids, expected) in [
            (&[][..], ""),
            (&[7], "7"),
            (&[1, 2, 3, 7], "1:3,7"),
            (&[1, 3, 5], "1,3,5"),
            (&[u32::MAX - 1, u32::MAX], "4294967294:4294967295"),
        ] {
            assert_eq!(set(uids), expected);
        }
        let worst: Vec<u32> = (0..BATCH as u32).map(|n| 4_000_000_000 + 2 * n).collect();
        assert!(set(&worst).len() < 8000);
    }

    #[test]
    fn order_is_ascending_and_single() {
        assert_eq!(in_order(vec![3, 0, 1, 3, 2]), [1, 2, 3]);
    }

    #[test]
    fn a_moment_is_written_as_servers_read_it() {
        for (at, expected) in [
            ("2026-07-07T02:44:25.9Z", " 7-Jul-2026 02:44:25 +0000"),
            ("2026-12-31T23:59:59Z", "31-Dec-2026 23:59:59 +0000"),
        ] {
            assert_eq!(date_time(at.parse().unwrap()), expected);
        }
    }

    #[test]
    fn dates_of_servers() {
        for (text, expected) in [
            ("17-Jul-1996 02:44:25 -0700", Some("1996-07-17T09:44:25Z")),
            (" 7-Jul-2026 02:44:25 +0000", Some("2026-07-07T02:44:25Z")),
            ("7-Jul-2026 02:44:25 +0000", Some("2026-07-07T02:44:25Z")),
            ("31-Feb-2026 02:44:25 +0000", None),
            ("17-Jul-1996", None),
            ("17-Jul-99999 02:44:25 +0000", None),
            ("31-Dec-9999 23:00:00 -2300", None),
            ("", None),
        ] {
            assert_eq!(
                date(text).map(|at| at.to_string()).as_deref(),
                expected,
                "{text:?}"
            );
        }
    }
}
