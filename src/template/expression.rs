//! One expression: compiled once, evaluated against a scope, with what it reads and whether that is secret.

use std::ops::Range;
use std::sync::Arc;

use minijinja::{ErrorKind, Expression as Compiled};
use serde_json::Value;

use super::environment::{self, ENVIRONMENT};
use super::error::TemplateError;
use super::lexer::{self, Role, Word};
use super::scope::Scope;
use super::{Evaluated, Use, convert, functions};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::registry;
use crate::secret::Label;
use crate::source::Place;
use crate::yaml::Text;

/// A compiled expression.
#[derive(Debug, Clone)]
pub struct Expression(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: String,
    place: Place,
    form: Form,
    /// The variables it reads, as dotted paths.
    reads: Vec<Vec<String>>,
    /// False if the result is another one each time or tells nothing of what went in: such a result need not be
    /// found in outputs later.
    reveals: bool,
}

#[derive(Debug)]
enum Form {
    /// A dotted path alone: looked up without the engine, which need not compile it either, and so numbers keep the very
    /// text they came with.
    Path(Vec<String>),
    Compiled(Box<Compiled<'static, 'static>>),
}

impl Expression {
    /// Compiles the part of a scalar that stands in `range`. What is wrong goes to `diagnostics`, at its place within
    /// the scalar; what is read goes to `uses`.
    pub fn compile(
        text: &Text,
        range: Range<usize>,
        diagnostics: &mut Diagnostics,
        uses: &mut Vec<Use>,
    ) -> Option<Expression> {
        let source = &text.value()[range.clone()];
        let lead = source.len() - source.trim_start().len();
        let trimmed = source.trim();
        let start = range.start + lead;
        let place = text.place(start..start + trimmed.len());
        if trimmed.is_empty() {
            let empty = Diagnostic::error("an empty expression")
                .at(&text.place(range))
                .help("write a variable name");
            diagnostics.push(empty);
            return None;
        }
        let words = lexer::words(trimmed);
        let form = match plain_path(trimmed, &words) {
            Some(path) => Form::Path(path.to_vec()),
            None => match ENVIRONMENT.compile_expression_owned(trimmed.to_owned()) {
                Ok(compiled) => Form::Compiled(Box::new(compiled)),
                Err(error) => {
                    diagnostics.push(syntax_error(&error, trimmed, text, start));
                    return None;
                }
            },
        };
        let place_of = |range: &Range<usize>| text.place(start + range.start..start + range.end);
        if !known_words(&words, &place_of, diagnostics) {
            return None;
        }
        let variables: Vec<&Word> = words.iter().filter(|word| word.role == Role::Variable).collect();
        for word in &variables {
            uses.push(Use {
                path: word.path.clone(),
                place: place_of(&word.range),
                optional: is_optional(&trimmed[word.whole.end..]),
            });
        }
        let reveals = words
            .iter()
            .filter(|word| word.role == Role::Function)
            .all(|word| {
                registry::find(functions::KINDS, &word.path[0]).is_none_or(|kind| kind.reveals_arguments)
            });
        let reads = variables.iter().map(|word| word.path.clone()).collect();
        Some(Expression(Arc::new(Inner {
            text: trimmed.to_owned(),
            place,
            form,
            reads,
            reveals,
        })))
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// Whether it reads the variable or something inside of it.
    pub fn reads(&self, variable: &str) -> bool {
        let mut roots = self.0.reads.iter().filter_map(|path| path.first());
        roots.any(|root| root == variable)
    }

    /// The label of a secret it reads, if it reads one.
    pub fn secret(&self, scope: &Scope) -> Option<Label> {
        self.0
            .reads
            .iter()
            .find_map(|path| scope.secret_at(path))
            .cloned()
    }

    /// The value, and the label of a secret that went into it.
    ///
    /// # Errors
    /// An undefined variable, a failing function, a type that cannot be computed with, or a result JSON cannot hold.
    pub fn evaluate(&self, scope: &Scope) -> Result<Evaluated, TemplateError> {
        if scope.keeps_names()
            && let Some(label) = self.secret(scope)
        {
            return self.by_name(&label, scope);
        }
        let value = match &self.0.form {
            Form::Path(path) => scope
                .value_at(path)
                .cloned()
                .ok_or_else(|| self.undefined(scope))?,
            Form::Compiled(compiled) => {
                let result = compiled
                    .eval(scope.to_context())
                    .map_err(|error| self.failure(&error, scope))?;
                if result.is_undefined() {
                    return Err(self.undefined(scope));
                }
                convert::from_template(&result)
                    .map_err(|error| TemplateError::new(error.0).at(&self.0.place))?
            }
        };
        let secret = self.secret(scope);
        if let (Some(label), true) = (&secret, self.0.reveals) {
            scope.remember_secret(&value, label);
        }
        // What is computed is not what is named, and must not be shown as if it were.
        let secret = match &self.0.form {
            Form::Path(_) => secret,
            Form::Compiled(_) => secret.as_ref().map(Label::made_of),
        };
        let shown = secret.as_ref().map(Label::to_string);
        Ok(Evaluated { value, secret, shown })
    }

    /// What stands for the value where secrets stand by their names: see [`Scope::keeping_names`].
    fn by_name(&self, label: &Label, scope: &Scope) -> Result<Evaluated, TemplateError> {
        let name = match &self.0.form {
            Form::Path(path) => scope.name_at(path),
            Form::Compiled(_) => None,
        };
        let label = name.ok_or_else(|| TemplateError::of_name(&self.0.text, label).at(&self.0.place))?;
        let text = match &self.0.form {
            Form::Path(path) => scope.value_at(path).and_then(Value::as_str),
            Form::Compiled(_) => None,
        };
        Ok(Evaluated {
            value: Value::from(text.unwrap_or(label.name())),
            shown: Some(label.to_string()),
            secret: Some(label),
        })
    }

    /// Whether the expression holds: its result must be true or false.
    ///
    /// # Errors
    /// As [`Expression::evaluate`], and a result of another type.
    pub fn holds(&self, scope: &Scope) -> Result<bool, TemplateError> {
        match self.evaluate(scope)?.value {
            Value::Bool(flag) => Ok(flag),
            other => Err(TemplateError::new(format!(
                "`{}` is {}, but a condition is true or false",
                self.0.text,
                crate::json::kind(&other)
            ))
            .at(&self.0.place)
            .help("compare it with something, such as `… == 1` or `… is defined`")),
        }
    }

    fn undefined(&self, scope: &Scope) -> TemplateError {
        for path in &self.0.reads {
            if let Some(error) = TemplateError::undefined(path, scope) {
                return error.at(&self.0.place);
            }
        }
        TemplateError::new(format!("`{}` is undefined", self.0.text)).at(&self.0.place)
    }

    fn failure(&self, error: &minijinja::Error, scope: &Scope) -> TemplateError {
        match error.kind() {
            ErrorKind::UndefinedError => self.undefined(scope),
            ErrorKind::OutOfFuel => {
                TemplateError::new(format!("`{}` takes too long", self.0.text)).at(&self.0.place)
            }
            kind => {
                // A detail may quote the values it is about; with a secret among them only the kind is told.
                let detail = error.detail().filter(|_| self.secret(scope).is_none());
                let message = detail.map_or_else(|| kind.to_string(), str::to_owned);
                TemplateError::new(format!("`{}`: {message}", self.0.text)).at(&self.0.place)
            }
        }
    }
}

/// The path, where an expression is nothing but one. Letters beyond ASCII are left to the engine: not all of them make
/// names.
fn plain_path<'w>(expression: &str, words: &'w [Word]) -> Option<&'w [String]> {
    match words {
        [only] if only.role == Role::Variable && only.whole == (0..expression.len()) => {
            expression.is_ascii().then_some(&only.path)
        }
        _ => None,
    }
}

