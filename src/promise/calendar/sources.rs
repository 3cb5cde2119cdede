//! Where the days off come from, how far they are known, and in which other zones a
//! deadline is shown.
//!
//! What the team wrote into its own config goes before what a file says: a day that both
//! name bears the team's name, and a half day of the team's stays one.

use super::{Calendar, CalendarError, Holiday, HolidayFile};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A holiday file that was read, without its days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What it is called; harmless.
    pub name: String,
    /// Its last day off; `None` if it never ends.
    pub until: Option<Date>,
    /// How many of its events were left out because they have a time of day.
    pub timed: usize,
}

impl Calendar {
    /// The same calendar with the days off of a file. Half days are given before: on one
    /// of them the file has no say.
    ///
    /// # Errors
    /// When fewer than 150 business days a year are left with it, or more than 16 days
    /// off are in a row.
    pub fn with_file(mut self, file: HolidayFile) -> Result<Self, CalendarError> {
        let place = Some(self.sources.len());
        self.sources.push(Source {
            name: file.name,
            until: file.until,
            timed: file.timed,
        });
        for (day, name) in file.days {
            if !self.half_days.contains_key(&day) {
                let holiday = Holiday { name, file: place };
                self.holidays.entry(day).or_insert(holiday);
            }
        }
        self.check()?;
        Ok(self)
    }

    /// The same calendar, whose deadlines are shown to the team in these IANA zones too.
    /// They decide nothing.
    ///
    /// # Errors
    /// A zone that is not known.
    pub fn with_also_shown(mut self, zones: &[&str]) -> Result<Self, CalendarError> {
        let zone =
            |name: &&str| TimeZone::get(name).map_err(|_| CalendarError::Zone((*name).to_owned()));
        self.also_shown = zones.iter().map(zone).collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// The other zones in which a deadline is shown to the team.
    pub fn also_shown(&self) -> &[TimeZone] {
        &self.also_shown
    }

    /// The holiday files, in the order in which the config names them.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The file that makes `date` a holiday, by name; `None` if the config itself does.
    pub fn file_of(&self, date: Date) -> Option<&str> {
        let place = self.holidays.get(&date)?.file?;
        self.sources.get(place).map(|source| source.name.as_str())
    }

    /// The holidays from `from` on that take a working day away, in order.
    pub fn days_off_from(&self, from: Date) -> impl Iterator<Item = Date> {
        self.holidays_from(from)
            .map(|(day, _)| day)
            .filter(|day| !self.is_weekend(*day))
    }

    /// The last day that is known to be a holiday; behind it, deadlines may fall on days
    /// on which nobody works. `None` when holidays are known for ever, by a yearly rule
    /// without an end; [`Date::MIN`] when none is known at all.
    pub fn known_until(&self) -> Option<Date> {
        if self.sources.iter().any(|source| source.until.is_none()) {
            return None;
        }
        let last = self.holidays.last_key_value();
        Some(last.map_or(Date::MIN, |(day, _)| *day))
    }
}

#[cfg(test)]
mod tests;
