//! Times as people read them, and places along a line of time.

/// Microseconds as a time with its unit: `0.4 ms`, `212 ms`, `1.90 s`, `2 min 5 s`.
pub(in crate::report) fn time(microseconds: u64) -> String {
    let milliseconds = microseconds as f64 / 1000.0;
    // What would be rounded to a thousand of one unit is one of the next.
    if milliseconds < 9.95 {
        format!("{milliseconds:.1} ms")
    } else if milliseconds < 999.5 {
        format!("{milliseconds:.0} ms")
    } else if milliseconds < 59_995.0 {
        format!("{:.2} s", milliseconds / 1000.0)
    } else {
        let seconds = microseconds.saturating_add(500_000) / 1_000_000;
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

/// A part of a line, in percent of it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(in crate::report) struct Part {
    pub(in crate::report) start: String,
    pub(in crate::report) width: String,
}

/// The least width of a part that is to be seen at all.
const LEAST: f64 = 0.4;

/// Where a time from `start` on, `length` long, lies on a line that is `whole` long; all in microseconds.
pub(in crate::report) fn part(start: u64, length: u64, whole: u64) -> Part {
    let percent = |amount: u64| amount as f64 * 100.0 / whole.max(1) as f64;
    let start = percent(start).min(100.0 - LEAST);
    let width = percent(length).clamp(LEAST, 100.0 - start);
    Part {
        start: shown(start),
        width: shown(width),
    }
}

fn shown(percent: f64) -> String {
    // In whole numbers, which there are thousands of on a page, and quicker to write.
    let hundredths = (percent * 100.0).round() as u64;
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => format!("{whole}%"),
        (whole, rest) if rest % 10 == 0 => format!("{whole}.{}%", rest / 10),
        (whole, rest) => format!("{whole}.{rest:02}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_unit_that_fits() {
        for (microseconds, shown) in [
            (0, "0.0 ms"),
            (400, "0.4 ms"),
            (9_949, "9.9 ms"),
            (9_951, "10 ms"),
            (212_000, "212 ms"),
            (999_499, "999 ms"),
            (999_500, "1.00 s"),
            (1_904_000, "1.90 s"),
            (59_994_000, "59.99 s"),
            (59_999_000, "1 min 0 s"),
            (125_000_000, "2 min 5 s"),
            // A log that was changed by hand may tell any time.
            (u64::MAX, "307445734561 min 49 s"),
        ] {
            assert_eq!(time(microseconds), shown);
        }
    }

    #[test]
    fn a_part_lies_within_its_line() {
        let of = |start, length, whole| {
            let part = part(start, length, whole);
            (part.start, part.width)
        };
        assert_eq!(of(0, 50, 100), ("0%".to_owned(), "50%".to_owned()));
        assert_eq!(of(90, 50, 100), ("90%".to_owned(), "10%".to_owned()));
        assert_eq!(of(200, 0, 100), ("99.6%".to_owned(), "0.4%".to_owned()));
        assert_eq!(of(0, 0, 0), ("0%".to_owned(), "0.4%".to_owned()));
    }
}
