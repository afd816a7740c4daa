//! One line of a source, made safe and short enough to be shown.

use std::ops::Range;

use super::render::Mask;
use crate::source::Place;

/// The line a place starts on, cut around the place, with what could drive a terminal written as escapes.
pub(super) struct Excerpt {
    /// The text to show.
    pub(super) text: String,
    /// The bytes of `text` that the place covers; what lies on further lines is left out.
    pub(super) span: Range<usize>,
}

/// What stands where a line was cut.
const CUT: &str = "…";

impl Excerpt {
    /// The excerpt of at most about `width` characters, of a line that was masked before it is cut.
    pub(super) fn new(place: &Place, width: usize, mask: Mask<'_>) -> Excerpt {
        let source = &place.source;
        let line = source.line(place.line()).unwrap_or(0..0);
        let start = boundary(&source.text, place.span.start.clamp(line.start, line.end));
        let end = boundary(&source.text, place.span.end.clamp(start, line.end));
        let whole = &source.text[line.clone()];
        let masked = mask(whole);
        let span = moved(start - line.start..end - line.start, whole, &masked);
        let before = visible_reversed(&masked[..span.start]);
        let within = visible(&masked[span.clone()]);
        let after = visible(&masked[span.end..]);

        // The place comes first; what stands before it gets a third of what is left, and what the rest does not need.
        let within = cut(within, width.saturating_sub(2).max(1));
        let room = width.saturating_sub(within.characters);
        let behind: usize = visible(&masked[span.end..])
            .take(room)
            .map(|piece| piece.chars().count())
            .sum();
        let before = cut(
            before,
            (room / 3).max(room.saturating_sub(behind)).max(MINIMUM_CONTEXT),
        );
        let after = cut(after, room.saturating_sub(before.characters).max(MINIMUM_CONTEXT));

        let mut text = String::new();
        if before.was_cut {
            text.push_str(CUT);
        }
        text.extend(before.pieces.iter().rev().map(String::as_str));
        let span_start = text.len();
        text.extend(within.pieces.iter().map(String::as_str));
        let span_end = text.len();
        text.extend(after.pieces.iter().map(String::as_str));
        if within.was_cut || after.was_cut {
            text.push_str(CUT);
        }
        Excerpt {
            text,
            span: span_start..span_end,
        }
    }
}

/// Where a span of a line lies in the line as it is once masked. What lies within the masked part covers all of it.
fn moved(span: Range<usize>, line: &str, masked: &str) -> Range<usize> {
    if line == masked {
        return span;
    }
    let same = |pair: &(char, char)| pair.0 == pair.1;
    let length =
        |characters: usize, text: &str| text.chars().take(characters).map(char::len_utf8).sum::<usize>();
    let before = length(line.chars().zip(masked.chars()).take_while(same).count(), line);
    let rest = (line[before..].chars().rev()).zip(masked[before..].chars().rev());
    let after: usize = rest
        .take_while(same)
        .map(|(character, _)| character.len_utf8())
        .sum();
    let start = if span.start <= before {
        span.start
    } else if span.start >= line.len() - after {
        masked.len() - (line.len() - span.start)
    } else {
        before
    };
    let end = if span.end <= before {
        span.end
    } else {
        masked.len() - (line.len() - span.end).min(after)
    };
    start..end.max(start)
}

/// How many characters beside a place are shown even where the window is narrow.
const MINIMUM_CONTEXT: usize = 12;

/// The offset, or the start of the character it lies in.
fn boundary(text: &str, offset: usize) -> usize {
    (0..=offset)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// Characters that fit, each in the form it is shown in.
struct Fitting {
    pieces: Vec<String>,
    characters: usize,
    was_cut: bool,
}

fn cut(pieces: impl Iterator<Item = String>, width: usize) -> Fitting {
    let mut fitting = Fitting {
        pieces: Vec::new(),
        characters: 0,
        was_cut: false,
    };
    for piece in pieces {
        let characters = piece.chars().count();
        if fitting.characters + characters > width {
            fitting.was_cut = true;
            break;
        }
        fitting.characters += characters;
        fitting.pieces.push(piece);
    }
    fitting
}

fn visible(text: &str) -> impl Iterator<Item = String> {
    text.chars().map(shown)
}

fn visible_reversed(text: &str) -> impl Iterator<Item = String> {
    text.chars().rev().map(shown)
}

/// Text in one line in which no character can move a cursor, change a colour or reorder its neighbours.
pub(super) fn safe_line(text: &str) -> String {
    visible(text).collect()
}

fn shown(character: char) -> String {
    match character {
        '\t' => "    ".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        character if drives_a_terminal(character) => format!("\\u{{{:x}}}", u32::from(character)),
        character => character.to_string(),
    }
}

/// Controls, and the invisible characters that separate lines, join, or change direction (Unicode UAX #9).
fn drives_a_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use proptest::prelude::*;

    fn excerpt(text: &str, span: Range<usize>, width: usize) -> (String, String) {
        let excerpt = Excerpt::new(&Place::new(&Source::new("a", text), span), width, &str::to_owned);
        let spanned = excerpt.text[excerpt.span].to_owned();
        (excerpt.text, spanned)
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}HERE{}", "a".repeat(5000), "b".repeat(5000));
        let (shown, spanned) = excerpt(&text, 5000..5004, 40);
        assert_eq!(shown, format!("…{}HERE{}…", "a".repeat(12), "b".repeat(24)));
        assert_eq!(spanned, "HERE");
    }

    #[test]
    fn a_long_place_is_cut_itself() {
        let (shown, spanned) = excerpt(&"x".repeat(100), 0..100, 20);
        assert_eq!((shown.as_str(), spanned.len()), ("xxxxxxxxxxxxxxxxxx…", 18));
    }

    #[test]
    fn only_the_first_line_of_a_place_is_shown() {
        assert_eq!(
            excerpt("a: b\nc: d\n", 0..9, 80),
            ("a: b".to_owned(), "a: b".to_owned())
        );
    }

    #[test]
    fn what_could_drive_a_terminal_is_written_as_escapes() {
        let (shown, spanned) = excerpt("a\t\u{1b}[31m\u{202e}b", 2..3, 80);
        assert_eq!(
            (shown.as_str(), spanned.as_str()),
            ("a    \\u{1b}[31m\\u{202e}b", "\\u{1b}")
        );
    }

    proptest! {
        #[test]
        fn any_place_is_shown_safely(text in any::<String>(), start in 0usize..50, length in 0usize..50, width in 0usize..90) {
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let (start, end) = (ends[start.min(ends.len() - 1)], ends[(start + length).min(ends.len() - 1)]);
            let (shown, _) = excerpt(&text, start..end, width);
            prop_assert!(!shown.chars().any(drives_a_terminal));
            prop_assert!(shown.chars().count() <= width + 2 * MINIMUM_CONTEXT + 4);
        }
    }
}
