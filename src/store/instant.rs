//! Instants and dates in the store: UTC text of fixed width, which sorts and reads.

use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::civil::Date;

/// `2026-11-22T08:30:00.000Z`; finer than a millisecond is cut off.
pub fn write(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Reads what [`write()`] wrote.
pub fn read(text: &str) -> Result<Timestamp> {
    text.parse()
        .with_context(|| format!("the store holds {text:?} where an instant should be"))
}

/// Reads an instant that may be absent.
pub fn read_some(text: Option<&str>) -> Result<Option<Timestamp>> {
    text.map(read).transpose()
}

/// Reads a local date.
pub fn read_date(text: Option<&str>) -> Result<Option<Date>> {
    text.map(|t| {
        t.parse()
            .with_context(|| format!("the store holds {t:?} where a date should be"))
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_as_they_are_written_and_sort_as_text() {
        let a: Timestamp = "2026-11-22T08:30:00.0009Z".parse().unwrap();
        let b: Timestamp = "2026-11-22T08:30:00.001Z".parse().unwrap();
        assert_eq!(write(a), "2026-11-22T08:30:00.000Z");
        assert!(write(a) < write(b));
        assert_eq!(read(&write(b)).unwrap(), b);
        assert!(read("yesterday").is_err());
    }
}
