//! `curl`: command lines, as browsers copy them and shells remember them.

use std::sync::Arc;

use super::ImportKind;
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
    let (commands, variables) = words::commands(source, diagnostics);
    let mut reading = Reading {
        variables,
        ..Reading::default()
    };
    let mut is_there = false;
    for command in &commands {
        match arguments(command) {
            Some((curl, arguments)) => {
                is_there = true;
                for part in arguments.split(is_next) {
                    let call = Call::read(part, &reading.variables, diagnostics);
                    call.requests(&curl.place, &mut reading, diagnostics);
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
    reading
}

/// `curl`, and the words behind it; none of another command.
fn arguments(command: &Command) -> Option<(&Word, &[Word])> {
    let mut words = command.words.as_slice();
    loop {
        let (first, rest) = words.split_first()?;
        let name = first.text.rsplit('/').next().unwrap_or_default();
        if matches!(name, "curl" | "curl.exe") {
            return Some((first, rest));
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
