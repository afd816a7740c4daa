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
    const WORD: &str = "shellvariable";
    let text = text.to_ascii_lowercase();
    let numbers = text.match_indices(WORD).filter_map(|(at, _)| {
        let behind = &text[at + WORD.len()..];
        let end = behind
            .find(|next: char| !next.is_ascii_digit())
            .unwrap_or(behind.len());
        // What is no number here is no number of ours.
        behind[..end].parse::<u64>().ok()
    });
    let free = numbers.max().map_or(0, |most| u128::from(most) + 1);
    format!("{WORD}{free}x")
}

pub(super) struct Lexer<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) salt: String,
    pub(super) variables: Vec<Variable>,
    diagnostics: &'a mut Diagnostics,
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

    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    pub(super) fn follows(&self, text: &str) -> bool {
        self.text[self.at..].starts_with(text)
    }

    pub(super) fn wrong(&mut self, range: Range<usize>, message: impl Into<String>, help: &str) {
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
    pub(super) fn continuation(&self) -> usize {
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
            "$'\\cA'",
            "$\\\n$",
            "$A\\\nB",
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
