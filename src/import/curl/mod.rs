//! `curl`: command lines, as browsers copy them and shells remember them.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::ImportKind;
use super::credential::{credentials_in, is_credential_header};
use super::request::Reading;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::registry::Entry;
use crate::source::{Place, Source};

mod call;
mod escapes;
mod options;
mod parts;
mod quotes;
mod redact;
mod words;

use call::Call;
use words::{Command, Word};

pub(super) const KIND: ImportKind = ImportKind {
    entry: Entry {
        name: "curl",
        summary: "curl's command lines: a browser's \"Copy as cURL\", a shell's history",
        example: "curl 'https://api.test/contacts?page=2' -H 'Authorization: Bearer abcdefgh' --json '{\"name\": \"Jo\"}'",
    },
    tells_contents: false,
    limit: 4 * 1024 * 1024,
    read,
    shown: redact::shown,
};

/// Words in front of a command that run it as it is.
const IN_FRONT: [&str; 6] = ["$", "command", "env", "exec", "sudo", "time"];

fn read(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Reading {
    let before = diagnostics.iter().count();
    let (commands, variables) = words::commands(source, diagnostics);
    let mut reading = Reading {
        variables,
        ..Reading::default()
    };
    let mut is_there = false;
    for command in &commands {
        match arguments(command) {
            Some(arguments) => {
                is_there = true;
                for part in arguments.split(is_next) {
                    Call::read(part, &reading.variables, diagnostics).requests(&mut reading, diagnostics);
                }
            }
            None if command.is_piped || command.words.iter().all(is_assignment) => {}
            None => reading.leave_out("not curl"),
        }
    }
    if !is_there && !diagnostics.has_errors() {
        let start = Place::new(source, 0..0);
        diagnostics.push(
            Diagnostic::error("no curl command is here")
                .at(&start)
                .help("a command begins with `curl`"),
        );
    }
    if diagnostics.iter().count() > before {
        hide(&source.text, diagnostics);
    }
    reading
}

/// The words behind `curl`; none of another command.
fn arguments(command: &Command) -> Option<&[Word]> {
    let mut words = command.words.as_slice();
    loop {
        let (first, rest) = words.split_first()?;
        let name = first.text.rsplit('/').next().unwrap_or_default();
        if matches!(name, "curl" | "curl.exe") {
            return Some(rest);
        }
        let is_number = first
            .text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'*');
        if !is_number && !IN_FRONT.contains(&first.text.as_str()) && !is_assignment(first) {
            return None;
        }
        words = rest;
    }
}

/// `NAME=value` in front of a command.
fn is_assignment(word: &Word) -> bool {
    let name = word.place.text().split_once('=').map_or("", |(name, _)| name);
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|character| character.is_ascii_alphanumeric() || character == '_')
        || matches!(word.text.as_str(), "export" | "set")
}

fn is_next(word: &Word) -> bool {
    matches!(word.text.as_str(), "--next" | "-:")
}

/// A header, a name with a password, cookies, as they stand in a text that may be no command.
static SHOWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let alternatives = [
        r#"([A-Za-z0-9_-]+):[ \t]*([^'"\r\n]+)"#,
        r#"(?:-u|--user)[ =]?['"]?([^\s:'"]+):([^\s'"]+)"#,
        r#"(?:-b|--cookie|--oauth2-bearer)[ =]?(['"]?)([^'"\r\n]+)"#,
        r#"://([^\s/:@'"]+):([^\s/@'"]+)@"#,
    ];
    Regex::new(&alternatives.join("|")).ok()
});

/// Keeps credentials of the text out of what is shown of its lines, also where it could not be read.
fn hide(text: &str, diagnostics: &mut Diagnostics) {
    for (_, range) in credentials_in(text) {
        diagnostics.hide(&text[range]);
    }
    let Some(shown) = SHOWN.as_ref() else { return };
    for captures in shown.captures_iter(text) {
        let is_harmless = captures
            .get(1)
            .is_some_and(|name| !is_credential_header(name.as_str()));
        let value = captures.iter().skip(1).flatten().nth(1);
        let Some(value) = value.filter(|_| !is_harmless).map(|value| value.as_str().trim()) else {
            continue;
        };
        // A scheme's word says nothing, and the names of cookies neither.
        let behind_scheme = value.split_once(' ').map_or(value, |(_, rest)| rest);
        let cookies = value.split(';').filter_map(|pair| Some(pair.split_once('=')?.1));
        for part in cookies
            .chain([value, behind_scheme])
            .filter(|part| !part.is_empty())
        {
            diagnostics.hide(part);
        }
    }
}
