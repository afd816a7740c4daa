//! `text | regex_find(pattern)`: the first match, or its first group where the pattern has one.

use minijinja::{Error, Value as JinjaValue};

use super::{FilterKind, pattern};
use crate::registry::Entry;

pub(super) const KIND: FilterKind = FilterKind {
    entry: Entry {
        name: "regex_find",
        summary: "the first match of a pattern, its first group where it has one, none where nothing matches",
        example: "'order 42' | regex_find('[0-9]+')",
    },
    register: |environment| environment.add_filter("regex_find", apply),
};

fn apply(text: &str, expression: &str) -> Result<JinjaValue, Error> {
    let captures = pattern(expression, text)?.captures(text);
    let found = captures
        .as_ref()
        .and_then(|found| found.get(1).or_else(|| found.get(0)));
    Ok(found.map_or_else(|| JinjaValue::from(()), |found| JinjaValue::from(found.as_str())))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn the_first_group_wins() {
        assert_eq!(
            evaluate("'a=1' | regex_find('a=(.)')", &Scope::new()),
            Ok(json!("1"))
        );
        assert_eq!(
            evaluate("'a=1' | regex_find('b')", &Scope::new()),
            Ok(Value::Null)
        );
        assert!(evaluate("'a' | regex_find('(')", &Scope::new()).is_err());
    }
}
