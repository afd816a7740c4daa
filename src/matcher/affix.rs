//! What `starts_with` and `ends_with` share: a text at one end of a text.

use serde_json::Value;

use super::{Context, Finding, Judgement, Match, SHORT};
use crate::decode::Decoder;
use crate::json;
use crate::template::Template;
use crate::yaml::Node;

/// At which end.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// In words, in front of the text.
    pub(super) words: &'static str,
    /// Whether the first text has the second one at this end.
    pub(super) has: fn(&str, &str) -> bool,
}

/// Decodes the text.
pub(super) fn parse(
    node: &Node,
    decoder: &mut Decoder<'_>,
    name: &'static str,
    end: End,
) -> Option<Box<dyn Match>> {
    let affix = decoder.template(node, &format!("`{name}`"))?;
    if affix.as_constant() == Some("") {
        decoder.error(&node.place, format!("every text {} an empty one", end.words));
        return None;
    }
    Some(Box::new(Affix { end, affix }))
}

#[derive(Debug)]
struct Affix {
    end: End,
    affix: Template,
}

impl Affix {
    fn words(&self, affix: &str) -> String {
        let quoted = json::short(&Value::from(affix), SHORT);
        format!("a text that {} {quoted}", self.end.words)
    }
}

impl Match for Affix {
    fn describe(&self) -> String {
        self.words(&self.affix.source_text())
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let affix = match self.affix.render(context.scope) {
            Ok(affix) => affix,
            Err(error) => return error.into(),
        };
        let finding = Finding::new(self.words(&affix.shown()), actual);
        match actual {
            Value::String(text) if (self.end.has)(text, &affix.expose()) => Judgement::Holds,
            Value::String(_) => finding.into(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                finding.hint("only a text has a beginning and an end").into()
            }
        }
    }
}
