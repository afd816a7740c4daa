//! I-Regexp (RFC 9485), the regular expressions of `match` and `search`, on the `regex` crate.

use std::collections::HashMap;
use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

use super::budget::{Budget, BudgetExhausted};
use crate::template::pattern::weight;

/// The most memory a compiled pattern may take, in bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// How deep groups may nest.
const DEPTH_LIMIT: usize = 50;

/// How many places of a text a pattern is at, at least, as far as the budget is concerned.
const USUAL: usize = 4;

/// How many places, each at one byte, are as much work as a node.
const PLACES_A_NODE: usize = 64;

/// What compiling a pattern found in the document costs, in nodes.
const COST_OF_COMPILING: usize = 1_000;

/// How many patterns found in the document are kept compiled.
const MOST_KEPT: usize = 64;

/// A compiled I-Regexp.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Regex,
    weight: usize,
}

impl Pattern {
    /// Compiles a pattern, to match a `whole` text or anywhere in it. The error is a phrase.
    pub(super) fn compile(pattern: &str, whole: bool) -> Result<Self, String> {
        let translated = Translation::of(pattern)?;
        let anchored = if whole {
            format!(r"\A(?:{translated})\z")
        } else {
            translated
        };
        RegexBuilder::new(&anchored)
            .size_limit(SIZE_LIMIT)
            .build()
            .map(|regex| Self {
                regex,
                weight: weight(&anchored),
            })
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => "the pattern is too large when written out".to_owned(),
                _ => "a range or a repetition runs backwards or the category is unknown".to_owned(),
            })
    }

    pub(super) fn is_match(&self, text: &str, budget: &mut Budget) -> Result<bool, BudgetExhausted> {
        budget.spend(text.len().saturating_mul(self.weight.max(USUAL)) / PLACES_A_NODE)?;
        Ok(self.regex.is_match(text))
    }
}

/// The patterns of one evaluation that came out of the document, so that each is compiled once and not once a node.
#[derive(Default)]
pub(super) struct PatternCache {
    compiled: HashMap<(String, bool), Option<Pattern>>,
}

impl PatternCache {
    /// The pattern compiled, or nothing if it is no I-Regexp, which then matches no text.
    pub(super) fn get(
        &mut self,
        pattern: &str,
        whole: bool,
        budget: &mut Budget,
    ) -> Result<Option<&Pattern>, BudgetExhausted> {
        let key = (pattern.to_owned(), whole);
        if !self.compiled.contains_key(&key) {
            budget.spend(COST_OF_COMPILING + pattern.len())?;
            if self.compiled.len() >= MOST_KEPT {
                self.compiled.clear();
            }
            self.compiled
                .insert(key.clone(), Pattern::compile(pattern, whole).ok());
        }
        Ok(self.compiled.get(&key).and_then(Option::as_ref))
    }
}

/// Reads an I-Regexp by its grammar and writes it in the syntax of the `regex` crate. Beyond the grammar, `^` and `$` are
/// the ends of the text, as the compliance suite has them.
struct Translation<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
    depth: usize,
}

impl<'p> Translation<'p> {
    fn of(pattern: &'p str) -> Result<String, String> {
        let mut translation = Self {
            rest: pattern.chars().peekable(),
            out: String::new(),
            depth: 0,
        };
        translation.alternatives()?;
        match translation.rest.next() {
            None => Ok(translation.out),
            Some(extra) => Err(format!("`{extra}` closes nothing")),
        }
    }

    /// Branches between `|`, up to the end or to a `)`.
    fn alternatives(&mut self) -> Result<(), String> {
        while let Some(character) = self.rest.next_if(|next| *next != ')') {
            if character == '|' {
                self.out.push('|');
            } else {
                self.piece(character)?;
            }
        }
        Ok(())
    }

    /// One atom and what repeats it.
    fn piece(&mut self, first: char) -> Result<(), String> {
        match first {
            '*' | '+' | '?' | '{' => return Err(format!("there is nothing before `{first}` to repeat")),
            ']' | '}' => {
                return Err(format!(
                    "`{first}` closes nothing; write `\\{first}` for the character"
                ));
            }
            '^' | '$' => self.out.push(first),
            '.' => self.out.push_str(r"[^\n\r]"),
            '[' => self.class()?,
            '(' => self.group()?,
            '\\' => {
                let escaped = self.escape()?;
                self.out.push_str(&escaped);
            }
            plain => self.literal(plain),
        }
        match self.rest.next_if(|next| matches!(next, '*' | '+' | '?' | '{')) {
            Some('{') => self.repetition(),
            Some(quantifier) => {
                self.out.push(quantifier);
                self.no_second_quantifier()
            }
            None => Ok(()),
        }
    }

