//! Durations and sizes as people write them: always with a unit.

use std::time::Duration;

/// A duration such as `500ms`, `10s`, `1m 30s`; none without a unit.
pub fn duration(text: &str) -> Option<Duration> {
    humantime::parse_duration(text.trim()).ok()
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, size};

    #[test]
    fn units_are_needed() {
        assert_eq!(duration("1m 30s"), Some(Duration::from_secs(90)));
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("5"), None);
        assert_eq!(size("10MiB"), Some(10 << 20));
        assert_eq!(size("1.5 KB"), Some(1500));
        assert_eq!(size("-1B"), None);
        assert_eq!(size("10"), None);
    }
}
