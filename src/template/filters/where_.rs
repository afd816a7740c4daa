//! `list | where(key, value)`: the items whose key holds a value.

use minijinja::{Error, Value as JinjaValue};

use super::FilterKind;
use crate::registry::Entry;
use crate::template::convert;

pub(super) const KIND: FilterKind = FilterKind {
    entry: Entry {
        name: "where",
        summary: "the items of a list whose key holds a value; a number also answers to its text, as in a path",
        example: "([{'id': 7}, {'id': 8}] | where('id', '7') | first).id",
    },
    register: |environment| environment.add_filter("where", apply),
};

fn apply(items: JinjaValue, key: &str, wanted: JinjaValue) -> Result<Vec<JinjaValue>, Error> {
    let text = |value: &JinjaValue| {
        convert::from_template(value)
            .ok()
            .map(|value| convert::to_text(&value))
    };
    let wanted_text = text(&wanted);
    let mut found = Vec::new();
    for item in items.try_iter()? {
        let value = item.get_attr(key).unwrap_or_default();
        if !value.is_undefined() && (value == wanted || text(&value) == wanted_text) {
            found.push(item);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn items_without_the_key_are_left_out() {
        let expression = "[{'id': 1}, {'id': '1'}, {'x': 1}, 5] | where('id', 1) | length";
        assert_eq!(evaluate(expression, &Scope::new()), Ok(json!(2)));
    }
}
