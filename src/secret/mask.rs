//! Finds every form of every secret in a text, in one pass.

use super::Label;
use super::jwt::{self, Shape};
use super::layer::{Form, Layer};
use std::sync::Arc;

/// Every form of some secrets, ready to be found.
///
/// Secrets come in while others are masked: each token captured is one. Building one automaton of all for each would
/// cost more with each, so there are layers, of which the younger are small, and which are joined as they grow: a
/// secret is built anew only as often as their number doubles.
#[derive(Clone)]
pub(super) struct Mask {
    layers: Vec<Arc<Layer>>,
    token: Label,
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
    /// A mask that knows no secret, and finds tokens by their shape.
    pub(super) fn new() -> Self {
        Mask {
            layers: vec![Arc::new(Layer::new(Vec::new()))],
            token: Label::new("jwt"),
        }
    }

    /// Learns the forms of more secrets.
    pub(super) fn add(&mut self, mut forms: Vec<Arc<Form>>) {
        while let Some(older) = self.layers.pop_if(|older| older.forms().len() <= 2 * forms.len()) {
            forms.splice(0..0, older.forms().iter().cloned());
        }
        self.layers.push(Arc::new(Layer::new(forms)));
    }

    /// How many bytes before the end of an unfinished text a form may begin and not be seen to its end, with the
    /// characters on its borders.
    fn reach(&self) -> usize {
        self.layers.iter().map(|layer| layer.longest()).max().unwrap_or(0) + 1
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
        for (at, form) in self.hits(text, |_| true).take_while(|(at, _)| *at < limit) {
            match self.occurrence(text, at, form, complete) {
                Occurrence::Secret { start, end, label } => add(regions, start, end, label),
                Occurrence::Nothing => {}
                Occurrence::Unfinished => return at,
            }
        }
        limit
    }

    /// The label of the first declared secret in a text, in whatever form.
    pub(super) fn first_declared<'a>(&'a self, text: &'a [u8]) -> Option<&'a Label> {
        self.hits(text, Form::is_declared)
            .find_map(|(_, form)| form)
            .map(Form::label)
    }

    /// Whether a text as a whole is a form of something that is masked.
    pub(super) fn knows(&self, text: &[u8]) -> bool {
        let first = self.hits(text, |_| true).next();
        first.is_some_and(|(at, form)| at == 0 && form.is_some_and(|form| form.fills(text)))
    }

    /// The places, in order, where a form or a token may begin, each with the longest form that does begin there, of
    /// those that count.
    fn hits<'a>(
        &'a self,
        text: &'a [u8],
        counts: fn(&Form) -> bool,
    ) -> impl Iterator<Item = (usize, Option<&'a Form>)> {
        let mut streams: Vec<_> = self
            .layers
            .iter()
            .map(|layer| layer.hits(text, counts).peekable())
            .collect();
        std::iter::from_fn(move || {
            let at = streams
                .iter_mut()
                .filter_map(|hits| hits.peek().map(|(at, _)| *at))
                .min()?;
            let here = streams
                .iter_mut()
                .filter_map(|hits| hits.next_if(|hit| hit.0 == at));
            let longest = here.filter_map(|(_, form)| form).reduce(Form::longer);
            Some((at, longest))
        })
    }

    /// What is at one place, where `form` is: that, or a token in shape, or both as one.
    fn occurrence(&self, text: &[u8], at: usize, form: Option<&Form>, complete: bool) -> Occurrence {
        let token_end = match jwt::shape(&text[at..], complete) {
            Shape::Token(length) => at + length,
            Shape::Other => at,
            Shape::Unfinished => return Occurrence::Unfinished,
        };
        match form {
            Some(form) => {
                let (start, end) = form.extent(text, at);
                Occurrence::Secret {
                    start,
                    end: end.max(token_end),
                    label: form.label().clone(),
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
