//! What `each`, `some` and `none` share: the elements of an array, judged one by one.

use serde_json::Value;

use super::{Context, Expectation, Finding, Judgement};

/// The most elements a message tells of.
const TOLD: usize = 5;

/// The elements that did not pass and why, and the indices of those that did.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) failed: Vec<(usize, Finding)>,
    pub(super) held: Vec<usize>,
}

/// Judges every element.
///
/// # Errors
/// The judgement to give: the value is no array, or an element cannot be judged.
pub(super) fn judge(
    expectation: &Expectation,
    actual: &Value,
    context: &Context<'_>,
    describe: &str,
) -> Result<Judged, Judgement> {
    let Value::Array(elements) = actual else {
        return Err(Finding::new(describe, actual)
            .hint("only an array has elements")
            .into());
    };
    let context = &context.inside();
    let mut judged = Judged::default();
    for (index, element) in elements.iter().enumerate() {
        match expectation.check(element, context) {
            Judgement::Holds => judged.held.push(index),
            Judgement::Mismatch(finding) => judged.failed.push((index, finding)),
            Judgement::Error(reason) => return Err(Judgement::Error(format!("[{index}]: {reason}"))),
        }
    }
    Ok(judged)
}

/// The first few of what there is to tell, and how many more there are.
pub(super) fn told(lines: impl ExactSizeIterator<Item = String>) -> String {
    let more = lines.len().saturating_sub(TOLD);
    let mut told: Vec<String> = lines.take(TOLD).collect();
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told.join("; ")
}

/// Why the elements did not pass.
pub(super) fn reasons(failed: &[(usize, Finding)]) -> String {
    told(failed.iter().map(|(index, finding)| {
        let hint = finding
            .hint
            .as_ref()
            .map_or_else(String::new, |hint| format!(": {hint}"));
        let Finding { expected, actual, .. } = finding;
        format!("[{index}] expected {expected}, found {actual}{hint}")
    }))
}
