//! `regex: pattern`: what a pattern finds in the body's text.

use std::ops::Range;

use ::regex::Regex;

use super::{Extraction, Extractor, ExtractorKind, Message};
use crate::decode::{Decoder, Quantity};
use crate::diagnostic::Diagnostic;
use crate::registry::Entry;
use crate::template::pattern::Pattern;
use crate::yaml::{Content, Node, Text};

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: "regex",
        summary: "what a pattern finds first in the body's text: its first group, or all of it where it has none; \
                  `{ pattern, group }` for another group, by number or name",
        example: r#"regex: 'name="csrf" value="([^"]+)"'"#,
    },
    parse,
    quantity: Quantity::Plain,
};

fn parse(node: &Node, decoder: &mut Decoder<'_>) -> Option<Extractor> {
    let (pattern, group) = if node.as_map().is_some() {
        let mut fields = decoder.fields(node, "`regex`")?;
        let pattern = fields.required("pattern", decoder);
        let group = fields.get("group");
        fields.finish(decoder);
        (pattern?, group)
    } else {
        (node, None)
    };
    let text = decoder.text(pattern, "a pattern")?;
    let pattern = compile(text, decoder)?;
    let regex = pattern.regex();
    let group = match group {
        Some(group) => chosen(group, regex, decoder)?,
        None => usize::from(regex.captures_len() > 1),
    };
    let subject = format!("regex {}", regex.as_str());
    Some(Extractor::new(subject, move |message, _scope| {
        find(&pattern, group, message)
    }))
}

/// The pattern a text is. What is wrong with it is pointed at inside the scalar.
pub fn compile(text: &Text, decoder: &mut Decoder<'_>) -> Option<Pattern> {
    let wrong = match Pattern::compile(text.value()) {
        Ok(pattern) => return Some(pattern),
        Err(error) => describe(text.value(), &error),
    };
    let diagnostic = Diagnostic::error(format!("this pattern cannot be read: {}", wrong.0));
    decoder.diagnostics.push(diagnostic.at(&text.place(wrong.1)));
    None
}

/// What is wrong, and where in the pattern: the error of `regex` itself holds a drawing instead of a range.
fn describe(pattern: &str, error: &::regex::Error) -> (String, Range<usize>) {
    let range = |span: &regex_syntax::ast::Span| span.start.offset..span.end.offset;
    match regex_syntax::parse(pattern) {
        Err(regex_syntax::Error::Parse(error)) => (error.kind().to_string(), range(error.span())),
        Err(regex_syntax::Error::Translate(error)) => (error.kind().to_string(), range(error.span())),
        _ => (
            error.to_string().to_lowercase().trim_end_matches('.').to_owned(),
            0..pattern.len(),
        ),
    }
}

/// The index of the group that was asked for.
fn chosen(node: &Node, regex: &Regex, decoder: &mut Decoder<'_>) -> Option<usize> {
    match &node.content {
        Content::Number(_) => {
            let last = u64::try_from(regex.captures_len() - 1).unwrap_or(u64::MAX);
            decoder
                .integer(node, "a group of this pattern", 0..=last)
                .and_then(|index| usize::try_from(index).ok())
        }
        Content::Text(name) => {
            let index = regex
                .capture_names()
                .position(|known| known == Some(name.value()));
            if index.is_none() {
                let names = regex.capture_names().flatten();
                decoder.unknown(&node.place, "group", name.value(), names);
            }
            index
        }
        Content::Null | Content::Bool(_) | Content::List(_) | Content::Map(_) => {
            decoder.expected(node, "the number or the name of a group");
            None
        }
    }
}

fn find<'a>(pattern: &Pattern, group: usize, message: &Message<'a>) -> Extraction<'a> {
    let text = message.body.text();
    let regex = match pattern.on(&text) {
        Ok(regex) => regex,
        Err(error) => return Extraction::Failed(error.to_string()),
    };
    let Some(captures) = regex.captures(&text) else {
        return Extraction::missing("the pattern finds nothing in the body");
    };
    match captures.get(group) {
        Some(found) => Extraction::owned(found.as_str()),
        None => Extraction::missing(format!("the pattern is found, but not its group {group}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Answer, complaints, extractor, missing, value};

    fn page() -> Answer {
        Answer::with_body("text/html", b"<title>Orders</title> id=42 id=43")
    }

    #[test]
    fn the_first_group_or_the_whole_match() {
        assert_eq!(value(r"regex: id=(\d+)", &page()), json!("42"));
        assert_eq!(value(r"regex: id=\d+", &page()), json!("id=42"));
        assert_eq!(extractor(r"regex: id=\d+").subject(), r"regex id=\d+");
    }

    #[test]
    fn a_group_is_chosen_by_number_or_name() {
        let by = |group| {
            value(
                &format!(r"regex: {{ pattern: '(?<key>\w+)=(\d+)', group: {group} }}"),
                &page(),
            )
        };
        assert_eq!(by("0"), json!("id=42"));
        assert_eq!(by("2"), json!("42"));
        assert_eq!(by("key"), json!("id"));
    }

    #[test]
    fn nothing_found_is_told_from_an_absent_group() {
        assert_eq!(
            missing("regex: order", &page()),
            "the pattern finds nothing in the body"
        );
        assert_eq!(
            missing("regex: id=(x)?", &page()),
            "the pattern is found, but not its group 1"
        );
    }

    #[test]
    fn a_mistake_is_pointed_at_inside_the_scalar() {
        assert_eq!(
            complaints("regex: 'id=[a-z'"),
            ["1:12: this pattern cannot be read: unclosed character class"]
        );
        assert_eq!(
            complaints(r"regex: { pattern: 'a\p{Nope}' }"),
            ["1:21: this pattern cannot be read: Unicode property not found"]
        );
        let large = complaints(r"regex: '(\w{900}){900}'");
        assert!(
            large[0].starts_with("1:9: this pattern cannot be read: compiled regex exceeds size limit"),
            "{large:?}"
        );
    }

    #[test]
    fn a_group_that_is_not_there_is_pointed_at() {
        assert_eq!(
            complaints("regex: { pattern: a(b), group: 2 }"),
            ["1:32: expected a whole number from 0 to 1 for a group of this pattern"]
        );
        assert_eq!(
            complaints("regex: { pattern: '(?<year>a)', group: yaer }"),
            ["1:40: unknown group `yaer`"]
        );
        assert_eq!(
            complaints("regex: { pattern: a, group: [1] }"),
            ["1:29: expected the number or the name of a group, found a list"]
        );
        assert_eq!(
            complaints("regex: { group: 1 }"),
            ["1:8: `regex` needs `pattern`"]
        );
    }
}
