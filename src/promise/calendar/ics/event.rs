//! One event of a holiday file: on which days it begins, and how many it lasts.

use super::rule::{self, FIRST_YEAR, LAST_YEAR};
use super::{IcsError, Property};
use crate::mail::Foreign;
use crate::promise::calendar::sound::LONGEST;
use jiff::Unit;
use jiff::civil::Date;

/// What a day off without a name is called.
const UNNAMED: &str = "public holiday";

/// A VEVENT as it stands in the file.
pub(super) struct Event {
    /// The line of its BEGIN.
    pub(super) line: usize,
    pub(super) properties: Vec<Property>,
}

/// What an event says.
pub(super) enum Read {
    Off(Off),
    /// It has a time of day.
    Timed,
    Cancelled,
}

/// Days off.
pub(super) struct Off {
    pub(super) name: String,
    /// Within the years 2000 to 2099.
    pub(super) starts: Vec<Date>,
    /// In days, 1 to 16.
    pub(super) length: usize,
    /// It comes again for ever.
    pub(super) endless: bool,
}

/// A day, or an instant with its time of day, which is not looked at.
#[derive(PartialEq, Eq)]
enum When {
    Day(Date),
    Timed,
}

const WRITE_OUT: &str = "write its days out as events of their own, or as holidays in the config";

impl Event {
    pub(super) fn new(line: usize) -> Self {
        Self {
            line,
            properties: Vec::new(),
        }
    }

    pub(super) fn read(&self) -> Result<Read, IcsError> {
        let start = self
            .one("DTSTART")?
            .ok_or_else(|| self.wrong(self.line, "has no DTSTART", super::DAMAGED))?;
        let first = self.when(start)?;
        if let Some(id) = self.one("RECURRENCE-ID")?
            && (first != When::Timed || self.when(id)? != When::Timed)
        {
            // It changes one day of another event; left out, that day would stay off.
            return Err(self.wrong(
                id.line,
                "has a RECURRENCE-ID: it changes one day of another event",
                WRITE_OUT,
            ));
        }
        let first = match first {
            When::Day(first) => first,
            When::Timed => return Ok(Read::Timed),
        };
        if self
            .one("STATUS")?
            .is_some_and(|status| status.value.trim().eq_ignore_ascii_case("CANCELLED"))
        {
            return Ok(Read::Cancelled);
        }
        for name in ["RDATE", "EXRULE"] {
            if let Some(property) = self.all(name).next() {
                return Err(self.wrong(
                    property.line,
                    &format!("has {name}, which is not understood"),
                    WRITE_OUT,
                ));
            }
        }
        let (mut starts, endless) = match self.one("RRULE")? {
            None => (vec![first], false),
            Some(property) => rule::starts(&property.value, first).map_err(|what| {
                let rule = Foreign::new(property.value.trim()).cut(80);
                self.wrong(
                    property.line,
                    &format!("has the rule {rule}: {what}"),
                    "yearly rules are understood, such as FREQ=YEARLY;BYMONTH=5;BYDAY=1MO; else write the days out",
                )
            })?,
        };
        let except = self.exceptions()?;
        starts
            .retain(|day| (FIRST_YEAR..=LAST_YEAR).contains(&day.year()) && !except.contains(day));
        Ok(Read::Off(Off {
            name: self.name(60).unwrap_or_else(|| UNNAMED.to_owned()),
            length: self.length(first)?,
            starts,
            endless,
        }))
    }

