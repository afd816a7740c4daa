//! Lines a CI runner would obey, made inert.
//!
//! What runners look for, in what they read from a job's output:
//!
//! * GitHub Actions: `::name …::` at the start of a line after white space, and `##[name …]` anywhere in a line
//!   (`ActionCommand.TryParseV2` and `TryParse` in actions/runner).
//! * Azure Pipelines: `##vso[area.event …]` anywhere in a line, `##[name]` for the log's layout.
//! * TeamCity: `##teamcity[name …]`.
//!
//! Lines end at a line feed or a lone carriage return. The runners are .NET programs whose culture-sensitive search
//! skips characters without weight, so a zero-width character inside a prefix does not disarm it; it is skipped here too.

use super::escape::is_hidden;
use std::borrow::Cow;

/// Puts a backslash into every text that a CI runner would take for a command: `\::error::`, `##\[group]`,
/// `##vso\[task.setvariable]`, `##teamcity\[testFailed]`. All other text stays as it is.
///
/// The text is taken as beginning at the start of a line; give whole lines.
pub fn guard_ci(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut guards = Vec::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        if !is_plain(whole) {
            let mut line = Line::default();
            for (index, character) in whole.char_indices() {
                guards.extend(line.read(start + index, character));
            }
        }
        start += whole.len();
    }
    if guards.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + guards.len());
    let mut copied = 0;
    for guard in guards {
        out.push_str(&text[copied..guard]);
        out.push('\\');
        copied = guard;
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// Whether a text has nothing that a command begins with. Nearly all text is like that, and it is seen at a glance:
/// many bytes at once, where going through its characters one by one takes longer than making the text did.
fn is_plain(text: &str) -> bool {
    if text.contains("##") || text.contains("::") {
        return false;
    }
    let is_doubtful = |byte: u8| (byte >= 0x7f) | ((byte < b' ') & (byte != b'\n'));
    let doubtful = text.bytes().fold(false, |found, byte| found | is_doubtful(byte));
    !doubtful
        || !text
            .chars()
            .any(|character| character != '\n' && has_no_weight(character))
}

/// How far the present line has come towards a command.
#[derive(Default)]
struct Line {
    start: Start,
    hashes: usize,
}

/// What the line begins with.
#[derive(Default)]
enum Start {
    /// White space at most.
    #[default]
    Blank,
    /// One colon, at this index.
    Colon(usize),
    /// Something that is no `::`, or one already guarded.
    Past,
}

impl Line {
    /// Reads one character, and returns the index before which a guard belongs.
    fn read(&mut self, index: usize, character: char) -> Option<usize> {
        if matches!(character, '\n' | '\r') {
            *self = Line::default();
            return None;
        }
        if has_no_weight(character) {
            return None;
        }
        self.read_hashes(index, character)
            .or(self.read_start(index, character))
    }

    /// `##`, a word or none, `[`.
    fn read_hashes(&mut self, index: usize, character: char) -> Option<usize> {
        match character {
            '#' => self.hashes += 1,
            '[' if self.hashes >= 2 => {
                self.hashes = 0;
                self.start = Start::Past;
                return Some(index);
            }
            _ if self.hashes >= 2
                && (character.is_alphanumeric() || matches!(character, '-' | '_' | '.')) => {}
            _ => self.hashes = 0,
        }
        None
    }

    /// White space or none, `::`.
    fn read_start(&mut self, index: usize, character: char) -> Option<usize> {
        match (&self.start, character) {
            (Start::Blank, ':') => {
                self.start = Start::Colon(index);
                None
            }
            (Start::Colon(first), ':') => {
                let first = *first;
                self.start = Start::Past;
                Some(first)
            }
            (Start::Blank, _) if character.is_whitespace() => None,
            _ => {
                self.start = Start::Past;
                None
            }
        }
    }
}

/// Whether a culture-sensitive comparison skips the character.
fn has_no_weight(character: char) -> bool {
    is_hidden(character) || matches!(character, '\u{fe00}'..='\u{fe0f}')
}