    fn group(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(format!("groups nest more than {DEPTH_LIMIT} deep"));
        }
        self.out.push_str("(?:");
        self.alternatives()?;
        self.rest.next().ok_or("a `(` is not closed")?;
        self.out.push(')');
        self.depth -= 1;
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,5}`.
    fn repetition(&mut self) -> Result<(), String> {
        let mut bounds = String::new();
        loop {
            match self.rest.next() {
                Some('}') => break,
                Some(character @ ('0'..='9' | ',')) => bounds.push(character),
                _ => return Err("a `{` is not closed, or holds more than numbers".to_owned()),
            }
        }
        let (low, high) = bounds.split_once(',').unwrap_or((&bounds, ""));
        if low.is_empty() || high.contains(',') {
            return Err("a repetition is written {2}, {2,} or {2,5}".to_owned());
        }
        self.out.push('{');
        self.out.push_str(&bounds);
        self.out.push('}');
        self.no_second_quantifier()
    }

    /// A second quantifier would mean "lazy" or "possessive" in other dialects and nothing in this one.
    fn no_second_quantifier(&mut self) -> Result<(), String> {
        match self.rest.peek() {
            Some(next @ ('*' | '+' | '?' | '{')) => {
                Err(format!("there is nothing before `{next}` to repeat"))
            }
            _ => Ok(()),
        }
    }

    /// What a backslash, already read, stands for.
    fn escape(&mut self) -> Result<String, String> {
        let escaped = self.rest.next().ok_or("the pattern ends with a `\\`")?;
        match escaped {
            'n' | 'r' | 't' => Ok(format!("\\{escaped}")),
            '(' | ')' | '*' | '+' | '-' | '.' | '?' | '[' | '\\' | ']' | '^' | '{' | '|' | '}' => {
                Ok(regex::escape(escaped.encode_utf8(&mut [0; 4])))
            }
            // Not in the grammar, but there is no other way to write the character now that it is an anchor.
            '$' => Ok("\\$".to_owned()),
            'p' | 'P' => self.category(escaped),
            'd' => Err("there is no `\\d` in I-Regexp; write `[0-9]`".to_owned()),
            'w' => Err("there is no `\\w` in I-Regexp; write `[A-Za-z0-9_]`".to_owned()),
            's' => Err("there is no `\\s` in I-Regexp; write `[ \\t\\n\\r]`".to_owned()),
            other => Err(format!("there is no `\\{other}` in I-Regexp")),
        }
    }

    /// `\p{Lu}`: a general category of Unicode.
    fn category(&mut self, kind: char) -> Result<String, String> {
        let malformed = || format!("`\\{kind}` takes a category, as in `\\{kind}{{Lu}}`");
        self.rest.next_if_eq(&'{').ok_or_else(malformed)?;
        let mut name = String::new();
        while let Some(letter) = self.rest.next_if(char::is_ascii_alphabetic) {
            name.push(letter);
        }
        self.rest.next_if_eq(&'}').ok_or_else(malformed)?;
        let mut letters = name.chars();
        let minor = match letters.next() {
            Some('L') => "lmotu",
            Some('M') => "cen",
            Some('N') => "dlo",
            Some('P') => "cdefios",
            Some('Z') => "lps",
            Some('S') => "ckmo",
            Some('C') => "cfno",
            _ => return Err(format!("`{name}` is no category of characters")),
        };
        match (letters.next(), letters.next()) {
            (None, _) => {}
            (Some(second), None) if minor.contains(second) => {}
            _ => return Err(format!("`{name}` is no category of characters")),
        }
        Ok(format!("\\{kind}{{{name}}}"))
    }

    /// A class in brackets; the `[` is already read.
    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut members = 0;
        loop {
            let character = self.rest.next().ok_or("a `[` is not closed")?;
            match character {
                ']' if members > 0 => break,
                ']' => return Err("a class in brackets is empty".to_owned()),
                '[' => return Err("`[` in a class is written `\\[`".to_owned()),
                '-' if members == 0 || self.rest.peek() == Some(&']') => self.out.push_str("\\-"),
                '-' => return Err("`-` stands first or last in a class, or is written `\\-`".to_owned()),
                '\\' => {
                    let escaped = self.escape()?;
                    self.out.push_str(&escaped);
                    if !escaped.starts_with("\\p") && !escaped.starts_with("\\P") {
                        self.range_end()?;
                    }
                }
                plain => {
                    self.literal(plain);
                    self.range_end()?;
                }
            }
            members += 1;
        }
        self.out.push(']');
        Ok(())
    }

    /// The rest of `a-z`, if a range it is.
    fn range_end(&mut self) -> Result<(), String> {
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('-') || matches!(ahead.peek(), None | Some(']')) {
            return Ok(());
        }
        self.rest.next();
        self.out.push('-');
        match self.rest.next() {
            Some('\\') => {
                let escaped = self.escape()?;
                if escaped.starts_with("\\p") || escaped.starts_with("\\P") {
                    return Err("a range ends with a character".to_owned());
                }
                self.out.push_str(&escaped);
            }
            Some('[' | '-') | None => return Err("a range ends with a character".to_owned()),
            Some(plain) => self.literal(plain),
        }
        Ok(())
    }

    fn literal(&mut self, character: char) {
        self.out
            .push_str(&regex::escape(character.encode_utf8(&mut [0; 4])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_match(pattern: &str, whole: bool, text: &str) -> bool {
        let pattern = Pattern::compile(pattern, whole).expect("a pattern");
        pattern
            .is_match(text, &mut Budget::default())
            .expect("little work")
    }

    #[test]
    fn a_large_pattern_costs_more_of_the_budget() {
        let text = "a".repeat(100_000);
        let spent = |pattern: &str| {
            let mut budget = Budget::default();
            let matched = Pattern::compile(pattern, false)
                .expect("a pattern")
                .is_match(&text, &mut budget);
            matched.map(|_| Budget::default().remaining() - budget.remaining())
        };
        assert_eq!(spent("[bc]"), Ok(text.len() / 16));
        assert_eq!(spent("a{32}[bc]"), Ok(text.len() * 33 / 64));
        assert_eq!(spent("(a{1,500}){1,20}[bc]"), Err(BudgetExhausted));
    }

    #[test]
    fn patterns_mean_what_the_rfc_says() {
        for (pattern, text, matches) in [
            ("a.*", "abc", true),
            ("a.c", "a\nc", false),
            ("a.c", "a\rc", false),
            ("a.c", "a\u{2028}c", true),
            ("a|bc", "bc", true),
            ("a|bc", "ac", false),
            ("[^a-c&&x]", "&", false),
            ("[a-c.-]+", "b.-a", true),
            ("[\\]\\-]{2}", "-]", true),
            ("\\p{Lu}\\P{L}{1,2}", "Ж12", true),
            ("1.5e(\\+|-)?[0-9]{2,}", "1.5e+10", true),
            ("a#b c", "a#b c", true),
            ("", "", true),
        ] {
            assert_eq!(is_match(pattern, true, text), matches, "{pattern} {text}");
        }
        assert!(is_match("b", false, "abc"));
        assert!(!is_match("b", true, "abc"));
    }

    #[test]
    fn what_is_no_i_regexp_is_refused_with_a_reason() {
        for (pattern, reason) in [
            ("\\d+", "there is no `\\d` in I-Regexp; write `[0-9]`"),
            ("a**", "there is nothing before `*` to repeat"),
            ("(?=a)", "there is nothing before `?` to repeat"),
            ("(a", "a `(` is not closed"),
            ("a)", "`)` closes nothing"),
            ("[a", "a `[` is not closed"),
            ("[]", "a class in brackets is empty"),
            ("\\p{Xx}", "`Xx` is no category of characters"),
            ("a{,2}", "a repetition is written {2}, {2,} or {2,5}"),
            ("[a-z]{1000}{1000}", "there is nothing before `{` to repeat"),
            (
                "(\\p{L}{1000}){1000}",
                "the pattern is too large when written out",
            ),
        ] {
            assert_eq!(Pattern::compile(pattern, true).unwrap_err(), reason, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn any_pattern_compiles_or_is_refused(pattern in "[a-c0-9\\\\\\[\\](){}|.*+?^$,pPLu&~-]{0,20}") {
            let _ = Pattern::compile(&pattern, true);
        }
    }
}
