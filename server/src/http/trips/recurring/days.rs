//! On which days a trip comes again.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use rrule::{Frequency, RRuleSet, Tz as RuleTz};
use waypost_protocol::Millis;

/// Most days that a rule is asked for.
const DAYS_MAX: u16 = 1_000;

/// The days of a recurrence rule (RFC 5545), but for some.
#[derive(Debug)]
pub(super) struct Days {
    rule: RRuleSet,
    except: BTreeSet<NaiveDate>,
}

impl Days {
    /// Reads a rule such as `FREQ=WEEKLY;BYDAY=MO,TU`, and from which day on it counts.
    ///
    /// # Errors
    /// Which field cannot be read, and why.
    pub(super) fn read(
        rule: &str,
        from: &str,
        except: &[String],
    ) -> Result<Self, (&'static str, String)> {
        let from = day("from", from)?;
        let except = except.iter().map(|it| day("except", it)).collect::<Result<_, _>>()?;
        if rule.contains(['\n', '\r']) {
            return Err(("rule", "one rule, in one line".into()));
        }
        let parts = rule.split(';').map(by_the_day).collect::<Result<Vec<_>, _>>()?;
        // At noon, so that no clock and no leap of one moves it to another day.
        let text = format!("DTSTART:{}T120000Z\nRRULE:{}", from.format("%Y%m%d"), parts.join(";"));
        let rule: RRuleSet = text.parse().map_err(|error| ("rule", format!("{error}")))?;
        let by_days = rule.get_rrule().iter().all(|it| {
            matches!(
                it.get_freq(),
                Frequency::Daily | Frequency::Weekly | Frequency::Monthly | Frequency::Yearly
            )
        });
        match by_days {
            true => Ok(Self { rule, except }),
            false => Err(("rule", "by days, weeks, months or years".into())),
        }
    }

    /// The days after one and up to another.
    pub(super) fn between(&self, after: NaiveDate, up_to: NaiveDate) -> Vec<NaiveDate> {
        let from = after.succ_opt().unwrap_or(NaiveDate::MAX);
        let rule = self.rule.clone().after(begin(from)).before(end(up_to));
        let days = rule.all(DAYS_MAX).dates.into_iter().map(|at| at.date_naive());
        let days: BTreeSet<_> = days.filter(|day| !self.except.contains(day)).collect();
        days.into_iter().collect()
    }
}

/// A day as it is written.
pub(super) fn day(field: &'static str, text: &str) -> Result<NaiveDate, (&'static str, String)> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| (field, format!("`{text}` is no day such as `2026-11-30`")))
}

/// A part of a rule that counts days alone: its end is the end of that day, and it has no times.
fn by_the_day(part: &str) -> Result<String, (&'static str, String)> {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    match name.to_ascii_uppercase().as_str() {
        "BYHOUR" | "BYMINUTE" | "BYSECOND" => {
            Err(("rule", format!("`{name}` is no matter of days; stops have times")))
        }
        "UNTIL" => Ok(format!("UNTIL={}T235959Z", value.split('T').next().unwrap_or(value))),
        _ => Ok(part.to_owned()),
    }
}

/// When a trip of this day may be planned, by any clock: so many days before it, and some hours for zones.
pub(super) fn begin_of(day: NaiveDate, days_ahead: u8) -> Millis {
    let first = day.checked_sub_signed(TimeDelta::days(days_ahead.into())).unwrap_or(day);
    (begin(first) - TimeDelta::hours(14)).timestamp_millis()
}

/// Which day it is there.
pub(super) fn day_at(now: Millis, zone: Tz) -> NaiveDate {
    DateTime::from_timestamp_millis(now).unwrap_or_default().with_timezone(&zone).date_naive()
}

/// The day so many days later.
pub(super) fn later(day: NaiveDate, days: u8) -> NaiveDate {
    day.checked_add_signed(TimeDelta::days(days.into())).unwrap_or(day)
}

fn begin(day: NaiveDate) -> DateTime<RuleTz> {
    day.and_time(NaiveTime::MIN).and_utc().with_timezone(&RuleTz::UTC)
}

fn end(day: NaiveDate) -> DateTime<RuleTz> {
    begin(day) + TimeDelta::hours(23)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: &str, except: &[&str], after: &str, up_to: &str) -> Vec<String> {
        let except: Vec<_> = except.iter().map(|it| (*it).to_owned()).collect();
        let days = Days::read(rule, "2026-11-30", &except).expect("a rule");
        let read = |text| day("", text).expect("a day");
        days.between(read(after), read(up_to)).iter().map(NaiveDate::to_string).collect()
    }

    #[test]
    fn a_trip_of_mondays_and_thursdays_stays_away_at_christmas() {
        let rule = "FREQ=WEEKLY;BYDAY=MO,TH";
        assert_eq!(
            days(rule, &["2026-12-24"], "2026-12-20", "2026-12-31"),
            ["2026-12-21", "2026-12-28", "2026-12-31"]
        );
        assert_eq!(days(rule, &[], "2026-11-29", "2026-11-30"), ["2026-11-30"], "the first counts");
        assert_eq!(days(rule, &[], "2026-01-01", "2026-11-29"), [""; 0], "and none before");
    }

    #[test]
    fn it_ends_with_the_day_that_the_rule_names() {
        assert_eq!(days("FREQ=DAILY;COUNT=2", &[], "2026-11-29", "2026-12-31").len(), 2);
        assert_eq!(days("FREQ=DAILY;UNTIL=20261202", &[], "2026-11-01", "2026-12-31").len(), 3);
        let at_night = "FREQ=DAILY;UNTIL=20261202T000000Z";
        assert_eq!(days(at_night, &[], "2026-11-01", "2026-12-31").len(), 3, "the last counts");
        let last = "FREQ=MONTHLY;BYMONTHDAY=-1";
        assert_eq!(
            days(last, &[], "2026-11-30", "2027-02-28"),
            ["2026-12-31", "2027-01-31", "2027-02-28"]
        );
    }

    #[test]
    fn what_is_no_rule_by_days_is_refused_by_its_field() {
        let read = |rule: &str, from: &str, except: &[String]| {
            Days::read(rule, from, except).map(drop).map_err(|(field, _)| field)
        };
        assert_eq!(read("every monday", "2026-11-30", &[]), Err("rule"));
        assert_eq!(read("FREQ=MINUTELY", "2026-11-30", &[]), Err("rule"));
        assert_eq!(read("FREQ=DAILY;BYHOUR=8,16", "2026-11-30", &[]), Err("rule"));
        assert_eq!(read("FREQ=DAILY\nRRULE:FREQ=DAILY", "2026-11-30", &[]), Err("rule"));
        assert_eq!(read("FREQ=DAILY", "30.11.2026", &[]), Err("from"));
        assert_eq!(read("FREQ=DAILY", "2026-11-30", &["soon".into()]), Err("except"));
    }
}
