//! Ways to prove who is calling: an open set.
//!
//! A scheme adds headers or query parameters to a request. What it adds is secret whatever it was made from.

use std::fmt;

use serde_json::Value;

use crate::decode::Decoder;
use crate::registry::{self, Entry, Kind};
use crate::secret::{Label, Rendered};
use crate::template::{Scope, TemplateError};
use crate::yaml::Node;

pub mod api_key;
pub mod basic;
pub mod bearer;

/// Every scheme, in the order of the reference page.
pub const KINDS: &[&AuthKind] = &[&basic::KIND, &bearer::KIND, &api_key::KIND];

/// Schemes that people may look for and that are not there yet.
const PLANNED: [&str; 2] = ["digest", "oauth2"];

/// A kind of scheme.
pub struct AuthKind {
    /// Name, summary and an example.
    pub entry: Entry,
    /// Decodes what stands behind its name.
    pub parse: fn(&Node, &mut Decoder<'_>) -> Option<Box<dyn Scheme>>,
}

impl Kind for AuthKind {
    fn entry(&self) -> &Entry {
        &self.entry
    }
}

/// A scheme with its arguments.
pub trait Scheme: fmt::Debug + Send + Sync {
    /// Adds the credentials that this scheme proves the caller with.
    ///
    /// # Errors
    /// A template that cannot be rendered, or credentials that the scheme cannot carry.
    fn apply(&self, request: &mut Credentials, scope: &Scope) -> Result<(), TemplateError>;
}

/// What a scheme adds to a request.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// Header lines. A `cookie` line stands beside the cookies the request has otherwise.
    pub headers: Vec<(String, Rendered)>,
    /// What `Authorization` encodes in Basic's way: the user name, a colon, the password.
    pub user: Option<Rendered>,
    /// Query parameters, not yet percent-encoded.
    pub query: Vec<(String, Rendered)>,
}

/// Decodes `{ scheme: arguments }`.
pub fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Box<dyn Scheme>> {
    let Some(map) = node.as_map() else {
        let help = format!("write one of: {}", registry::names(KINDS).join(", "));
        let message = format!("expected a mapping for `auth`, found {}", node.kind());
        decoder.error_with_help(&node.place, message, help);
        return None;
    };
    let mut entries = map.iter();
    let (Some((key, arguments)), None) = (entries.next(), entries.next()) else {
        let help = format!("write one of: {}", registry::names(KINDS).join(", "));
        let message = format!("`auth` names exactly one scheme, found {}", map.len());
        decoder.error_with_help(&node.place, message, help);
        return None;
    };
    if let Some(kind) = registry::find(KINDS, key.name()) {
        return (kind.parse)(arguments, decoder);
    }
    if PLANNED.contains(&key.name()) {
        decoder.error_with_help(
            &key.place,
            format!("`{}` is not there yet", key.name()),
            format!("there are: {}", registry::names(KINDS).join(", ")),
        );
    } else {
        decoder.unknown(&key.place, "scheme", key.name(), registry::names(KINDS));
    }
    None
}

/// Makes all of a text secret, under the label it has or else under `name`, and known to the mask.
fn secret(rendered: &Rendered, name: &str, scope: &Scope) -> Rendered {
    if scope.keeps_names() && rendered.is_secret() {
        return rendered.clone();
    }
    let text = rendered.expose().into_owned();
    let (known, label) = match (rendered.label(), rendered.spans().len()) {
        (None, _) => (Label::new(name), Label::new(name)),
        (Some(label), 1) => (label.clone(), label.clone()),
        (Some(label), _) => (label.clone(), label.made_of()),
    };
    scope.remember_secret(&Value::String(text.clone()), &known);
    Rendered::secret(text, label)
}

#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests {
    use super::testing::complaints;

    #[test]
    fn exactly_one_scheme_is_named() {
        assert_eq!(
            complaints("{ bearer: a, basic: { username: u, password: p } }"),
            ["1:1: `auth` names exactly one scheme, found 2"]
        );
        assert_eq!(
            complaints("{}"),
            ["1:1: `auth` names exactly one scheme, found 0"]
        );
        assert_eq!(
            complaints("bearer"),
            ["1:1: expected a mapping for `auth`, found a text"]
        );
    }

    #[test]
    fn another_scheme_is_pointed_at() {
        assert_eq!(complaints("{ baerer: a }"), ["1:3: unknown scheme `baerer`"]);
        assert_eq!(complaints("{ digest: a }"), ["1:3: `digest` is not there yet"]);
        assert_eq!(complaints("{ oauth2: {} }"), ["1:3: `oauth2` is not there yet"]);
    }
}
