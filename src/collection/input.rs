//! Declared inputs: typed, with where their values may come from.

use std::path::PathBuf;

use serde_json::Value;

use crate::decode::{Decoder, Fields};
use crate::json;
use crate::registry;
use crate::source::Place;
use crate::yaml::{Content, Key, Node};

/// An input a project, a collection or a recipe declares.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its name, which templates use.
    pub name: String,
    /// Where it is declared.
    pub place: Place,
    /// The type its value must have.
    pub kind: InputKind,
    /// The value when nothing else gives one.
    pub default: Option<Value>,
    /// True if a run needs a value.
    pub required: bool,
    /// True if its value is never shown.
    pub secret: bool,
    /// The only values it may have; empty for any.
    pub choices: Vec<Value>,
    /// A value to show in help.
    pub example: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The environment variable that may give it.
    pub env: Option<String>,
    /// The file that may give it, relative to the root.
    pub file: Option<PathBuf>,
    /// What a terminal asks for it, without showing what is typed.
    pub prompt: Option<String>,
}

/// The type of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// True or false.
    Boolean,
    /// A list.
    List,
    /// A mapping.
    Object,
}

const KINDS: [(&str, InputKind); 6] = [
    ("string", InputKind::String),
    ("integer", InputKind::Integer),
    ("number", InputKind::Number),
    ("boolean", InputKind::Boolean),
    ("list", InputKind::List),
    ("object", InputKind::Object),
];

impl InputKind {
    /// The words people write.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|(name, _)| *name)
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        KINDS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("string", |(name, _)| name)
    }

    fn of(value: &Value) -> Option<InputKind> {
        match value {
            Value::Null => None,
            Value::Bool(_) => Some(InputKind::Boolean),
            Value::Number(number) if json::number::is_integer(number) => Some(InputKind::Integer),
            Value::Number(_) => Some(InputKind::Number),
            Value::String(_) => Some(InputKind::String),
            Value::Array(_) => Some(InputKind::List),
            Value::Object(_) => Some(InputKind::Object),
        }
    }

    fn takes(self, value: &Value) -> bool {
        match self {
            InputKind::Number => value.is_number(),
            other => InputKind::of(value) == Some(other),
        }
    }
}

impl Input {
    /// A text of an outside source as a value of this input's type.
    ///
    /// # Errors
    /// A phrase that says what was expected; it never holds the text.
    pub fn read(&self, text: &str) -> Result<Value, String> {
        if text.is_empty() {
            return Err("is empty, which counts as unset".to_owned());
        }
        let value = match self.kind {
            InputKind::String => Value::String(text.to_owned()),
            InputKind::Integer
            | InputKind::Number
            | InputKind::Boolean
            | InputKind::List
            | InputKind::Object => serde_json::from_str(text.trim())
                .map_err(|_| format!("is not of type {}", self.kind.name()))?,
        };
        self.accept(value)
    }

    /// A value, if this input may have it.
    ///
    /// # Errors
    /// A phrase that says what was expected; it never holds a secret's value.
    pub fn accept(&self, value: Value) -> Result<Value, String> {
        if value == Value::String(String::new()) && (self.secret || self.required) {
            return Err("is empty, which counts as unset".to_owned());
        }
        if !self.kind.takes(&value) {
            return Err(format!(
                "is {}, but its type is {}",
                json::kind(&value),
                self.kind.name()
            ));
        }
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| json::equal(choice, &value)) {
            let choices: Vec<String> = self.choices.iter().map(json::compact).collect();
            return Err(format!("is none of {}", choices.join(", ")));
        }
        Ok(value)
    }
}

/// Decodes a mapping of declarations.
pub(super) fn decode_all(node: &Node, decoder: &mut Decoder<'_>) -> Vec<Input> {
    let Some(map) = node.as_map() else {
        decoder.expected(node, "a mapping for `inputs`");
        return Vec::new();
    };
    map.iter()
        .filter_map(|(key, node)| decode(key, node, decoder))
        .collect()
}

