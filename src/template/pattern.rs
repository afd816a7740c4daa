//! Regular expressions whose work is bounded: no pattern on no text keeps a run busy.

use std::fmt;

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};

/// The most memory a compiled pattern may take, in bytes.
const SIZE: usize = 1 << 20;

/// A pattern of no more places than this looks at any text: the automaton made of it stays small.
const FEW: usize = 64;

/// The most places times bytes of a text for a larger one, which may have to try each place at each byte: about a
/// second.
const WORK: usize = 50_000_000;

/// A compiled pattern and how much work it may be.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
    weight: usize,
}

/// A pattern was too large for a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooMuch {
    weight: usize,
    length: usize,
}

impl Pattern {
    /// Compiles a pattern of at most a megabyte.
    ///
    /// # Errors
    /// It is no pattern, or too large.
    pub fn compile(text: &str) -> Result<Pattern, regex::Error> {
        let regex = RegexBuilder::new(text).size_limit(SIZE).build()?;
        Ok(Pattern {
            regex,
            weight: weight(text),
        })
    }

    /// The pattern, without a text in mind.
    pub fn regex(&self) -> &Regex {
        &self.regex
    }

    /// The pattern, to be used on this text.
    ///
    /// # Errors
    /// It is too large for a text of this length.
    pub fn on(&self, text: &str) -> Result<&Regex, TooMuch> {
        if self.weight > FEW && self.weight.saturating_mul(text.len()) > WORK {
            return Err(TooMuch {
                weight: self.weight,
                length: text.len(),
            });
        }
        Ok(&self.regex)
    }
}

impl fmt::Display for TooMuch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TooMuch { weight, length } = self;
        write!(
            formatter,
            "the pattern has {weight} places once its repetitions are counted, too many for a text of {length} bytes"
        )
    }
}

/// How many places of a text a pattern can be at, its repetitions counted: 0 for what is no pattern.
pub fn weight(pattern: &str) -> usize {
    regex_syntax::parse(pattern).map_or(0, |parsed| places(&parsed))
}

fn places(pattern: &Hir) -> usize {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(_) => 1,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.max(1));
            let times = usize::try_from(times).unwrap_or(usize::MAX);
            places(&repetition.sub).saturating_mul(times)
        }
        HirKind::Capture(capture) => places(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(places).fold(0, usize::saturating_add)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_with_repetitions() {
        for (pattern, counted) in [
            ("", 0),
            ("^abc$", 3),
            (r"\w+@\w*", 3),
            ("(a|bc){2,5}", 15),
            ("a{3,}", 3),
            ("((a{10}){10}){10}", 1_000),
            ("(", 0),
        ] {
            assert_eq!(weight(pattern), counted, "{pattern}");
        }
    }

    #[test]
    fn a_large_pattern_looks_at_short_texts_alone() {
        let long = "a".repeat(10 << 20);
        let usual = Pattern::compile(r"^\d{4}-\d{2}-\d{2}T\w+$").expect("a pattern");
        assert!(usual.on(&long).is_ok());
        let large = Pattern::compile("(a{1,500}){1,20}[bc]").expect("a pattern");
        assert!(large.on(&long[..1_000]).is_ok());
        let refused = large.on(&long[..50_000]).expect_err("too much");
        assert_eq!(
            refused.to_string(),
            "the pattern has 10001 places once its repetitions are counted, too many for a text of 50000 bytes"
        );
    }
}
