//! Durations, sizes and rates as people write them: always with a unit.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

/// The longest duration: a century. Times that are counted from now have to stay within the range of the clock.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// A duration such as `500ms`, `10s`, `1m 30s`; none without a unit, and none over a century.
pub fn duration(text: &str) -> Option<Duration> {
    let duration = humantime::parse_duration(text.trim()).ok()?;
    (duration <= LONGEST).then_some(duration)
}

/// A size such as `512B`, `40KiB`, `1.5MB` in bytes; none without a unit.
pub fn size(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 7] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("B", 1),
    ];
    let text = text.trim();
    let (number, unit) = UNITS
        .iter()
        .find_map(|(name, unit)| text.strip_suffix(name).map(|number| (number.trim(), *unit)))?;
    let number: f64 = number.parse().ok()?;
    #[expect(clippy::cast_precision_loss, reason = "the units are far below 2^53")]
    let bytes = number * unit as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be within range"
    )]
    (number >= 0.0 && bytes < 9e15).then_some(bytes as u64)
}

/// So many in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    /// How many; at least one.
    pub count: NonZeroU32,
    /// How long the stretch is.
    pub per: Stretch,
}

/// The stretch of time of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stretch {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
}

impl Stretch {
    /// How long it is.
    pub fn duration(self) -> Duration {
        match self {
            Stretch::Second => Duration::from_secs(1),
            Stretch::Minute => Duration::from_secs(60),
            Stretch::Hour => Duration::from_secs(3600),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = match self.per {
            Stretch::Second => "s",
            Stretch::Minute => "min",
            Stretch::Hour => "h",
        };
        write!(formatter, "{}/{per}", self.count)
    }
}

/// A rate such as `10/s`, `500/min` or `1000/h`; none without a unit, and none of nothing.
pub fn rate(text: &str) -> Option<Rate> {
    let (count, per) = text.trim().split_once('/')?;
    let per = match per.trim() {
        "s" => Stretch::Second,
        "min" => Stretch::Minute,
        "h" => Stretch::Hour,
        _ => return None,
    };
    let count = count.trim();
    let is_number = count.bytes().all(|byte| byte.is_ascii_digit());
    let count = is_number.then(|| count.parse().ok()).flatten()?;
    Some(Rate { count, per })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, rate, size};

    #[test]
    fn units_are_needed() {
        assert_eq!(duration("1m 30s"), Some(Duration::from_secs(90)));
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("5"), None);
        assert!(duration("99years").is_some());
        assert_eq!(duration("500000000000years"), None);
        assert_eq!(size("10MiB"), Some(10 << 20));
        assert_eq!(size("1.5 KB"), Some(1500));
        assert_eq!(size("-1B"), None);
        assert_eq!(size("10"), None);
    }

    #[test]
    fn a_rate_is_a_number_and_a_stretch_of_time() {
        for text in ["10/s", "500/min", "1/h", "4294967295/s"] {
            assert_eq!(rate(text).map(|rate| rate.to_string()).as_deref(), Some(text));
        }
        assert_eq!(
            rate(" 5 / min ").map(|rate| rate.to_string()).as_deref(),
            Some("5/min")
        );
        for text in [
            "",
            "5",
            "5/",
            "/s",
            "0/s",
            "-1/s",
            "+1/s",
            "1.5/s",
            "5/m",
            "5/10s",
            "4294967296/s",
        ] {
            assert_eq!(rate(text), None, "{text}");
        }
    }
}
