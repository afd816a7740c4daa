//! `status: 200`, `2xx`, or a list of both.

use std::fmt;

use serde_json::Value;

use crate::decode::Decoder;
use crate::matcher::{Context, Finding, Judgement, Match};
use crate::yaml::Node;

/// One of several statuses or classes of them.
#[derive(Debug)]
pub(super) struct StatusIs(Vec<Wanted>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Code(u64),
    /// The hundreds: 2 for `2xx`.
    Class(u64),
}

impl fmt::Display for Wanted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Code(code) => write!(formatter, "{code}"),
            Wanted::Class(class) => write!(formatter, "{class}xx"),
        }
    }
}

impl StatusIs {
    /// Any success (RFC 9110, section 15.3).
    pub(super) fn success() -> Self {
        StatusIs(vec![Wanted::Class(2)])
    }

    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Self> {
        let items = match node.as_list() {
            Some([]) => {
                decoder.error(&node.place, "no status is expected by an empty list");
                return None;
            }
            Some(items) => items,
            None => std::slice::from_ref(node),
        };
        let wanted: Vec<Option<Wanted>> = items.iter().map(|item| wanted(item, decoder)).collect();
        wanted.into_iter().collect::<Option<_>>().map(StatusIs)
    }
}

fn wanted(node: &Node, decoder: &mut Decoder<'_>) -> Option<Wanted> {
    let code = node
        .as_number()
        .and_then(serde_json::Number::as_u64)
        .filter(|code| (100..=599).contains(code));
    let class = || match node.as_str()?.as_bytes() {
        [class @ b'1'..=b'5', b'x' | b'X', b'x' | b'X'] => Some(Wanted::Class(u64::from(class - b'0'))),
        _ => None,
    };
    let wanted = code.map(Wanted::Code).or_else(class);
    if wanted.is_none() {
        decoder.error_with_help(
            &node.place,
            format!(
                "this is not a status: {}",
                node.as_str()
                    .map_or_else(|| node.to_json().to_string(), str::to_owned)
            ),
            "write a code such as 200, a class such as 2xx, a list of them, or matchers such as { lt: 400 }",
        );
    }
    wanted
}

impl Match for StatusIs {
    fn describe(&self) -> String {
        self.0
            .iter()
            .map(Wanted::to_string)
            .collect::<Vec<_>>()
            .join(" or ")
    }

    fn check(&self, actual: &Value, _context: &Context<'_>) -> Judgement {
        let status = actual.as_u64().unwrap_or_default();
        let holds = self.0.iter().any(|wanted| match wanted {
            Wanted::Code(code) => *code == status,
            Wanted::Class(class) => status / 100 == *class,
        });
        if holds {
            return Judgement::Holds;
        }
        Judgement::Mismatch(Finding {
            expected: self.describe(),
            actual: status.to_string(),
            ..Finding::default()
        })
    }
}
