//! `when`: the grammar of `expect`, on a request.

use crate::collection::Expectations;
use crate::decode::Decoder;
use crate::extract::Message;
use crate::outcome::CheckState;
use crate::template::Scope;
use crate::yaml::{Map, Node};

/// The keys of an `expect` block that only an answer has.
const OF_AN_ANSWER: [&str; 3] = ["status", "time", "redirects"];

/// What a request must be.
#[derive(Debug)]
pub(super) struct Condition(Expectations);

/// What a condition says of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is met.
    Met,
    /// It is not, and why.
    Unmet(Unmet),
    /// That cannot be told: the mock is wrong.
    Unclear(String),
}

/// The first check that does not hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unmet {
    pub(super) subject: String,
    /// With secrets as labels.
    pub(super) expected: String,
    pub(super) actual: String,
}

impl Condition {
    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Condition> {
        if node.as_map().is_some_and(Map::is_empty) {
            decoder.error_with_help(
                &node.place,
                "`when` says nothing",
                "leave it out to take every request",
            );
            return None;
        }
        let mut sound = true;
        if let Some(map) = node.as_map() {
            for (key, _) in map.iter().filter(|(key, _)| OF_AN_ANSWER.contains(&key.name())) {
                decoder.error(&key.place, format!("a request has no `{}`", key.name()));
                sound = false;
            }
        }
        Expectations::decode(node, decoder)
            .filter(|_| sound)
            .map(Condition)
    }

    pub(super) fn judge(&self, message: &Message<'_>, scope: &Scope) -> Verdict {
        for result in self.0.judge(message, scope) {
            match result.state {
                CheckState::Held | CheckState::Skipped(_) => {}
                CheckState::Errored(reason) => {
                    return Verdict::Unclear(format!("{}: {reason}", result.subject));
                }
                CheckState::Failed(mismatch) => {
                    return Verdict::Unmet(Unmet {
                        subject: mismatch.subject,
                        expected: mismatch.expected,
                        actual: mismatch.actual,
                    });
                }
            }
        }
        Verdict::Met
    }
}
