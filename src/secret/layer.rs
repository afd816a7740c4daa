//! Some forms of secrets, found in one search.
//!
//! What searches knows only how each form begins, and the rest is compared in place: a long token costs it no more
//! than a short password, so it stays small and is quickly built.

use super::Label;
use super::forms::{Borders, forms};
use super::jwt;
use aho_corasick::{AhoCorasick, Input, MatchKind, packed};
use secrecy::zeroize::Zeroizing;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// How many bytes of a form the automaton knows.
const STEM: usize = 8;

/// One form of one secret.
pub(super) struct Form {
    text: Zeroizing<Vec<u8>>,
    borders: Borders,
    label: Label,
    /// False for what was found in a header of credentials, and that nobody called a secret.
    is_declared: bool,
}

impl Form {
    /// Every form of a secret.
    pub(super) fn all(secret: &str, label: &Label, is_declared: bool) -> impl Iterator<Item = Arc<Form>> {
        forms(secret).into_iter().map(move |(text, borders)| {
            Arc::new(Form {
                text: Zeroizing::new(text),
                borders,
                label: label.clone(),
                is_declared,
            })
        })
    }

    /// A text that nobody called a secret, as it is.
    pub(super) fn found(text: &str, label: &Label) -> Arc<Form> {
        Arc::new(Form {
            text: Zeroizing::new(text.as_bytes().to_vec()),
            borders: Borders::default(),
            label: label.clone(),
            is_declared: false,
        })
    }

    /// What is shown in its place.
    pub(super) fn label(&self) -> &Label {
        &self.label
    }

    /// Whether somebody called it a secret.
    pub(super) fn is_declared(&self) -> bool {
        self.is_declared
    }

    /// Whether it is the whole of a text that begins with it.
    pub(super) fn fills(&self, text: &[u8]) -> bool {
        self.text.len() == text.len()
    }

    /// What goes first among those at one place: the longest, and of equals a secret that was declared.
    fn rank(&self) -> (usize, bool) {
        (self.text.len(), self.is_declared)
    }

    /// The longer of two, and the first of equals.
    pub(super) fn longer<'a>(&'a self, other: &'a Form) -> &'a Form {
        if other.rank() > self.rank() { other } else { self }
    }

    fn stem(&self) -> &[u8] {
        &self.text[..self.text.len().min(STEM)]
    }

    /// Where the form begins and ends, with the characters on its borders that hold bits of the secret.
    pub(super) fn extent(&self, text: &[u8], at: usize) -> (usize, usize) {
        let end = at + self.text.len();
        let before = self.borders.before && at > 0 && is_base64(text[at - 1]);
        let after = self.borders.after && text.get(end).is_some_and(|byte| is_base64(*byte));
        (at - usize::from(before), end + usize::from(after))
    }
}

/// What finds stems.
enum Finder {
    /// Compares many bytes at once: made in a twentieth of the time, and no slower. It takes a few stems only, and not
    /// every processor has it.
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Finder {
    /// The quicker one for these stems.
    fn new(stems: &[&[u8]]) -> Finder {
        let packed = packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostLongest)
            .builder()
            .extend(stems)
            .build();
        packed.map_or_else(|| Finder::automaton(stems), Finder::Packed)
    }

    fn automaton(stems: &[&[u8]]) -> Finder {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(stems)
            .expect("stems of a few bytes stay far below the automaton's limit of 2^31 states");
        Finder::Automaton(automaton)
    }

    /// The first place from there on where a stem is, and the longest one that is there.
    fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        match self {
            Finder::Packed(searcher) => {
                let found = searcher.find_in(text, (from..text.len()).into())?;
                Some((found.start(), found.pattern().as_usize()))
            }
            Finder::Automaton(automaton) => {
                let found = automaton.find(Input::new(text).span(from..text.len()))?;
                Some((found.start(), found.pattern().as_usize()))
            }
        }
    }
}

/// Some forms, ready to be found.
pub(super) struct Layer {
    stems: Finder,
    /// For each stem the forms that may begin where it does, the longest first.
    candidates: Vec<Vec<usize>>,
    forms: Vec<Arc<Form>>,
    longest: usize,
}

impl Layer {
    /// Prepares these forms, and the beginning of a token, to be found.
    pub(super) fn new(forms: Vec<Arc<Form>>) -> Self {
        let mut stems: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
        stems.insert(jwt::START, Vec::new());
        for (index, form) in forms.iter().enumerate() {
            stems.entry(form.stem()).or_default().push(index);
        }
        // A form shorter than a stem also begins where each stem does that begins with it, and that the automaton
        // reports in its place.
        for (index, form) in forms
            .iter()
            .enumerate()
            .filter(|(_, form)| form.text.len() < STEM)
        {
            let longer = (Bound::Excluded(form.stem()), Bound::Unbounded);
            let longer = stems.range_mut::<[u8], _>(longer);
            for (_, candidates) in longer.take_while(|(stem, _)| stem.starts_with(form.stem())) {
                candidates.push(index);
            }
        }
        let keys: Vec<&[u8]> = stems.keys().copied().collect();
        let finder = Finder::new(&keys);
        let mut candidates: Vec<Vec<usize>> = stems.into_values().collect();
        for list in &mut candidates {
            list.sort_by_key(|&index| Reverse(forms[index].rank()));
        }
        let longest = forms
            .iter()
            .map(|form| form.text.len())
            .max()
            .unwrap_or(0)
            .max(jwt::START.len());
        Layer {
            stems: finder,
            candidates,
            forms,
            longest,
        }
    }

    /// The forms it finds.
    pub(super) fn forms(&self) -> &[Arc<Form>] {
        &self.forms
    }

    /// The length of the longest form, or of a token's beginning.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The places, in order, where a stem is, each with the longest form that is there and counts.
    pub(super) fn hits<'a>(
        &'a self,
        text: &'a [u8],
        counts: fn(&Form) -> bool,
    ) -> impl Iterator<Item = (usize, Option<&'a Form>)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let (at, stem) = self.stems.find(text, from)?;
            from = at + 1;
            let candidates = &self.candidates[stem];
            let mut forms = candidates.iter().map(|&index| &*self.forms[index]);
            let longest = forms.find(|form| counts(form) && text[at..].starts_with(&form.text));
            Some((at, longest))
        })
    }
}

/// Both alphabets of base64.
fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_finders_find_the_same(
            stems in prop::collection::btree_set("[ab.=]{3,8}", 1..40),
            text in "[ab.=]{0,200}",
            from in 0usize..200,
        ) {
            let stems: Vec<&[u8]> = stems.iter().map(String::as_bytes).collect();
            let from = from.min(text.len());
            let (quick, slow) = (Finder::new(&stems), Finder::automaton(&stems));
            prop_assert_eq!(quick.find(text.as_bytes(), from), slow.find(text.as_bytes(), from));
        }
    }
}
