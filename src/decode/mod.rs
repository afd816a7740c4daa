//! From a file's tree to types: closed key sets, nearest names, values with units, and what templates read.
//!
//! Everything wrong goes to one list, and decoding goes on, so that a file is judged whole.

mod fields;
mod units;

use std::path::{Path, PathBuf};

use serde_json::Value;

pub use fields::Fields;
pub use units::{Rate, Stretch, duration, rate, size};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::json::number;
use crate::registry;
use crate::source::{Place, Root, SourceError};
use crate::template::{Expression, Template, Tree, Use, foreign};
use crate::yaml::{Content, Node, Text};

/// The largest file a call sheet may name for a body or a schema, in bytes.
const NAMED_FILE_LIMIT: u64 = 10 * 1024 * 1024;

/// What an expected value measures, so that `2s` or `10MiB` can be written where a number is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Quantity {
    /// Nothing in particular.
    #[default]
    Plain,
    /// A time in milliseconds.
    Duration,
    /// A size in bytes.
    Size,
}

/// Where decoding stands: the file at hand, what is wrong so far and what templates read.
pub struct Decoder<'a> {
    /// Everything wrong so far.
    pub diagnostics: &'a mut Diagnostics,
    /// What the templates compiled so far read; a step takes what its own read.
    pub uses: Vec<Use>,
    /// The variables that what could not be read would have set: what reads them is not wrong for that.
    pub lost: Vec<String>,
    /// What the expected values at hand measure.
    pub quantity: Quantity,
    root: &'a Root,
    file: PathBuf,
}

impl<'a> Decoder<'a> {
    /// A decoder for one file, whose path is relative to the root.
    pub fn new(root: &'a Root, file: &Path, diagnostics: &'a mut Diagnostics) -> Self {
        Decoder {
            diagnostics,
            uses: Vec::new(),
            lost: Vec::new(),
            quantity: Quantity::Plain,
            root,
            file: file.to_owned(),
        }
    }

