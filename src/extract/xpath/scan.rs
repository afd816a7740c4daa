//! Reads an XPath for what the engine tells without a place, or only when it comes to evaluate it.
//!
//! The lexical rules are those of XPath 1.0 §3.7: a name is an operator where an operand went before.

use std::ops::Range;

use super::functions::{AXES, FUNCTIONS, Function, NODE_TYPES, OPERATORS};
use crate::registry;

/// What is wrong with an XPath, and where in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) range: Range<usize>,
}

/// An XPath without a mistake that this scan can see.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scanned {
    /// The XPath for the engine, which takes `div` for an operator even where it can only be a name.
    pub(super) text: String,
    /// The namespace prefixes it uses.
    pub(super) prefixes: Vec<String>,
}

/// An opened bracket.
struct Open {
    at: usize,
    closer: char,
    /// The call whose arguments it opens, with the range of the name.
    call: Option<(&'static Function, Range<usize>)>,
    commas: usize,
}

/// Reads an XPath.
pub(super) fn scan(source: &str) -> Result<Scanned, Mistake> {
    let mut scanner = Scanner {
        source,
        at: 0,
        after_operand: false,
        open: Vec::new(),
        call: None,
        scanned: Scanned::default(),
    };
    while let Some(next) = source[scanner.at..].chars().next() {
        scanner.step(next)?;
    }
    match scanner.open.pop() {
        Some(open) => Err(mistake(
            format!("`{}` is never closed", &source[open.at..=open.at]),
            open.at..open.at + 1,
        )),
        None => Ok(scanner.scanned),
    }
}

struct Scanner<'s> {
    source: &'s str,
    at: usize,
    /// Whether an operand just ended, so that an operator comes next.
    after_operand: bool,
    open: Vec<Open>,
    /// The function whose name was just read; its bracket comes next.
    call: Option<(&'static Function, Range<usize>)>,
    scanned: Scanned,
}

impl Scanner<'_> {
    fn step(&mut self, next: char) -> Result<(), Mistake> {
        match next {
            '"' | '\'' => self.literal(next),
            '(' | '[' => {
                self.open.push(Open {
                    at: self.at,
                    closer: if next == '(' { ')' } else { ']' },
                    call: self.call.take(),
                    commas: 0,
                });
                self.take(1, false);
                Ok(())
            }
            ')' | ']' => self.close(next),
            ',' => {
                if let Some(open) = self.open.last_mut() {
                    open.commas += 1;
                }
                self.take(1, false);
                Ok(())
            }
            '.' | '0'..='9' => {
                let length = self.length(|it| it == '.' || it.is_ascii_digit());
                self.take(length, true);
                Ok(())
            }
            '*' => {
                self.take(1, !self.after_operand);
                Ok(())
            }
            '/' | '|' | '+' | '-' | '=' | '!' | '<' | '>' | '@' => {
                self.take(1, false);
                Ok(())
            }
            '$' => Err(mistake("an XPath has no variables here", self.at..self.at + 1)),
            _ if next.is_whitespace() => {
                self.take(next.len_utf8(), self.after_operand);
                Ok(())
            }
            _ if next.is_alphabetic() || next == '_' => self.word(),
            _ => Err(mistake(
                format!("`{next}` cannot stand here"),
                self.at..self.at + next.len_utf8(),
            )),
        }
    }

    /// Copies so many bytes to the engine's text.
    fn take(&mut self, length: usize, ends_operand: bool) {
        let end = self.at + length;
        self.scanned.text.push_str(&self.source[self.at..end]);
        self.at = end;
        self.after_operand = ends_operand;
    }

    /// How many bytes from here on are such characters.
    fn length(&self, is: impl Fn(char) -> bool) -> usize {
        let rest = &self.source[self.at..];
        rest.find(|it| !is(it)).unwrap_or(rest.len())
    }

    fn literal(&mut self, quote: char) -> Result<(), Mistake> {
        let Some(length) = self.source[self.at + 1..].find(quote) else {
            return Err(mistake("a text is never closed", self.at..self.source.len()));
        };
        self.take(length + 2, true);
        Ok(())
    }

    fn close(&mut self, closer: char) -> Result<(), Mistake> {
        let range = self.at..self.at + 1;
        let Some(open) = self.open.pop().filter(|open| open.closer == closer) else {
            return Err(mistake(format!("`{closer}` closes nothing"), range));
        };
        if let Some(((name, fewest, most), named)) = open.call {
            let empty = self.source[open.at + 1..self.at].trim().is_empty();
            let given = if empty { 0 } else { open.commas + 1 };
            if given < *fewest || given > *most {
                let wanted = match (*fewest, *most) {
                    (fewest, usize::MAX) => format!("at least {fewest} arguments"),
                    (0, 0) => "no argument".to_owned(),
                    (1, 1) => "1 argument".to_owned(),
                    (fewest, most) if fewest == most => format!("{fewest} arguments"),
                    (fewest, most) => format!("{fewest} or {most} arguments"),
                };
                return Err(mistake(format!("`{name}()` takes {wanted}, not {given}"), named));
            }
        }
        self.take(1, true);
        Ok(())
    }

