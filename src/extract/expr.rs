//! `expr: expression`: a value computed from the message and the variables.

use super::json::stands_twice;
use super::{Extraction, Extractor, ExtractorKind, expression, scope_of};
use crate::decode::{Decoder, Quantity};
use crate::registry::Entry;
use crate::yaml::Node;

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: "expr",
        summary: "an expression over status, headers, body (JSON), text, time (milliseconds), url and the variables",
        example: "expr: body.items | length",
    },
    parse,
    quantity: Quantity::Plain,
};

fn parse(node: &Node, decoder: &mut Decoder<'_>) -> Option<Extractor> {
    let expression = expression(node, decoder, "`expr`")?;
    let subject = expression.text().to_owned();
    let reads_body = expression.reads("body");
    Some(Extractor::new(subject, move |message, scope| {
        if reads_body && let Some(place) = message.body.doubled().first() {
            return Extraction::Failed(stands_twice(place));
        }
        match expression.evaluate(&scope_of(message, scope)) {
            Ok(evaluated) => Extraction::owned(evaluated.value),
            Err(error) => Extraction::Failed(error.to_string()),
        }
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Answer, complaints, extractor, value};
    use super::super::{Extraction, expression};
    use crate::decode::testing::decode;
    use crate::template::Scope;

    fn order() -> Answer {
        Answer::with_body("application/json", br#"{"items":[{"price":2},{"price":3}]}"#)
    }

    fn failure(yaml: &str, answer: &Answer) -> String {
        match extractor(yaml).extract(&answer.message(), &Scope::new()) {
            Extraction::Failed(reason) => reason,
            other => panic!("{yaml}: {other:?}"),
        }
    }

    #[test]
    fn the_message_can_be_computed_with() {
        assert_eq!(value("expr: body.items | length", &order()), json!(2));
        assert_eq!(value("expr: status + 1", &order()), json!(201));
        assert_eq!(
            value("expr: headers['content-type']", &order()),
            json!("application/json")
        );
        assert_eq!(extractor("expr: ' status '").subject(), "status");
    }

    #[test]
    fn variables_of_the_scope_are_seen() {
        let mut scope = Scope::new();
        scope.set_plain("wanted", 2);
        let answer = order();
        let message = answer.message();
        let extractor = extractor("expr: body.items | length == wanted");
        let found = extractor.extract(&message, &scope);
        assert!(matches!(found, Extraction::Value(value) if *value == json!(true)));
    }

    #[test]
    fn what_is_undefined_fails_and_says_what_was_near() {
        let reason = failure("expr: body.itms", &order());
        assert_eq!(reason, "`body` has no `itms` (did you mean `items`?)");
        let reason = failure("expr: status", &order().into_request());
        assert!(reason.starts_with("undefined variable `status`"), "{reason}");
    }

    #[test]
    fn only_what_the_scope_must_have_is_noted() {
        let uses = decode("body.id == order.id and status == 200", |node, decoder| {
            expression(node, decoder, "`expr`")?;
            Some(decoder.uses.clone())
        })
        .unwrap();
        assert_eq!(uses.len(), 1);
        assert_eq!(uses[0].path, ["order", "id"]);
    }

    #[test]
    fn a_mistake_is_pointed_at() {
        assert_eq!(
            complaints("expr: body | lenght"),
            ["1:14: unknown filter `lenght`"]
        );
        assert_eq!(
            complaints("expr: ${{ body }}"),
            ["1:7: `expr` is an expression already"]
        );
        assert_eq!(
            complaints("expr: 1"),
            ["1:7: expected an expression for `expr`, found a number"]
        );
    }
}
