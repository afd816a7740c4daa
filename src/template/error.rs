//! What can go wrong when a template is rendered.

use std::fmt;

use serde_json::Value;

use super::scope::Scope;
use crate::registry;
use crate::secret::Label;
use crate::source::Place;

/// A template that could not be rendered. Its message never holds a secret's text.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateError {
    /// What is wrong, as a lower-case phrase.
    pub message: String,
    /// Where the expression stands.
    pub place: Option<Place>,
    /// What to do about it.
    pub help: Option<String>,
}

impl TemplateError {
    /// An error without a place.
    pub fn new(message: impl Into<String>) -> Self {
        TemplateError {
            message: message.into(),
            place: None,
            help: None,
        }
    }

    /// A calculation with something that is there by its name alone.
    pub(super) fn of_name(calculation: &str, label: &Label) -> Self {
        TemplateError::new(format!(
            "`{calculation}` calculates with {label}, which is secret or known only in a run"
        ))
    }

    /// The same at a place.
    pub fn at(mut self, place: &Place) -> Self {
        self.place = Some(place.clone());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says where a dotted path stops leading to something, or nothing where it leads on.
    pub(super) fn undefined(path: &[String], scope: &Scope) -> Option<TemplateError> {
        let (first, attributes) = path.split_first()?;
        let Some(variable) = scope.get(first) else {
            let error = TemplateError::new(format!("undefined variable `{first}`"));
            return Some(match registry::suggestion(first, scope.names()) {
                Some(help) => error.help(help),
                None => error,
            });
        };
        let mut value = variable.value();
        let mut reached = first.clone();
        for attribute in attributes {
            let Some(next) = value.get(attribute) else {
                let error = TemplateError::new(format!("`{reached}` has no `{attribute}`"));
                let keys: Vec<&str> = match value {
                    Value::Object(entries) => entries.keys().map(String::as_str).collect(),
                    _ => return Some(error.help(format!("it is {}", crate::json::kind(value)))),
                };
                return Some(match registry::suggestion(attribute, keys) {
                    Some(help) => error.help(help),
                    None => error.help("it has no keys"),
                });
            };
            value = next;
            reached = format!("{reached}.{attribute}");
        }
        None
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(formatter, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TemplateError {}