fn syntax_error(error: &minijinja::Error, expression: &str, text: &Text, start: usize) -> Diagnostic {
    let range = error
        .range()
        .filter(|range| range.end <= expression.len())
        .unwrap_or(0..expression.len());
    let message = error.detail().unwrap_or("cannot be read").to_owned();
    Diagnostic::error(format!("this expression cannot be read: {message}"))
        .at(&text.place(start + range.start..start + range.end))
}

/// Reports functions, filters and tests that do not exist, each with the nearest that does.
fn known_words(
    words: &[Word],
    place_of: &dyn Fn(&Range<usize>) -> Place,
    diagnostics: &mut Diagnostics,
) -> bool {
    let mut all_known = true;
    for word in words {
        let name = word.path[0].as_str();
        let (what, known, candidates): (_, bool, Vec<String>) = match word.role {
            Role::Variable => continue,
            Role::Function => (
                "function",
                environment::has_function(name),
                environment::function_names(),
            ),
            Role::Filter => (
                "filter",
                environment::has_filter(name),
                owned(environment::filter_names()),
            ),
            Role::Test => (
                "test",
                environment::has_test(name),
                owned(environment::test_names()),
            ),
        };
        if known {
            continue;
        }
        all_known = false;
        let mut diagnostic = Diagnostic::error(format!("unknown {what} `{name}`")).at(&place_of(&word.range));
        if let Some(help) = registry::suggestion(name, candidates.iter().map(String::as_str)) {
            diagnostic = diagnostic.help(help);
        }
        diagnostics.push(diagnostic);
    }
    all_known
}

fn owned(names: Vec<&'static str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// True if what follows a variable says that it may be undefined.
fn is_optional(rest: &str) -> bool {
    let mut words = rest
        .split_whitespace()
        .flat_map(|word| word.split_inclusive(['|', '(']))
        .filter(|w| *w != "(");
    match words.next() {
        Some("|") => words
            .next()
            .is_some_and(|word| word.trim_end_matches('(') == "default"),
        Some("is") => matches!(words.next(), Some("defined" | "undefined" | "not")),
        _ => false,
    }
}
