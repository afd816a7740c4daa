//! Text as a word of a POSIX shell.

use crate::untrusted;

/// A mark in a text, and the shell variable that takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    /// What stands in the text: `‹api_key›`.
    mark: String,
    /// The variable: `API_KEY`.
    name: String,
    /// What it must hold, where its name alone does not say so.
    note: Option<String>,
}

impl Variable {
    /// The variable for a mark, named after `words`: in upper case, everything but letters and digits as `_`.
    pub(super) fn new(mark: String, words: &str) -> Variable {
        let mut name: String = words
            .chars()
            .map(|character| match character {
                'a'..='z' | 'A'..='Z' | '0'..='9' => character.to_ascii_uppercase(),
                _ => '_',
            })
            .collect();
        if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
            name.insert(0, '_');
        }
        Variable {
            mark,
            name,
            note: None,
        }
    }

    /// The same variable, without which the shell does not run the command and says this.
    pub(super) fn with_note(self, note: &str) -> Variable {
        // Within quotes and braces nothing else means itself in every shell.
        let plain = |character: char| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '_' | '-' | '.' => character,
            _ => '_',
        };
        Variable {
            note: Some(note.chars().map(plain).collect()),
            ..self
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The text with the variable as `write` writes its name.
    pub(super) fn put(&self, text: &str, write: impl Fn(&str) -> String) -> String {
        text.replace(&self.mark, &write(&self.name))
    }

    /// The variable for a mark by the very name it has in the environment; none if no shell could name it.
    pub(super) fn of_environment(mark: String, name: &str) -> Option<Variable> {
        let is_name = !name.starts_with(|first: char| first.is_ascii_digit())
            && !name.is_empty()
            && name
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || character == '_');
        is_name.then(|| Variable {
            mark,
            name: name.to_owned(),
            note: None,
        })
    }
}

/// The text as one word, in which nothing is expanded.
pub(super) fn word(text: &str) -> String {
    word_with(text, &[])
}

/// The text as one word, in which each variable's mark is that variable and nothing else is expanded:
/// `'Bearer '"$TOKEN"`.
pub(super) fn word_with(text: &str, variables: &[Variable]) -> String {
    let mut word = String::new();
    let mut rest = text;
    while let Some((at, variable)) = variables
        .iter()
        .filter_map(|variable| Some((rest.find(&variable.mark)?, variable)))
        .min_by_key(|(at, _)| *at)
    {
        push_literal(&mut word, &rest[..at]);
        word.push_str(&match &variable.note {
            Some(note) => format!("\"${{{}:?{note}}}\"", variable.name),
            None => format!("\"${}\"", variable.name),
        });
        rest = &rest[at + variable.mark.len()..];
    }
    push_literal(&mut word, rest);
    if word.is_empty() { "''".to_owned() } else { word }
}

fn push_literal(word: &mut String, text: &str) {
    if text.chars().all(is_plain) {
        word.push_str(text);
    } else if untrusted::line(text) == text {
        word.push_str(&format!("'{}'", text.replace('\'', r"'\''")));
    } else {
        push_escaped(word, text);
    }
}

/// Writes `$'…'` (POSIX.1-2024, 2.2.4) for text whose characters would act where the command is shown.
fn push_escaped(word: &mut String, text: &str) {
    word.push_str("$'");
    for character in text.chars() {
        let mut bytes = [0; 4];
        let one = character.encode_utf8(&mut bytes);
        match character {
            '\n' => word.push_str(r"\n"),
            '\'' => word.push_str(r"\'"),
            '\\' => word.push_str(r"\\"),
            _ if untrusted::line(one) == *one => word.push(character),
            // Three octal digits end by themselves in every shell; hexadecimal ones may take what follows along.
            _ => one
                .bytes()
                .for_each(|byte| word.push_str(&format!("\\{byte:03o}"))),
        }
    }
    word.push('\'');
}

/// Whether no shell sees anything in the character, at whatever place in a word.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-./:@%+,".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_only_where_they_must_be() {
        for (text, quoted) in [
            ("https://a.test/b?c=d&e", "'https://a.test/b?c=d&e'"),
            ("https://a.test:8080/b", "https://a.test:8080/b"),
            ("", "''"),
            ("it's", r"'it'\''s'"),
            ("a\nb\u{1b}1'\\", r"$'a\nb\0331\'\\'"),
            ("a\u{202e}", r"$'a\342\200\256'"),
            ("$(reboot)`x`!", "'$(reboot)`x`!'"),
        ] {
            assert_eq!(word(text), quoted);
        }
    }

    #[test]
    fn marks_become_variables() {
        let variables = [
            Variable::new("‹api key›".to_owned(), "api key"),
            Variable::new("‹2nd›".to_owned(), "2nd"),
        ];
        assert_eq!(
            word_with("Bearer ‹api key›, ‹2nd›‹other›", &variables),
            r#"'Bearer '"$API_KEY"', '"$_2ND"'‹other›'"#
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_back_what_was_written() {
        let variables = [
            Variable::new("‹key›".to_owned(), "key"),
            Variable::new("‹noted›".to_owned(), "key").with_note("what} \"$(id)\" `it` is"),
        ];
        let texts = [
            "a b",
            "it's \"$HOME\" `id` $(id) \\n !",
            "*?[a]~{b,c}",
            "#x",
            "‹key›'‹key›",
            "‹noted›",
        ];
        for text in texts {
            let script = format!("printf %s {}", word_with(text, &variables));
            let output = std::process::Command::new("/bin/sh")
                .args(["-c", &script])
                .env_clear()
                .env("KEY", "s3 'cret\"")
                .output()
                .unwrap();
            assert_eq!(
                String::from_utf8(output.stdout).unwrap(),
                text.replace("‹key›", "s3 'cret\"")
                    .replace("‹noted›", "s3 'cret\"")
            );
        }
    }
}
