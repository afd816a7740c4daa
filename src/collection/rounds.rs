//! `for`: what a step or a case is repeated over, and the rounds that come of it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::input::can_be_variable;
use super::names::Known;
use super::rows::{self, Row};
use crate::decode::{Decoder, Fields};
use crate::json;
use crate::source::Place;
use crate::template::{Scope, Secrecy, TemplateError, Tree, Use, Variable};
use crate::yaml::{Content, Key, Node};

/// The most rounds of one `for`: beyond it, a product of lists is a slip.
const MOST: usize = 100_000;

/// The most rounds that `parallel` lets run at the same time.
const MOST_PARALLEL: u64 = 1000;

/// Said of a `for` that is empty as it is written; of one that comes out empty in a run, its step is skipped.
const NOTHING: &str =
    "nothing of this would run, which is no pass; give it a value, or leave it out with its `for`";

/// The most characters of a value in the name of a round.
const SHOWN: usize = 40;

/// The keys of an object that tell it from its neighbours, the best first.
const TELLING: [&str; 2] = ["id", "name"];

/// What a step or a case is repeated over: the product of its names' values.
#[derive(Debug)]
pub struct Rounds {
    /// Where its `for` stands.
    pub place: Place,
    /// How many rounds run at the same time, where the sheet says it.
    pub parallel: Option<usize>,
    /// What its expressions read, which see no round's own values.
    pub uses: Vec<Use>,
    axes: Vec<Axis>,
    /// The rounds, where no expression has to be evaluated for them.
    known: Option<Vec<Arc<Round>>>,
}

/// One name with the values it takes.
#[derive(Debug)]
struct Axis {
    name: String,
    place: Place,
    values: Values,
}

#[derive(Debug)]
enum Values {
    /// A list in the sheet or in a data file.
    Known {
        values: Vec<Valued>,
        /// The fields that some value has, where every one is an object.
        fields: Option<Vec<String>>,
        /// The data file, relative to the root.
        file: Option<PathBuf>,
    },
    Expression(Tree),
}

/// One round: the values of its names.
#[derive(Debug)]
pub struct Round {
    /// Its number, from 1.
    pub number: usize,
    /// Number and values for people: `2: id=17`.
    pub label: String,
    /// The variables it adds.
    pub variables: Vec<(String, Variable)>,
    /// Where its data stands, if in a data file; the last name's, where several are.
    pub place: Option<Place>,
}

impl Round {
    /// The name of what is run in this round: `read contact [2: id=17]`.
    pub fn title(&self, name: &str) -> String {
        format!("{name} [{}]", self.label)
    }

    /// The variables of a round over those of its step or case.
    pub fn scope(&self, outer: &Scope) -> Scope {
        let mut scope = outer.layer();
        for (name, variable) in &self.variables {
            scope.set(name.clone(), variable.clone());
        }
        scope
    }
}

impl Rounds {
    /// Decodes `for` and `parallel`, if the mapping has them.
    pub(super) fn decode(fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> Option<Rounds> {
        let repeated = fields.entry("for");
        let parallel = fields.entry("parallel");
        let Some((key, node)) = repeated else {
            if let Some((key, _)) = parallel {
                decoder.error_with_help(
                    &key.place,
                    "`parallel` without `for`",
                    "it says how many rounds of a `for` run at the same time",
                );
            }
            return None;
        };
        let parallel = parallel
            .and_then(|(_, node)| decoder.integer(node, "`parallel`", 1..=MOST_PARALLEL))
            .and_then(|count| usize::try_from(count).ok());
        let uses_before = std::mem::take(&mut decoder.uses);
        let axes = axes(node, decoder);
        let uses = std::mem::replace(&mut decoder.uses, uses_before);
        let mut rounds = Rounds {
            place: key.place.clone(),
            parallel,
            uses,
            axes: axes?,
            known: None,
        };
        let values: Option<Vec<&[Valued]>> = rounds.axes.iter().map(|axis| axis.values.known()).collect();
        if let Some(values) = values {
            match rounds.product(&values) {
                Ok(known) => rounds.known = Some(known),
                Err(error) => decoder.error(&key.place, error.message),
            }
        }
        Some(rounds)
    }

    /// The rounds, where they are known before anything runs.
    pub fn known(&self) -> Option<&[Arc<Round>]> {
        self.known.as_deref()
    }

    /// The rounds over the variables of a moment.
    ///
    /// # Errors
    /// An expression that cannot be evaluated or gives no list, and more rounds than anyone means.
    pub fn evaluate(&self, scope: &Scope) -> Result<Vec<Arc<Round>>, TemplateError> {
        if let Some(known) = &self.known {
            return Ok(known.clone());
        }
        let values: Result<Vec<Cow<'_, [Valued]>>, TemplateError> = self
            .axes
            .iter()
            .map(|axis| match &axis.values {
                Values::Known { values, .. } => Ok(Cow::Borrowed(values.as_slice())),
                Values::Expression(tree) => evaluated(axis, tree, scope).map(Cow::Owned),
            })
            .collect();
        let values = values?;
        self.product(&values.iter().map(Cow::as_ref).collect::<Vec<&[Valued]>>())
    }

    /// The names that a round sets.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.axes.iter().map(|axis| axis.name.as_str())
    }

