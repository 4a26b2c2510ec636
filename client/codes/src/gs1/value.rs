//! Values that are more than text: days and measures.

use std::fmt;

/// A day as GS1 writes it: two digits of the year, and perhaps no day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Gs1Date {
    /// The last two digits of the year.
    pub year: u8,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, from 1; `None` if only the month is known (written as 00).
    pub day: Option<u8>,
}

/// A day with its whole year, in the Gregorian calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Gs1Day {
    /// The year.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

/// A measure with as many digits behind the point as were written: 001250 with three is 1.250.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Gs1Measure {
    /// All digits as one number.
    pub units: u64,
    /// How many of them are behind the decimal point, 0 to 5.
    pub places: u8,
}

impl Gs1Date {
    /// Reads `YYMMDD`; `None` if there is no such day in any century.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Self> {
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let two = |from: usize| digits.get(from..from + 2)?.parse::<u8>().ok();
        let (year, month, day) = (two(0)?, two(2)?, two(4)?);
        // A year that is divisible by four has a 29th of February in the century that may be meant, but for 2100,
        // which no date of today reaches.
        let is_day = (1..=12).contains(&month) && day <= days_of(2000 + u16::from(year), month);
        is_day.then_some(Self { year, month, day: (day > 0).then_some(day) })
    }

    /// The day that is meant when it is read in the year `this_year`: no more than 49 years back and 50 ahead (GS1
    /// General Specifications, section 7.12). Without a day it is the month's last.
    #[must_use]
    pub fn seen_in(self, this_year: u16) -> Gs1Day {
        let (century, now) = (this_year / 100 * 100, i32::from(this_year % 100));
        let year = match i32::from(self.year) - now {
            51.. => (century + u16::from(self.year)).saturating_sub(100),
            ..=-50 => century.saturating_add(100 + u16::from(self.year)),
            _ => century.saturating_add(u16::from(self.year)),
        };
        let last = days_of(year, self.month);
        Gs1Day { year, month: self.month, day: self.day.unwrap_or(last) }
    }
}

impl fmt::Display for Gs1Day {
    /// As ISO 8601 writes it: 2026-03-31.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Gs1Measure {
    pub(super) fn parse(digits: &str, places: u8) -> Option<Self> {
        Some(Self { units: digits.parse().ok()?, places })
    }
}

impl fmt::Display for Gs1Measure {
    /// With a point and all its places: 1.250.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = usize::from(self.places);
        if places == 0 {
            return write!(f, "{}", self.units);
        }
        let digits = format!("{:0width$}", self.units, width = places + 1);
        let (whole, behind) = digits.split_at(digits.len() - places);
        write!(f, "{whole}.{behind}")
    }
}

fn days_of(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(digits: &str, this_year: u16) -> String {
        Gs1Date::parse(digits).unwrap().seen_in(this_year).to_string()
    }

    #[test]
    fn the_century_is_the_nearest_one() {
        assert_eq!(seen("261231", 2026), "2026-12-31");
        assert_eq!(seen("760101", 2026), "2076-01-01", "50 years ahead");
        assert_eq!(seen("770101", 2026), "1977-01-01", "51 years ahead is 49 back");
        assert_eq!(seen("100101", 2060), "2110-01-01", "50 years back is 50 ahead");
        assert_eq!(seen("110101", 2060), "2011-01-01");
        assert_eq!(seen("990101", 2049), "2099-01-01");
    }

    #[test]
    fn a_month_without_a_day_means_its_last_one() {
        assert_eq!(seen("240200", 2026), "2024-02-29");
        assert_eq!(seen("230200", 2026), "2023-02-28");
        assert_eq!(seen("000200", 2096), "2100-02-28");
    }

    #[test]
    fn days_that_do_not_exist_are_none() {
        for digits in
            ["261301", "260001", "260132", "230229", "260431", "26010", "2601011", "26a101"]
        {
            assert_eq!(Gs1Date::parse(digits), None, "{digits}");
        }
        assert!(Gs1Date::parse("240229").is_some());
    }

    #[test]
    fn a_measure_keeps_its_places() {
        let written = |digits, places| Gs1Measure::parse(digits, places).unwrap().to_string();
        assert_eq!(written("001250", 3), "1.250");
        assert_eq!(written("000007", 5), "0.00007");
        assert_eq!(written("000000", 2), "0.00");
        assert_eq!(written("123456", 0), "123456");
    }
}
