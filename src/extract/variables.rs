//! What of a message expressions see: a layer of variables over the scope.

use std::sync::Arc;

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::{Message, header, time};
use crate::decode::Decoder;
use crate::http::Body;
use crate::template::{Expression, Scope, Variable};
use crate::yaml::Node;

/// The variables of a message.
pub const VARIABLES: [&str; 6] = ["status", "headers", "body", "text", "time", "url"];

/// A layer over `scope` with the [`VARIABLES`] of a message.
///
/// `headers` is an object with lower-case names; `body` is the JSON body, null where the body is not JSON; `text` is
/// the body's text; `time` is in milliseconds. A request has neither `status` nor `time`. What has to be made from the
/// headers or the body is made when an expression first looks at it.
pub fn scope_of(message: &Message<'_>, scope: &Scope) -> Scope {
    let mut scope = scope.layer();
    if let Some(status) = message.status {
        scope.set_plain("status", status);
    }
    if let Some(time) = message.time.and_then(time::milliseconds) {
        scope.set_plain("time", Value::Number(time));
    }
    scope.set_plain("url", message.url.as_str());
    let headers = message.headers.clone();
    scope.set(
        "headers",
        Variable::lazy(move || {
            let values: Map<String, Value> = headers
                .keys()
                .filter_map(|name| {
                    let value = header::joined(&headers, name.as_str())?;
                    Some((name.as_str().to_owned(), Value::String(value)))
                })
                .collect();
            Value::Object(values)
        }),
    );
    // Made anew from the shared bytes: a clone would copy the JSON that was parsed already.
    let body = Arc::new(Body::new(
        message.body.bytes().clone(),
        message.headers.get(CONTENT_TYPE),
    ));
    let text = Arc::clone(&body);
    scope.set(
        "body",
        Variable::lazy(move || body.json().cloned().unwrap_or_default()),
    );
    scope.set(
        "text",
        Variable::lazy(move || Value::String(text.text().into_owned())),
    );
    scope
}

/// A bare expression over a message and the scope. What it reads of the message is not noted as read from the scope.
pub fn expression(node: &Node, decoder: &mut Decoder<'_>, what: &str) -> Option<Expression> {
    let before = decoder.uses.len();
    let expression = decoder.expression(node, what);
    let read = decoder.uses.split_off(before);
    let of_the_scope = read.into_iter().filter(|it| {
        !it.path
            .first()
            .is_some_and(|name| VARIABLES.contains(&name.as_str()))
    });
    decoder.uses.extend(of_the_scope);
    expression
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::Answer;
    use super::{VARIABLES, scope_of};
    use crate::template::{Scope, Variable};

    fn read(answer: &Answer, outer: &Scope, name: &str) -> Option<serde_json::Value> {
        let scope = scope_of(&answer.message(), outer);
        scope.get(name).map(Variable::value).cloned()
    }

    #[test]
    fn an_answer_has_them_all() {
        let mut answer = Answer::with_body("application/json", br#"{"a":1.10}"#);
        answer.headers.append("Vary", "accept".parse().unwrap());
        answer.headers.append("Vary", "origin".parse().unwrap());
        let read = |name| read(&answer, &Scope::new(), name).map(|it| it.to_string());
        assert!(VARIABLES.iter().all(|name| read(name).is_some()));
        assert_eq!(read("body").as_deref(), Some(r#"{"a":1.10}"#));
        assert_eq!(read("text"), Some(json!(r#"{"a":1.10}"#).to_string()));
        assert_eq!(read("time").as_deref(), Some("12"));
        assert_eq!(
            read("headers"),
            Some(json!({ "content-type": "application/json", "vary": "accept, origin" }).to_string())
        );
    }

    #[test]
    fn a_body_that_is_not_json_is_null_and_its_charset_is_kept() {
        let answer = Answer::with_body("text/plain; charset=latin1", b"caf\xe9");
        assert_eq!(read(&answer, &Scope::new(), "body"), Some(json!(null)));
        assert_eq!(read(&answer, &Scope::new(), "text"), Some(json!("café")));
    }

    #[test]
    fn a_request_has_neither_status_nor_time() {
        let request = Answer::default().into_request();
        assert_eq!(read(&request, &Scope::new(), "status"), None);
        assert_eq!(read(&request, &Scope::new(), "time"), None);
        assert_eq!(
            read(&request, &Scope::new(), "url"),
            Some(json!("http://h.test/last"))
        );
    }

    #[test]
    fn the_scope_is_seen_beneath_and_not_written_to() {
        let mut outer = Scope::new();
        outer.set_plain("tenant", "acme");
        assert_eq!(read(&Answer::default(), &outer, "tenant"), Some(json!("acme")));
        assert!(outer.get("status").is_none());
    }
}
