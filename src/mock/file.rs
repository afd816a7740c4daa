//! A mock file, decoded.

use std::path::Path;

use indexmap::IndexMap;
use serde_json::Value;

use super::data::Initial;
use super::fault::Fault;
use super::guard::Guard;
use super::reads::Names;
use super::received::VARIABLES;
use super::route::Route;
use crate::decode::{Decoder, Fields};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Root;
use crate::template::Tree;
use crate::yaml::{self, Key, Node};

/// A mock, decoded and ready to be served.
#[derive(Debug)]
pub struct Mock {
    name: String,
    /// The defaults of its inputs.
    pub(super) inputs: IndexMap<String, Value>,
    pub(super) data: Initial,
    pub(super) guards: IndexMap<String, Guard>,
    pub(super) routes: Vec<Route>,
    pub(super) faults: Vec<Fault>,
}

impl Mock {
    /// Reads and decodes a mock file, whose path is relative to the root. Everything wrong with it goes to
    /// `diagnostics`, each with its place; none comes back if anything is.
    pub fn load(root: &Root, path: &Path, diagnostics: &mut Diagnostics) -> Option<Mock> {
        let limit = u64::try_from(yaml::MAXIMUM_BYTES).unwrap_or(u64::MAX);
        let source = match root.read_text(path, limit) {
            Ok(source) => source,
            Err(error) => {
                diagnostics.push(Diagnostic::error(error.to_string()));
                return None;
            }
        };
        let errors = diagnostics.errors();
        let node = yaml::parse(&source, diagnostics)?;
        let mock = Mock::decode(&node, &mut Decoder::new(root, path, diagnostics));
        mock.filter(|_| diagnostics.errors() == errors)
    }

    /// The mock's name, which stands behind `mock:`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its inputs, in the order of the file.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        self.inputs.keys().map(String::as_str)
    }

    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Mock> {
        if is_another(node, decoder) {
            return None;
        }
        let mut fields = decoder.fields(node, "a mock")?;
        let name = name(node, &mut fields, decoder);
        let inputs = fields
            .get("inputs")
            .map(|node| inputs(node, decoder))
            .unwrap_or_default();
        let mut names = Names {
            inputs: inputs.keys().cloned().collect(),
            data: Vec::new(),
        };
        let data = fields
            .get("data")
            .map(|node| data(node, &names, decoder))
            .unwrap_or_default();
        names.data.extend(data.names().map(str::to_owned));
        let mut guard_names = Vec::new();
        let mut guards = IndexMap::new();
        if let Some(node) = fields.get("guards") {
            for (key, node) in entries(node, "`guards`", decoder) {
                guard_names.push(key.name().to_owned());
                guards.extend(Guard::decode(node, decoder).map(|guard| (key.name().to_owned(), guard)));
            }
        }
        names.check(None, decoder);
        let mut routes = Vec::new();
        if let Some(node) = fields.required("routes", decoder) {
            for node in items(node, "`routes`", decoder) {
                routes.extend(Route::decode(node, &guard_names, &data, &names, decoder));
            }
        }
        let mut faults = Vec::new();
        if let Some(node) = fields.get("faults") {
            for node in items(node, "`faults`", decoder) {
                faults.extend(Fault::decode(node, decoder));
            }
        }
        names.check(None, decoder);
        fields.finish(decoder);
        Some(Mock {
            name: name?,
            inputs,
            data,
            guards,
            routes,
            faults,
        })
    }
}

/// Notes a file that its first key says is something else.
fn is_another(node: &Node, decoder: &mut Decoder<'_>) -> bool {
    let Some((key, _)) = node.as_map().and_then(|map| map.iter().next()) else {
        return false;
    };
    let help = match key.name() {
        "collection" | "recipe" => "run it with `callsheet run`",
        "project" => "a mock is a file of its own, which begins with `mock:`",
        _ => return false,
    };
    decoder.error_with_help(&key.place, format!("this is a {}, and no mock", key.name()), help);
    true
}

/// What stands behind `mock:`, by which a file is known to be one.
fn name(node: &Node, fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> Option<String> {
    let value = fields.required("mock", decoder)?;
    let first = node.as_map().and_then(|map| map.iter().next());
    if let Some((key, _)) = first.filter(|(key, _)| key.name() != "mock") {
        decoder.error_with_help(
            &key.place,
            "a file is known by its first key, and this one is not `mock`",
            "put `mock:` first",
        );
    }
    decoder.constant(value, "the name of a mock").map(str::to_owned)
}

fn inputs(node: &Node, decoder: &mut Decoder<'_>) -> IndexMap<String, Value> {
    let mut inputs = IndexMap::new();
    for (key, node) in entries(node, "`inputs`", decoder) {
        check_name(key, decoder);
        let default = match decoder.tree(node) {
            Some(Tree::Constant(value)) => value,
            Some(Tree::Template(_) | Tree::List(_) | Tree::Map(_)) => {
                decoder.error(&node.place, "the default of an input cannot hold a template");
                Value::Null
            }
            None => Value::Null,
        };
        inputs.insert(key.name().to_owned(), default);
    }
    decoder.uses.clear();
    inputs
}

fn data(node: &Node, names: &Names, decoder: &mut Decoder<'_>) -> Initial {
    let mut data = Initial::default();
    for (key, node) in entries(node, "`data`", decoder) {
        check_name(key, decoder);
        if names.inputs.iter().any(|name| name == key.name()) {
            decoder.error(&key.place, format!("`{}` is an input already", key.name()));
        }
        data.decode(key.name(), node, decoder);
    }
    names.check_of_data(decoder);
    data
}

/// A name that templates can read and that hides nothing of the request.
fn check_name(key: &Key, decoder: &mut Decoder<'_>) {
    if VARIABLES.contains(&key.name()) {
        decoder.error(&key.place, format!("`{}` is a part of the request", key.name()));
    }
}

fn entries<'n>(node: &'n Node, what: &str, decoder: &mut Decoder<'_>) -> Vec<(&'n Key, &'n Node)> {
    match node.as_map() {
        Some(map) => map.iter().collect(),
        None if node.is_null() => Vec::new(),
        None => {
            decoder.expected(node, &format!("a mapping for {what}"));
            Vec::new()
        }
    }
}

fn items<'n>(node: &'n Node, what: &str, decoder: &mut Decoder<'_>) -> &'n [Node] {
    match node.as_list() {
        Some(items) => items,
        None => {
            decoder.expected(node, &format!("a list for {what}"));
            &[]
        }
    }
}
