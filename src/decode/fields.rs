//! A mapping whose keys are a closed set: what is asked for is the set, and everything else is an error.

use super::Decoder;
use crate::registry;
use crate::source::Place;
use crate::yaml::{Key, Map, Node};

/// How many keys are asked for in a usual mapping.
const USUAL: usize = 16;

/// A mapping being decoded.
pub struct Fields<'n> {
    map: &'n Map,
    what: &'static str,
    place: Place,
    /// The set so far; a name that was asked for twice stands twice.
    asked: Vec<&'static str>,
    /// Keys that something was said about already, and that belong to no set.
    told: Vec<&'n str>,
}

impl<'n> Fields<'n> {
    pub(super) fn new(map: &'n Map, what: &'static str, place: Place) -> Self {
        Fields {
            map,
            what,
            place,
            asked: Vec::with_capacity(USUAL),
            told: Vec::new(),
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
        if let Some(node) = self.get(name) {
            return Some(node);
        }
        if let Some((_, _, node)) = self.slip(&[name], decoder) {
            return Some(node);
        }
        decoder.error(&self.place, format!("{} needs `{name}`", self.what));
        None
    }

    /// Where none of `names` is there: a key that is a slip of one of them. It is told as unknown, and what is
    /// written under it can be judged as if the key were right, so that one slip is one error.
    ///
    /// The keys that may stand in the mapping besides must have been asked for.
    pub fn slip(
        &mut self,
        names: &[&'static str],
        decoder: &mut Decoder<'_>,
    ) -> Option<(&'static str, &'n Key, &'n Node)> {
        let (key, node, meant) = self.rest().find_map(|(key, node)| {
            let meant = registry::misspelt(key.name(), names.iter().copied())?;
            Some((key, node, meant))
        })?;
        decoder.unknown(&key.place, &format!("key in {}:", self.what), key.name(), [meant]);
        self.told.push(key.name());
        let meant = names.iter().find(|name| **name == meant)?;
        Some((meant, key, node))
    }

    /// Where the mapping stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The entries that were not asked for, such as JSONPaths among fixed keys.
    pub fn rest(&self) -> impl Iterator<Item = (&'n Key, &'n Node)> + use<'n, '_> {
        self.map.iter().filter(|(key, _)| {
            let name = key.name();
            !self.asked.contains(&name) && !self.told.contains(&name)
        })
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
                key.name(),
                self.asked.iter().copied(),
            );
        }
    }
}
