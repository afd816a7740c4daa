//! `change`: what a request does to the data, so that a POST is seen by the next GET.

use serde_json::{Map, Value};

use super::data::{Data, Initial};
use crate::decode::{Decoder, Fields};
use crate::json;
use crate::template::{Scope, Tree};
use crate::yaml::Node;

/// A change to one list of the data.
#[derive(Debug)]
pub(super) struct Change {
    list: String,
    action: Action,
}

#[derive(Debug)]
enum Action {
    /// Adds an item at the end.
    Insert(Tree),
    /// Sets some keys of every item that has certain values.
    Update { filter: Tree, set: Tree },
    /// Takes out every item that has certain values.
    Remove { filter: Tree },
}

impl Change {
    pub(super) fn decode(node: &Node, initial: &Initial, decoder: &mut Decoder<'_>) -> Option<Change> {
        let mut fields = decoder.fields(node, "a change")?;
        let place = fields.place().clone();
        let (insert, update, remove) = (fields.get("insert"), fields.get("update"), fields.get("remove"));
        fields.finish(decoder);
        match (insert, update, remove) {
            (Some(node), None, None) => Self::insert(node, initial, decoder),
            (None, Some(node), None) => Self::update(node, initial, decoder),
            (None, None, Some(node)) => Self::remove(node, initial, decoder),
            (None, None, None) => {
                decoder.error(&place, "a change is one of `insert`, `update` and `remove`");
                None
            }
            _ => {
                decoder.error_with_help(
                    &place,
                    "more than one change in one item",
                    "make each an item of its own",
                );
                None
            }
        }
    }

    fn insert(node: &Node, initial: &Initial, decoder: &mut Decoder<'_>) -> Option<Change> {
        let mut fields = decoder.fields(node, "`insert`")?;
        let list = list("into", &mut fields, initial, decoder);
        let value = fields
            .required("value", decoder)
            .and_then(|node| decoder.tree(node));
        fields.finish(decoder);
        Some(Change {
            list: list?,
            action: Action::Insert(value?),
        })
    }

    fn update(node: &Node, initial: &Initial, decoder: &mut Decoder<'_>) -> Option<Change> {
        let mut fields = decoder.fields(node, "`update`")?;
        let list = list("in", &mut fields, initial, decoder);
        let filter = keys("where", &mut fields, decoder);
        let set = keys("set", &mut fields, decoder);
        fields.finish(decoder);
        Some(Change {
            list: list?,
            action: Action::Update {
                filter: filter?,
                set: set?,
            },
        })
    }

    fn remove(node: &Node, initial: &Initial, decoder: &mut Decoder<'_>) -> Option<Change> {
        let mut fields = decoder.fields(node, "`remove`")?;
        let list = list("from", &mut fields, initial, decoder);
        let filter = keys("where", &mut fields, decoder);
        fields.finish(decoder);
        Some(Change {
            list: list?,
            action: Action::Remove { filter: filter? },
        })
    }

    /// Makes the change. False if no item was there to be changed.
    ///
    /// # Errors
    /// A template that cannot be rendered, or data that is no list.
    pub(super) fn apply(&self, data: &mut Data, scope: &Scope) -> Result<bool, String> {
        let Some(items) = data.list(&self.list) else {
            return Err(format!("`{}` is not a list", self.list));
        };
        let mut items = items.to_vec();
        let render = |tree: &Tree| match tree.render(scope) {
            Ok(rendered) => Ok(rendered.value.into_owned()),
            Err(error) => Err(error.to_string()),
        };
        let found = match &self.action {
            Action::Insert(value) => {
                items.push(render(value)?);
                true
            }
            Action::Update { filter, set } => {
                let (filter, set) = (object(render(filter)?), object(render(set)?));
                let mut found = false;
                for item in items.iter_mut().filter(|item| has(item, &filter)) {
                    found = true;
                    if let Value::Object(entries) = item {
                        entries.extend(set.clone());
                    }
                }
                found
            }
            Action::Remove { filter } => {
                let filter = object(render(filter)?);
                let before = items.len();
                items.retain(|item| !has(item, &filter));
                items.len() < before
            }
        };
        if found {
            data.replace(&self.list, items);
        }
        Ok(found)
    }
}

/// The name of a list of the data.
fn list(
    key: &'static str,
    fields: &mut Fields<'_>,
    initial: &Initial,
    decoder: &mut Decoder<'_>,
) -> Option<String> {
    let node = fields.required(key, decoder)?;
    let name = decoder.constant(node, "the name of a list")?;
    if !initial.names().any(|known| known == name) {
        decoder.unknown(&node.place, "name in `data`:", name, initial.names());
        return None;
    }
    if initial.is_no_list(name) {
        decoder.error(
            &node.place,
            format!("`{name}` is not a list, and only lists change"),
        );
        return None;
    }
    Some(name.to_owned())
}

/// A mapping of keys to values with holes.
fn keys(key: &'static str, fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> Option<Tree> {
    let node = fields.required(key, decoder)?;
    match node.as_map() {
        Some(map) if !map.is_empty() => decoder.tree(node),
        Some(_) => {
            decoder.error(&node.place, format!("`{key}` is empty"));
            None
        }
        None => {
            decoder.expected(node, &format!("a mapping for `{key}`"));
            None
        }
    }
}

/// The entries of what a mapping was rendered to.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(entries) => entries,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

/// Whether an item has these values. As with the filter `where`, a number also answers to its text, for paths and
/// queries hold texts alone.
fn has(item: &Value, filter: &Map<String, Value>) -> bool {
    filter.iter().all(|(key, wanted)| match item.get(key) {
        None => false,
        Some(value) => json::equal(value, wanted) || text(value) == text(wanted),
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => json::compact(other),
    }
}
