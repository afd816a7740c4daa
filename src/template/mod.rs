//! Text with holes; functions are an open set.
//!
//! `${{ … }}` is the one marker. A scalar that is exactly one expression keeps its type; mixed text is a string. What
//! a secret went into is secret, whatever was done to it on the way.

mod convert;
mod environment;
mod error;
mod expression;
pub mod filters;
pub(crate) mod foreign;
pub mod functions;
mod lexer;
pub mod pattern;
mod scope;
mod tree;

use minijinja::Environment;
use serde_json::Value;

pub use environment::function_names;
pub use error::TemplateError;
pub use expression::Expression;
pub use scope::{Scope, Secrecy, Variable};
pub use tree::{RenderedTree, Tree};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::secret::{Label, Rendered};
use crate::source::Place;
use crate::yaml::Text;
use lexer::Piece;

/// A variable that a template reads, found before anything runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// The name and the attributes that follow: `login.token` is `["login", "token"]`.
    pub path: Vec<String>,
    /// Where it is read.
    pub place: Place,
    /// True if the expression says itself what to do when it is undefined.
    pub optional: bool,
}

/// A computed value and the secret that went into it, if one did.
#[derive(Debug, Clone)]
pub struct Evaluated {
    /// The value.
    pub value: Value,
    /// The label of the secret.
    pub secret: Option<Label>,
    /// The value with its secret parts as `‹label›`, where there are any.
    pub shown: Option<String>,
}

/// A text with holes, compiled once.
#[derive(Debug, Clone)]
pub struct Template(Form);

#[derive(Debug, Clone)]
enum Form {
    Constant(String),
    /// Exactly one expression: keeps its type.
    Whole(Expression),
    Parts(Vec<Part>),
    /// With statements: rendered by the engine as a whole.
    Program(std::sync::Arc<Program>),
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Hole(Expression),
}

#[derive(Debug)]
struct Program {
    environment: Environment<'static>,
    reads: Vec<Vec<String>>,
    place: Place,
}

/// The name a program's text has inside its own environment.
const PROGRAM: &str = "text";

/// The most holes of a text. Each takes many times the memory of what it is written with.
const MOST_HOLES: usize = 10_000;

impl Template {
    /// A template without holes.
    pub fn constant(text: impl Into<String>) -> Template {
        Template(Form::Constant(text.into()))
    }

    /// Compiles a scalar. What is wrong goes to `diagnostics`, what is read to `uses`.
    pub fn compile(text: &Text, diagnostics: &mut Diagnostics, uses: &mut Vec<Use>) -> Option<Template> {
        if !lexer::has_marker(text.value()) {
            return Some(Template::constant(text.value().to_owned()));
        }
        let pieces = match lexer::pieces(text.value()) {
            Ok(pieces) => pieces,
            Err(open) => {
                let opener = &text.value()[open.open.clone()];
                diagnostics.push(
                    Diagnostic::error(format!("`{opener}` is never closed"))
                        .at(&text.place(open.open))
                        .help(format!("close it with `{}`", open.closer)),
                );
                return None;
            }
        };
        let holes = pieces.iter().filter(|piece| !matches!(piece, Piece::Text(_)));
        if holes.count() > MOST_HOLES {
            diagnostics.push(
                Diagnostic::error(format!("more than {MOST_HOLES} expressions in one text"))
                    .at(&text.place(0..text.value().len())),
            );
            return None;
        }
        if pieces.iter().any(|piece| matches!(piece, Piece::Statement(_))) {
            return Program::compile(text, diagnostics, uses).map(|it| Template(Form::Program(it.into())));
        }
        if let [Piece::Hole(range)] = pieces.as_slice() {
            return Expression::compile(text, range.clone(), diagnostics, uses)
                .map(|it| Template(Form::Whole(it)));
        }
        let mut parts = Vec::with_capacity(pieces.len());
        let mut whole = true;
        for piece in pieces {
            match piece {
                Piece::Text(range) => parts.push(Part::Text(text.value()[range].to_owned())),
                Piece::Hole(range) => match Expression::compile(text, range, diagnostics, uses) {
                    Some(expression) => parts.push(Part::Hole(expression)),
                    None => whole = false,
                },
                Piece::Comment | Piece::Statement(_) => {}
            }
        }
        whole.then_some(Template(Form::Parts(parts)))
    }

    /// The text, where there are no holes.
    pub fn as_constant(&self) -> Option<&str> {
        match &self.0 {
            Form::Constant(text) => Some(text),
            Form::Whole(_) | Form::Parts(_) | Form::Program(_) => None,
        }
    }

    /// The constant text in front of the first hole.
    pub fn constant_start(&self) -> &str {
        match &self.0 {
            Form::Constant(text) => text,
            Form::Parts(parts) => match parts.first() {
                Some(Part::Text(text)) => text,
                _ => "",
            },
            Form::Whole(_) | Form::Program(_) => "",
        }
    }

