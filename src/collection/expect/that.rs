//! `that`: bare expressions that must hold, printed with the value of each operand.
//!
//! Comparisons that stand outside of brackets, `is` tests and `… if … else …` do not compare across types
//! (`comparison`); any other part of an expression is the template language's.

use crate::decode::Decoder;
use crate::extract;
use crate::json;
use crate::matcher::{Finding, Judgement};
use crate::source::Place;
use crate::template::{Expression, Scope};
use crate::yaml::{Node, Text};

use super::comparison::{self, Alternatives};

/// A condition over the answer and the variables.
#[derive(Debug)]
pub(super) struct That {
    whole: Expression,
    /// What stands around comparisons, `and` and `or`: shown with their values when the whole does not hold.
    operands: Vec<Expression>,
    alternatives: Option<Alternatives>,
}

impl That {
    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<That> {
        let whole = extract::expression(node, decoder, "`that`")?;
        let text = node.as_text()?;
        Some(That {
            whole,
            operands: operands(text),
            alternatives: Alternatives::of(text),
        })
    }

    pub(super) fn describe(&self) -> String {
        self.whole.text().to_owned()
    }

    pub(super) fn place(&self) -> &Place {
        self.whole.place()
    }

    /// Whether it reads the variable.
    pub(super) fn reads(&self, variable: &str) -> bool {
        self.whole.reads(variable)
    }

    /// What there is to say where it reads a body that should be JSON and is not.
    pub(super) fn body_is_not_json(&self, reason: &str) -> Judgement {
        Judgement::Mismatch(Finding {
            expected: self.describe(),
            actual: "the body is not JSON".to_owned(),
            diff: None,
            hint: Some(reason.to_owned()),
        })
    }

    pub(super) fn judge(&self, scope: &Scope) -> Judgement {
        // An operand that is not there compares as unequal to everything, which `!=` would take for a pass.
        for operand in &self.operands {
            if let Err(error) = operand.evaluate(scope) {
                return Judgement::Mismatch(Finding {
                    expected: self.describe(),
                    actual: format!("`{}` has no value", operand.text()),
                    diff: None,
                    hint: Some(error.to_string()),
                });
            }
        }
        let whole = match self.whole.holds(scope) {
            Ok(holds) => holds,
            Err(error) => return error.into(),
        };
        let mut across_types = None;
        let holds = match &self.alternatives {
            Some(alternatives) => alternatives.hold(scope, &mut across_types),
            None => whole,
        };
        if holds {
            return Judgement::Holds;
        }
        Judgement::Mismatch(Finding {
            expected: self.describe(),
            actual: self.values(scope),
            diff: None,
            hint: across_types,
        })
    }

    /// Each operand with its value: `status = 404, body.id = 7`.
    fn values(&self, scope: &Scope) -> String {
        let values: Vec<String> = self
            .operands
            .iter()
            .filter_map(|operand| {
                let evaluated = operand.evaluate(scope).ok()?;
                let shown = evaluated
                    .shown
                    .unwrap_or_else(|| json::short(&scope.masked(&evaluated.value), 120));
                Some(format!("{} = {shown}", operand.text()))
            })
            .collect();
        if values.is_empty() {
            "false".to_owned()
        } else {
            values.join(", ")
        }
    }
}

/// The operands of an expression: the parts between comparisons and connectives that stand outside of brackets and
/// strings, where such a part is an expression that reads something.
fn operands(text: &Text) -> Vec<Expression> {
    let mut found = Vec::new();
    for range in parts(text.value()) {
        let part = text.value()[range.clone()].trim();
        let is_literal = part.starts_with(['"', '\'', '[', '{']) || part.parse::<f64>().is_ok();
        let is_word = matches!(part, "" | "true" | "false" | "none");
        if is_literal || is_word || part.contains(" is ") || part.contains("default(") {
            continue;
        }
        let mut ignored = crate::diagnostic::Diagnostics::default();
        found.extend(Expression::compile(text, range, &mut ignored, &mut Vec::new()));
    }
    found
}

fn parts(text: &str) -> Vec<std::ops::Range<usize>> {
    const SEPARATORS: [&str; 13] = [
        " and ", " or ", " not in ", " in ", "not ", "==", "!=", "<=", ">=", "<", ">", " is ", "\n",
    ];
    let bytes = text.as_bytes();
    let outer = comparison::outer(text);
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        let separator = SEPARATORS.iter().find(|separator| {
            let at_word = !separator.starts_with("not") || at == 0 || bytes[at - 1] == b' ';
            outer[at] && at_word && bytes[at..].starts_with(separator.as_bytes())
        });
        match separator {
            // What an `is` asks about may rightly be undefined.
            Some(&" is ") => return parts,
            Some(separator) => {
                parts.push(start..at);
                // A separator may begin with the space that ended the one before.
                at += separator.len() - usize::from(separator.ends_with(' '));
                start = at;
            }
            None => at += 1,
        }
    }
    parts.push(start.min(text.len())..text.len());
    parts
}
