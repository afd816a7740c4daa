//! The variables a template sees, each with what is secret about it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use minijinja::value::{Object, Value as JinjaValue};
use serde_json::Value;

use super::convert;
use crate::secret::{Label, Vault};

/// What of a variable is secret.
#[derive(Debug, Clone, Default)]
pub enum Secrecy {
    /// Nothing.
    #[default]
    None,
    /// The whole value.
    Whole(Label),
    /// Some fields of an object, such as the token among a recipe's outputs.
    Fields(IndexMap<String, Label>),
}

/// A variable: a JSON value that templates see, and its secrecy.
#[derive(Clone)]
pub struct Variable(Arc<Inner>);

struct Inner {
    make: Box<dyn Fn() -> Value + Send + Sync>,
    value: OnceLock<Value>,
    jinja: OnceLock<JinjaValue>,
    secrecy: Secrecy,
}

impl Variable {
    /// A variable with a value at hand.
    pub fn new(value: Value, secrecy: Secrecy) -> Self {
        Variable(Arc::new(Inner {
            make: Box::new(|| Value::Null),
            value: OnceLock::from(value),
            jinja: OnceLock::new(),
            secrecy,
        }))
    }

    /// A variable nobody may ever ask for, such as a parsed body: made when a template first looks at it.
    pub fn lazy(make: impl Fn() -> Value + Send + Sync + 'static) -> Self {
        Variable(Arc::new(Inner {
            make: Box::new(make),
            value: OnceLock::new(),
            jinja: OnceLock::new(),
            secrecy: Secrecy::None,
        }))
    }

    /// The value.
    pub fn value(&self) -> &Value {
        self.0.value.get_or_init(|| (self.0.make)())
    }

    /// What of it is secret.
    pub fn secrecy(&self) -> &Secrecy {
        &self.0.secrecy
    }

    fn jinja(&self) -> JinjaValue {
        self.0
            .jinja
            .get_or_init(|| convert::to_template(self.value()))
            .clone()
    }

    /// The label of the secret that `attributes` of this variable reveal, if any.
    fn secret_at(&self, attributes: &[String]) -> Option<&Label> {
        match &self.0.secrecy {
            Secrecy::None => None,
            Secrecy::Whole(label) => Some(label),
            Secrecy::Fields(fields) => match attributes.first() {
                Some(attribute) => fields.get(attribute),
                None => fields.values().next(),
            },
        }
    }
}

/// Shows that a value is there, never the value: it may be secret.
impl fmt::Debug for Variable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Variable")
            .field("secrecy", &self.0.secrecy)
            .finish_non_exhaustive()
    }
}

/// Named variables over an optional outer scope. Cloning is cheap: clones share until one of them is written to.
#[derive(Debug, Clone, Default)]
pub struct Scope(Arc<Layer>);

#[derive(Debug, Clone, Default)]
struct Layer {
    outer: Option<Scope>,
    variables: IndexMap<String, Variable>,
    vault: Option<Vault>,
    keeps_names: bool,
}

impl Scope {
    /// A scope without variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// A scope without variables whose derived secrets are remembered in a vault, so that outputs can mask them.
    pub fn with_vault(vault: Vault) -> Self {
        Scope(Arc::new(Layer {
            vault: Some(vault),
            ..Layer::default()
        }))
    }

    /// An empty layer over this scope: what is set there hides what stands below.
    pub fn layer(&self) -> Scope {
        Scope(Arc::new(Layer {
            outer: Some(self.clone()),
            vault: self.0.vault.clone(),
            keeps_names: self.0.keeps_names,
            ..Layer::default()
        }))
    }

    /// A layer for requests that are shown and not sent: secrets stand in them by their names alone, so to calculate
    /// with one is an error, and a field of one has a name of its own, `‹login.token›`.
    pub fn keeping_names(&self) -> Scope {
        let mut layer = self.layer();
        Arc::make_mut(&mut layer.0).keeps_names = true;
        layer
    }

    /// Whether secrets stand by their names alone: see [`Scope::keeping_names`].
    pub fn keeps_names(&self) -> bool {
        self.0.keeps_names
    }

    /// Sets a variable in the uppermost layer.
    pub fn set(&mut self, name: impl Into<String>, variable: Variable) {
        Arc::make_mut(&mut self.0).variables.insert(name.into(), variable);
    }

    /// Sets a variable that is not secret.
    pub fn set_plain(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.set(name, Variable::new(value.into(), Secrecy::None));
    }

