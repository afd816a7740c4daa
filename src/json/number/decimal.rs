//! Exact sums and differences of numbers, for questions such as "within 0.01 of".

use std::cmp::Ordering;
use std::fmt;

use serde_json::Number;

use super::parts::Parts;

/// How far apart the exponents of two numbers may be for their sum to be written out.
const WIDEST: u128 = 10_000;

/// An exact decimal number, `±DIGITS × 10^exponent`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// The values 0 to 9, most significant first, neither the first nor the last a zero; none for zero.
    digits: Vec<u8>,
    /// The power of ten of the last digit.
    exponent: i128,
}

/// Two numbers of so different a size that their exact sum is not worth its digits: their exponents are more than
/// 10,000 apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFarApart;

impl fmt::Display for TooFarApart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the exponents of the two numbers are more than 10000 apart")
    }
}

impl std::error::Error for TooFarApart {}

impl Decimal {
    /// Reads a text that is exactly one JSON number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts = Parts::read(text)?;
        Some(Self {
            negative: parts.negative,
            digits: parts.digits().map(|digit| digit - b'0').collect(),
            exponent: parts.point.saturating_sub(parts.count()),
        })
    }

    /// The exact value of a JSON number; nothing only for a number made by hand from a text that is none.
    #[must_use]
    pub fn from_number(number: &Number) -> Option<Self> {
        Self::parse(number.as_str())
    }

    /// The decimal with the fewest digits that leads back to the float; nothing for an infinity or NaN.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        Self::from_number(&Number::from_f64(value)?)
    }

    /// The float nearest to the value; an infinity beyond what a float holds.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.to_string()
            .parse()
            .expect("the grammar of a JSON number is within that of a Rust float")
    }

    /// The value as a JSON number.
    #[must_use]
    pub fn to_number(&self) -> Number {
        Number::from_string_unchecked(self.to_string())
    }

    /// Whether the value is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Whether the value is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The value without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self {
            negative: false,
            ..self.clone()
        }
    }

    /// The value with the other sign.
    #[must_use]
    pub fn negate(&self) -> Self {
        Self {
            negative: !self.negative && !self.is_zero(),
            ..self.clone()
        }
    }

    /// The exact sum.
    ///
    /// # Errors
    /// [`TooFarApart`] where neither is zero and the exponents differ by more than 10,000.
    pub fn add(&self, other: &Self) -> Result<Self, TooFarApart> {
        if self.is_zero() {
            return Ok(other.clone());
        }
        if other.is_zero() {
            return Ok(self.clone());
        }
        if self.exponent.abs_diff(other.exponent) > WIDEST {
            return Err(TooFarApart);
        }
        let exponent = self.exponent.min(other.exponent);
        let (a, b) = (self.reversed_from(exponent), other.reversed_from(exponent));
        let (negative, reversed) = if self.negative == other.negative {
            (self.negative, sum(&a, &b))
        } else if compare_reversed(&a, &b) == Ordering::Less {
            (other.negative, difference(&b, &a))
        } else {
            (self.negative, difference(&a, &b))
        };
        Ok(Self::from_reversed(negative, reversed, exponent))
    }

    /// The exact difference.
    ///
    /// # Errors
    /// As [`Decimal::add`].
    pub fn sub(&self, other: &Self) -> Result<Self, TooFarApart> {
        self.add(&other.negate())
    }

    /// The digits, least significant first, the first of them standing for 10^`exponent`.
    fn reversed_from(&self, exponent: i128) -> Vec<u8> {
        let zeros = usize::try_from(self.exponent.abs_diff(exponent)).expect("bounded by WIDEST");
        std::iter::repeat_n(0, zeros)
            .chain(self.digits.iter().rev().copied())
            .collect()
    }

    fn from_reversed(negative: bool, reversed: Vec<u8>, exponent: i128) -> Self {
        let low_zeros = reversed.iter().take_while(|digit| **digit == 0).count();
        let digits: Vec<u8> = reversed[low_zeros..]
            .iter()
            .rev()
            .copied()
            .skip_while(|digit| *digit == 0)
            .collect();
        if digits.is_empty() {
            return Self {
                negative: false,
                digits,
                exponent: 0,
            };
        }
        let shift = i128::try_from(low_zeros).expect("a length in memory fits 128 bits");
        Self {
            negative,
            digits,
            exponent: exponent.saturating_add(shift),
        }
    }

    fn point(&self) -> i128 {
        self.exponent
            .saturating_add(i128::try_from(self.digits.len()).expect("a length in memory fits 128 bits"))
    }

    fn sign(&self) -> i8 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        self.point()
            .cmp(&other.point())
            .then_with(|| self.digits.cmp(&other.digits))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.sign(), other.sign()) {
            (-1, -1) => other.compare_magnitude(self),
            (1, 1) => self.compare_magnitude(other),
            (a, b) => a.cmp(&b),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self::from_number(&Number::from(value)).expect("an integer is written as a number")
    }
}

impl From<u64> for Decimal {
    fn from(value: u64) -> Self {
        Self::from_number(&Number::from(value)).expect("an integer is written as a number")
    }
}

