//! Characters XML 1.0 has no way to write, not even as a reference.

use super::escape::escape;
use std::borrow::Cow;

/// Shows what is outside XML 1.0's `Char` (section 2.2) as escapes, so that a report is well-formed whatever a server
/// sent. `<`, `&` and quotes are left to the writer.
pub fn xml(text: &str) -> Cow<'_, str> {
    escape(text, |character| {
        !matches!(character,
            '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
    })
}
