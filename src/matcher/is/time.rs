//! Dates and times as RFC 3339, section 5.6, writes them.

use jiff::Timestamp;
use jiff::civil::Date;

/// Whether a text is a `full-date` that the calendar has.
pub(super) fn is_date(text: &str) -> bool {
    has_shape(text, "dddd-dd-dd") && text.parse::<Date>().is_ok()
}

/// Whether a text is a `date-time`, its offset included.
pub(in crate::matcher) fn is_date_time(text: &str) -> bool {
    let Some((seconds, rest)) = text.split_at_checked(19) else {
        return false;
    };
    // The time library reads shorter and longer forms as well.
    let has_seconds = has_shape(&seconds.replacen('t', "T", 1), "dddd-dd-ddTdd:dd:dd");
    has_seconds && is_offset(after_fraction(rest)) && text.parse::<Timestamp>().is_ok()
}

fn after_fraction(text: &str) -> &str {
    match text.strip_prefix('.') {
        Some(fraction) if fraction.starts_with(|first: char| first.is_ascii_digit()) => {
            fraction.trim_start_matches(|it: char| it.is_ascii_digit())
        }
        _ => text,
    }
}

fn is_offset(text: &str) -> bool {
    matches!(text, "Z" | "z") || has_shape(text, "+dd:dd") || has_shape(text, "-dd:dd")
}

/// Whether a text has the given characters, with a digit for each `d`.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text
            .bytes()
            .zip(shape.bytes())
            .all(|(byte, wanted)| match wanted {
                b'd' => byte.is_ascii_digit(),
                _ => byte == wanted,
            })
}

#[cfg(test)]
mod tests {
    use super::{is_date, is_date_time};

    #[test]
    fn dates() {
        assert!(is_date("2024-02-29"));
        for no in ["2023-02-29", "20240229", "2024-2-9", "2024-02-29Z", ""] {
            assert!(!is_date(no), "{no}");
        }
    }

    #[test]
    fn times() {
        for yes in [
            "2024-02-29T12:00:00Z",
            "2024-02-29t12:00:00.123456+01:30",
            "2016-12-31T23:59:60Z",
        ] {
            assert!(is_date_time(yes), "{yes}");
        }
        for no in [
            "2024-02-29",
            "2024-02-29T12:00Z",
            "2024-02-29T12:00:00",
            "2024-02-29T12:00:00.Z",
            "2024-02-29T25:00:00Z",
            "2024-02-30T12:00:00Z",
            "2024-02-29T12:00:00+01:00[Europe/Oslo]",
            "",
        ] {
            assert!(!is_date_time(no), "{no}");
        }
    }
}
