//! The commands of a shell's text, as words (POSIX.1-2024, chapter 2.2 and 2.3, and bash's `$'…'`).
//!
//! Libraries that split words (`shlex`, `shell-words`) know neither `$'…'`, which browsers write, nor where a word stood,
//! nor that a variable is no text. What a shell would run or look up is an error here, a variable a mark.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::import::request::Variable;
use crate::source::{Place, Source};

/// A word with its quotes taken away.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) place: Place,
    /// Whether a quote or a backslash is in it: then it is no operator's and no assignment's.
    pub(super) is_quoted: bool,
}

/// A command, in the order it stands.
#[derive(Debug, Default)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    /// Whether it reads what another one says.
    pub(super) is_piped: bool,
}

/// The text's commands, and the variables they read.
pub(super) fn commands(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> (Vec<Command>, Vec<Variable>) {
    let mut lexer = Lexer {
        source,
        text: &source.text,
        at: 0,
        salt: salt(&source.text),
        variables: Vec::new(),
        diagnostics,
    };
    let commands = lexer.commands();
    (commands, lexer.variables)
}

/// Small letters and digits that stand nowhere in the text: they pass through URLs, hosts and JSON as they are.
fn salt(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    let salts = (0_u64..).map(|number| format!("shellvariable{number}x"));
    let mut free = salts.filter(|salt| !text.contains(salt.as_str()));
    free.next().unwrap_or_default()
}

struct Lexer<'a> {
    source: &'a Arc<Source>,
    text: &'a str,
    at: usize,
    salt: String,
    variables: Vec<Variable>,
    diagnostics: &'a mut Diagnostics,
}

/// A word that is being read.
#[derive(Default)]
struct Open {
    bytes: Vec<u8>,
    is_word: bool,
    is_quoted: bool,
    /// Where a brace was opened that the shell may expand, and whether it surely does.
    brace: Option<(usize, bool)>,
}

