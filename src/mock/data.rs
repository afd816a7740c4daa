//! The data of a mock: as the file gives it, and as requests have changed it.

use indexmap::IndexMap;
use serde_json::Value;

use crate::decode::Decoder;
use crate::json;
use crate::template::{Scope, Secrecy, TemplateError, Tree, Variable};
use crate::yaml::Node;

/// The data a mock begins with.
#[derive(Debug, Default)]
pub(super) struct Initial(Vec<(String, Tree)>);

impl Initial {
    /// Decodes the entry `name` of `data`: `{ json: file }`, or a value with holes for the inputs.
    pub(super) fn decode(&mut self, name: &str, node: &Node, decoder: &mut Decoder<'_>) {
        let file = node
            .as_map()
            .filter(|map| map.len() == 1)
            .and_then(|map| map.get("json"));
        let tree = match file {
            Some(file) => read(file, decoder).map(Tree::Constant),
            None => decoder.tree(node),
        };
        // A name whose value is broken is a name all the same: what uses it is not wrong as well.
        self.0
            .push((name.to_owned(), tree.unwrap_or(Tree::Constant(Value::Null))));
    }

    /// The names, in the order of the file.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Whether a name is known to be something else than a list.
    pub(super) fn is_no_list(&self, name: &str) -> bool {
        self.0.iter().any(|(known, tree)| match tree {
            Tree::Constant(value) => known == name && !value.is_array() && !value.is_null(),
            Tree::Map(_) => known == name,
            Tree::List(_) | Tree::Template(_) => false,
        })
    }

    /// The data as the first request sees it.
    ///
    /// # Errors
    /// A template that cannot be rendered from the inputs.
    pub(super) fn render(&self, inputs: &Scope) -> Result<Data, TemplateError> {
        let rendered = self.0.iter().map(|(name, tree)| {
            let tree = tree.render(inputs)?;
            // What an input that is a secret went into is one too.
            let secrecy = tree.secret.map_or(Secrecy::None, Secrecy::Whole);
            Ok((name.clone(), Variable::new(tree.value.into_owned(), secrecy)))
        });
        rendered.collect::<Result<_, _>>().map(Data)
    }
}

fn read(node: &Node, decoder: &mut Decoder<'_>) -> Option<Value> {
    let (path, bytes) = decoder.file_bytes(node, "a data file")?;
    match json::parse(&bytes) {
        Ok(value) => Some(value),
        Err(error) => {
            let shown = decoder.root().shown(&path);
            decoder.error(&node.place, format!("cannot read {shown} as JSON: {error}"));
            None
        }
    }
}

/// The data as it stands. A clone is cheap: values are shared until they change.
#[derive(Debug, Clone)]
pub(super) struct Data(IndexMap<String, Variable>);

impl Data {
    /// The data over an outer scope.
    pub(super) fn scope(&self, outer: &Scope) -> Scope {
        let mut scope = outer.layer();
        for (name, variable) in &self.0 {
            scope.set(name.as_str(), variable.clone());
        }
        scope
    }

    /// The items of a list; nothing where it is none.
    pub(super) fn list(&self, name: &str) -> Option<&[Value]> {
        self.0.get(name)?.value().as_array().map(Vec::as_slice)
    }

    /// Puts other items in a list's place.
    pub(super) fn replace(&mut self, name: &str, items: Vec<Value>) {
        if let Some(variable) = self.0.get_mut(name) {
            *variable = Variable::new(Value::Array(items), variable.secrecy().clone());
        }
    }
}
