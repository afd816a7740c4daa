//! Comparisons and the words between conditions, which are where dialects differ.

use super::{Scanner, Token};
use crate::extract::jsonpath::error::PathError;

impl Scanner<'_> {
    /// One of `== != <= >= < > && || !`, or something that is none of them.
    pub(super) fn operator(&mut self) -> Result<(), PathError> {
        let rest = self.rest();
        let here = |length: usize| self.at..(self.at + length).min(self.text.len());
        for (wrong, right) in [
            ("===", "=="),
            ("!==", "!="),
            ("<>", "!="),
            ("=>", ">="),
            ("=<", "<="),
        ] {
            if rest.starts_with(wrong) {
                let message = format!("there is no operator `{wrong}`");
                return Err(PathError::new(here(wrong.len()), message).with_help(format!("write `{right}`")));
            }
        }
        if rest.starts_with("=~") {
            return Err(PathError::new(here(2), "there is no operator `=~`")
                .with_help("write search(@.name, 'pattern'), or match(…) for the whole text"));
        }
        for operator in ["==", "!=", "<=", ">=", "&&", "||"] {
            if rest.starts_with(operator) {
                self.at += operator.len();
                self.last = if matches!(operator, "&&" | "||") {
                    Token::Other
                } else {
                    Token::Comparison
                };
                return Ok(());
            }
        }
        for (single, doubled) in [("=", "=="), ("&", "&&"), ("|", "||")] {
            if rest.starts_with(single) {
                let message = format!("there is no operator `{single}`");
                return Err(PathError::new(here(1), message).with_help(format!("write `{doubled}`")));
            }
        }
        self.last = if rest.starts_with('!') {
            Token::Other
        } else {
            Token::Comparison
        };
        self.at += 1;
        Ok(())
    }
}