    /// The variable of that name, from the uppermost layer that has it.
    pub fn get(&self, name: &str) -> Option<&Variable> {
        let mut layer = &self.0;
        loop {
            if let Some(variable) = layer.variables.get(name) {
                return Some(variable);
            }
            layer = &layer.outer.as_ref()?.0;
        }
    }

    /// The names that can be seen, uppermost first, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let mut layer = Some(&self.0);
        while let Some(current) = layer {
            for name in current.variables.keys() {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
            layer = current.outer.as_ref().map(|outer| &outer.0);
        }
        names
    }

    /// The label of the secret that the dotted path reveals, if any.
    pub(super) fn secret_at(&self, path: &[String]) -> Option<&Label> {
        let (first, attributes) = path.split_first()?;
        self.get(first)?.secret_at(attributes)
    }

    /// The name that a dotted path to something secret stands by; none if it is an object with secrets among others.
    pub fn name_at(&self, path: &[String]) -> Option<Label> {
        let (first, attributes) = path.split_first()?;
        let (label, rest) = match self.get(first)?.secrecy() {
            Secrecy::None => return None,
            Secrecy::Whole(label) => (label, attributes),
            Secrecy::Fields(fields) => {
                let (field, rest) = attributes.split_first()?;
                (fields.get(field)?, rest)
            }
        };
        let names = std::iter::once(label.name()).chain(rest.iter().map(String::as_str));
        Some(Label::new(&names.collect::<Vec<_>>().join(".")))
    }

    /// The value at a dotted path, where it is as plain as that.
    pub(super) fn value_at(&self, path: &[String]) -> Option<&Value> {
        let (first, attributes) = path.split_first()?;
        attributes
            .iter()
            .try_fold(self.get(first)?.value(), |value, attribute| value.get(attribute))
    }

    /// Puts the texts of a value that a secret went into where the mask finds them.
    pub fn remember_secret(&self, value: &Value, label: &Label) {
        let Some(vault) = &self.0.vault else { return };
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                vault.add(number.as_str(), label);
            }
            Value::String(text) => {
                vault.add(text, label);
            }
            Value::Array(items) => items.iter().for_each(|item| self.remember_secret(item, label)),
            Value::Object(entries) => entries
                .values()
                .for_each(|item| self.remember_secret(item, label)),
        }
    }

    /// The value with every known secret in its texts as `‹label›`, for showing: to be done before anything is cut.
    pub fn masked(&self, value: &Value) -> Value {
        let Some(vault) = &self.0.vault else {
            return value.clone();
        };
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
            Value::String(text) => Value::String(vault.mask_text(text).into_owned()),
            Value::Array(items) => items.iter().map(|item| self.masked(item)).collect(),
            Value::Object(entries) => entries
                .iter()
                .map(|(key, item)| (vault.mask_text(key).into_owned(), self.masked(item)))
                .collect(),
        }
    }

    pub(super) fn to_context(&self) -> JinjaValue {
        JinjaValue::from_object(Context(self.clone()))
    }
}

/// The scope as minijinja sees it: variables are converted when they are looked at, and only then.
#[derive(Debug)]
struct Context(Scope);

impl Object for Context {
    fn get_value(self: &Arc<Self>, key: &JinjaValue) -> Option<JinjaValue> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<JinjaValue> {
        self.0.get(key).map(Variable::jinja)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Scope, Secrecy, Variable};
    use crate::secret::Label;

    #[test]
    fn a_layer_hides_and_never_writes_through() {
        let mut outer = Scope::new();
        outer.set_plain("a", 1);
        outer.set_plain("b", 2);
        let mut inner = outer.layer();
        inner.set_plain("a", 3);
        assert_eq!(inner.get("a").map(Variable::value), Some(&json!(3)));
        assert_eq!(inner.get("b").map(Variable::value), Some(&json!(2)));
        assert_eq!(outer.get("a").map(Variable::value), Some(&json!(1)));
        assert_eq!(inner.names(), ["a", "b"]);
    }

    #[test]
    fn a_field_can_be_secret_while_its_neighbour_is_not() {
        let mut scope = Scope::new();
        let fields = [("token".to_owned(), Label::new("token"))].into_iter().collect();
        scope.set(
            "login",
            Variable::new(json!({ "token": "t", "user": "u" }), Secrecy::Fields(fields)),
        );
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        assert!(scope.secret_at(&path("login.token")).is_some());
        assert!(scope.secret_at(&path("login.user")).is_none());
        assert!(scope.secret_at(&path("login")).is_some());
    }
}
