//! Every secret known to this process, and the mask made of them.

use super::forms::SHORTEST;
use super::layer::Form;
use super::mask::{Mask, Region};
use super::writer::GATHERED;
use super::{Label, MaskWriter};
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::mem;
use std::sync::{Arc, PoisonError, RwLock};

/// A secret shorter than this, in bytes, is easily found in text that has nothing to do with it, and easily guessed
/// from what is around its label.
const WEAK: usize = 8;

/// How many bytes of credentials that nobody declared are masked in every form. A server may send another cookie with
/// each answer, and the forms of a text are some fifty times as long as it is: what comes later is masked as it is.
const MOST_FOUND: usize = 64 * 1024;

/// Whether a secret is too short to be masked safely: under 8 bytes. Its owner should be warned.
pub fn weak(text: &str) -> bool {
    text.len() < WEAK
}

/// Every secret known to this process and their encodings. Clones share it, and it grows while running, as tokens are
/// captured.
#[derive(Clone, Default)]
pub struct Vault(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    /// The texts that are masked: each secret, and parts of some.
    texts: Vec<SecretString>,
    /// How many secrets were added.
    secrets: usize,
    /// The environment variables that give secrets, by the names of these.
    variables: HashMap<String, String>,
    /// How many bytes of credentials were found that nobody declared.
    found: usize,
    /// The forms that came in after the mask was made.
    waiting: Vec<Arc<Form>>,
    mask: Option<Arc<Mask>>,
}

impl Vault {
    /// A vault without secrets, whose mask finds tokens by their shape alone.
    pub fn new() -> Self {
        Vault::default()
    }

    /// Makes a secret known. Also masked from then on are the text without white space around it and, where it has
    /// several lines (a private key), each line of at least 8 bytes.
    ///
    /// Returns whether the secret is masked: under 4 bytes it is not, as that would shred every output. A secret added
    /// twice keeps its first label.
    pub fn add(&self, text: &str, label: &Label) -> bool {
        let trimmed = text.trim();
        if trimmed.len() < SHORTEST {
            return false;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let added = [text, trimmed].map(|whole| known.add(whole, label));
        if added.contains(&true) {
            known.secrets += 1;
        }
        for line in trimmed.lines().map(str::trim) {
            // The frame of a key in PEM (RFC 7468) is no secret.
            if !weak(line) && !line.starts_with("-----") {
                known.add(line, label);
            }
        }
        true
    }

    /// Notes which environment variable gives the secret of this name. Of several the first counts.
    pub fn note_variable(&self, name: &str, variable: &str) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let entry = known.variables.entry(name.to_owned());
        entry.or_insert_with(|| variable.to_owned());
    }

    /// The environment variable that gives the secret of this name.
    pub fn variable_of(&self, name: &str) -> Option<String> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.variables.get(name).cloned()
    }

    /// Makes a credential known that nobody declared, such as a cookie of an answer: it is masked from then on, and does
    /// not count for [`Vault::contains_any`]. Under 8 bytes it is left alone, as any word might be one.
    pub fn add_found(&self, text: &str, label: &Label) {
        if weak(text) || self.mask().knows(text.as_bytes()) {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.found += text.len();
        if known.found <= MOST_FOUND {
            known.waiting.extend(Form::all(text, label, false));
        } else {
            known.waiting.push(Form::found(text, label));
        }
    }

    /// How many secrets are masked.
    pub fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).secrets
    }

    /// Whether no secret is masked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The label of the first secret that a text holds in any form: for the question whether a secret would go where
    /// it must not. Text in the shape of a token does not count, nor what nobody declared.
    pub fn contains_any(&self, text: &[u8]) -> Option<Label> {
        self.mask().first_declared(text).cloned()
    }

    /// The text with each form of each secret, and each JSON Web Token, as its label.
    pub fn mask_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.mask_bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // Forms begin and end between characters, so the rest of the text is still UTF-8.
            Cow::Owned(masked) => Cow::Owned(String::from_utf8_lossy(&masked).into_owned()),
        }
    }

    /// The bytes with each form of each secret, and each JSON Web Token, as its label.
    pub fn mask_bytes<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let mut regions = Vec::new();
        self.mask().find(text, true, &mut regions);
        if regions.is_empty() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(with_labels(text, regions))
    }

    /// The beginning of the masked text, of at most so many bytes, and whether that is not the whole. No more of a long
    /// text is looked at than that takes.
    pub fn mask_beginning(&self, text: &str, most: usize) -> (String, bool) {
        let mask = self.mask();
        // Twice as much is looked at until there is enough: labels may be shorter than what they stand for, and what
        // looks like a token has to be seen to its end.
        let mut looked_at = most.saturating_mul(2).max(1);
        while looked_at < text.len() {
            let seen = &text.as_bytes()[..looked_at];
            let mut regions = Vec::new();
            let decided = mask.find(seen, false, &mut regions);
            let masked = with_labels(&seen[..decided], regions);
            // Four bytes more than are shown: the last character may not be whole.
            if masked.len() > most + 4 {
                let masked = String::from_utf8_lossy(&masked);
                return (masked[..masked.floor_char_boundary(most)].to_owned(), true);
            }
            looked_at = looked_at.saturating_mul(2);
        }
        let masked = self.mask_text(text);
        let end = masked.floor_char_boundary(most);
        (masked[..end].to_owned(), end < masked.len())
    }

    /// A writer that masks what is written to it on its way to another.
    pub fn writer<W: io::Write>(&self, inner: W) -> MaskWriter<W> {
        self.writer_gathering(GATHERED, inner)
    }

    /// The same, which looks at what is written to it only when more than so many bytes are together.
    pub fn writer_gathering<W: io::Write>(&self, bytes: usize, inner: W) -> MaskWriter<W> {
        MaskWriter::new(self.clone(), inner, bytes)
    }

    /// The mask of all secrets known now.
    pub(super) fn mask(&self) -> Arc<Mask> {
        if let Some(mask) = self.0.read().unwrap_or_else(PoisonError::into_inner).current() {
            return mask;
        }
        self.0.write().unwrap_or_else(PoisonError::into_inner).update()
    }
}

/// The text with the labels of each region in its place. The last region may reach beyond the text.
fn with_labels(text: &[u8], regions: Vec<Region>) -> Vec<u8> {
    let mut masked = Vec::with_capacity(text.len());
    let mut shown = 0;
    for Region { start, end, labels } in regions {
        masked.extend_from_slice(&text[shown..start]);
        for label in labels {
            masked.extend_from_slice(label.to_string().as_bytes());
        }
        shown = end.min(text.len());
    }
    masked.extend_from_slice(&text[shown..]);
    masked
}

impl Known {
    /// Adds a text, and returns whether it is new.
    fn add(&mut self, text: &str, label: &Label) -> bool {
        if self.texts.iter().any(|known| known.expose_secret() == text) {
            return false;
        }
        self.texts.push(SecretString::from(text));
        self.waiting.extend(Form::all(text, label, true));
        true
    }

    /// The mask, unless secrets are waiting to be added to it.
    fn current(&self) -> Option<Arc<Mask>> {
        self.mask.clone().filter(|_| self.waiting.is_empty())
    }

    /// The mask with the waiting secrets added.
    fn update(&mut self) -> Arc<Mask> {
        if let Some(mask) = self.current() {
            return mask;
        }
        let mut mask = self.mask.take().map_or_else(Mask::new, Arc::unwrap_or_clone);
        mask.add(mem::take(&mut self.waiting));
        let mask = Arc::new(mask);
        self.mask = Some(Arc::clone(&mask));
        mask
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Vault({} secrets)", self.len())
    }
}
