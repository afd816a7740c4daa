//! A mapping whose keys are a closed set: what is asked for is the set, and everything else is an error.

use super::Decoder;
use crate::source::Place;
use crate::yaml::{Key, Map, Node};

/// A mapping being decoded.
pub struct Fields<'n> {
    map: &'n Map,
    what: &'static str,
    place: Place,
    asked: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    pub(super) fn new(map: &'n Map, what: &'static str, place: Place) -> Self {
        Fields {
            map,
            what,
            place,
            asked: Vec::new(),
        }
    }

    /// The value of a key, which thereby belongs to the set.
    pub fn get(&mut self, name: &'static str) -> Option<&'n Node> {
        self.entry(name).map(|(_, node)| node)
    }

    /// The key and its value.
    pub fn entry(&mut self, name: &'static str) -> Option<(&'n Key, &'n Node)> {
        self.asked.push(name);
        self.map.entry(name)
    }

    /// The value of a key that must be there.
    pub fn required(&mut self, name: &'static str, decoder: &mut Decoder<'_>) -> Option<&'n Node> {
        let node = self.get(name);
        if node.is_none() {
            decoder.error(&self.place, format!("{} needs `{name}`", self.what));
        }
        node
    }

    /// Refuses keys that are known and come with other parts of Callsheet: never ignored, and never taken for a slip.
    pub fn refuse_not_yet(&mut self, names: &[&'static str], decoder: &mut Decoder<'_>) {
        for name in names {
            if let Some((key, _)) = self.entry(name) {
                decoder.error(&key.place, format!("`{name}` is not there yet"));
            }
        }
    }

    /// Where the mapping stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The entries that were not asked for, such as JSONPaths among fixed keys.
    pub fn rest(&self) -> impl Iterator<Item = (&'n Key, &'n Node)> + use<'n, '_> {
        self.map
            .iter()
            .filter(|(key, _)| !self.asked.contains(&key.name.as_str()))
    }

    /// The keys of the set so far.
    pub fn known(&self) -> &[&'static str] {
        &self.asked
    }

    /// Notes every key that was not asked for.
    pub fn finish(self, decoder: &mut Decoder<'_>) {
        for (key, _) in self.rest() {
            decoder.unknown(
                &key.place,
                &format!("key in {}:", self.what),
                &key.name,
                self.asked.iter().copied(),
            );
        }
    }
}