    /// The data files it reads, relative to the root.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.axes.iter().filter_map(|axis| match &axis.values {
            Values::Known { file, .. } => file.as_deref(),
            Values::Expression(_) => None,
        })
    }

    /// Adds its names to what is known within a round, with the fields of rows that are known.
    pub(super) fn declare(&self, known: &mut Known) {
        for axis in &self.axes {
            known.add(&axis.name, axis.values.fields().cloned());
        }
    }

    /// Notes a variable of the step that would hide one of its rounds' own.
    pub(super) fn refuse_hidden<'n>(
        &self,
        sets: impl Iterator<Item = &'n str>,
        place: &Place,
        decoder: &mut Decoder<'_>,
    ) {
        for name in sets.filter(|set| self.names().any(|name| name == *set)) {
            decoder.error_with_help(
                place,
                format!("`{name}` is set here, and its `for` sets it as well"),
                "give one of them another name",
            );
        }
    }

    /// Every combination of the names' values, the last name's changing fastest.
    fn product(&self, values: &[&[Valued]]) -> Result<Vec<Arc<Round>>, TemplateError> {
        let count = values
            .iter()
            .try_fold(1_usize, |count, values| count.checked_mul(values.len()))
            .filter(|count| *count <= MOST)
            .ok_or_else(|| {
                TemplateError::new(format!("this `for` has more than {MOST} rounds")).at(&self.place)
            })?;
        let round = |index: usize| {
            let mut rest = index;
            let mut chosen: Vec<(&Axis, &Valued)> = Vec::with_capacity(values.len());
            for (axis, values) in self.axes.iter().zip(values).rev() {
                chosen.push((axis, &values[rest % values.len()]));
                rest /= values.len();
            }
            chosen.reverse();
            let told: Vec<String> = chosen
                .iter()
                .filter_map(|(axis, valued)| valued.told(&axis.name))
                .collect();
            let number = index + 1;
            Arc::new(Round {
                number,
                label: match told.as_slice() {
                    [] => number.to_string(),
                    told => format!("{number}: {}", told.join(", ")),
                },
                variables: chosen
                    .iter()
                    .map(|(axis, valued)| (axis.name.clone(), valued.variable.clone()))
                    .collect(),
                place: chosen.iter().rev().find_map(|(_, valued)| valued.place.clone()),
            })
        };
        Ok((0..count).map(round).collect())
    }
}

/// A value that rounds share, as a variable and as it is told.
#[derive(Debug, Clone)]
struct Valued {
    variable: Variable,
    /// What tells it from its neighbours: a key of it, if it is an object, and the value as shown.
    telling: Option<(Option<String>, String)>,
    place: Option<Place>,
}

impl Valued {
    fn new(value: Value, secrecy: Secrecy, shown: Option<String>, place: Option<Place>) -> Valued {
        let telling = match shown {
            Some(shown) => Some((None, shown)),
            None => telling(&value),
        };
        Valued {
            variable: Variable::new(value, secrecy),
            telling,
            place,
        }
    }

    /// `id=17`, by the variable's name or by the key of an object.
    fn told(&self, name: &str) -> Option<String> {
        let (key, shown) = self.telling.as_ref()?;
        Some(format!("{}={shown}", key.as_deref().unwrap_or(name)))
    }
}

/// The values that an expression gives.
fn evaluated(axis: &Axis, tree: &Tree, scope: &Scope) -> Result<Vec<Valued>, TemplateError> {
    let rendered = tree.render(scope)?;
    let secret = rendered.secret;
    match rendered.value.into_owned() {
        Value::Array(items) => Ok(items
            .into_iter()
            .map(|item| match &secret {
                Some(label) => {
                    Valued::new(item, Secrecy::Whole(label.clone()), Some(label.to_string()), None)
                }
                None => {
                    let telling = telling(&scope.masked(&item));
                    Valued {
                        telling,
                        ..Valued::new(item, Secrecy::None, None, None)
                    }
                }
            })
            .collect()),
        other => Err(TemplateError::new(format!(
            "`{}` of this `for` is {}, and rounds need a list",
            axis.name,
            json::kind(&other)
        ))
        .at(&axis.place)),
    }
}

