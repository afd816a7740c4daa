//! The tree: nodes, mappings, keys.

use serde_json::{Number, Value};

use super::Text;
use crate::source::Place;

/// A value and the place it was written at.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it was written; for what an alias stands for, where the anchor is.
    pub place: Place,
    /// What was written.
    pub content: Content,
}

/// What a node holds, by the core schema of YAML 1.2 (<https://yaml.org/spec/1.2.2/#103-core-schema>).
#[derive(Clone, Debug)]
pub enum Content {
    /// Nothing, `null` or `~`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number with the digits it was written with.
    Number(Number),
    /// Any other scalar.
    Text(Text),
    /// A list.
    List(Vec<Node>),
    /// A mapping.
    Map(Map),
}

impl Node {
    /// What it is, as said in a message: `a text`, `a number`, `true or false`, `null`, `a list`, `a mapping`.
    pub fn kind(&self) -> &'static str {
        match &self.content {
            Content::Null => "null",
            Content::Bool(_) => "true or false",
            Content::Number(_) => "a number",
            Content::Text(_) => "a text",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.content, Content::Null)
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.content {
            Content::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.content {
            Content::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&Text> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The characters of the text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().map(Text::value)
    }

    /// The entries of the list, if it is one.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.content {
            Content::List(nodes) => Some(nodes),
            _ => None,
        }
    }

    /// The mapping, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.content {
            Content::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The same value as JSON, places left behind; the order of keys and the digits of numbers are kept.
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(value) => Value::Bool(*value),
            Content::Number(number) => Value::Number(number.clone()),
            Content::Text(text) => Value::String(text.value().to_owned()),
            Content::List(nodes) => Value::Array(nodes.iter().map(Node::to_json).collect()),
            Content::Map(map) => Value::Object(
                map.iter()
                    .map(|(key, node)| (key.name().to_owned(), node.to_json()))
                    .collect(),
            ),
        }
    }
}

/// A mapping in the order it was written; no name stands twice.
#[derive(Clone, Debug, Default)]
pub struct Map {
    pub(super) entries: Vec<(Key, Node)>,
}

impl Map {
    /// The value of a key. Looks through the entries one by one.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|(_, node)| node)
    }

    /// A key with its value. Looks through the entries one by one.
    pub fn entry(&self, name: &str) -> Option<(&Key, &Node)> {
        self.iter().find(|(key, _)| key.text.is(name))
    }

    /// The keys with their values, in the order they were written.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Key, &Node)> + ExactSizeIterator {
        self.entries.iter().map(|(key, node)| (key, node))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The key of an entry: always a text, `200` and `true` included.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its characters with the place of each, for keys that are a language of their own.
    pub text: Text,
    /// Where it was written.
    pub place: Place,
}

impl Key {
    /// Its characters.
    pub fn name(&self) -> &str {
        self.text.value()
    }
}
