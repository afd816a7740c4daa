//! Numbers compared as the exact decimals they are written as, never through a float.

use serde_json::Number;

/// A decimal in the one form all its spellings share, so `1`, `1.0` and `10e-1` are the same value.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Decimal {
    negative: bool,
    /// The significant digits, without leading or trailing zeros; empty for zero.
    digits: String,
    /// The power of ten of the last digit.
    exponent: i128,
}

/// Whether two numbers are the same decimal.
pub(super) fn equal(left: &Number, right: &Number) -> bool {
    left.as_str() == right.as_str() || decimal(left) == decimal(right)
}

/// Whether a number has no fraction, however it is written: `3`, `3.0` and `30e-1` have none.
pub(super) fn is_integer(number: &Number) -> bool {
    decimal(number).exponent >= 0
}

/// The shared form of a number. An exponent beyond 64 bits is kept as its text: nothing else spells that number
/// in practice, and expanding it would be a way to exhaust memory.
pub(super) fn decimal(number: &Number) -> Decimal {
    let text = number.as_str();
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));

    let mut digits = String::with_capacity(whole.len() + fraction.len());
    digits.push_str(whole);
    digits.push_str(fraction);
    let written = digits.len();
    digits.truncate(digits.trim_end_matches('0').len());
    let trailing = written - digits.len();
    digits.drain(..digits.len() - digits.trim_start_matches('0').len());

    if digits.is_empty() {
        return Decimal {
            negative: false,
            digits,
            exponent: 0,
        };
    }
    match exponent.parse::<i64>() {
        Ok(exponent) => Decimal {
            negative,
            digits,
            exponent: i128::from(exponent) - fraction.len() as i128 + trailing as i128,
        },
        Err(_) => Decimal {
            negative,
            digits: unsigned.to_owned(),
            exponent: 0,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        serde_json::from_str(text).expect("a number")
    }

    #[test]
    fn spellings_of_one_decimal_are_equal() {
        for (left, right) in [
            ("1", "1.0"),
            ("1", "10e-1"),
            ("100", "1E+2"),
            ("-0", "0"),
            ("0e999999999999999999999", "0"),
            ("0.05", "5e-2"),
            ("12.50", "1250e-2"),
            ("1e99999999999999999999", "1e99999999999999999999"),
        ] {
            assert!(equal(&number(left), &number(right)), "{left} and {right}");
        }
    }

    #[test]
    fn neighbours_beyond_the_precision_of_a_float_differ() {
        for (left, right) in [
            ("9007199254740993", "9007199254740992"),
            ("0.1", "0.10000000000000001"),
            ("1", "-1"),
            ("1", "10"),
            ("1e99999999999999999999", "1e99999999999999999998"),
        ] {
            assert!(!equal(&number(left), &number(right)), "{left} and {right}");
        }
    }
}
