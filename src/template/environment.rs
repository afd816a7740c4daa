//! The one minijinja environment: strict, with fuel, without `debug()`, with our functions and filters.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};

use super::{convert, filters, functions};
use crate::registry::{self, Kind};

/// Steps an expression may take before it is stopped; an ordinary one takes tens.
const FUEL: u64 = 100_000;

/// minijinja's own filters and tests that are worth a suggestion; it does not tell its list.
const BUILT_IN_FILTERS: [&str; 35] = [
    "abs",
    "batch",
    "bool",
    "capitalize",
    "default",
    "dictsort",
    "first",
    "float",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "sort",
    "split",
    "sum",
    "title",
    "trim",
    "unique",
    "upper",
];
const BUILT_IN_TESTS: [&str; 15] = [
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "even",
    "false",
    "in",
    "integer",
    "iterable",
    "mapping",
    "none",
    "number",
    "odd",
    "startingwith",
    "string",
];

/// The environment every expression is compiled in.
pub(super) static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(build);

fn build() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.remove_global("debug");
    environment.set_syntax(
        SyntaxConfig::builder()
            .block_delimiters("${%", "%}")
            .variable_delimiters("${{", "}}")
            .comment_delimiters("${#", "#}")
            .keep_trailing_newline(true)
            .build()
            .expect("the delimiters differ from each other"),
    );
    // Mixed text shows JSON, where minijinja alone would show Python's `True` and quotes.
    environment.set_formatter(|output, _state, value| {
        if value.is_undefined() {
            return Err(ErrorKind::UndefinedError.into());
        }
        let json = convert::from_template(value)
            .map_err(|error| minijinja::Error::new(ErrorKind::BadSerialization, error.0))?;
        output
            .write_str(&convert::to_text(&json))
            .map_err(|_| minijinja::Error::new(ErrorKind::WriteFailure, "the text could not be written"))
    });
    for kind in functions::KINDS {
        (kind.register)(&mut environment);
    }
    for kind in filters::KINDS {
        (kind.register)(&mut environment);
    }
    environment
}

/// True if a filter of that name can be applied.
pub(super) fn has_filter(name: &str) -> bool {
    registry::find(filters::KINDS, name).is_some()
        || BUILT_IN_FILTERS.contains(&name)
        || !matches!(
            ENVIRONMENT.empty_state().apply_filter(name, &[Value::from(())]),
            Err(error) if error.kind() == ErrorKind::UnknownFilter
        )
}

/// True if a test of that name can be made.
pub(super) fn has_test(name: &str) -> bool {
    BUILT_IN_TESTS.contains(&name)
        || !matches!(
            ENVIRONMENT.empty_state().perform_test(name, &[Value::from(())]),
            Err(error) if error.kind() == ErrorKind::UnknownTest
        )
}

/// True if a function of that name can be called.
pub(super) fn has_function(name: &str) -> bool {
    ENVIRONMENT.globals().any(|(known, _)| known == name)
}

/// The names of all functions.
pub fn function_names() -> Vec<String> {
    ENVIRONMENT.globals().map(|(name, _)| name.to_owned()).collect()
}

/// The names of filters worth suggesting.
pub(super) fn filter_names() -> Vec<&'static str> {
    filters::KINDS
        .iter()
        .map(|kind| kind.entry().name)
        .chain(BUILT_IN_FILTERS)
        .collect()
}

/// The names of tests worth suggesting.
pub(super) fn test_names() -> Vec<&'static str> {
    BUILT_IN_TESTS.to_vec()
}

#[cfg(test)]
mod tests {
    use super::{BUILT_IN_FILTERS, BUILT_IN_TESTS, ENVIRONMENT, has_function};
    use minijinja::{ErrorKind, Value};

    #[test]
    fn every_suggested_built_in_exists() {
        for name in BUILT_IN_FILTERS {
            let result = ENVIRONMENT.empty_state().apply_filter(name, &[Value::from("x")]);
            assert!(
                !matches!(result, Err(error) if error.kind() == ErrorKind::UnknownFilter),
                "{name}"
            );
        }
        for name in BUILT_IN_TESTS {
            let result = ENVIRONMENT.empty_state().perform_test(name, &[Value::from("x")]);
            assert!(
                !matches!(result, Err(error) if error.kind() == ErrorKind::UnknownTest),
                "{name}"
            );
        }
    }

    #[test]
    fn debug_is_not_there() {
        assert!(!has_function("debug"));
        assert!(has_function("uuid"));
    }
}
