//! `text | from_json`: the value a JSON text stands for.

use minijinja::{Error, Value as JinjaValue};

use super::{FilterKind, complaint};
use crate::registry::Entry;
use crate::template::convert;

pub(super) const KIND: FilterKind = FilterKind {
    entry: Entry {
        name: "from_json",
        summary: "the value a JSON text stands for",
        example: "('{\"a\": 1}' | from_json).a",
    },
    register: |environment| environment.add_filter("from_json", apply),
};

fn apply(text: &str) -> Result<JinjaValue, Error> {
    serde_json::from_str(text)
        .map(|value| convert::to_template(&value))
        .map_err(|_| complaint("this is not JSON"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn types_are_kept() {
        assert_eq!(
            evaluate("'[1, \"1\"]' | from_json", &Scope::new()),
            Ok(json!([1, "1"]))
        );
        assert!(evaluate("'{' | from_json", &Scope::new()).is_err());
    }
}
