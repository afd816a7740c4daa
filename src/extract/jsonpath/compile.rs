//! Turns the parser's tree into a program, checking that every function gets the type it takes (RFC 9535, section 2.4.3).

use std::ops::Range;

use jsonpath_rust::parser::model::{
    self, FilterAtom, FnArg, JpQuery, Literal, SingularQuerySegment, Test, TestFunction,
};
use serde_json::Number;

use super::error::PathError;
use super::pattern::Pattern;
use super::program::{Filter, Operand, Operator, Origin, PatternSource, Query, Segment, Selector, Slice};
use super::scan::Scan;
use crate::json::Value;

/// Compiles the parser's tree of `text`.
pub(super) fn compile(text: &str, tree: &JpQuery, scan: Scan) -> Result<Query, PathError> {
    let mut compiler = Compiler {
        whole: 0..text.len(),
        numbers: scan.numbers.into_iter(),
        functions: scan.functions.into_iter(),
    };
    compiler.query(Origin::Root, &tree.segments)
}

/// Walks the tree in the order of the text. The tree has neither places nor exact numbers, so those that the scan found
/// are dealt out on the way.
struct Compiler {
    whole: Range<usize>,
    numbers: std::vec::IntoIter<Number>,
    functions: std::vec::IntoIter<Range<usize>>,
}

/// The name of a function in the text and where it stands.
struct Call {
    name: &'static str,
    range: Range<usize>,
}

impl Call {
    fn error(&self, message: String) -> PathError {
        PathError::new(self.range.clone(), message)
    }
}

impl Compiler {
    fn query(&mut self, origin: Origin, segments: &[model::Segment]) -> Result<Query, PathError> {
        let segments = segments
            .iter()
            .map(|segment| self.segment(segment))
            .collect::<Result<Vec<_>, _>>()?;
        let singular = segments.iter().all(Segment::is_singular);
        Ok(Query {
            origin,
            segments,
            singular,
        })
    }

    fn segment(&mut self, segment: &model::Segment) -> Result<Segment, PathError> {
        Ok(match segment {
            model::Segment::Descendant(inner) => Segment {
                descendant: true,
                ..self.segment(inner)?
            },
            model::Segment::Selector(selector) => Segment {
                descendant: false,
                selectors: vec![self.selector(selector)?],
            },
            model::Segment::Selectors(selectors) => Segment {
                descendant: false,
                selectors: selectors
                    .iter()
                    .map(|selector| self.selector(selector))
                    .collect::<Result<_, _>>()?,
            },
        })
    }

    fn selector(&mut self, selector: &model::Selector) -> Result<Selector, PathError> {
        Ok(match selector {
            model::Selector::Name(name) => Selector::Name(name.as_str().into()),
            model::Selector::Wildcard => Selector::Wildcard,
            model::Selector::Index(index) => Selector::Index(*index),
            model::Selector::Slice(start, end, step) => Selector::Slice(Slice {
                start: *start,
                end: *end,
                step: step.unwrap_or(1),
            }),
            model::Selector::Filter(filter) => Selector::Filter(self.filter(filter)?),
        })
    }

    fn filter(&mut self, filter: &model::Filter) -> Result<Filter, PathError> {
        match filter {
            model::Filter::Or(filters) => Ok(Filter::Or(self.filters(filters)?)),
            model::Filter::And(filters) => Ok(Filter::And(self.filters(filters)?)),
            model::Filter::Atom(FilterAtom::Filter { expr, not }) => Ok(negated(self.filter(expr)?, *not)),
            model::Filter::Atom(FilterAtom::Test { expr, not }) => Ok(negated(self.test(expr)?, *not)),
            model::Filter::Atom(FilterAtom::Comparison(comparison)) => self.comparison(comparison),
        }
    }

    fn filters(&mut self, filters: &[model::Filter]) -> Result<Vec<Filter>, PathError> {
        filters.iter().map(|filter| self.filter(filter)).collect()
    }

    fn test(&mut self, test: &Test) -> Result<Filter, PathError> {
        match test {
            Test::RelQuery(segments) => Ok(Filter::Exists(self.query(Origin::Current, segments)?)),
            Test::AbsQuery(query) => Ok(Filter::Exists(self.query(Origin::Root, &query.segments)?)),
            Test::Function(function) => self.logical_function(function),
        }
    }

    /// A function that by itself is true or false.
    fn logical_function(&mut self, function: &TestFunction) -> Result<Filter, PathError> {
        let call = self.call(function)?;
        let (subject, pattern, whole) = match function {
            TestFunction::Match(subject, pattern) => (subject, pattern, true),
            TestFunction::Search(subject, pattern) => (subject, pattern, false),
            TestFunction::Length(_)
            | TestFunction::Count(_)
            | TestFunction::Value(_)
            | TestFunction::Custom(..) => {
                return Err(call
                    .error(format!("`{}` gives a value, not true or false", call.name))
                    .with_help(format!("compare it, as in {}(…) > 0", call.name)));
            }
        };
        let subject = self.value_argument(&call, subject)?;
        let pattern = match self.value_argument(&call, pattern)? {
            Operand::Literal(Value::String(pattern)) => {
                let compiled = Pattern::compile(&pattern, whole).map_err(|reason| {
                    call.error(format!(
                        "the pattern of `{}` is not a regular expression: {reason}",
                        call.name
                    ))
                })?;
                PatternSource::Fixed(compiled)
            }
            computed => PatternSource::Computed(computed),
        };
        Ok(Filter::Matches {
            subject,
            pattern,
            whole,
        })
    }

