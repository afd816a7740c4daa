//! A route: a method and a path with what is answered there.

use http::Method;

use super::change::Change;
use super::condition::Condition;
use super::data::Initial;
use super::pattern::Pattern;
use super::reads::Names;
use super::respond::Respond;
use crate::collection::METHODS;
use crate::decode::{Decoder, Fields};
use crate::source::Place;
use crate::yaml::Node;

/// One route of a mock.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) pattern: Pattern,
    pub(super) when: Option<Condition>,
    /// The names of its guards, in the order they are asked.
    pub(super) guards: Vec<String>,
    pub(super) changes: Vec<Change>,
    pub(super) respond: Respond,
    /// Where it stands in the file.
    pub(super) place: Place,
}

impl Route {
    pub(super) fn decode(
        node: &Node,
        guards: &[String],
        initial: &Initial,
        names: &Names,
        decoder: &mut Decoder<'_>,
    ) -> Option<Route> {
        let mut fields = decoder.fields(node, "a route")?;
        let place = fields.place().clone();
        let target = target(&mut fields, decoder);
        let when = match fields.get("when") {
            Some(node) => Condition::decode(node, decoder).map(Some),
            None => Some(None),
        };
        let guards = match fields.get("guard") {
            Some(node) => guards_of(node, guards, decoder),
            None => Some(Vec::new()),
        };
        let changes = match fields.get("change") {
            Some(node) => changes(node, initial, decoder),
            None => Some(Vec::new()),
        };
        let respond = fields
            .required("respond", decoder)
            .and_then(|node| Respond::decode(node, decoder));
        fields.finish(decoder);
        let parameters: Option<Vec<&str>> =
            target.as_ref().map(|(_, pattern)| pattern.parameters().collect());
        names.check(parameters.as_deref(), decoder);
        let (method, pattern) = target?;
        Some(Route {
            method,
            pattern,
            when: when?,
            guards: guards?,
            changes: changes?,
            respond: respond?,
            place,
        })
    }

    /// The route as people name it: `GET /contacts/{id}`.
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.method, self.pattern.text())
    }
}

/// The one method with its path.
fn target(fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> Option<(Method, Pattern)> {
    let mut found = Vec::new();
    for name in METHODS {
        if let Some((key, node)) = fields.entry(name) {
            found.push((name, key, node));
        }
    }
    match found.as_slice() {
        [] => {
            decoder.error_with_help(
                fields.place(),
                "a route without a method",
                format!("begin it with one of {} and a path", METHODS.join(", ")),
            );
            None
        }
        [(name, _, node)] => {
            let text = decoder.constant(node, "a path")?;
            let pattern = Pattern::parse(text, &node.place, decoder)?;
            Some((method(name)?, pattern))
        }
        [(first, ..), (second, key, _), ..] => {
            decoder.error(
                &key.place,
                format!("a route has one method, and {first} and {second} are two"),
            );
            None
        }
    }
}

/// The method of that name; `QUERY` is younger than the type that holds it.
pub(super) fn method(name: &str) -> Option<Method> {
    Method::from_bytes(name.as_bytes())
        .ok()
        .filter(|_| METHODS.contains(&name))
}

fn guards_of(node: &Node, known: &[String], decoder: &mut Decoder<'_>) -> Option<Vec<String>> {
    let items = match node.as_list() {
        Some(items) => items,
        None => std::slice::from_ref(node),
    };
    let names: Vec<Option<String>> = items
        .iter()
        .map(|item| {
            let name = decoder.constant(item, "the name of a guard")?;
            if !known.iter().any(|known| known == name) {
                decoder.unknown(&item.place, "guard", name, known.iter().map(String::as_str));
                return None;
            }
            Some(name.to_owned())
        })
        .collect();
    names.into_iter().collect()
}

fn changes(node: &Node, initial: &Initial, decoder: &mut Decoder<'_>) -> Option<Vec<Change>> {
    let Some(items) = node.as_list() else {
        decoder.expected(node, "a list for `change`");
        return None;
    };
    let changes: Vec<Option<Change>> = items
        .iter()
        .map(|item| Change::decode(item, initial, decoder))
        .collect();
    changes.into_iter().collect()
}
