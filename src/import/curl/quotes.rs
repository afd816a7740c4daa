//! One word of a shell: its quotes taken away, its variables as marks (POSIX.1-2024, chapter 2.2).

use super::words::{Lexer, Word};
use crate::import::request::Variable;
use crate::source::Place;

/// The most variables; nobody sets as many.
const MOST_VARIABLES: usize = 1000;

/// A word that is being read.
#[derive(Default)]
pub(super) struct Open {
    pub(super) bytes: Vec<u8>,
    is_word: bool,
    pub(super) is_quoted: bool,
    /// Where a brace was opened that the shell may expand, and whether it surely does.
    brace: Option<(usize, bool)>,
}

impl Lexer<'_> {
    pub(super) fn word(&mut self) -> Word {
        let start = self.at;
        let mut open = Open::default();
        while let Some(next) = self.peek() {
            match next {
                ' ' | '\t' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                // A copied text may have them at the ends of its lines.
                '\r' if self.follows("\r\n") || self.at + 1 == self.text.len() => break,
                '\\' => self.escape(&mut open),
                '\'' => self.single(&mut open),
                '"' => self.double(&mut open),
                '$' => self.dollar(&mut open, false),
                '`' => self.substitution(1, '`'),
                _ => self.plain(&mut open, next),
            }
            open.is_word = true;
        }
        let place = Place::new(self.source, start..self.at);
        let text = String::from_utf8(open.bytes).unwrap_or_else(|error| {
            self.wrong(
                start..self.at,
                "the escapes make bytes that are no text",
                "put them into a file, and name it as @file",
            );
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        });
        Word {
            text,
            place,
            is_quoted: open.is_quoted,
        }
    }

    fn plain(&mut self, open: &mut Open, next: char) {
        let is_cmd = next == '^' && ["^\"", "^\n", "^\r\n"].iter().any(|escape| self.follows(escape));
        if is_cmd {
            let help = "copy it as cURL (bash) or (POSIX)";
            self.wrong(
                self.at..self.at + 1,
                "this is written for cmd.exe of Windows",
                help,
            );
            self.at = self.text.len();
            return;
        }
        match next {
            '{' => open.brace = Some((self.at, false)),
            ',' => open.brace = open.brace.map(|(at, _)| (at, true)),
            '.' if self.follows("..") => open.brace = open.brace.map(|(at, _)| (at, true)),
            '}' => {
                if let Some((at, true)) = open.brace.take() {
                    self.wrong(
                        at..self.at + 1,
                        "the shell makes several words of these braces",
                        "put the word in quotes",
                    );
                }
            }
            _ => {}
        }
        self.push(open, next);
    }

    pub(super) fn push(&mut self, open: &mut Open, character: char) {
        open.bytes
            .extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        self.at += character.len_utf8();
    }

    fn escape(&mut self, open: &mut Open) {
        let continuation = self.continuation();
        if continuation > 0 {
            self.at += continuation;
            return;
        }
        self.at += 1;
        open.is_quoted = true;
        match self.peek() {
            Some(next) => self.push(open, next),
            // A shell keeps a backslash at the very end.
            None => open.bytes.push(b'\\'),
        }
    }

    fn single(&mut self, open: &mut Open) {
        let start = self.at;
        open.is_quoted = true;
        match self.text[start + 1..].find('\'') {
            Some(length) => {
                open.bytes
                    .extend_from_slice(&self.text.as_bytes()[start + 1..start + 1 + length]);
                self.at = start + length + 2;
            }
            None => self.unclosed(start, "'"),
        }
    }

    pub(super) fn unclosed(&mut self, start: usize, quote: &str) {
        self.wrong(
            start..start + 1,
            "this quote is never closed",
            &format!("close it with {quote}"),
        );
        self.at = self.text.len();
    }

    fn double(&mut self, open: &mut Open) {
        let start = self.at;
        open.is_quoted = true;
        self.at += 1;
        while let Some(next) = self.peek() {
            match next {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' if self.continuation() > 0 => self.at += self.continuation(),
                '\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some(next @ ('$' | '`' | '"' | '\\')) => self.push(open, next),
                        Some(_) | None => open.bytes.push(b'\\'),
                    }
                }
                '$' => self.dollar(open, true),
                '`' => self.substitution(1, '`'),
                _ => self.push(open, next),
            }
        }
        self.unclosed(start, "\"");
    }

    /// What a command says, which nobody knows before it runs.
    fn substitution(&mut self, length: usize, end: char) {
        let start = self.at;
        let within = &self.text[start + length..];
        let end = within
            .find(end)
            .map_or(self.text.len(), |at| start + length + at + 1);
        self.at = end;
        self.wrong(
            start..self.at,
            "the shell runs a command here",
            "write what it says, or a variable such as \"$TOKEN\"",
        );
    }

    /// A variable, `$'…'`, or a dollar.
    fn dollar(&mut self, open: &mut Open, is_within_quotes: bool) {
        let start = self.at;
        let rest = &self.text[start + 1..];
        let name_of = |text: &str| -> String {
            text.chars()
                .take_while(|next| next.is_ascii_alphanumeric() || *next == '_')
                .collect()
        };
        let name = name_of(rest);
        // A shell joins lines before it looks for names.
        if ["\\\n", "\\\r\n"]
            .iter()
            .any(|joint| rest[name.len()..].starts_with(joint))
        {
            self.at += 1 + name.len();
            self.wrong(
                start..self.at,
                "a variable goes on in another line",
                "write it in one",
            );
            return;
        }
        if !name.is_empty() && !name.starts_with(|first: char| first.is_ascii_digit()) {
            self.at += 1 + name.len();
            return self.variable(open, name);
        }
        match rest.chars().next() {
            Some('\'') if !is_within_quotes => self.ansi(open),
            // Where no translation is there it is the text itself.
            Some('"') if !is_within_quotes => {
                self.at += 1;
                self.double(open);
            }
            Some('{') => {
                let name = name_of(&rest[1..]);
                let is_name = !name.is_empty() && !name.starts_with(|first: char| first.is_ascii_digit());
                if is_name && rest[1 + name.len()..].starts_with('}') {
                    self.at += name.len() + 3;
                    return self.variable(open, name);
                }
                let help = "write what comes of it, or a variable such as \"$TOKEN\"";
                self.at += 2;
                self.wrong(start..self.at, "the shell computes something here", help);
            }
            Some('(') => self.substitution(2, ')'),
            Some('0'..='9' | '@' | '*' | '#' | '?' | '$' | '!' | '-') => {
                self.at += 2;
                self.wrong(
                    start..self.at,
                    "only the shell knows what this is",
                    "write it out",
                );
            }
            Some(_) | None => self.push(open, '$'),
        }
    }

    fn variable(&mut self, open: &mut Open, name: String) {
        let known = self.variables.iter().find(|variable| variable.name == name);
        let mark = match known {
            Some(variable) => variable.mark.clone(),
            None if self.variables.len() >= MOST_VARIABLES => {
                let start = self.at - 1;
                let message = format!("more than {MOST_VARIABLES} variables in one file");
                return self.wrong(start..self.at, message, "divide the file");
            }
            None => {
                // The last letter ends the number, so that none is the beginning of another.
                let mark = format!("{}{}z", self.salt, self.variables.len());
                self.variables.push(Variable {
                    mark: mark.clone(),
                    name,
                });
                mark
            }
        };
        open.bytes.extend_from_slice(mark.as_bytes());
    }
}
