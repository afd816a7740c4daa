//! What the open sets share: name, summary, example, find-or-suggest.
//!
//! A kind is one file with a `pub(super) const KIND`, listed once in its folder's `KINDS`. Parsers, help, "did you
//! mean", the editor schema and the reference page are made from these lists, so none of them can drift.

use indexmap::IndexSet;

/// What every kind of an open set says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The word people write.
    pub name: &'static str,
    /// One line for help, the editor and the reference page.
    pub summary: &'static str,
    /// A piece of a call sheet (or an expression) that uses it; a test decodes and runs it.
    pub example: &'static str,
}

/// A kind of an open set: it carries an [`Entry`].
pub trait Kind: Sync {
    /// The kind's name, summary and example.
    fn entry(&self) -> &Entry;
}

/// Finds a kind by the word people write.
pub fn find<K: Kind>(kinds: &[&'static K], name: &str) -> Option<&'static K> {
    kinds.iter().copied().find(|kind| kind.entry().name == name)
}

/// The words of a list of kinds, in the list's order.
pub fn names<K: Kind>(kinds: &[&'static K]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.entry().name).collect()
}

/// The candidate nearest to `name`, where one is near enough that it was probably meant.
///
/// Near means: what a word of another tool stands for here, or at most one edit in three characters (Damerau-Levenshtein), or the same word in another case or with
/// other separators.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(name);
    let allowed = name.chars().count().div_ceil(3).min(4);
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if let Some(meant) = elsewhere(name, &candidates) {
        return Some(meant);
    }
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| {
            let theirs = plain(candidate);
            let distance = if theirs == wanted {
                0
            } else {
                strsim::damerau_levenshtein(&wanted, &theirs)
            };
            (distance <= allowed && distance < theirs.chars().count()).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The candidate of which `name` is a slip, for places where people also write words of their own: one edit away and
/// of three characters at least, or the same word in another case or with other separators.
pub fn misspelt<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(name);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let theirs = plain(candidate);
            let distance = strsim::damerau_levenshtein(&wanted, &theirs);
            let allowed = usize::from(theirs.chars().count() >= 3);
            (distance <= allowed).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A word without what writers differ in: case and separators.
fn plain(text: &str) -> String {
    text.replace(['-', '_', ' '], "").to_lowercase()
}

/// Words that other tools have, and what is written here.
const ELSEWHERE: [(&str, &str); 32] = [
    ("url", "GET"),
    ("uri", "GET"),
    ("method", "GET"),
    ("assert", "expect"),
    ("asserts", "expect"),
    ("assertions", "expect"),
    ("check", "expect"),
    ("checks", "expect"),
    ("response", "expect"),
    ("test", "expect"),
    ("tests", "expect"),
    ("validate", "expect"),
    ("captures", "capture"),
    ("export", "capture"),
    ("extract", "capture"),
    ("save", "capture"),
    ("body", "json"),
    ("data", "json"),
    ("payload", "json"),
    ("params", "query"),
    ("parameters", "query"),
    ("requests", "steps"),
    ("scenarios", "cases"),
    ("variables", "inputs"),
    ("vars", "inputs"),
    ("teardown", "finally"),
    ("loop", "for"),
    ("eq", "equals"),
    ("match", "matches"),
    ("pattern", "matches"),
    ("regex", "matches"),
    ("type", "is"),
];

/// The candidate that a word of another tool stands for.
fn elsewhere<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let (_, meant) = ELSEWHERE
        .iter()
        .find(|(word, _)| name.eq_ignore_ascii_case(word))?;
    candidates.iter().copied().find(|candidate| candidate == meant)
}

/// A help line for an unknown word: the nearest candidate, or all of them where there are few.
pub fn suggestion<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: IndexSet<&str> = candidates.into_iter().collect();
    if let Some(near) = nearest(name, candidates.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let first = |count| {
        candidates
            .iter()
            .take(count)
            .copied()
            .collect::<Vec<_>>()
            .join(", ")
    };
    match candidates.len() {
        0 => None,
        known @ 1..=60 => Some(format!("known here: {}", first(known))),
        known => Some(format!("known here: {} and {} more", first(30), known - 30)),
    }
}

#[cfg(test)]
mod tests {
    use super::{nearest, suggestion};

    #[test]
    fn a_slip_of_the_finger_is_near() {
        let known = ["expect", "extends", "name", "capture"];
        assert_eq!(nearest("expcet", known), Some("expect"));
        assert_eq!(nearest("Name", known), Some("name"));
        assert_eq!(nearest("zzz", known), None);
    }

    #[test]
    fn another_word_of_the_same_length_is_not_near() {
        assert_eq!(nearest("id", ["of"]), None);
        assert_eq!(nearest("lt", ["gt"]), Some("gt"));
    }

    #[test]
    fn a_word_of_another_tool_is_known() {
        let help = |name, known: &[&str]| suggestion(name, known.iter().copied());
        assert_eq!(
            help("asserts", &["GET", "expect"]).as_deref(),
            Some("did you mean `expect`?")
        );
        assert_eq!(
            help("regex", &["matches", "length"]).as_deref(),
            Some("did you mean `matches`?")
        );
        assert_eq!(help("regex", &["one"]).as_deref(), Some("known here: one"));
    }

    #[test]
    fn without_a_near_one_all_are_named() {
        assert_eq!(
            suggestion("zzz", ["one", "two"]).as_deref(),
            Some("known here: one, two")
        );
        assert_eq!(suggestion("zzz", []), None);
    }
}
