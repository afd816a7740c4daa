//! Holes as other tools write them, which stay plain text here: worth a warning where they can hardly be meant so.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::yaml::Text;

/// `{{ name }}`, `{{.name}}`, `{{$name}}` and `${name}`; what stands behind a `$` of ours is no match of its own.
static DOUBLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"\{\{\s*[.$]?(NAME)\s*\}\}|\$\{\s*(NAME)\s*\}"));

/// The same and `{name}`, which other tools and OpenAPI put into paths.
static SINGLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"\{\{\s*[.$]?(NAME)\s*\}\}|\$\{\s*(NAME)\s*\}|\{(NAME)\}"));

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(&text.replace("NAME", r"[A-Za-z_][A-Za-z0-9_.\-]*")).ok()
}

/// Warns of a hole of another tool anywhere in a text that goes into a URL.
pub(crate) fn warn_in_url(text: &Text, diagnostics: &mut Diagnostics) {
    warn_of_all(text, &SINGLE, diagnostics);
}

/// Warns of a hole of another tool anywhere in a header, a cookie or a value of the query.
pub(crate) fn warn_in_value(text: &Text, diagnostics: &mut Diagnostics) {
    warn_of_all(text, &DOUBLE, diagnostics);
}

/// Warns where a whole text is nothing but a hole of another tool. Amid other text braces are left alone: they may be
/// GraphQL or a template of the service that is tested.
pub(super) fn warn_of_whole(text: &Text, diagnostics: &mut Diagnostics) {
    let trimmed = text.value().trim();
    if !trimmed.starts_with("{{") && !trimmed.starts_with("${") {
        return;
    }
    let found = DOUBLE.as_ref().and_then(|pattern| pattern.captures(trimmed));
    if let Some(found) = found
        && found.get(0).is_some_and(|whole| whole.as_str() == trimmed)
    {
        let start = text.value().find(trimmed).unwrap_or(0);
        warn(text, start..start + trimmed.len(), name(&found), diagnostics);
    }
}

fn warn_of_all(text: &Text, pattern: &LazyLock<Option<Regex>>, diagnostics: &mut Diagnostics) {
    // Most texts have no other braces than those of our own holes, and need no expression compiled.
    if !text.value().split("${{").any(|part| part.contains('{')) {
        return;
    }
    let Some(pattern) = pattern.as_ref() else {
        return;
    };
    for found in pattern.captures_iter(text.value()) {
        let Some(whole) = found.get(0) else { continue };
        let is_ours = whole.as_str().starts_with('{') && text.value()[..whole.start()].ends_with('$');
        if !is_ours {
            warn(text, whole.range(), name(&found), diagnostics);
        }
    }
}

fn name<'t>(found: &regex::Captures<'t>) -> &'t str {
    found
        .iter()
        .skip(1)
        .flatten()
        .next()
        .map_or("", |group| group.as_str())
}

fn warn(text: &Text, range: Range<usize>, name: &str, diagnostics: &mut Diagnostics) {
    let written = &text.value()[range.clone()];
    diagnostics.push(
        Diagnostic::warning(format!(
            "`{written}` is no expression, and is sent or compared as it stands"
        ))
        .at(&text.place(range))
        .help(format!("write `${{{{ {name} }}}}` for a variable")),
    );
}

#[cfg(test)]
mod tests {
    use super::{warn_in_url, warn_of_whole};
    use crate::diagnostic::Diagnostics;
    use crate::source::Source;
    use crate::yaml::{self, Text};

    /// The help lines of what is warned of in one text.
    fn warned(written: &str, warn: fn(&Text, &mut Diagnostics)) -> Vec<String> {
        let mut diagnostics = Diagnostics::default();
        let source = Source::new("test.yaml", format!("'{}'", written.replace('\'', "''")));
        let node = yaml::parse(&source, &mut diagnostics).expect("YAML");
        warn(node.as_text().expect("a text"), &mut diagnostics);
        let helps = diagnostics
            .into_vec()
            .into_iter()
            .map(|it| it.help.expect("a help"));
        helps.collect()
    }

    #[test]
    fn a_url_with_a_hole_of_another_tool_is_warned_of() {
        for (written, meant) in [
            ("{{ base }}/x", "base"),
            ("/x/{{base-url}}", "base-url"),
            ("/${id}", "id"),
            ("/contacts/{id}", "id"),
            ("{{$guid}}", "guid"),
            ("/{{.id}}", "id"),
        ] {
            let help = format!("write `${{{{ {meant} }}}}` for a variable");
            assert_eq!(warned(written, warn_in_url), [help], "{written}");
        }
    }

    #[test]
    fn our_own_holes_and_plain_braces_are_not() {
        for written in [
            "/${{ id }}/${{id}}",
            "/${{ {'a': id} }}",
            "/a?filter={\"a\":1}",
            "/x",
            "/${{ id }}{}",
        ] {
            assert_eq!(warned(written, warn_in_url), Vec::<String>::new(), "{written}");
        }
    }

    #[test]
    fn a_value_is_warned_of_only_where_it_is_nothing_else() {
        assert_eq!(warned(" {{ id }}", warn_of_whole).len(), 1);
        assert_eq!(warned("${id}", warn_of_whole).len(), 1);
        for written in [
            "Dear {{ name }}",
            "{{ a }} and {{ b }}",
            "{{#each x}}",
            "${",
            "${{ id }}",
            "{id}",
        ] {
            assert_eq!(warned(written, warn_of_whole), Vec::<String>::new(), "{written}");
        }
    }
}
