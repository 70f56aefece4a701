//! A point in time with the offset it was written with. Years go beyond 9999, as results of additions may.

use std::cmp::Ordering;
use std::fmt;

const SECONDS_PER_DAY: i64 = 86_400;
const NANOSECONDS_PER_SECOND: i128 = 1_000_000_000;

/// Days of the months of a common year.
const MONTH_DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instant {
    /// Since the beginning of 1970.
    unix_seconds: i64,
    /// What is left over, less than a second.
    nanoseconds: u32,
    /// Local time is ahead of UTC by so much.
    pub offset_seconds: i32,
}

/// What a calendar and a clock show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub year: i64,
    /// From 1.
    pub month: u32,
    /// From 1.
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    /// From 0 for Sunday.
    pub weekday: u32,
}

impl Instant {
    /// Reads RFC 3339. The error says what is wrong, and begins with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::read(text, true)
    }

    /// The same, but an hour of one digit, a comma before the fraction and an offset of a whole day pass as well.
    pub fn parse_loosely(text: &str) -> Result<Self, String> {
        Self::read(text, false)
    }

    fn read(text: &str, is_exact: bool) -> Result<Self, String> {
        Reader { rest: text, is_exact }
            .instant()
            .map_err(|problem| format!("{text:?} is not a timestamp such as 2006-01-02T15:04:05Z: {problem}"))
    }

    /// The time so much later.
    pub fn plus(self, nanoseconds: i64) -> Self {
        let total = i128::from(self.unix_seconds) * NANOSECONDS_PER_SECOND
            + i128::from(self.nanoseconds)
            + i128::from(nanoseconds);
        let seconds = total.div_euclid(NANOSECONDS_PER_SECOND);
        Self {
            // A duration has 64 bits of nanoseconds, which is far fewer seconds.
            unix_seconds: i64::try_from(seconds).unwrap_or(self.unix_seconds),
            nanoseconds: total.rem_euclid(NANOSECONDS_PER_SECOND) as u32,
            ..self
        }
    }

    /// What a calendar and a clock show at its offset.
    pub fn civil(self) -> Civil {
        let local = self.unix_seconds + i64::from(self.offset_seconds);
        let days = local.div_euclid(SECONDS_PER_DAY);
        let second = local.rem_euclid(SECONDS_PER_DAY) as u32;
        let (year, month, day) = date_of(days);
        Civil {
            year,
            month,
            day,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            // The first day of 1970 was a Thursday.
            weekday: (days + 4).rem_euclid(7) as u32,
        }
    }

    /// The offset as `+hh` and `mm`.
    pub fn offset_parts(self) -> (String, String) {
        let minutes = self.offset_seconds.unsigned_abs() / 60;
        let sign = if self.offset_seconds < 0 { '-' } else { '+' };
        (format!("{sign}{:02}", minutes / 60), format!("{:02}", minutes % 60))
    }

    /// The offset as RFC 3339 has it: `Z`, `+05:30`.
    pub fn offset_text(self) -> String {
        let (hours, minutes) = self.offset_parts();
        if self.offset_seconds == 0 { "Z".to_owned() } else { format!("{hours}:{minutes}") }
    }
}

impl Ord for Instant {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.unix_seconds, self.nanoseconds).cmp(&(other.unix_seconds, other.nanoseconds))
    }
}

impl PartialOrd for Instant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In RFC 3339 with whole seconds.
impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second, .. } = self.civil();
        let (sign, year) = (if year < 0 { "-" } else { "" }, year.unsigned_abs());
        write!(formatter, "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}", self.offset_text())
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: u32) -> u32 {
    if month == 2 && is_leap(year) { 29 } else { MONTH_DAYS[month as usize - 1] }
}

/// Days from the first of 1970 to a date. Years are counted from March, so that the day that some have comes last.
fn days_until(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let since_march = i64::from((month + 9) % 12);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * since_march + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date so many days after the first of 1970.
fn date_of(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let since_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * since_march + 2) / 5 + 1) as u32;
    let month = if since_march < 10 { since_march + 3 } else { since_march - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

struct Reader<'t> {
    rest: &'t str,
    is_exact: bool,
}

