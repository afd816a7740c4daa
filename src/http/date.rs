//! Dates in headers, in every spelling servers use (RFC 6265bis §5.1.1, which has those of RFC 9110 §5.6.7 among
//! them).

use std::time::{Duration, SystemTime};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads a date by its parts, wherever they stand: a time, a day, a month, a year. A date before 1970 is 1970.
pub(super) fn parse(text: &str) -> Option<SystemTime> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = time_of(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = digits(token, 1..=2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = digits(token, 2..=4)
        {
            year = Some(found);
        }
    }
    let (hour, minute, second) = time?;
    let (day, month, year) = (day?, month?, full_year(year?));
    if !(1..=31).contains(&day) || year < 1601 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_since_1970(year, month, day);
    let seconds = days * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// What stands between the parts: everything but letters, digits, colons and bytes beyond ASCII.
fn is_delimiter(character: char) -> bool {
    character.is_ascii() && !character.is_ascii_alphanumeric() && character != ':'
}

/// The number at the token's start, if it has this many digits and no more.
fn digits(token: &str, count: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let end = token
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(token.len());
    count.contains(&end).then(|| token[..end].parse().ok()).flatten()
}

fn time_of(token: &str) -> Option<(u32, u32, u32)> {
    let mut fields = token.splitn(3, ':');
    let (hour, minute, second) = (fields.next()?, fields.next()?, fields.next()?);
    let whole = |field: &str| (field.len() <= 2).then(|| digits(field, 1..=2)).flatten();
    Some((whole(hour)?, whole(minute)?, digits(second, 1..=2)?))
}

fn month_of(token: &str) -> Option<u32> {
    let start = token.get(..3)?.to_ascii_lowercase();
    let place = MONTHS.iter().position(|month| *month == start)?;
    u32::try_from(place + 1).ok()
}

/// Years of two digits lie between 1970 and 2069.
fn full_year(year: u32) -> u32 {
    match year {
        70..=99 => year + 1900,
        0..=69 => year + 2000,
        _ => year,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that the leap day is
/// the last of its year.
fn days_since_1970(year: u32, month: u32, day: u32) -> i64 {
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days_before_month = (153 * month + 2) / 5;
    let leap_days = year / 4 - year / 100 + year / 400;
    // 719 468 days lie between 0000-03-01 and 1970-01-01.
    year * 365 + leap_days + days_before_month + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<u64> {
        parse(text).map(|time| time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
    }

    #[test]
    fn the_three_spellings_of_http_and_a_few_more_are_one_date() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "06 nov 1994 8:49:37",
            "1994 November 6th, 08:49:37 UTC",
        ] {
            assert_eq!(seconds(text), Some(784_111_777), "{text}");
        }
    }

    #[test]
    fn years_of_two_digits_and_leap_days_are_counted() {
        assert_eq!(seconds("Thu, 01-Jan-70 00:00:00 GMT"), Some(0));
        assert_eq!(seconds("29 Feb 2024 00:00:00"), Some(1_709_164_800));
        assert_eq!(seconds("01 Mar 2024 00:00:00"), Some(1_709_251_200));
        assert_eq!(seconds("01 Jan 69 00:00:00"), Some(3_124_224_000));
        assert_eq!(seconds("01 Jan 1961 00:00:00"), Some(0));
    }

    #[test]
    fn what_is_not_a_date_is_none() {
        for text in [
            "",
            "tomorrow",
            "06 Nov 1994",
            "32 Nov 1994 08:49:37",
            "06 Nov 1994 24:00:00",
            "6 Nov 1500 1:1:1",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = parse(&text);
        }

        #[test]
        fn days_agree_with_a_calendar(year in 1970_i16..2400, month in 1_i8..=12, day in 1_i8..=28) {
            let midnight = jiff::civil::date(year, month, day).at(0, 0, 0, 0);
            let expected = jiff::tz::TimeZone::UTC.to_timestamp(midnight).unwrap().as_second() / 86_400;
            let (year, month, day) = (year.unsigned_abs(), month.unsigned_abs(), day.unsigned_abs());
            proptest::prop_assert_eq!(days_since_1970(year.into(), month.into(), day.into()), expected);
        }
    }
}
