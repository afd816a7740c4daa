//! Collects everything that is wrong, so that all of it is said at once.

use super::{Diagnostic, Severity, summary::summary};

/// Diagnostics in the order they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    hidden: Vec<String>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Notes a text of the files that is not to be shown, such as a key written where it should not stand. Whoever
    /// prints the diagnostics masks it.
    pub fn hide(&mut self, text: impl Into<String>) {
        self.hidden.push(text.into());
    }

    /// The texts that are not to be shown.
    pub fn hidden(&self) -> &[String] {
        &self.hidden
    }

    /// Adds many.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.found.extend(diagnostics);
    }

    /// Adds those of another list behind its own.
    pub fn append(&mut self, other: Diagnostics) {
        self.found.extend(other.found);
        self.hidden.extend(other.hidden);
    }

    /// Whether anything keeps the files from being run.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|one| one.severity == Severity::Error)
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.found
            .iter()
            .filter(|one| one.severity == Severity::Error)
            .count()
    }

    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.found.len() - self.errors()
    }

    /// Whether nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.found.iter()
    }

    /// Orders them by file, then by offset; what has no place comes first. Equals keep their order.
    pub fn sort(&mut self) {
        fn key(diagnostic: &Diagnostic) -> Option<(&str, usize)> {
            let place = diagnostic.place.as_ref()?;
            Some((place.source.path.as_str(), place.span.start))
        }
        self.found.sort_by(|one, other| key(one).cmp(&key(other)));
    }

    /// The line under all of them: how many errors and warnings in how many files.
    pub fn summary(&self) -> String {
        let mut paths: Vec<&str> = self
            .found
            .iter()
            .filter_map(|one| one.place.as_ref())
            .map(|place| place.source.path.as_str())
            .collect();
        paths.sort_unstable();
        paths.dedup();
        let counts = summary(self.errors(), self.warnings());
        match paths.len() {
            0 => counts,
            1 => format!("{counts} in 1 file"),
            files => format!("{counts} in {files} files"),
        }
    }

    /// At most so many of them, in order; where that is not all, errors take the room of warnings.
    pub fn first(&self, most: usize) -> impl Iterator<Item = &Diagnostic> {
        let mut errors = self.errors().min(most);
        let mut warnings = most - errors;
        self.found.iter().filter(move |one| {
            let room = match one.severity {
                Severity::Error => &mut errors,
                Severity::Warning => &mut warnings,
            };
            let has_room = *room > 0;
            *room -= usize::from(has_room);
            has_room
        })
    }

    /// All of them, in order, to keep.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.found
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

impl<'list> IntoIterator for &'list Diagnostics {
    type Item = &'list Diagnostic;
    type IntoIter = std::slice::Iter<'list, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Place, Source};

    #[test]
    fn they_sort_by_file_then_offset_and_equals_keep_their_order() {
        let (a, b) = (Source::new("a", "text"), Source::new("b", "text"));
        let mut list = Diagnostics::default();
        list.push(Diagnostic::error("fifth").at(&Place::new(&b, 0..1)));
        list.push(Diagnostic::error("third").at(&Place::new(&a, 2..3)));
        list.push(Diagnostic::warning("fourth").at(&Place::new(&a, 2..2)));
        list.push(Diagnostic::error("second").at(&Place::new(&a, 0..1)));
        list.push(Diagnostic::error("first"));
        list.sort();
        let order: Vec<_> = list.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(order, ["first", "second", "third", "fourth", "fifth"]);
        assert_eq!((list.errors(), list.warnings(), list.has_errors()), (4, 1, true));
        assert_eq!(list.summary(), "4 errors, 1 warning in 2 files");
    }

    #[test]
    fn errors_take_the_room_of_warnings() {
        let mut list = Diagnostics::default();
        list.extend(["a", "b"].map(Diagnostic::warning));
        list.extend(["c", "d"].map(Diagnostic::error));
        list.extend([Diagnostic::warning("e")]);
        let first = |most| {
            list.first(most)
                .map(|one| one.message.as_str())
                .collect::<String>()
        };
        assert_eq!([1, 2, 3, 4, 9].map(first), ["c", "cd", "acd", "abcd", "abcde"]);
    }

    #[test]
    fn warnings_alone_are_no_errors() {
        let mut list = Diagnostics::default();
        list.extend([Diagnostic::warning("odd")]);
        assert!(!list.has_errors() && !list.is_empty());
        assert_eq!(list.summary(), "1 warning");
    }
}
