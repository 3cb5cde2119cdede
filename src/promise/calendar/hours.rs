//! Team hours as a config writes them.

use crate::promise::FormError;
use jiff::civil::Time;

/// When a business day opens and closes, in civil time. A checked [`super::Calendar`]
/// opens before it closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The opening, included.
    pub open: Time,
    /// The closing, included; most deadlines fall on it.
    pub close: Time,
}

impl Hours {
    /// Reads `09:00-17:00`. Midnight is written `23:59`: a day closes within itself.
    ///
    /// # Errors
    /// Anything else, and hours that end before they begin.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let wrong = || {
            FormError(format!(
                "{text:?} are no team hours: write them as \"09:00-17:00\", at most until 23:59"
            ))
        };
        let (open, close) = text.split_once('-').ok_or_else(wrong)?;
        let hours = Self {
            open: time(open).ok_or_else(wrong)?,
            close: time(close).ok_or_else(wrong)?,
        };
        if hours.open < hours.close {
            Ok(hours)
        } else {
            Err(wrong())
        }
    }

    /// The words that [`Hours::parse`] reads.
    pub fn words(&self) -> String {
        let Self { open, close } = self;
        format!(
            "{:02}:{:02}-{:02}:{:02}",
            open.hour(),
            open.minute(),
            close.hour(),
            close.minute()
        )
    }
}

/// `17:00`, two digits each.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two = |digits: &str| digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
    if !two(hour) || !two(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_read_what_they_write() {
        for text in ["09:00-17:00", "00:00-23:59", "02:30-02:31"] {
            assert_eq!(
                Hours::parse(text).map(|hours| hours.words()),
                Ok(text.to_owned())
            );
        }
        assert_eq!(
            Hours::parse(" 09:00 - 17:30 ").map(|hours| hours.words()),
            Ok("09:00-17:30".to_owned())
        );
    }

    #[test]
    fn what_are_no_hours_is_refused_with_advice() {
        for text in [
            "",
            "9-17",
            "9:00-17:00",
            "09:00",
            "17:00-09:00",
            "09:00-09:00",
            "09:00-24:00",
            "09:00-17:00:00",
            "+9:00-17:00",
        ] {
            assert!(
                Hours::parse(text)
                    .unwrap_err()
                    .to_string()
                    .contains("09:00-17:00"),
                "{text:?}"
            );
        }
    }
}
