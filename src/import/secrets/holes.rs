//! Texts with holes: where credentials and variables of the shell stood.

use super::super::named::{is_closed, named, named_end};
use super::super::wording::{MARKERS, literal};
use super::Secrets;
use crate::diagnostic::Diagnostic;
use crate::secret;

/// The most markers of expressions in one text; our reader takes some more.
const MOST_MARKERS: usize = 1000;

impl Secrets {
    /// Whether a text holds a variable of the shell.
    pub(in crate::import) fn has_variable(&self, text: &str) -> bool {
        // They were there before anything else.
        let mut variables = self.by_value.iter().take_while(|(_, known)| known.is_variable());
        variables.any(|(mark, _)| text.contains(mark.as_str()))
    }

    /// The text with the name of each variable of the shell where it was read.
    pub(in crate::import) fn with_variables(&self, text: &str) -> String {
        let variables = self.by_value.iter().filter(|(_, known)| known.is_variable());
        variables.fold(text.to_owned(), |text, (mark, known)| {
            text.replace(mark.as_str(), &format!("${}", known.env))
        })
    }

    /// A text that names a credential, with variables of the shell in it: what is between them is secret unless it is
    /// plain that a variable is the whole value.
    pub(super) fn between_variables(&mut self, text: &str, name: &str, filter: &'static str) -> String {
        let mut template = String::new();
        let mut before = None;
        let pieces = self.pieces(text);
        for (piece, mark) in pieces {
            let is_closed = before.is_none_or(|before| is_closed(before, piece));
            let (head, tail) = named_end(piece);
            let is_harmless = is_closed && named(head).is_none();
            let is_empty = !piece.contains(char::is_alphanumeric);
            template.push_str(&match is_harmless || is_empty {
                true => self.template(piece, filter),
                false => self.one(piece, name, filter),
            });
            template.push_str(&self.template(mark, filter));
            before = match (tail.is_empty(), is_harmless || is_empty && is_closed) {
                (true, true) => None,
                // A value goes on behind the variable.
                (true, false) => Some(""),
                (false, _) => Some(tail),
            };
        }
        template
    }

    /// The parts of a text, each with the mark of a variable that follows it.
    pub(super) fn pieces<'t>(&self, text: &'t str) -> Vec<(&'t str, &'t str)> {
        let variables = self.by_value.iter().take_while(|(_, known)| known.is_variable());
        let mut marks: Vec<(usize, &str)> = variables
            .flat_map(|(mark, _)| text.match_indices(mark.as_str()))
            .collect();
        marks.sort_unstable();
        let mut pieces = Vec::new();
        let mut at = 0;
        for (start, mark) in marks {
            pieces.push((&text[at..start], mark));
            at = start + mark.len();
        }
        pieces.push((&text[at..], ""));
        pieces
    }

    pub(super) fn template(&mut self, text: &str, filter: &'static str) -> String {
        let mut template = String::new();
        let mut at = 0;
        for range in secret::tokens(text) {
            if range.start < at || self.has_variable(&text[range.clone()]) {
                continue;
            }
            template.push_str(&self.filled(&text[at..range.start], filter));
            template.push_str(&self.one(&text[range.clone()], "token", filter));
            at = range.end;
        }
        template.push_str(&self.filled(&text[at..], filter));
        template
    }

    pub(super) fn hole(&mut self, index: usize, filter: &str) -> String {
        let Some((_, known)) = self.by_value.get_index_mut(index) else {
            return String::new();
        };
        known.is_read = true;
        format!("${{{{ {}{filter} }}}}", known.name)
    }

    /// The text with holes; those with `filter` too.
    pub(super) fn filled(&mut self, text: &str, filter: &str) -> String {
        let markers: usize = MARKERS.iter().map(|marker| text.matches(marker).count()).sum();
        if markers > MOST_MARKERS {
            self.refuse(Diagnostic::error(format!(
                "more than {MOST_MARKERS} texts such as `${{{{` in one"
            )));
            return String::new();
        }
        let mut template = String::new();
        let mut at = 0;
        for (range, index, made_by) in self.find(text, filter) {
            literal(&mut template, &text[at..range.start]);
            template.push_str(&self.hole(index, made_by));
            at = range.end;
        }
        literal(&mut template, &text[at..]);
        template
    }
}
