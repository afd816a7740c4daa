//! Guards: conditions that answer by themselves where a request does not meet them.

use super::condition::{Condition, Verdict};
use super::respond::Respond;
use crate::decode::Decoder;
use crate::extract::Message;
use crate::template::Scope;
use crate::yaml::Node;

/// A guard: every condition must be met, and the first that is not answers.
#[derive(Debug)]
pub(super) struct Guard(Vec<Step>);

#[derive(Debug)]
struct Step {
    when: Condition,
    otherwise: Respond,
}

impl Guard {
    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Guard> {
        let items = match node.as_list() {
            Some(items) => items,
            None => std::slice::from_ref(node),
        };
        if items.is_empty() {
            decoder.error(&node.place, "a guard without conditions guards nothing");
            return None;
        }
        let steps: Vec<Option<Step>> = items.iter().map(|item| Step::decode(item, decoder)).collect();
        steps.into_iter().collect::<Option<_>>().map(Guard)
    }

    /// What answers in the route's place, if the request does not pass.
    ///
    /// # Errors
    /// Why a condition cannot be judged.
    pub(super) fn stops(&self, message: &Message<'_>, scope: &Scope) -> Result<Option<&Respond>, String> {
        for step in &self.0 {
            match step.when.judge(message, scope) {
                Verdict::Met => {}
                Verdict::Unmet(_) => return Ok(Some(&step.otherwise)),
                Verdict::Unclear(reason) => return Err(format!("guard: {reason}")),
            }
        }
        Ok(None)
    }
}

impl Step {
    fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Step> {
        let mut fields = decoder.fields(node, "a guard")?;
        let when = fields
            .required("when", decoder)
            .and_then(|node| Condition::decode(node, decoder));
        let otherwise = fields
            .required("otherwise", decoder)
            .and_then(|node| Respond::decode(node, decoder));
        fields.finish(decoder);
        Some(Step {
            when: when?,
            otherwise: otherwise?,
        })
    }
}