    /// The project folder.
    pub fn root(&self) -> &'a Root {
        self.root
    }

    /// The file at hand, relative to the root.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Notes an error.
    pub fn error(&mut self, place: &Place, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(message).at(place));
    }

    /// Notes an error with a help line.
    pub fn error_with_help(&mut self, place: &Place, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::error(message).at(place).help(help));
    }

    /// Notes a word that is not among the known ones, with the nearest.
    pub fn unknown<'k>(
        &mut self,
        place: &Place,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let mut diagnostic = Diagnostic::error(format!("unknown {what} `{name}`")).at(place);
        if let Some(help) = registry::suggestion(name, known) {
            diagnostic = diagnostic.help(help);
        }
        self.diagnostics.push(diagnostic);
    }

    /// Notes that another kind of value was expected.
    pub fn expected(&mut self, node: &Node, what: &str) {
        let message = format!("expected {what}, found {}", node.kind());
        let entry = node.as_str().filter(|_| what.starts_with("a mapping"));
        match entry.and_then(without_colon) {
            Some((key, value)) => {
                let help = format!("a `:` is missing: `{key}: {value}`");
                self.error_with_help(&node.place, message, help);
            }
            None if node
                .as_str()
                .is_some_and(|text| what.contains("expectation") && text.contains(' ')) =>
            {
                let help =
                    "write a mapping such as `$.id: 7`, or a condition such as `status == 200` under `that`";
                self.error_with_help(&node.place, message, help);
            }
            None => self.error(&node.place, message),
        }
    }

    /// The entries of a mapping, to be asked for by name; `what` is used in messages: `a step`.
    pub fn fields<'n>(&mut self, node: &'n Node, what: &'static str) -> Option<Fields<'n>> {
        match &node.content {
            Content::Map(map) => Some(Fields::new(map, what, node.place.clone())),
            Content::Null | Content::Bool(_) | Content::Number(_) | Content::Text(_) | Content::List(_) => {
                self.expected(node, &format!("a mapping for {what}"));
                None
            }
        }
    }

    /// A text without holes, not empty.
    pub fn constant<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let text = self.text(node, what)?;
        if text.value().trim().is_empty() {
            self.error(&node.place, format!("{what} is empty"));
            return None;
        }
        if text.value().contains("${{") {
            self.error(&node.place, format!("{what} cannot hold a template"));
            return None;
        }
        Some(text.value())
    }

    /// A text as it stands.
    pub fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Text> {
        let text = node.as_text();
        if text.is_none() {
            self.expected(node, &format!("a text for {what}"));
        }
        text
    }

    /// A list of texts, or one text alone.
    pub fn constants(&mut self, node: &Node, what: &str) -> Vec<String> {
        let items = match node.as_list() {
            Some(items) => items,
            None => std::slice::from_ref(node),
        };
        items
            .iter()
            .filter_map(|item| self.constant(item, what).map(str::to_owned))
            .collect()
    }

    /// True or false.
    pub fn boolean(&mut self, node: &Node, what: &str) -> Option<bool> {
        let value = node.as_bool();
        if value.is_none() {
            self.error_with_help(
                &node.place,
                format!("expected true or false for {what}, found {}", node.kind()),
                "in YAML 1.2 only `true` and `false` are booleans",
            );
        }
        value
    }

    /// A whole number within bounds.
    pub fn integer(&mut self, node: &Node, what: &str, bounds: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let value = node
            .as_number()
            .and_then(serde_json::Number::as_u64)
            .filter(|value| bounds.contains(value));
        if value.is_none() {
            let (low, high) = (bounds.start(), bounds.end());
            self.error(
                &node.place,
                format!("expected a whole number from {low} to {high} for {what}"),
            );
        }
        value
    }

    /// A duration with its unit, such as `500ms` or `2m`.
    pub fn duration(&mut self, node: &Node, what: &str) -> Option<std::time::Duration> {
        let duration = node.as_str().and_then(duration);
        if duration.is_none() {
            self.error_with_help(
                &node.place,
                format!("expected a duration for {what}"),
                "durations carry their unit: 500ms, 10s, 2m",
            );
        }
        duration
    }

    /// A rate with its unit, such as `500/min`.
    pub fn rate(&mut self, node: &Node, what: &str) -> Option<Rate> {
        let rate = node.as_str().and_then(rate);
        if rate.is_none() {
            self.error_with_help(
                &node.place,
                format!("expected a rate for {what}"),
                "rates are a number and a stretch of time: 10/s, 500/min, 1000/h",
            );
        }
        rate
    }

    /// A text with holes. Numbers and booleans stand for the text they are written with.
    pub fn template(&mut self, node: &Node, what: &str) -> Option<Template> {
        match &node.content {
            Content::Text(text) => Template::compile(text, self.diagnostics, &mut self.uses),
            Content::Number(number) => Some(Template::constant(number.as_str())),
            Content::Bool(flag) => Some(Template::constant(flag.to_string())),
            Content::Null | Content::List(_) | Content::Map(_) => {
                self.expected(node, &format!("a text for {what}"));
                None
            }
        }
    }

    /// A URL with holes, or a part of one.
    pub fn url(&mut self, node: &Node) -> Option<Template> {
        if let Content::Text(text) = &node.content {
            foreign::warn_in_url(text, self.diagnostics);
        }
        let template = self.template(node, "a URL")?;
        if let Some(problem) = template.as_constant().and_then(wrong_with_url) {
            self.error(&node.place, problem);
        }
        Some(template)
    }

    /// A header's value or a cookie's with holes.
    pub fn header(&mut self, node: &Node, what: &str) -> Option<Template> {
        if let Content::Text(text) = &node.content {
            foreign::warn_in_value(text, self.diagnostics);
        }
        let template = self.template(node, what)?;
        if let Some(text) = template.as_constant()
            && http::HeaderValue::from_bytes(text.as_bytes()).is_err()
        {
            self.error(
                &node.place,
                format!("{what} has a line break or another control character"),
            );
        }
        Some(template)
    }

    /// A value with holes.
    pub fn tree(&mut self, node: &Node) -> Option<Tree> {
        Tree::compile(node, self.diagnostics, &mut self.uses)
    }

    /// A value to compare with, with holes; where the subject measures a time or a size, with its unit.
    pub fn expected_value(&mut self, node: &Node) -> Option<Tree> {
        let (converted, help) = match (self.quantity, node.as_str()) {
            (_, Some(text)) if text.contains("${{") => return self.tree(node),
            (Quantity::Duration, Some(text)) => (
                duration(text).map(|it| it.as_secs_f64() * 1000.0),
                "durations carry their unit: 500ms, 10s, 2m",
            ),
            (Quantity::Size, Some(text)) => {
                #[expect(clippy::cast_precision_loss, reason = "no body reaches 2^53 bytes")]
                let bytes = size(text).map(|it| it as f64);
                (bytes, "sizes carry their unit: 512B, 40KiB, 10MiB")
            }
            (Quantity::Duration, None) if node.as_number().is_some() => {
                (None, "durations carry their unit: 500ms, 10s, 2m")
            }
            _ => return self.tree(node),
        };
        let number = converted.and_then(number::from_f64);
        if number.is_none() {
            self.error_with_help(&node.place, "a value without a unit", help);
        }
        number.map(|number| Tree::Constant(Value::Number(number)))
    }

    /// A bare expression, such as that of `if`.
    pub fn expression(&mut self, node: &Node, what: &str) -> Option<Expression> {
        let Some(text) = node.as_text() else {
            self.error_with_help(
                &node.place,
                format!("expected an expression for {what}, found {}", node.kind()),
                "write a condition such as `environment.name == 'mock'`",
            );
            return None;
        };
        if text.value().contains("${{") {
            self.error_with_help(
                &node.place,
                format!("{what} is an expression already"),
                "leave out the `${{` and `}}`",
            );
            return None;
        }
        Expression::compile(text, 0..text.value().len(), self.diagnostics, &mut self.uses)
    }

    /// The path of a file that a node names, relative to the root.
    pub fn path(&mut self, node: &Node, what: &str) -> Option<PathBuf> {
        let name = self.constant(node, what)?;
        let resolved = self.root.resolve(self.file.as_path(), name);
        self.or_error(&node.place, resolved)
    }

    /// The bytes of a file that a node names, read from beneath the root.
    pub fn file_bytes(&mut self, node: &Node, what: &str) -> Option<(PathBuf, Vec<u8>)> {
        let path = self.path(node, what)?;
        let bytes = self.root.read_bytes(&path, NAMED_FILE_LIMIT);
        self.or_error(&node.place, bytes).map(|bytes| (path, bytes))
    }

    fn or_error<T>(&mut self, place: &Place, result: Result<T, SourceError>) -> Option<T> {
        result.map_err(|error| self.error(place, error.to_string())).ok()
    }
}

/// What is wrong with a URL without holes, if it is a whole one; a path depends on what it joins.
fn wrong_with_url(text: &str) -> Option<String> {
    let (scheme, _) = text.split_once("://")?;
    let is_scheme = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    if scheme.is_empty() || !scheme.chars().all(is_scheme) {
        return None;
    }
    match url::Url::parse(text) {
        Err(error) => Some(format!("this is not a URL: {error}")),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            Some(format!("requests go over http and https, not {}", url.scheme()))
        }
        Ok(_) => None,
    }
}

/// The key and the value of a text such as `status 200`, which lacks its colon.
fn without_colon(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once(' ')?;
    let is_key = key
        .chars()
        .all(|character| character.is_alphanumeric() || "_-".contains(character));
    let value = value.trim();
    // `status == 200` lacks no colon.
    let is_value = value.starts_with(|first: char| first.is_alphanumeric() || "/\"'{[$".contains(first));
    (is_key && is_value && !text.contains('\n')).then_some((key, value))
}

#[cfg(test)]
pub(crate) mod testing;
