//! `text | regex_replace(pattern, replacement)`: every match replaced; `$1` stands for a group.

use minijinja::Error;

use super::{FilterKind, pattern};
use crate::registry::Entry;

pub(super) const KIND: FilterKind = FilterKind {
    entry: Entry {
        name: "regex_replace",
        summary: "every match of a pattern replaced; $1 in the replacement stands for the first group",
        example: "'2026-11-24' | regex_replace('-', '/')",
    },
    register: |environment| environment.add_filter("regex_replace", apply),
};

fn apply(text: &str, expression: &str, replacement: &str) -> Result<String, Error> {
    Ok(pattern(expression)?.replace_all(text, replacement).into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn groups_can_be_used() {
        assert_eq!(
            evaluate("'ab' | regex_replace('(a)(b)', '$2$1')", &Scope::new()),
            Ok(json!("ba"))
        );
    }
}