/// What tells a value from its neighbours in a name, on one line.
fn telling(value: &Value) -> Option<(Option<String>, String)> {
    match value {
        Value::Array(_) => None,
        Value::Object(fields) => {
            let key = TELLING
                .into_iter()
                .find(|key| fields.get(*key).is_some_and(is_scalar))
                .or_else(|| {
                    let mut scalars = fields.iter().filter(|(_, value)| is_scalar(value));
                    scalars.next().map(|(key, _)| key.as_str())
                })?;
            Some((Some(key.to_owned()), shown(&fields[key])))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Some((None, shown(value))),
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// A scalar without quotes, on one line, cut.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        other => json::compact(other),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl Values {
    fn of_rows(rows: Vec<Row>, file: Option<PathBuf>) -> Values {
        let fields = fields(&rows);
        let value = |row: Row| Valued::new(row.value, Secrecy::None, None, row.place);
        Values::Known {
            values: rows.into_iter().map(value).collect(),
            fields,
            file,
        }
    }

    fn known(&self) -> Option<&[Valued]> {
        match self {
            Values::Known { values, .. } => Some(values),
            Values::Expression(_) => None,
        }
    }

    fn fields(&self) -> Option<&Vec<String>> {
        match self {
            Values::Known { fields, .. } => fields.as_ref(),
            Values::Expression(_) => None,
        }
    }
}

/// The fields that some row has, where every row is an object. Without rows nothing is known of them, and nothing will
/// be read.
fn fields(rows: &[Row]) -> Option<Vec<String>> {
    let mut fields: indexmap::IndexSet<&String> = indexmap::IndexSet::new();
    for row in rows {
        fields.extend(row.value.as_object()?.keys());
    }
    (!rows.is_empty()).then(|| fields.into_iter().cloned().collect())
}

/// The names of a `for` with their values; none where one of them is wrong.
fn axes(node: &Node, decoder: &mut Decoder<'_>) -> Option<Vec<Axis>> {
    const FORM: &str = "write `for: { contact: \"${{ contacts }}\" }`, with a name for the values";
    let Some(map) = node.as_map() else {
        decoder.error_with_help(
            &node.place,
            format!("expected a mapping for `for`, found {}", node.kind()),
            FORM,
        );
        return None;
    };
    if map.is_empty() {
        decoder.error_with_help(&node.place, "a `for` without names", FORM);
        return None;
    }
    // Each is decoded before the first mistake is given up on.
    let axes: Vec<Option<Axis>> = map.iter().map(|(key, node)| axis(key, node, decoder)).collect();
    axes.into_iter().collect()
}

fn axis(key: &Key, node: &Node, decoder: &mut Decoder<'_>) -> Option<Axis> {
    let values = values(key, node, decoder);
    if !can_be_variable(key.name(), &key.place, decoder) {
        return None;
    }
    Some(Axis {
        name: key.name().to_owned(),
        place: key.place.clone(),
        // The name is known all the same: what reads it is not wrong as well.
        values: values.unwrap_or_else(|| Values::of_rows(Vec::new(), None)),
    })
}

fn values(key: &Key, node: &Node, decoder: &mut Decoder<'_>) -> Option<Values> {
    const FORMS: &str =
        "write a list, an expression such as `${{ contacts }}`, or a data file such as `{ csv: rows.csv }`";
    match &node.content {
        Content::List(_) => {
            let tree = decoder.tree(node)?;
            Some(match tree {
                Tree::Constant(Value::Array(items)) if items.is_empty() => {
                    decoder.error_with_help(&node.place, format!("`{}` has no values", key.name()), NOTHING);
                    return None;
                }
                Tree::Constant(Value::Array(items)) => {
                    let rows = items.into_iter().map(|value| Row { value, place: None });
                    Values::of_rows(rows.collect(), None)
                }
                tree => Values::Expression(tree),
            })
        }
        Content::Text(text) if text.value().contains("${{") => decoder.tree(node).map(Values::Expression),
        Content::Map(map) => {
            let mut entries = map.iter();
            match (entries.next(), entries.next()) {
                (Some(entry), None) => {
                    let (path, rows) = rows::decode(entry, decoder)?;
                    if rows.is_empty() {
                        let message = format!("{} has no rows", decoder.root().shown(&path));
                        decoder.error_with_help(&entry.1.place, message, NOTHING);
                        return None;
                    }
                    Some(Values::of_rows(rows, Some(path)))
                }
                (_, Some((second, _))) => {
                    decoder.error_with_help(&second.place, "a data file is one key with its path", FORMS);
                    None
                }
                (None, None) => {
                    decoder.error_with_help(&node.place, format!("`{}` has no values", key.name()), FORMS);
                    None
                }
            }
        }
        Content::Null | Content::Bool(_) | Content::Number(_) | Content::Text(_) => {
            let help = match node.as_str() {
                Some(path) if rows::is_format(key.name()) => {
                    format!(
                        "give the rows a name: `for: {{ row: {{ {}: {path} }} }}`",
                        key.name()
                    )
                }
                _ => FORMS.to_owned(),
            };
            decoder.error_with_help(
                &node.place,
                format!("expected values for `{}`, found {}", key.name(), node.kind()),
                help,
            );
            None
        }
    }
}