    /// The template as written, for names of checks and steps.
    pub fn source_text(&self) -> String {
        let hole = |expression: &Expression| format!("${{{{ {} }}}}", expression.text());
        match &self.0 {
            Form::Constant(text) => text.clone(),
            Form::Whole(expression) => hole(expression),
            Form::Parts(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => text.clone(),
                    Part::Hole(expression) => hole(expression),
                })
                .collect(),
            Form::Program(program) => program
                .environment
                .get_template(PROGRAM)
                .map(|it| it.source().to_owned())
                .unwrap_or_default(),
        }
    }

    /// Renders to text that remembers which parts are secret.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub fn render(&self, scope: &Scope) -> Result<Rendered, TemplateError> {
        match &self.0 {
            Form::Constant(text) => Ok(Rendered::plain(text.clone())),
            Form::Whole(expression) => {
                let mut rendered = Rendered::default();
                push(&mut rendered, expression, scope)?;
                Ok(rendered)
            }
            Form::Parts(parts) => {
                let mut rendered = Rendered::default();
                for part in parts {
                    match part {
                        Part::Text(text) => rendered.push_plain(text),
                        Part::Hole(expression) => push(&mut rendered, expression, scope)?,
                    }
                }
                Ok(rendered)
            }
            Form::Program(program) => program.render(scope),
        }
    }

    /// Renders to a value: exactly one expression keeps its type, everything else is a string.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub fn evaluate(&self, scope: &Scope) -> Result<Evaluated, TemplateError> {
        match &self.0 {
            Form::Constant(text) => Ok(Evaluated {
                value: Value::String(text.clone()),
                secret: None,
                shown: None,
            }),
            Form::Whole(expression) => expression.evaluate(scope),
            Form::Parts(_) | Form::Program(_) => {
                let rendered = self.render(scope)?;
                Ok(Evaluated {
                    value: Value::String(rendered.expose().into_owned()),
                    secret: rendered.label().cloned(),
                    shown: rendered.is_secret().then(|| rendered.shown()),
                })
            }
        }
    }
}

fn push(rendered: &mut Rendered, expression: &Expression, scope: &Scope) -> Result<(), TemplateError> {
    let Evaluated {
        value,
        secret,
        shown: _,
    } = expression.evaluate(scope)?;
    let text = convert::to_text(&value);
    match secret {
        Some(label) => rendered.push_secret(&text, &label),
        None => rendered.push_plain(&text),
    }
    Ok(())
}

impl Program {
    fn compile(text: &Text, diagnostics: &mut Diagnostics, uses: &mut Vec<Use>) -> Option<Program> {
        let mut environment = environment::ENVIRONMENT.clone();
        if let Err(error) = environment.add_template_owned(PROGRAM, text.value().to_owned()) {
            let range = error
                .range()
                .filter(|range| range.end <= text.value().len())
                .unwrap_or(0..text.value().len());
            let message = error.detail().unwrap_or("cannot be read").to_owned();
            diagnostics.push(
                Diagnostic::error(format!("this template cannot be read: {message}")).at(&text.place(range)),
            );
            return None;
        }
        let names = environment
            .get_template(PROGRAM)
            .map(|template| template.undeclared_variables(false))
            .unwrap_or_default();
        let mut names: Vec<String> = names
            .into_iter()
            .filter(|name| !environment::has_function(name))
            .collect();
        names.sort();
        for name in &names {
            let at = text.value().find(name.as_str()).unwrap_or_default();
            uses.push(Use {
                path: vec![name.clone()],
                place: text.place(at..at + name.len()),
                optional: false,
            });
        }
        let place = text.place(0..text.value().len());
        Some(Program {
            environment,
            reads: names.into_iter().map(|name| vec![name]).collect(),
            place,
        })
    }

    fn render(&self, scope: &Scope) -> Result<Rendered, TemplateError> {
        let secret = self.reads.iter().find_map(|path| scope.secret_at(path)).cloned();
        if let (Some(label), true) = (&secret, scope.keeps_names()) {
            return Err(TemplateError::of_name("${% … %}", label).at(&self.place));
        }
        let rendered = self
            .environment
            .get_template(PROGRAM)
            .and_then(|template| template.render(scope.to_context()))
            .map_err(|error| {
                let undefined = self
                    .reads
                    .iter()
                    .find_map(|path| TemplateError::undefined(path, scope));
                let detail = error.detail().filter(|_| secret.is_none());
                let message = detail.map_or_else(|| error.kind().to_string(), str::to_owned);
                undefined
                    .unwrap_or_else(|| TemplateError::new(message))
                    .at(&self.place)
            })?;
        Ok(match secret {
            Some(label) => {
                scope.remember_secret(&Value::String(rendered.clone()), &label);
                Rendered::secret(rendered, label.made_of())
            }
            None => Rendered::plain(rendered),
        })
    }
}

#[cfg(test)]
mod tests;
