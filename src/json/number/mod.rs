//! Exact decimals over a JSON number's text, so that no value is ever rounded through `f64`.

mod decimal;
mod parts;

use std::cmp::Ordering;

pub use decimal::{Decimal, TooFarApart};
use parts::Parts;
pub use serde_json::Number;

/// Orders two numbers by their exact value, whatever way they are written: `1.0` is `1`, `10` is `1e1`, `-0` is `0`, and
/// `1e400` is less than `1e401`. Takes time linear in the text, not in the exponent, and allocates nothing.
#[must_use]
pub fn compare(a: &Number, b: &Number) -> Ordering {
    match (Parts::read(a.as_str()), Parts::read(b.as_str())) {
        (Some(a), Some(b)) => a.cmp(&b),
        // Only a number made by hand from a text that is none comes here; texts are then all there is to order by.
        (a_parts, b_parts) => a_parts
            .is_some()
            .cmp(&b_parts.is_some())
            .then_with(|| a.as_str().cmp(b.as_str())),
    }
}

/// Whether two numbers have exactly the same value. See [`compare`].
#[must_use]
pub fn equal(a: &Number, b: &Number) -> bool {
    a.as_str() == b.as_str() || compare(a, b) == Ordering::Equal
}

/// Whether the value has no fractional part. As in JSON Schema (draft 6 and later), the value counts and not the way it
/// is written: `1.0` and `1e2` are integers, `1e-2` is none.
#[must_use]
pub fn is_integer(number: &Number) -> bool {
    Parts::read(number.as_str()).is_some_and(|parts| parts.is_integer())
}

/// Reads a text that is exactly one JSON number (RFC 8259, section 6): no space, no `+` in front, no leading zeros.
/// The number keeps the text.
#[must_use]
pub fn parse(text: &str) -> Option<Number> {
    Parts::read(text).map(|_| Number::from_string_unchecked(text.to_owned()))
}

/// The number for a float, written with the fewest digits that lead back to it; nothing for an infinity or NaN.
#[must_use]
pub fn from_f64(value: f64) -> Option<Number> {
    Number::from_f64(value)
}

/// The number for a signed integer.
#[must_use]
pub fn from_i64(value: i64) -> Number {
    Number::from(value)
}

/// The number for an unsigned integer.
#[must_use]
pub fn from_u64(value: u64) -> Number {
    Number::from(value)
}

/// The float nearest to the number; an infinity where the number is beyond what a float holds. For display and for
/// statistics, never to compare.
#[must_use]
pub fn to_f64(number: &Number) -> f64 {
    // The grammar of a JSON number is within that of a Rust float.
    number.as_str().parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        parse(text).unwrap_or_else(|| panic!("{text} is no number"))
    }

    #[test]
    fn other_ways_to_write_a_number_are_the_same_number() {
        for (a, b) in [
            ("1", "1.0"),
            ("10", "1e1"),
            ("10", "1E+1"),
            ("-0", "0"),
            ("0", "0.000e99"),
            ("-0.0", "0e-5"),
            ("0.1", "1e-1"),
            ("0.00120", "12e-4"),
            ("1e400", "10e399"),
            ("100.50", "1.005e2"),
        ] {
            assert_eq!(compare(&number(a), &number(b)), Ordering::Equal, "{a} {b}");
            assert!(equal(&number(a), &number(b)), "{a} {b}");
        }
    }

    #[test]
    fn order_is_exact() {
        let ascending = [
            "-1e401",
            "-1e400",
            "-9007199254740993",
            "-9007199254740992",
            "-1.5",
            "-1",
            "-1e-400",
            "0",
            "1e-401",
            "1e-400",
            "0.1",
            "0.10000000000000000000001",
            "1",
            "9",
            "10",
            "9007199254740992",
            "9007199254740993",
            "1e400",
            "1.0000000000000000000001e400",
            "1e401",
            "1e9999999999999999999999",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(compare(&number(a), &number(b)), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn integers_are_told_by_value() {
        for text in ["0", "-0", "0.0", "1.0", "1e2", "12.50e1", "1e400", "0e-9"] {
            assert!(is_integer(&number(text)), "{text}");
        }
        for text in ["0.5", "1e-2", "12.5e0", "1.0000000000000000000000001", "10e-2"] {
            assert!(!is_integer(&number(text)), "{text}");
        }
    }

    #[test]
    fn only_the_grammar_of_json_is_a_number() {
        for text in [
            "", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1 ", " 1", "0x1", "NaN", "1_000", "1.2.3",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
        assert_eq!(number("1.50E+007").as_str(), "1.50E+007");
    }

    #[test]
    fn floats_round_where_they_must() {
        assert_eq!(to_f64(&number("0.1")), 0.1);
        assert_eq!(to_f64(&number("-1e400")), f64::NEG_INFINITY);
        assert_eq!(from_f64(f64::NAN), None);
        assert_eq!(from_f64(0.25).unwrap().as_str(), "0.25");
    }

    proptest! {
        #[test]
        fn integers_order_as_integers(a: i64, b: i64) {
            prop_assert_eq!(compare(&from_i64(a), &from_i64(b)), a.cmp(&b));
        }

        #[test]
        fn a_shifted_point_is_made_good_by_the_exponent(digits in "[1-9][0-9]{0,30}", at in 0_usize..31, shift in -500_i64..500) {
            let at = at.min(digits.len() - 1) + 1;
            let (whole, fraction) = digits.split_at(at);
            let fraction = if fraction.is_empty() { "0" } else { fraction };
            let moved = digits.len() - at;
            let pointed = number(&format!("{whole}.{fraction}e{shift}"));
            let plain = number(&format!("{digits}e{}", shift - i64::try_from(moved).unwrap()));
            prop_assert_eq!(compare(&pointed, &plain), Ordering::Equal);
        }

        #[test]
        fn floats_order_as_floats(a in proptest::num::f64::NORMAL, b in proptest::num::f64::NORMAL) {
            let (exact_a, exact_b) = (from_f64(a).unwrap(), from_f64(b).unwrap());
            prop_assert_eq!(Some(compare(&exact_a, &exact_b)), a.partial_cmp(&b));
        }
    }
}
