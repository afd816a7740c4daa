//! Whether a filter holds for a node (RFC 9535, sections 2.3.5 and 2.4).

use std::borrow::Cow;
use std::cmp::Ordering;

use super::budget::BudgetExhausted;
use super::evaluate::Evaluation;
use super::program::{Filter, Operand, Operator, Origin, PatternSource, Query};
use crate::json::{self, Value, number};

/// What an operand gives: a value, or `Nothing` of RFC 9535.
type Given<'v> = Option<Cow<'v, Value>>;

/// How many bytes of text cost as much as one node.
const BYTES_A_NODE: usize = 16;

impl<'a> Evaluation<'a, '_> {
    pub(super) fn holds(&mut self, filter: &Filter, current: &'a Value) -> Result<bool, BudgetExhausted> {
        self.budget.spend(1)?;
        match filter {
            Filter::Or(filters) => {
                for filter in filters {
                    if self.holds(filter, current)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Filter::And(filters) => {
                for filter in filters {
                    if !self.holds(filter, current)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Filter::Not(filter) => Ok(!self.holds(filter, current)?),
            Filter::Exists(query) => Ok(!self.nodes(query, current)?.is_empty()),
            Filter::Compare(left, operator, right) => {
                let left = self.operand(left, current)?;
                let right = self.operand(right, current)?;
                self.compare(left.as_deref(), *operator, right.as_deref())
            }
            Filter::Matches {
                subject,
                pattern,
                whole,
            } => self.matches(subject, pattern, *whole, current),
        }
    }

    fn nodes(&mut self, query: &Query, current: &'a Value) -> Result<Vec<&'a Value>, BudgetExhausted> {
        let origin = self.origin(query, current);
        if query.singular {
            self.budget.spend(query.segments.len())?;
            return Ok(query.follow(origin).into_iter().collect());
        }
        self.run(query, origin)
    }

    fn origin(&self, query: &Query, current: &'a Value) -> &'a Value {
        match query.origin {
            Origin::Root => self.root,
            Origin::Current => current,
        }
    }

    fn operand<'v>(&mut self, operand: &'v Operand, current: &'a Value) -> Result<Given<'v>, BudgetExhausted>
    where
        'a: 'v,
    {
        Ok(match operand {
            Operand::Literal(value) => Some(Cow::Borrowed(value)),
            Operand::Query(query) => {
                self.budget.spend(query.segments.len())?;
                query.follow(self.origin(query, current)).ok().map(Cow::Borrowed)
            }
            Operand::Length(of) => {
                let of = self.operand(of, current)?;
                self.length(of.as_deref())?
                    .map(|length| Cow::Owned(Value::from(length)))
            }
            Operand::Count(query) => Some(Cow::Owned(Value::from(self.nodes(query, current)?.len()))),
            Operand::ValueOf(query) => match self.nodes(query, current)?.as_slice() {
                [value] => Some(Cow::Borrowed(*value)),
                _ => None,
            },
        })
    }

    /// The characters of a string, the elements of an array or the members of an object.
    fn length(&mut self, value: Option<&Value>) -> Result<Option<usize>, BudgetExhausted> {
        Ok(match value {
            Some(Value::String(text)) => {
                self.budget.spend(text.len() / BYTES_A_NODE)?;
                Some(text.chars().count())
            }
            Some(Value::Array(elements)) => Some(elements.len()),
            Some(Value::Object(members)) => Some(members.len()),
            Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => None,
        })
    }

    fn compare(
        &mut self,
        left: Option<&Value>,
        operator: Operator,
        right: Option<&Value>,
    ) -> Result<bool, BudgetExhausted> {
        Ok(match operator {
            Operator::Equal => self.equal(left, right)?,
            Operator::NotEqual => !self.equal(left, right)?,
            Operator::Less => order(left, right) == Some(Ordering::Less),
            Operator::Greater => order(left, right) == Some(Ordering::Greater),
            Operator::LessOrEqual => order(left, right) == Some(Ordering::Less) || self.equal(left, right)?,
            Operator::GreaterOrEqual => {
                order(left, right) == Some(Ordering::Greater) || self.equal(left, right)?
            }
        })
    }

    fn equal(&mut self, left: Option<&Value>, right: Option<&Value>) -> Result<bool, BudgetExhausted> {
        match (left, right) {
            (None, None) => Ok(true),
            (Some(left), Some(right)) => {
                if std::mem::discriminant(left) == std::mem::discriminant(right) {
                    self.spend_on_all_of(left)?;
                }
                Ok(json::equal(left, right))
            }
            (Some(_), None) | (None, Some(_)) => Ok(false),
        }
    }

    /// Pays for a look at a value with all that it holds.
    fn spend_on_all_of(&mut self, value: &Value) -> Result<(), BudgetExhausted> {
        let mut waiting = vec![value];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Array(elements) => {
                    self.budget.spend(elements.len())?;
                    waiting.extend(elements);
                }
                Value::Object(members) => {
                    self.budget.spend(members.len())?;
                    waiting.extend(members.values());
                }
                Value::String(text) => self.budget.spend(text.len() / BYTES_A_NODE)?,
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        Ok(())
    }

    fn matches(
        &mut self,
        subject: &Operand,
        pattern: &PatternSource,
        whole: bool,
        current: &'a Value,
    ) -> Result<bool, BudgetExhausted> {
        let subject = self.operand(subject, current)?;
        let Some(Value::String(subject)) = subject.as_deref() else {
            return Ok(false);
        };
        match pattern {
            PatternSource::Fixed(pattern) => pattern.is_match(subject, self.budget),
            PatternSource::Computed(operand) => {
                let pattern = self.operand(operand, current)?;
                let Some(Value::String(pattern)) = pattern.as_deref() else {
                    return Ok(false);
                };
                let pattern = self.patterns.get(pattern, whole, self.budget)?;
                match pattern {
                    Some(pattern) => pattern.is_match(subject, self.budget),
                    None => Ok(false),
                }
            }
        }
    }
}

/// The order of two numbers or two strings; other values have none.
fn order(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    match (left?, right?) {
        (Value::Number(left), Value::Number(right)) => Some(number::compare(left, right)),
        // The bytes of UTF-8 stand in the order of the code points.
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