    fn word(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        let length = self.length(is_name_character);
        let name = &self.source[start..start + length];
        let range = start..start + length;
        if self.after_operand {
            if !OPERATORS.contains(&name) {
                let message = format!("expected an operator, found `{name}`");
                return Err(near(message, range, name, OPERATORS));
            }
            self.take(length, false);
            return Ok(());
        }
        let rest = self.source[range.end..].trim_start();
        if rest.starts_with("::") {
            if !AXES.contains(&name) {
                return Err(near(format!("unknown axis `{name}`"), range, name, AXES));
            }
            let separator = self.source.len() - rest.len() - start + 2;
            self.take(separator, false);
            return Ok(());
        }
        if rest.starts_with('(') {
            if !NODE_TYPES.contains(&name) {
                let Some(function) = FUNCTIONS.iter().find(|it| it.0 == name) else {
                    let known = FUNCTIONS.map(|it| it.0);
                    return Err(near(format!("unknown function `{name}`"), range, name, known));
                };
                self.call = Some((function, range));
            }
            self.take(length, false);
            return Ok(());
        }
        if self.source[range.end..].starts_with(':') {
            self.scanned.prefixes.push(name.to_owned());
            self.take(length + 1, false);
            let local = self.length(|it| is_name_character(it) || it == '*');
            self.take(local, true);
            return Ok(());
        }
        if OPERATORS.contains(&name) {
            // A name without a prefix stands for one without a namespace.
            let test = format!("*[local-name()='{name}'][namespace-uri()='']");
            self.scanned.text.push_str(&test);
            self.at = range.end;
            self.after_operand = true;
            return Ok(());
        }
        self.take(length, true);
        Ok(())
    }
}

/// The characters of a name without its prefix, as far as ASCII goes exactly.
fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '\u{b7}')
}

fn mistake(message: impl Into<String>, range: Range<usize>) -> Mistake {
    Mistake {
        message: message.into(),
        help: None,
        range,
    }
}

fn near<const N: usize>(message: String, range: Range<usize>, name: &str, known: [&str; N]) -> Mistake {
    Mistake {
        help: registry::suggestion(name, known),
        ..mistake(message, range)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::scan;

    fn text(source: &str) -> String {
        scan(source).unwrap().text
    }

    fn wrong(source: &str) -> (String, String) {
        let mistake = scan(source).unwrap_err();
        (mistake.message, source[mistake.range].to_owned())
    }

    #[test]
    fn a_sound_xpath_is_left_as_it_is() {
        for source in [
            "/a/b[@c='d'][2]/text()",
            "count(//a) div 2 + 1 - .5 * 3",
            "//a[not(. = \"x\")] | ../b//*",
            "following-sibling :: a/@*",
            "//s:Body/s:*[position() < last() and true() or 4 mod 2 = 0]",
            "* * *",
            "concat('a', 'b', 'c', 'd')",
        ] {
            assert_eq!(text(source), source);
        }
        assert_eq!(scan("//s:a/@xml:lang").unwrap().prefixes, ["s", "xml"]);
    }

    #[test]
    fn an_operator_where_only_a_name_can_stand_is_a_name() {
        assert_eq!(
            text("//div[1] div 2"),
            "//*[local-name()='div'][namespace-uri()=''][1] div 2"
        );
        assert_eq!(text("//h:div"), "//h:div");
    }

    #[test]
    fn a_mistake_has_its_place() {
        let pair = |message: &str, part: &str| (message.to_owned(), part.to_owned());
        assert_eq!(wrong("//a[1"), pair("`[` is never closed", "["));
        assert_eq!(wrong("//a)"), pair("`)` closes nothing", ")"));
        assert_eq!(wrong("//a[(1])"), pair("`]` closes nothing", "]"));
        assert_eq!(wrong("//a[.='x]"), pair("a text is never closed", "'x]"));
        assert_eq!(wrong("conut(//a)"), pair("unknown function `conut`", "conut"));
        assert_eq!(wrong("chidl::a"), pair("unknown axis `chidl`", "chidl"));
        assert_eq!(wrong("//a b"), pair("expected an operator, found `b`", "b"));
        assert_eq!(wrong("$a"), pair("an XPath has no variables here", "$"));
        assert_eq!(wrong("//a{1}"), pair("`{` cannot stand here", "{"));
        assert_eq!(wrong("not()"), pair("`not()` takes 1 argument, not 0", "not"));
        assert_eq!(
            wrong("//a[substring(., 1, 2, 3)]"),
            pair("`substring()` takes 2 or 3 arguments, not 4", "substring")
        );
        assert_eq!(
            scan("conut(//a)").unwrap_err().help.as_deref(),
            Some("did you mean `count`?")
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end_or_pointed_into(source in "[a-d(),.:/@*$'\"\\[\\] éü-]{0,24}|\\PC{0,24}") {
            if let Err(mistake) = scan(&source) {
                prop_assert!(source.get(mistake.range).is_some());
            }
        }
    }
}
