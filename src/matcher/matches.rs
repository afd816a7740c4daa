//! `matches: pattern`: a text in which a regular expression is found anywhere.

use serde_json::Value;

use super::{Context, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::template::pattern::Pattern;
use crate::yaml::Node;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "matches",
        summary: "a text in which this regular expression is found, anywhere unless `^` and `$` say where",
        example: "matches: '^[0-9]{5}$'",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decode(node, decoder).map(|pattern| Box::new(Matches(pattern)) as Box<dyn Match>)
    },
};

fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Pattern> {
    let text = decoder.text(node, "`matches`")?;
    if text.value().is_empty() {
        decoder.error(&node.place, "an empty pattern is found in every text");
        return None;
    }
    if let Some(at) = text.value().find("${{") {
        decoder.error_with_help(
            &text.place(at..at + 3),
            "a pattern cannot hold a template",
            "patterns are compiled before anything is sent; compare with `equals`, `contains` or `starts_with`",
        );
        return None;
    }
    let (range, message) = match regex_syntax::parse(text.value()) {
        Ok(_) => match Pattern::compile(text.value()) {
            Ok(pattern) => return Some(pattern),
            Err(_) => (
                0..text.value().len(),
                "too large once its repetitions are counted".to_owned(),
            ),
        },
        Err(regex_syntax::Error::Parse(error)) => {
            let span = error.span();
            (span.start.offset..span.end.offset, error.kind().to_string())
        }
        Err(regex_syntax::Error::Translate(error)) => {
            let span = error.span();
            (span.start.offset..span.end.offset, error.kind().to_string())
        }
        Err(error) => (0..text.value().len(), error.to_string()),
    };
    decoder.error(
        &text.place(range),
        format!("this pattern cannot be used: {message}"),
    );
    None
}

#[derive(Debug)]
struct Matches(Pattern);

impl Match for Matches {
    fn describe(&self) -> String {
        format!("a text that matches '{}'", self.0.regex().as_str())
    }

    fn check(&self, actual: &Value, _context: &Context<'_>) -> Judgement {
        let finding = Finding::new(self.describe(), actual);
        match actual {
            Value::String(text) => match self.0.on(text) {
                Ok(regex) if regex.is_match(text) => Judgement::Holds,
                Ok(_) => finding.into(),
                Err(error) => Judgement::Error(error.to_string()),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                finding.hint("a pattern is looked for in a text only").into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, mismatch};

    #[test]
    fn a_pattern_is_found_anywhere() {
        assert!(holds("matches: '[0-9]{5}'", "\"N-01234 Oslo\""));
        assert!(!holds("matches: '^[0-9]{5}$'", "\"N-01234\""));
        assert_eq!(
            mismatch("matches: '^a'", "null").expected,
            "a text that matches '^a'"
        );
        assert!(!holds("matches: '3'", "3"));
    }

    #[test]
    fn a_mistake_is_pointed_at() {
        assert_eq!(
            complaints("matches: 'ab(c'"),
            ["1:13: this pattern cannot be used: unclosed group"]
        );
        assert_eq!(complaints("matches: 'x(?=y)'").len(), 1);
        assert_eq!(complaints("matches: '\\p{Nonsense}'").len(), 1);
        assert_eq!(complaints("matches: '((a{100}){100}){100}'").len(), 1);
    }

    #[test]
    fn only_a_constant_text_is_a_pattern() {
        assert_eq!(
            complaints("matches: 'a${{ b }}'"),
            ["1:12: a pattern cannot hold a template"]
        );
        assert_eq!(complaints("matches: 3").len(), 1);
        assert_eq!(complaints("matches: ''").len(), 1);
    }
}