impl Reader<'_> {
    fn instant(mut self) -> Result<Instant, String> {
        let year = i64::from(self.digits("year", 4)?);
        self.mark('-')?;
        let month = self.bounded("month", 1, 12)?;
        self.mark('-')?;
        let day = self.bounded("day", 1, 31)?;
        if day > days_in(year, month) {
            return Err(format!("month {month} has no day {day}"));
        }
        self.mark('T')?;
        let hour = self.hour()?;
        self.mark(':')?;
        let minute = self.bounded("minute", 0, 59)?;
        self.mark(':')?;
        let second = self.bounded("second", 0, 59)?;
        let nanoseconds = self.fraction();
        let offset_seconds = self.offset()?;
        if !self.rest.is_empty() {
            return Err(format!("{:?} behind it means nothing", self.rest));
        }
        let seconds = i64::from(hour * 3600 + minute * 60 + second);
        let unix_seconds = days_until(year, month, day) * SECONDS_PER_DAY + seconds - i64::from(offset_seconds);
        Ok(Instant { unix_seconds, nanoseconds, offset_seconds })
    }

    fn digits(&mut self, what: &str, count: usize) -> Result<u32, String> {
        let digits = self.rest.get(..count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(digits) = digits else { return Err(format!("the {what} must have {count} digits")) };
        self.rest = &self.rest[count..];
        digits.parse().map_err(|_| format!("the {what} cannot be read"))
    }

    fn bounded(&mut self, what: &str, least: u32, most: u32) -> Result<u32, String> {
        let number = self.digits(what, 2)?;
        if (least..=most).contains(&number) {
            return Ok(number);
        }
        Err(format!("the {what} must be between {least} and {most}"))
    }

    /// The one number that may lack its leading zero, unless read exactly.
    fn hour(&mut self) -> Result<u32, String> {
        match self.rest.as_bytes() {
            [digit @ b'0'..=b'9', b':', ..] if !self.is_exact => {
                self.rest = &self.rest[1..];
                Ok(u32::from(digit - b'0'))
            }
            _ => self.bounded("hour", 0, 23),
        }
    }

    fn mark(&mut self, mark: char) -> Result<(), String> {
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => Err(format!("a {mark:?} is missing before {:?}", self.rest)),
        }
    }

    fn fraction(&mut self) -> u32 {
        let mark = |character: char| character == '.' || (character == ',' && !self.is_exact);
        let Some(behind) = self.rest.strip_prefix(mark) else { return 0 };
        let count = behind.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return 0;
        }
        self.rest = &behind[count..];
        behind
            .bytes()
            .take(count)
            .chain(std::iter::repeat(b'0'))
            .take(9)
            .fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
    }

    fn offset(&mut self) -> Result<i32, String> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(0);
        }
        let sign = match self.rest.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return Err("it must end with Z or an offset such as +01:00".to_owned()),
        };
        self.rest = &self.rest[1..];
        let (most_hours, most_minutes) = if self.is_exact { (23, 59) } else { (24, 60) };
        let hours = self.bounded("hour of the offset", 0, most_hours)?;
        self.mark(':')?;
        let minutes = self.bounded("minute of the offset", 0, most_minutes)?;
        Ok(sign * (hours * 3600 + minutes * 60) as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_agree() {
        for (days, date) in
            [(0, (1970, 1, 1)), (11_016, (2000, 2, 29)), (-719_528, (0, 1, 1)), (2_932_897, (10_000, 1, 1))]
        {
            assert_eq!(date_of(days), date);
            assert_eq!(days_until(date.0, date.1, date.2), days);
        }
        for days in (-800_000..3_000_000).step_by(97) {
            let (year, month, day) = date_of(days);
            assert_eq!(days_until(year, month, day), days);
        }
    }
}
