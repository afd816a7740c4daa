//! Long text, cut with a word on how much is missing.

use std::borrow::Cow;

/// Keeps at most the first `characters` characters, and says how many are left out: `abc… (120 more characters)`.
///
/// Secrets must be masked before: what is left of one that is cut in two cannot be recognised.
pub fn cut(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        None => Cow::Borrowed(text),
        Some((end, _)) => match text[end..].chars().count() {
            1 => Cow::Owned(format!("{}… (1 more character)", &text[..end])),
            left_out => Cow::Owned(format!("{}… ({left_out} more characters)", &text[..end])),
        },
    }
}