/// A JSON number: plain where that takes few zeros (`0.015`, `1200`), with an exponent otherwise (`1e400`).
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST_ZEROS: i128 = 20;
        if self.is_zero() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let digits: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let point = self.point();
        match usize::try_from(point) {
            Ok(whole) if whole > 0 && whole < digits.len() => {
                write!(f, "{}.{}", &digits[..whole], &digits[whole..])
            }
            _ if (0..=MOST_ZEROS).contains(&self.exponent) => {
                write!(
                    f,
                    "{digits}{}",
                    "0".repeat(usize::try_from(self.exponent).unwrap_or_default())
                )
            }
            _ if (-MOST_ZEROS..=0).contains(&point) => {
                write!(
                    f,
                    "0.{}{digits}",
                    "0".repeat(usize::try_from(-point).unwrap_or_default())
                )
            }
            _ if digits.len() == 1 => write!(f, "{digits}e{}", self.exponent),
            _ => write!(f, "{}.{}e{}", &digits[..1], &digits[1..], point.saturating_sub(1)),
        }
    }
}

/// Adds numbers whose digits stand least significant first.
fn sum(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let mut result = Vec::with_capacity(a.len().max(b.len()) + 1);
    for place in 0..a.len().max(b.len()) {
        let total = a.get(place).unwrap_or(&0) + b.get(place).unwrap_or(&0) + carry;
        result.push(total % 10);
        carry = total / 10;
    }
    result.push(carry);
    result
}

/// Takes `smaller` from `larger`, digits standing least significant first.
fn difference(larger: &[u8], smaller: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut result = Vec::with_capacity(larger.len());
    for (place, digit) in larger.iter().enumerate() {
        let taken = smaller.get(place).unwrap_or(&0) + borrow;
        borrow = u8::from(*digit < taken);
        result.push(digit + 10 * borrow - taken);
    }
    result
}

/// Orders magnitudes whose digits stand least significant first and whose last digit is no zero.
fn compare_reversed(a: &[u8], b: &[u8]) -> Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text} is no number"))
    }

    #[test]
    fn sums_and_differences_are_exact() {
        for (a, b, expected) in [
            ("0.1", "0.2", "0.3"),
            ("1", "-1.0", "0"),
            ("9007199254740992", "1", "9007199254740993"),
            ("-0.05", "0.1", "0.05"),
            ("1e30", "1e-5", "1000000000000000000000000000000.00001"),
            ("999", "1", "1000"),
            ("1e400", "-9e399", "1e399"),
            ("0", "1e99999", "1e99999"),
        ] {
            assert_eq!(decimal(a).add(&decimal(b)), Ok(decimal(expected)), "{a} + {b}");
        }
        assert_eq!(decimal("1e10000").add(&decimal("1")).map(|_| ()), Ok(()));
        assert_eq!(decimal("1e10001").add(&decimal("1")), Err(TooFarApart));
        assert_eq!(decimal("1").sub(&decimal("1e-99999999999")), Err(TooFarApart));
    }

    #[test]
    fn display_is_a_json_number_of_bounded_length() {
        for (text, expected) in [
            ("0.0", "0"),
            ("-0", "0"),
            ("-12.50", "-12.5"),
            ("1200", "1200"),
            ("0.015", "0.015"),
            ("1e400", "1e400"),
            ("-12e-400", "-1.2e-399"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1.5e300", "1.5e300"),
        ] {
            assert_eq!(decimal(text).to_string(), expected);
            assert_eq!(decimal(expected), decimal(text));
        }
    }

    #[test]
    fn floats_and_integers_convert() {
        assert_eq!(Decimal::from_f64(0.1), Some(decimal("0.1")));
        assert_eq!(Decimal::from_f64(f64::INFINITY), None);
        assert_eq!(decimal("-2.5").to_f64(), -2.5);
        assert_eq!(Decimal::from(i64::MIN).to_string(), i64::MIN.to_string());
        assert_eq!(Decimal::from(u64::MAX).to_number(), Number::from(u64::MAX));
        assert_eq!(decimal("-2").abs(), decimal("2"));
    }

    proptest! {
        #[test]
        fn adding_is_that_of_integers(a in -(1_i64 << 60)..(1 << 60), b in -(1_i64 << 60)..(1 << 60)) {
            prop_assert_eq!(Decimal::from(a).add(&Decimal::from(b)), Ok(Decimal::from(a + b)));
            prop_assert_eq!(Decimal::from(a).sub(&Decimal::from(b)), Ok(Decimal::from(a - b)));
            prop_assert_eq!(Decimal::from(a).cmp(&Decimal::from(b)), a.cmp(&b));
        }

        #[test]
        fn what_was_added_can_be_taken_away(a in "-?[1-9][0-9]{0,20}(\\.[0-9]{1,9})?(e-?[0-9]{1,3})?", b in "-?[1-9][0-9]{0,20}(\\.[0-9]{1,9})?(e-?[0-9]{1,3})?") {
            let (a, b) = (decimal(&a), decimal(&b));
            prop_assert_eq!(a.add(&b).and_then(|sum| sum.sub(&b)), Ok(a.clone()));
            prop_assert_eq!(decimal(&a.to_string()), a);
        }
    }
}
