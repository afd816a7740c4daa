//! What a plain scalar means in the core schema of YAML 1.2 (<https://yaml.org/spec/1.2.2/#1032-tag-resolution>),
//! with two narrowings: numbers with leading zeros and numbers JSON cannot say are not numbers.

/// What a plain scalar means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Null,
    Bool(bool),
    /// A number, in the form JSON writes it.
    Number(String),
    /// An infinity or not-a-number, which JSON has no number for.
    NotInJson,
    /// A hexadecimal or octal number of more than 128 bits.
    TooLong,
    Text,
}

/// Reads a plain scalar's text.
pub(super) fn meaning(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Meaning::Null,
        "true" | "True" | "TRUE" => Meaning::Bool(true),
        "false" | "False" | "FALSE" => Meaning::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Meaning::NotInJson,
        _ => number(text),
    }
}

fn number(text: &str) -> Meaning {
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Meaning::NotInJson;
    }
    match decimal(unsigned) {
        Some(number) if negative => Meaning::Number(format!("-{number}")),
        Some(number) => Meaning::Number(number),
        None => Meaning::Text,
    }
}

fn radix(digits: &str, radix: u32) -> Meaning {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Meaning::Text;
    }
    match u128::from_str_radix(digits, radix) {
        Ok(number) => Meaning::Number(number.to_string()),
        Err(_) => Meaning::TooLong,
    }
}

/// `12`, `1.50`, `.5`, `1.`, `1e3`: digits kept as written, and a zero put where JSON wants a digit.
fn decimal(text: &str) -> Option<String> {
    let (integer, rest) = split_digits(text);
    if integer.len() > 1 && integer.starts_with('0') {
        return None;
    }
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let (digits, rest) = split_digits(rest);
            (Some(digits), rest)
        }
        None => (None, rest),
    };
    if integer.is_empty() && fraction.is_none_or(str::is_empty) {
        return None;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let (digits, end) = split_digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
        if digits.is_empty() || !end.is_empty() {
            return None;
        }
    } else if !rest.is_empty() {
        return None;
    }
    let or_zero = |digits: &str| {
        if digits.is_empty() {
            "0".to_owned()
        } else {
            digits.to_owned()
        }
    };
    let fraction = fraction
        .map(|digits| format!(".{}", or_zero(digits)))
        .unwrap_or_default();
    Some(format!("{}{fraction}{rest}", or_zero(integer)))
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(
        text.bytes()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(text.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_as_written() {
        for (written, json) in [
            ("0", "0"),
            ("-0", "-0"),
            ("+12", "12"),
            ("1.10", "1.10"),
            ("1e3", "1e3"),
            ("1.5E-07", "1.5E-07"),
            (".5", "0.5"),
            ("-.5e1", "-0.5e1"),
            ("1.", "1.0"),
            ("9007199254740993", "9007199254740993"),
            ("0x1F", "31"),
            ("0o17", "15"),
        ] {
            assert_eq!(meaning(written), Meaning::Number(json.to_owned()), "{written}");
        }
    }

    #[test]
    fn what_only_looks_like_something_else_is_text() {
        for text in [
            "NO",
            "on",
            "yes",
            "y",
            "0123",
            "-01",
            "01.5",
            "1_000",
            "1e",
            "e1",
            ".",
            "-",
            "+",
            "1.2.3",
            "0x",
            "0xg",
            "0o8",
            "-0x1",
            "nULL",
            "tRUE",
            "1 2",
            "٣",
            ".e1",
            "2026-01-01",
            "12:30",
        ] {
            assert_eq!(meaning(text), Meaning::Text, "{text}");
        }
    }

    #[test]
    fn words_and_what_json_cannot_say() {
        assert_eq!(
            [meaning(""), meaning("~"), meaning("NULL")],
            [Meaning::Null, Meaning::Null, Meaning::Null]
        );
        assert_eq!(
            [meaning("True"), meaning("false")],
            [Meaning::Bool(true), Meaning::Bool(false)]
        );
        for text in [".nan", ".inf", "-.INF", "+.Inf"] {
            assert_eq!(meaning(text), Meaning::NotInJson, "{text}");
        }
        assert_eq!(meaning(&format!("0x{}", "f".repeat(33))), Meaning::TooLong);
    }
}