impl Lexer<'_> {
    fn commands(&mut self) -> Vec<Command> {
        let mut commands = vec![Command::default()];
        while self.at < self.text.len() {
            self.blanks();
            let Some(next) = self.peek() else { break };
            match next {
                '\n' | ';' | '(' | ')' => {
                    self.at += 1;
                    commands.push(Command::default());
                }
                '&' | '|' => self.operator(&mut commands),
                '#' => {
                    self.at = self.text[self.at..]
                        .find('\n')
                        .map_or(self.text.len(), |end| self.at + end)
                }
                '<' | '>' => self.redirection(&mut commands),
                _ => {
                    let word = self.word();
                    if let Some(command) = commands.last_mut() {
                        command.words.push(word);
                    }
                }
            }
        }
        commands.retain(|command| !command.words.is_empty());
        commands
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn follows(&self, text: &str) -> bool {
        self.text[self.at..].starts_with(text)
    }

    fn wrong(&mut self, range: Range<usize>, message: impl Into<String>, help: &str) {
        let place = Place::new(self.source, range);
        self.diagnostics
            .push(Diagnostic::error(message).at(&place).help(help));
    }

    /// Passes over blanks and line breaks that a backslash takes away.
    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.continuation() > 0 => self.at += self.continuation(),
                Some(_) | None => break,
            }
        }
    }

    /// The length of a backslash with a line break behind it; of a copied text the break may have a carriage return.
    fn continuation(&self) -> usize {
        ["\\\n", "\\\r\n"]
            .iter()
            .find(|break_| self.follows(break_))
            .map_or(0, |break_| break_.len())
    }

    /// `&&`, `||`, `|`, `&`.
    fn operator(&mut self, commands: &mut Vec<Command>) {
        let start = self.at;
        let is_pipe = self.follows("|") && !self.follows("||");
        if self.follows("&>") {
            self.at += 1;
            return self.redirection(commands);
        }
        let is_double = self.follows("&&") || self.follows("||") || self.follows("|&");
        self.at += if is_double { 2 } else { 1 };
        let cuts_a_word = !is_double
            && !is_pipe
            && self.text[..start].ends_with(|before: char| !before.is_whitespace())
            && self.peek().is_some_and(|next| next.is_alphanumeric());
        if cuts_a_word {
            let place = Place::new(self.source, start..self.at);
            self.diagnostics.push(
                Diagnostic::warning("the shell ends the command at this `&`")
                    .at(&place)
                    .help("put the URL in quotes"),
            );
        }
        commands.push(Command {
            words: Vec::new(),
            is_piped: is_pipe,
        });
    }

    /// `> file`, `2>&1`, `< file`: what is written where is of no account, what is read would be sent.
    fn redirection(&mut self, commands: &mut [Command]) {
        let start = self.at;
        let is_input = self.follows("<");
        let is_here = self.follows("<<");
        while matches!(self.peek(), Some('<' | '>' | '&' | '|')) {
            self.at += 1;
        }
        if self.follows("(") {
            self.wrong(
                start..self.at + 1,
                "what another command says cannot be read here",
                "write it out",
            );
        } else if is_here {
            self.wrong(
                start..self.at,
                "a here-document is not read",
                "put its text behind --data-raw, in quotes",
            );
        }
        // The number of what is redirected stands right in front.
        if let Some(command) = commands.last_mut()
            && let Some(last) = command.words.last()
            && last.place.span.end == start
            && !last.is_quoted
            && last.text.bytes().all(|byte| byte.is_ascii_digit())
        {
            command.words.pop();
        }
        self.blanks();
        if !matches!(
            self.peek(),
            None | Some('\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>')
        ) {
            let word = self.word();
            if is_input && !is_here {
                let message = "what is read from a file is not known here";
                let help = "name the file behind --data-binary, as @file";
                self.diagnostics
                    .push(Diagnostic::warning(message).at(&word.place).help(help));
            }
        }
    }

    fn word(&mut self) -> Word {
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

    fn push(&mut self, open: &mut Open, character: char) {
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

    fn unclosed(&mut self, start: usize, quote: &str) {
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

    /// `$'…'` with its escapes.
    fn ansi(&mut self, open: &mut Open) {
        let start = self.at;
        open.is_quoted = true;
        self.at += 2;
        while let Some(next) = self.peek() {
            match next {
                '\'' => {
                    self.at += 1;
                    return;
                }
                '\\' => self.ansi_escape(open),
                _ => self.push(open, next),
            }
        }
        self.unclosed(start, "'");
    }

    fn ansi_escape(&mut self, open: &mut Open) {
        let start = self.at;
        self.at += 1;
        let Some(next) = self.peek() else {
            open.bytes.push(b'\\');
            return;
        };
        self.at += next.len_utf8();
        let byte = match next {
            'a' => 7,
            'b' => 8,
            'e' | 'E' => 0x1b,
            'f' => 0xc,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 0xb,
            '\\' | '\'' | '"' | '?' => u8::try_from(next).unwrap_or_default(),
            '0'..='7' => {
                self.at -= 1;
                let value = self.digits(8, 3).unwrap_or_default();
                u8::try_from(value & 0xff).unwrap_or_default()
            }
            'x' | 'u' | 'U' => {
                let most = match next {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                match self.digits(16, most) {
                    // Without digits it is no escape.
                    None => {
                        open.bytes
                            .extend_from_slice(&self.text.as_bytes()[start..self.at]);
                        return;
                    }
                    Some(value) if next == 'x' => u8::try_from(value & 0xff).unwrap_or_default(),
                    Some(0) => 0,
                    Some(value) => return self.character(open, start, value),
                }
            }
            'c' => {
                let control = self.peek().filter(char::is_ascii);
                self.at += usize::from(control.is_some());
                control.map_or(0, |control| {
                    u8::try_from(control.to_ascii_uppercase()).unwrap_or_default() & 0x1f
                })
            }
            _ => {
                open.bytes
                    .extend_from_slice(&self.text.as_bytes()[start..self.at]);
                return;
            }
        };
        if byte == 0 {
            self.wrong(
                start..self.at,
                "no argument of a command holds a NUL",
                "put the bytes into a file, and name it as @file",
            );
            return;
        }
        open.bytes.push(byte);
    }

    fn character(&mut self, open: &mut Open, start: usize, value: u32) {
        match char::from_u32(value) {
            Some(character) => open
                .bytes
                .extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None => self.wrong(start..self.at, "there is no such character", "write another one"),
        }
    }

    /// The value of up to so many digits; none if there is no digit.
    fn digits(&mut self, radix: u32, most: usize) -> Option<u32> {
        let rest = &self.text[self.at..];
        let digits: String = rest
            .chars()
            .take(most)
            .take_while(|next| next.is_digit(radix))
            .collect();
        self.at += digits.len();
        u32::from_str_radix(&digits, radix).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command as Process;

    use proptest::prelude::*;

    use super::*;

    /// The words of one command; none where something is wrong, or the shell would look something up.
    fn words(text: &str) -> Option<Vec<String>> {
        let mut diagnostics = Diagnostics::default();
        let (commands, variables) = commands(&Source::new("a.sh", text), &mut diagnostics);
        let mut commands = commands.into_iter();
        let command = commands.next().unwrap_or_default();
        let is_one = diagnostics.is_empty() && variables.is_empty() && commands.next().is_none();
        is_one.then(|| command.words.into_iter().map(|word| word.text).collect())
    }

    #[test]
    fn quotes_are_taken_away() {
        for (text, expected) in [
            (r#"a 'b "c' "d 'e" f\ g"#, vec!["a", "b \"c", "d 'e", "f g"]),
            ("a\\\nb \\\n  c # d", vec!["ab", "c"]),
            ("a \\\r\n b\r\n", vec!["a", "b"]),
            (
                r"$'it\'s\t\x41\u00e9\101\n'",
                vec!["it's\tAé A\n".replace(' ', "").leak()],
            ),
            (r#""\$a \`b\` \" \\ \c""#, vec!["$a `b` \" \\ \\c"]),
            (r#"''"" x''"#, vec!["", "x"]),
            ("a 2>&1 b >/dev/null", vec!["a", "b"]),
            ("a$ '$'b {} {a} a#b", vec!["a$", "$b", "{}", "{a}", "a#b"]),
        ] {
            assert_eq!(
                words(text),
                Some(expected.into_iter().map(str::to_owned).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_a_shell_would_run_or_look_up_is_no_word() {
        for text in [
            "a `b`",
            "a $(b)",
            "a ${b:-c}",
            "a $1",
            "a <<E",
            "a <(b)",
            "{a,b}",
            "a{1..3}",
            "'a",
            "\"a",
            "$'a",
            "$'\\0'",
            "$'\\xff'",
        ] {
            assert_eq!(words(text), None, "{text}");
        }
    }

    /// Text in which a shell sees much, and nothing that it would run, look up or redirect.
    fn shell() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a", "b", "1", " ", "  ", "\t", "'", "''", "\"", "\\", "\\\\", "\\'", "\\\"", "\\\n", "$'",
            "\\n", "\\x41", "\\u00e9", "\\101", "\\cA", "\\e", "\\q", "\\0", "$", "$\"", "#", " #", "!", "é",
            "字", "🔑", "^", "%", "@", "=", ",", ":", "{", "}", "-", "+", "/", "--", "\\$", "\\`", "\\!",
            "\\ ", "\\x", "\\u", "\\8", "\\c'",
        ]);
        prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn words_are_those_of_bash(text in shell()) {
            // Behind a comment another line would be another command.
            prop_assume!(!(text.contains('#') && text.contains('\n')));
            let Some(ours) = words(&text) else { return Ok(()) };
            let script = r#"eval "set -- $1"; (($#)) && printf '%s\0' "$@"; exit 0"#;
            let run = Process::new("bash").args(["-c", script, "bash", &text]).env_clear().env("LC_ALL", "C.UTF-8").output();
            // Where there is no bash there is nobody to ask.
            let Ok(run) = run else { return Ok(()) };
            prop_assert!(run.stderr.is_empty(), "{}: {}", text, String::from_utf8_lossy(&run.stderr));
            let said = String::from_utf8(run.stdout).expect("text");
            let theirs: Vec<&str> = said.split_terminator('\0').collect();
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }
}
