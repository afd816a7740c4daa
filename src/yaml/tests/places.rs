//! Each character of a scalar's value is found where it was written, in every style.

use std::ops::Range;
use std::sync::Arc;

use proptest::prelude::*;

use crate::diagnostic::Diagnostics;
use crate::source::Source;
use crate::yaml::{Text, parse};

/// A scalar being written: the source so far, and for each character of the value its bytes in the source.
#[derive(Default)]
struct Written {
    source: String,
    value: String,
    characters: Vec<Range<usize>>,
}

impl Written {
    fn after(head: &str) -> Written {
        Written {
            source: head.to_owned(),
            ..Written::default()
        }
    }

    /// Source that adds nothing to the value.
    fn mute(&mut self, source: &str) {
        self.source.push_str(source);
    }

    /// One character of the value, written as `source`.
    fn says(&mut self, character: char, source: &str) {
        let start = self.source.len();
        self.source.push_str(source);
        self.value.push(character);
        self.characters.push(start..self.source.len());
    }

    fn raw(&mut self, text: &str) {
        for character in text.chars() {
            self.says(character, character.encode_utf8(&mut [0; 4]));
        }
    }

    fn check(&self) {
        let mut diagnostics = Diagnostics::default();
        let source: Arc<Source> = Source::new("t.yaml", self.source.as_str());
        let node =
            parse(&source, &mut diagnostics).unwrap_or_else(|| panic!("{:?}: {diagnostics:?}", self.source));
        let text: &Text = node
            .as_map()
            .and_then(|map| map.get("k"))
            .and_then(|node| node.as_text())
            .expect("a text");
        assert_eq!(text.value(), self.value, "{:?}", self.source);
        for ((at, character), expected) in self.value.char_indices().zip(&self.characters) {
            let place = text.place(at..at + character.len_utf8());
            assert_eq!(
                &place.span, expected,
                "{character:?} at {at} of {:?} in {:?}",
                self.value, self.source
            );
        }
    }
}

/// Words, and what separates each from the next: a space, or that many line breaks.
fn words(word: &'static str) -> impl Strategy<Value = Vec<(String, usize)>> {
    prop::collection::vec((word, 0usize..4), 1..6)
}

/// Writes words with line folding: a line break for a space, one more than they mean for line breaks.
fn fold(
    written: &mut Written,
    words: &[(String, usize)],
    line_break: &str,
    word: impl Fn(&mut Written, &str),
) {
    for (position, (text, breaks)) in words.iter().enumerate() {
        word(written, text);
        if position + 1 == words.len() {
            return;
        }
        match breaks {
            0 => written.says(' ', " "),
            1 => {
                written.mute("  ");
                written.says(' ', line_break);
                written.mute("   ");
            }
            breaks => {
                written.mute(line_break);
                for _ in 1..*breaks {
                    written.mute(" ");
                    written.says('\n', line_break);
                }
                written.mute("   ");
            }
        }
    }
}

proptest! {
    #[test]
    fn plain(words in words("[a-zé😀$.]{1,5}x"), crlf in any::<bool>()) {
        let mut written = Written::after("k: ");
        fold(&mut written, &words, if crlf { "\r\n" } else { "\n" }, |written, word| written.raw(word));
        written.mute("\n");
        written.check();
    }

    #[test]
    fn single_quoted(words in words("[a-zé'\"\\\\#:{]{1,5}"), crlf in any::<bool>()) {
        let mut written = Written::after("k: '");
        fold(&mut written, &words, if crlf { "\r\n" } else { "\n" }, |written, word| {
            for character in word.chars() {
                match character {
                    '\'' => written.says('\'', "''"),
                    other => written.says(other, &other.to_string()),
                }
            }
        });
        written.mute("'\n");
        written.check();
    }

    #[test]
    fn double_quoted(words in words("[a-zé'\"\\\\\n\t😀]{1,5}"), crlf in any::<bool>(), codes in any::<bool>()) {
        let line_break = if crlf { "\r\n" } else { "\n" };
        let mut written = Written::after("k: \"");
        fold(&mut written, &words, line_break, |written, word| {
            for character in word.chars() {
                match character {
                    '"' => written.says('"', "\\\""),
                    '\\' => written.says('\\', "\\\\"),
                    '\n' => written.says('\n', "\\n"),
                    '\t' => written.says('\t', "\\t"),
                    'é' if codes => written.says('é', "\\u00e9"),
                    '😀' if codes => written.says('😀', "\\ud83d\\ude00"),
                    'a' if codes => {
                        written.mute(&format!("\\{line_break}   "));
                        written.says('a', "\\x61");
                    }
                    other => written.says(other, &other.to_string()),
                }
            }
        });
        written.mute("\"\n");
        written.check();
    }

    #[test]
    fn literal(
        lines in prop::collection::vec("[ ]{0,2}[a-zé#:']{0,5}", 1..8),
        chomping in 0usize..3, indicator in any::<bool>(), crlf in any::<bool>(),
    ) {
        let line_break = if crlf { "\r\n" } else { "\n" };
        let lines: Vec<&str> = lines.iter().map(|line| if line.trim().is_empty() { "" } else { line.as_str() }).collect();
        let first_is_indented = lines.iter().find(|line| !line.is_empty()).is_none_or(|line| line.starts_with(' '));
        let digit = if indicator || first_is_indented { "3" } else { "" };
        let Some(last) = lines.iter().rposition(|line| !line.is_empty()) else { return Ok(()) };
        let mut written = Written::after(&format!("k: |{digit}{} # a comment with |{line_break}", ["", "-", "+"][chomping]));
        for (position, line) in lines.iter().enumerate() {
            written.mute(if line.is_empty() { " " } else { "   " });
            written.raw(line);
            match (chomping, position) {
                (0, position) if position > last => written.mute(line_break),
                (1, position) if position >= last => written.mute(line_break),
                _ => written.says('\n', line_break),
            }
        }
        written.mute("l: 1\n");
        written.check();
    }

    #[test]
    fn folded(words in words("[a-zé#:']{1,5}"), crlf in any::<bool>(), inset in 0usize..6) {
        let line_break = if crlf { "\r\n" } else { "\n" };
        let mut written = Written::after(&format!("k: >-{line_break}   "));
        for (position, (word, breaks)) in words.iter().enumerate() {
            written.raw(word);
            if position + 1 == words.len() {
                break;
            }
            match breaks {
                0 => written.says(' ', " "),
                // Lines indented further keep their line breaks, before and after.
                _ if inset == position => {
                    written.says('\n', line_break);
                    written.mute("   ");
                    written.raw("  inset");
                    written.says('\n', line_break);
                    written.mute("   ");
                }
                1 => {
                    written.says(' ', line_break);
                    written.mute("   ");
                }
                breaks => {
                    written.mute(line_break);
                    (1..*breaks).for_each(|_| written.says('\n', line_break));
                    written.mute("   ");
                }
            }
        }
        written.mute(line_break);
        written.check();
    }
}

#[test]
fn a_place_covers_several_characters_and_is_cut_to_the_value() {
    let mut diagnostics = Diagnostics::default();
    let source = Source::new("t.yaml", "\"$.a\\tb\": x\n");
    let node = parse(&source, &mut diagnostics).expect("a tree");
    let (key, _) = node
        .as_map()
        .and_then(|map| map.entry("$.a\tb"))
        .expect("is there");
    assert_eq!(key.text.place(2..5).text(), "a\\tb");
    assert_eq!(key.text.place(3..3).span, 4..4);
    assert_eq!(key.text.place(5..9).span, 7..7);
    assert_eq!(key.text.place(0..99).text(), "$.a\\tb");
}
