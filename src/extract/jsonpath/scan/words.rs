//! Names: behind a dot, before a parenthesis, or where none may stand.

use std::ops::Range;

use super::{FUNCTION_DEPTH_LIMIT, Kind, Scanner, Token, is_name_character, is_name_first, is_space};
use crate::extract::jsonpath::error::PathError;
use crate::extract::jsonpath::nearest::nearest;

/// The functions of RFC 9535, section 2.4, and how many arguments each takes.
const FUNCTIONS: [(&str, usize); 5] = [
    ("length", 1),
    ("count", 1),
    ("value", 1),
    ("match", 2),
    ("search", 2),
];

impl Scanner<'_> {
    /// `.name`, `.*`, `..name`, `..*` or the `..` before a `[`.
    pub(super) fn dot(&mut self) -> Result<(), PathError> {
        let start = self.at;
        let dots = if self.rest().starts_with("..") { ".." } else { "." };
        self.at += dots.len();
        match self.peek() {
            Some('*') => self.at += 1,
            Some('[') if dots == ".." => {}
            Some(first) if is_name_first(first) => self.member_name()?,
            Some(digit) if digit.is_ascii_digit() => {
                let number: String = self
                    .rest()
                    .chars()
                    .take_while(|next| is_name_character(*next))
                    .collect();
                let message = "a name behind a dot does not start with a digit";
                return Err(
                    PathError::new(self.at..self.at + number.len(), message).with_help(format!(
                        "write [{number}] for an element, ['{number}'] for a member"
                    )),
                );
            }
            Some('\'' | '"') => {
                return Err(
                    PathError::new(start..self.at, "a name in quotes stands in brackets")
                        .with_help("write ['name'], without the dot"),
                );
            }
            Some(space) if is_space(space) => {
                return Err(PathError::new(
                    self.at..self.at + 1,
                    format!("no space may follow `{dots}`"),
                ));
            }
            Some('[') => {
                return Err(PathError::new(start..self.at, "no `.` stands before `[`"));
            }
            _ => {
                let help = if dots == ".." {
                    "`..` is followed by a name, `*` or `[`, as in $..name"
                } else {
                    "`.` is followed by a name or `*`, as in $.name"
                };
                return Err(
                    PathError::new(start..self.at, format!("nothing follows `{dots}`")).with_help(help),
                );
            }
        }
        Ok(())
    }

    /// The name behind a dot, and that what follows it can follow a name.
    fn member_name(&mut self) -> Result<(), PathError> {
        let range = self.read_name();
        let name = &self.text[range.clone()];
        if let Some(space) = name.chars().find(|character| character.is_whitespace()) {
            let message = format!("the space U+{:04X} in a name", u32::from(space));
            return Err(PathError::new(range, message).with_help(format!("write [{name:?}]")));
        }
        self.last = Token::Operand;
        match self.peek() {
            Some('-') => {
                let whole: String = self.text[range.start..]
                    .chars()
                    .take_while(|next| is_name_character(*next) || *next == '-')
                    .collect();
                Err(
                    PathError::new(self.at..self.at + 1, "a name behind a dot has no `-`")
                        .with_help(format!("write ['{whole}'] for {whole}")),
                )
            }
            Some('(') => Err(
                PathError::new(range.clone(), format!("a path has no method `{name}`"))
                    .with_help("functions stand in filters, as in $[?length(@.name) > 3]"),
            ),
            _ => Ok(()),
        }
    }

    /// A word that follows no dot: a function, a literal or a mistake.
    pub(super) fn word(&mut self, before: Token) -> Result<(), PathError> {
        let range = self.read_name();
        let word = &self.text[range.clone()];
        let wrong = |message: String| PathError::new(range.clone(), message);
        if !self.in_filter() {
            return Err(if self.open.is_empty() {
                wrong(format!("unexpected `{word}`"))
                    .with_help(format!("write .{word} or ['{word}'] for a member"))
            } else {
                wrong("a name in brackets stands in quotes".to_owned()).with_help(format!("write ['{word}']"))
            });
        }
        if before == Token::Operand {
            return Err(
                wrong(format!("`{word}` is not an operator")).with_help(match word {
                    "and" => "write `&&`",
                    "or" => "write `||`",
                    _ => "the operators are == != < <= > >= && || and !",
                }),
            );
        }
        if self.rest().trim_start_matches(is_space).starts_with('(') {
            return self.function(range, before);
        }
        if matches!(word, "true" | "false" | "null") {
            self.last = Token::Operand;
            return Ok(());
        }
        Err(match nearest(word, ["true", "false", "null"].into_iter()) {
            Some(literal) => {
                wrong(format!("`{word}` is no value")).with_help(format!("did you mean {literal}?"))
            }
            None if word == "not" => wrong("`not` is not an operator".to_owned()).with_help("write `!`"),
            None => wrong(format!("`{word}` is no value"))
                .with_help(format!("write '{word}' for a text, @.{word} for a member")),
        })
    }

    fn function(&mut self, range: Range<usize>, before: Token) -> Result<(), PathError> {
        let name = &self.text[range.clone()];
        if !FUNCTIONS.iter().any(|(known, _)| *known == name) {
            let error = PathError::new(range, format!("there is no function `{name}`"));
            return Err(match nearest(name, FUNCTIONS.iter().map(|(known, _)| *known)) {
                Some(known) => error.with_help(format!("did you mean {known}?")),
                None => error.with_help("the functions are length, count, value, match and search"),
            });
        }
        if !self.rest().starts_with('(') {
            return Err(PathError::new(
                range,
                format!("no space may stand between `{name}` and its `(`"),
            ));
        }
        if before == Token::Comparison && gives_truth(name) {
            return Err(not_comparable(range, name));
        }
        if self
            .open
            .iter()
            .filter(|open| matches!(open.kind, Kind::Call { .. }))
            .count()
            >= FUNCTION_DEPTH_LIMIT
        {
            return Err(PathError::new(
                range,
                format!("functions nest more than {FUNCTION_DEPTH_LIMIT} deep"),
            ));
        }
        self.scan.functions.push(range.clone());
        self.open(Kind::Call {
            name: range,
            arguments: 0,
        })
    }

    /// Checks a call at its `)`.
    pub(super) fn check_call(&self, range: Range<usize>, arguments: usize) -> Result<(), PathError> {
        let name = &self.text[range.clone()];
        let takes = FUNCTIONS
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(arguments, |(_, takes)| *takes);
        if arguments != takes {
            let plural = if takes == 1 { "" } else { "s" };
            let message = format!("`{name}` takes {takes} argument{plural}, not {arguments}");
            return Err(PathError::new(range.start..self.at + 1, message));
        }
        let argument = self.text[range.end + 1..self.at].trim_start_matches(is_space);
        if matches!(name, "count" | "value") && !argument.starts_with(['@', '$']) {
            return Err(PathError::takes_a_path(range, name));
        }
        let behind = self.text[self.at + 1..].trim_start_matches(is_space);
        if gives_truth(name)
            && ["==", "!=", "<", ">"]
                .iter()
                .any(|operator| behind.starts_with(operator))
        {
            return Err(not_comparable(range, name));
        }
        Ok(())
    }

    fn read_name(&mut self) -> Range<usize> {
        let rest = self.rest();
        let length = rest.find(|next| !is_name_character(next)).unwrap_or(rest.len());
        let range = self.at..self.at + length;
        self.at = range.end;
        range
    }
}

fn gives_truth(function: &str) -> bool {
    matches!(function, "match" | "search")
}

fn not_comparable(range: Range<usize>, name: &str) -> PathError {
    PathError::new(
        range,
        format!("`{name}` is true or false by itself and is not compared"),
    )
    .with_help(format!("write {name}(…) alone, or !{name}(…)"))
}
