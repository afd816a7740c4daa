//! `text | regex_replace(pattern, replacement)`: every match replaced; `$1` stands for a group.

use minijinja::Error;

use super::{FilterKind, complaint, pattern};
use crate::registry::Entry;

pub(super) const KIND: FilterKind = FilterKind {
    entry: Entry {
        name: "regex_replace",
        summary: "every match of a pattern replaced; $1 in the replacement stands for the first group",
        example: "'2026-11-24' | regex_replace('-', '/')",
    },
    register: |environment| environment.add_filter("regex_replace", apply),
};

/// How much longer replacing may make a text, in bytes.
const LONGEST: usize = 4 << 20;

fn apply(text: &str, expression: &str, replacement: &str) -> Result<String, Error> {
    let regex = pattern(expression, text)?;
    let groups = replacement.matches('$').count();
    let mut replaced = String::new();
    let mut kept = 0;
    for captures in regex.captures_iter(text) {
        let found = captures.get_match();
        replaced.push_str(&text[kept..found.start()]);
        kept = found.end();
        // No group is longer than the whole match.
        let most = found
            .len()
            .saturating_mul(groups)
            .saturating_add(replacement.len());
        if replaced.len().saturating_add(most) > LONGEST + text.len() {
            return Err(complaint(format!(
                "replacing makes the text more than {LONGEST} bytes longer"
            )));
        }
        captures.expand(replacement, &mut replaced);
    }
    replaced.push_str(&text[kept..]);
    Ok(replaced)
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
        assert_eq!(
            evaluate("'a-b-' | regex_replace('-|$', '${0}.')", &Scope::new()),
            Ok(json!("a-.b-."))
        );
    }

    #[test]
    fn a_text_does_not_grow_without_end() {
        for expression in [
            "('a' * 60000) | regex_replace('a', 'b' * 60000)",
            "('a' * 60000) | regex_replace('', 'b' * 60000)",
            "('a' * 60000) | regex_replace('a+', '$0' * 30000)",
        ] {
            let error = evaluate(expression, &Scope::new()).expect_err(expression);
            assert!(
                error.message.contains("more than 4194304 bytes longer"),
                "{}",
                error.message
            );
        }
    }
}
