//! A number's text taken apart and normalised in place: what exact comparison works on.

use std::cmp::Ordering;

/// A number as `0.DIGITS × 10^point`, its digits borrowed from the text in two runs that together neither begin nor end
/// with a zero. Zero has no digits, no sign and point 0, so equal numbers have equal parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    /// Where the decimal point stands, counted from the first digit. Saturates beyond ±10³⁸, which takes an exponent of
    /// 38 digits.
    pub(super) point: i128,
}

impl<'a> Parts<'a> {
    /// Takes apart a text that is exactly one JSON number (RFC 8259, section 6).
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (negative, rest) = match bytes {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let (whole, rest) = digits(rest);
        if whole.is_empty() || (whole.len() > 1 && whole[0] == b'0') {
            return None;
        }
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => {
                let (fraction, rest) = digits(rest);
                (!fraction.is_empty()).then_some((fraction, rest))?
            }
            rest => (&[][..], rest),
        };
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', rest @ ..] => exponent(rest)?,
            _ => return None,
        };
        Some(Self::normalised(negative, whole, fraction, exponent))
    }

    fn normalised(negative: bool, whole: &'a [u8], fraction: &'a [u8], exponent: i128) -> Self {
        let whole = without_leading_zeros(whole);
        let (fraction, before_point) = if whole.is_empty() {
            let stripped = without_leading_zeros(fraction);
            (stripped, -length(&fraction[..fraction.len() - stripped.len()]))
        } else {
            (fraction, length(whole))
        };
        let fraction = without_trailing_zeros(fraction);
        let whole = if fraction.is_empty() {
            without_trailing_zeros(whole)
        } else {
            whole
        };
        if whole.is_empty() && fraction.is_empty() {
            return Self {
                negative: false,
                whole,
                fraction,
                point: 0,
            };
        }
        Self {
            negative,
            whole,
            fraction,
            point: before_point.saturating_add(exponent),
        }
    }

    /// The significant digits as ASCII, the first of them first.
    pub(super) fn digits(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.whole.iter().chain(self.fraction).copied()
    }

    /// How many significant digits there are; none only for zero.
    pub(super) fn count(&self) -> i128 {
        length(self.whole) + length(self.fraction)
    }

    pub(super) fn is_integer(&self) -> bool {
        self.count() <= self.point
    }

    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        match (self.sign(), other.sign()) {
            (-1, -1) => other.compare_magnitude(self),
            (1, 1) => self.compare_magnitude(other),
            (a, b) => a.cmp(&b),
        }
    }

    fn sign(&self) -> i8 {
        match (self.count() == 0, self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        self.point
            .cmp(&other.point)
            .then_with(|| self.digits().cmp(other.digits()))
    }
}

/// The run of digits at the start, and what follows it.
fn digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(
        bytes
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(bytes.len()),
    )
}

/// Reads what follows the `e`: an optional sign and at least one digit, to the end.
fn exponent(bytes: &[u8]) -> Option<i128> {
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (run, rest) = digits(bytes);
    if run.is_empty() || !rest.is_empty() {
        return None;
    }
    let magnitude = run.iter().fold(0_i128, |sum, digit| {
        sum.saturating_mul(10).saturating_add(i128::from(digit - b'0'))
    });
    Some(if negative { -magnitude } else { magnitude })
}

fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().position(|byte| *byte != b'0').unwrap_or(bytes.len())..]
}

fn without_trailing_zeros(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes
        .iter()
        .rposition(|byte| *byte != b'0')
        .map_or(0, |last| last + 1)]
}

fn length(bytes: &[u8]) -> i128 {
    i128::try_from(bytes.len()).expect("a length in memory fits 128 bits")
}