    fn comparison(&mut self, comparison: &model::Comparison) -> Result<Filter, PathError> {
        let operator = match comparison {
            model::Comparison::Eq(..) => Operator::Equal,
            model::Comparison::Ne(..) => Operator::NotEqual,
            model::Comparison::Gt(..) => Operator::Greater,
            model::Comparison::Gte(..) => Operator::GreaterOrEqual,
            model::Comparison::Lt(..) => Operator::Less,
            model::Comparison::Lte(..) => Operator::LessOrEqual,
        };
        let (left, right) = comparison.vals();
        let left = self.comparable(left)?;
        let right = self.comparable(right)?;
        Ok(Filter::Compare(left, operator, right))
    }

    fn comparable(&mut self, comparable: &model::Comparable) -> Result<Operand, PathError> {
        match comparable {
            model::Comparable::Literal(literal) => self.literal(literal).map(Operand::Literal),
            model::Comparable::Function(function) => self.value_function(function),
            model::Comparable::SingularQuery(model::SingularQuery::Current(steps)) => {
                Ok(Operand::Query(singular(Origin::Current, steps)))
            }
            model::Comparable::SingularQuery(model::SingularQuery::Root(steps)) => {
                Ok(Operand::Query(singular(Origin::Root, steps)))
            }
        }
    }

    /// A function that gives a value.
    fn value_function(&mut self, function: &TestFunction) -> Result<Operand, PathError> {
        let call = self.call(function)?;
        match function {
            TestFunction::Length(of) => Ok(Operand::Length(Box::new(self.value_argument(&call, of)?))),
            TestFunction::Count(of) => Ok(Operand::Count(self.nodes_argument(&call, of)?)),
            TestFunction::Value(of) => Ok(Operand::ValueOf(self.nodes_argument(&call, of)?)),
            TestFunction::Match(..) | TestFunction::Search(..) | TestFunction::Custom(..) => {
                Err(call.error(format!("`{}` gives true or false, not a value", call.name)))
            }
        }
    }

    /// An argument that is one value: a literal, a singular query or a function that gives one.
    fn value_argument(&mut self, call: &Call, argument: &FnArg) -> Result<Operand, PathError> {
        match argument {
            FnArg::Literal(literal) => self.literal(literal).map(Operand::Literal),
            FnArg::Test(test) => match &**test {
                Test::Function(function) => self.value_function(function),
                Test::RelQuery(segments) => self.one_value(call, Origin::Current, segments),
                Test::AbsQuery(query) => self.one_value(call, Origin::Root, &query.segments),
            },
            FnArg::Filter(_) => Err(call.error(format!("`{}` takes a value, not a condition", call.name))),
        }
    }

    fn one_value(
        &mut self,
        call: &Call,
        origin: Origin,
        segments: &[model::Segment],
    ) -> Result<Operand, PathError> {
        let query = self.query(origin, segments)?;
        if query.singular {
            return Ok(Operand::Query(query));
        }
        Err(call
            .error(format!(
                "`{}` takes one value, and its path may select several",
                call.name
            ))
            .with_help(
                "value(…) takes the value where there is exactly one, count(…) says how many there are",
            ))
    }

    /// An argument that is a list of nodes: a query.
    fn nodes_argument(&mut self, call: &Call, argument: &FnArg) -> Result<Query, PathError> {
        if let FnArg::Test(test) = argument {
            match &**test {
                Test::RelQuery(segments) => return self.query(Origin::Current, segments),
                Test::AbsQuery(query) => return self.query(Origin::Root, &query.segments),
                Test::Function(_) => {}
            }
        }
        Err(PathError::takes_a_path(call.range.clone(), call.name))
    }

    fn literal(&mut self, literal: &Literal) -> Result<Value, PathError> {
        Ok(match literal {
            Literal::Int(_) | Literal::Float(_) => {
                let misread = || PathError::new(self.whole.clone(), "not a JSONPath of RFC 9535");
                Value::Number(self.numbers.next().ok_or_else(misread)?)
            }
            Literal::String(text) => Value::from(text.as_str()),
            Literal::Bool(truth) => Value::from(*truth),
            Literal::Null => Value::Null,
        })
    }

    fn call(&mut self, function: &TestFunction) -> Result<Call, PathError> {
        let range = self.functions.next().unwrap_or_else(|| self.whole.clone());
        let name = match function {
            TestFunction::Length(_) => "length",
            TestFunction::Count(_) => "count",
            TestFunction::Value(_) => "value",
            TestFunction::Match(..) => "match",
            TestFunction::Search(..) => "search",
            TestFunction::Custom(name, _) => {
                return Err(PathError::new(
                    range,
                    format!("RFC 9535 has no function `{name}`"),
                ));
            }
        };
        Ok(Call { name, range })
    }
}

fn negated(filter: Filter, not: bool) -> Filter {
    if not {
        Filter::Not(Box::new(filter))
    } else {
        filter
    }
}

fn singular(origin: Origin, steps: &[SingularQuerySegment]) -> Query {
    let segments = steps
        .iter()
        .map(|step| match step {
            SingularQuerySegment::Index(index) => Selector::Index(*index),
            SingularQuerySegment::Name(name) => Selector::Name(name.as_str().into()),
        })
        .map(|selector| Segment {
            descendant: false,
            selectors: vec![selector],
        })
        .collect();
    Query {
        origin,
        segments,
        singular: true,
    }
}
