//! `value | to_json`: the value as compact JSON text.

use minijinja::{Error, Value as JinjaValue};

use super::{FilterKind, complaint};
use crate::json;
use crate::registry::Entry;
use crate::template::convert;

pub(super) const KIND: FilterKind = FilterKind {
    entry: Entry {
        name: "to_json",
        summary: "the value as compact JSON text",
        example: "{'a': [1, true]} | to_json",
    },
    register: |environment| environment.add_filter("to_json", apply),
};

fn apply(value: JinjaValue) -> Result<String, Error> {
    convert::from_template(&value)
        .map(|value| json::compact(&value))
        .map_err(|error| complaint(error.0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn it_is_json_not_python() {
        assert_eq!(
            evaluate("{'a': [1, true, none]} | to_json", &Scope::new()),
            Ok(json!(r#"{"a":[1,true,null]}"#))
        );
    }
}
