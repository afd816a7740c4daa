//! Finds every form of every secret in a text, in one pass.
//!
//! The automaton knows only how each form begins, and the rest is compared in place: a long token costs it no more
//! than a short password, so it stays small and quick to build while captured tokens come in.

use super::Label;
use super::forms::{Borders, forms};
use super::jwt::{self, Shape};
use aho_corasick::{AhoCorasick, Input, MatchKind};
use secrecy::zeroize::Zeroizing;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

/// How many bytes of a form the automaton knows.
const STEM: usize = 16;

/// Every form of some secrets, ready to be found.
pub(super) struct Mask {
    stems: AhoCorasick,
    /// For each stem the forms that may begin where it does, the longest first.
    candidates: Vec<Vec<usize>>,
    forms: Vec<Form>,
    longest: usize,
    token: Label,
}

/// One form of one secret.
struct Form {
    text: Zeroizing<Vec<u8>>,
    borders: Borders,
    label: Label,
}

/// A part of a text that must not be shown, and what is shown in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) labels: Vec<Label>,
}

/// What is at one place of a text.
enum Occurrence {
    Secret {
        start: usize,
        end: usize,
        label: Label,
    },
    Nothing,
    /// The text ends before this is known.
    Unfinished,
}

impl Mask {
    /// A mask for these secrets. Where two have a form in common, the earlier one gives the label.
    pub(super) fn new<'a>(secrets: impl IntoIterator<Item = (&'a str, &'a Label)>) -> Self {
        let mut known: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut all: Vec<Form> = Vec::new();
        for (secret, label) in secrets {
            for (text, borders) in forms(secret) {
                match known.get(&text) {
                    Some(&index) => all[index].borders.join(borders),
                    None => {
                        known.insert(text.clone(), all.len());
                        all.push(Form {
                            text: Zeroizing::new(text),
                            borders,
                            label: label.clone(),
                        });
                    }
                }
            }
        }
        Mask::of_forms(all)
    }

    fn of_forms(forms: Vec<Form>) -> Self {
        let mut stems: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
        stems.insert(jwt::START, Vec::new());
        for (index, form) in forms.iter().enumerate() {
            stems.entry(form.stem()).or_default().push(index);
        }
        // A form as short as its stem also begins where a longer stem does, which hides it from the automaton.
        let short: Vec<usize> = (0..forms.len())
            .filter(|&index| forms[index].text.len() < STEM)
            .collect();
        for index in short {
            let stem = forms[index].stem();
            let longer = (Bound::Excluded(stem), Bound::Unbounded);
            for (_, candidates) in stems
                .range_mut::<[u8], _>(longer)
                .take_while(|(other, _)| other.starts_with(stem))
            {
                candidates.push(index);
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(stems.keys())
            .expect("stems of at most sixteen bytes stay far below the automaton's limit of 2^31 states");
        let mut candidates: Vec<Vec<usize>> = stems.into_values().collect();
        for list in &mut candidates {
            list.sort_by_key(|&index| std::cmp::Reverse(forms[index].text.len()));
        }
        let longest = forms
            .iter()
            .map(|form| form.text.len())
            .max()
            .unwrap_or(jwt::START.len());
        Mask {
            stems: automaton,
            candidates,
            forms,
            longest,
            token: Label::new("jwt"),
        }
    }

    /// How many bytes before the end of an unfinished text a form may begin and not be seen to its end, with the
    /// characters on its borders.
    fn reach(&self) -> usize {
        self.longest + 1
    }

    /// Adds to `regions` what must not be shown in `text`, in order, and returns up to where this is decided.
    ///
    /// `complete` says that nothing comes after `text`; all is decided then. Regions do not overlap: what overlaps is
    /// one region with several labels. The regions given are of the text before, and may reach into this one.
    pub(super) fn find(&self, text: &[u8], complete: bool, regions: &mut Vec<Region>) -> usize {
        let limit = if complete {
            text.len()
        } else {
            text.len().saturating_sub(self.reach())
        };
        let mut from = 0;
        while let Some(stem) = self.stems.find(Input::new(text).span(from..text.len())) {
            let at = stem.start();
            if at >= limit {
                break;
            }
            match self.occurrence(text, at, &self.candidates[stem.pattern().as_usize()], complete) {
                Occurrence::Secret { start, end, label } => add(regions, start, end, label),
                Occurrence::Nothing => {}
                Occurrence::Unfinished => return at,
            }
            from = at + 1;
        }
        limit
    }

    /// The longest secret at one place; a declared one rather than a token in shape alone.
    fn occurrence(&self, text: &[u8], at: usize, candidates: &[usize], complete: bool) -> Occurrence {
        let rest = &text[at..];
        let token_end = if rest.starts_with(jwt::START) {
            match jwt::shape(rest, complete) {
                Shape::Token(length) => at + length,
                Shape::Other => at,
                Shape::Unfinished => return Occurrence::Unfinished,
            }
        } else {
            at
        };
        match self.form_at(rest, candidates) {
            Some(form) => {
                let (start, end) = form.extent(text, at);
                Occurrence::Secret {
                    start,
                    end: end.max(token_end),
                    label: form.label.clone(),
                }
            }
            None if token_end > at => Occurrence::Secret {
                start: at,
                end: token_end,
                label: self.token.clone(),
            },
            None => Occurrence::Nothing,
        }
    }

    fn form_at(&self, rest: &[u8], candidates: &[usize]) -> Option<&Form> {
        candidates
            .iter()
            .map(|&index| &self.forms[index])
            .find(|form| rest.starts_with(&form.text))
    }

    /// The label of the first declared secret in a text, in whatever form.
    pub(super) fn first_declared(&self, text: &[u8]) -> Option<&Label> {
        let mut from = 0;
        while let Some(stem) = self.stems.find(Input::new(text).span(from..text.len())) {
            let candidates = &self.candidates[stem.pattern().as_usize()];
            if let Some(form) = self.form_at(&text[stem.start()..], candidates) {
                return Some(&form.label);
            }
            from = stem.start() + 1;
        }
        None
    }
}

impl Form {
    fn stem(&self) -> &[u8] {
        &self.text[..self.text.len().min(STEM)]
    }

    /// Where the form begins and ends, with the characters on its borders that hold bits of the secret.
    fn extent(&self, text: &[u8], at: usize) -> (usize, usize) {
        let end = at + self.text.len();
        let before = self.borders.before && at > 0 && is_base64(text[at - 1]);
        let after = self.borders.after && text.get(end).is_some_and(|byte| is_base64(*byte));
        (at - usize::from(before), end + usize::from(after))
    }
}

/// Adds a region, or widens the last one where they overlap.
fn add(regions: &mut Vec<Region>, start: usize, end: usize, label: Label) {
    match regions.last_mut() {
        Some(last) if start < last.end => {
            if end > last.end {
                last.end = end;
                if last.labels.last() != Some(&label) {
                    last.labels.push(label);
                }
            }
        }
        _ => regions.push(Region {
            start,
            end,
            labels: vec![label],
        }),
    }
}

/// Both alphabets of base64.
fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}