    /// From DTEND, which is the day after the last (section 3.6.1), or from DURATION; one
    /// day without either. An end on the first day itself is read as one day.
    fn length(&self, first: Date) -> Result<usize, IcsError> {
        let (line, days) = match (self.one("DTEND")?, self.one("DURATION")?) {
            (None, None) => return Ok(1),
            (Some(end), None) => match self.when(end)? {
                When::Day(end_day) => {
                    let days = first
                        .until((Unit::Day, end_day))
                        .map_or(i32::MAX, |span| span.get_days());
                    (end.line, if days == 0 { 1 } else { days })
                }
                When::Timed => {
                    return Err(self.wrong(
                        end.line,
                        "begins on a day and ends at a time",
                        super::DAMAGED,
                    ));
                }
            },
            (None, Some(duration)) => {
                let days = whole_days(&duration.value).ok_or_else(|| {
                    self.wrong(
                        duration.line,
                        "has a DURATION that is none of whole days",
                        WRITE_OUT,
                    )
                })?;
                (duration.line, days)
            }
            (Some(_), Some(duration)) => {
                return Err(self.wrong(
                    duration.line,
                    "has both DTEND and DURATION",
                    super::DAMAGED,
                ));
            }
        };
        if days > LONGEST {
            return Err(self.wrong(
                line,
                &format!("lasts {days} days"),
                "more than 16 days off in a row are no holiday: leave it out, or keep one day of duty in between",
            ));
        }
        usize::try_from(days)
            .ok()
            .filter(|days| *days > 0)
            .ok_or_else(|| self.wrong(line, "ends before it begins", super::DAMAGED))
    }

    fn exceptions(&self) -> Result<Vec<Date>, IcsError> {
        let mut days = Vec::new();
        for property in self.all("EXDATE") {
            for text in property.value.split(',') {
                let day = day(text).ok_or_else(|| {
                    self.wrong(
                        property.line,
                        "has an EXDATE that is no day",
                        "write EXDATE;VALUE=DATE:20270503",
                    )
                })?;
                days.push(day);
            }
        }
        Ok(days)
    }

    /// `20270503`, or `20270503T090000` with or without `Z` (sections 3.3.4 and 3.3.5).
    fn when(&self, property: &Property) -> Result<When, IcsError> {
        let text = property.value.trim();
        let timed = || {
            let (date, time) = text.split_once('T')?;
            let time = time.strip_suffix('Z').unwrap_or(time);
            let digits = time.len() == 6 && time.bytes().all(|b| b.is_ascii_digit());
            day(date).filter(|_| digits)
        };
        let is_day = property
            .parameter("VALUE")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("DATE"));
        match day(text) {
            Some(day) => Ok(When::Day(day)),
            None if !is_day && timed().is_some() => Ok(When::Timed),
            None => Err(self.wrong(
                property.line,
                &format!("has a {} that is no day", property.name),
                "days are written 20270503",
            )),
        }
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &Property> {
        self.properties.iter().filter(move |p| p.name == name)
    }

    /// The property that stands there at most once.
    fn one(&self, name: &str) -> Result<Option<&Property>, IcsError> {
        let mut all = self.all(name);
        match (all.next(), all.next()) {
            (found, None) => Ok(found),
            (_, Some(second)) => {
                Err(self.wrong(second.line, &format!("has {name} twice"), super::DAMAGED))
            }
        }
    }

    /// SUMMARY, harmless, on one line.
    fn name(&self, width: usize) -> Option<String> {
        let text = unescaped(&self.all("SUMMARY").next()?.value);
        let text = text.trim();
        (!text.is_empty()).then(|| Foreign::new(text).cut(width))
    }

    fn wrong(&self, line: usize, what: &str, advice: &'static str) -> IcsError {
        let event = match self.name(40) {
            Some(name) => format!("the event \"{name}\""),
            None => "an event without a name".to_owned(),
        };
        IcsError::at(line, format!("{event} {what}"), advice)
    }
}

/// Eight digits that are a day.
pub(super) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, month, day) = (text.get(..4)?, text.get(4..6)?, text.get(6..)?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `P2D` or `P1W` (section 3.3.6).
fn whole_days(text: &str) -> Option<i32> {
    let text = text.trim().to_ascii_uppercase();
    let text = text.strip_prefix('+').unwrap_or(&text).strip_prefix('P')?;
    let number = |digits: &str| digits.parse::<u16>().ok().map(i32::from);
    match (text.strip_suffix('D'), text.strip_suffix('W')) {
        (Some(days), _) => number(days),
        (None, Some(weeks)) => Some(number(weeks)? * 7),
        (None, None) => None,
    }
}

/// Section 3.3.11; a line end becomes a space.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push(' '),
                Some(escaped) => out.push(escaped),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    out
}
