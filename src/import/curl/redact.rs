//! Commands for messages: their options, and nothing of what is given to them.

use std::sync::Arc;

use super::options;
use crate::source::Source;

/// The same source with `curl` and the names of options as they are, and every other letter, digit and sign as `*`, so
/// that each place stays where it is.
pub(in crate::import) fn shown(source: &Arc<Source>) -> Arc<Source> {
    let is_edge = |character: char| character.is_whitespace() || matches!(character, '\'' | '"');
    let mut text = String::with_capacity(source.text.len());
    for piece in source.text.split_inclusive(is_edge) {
        let word = piece.trim_end_matches(is_edge);
        let edge = &piece[word.len()..];
        if word == "curl" || word == "\\" || is_option(word) {
            text.push_str(word);
        } else {
            // As many bytes as there were, since places are told in bytes.
            text.extend(std::iter::repeat_n('*', word.len()));
        }
        text.push_str(edge);
    }
    Source::new(source.path.clone(), text)
}

/// True for the name of an option with nothing glued to it.
fn is_option(word: &str) -> bool {
    match word.strip_prefix("--") {
        Some(name) => options::names().any(|known| known == name),
        None => {
            let mut letters = word.chars();
            letters.next() == Some('-')
                && letters
                    .next()
                    .is_some_and(|letter| options::by_letter(letter).is_some())
                && letters.next().is_none()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stay_and_nothing_else() {
        for (text, expected) in [
            (
                "curl -u joe:S 'https://joe:S@h:99999/'",
                "curl -u ***** '**********************'",
            ),
            ("curl --user=joe:S -ujoe:S", "curl ************ *******"),
            (
                "curl --header 'é: S' \\\n  -b a=S",
                "curl --header '*** *' \\\n  -b ***",
            ),
        ] {
            let shown = shown(&Source::new("a.sh", text));
            assert_eq!((shown.text.as_str(), shown.text.len()), (expected, text.len()));
        }
    }
}