fn decode(key: &Key, node: &Node, decoder: &mut Decoder<'_>) -> Option<Input> {
    if !can_be_variable(key.name(), &key.place, decoder) {
        return None;
    }
    let mut input = Input {
        name: key.name().to_owned(),
        place: key.place.clone(),
        kind: InputKind::String,
        default: None,
        required: true,
        secret: false,
        choices: Vec::new(),
        example: None,
        description: None,
        env: None,
        file: None,
        prompt: None,
    };
    match &node.content {
        Content::Map(_) => {
            let mut fields = decoder.fields(node, "an input")?;
            declaration(&mut input, &mut fields, decoder);
            fields.finish(decoder);
        }
        Content::Null => {}
        Content::Bool(_) | Content::Number(_) | Content::Text(_) | Content::List(_) => {
            default(&mut input, node, decoder);
        }
    }
    Some(input)
}

fn declaration(input: &mut Input, fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) {
    if let Some(node) = fields.get("default") {
        default(input, node, decoder);
    }
    if let Some(node) = fields.get("type")
        && let Some(name) = decoder.constant(node, "`type`")
    {
        match KINDS.iter().find(|(known, _)| *known == name) {
            Some((_, kind)) => input.kind = *kind,
            None => decoder.unknown(&node.place, "type", name, KINDS.iter().map(|(known, _)| *known)),
        }
    }
    if let Some(node) = fields.get("enum") {
        match node.as_list() {
            Some(items) if !items.is_empty() => input.choices = items.iter().map(Node::to_json).collect(),
            Some(_) | None => decoder.expected(node, "a list of values for `enum`"),
        }
    }
    let flag = |node: Option<&Node>, what: &str, decoder: &mut Decoder<'_>| {
        node.and_then(|node| decoder.boolean(node, what))
    };
    input.secret = flag(fields.get("secret"), "`secret`", decoder).unwrap_or(false);
    if let Some(required) = flag(fields.get("required"), "`required`", decoder) {
        input.required = required;
    }
    let mut text = |node: Option<&Node>, what: &str| {
        node.and_then(|node| decoder.constant(node, what).map(str::to_owned))
    };
    input.description = text(fields.get("description"), "`description`");
    input.example = text(fields.get("example"), "`example`");
    input.env = text(fields.get("env"), "`env`");
    input.prompt = text(fields.get("prompt"), "`prompt`");
    input.file = fields.get("file").and_then(|node| decoder.path(node, "`file`"));
    if let Some((key, _)) = fields.entry("keyring") {
        decoder.error_with_help(
            &key.place,
            "`keyring` is not there yet",
            "use `env`, `file` or `prompt`",
        );
    }
    if let Some(default) = input.default.clone()
        && let Err(reason) = input.accept(default)
    {
        decoder.error(&input.place, format!("the default of `{}` {reason}", input.name));
    }
    if let (true, Some(default)) = (input.secret, &input.default) {
        decoder.diagnostics.hide(
            default
                .as_str()
                .map_or_else(|| default.to_string(), str::to_owned),
        );
        decoder.error_with_help(
            &input.place,
            format!(
                "the secret `{}` has its value in a file that is shared",
                input.name
            ),
            "give it by `env`, `file` or `prompt`",
        );
    }
}

fn default(input: &mut Input, node: &Node, decoder: &mut Decoder<'_>) {
    let value = node.to_json();
    if node.as_str().is_some_and(|text| text.contains("${{")) {
        decoder.error(&node.place, "a default cannot hold a template");
        return;
    }
    if let Some(kind) = InputKind::of(&value) {
        input.kind = kind;
        input.default = Some(value);
    }
}

/// Notes a name that templates cannot use, or that is taken; false then.
pub(super) fn can_be_variable(name: &str, place: &Place, decoder: &mut Decoder<'_>) -> bool {
    if !is_name(name) {
        decoder.error_with_help(
            place,
            format!("`{name}` cannot be used as a variable"),
            "a name has letters, digits and `_`, and starts with a letter",
        );
        return false;
    }
    if name == super::ENVIRONMENT {
        decoder.error(place, "the name `environment` is taken by the environment itself");
        return false;
    }
    true
}

fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || character == '_')
}

/// Notes a name that is given but not declared.
pub(super) fn undeclared(place: &Place, name: &str, declared: &[Input], decoder: &mut Decoder<'_>) {
    let help = registry::suggestion(name, declared.iter().map(|input| input.name.as_str()))
        .unwrap_or_else(|| "declare it under `inputs:`".to_owned());
    decoder.error_with_help(place, format!("undeclared input `{name}`"), help);
}
