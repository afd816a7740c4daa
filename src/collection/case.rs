//! A collection's file: cases, or steps that are one case.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::defaults::Defaults;
use super::input::{self, Input};
use super::names::Known;
use super::recipe::{Recipe, Recipes};
use super::rounds::Rounds;
use super::snapshots;
use super::step::{self, SessionChoice, Step};
use crate::decode::{Decoder, Fields};
use crate::source::Place;
use crate::template::Expression;
use crate::yaml::Node;

/// A collection of cases.
#[derive(Debug)]
pub struct Collection {
    /// Its name.
    pub name: String,
    /// Its file, relative to the root.
    pub file: PathBuf,
    /// Where its name stands.
    pub place: Place,
    /// Its inputs.
    pub inputs: Vec<Input>,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// A named, isolated sequence of steps.
#[derive(Debug)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// Its tags and its collection's.
    pub tags: Vec<String>,
    /// What it is repeated over: each round is a case of its own.
    pub rounds: Option<Arc<Rounds>>,
    /// When it is run.
    pub condition: Option<Expression>,
    /// Why it is never run.
    pub skip: Option<String>,
    /// The session its steps are sent within.
    pub session: SessionChoice,
    /// What its requests have in common.
    pub defaults: Arc<Defaults>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// What runs at its end, whatever happened.
    pub finally: Vec<Step>,
    /// How long its steps may take in all, and where that is said; its end has a time of its own.
    pub timeout: Option<(Duration, Place)>,
    /// True if nothing else may run beside it.
    pub serial: bool,
    /// The project's group it belongs to, and where that is said.
    pub group: Option<(String, Place)>,
    /// True if it is the end of its collection: it starts when the collection's other cases are over.
    pub closes: bool,
}

/// What a case takes over from its collection.
#[derive(Clone, Copy)]
struct Above<'a> {
    tags: &'a [String],
    session: &'a SessionChoice,
    defaults: &'a Arc<Defaults>,
    serial: bool,
    group: &'a Option<(String, Place)>,
    known: &'a Known,
}

impl Above<'_> {
    /// A case without steps that adds nothing to what its collection says.
    fn case(&self, name: String, place: Place) -> Case {
        Case {
            name,
            place,
            tags: self.tags.to_vec(),
            rounds: None,
            condition: None,
            skip: None,
            session: self.session.clone(),
            defaults: Arc::clone(self.defaults),
            steps: Vec::new(),
            finally: Vec::new(),
            timeout: None,
            serial: self.serial,
            group: self.group.clone(),
            closes: false,
        }
    }
}

/// The name under which the end of a collection of cases is told.
const FINALLY: &str = "finally";

impl Collection {
    /// Decodes a collection's file; `known` are the project's variables.
    pub(super) fn decode(
        path: &Path,
        tree: &Node,
        known: &Known,
        recipes: &mut Recipes,
        decoder: &mut Decoder<'_>,
    ) -> Option<Collection> {
        let mut fields = decoder.fields(tree, "a collection")?;
        let (key, node) = fields.entry("collection")?;
        let name = decoder.constant(node, "the collection's name").map(str::to_owned);
        if let Some(node) = fields.get("description") {
            decoder.constant(node, "`description`");
        }
        let tags = fields
            .get("tags")
            .map(|node| decoder.constants(node, "a tag"))
            .unwrap_or_default();
        let session = fields
            .get("session")
            .and_then(|node| step::session_choice(node, decoder));
        let inputs = fields
            .get("inputs")
            .map(|node| input::decode_all(node, decoder))
            .unwrap_or_default();
        let mut known = known.clone();
        known.inputs(&inputs);
        let defaults = defaults(&recipes.defaults.clone(), fields.get("defaults"), &known, decoder);
        let (serial, group) = overlap(&mut fields, decoder);
        let above = Above {
            serial: serial.unwrap_or(false),
            group: &group,
            tags: &tags,
            session: &session.unwrap_or(SessionChoice::None),
            defaults: &defaults,
            known: &known,
        };
        let steps = fields.entry("steps");
        let cases = fields.entry("cases");
        let finally = fields.entry("finally");
        let slip = match (steps, cases) {
            (None, None) => fields.slip(&["steps", "cases"], decoder),
            _ => None,
        };
        let (steps, cases) = match slip {
            Some(("steps", key, node)) => (Some((key, node)), cases),
            Some((_, key, node)) => (steps, Some((key, node))),
            None => (steps, cases),
        };
        let (steps, cases) = match (steps, cases) {
            (Some((key, node)), None) if hold_steps(node) => {
                decoder.error_with_help(
                    &key.place,
                    "the entries of these `steps` have steps of their own",
                    "did you mean `cases`?",
                );
                (None, Some((key, node)))
            }
            written => written,
        };
        let mut decoded = Vec::new();
        match (steps, cases) {
            (Some((_, node)), None) => {
                let (steps, finally) =
                    flow(node, finally.map(|(_, node)| node), above.known, recipes, decoder);
                decoded.push(Case {
                    steps,
                    finally,
                    ..above.case(name.clone().unwrap_or_default(), key.place.clone())
                });
            }
            (None, Some((_, node))) => match node.as_list() {
                None => decoder.expected(node, "a list for `cases`"),
                Some([]) => decoder.error(&node.place, "a list of cases without cases"),
                Some(items) => {
                    let mut known = above.known.clone();
                    for item in items {
                        let above = Above {
                            known: &known,
                            ..above
                        };
                        if let Some(case) = Case::decode(item, &above, recipes, decoder) {
                            known.leave(&case.name, &case.steps);
                            decoded.push(case);
                        }
                    }
                    if let Some((key, node)) = finally {
                        decoded.push(Case {
                            finally: steps_of_finally(node, &mut above.known.clone(), recipes, decoder),
                            closes: true,
                            ..above.case(FINALLY.to_owned(), key.place.clone())
                        });
                    }
                    distinct(&decoded, decoder);
                }
            },
            (Some(_), Some((key, _))) => {
                decoder.error(&key.place, "a collection has `steps` or `cases`, not both");
            }
            (None, None) => decoder.error(&key.place, "a collection needs `steps` or `cases`"),
        }
        fields.finish(decoder);
        snapshots::name_cases(&mut decoded);
        Some(Collection {
            name: name?,
            file: path.to_owned(),
            place: key.place.clone(),
            inputs,
            cases: decoded,
        })
    }

    /// A recipe that is run by itself: one case of its steps, with its inputs.
    pub(super) fn of_recipe(
        recipe: &Arc<Recipe>,
        tree: &Node,
        recipes: &mut Recipes,
        decoder: &mut Decoder<'_>,
    ) -> Option<Collection> {
        let steps_node = tree.as_map()?.get("steps")?;
        let inputs_node = tree.as_map()?.get("inputs");
        // The steps are decoded again because a step belongs to one owner; mistakes were told the first time.
        let mut ignored = crate::diagnostic::Diagnostics::default();
        let mut again = Decoder::new(decoder.root(), &recipe.file, &mut ignored);
        let steps = Step::decode_all(steps_node, recipes, &mut again);
        let inputs = inputs_node
            .map(|node| input::decode_all(node, &mut again))
            .unwrap_or_default();
        let mut cases = vec![Case {
            name: recipe.name.clone(),
            place: recipe.place.clone(),
            tags: Vec::new(),
            rounds: None,
            condition: None,
            skip: None,
            session: SessionChoice::None,
            defaults: Arc::clone(&recipes.defaults),
            steps,
            finally: Vec::new(),
            timeout: None,
            serial: false,
            group: None,
            closes: false,
        }];
        snapshots::name_cases(&mut cases);
        Some(Collection {
            name: recipe.name.clone(),
            file: recipe.file.clone(),
            place: recipe.place.clone(),
            inputs,
            cases,
        })
    }
}

impl Case {
    fn decode(
        node: &Node,
        above: &Above<'_>,
        recipes: &mut Recipes,
        decoder: &mut Decoder<'_>,
    ) -> Option<Case> {
        let mut fields = decoder.fields(node, "a case")?;
        let (place, name) = match fields.entry("name") {
            Some((key, node)) => (
                key.place.clone(),
                decoder.constant(node, "the case's name").map(str::to_owned),
            ),
            None => {
                decoder.error(fields.place(), "a case needs `name`");
                (fields.place().clone(), None)
            }
        };
        let mut tags = above.tags.to_vec();
        tags.extend(
            fields
                .get("tags")
                .map(|node| decoder.constants(node, "a tag"))
                .unwrap_or_default(),
        );
        let rounds = Rounds::decode(&mut fields, decoder);
        let mut known = above.known.clone();
        if let Some(rounds) = &rounds {
            known.check(&rounds.uses, decoder.diagnostics);
            rounds.declare(&mut known);
        }
        let uses_before = std::mem::take(&mut decoder.uses);
        let condition = fields.get("if").and_then(|node| decoder.expression(node, "`if`"));
        known.check(
            &std::mem::replace(&mut decoder.uses, uses_before),
            decoder.diagnostics,
        );
        let skip = step::reason(&mut fields, "skip", decoder);
        let session = fields
            .get("session")
            .and_then(|node| step::session_choice(node, decoder));
        let defaults = defaults(above.defaults, fields.get("defaults"), &known, decoder);
        let (serial, group) = overlap(&mut fields, decoder);
        let timeout = fields.get("timeout").and_then(|node| {
            let time = decoder.duration(node, "`timeout`")?;
            Some((time, node.place.clone()))
        });
        refuse_expect(node, &mut fields, decoder);
        let finally = fields.get("finally");
        let (steps, finally) = fields
            .required("steps", decoder)
            .map(|node| flow(node, finally, &known, recipes, decoder))
            .unwrap_or_default();
        fields.finish(decoder);
        Some(Case {
            name: name?,
            place,
            tags,
            rounds: rounds.map(Arc::new),
            condition,
            skip,
            session: session.unwrap_or_else(|| above.session.clone()),
            defaults,
            steps,
            finally,
            timeout,
            serial: serial.unwrap_or(above.serial),
            group: group.or_else(|| above.group.clone()),
            closes: false,
        })
    }
}

/// True if entries of a list have `steps`, as cases do and steps do not.
fn hold_steps(node: &Node) -> bool {
    let mut entries = node.as_list().into_iter().flatten().filter_map(Node::as_map);
    entries.any(|entry| entry.get("steps").is_some())
}

/// Notes an `expect` beside steps: it judges one answer.
fn refuse_expect(node: &Node, fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) {
    // Asked for only where it stands, so that it is not among the keys that are known here.
    if node.as_map().is_some_and(|map| map.get("expect").is_some())
        && let Some((key, _)) = fields.entry("expect")
    {
        decoder.error_with_help(
            &key.place,
            "`expect` belongs to a step",
            "write it into the step whose answer it judges",
        );
    }
}

/// What a case or a collection must not overlap: `serial` and `group`.
fn overlap(fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> (Option<bool>, Option<(String, Place)>) {
    let serial = fields.get("serial");
    let group = fields.get("group");
    (
        serial.and_then(|node| decoder.boolean(node, "`serial`")),
        group.and_then(|node| {
            let name = decoder.constant(node, "`group`")?;
            Some((name.to_owned(), node.place.clone()))
        }),
    )
}

/// The steps of a case and those of its `finally`, over the variables known before them.
fn flow(
    steps: &Node,
    finally: Option<&Node>,
    known: &Known,
    recipes: &mut Recipes,
    decoder: &mut Decoder<'_>,
) -> (Vec<Step>, Vec<Step>) {
    let steps = Step::decode_all(steps, recipes, decoder);
    let mut known = known.clone();
    known.lost(std::mem::take(&mut decoder.lost));
    known.steps(&steps, decoder.diagnostics);
    let finally = finally.map(|node| steps_of_finally(node, &mut known, recipes, decoder));
    (steps, finally.unwrap_or_default())
}

fn steps_of_finally(
    node: &Node,
    known: &mut Known,
    recipes: &mut Recipes,
    decoder: &mut Decoder<'_>,
) -> Vec<Step> {
    let steps = Step::decode_all(node, recipes, decoder);
    step::refuse_cleanups(&steps, "a `finally`", decoder);
    known.lost(std::mem::take(&mut decoder.lost));
    known.steps(&steps, decoder.diagnostics);
    steps
}

fn defaults(
    above: &Arc<Defaults>,
    node: Option<&Node>,
    known: &Known,
    decoder: &mut Decoder<'_>,
) -> Arc<Defaults> {
    let own = node.and_then(|node| Defaults::decode(above, node, decoder));
    match own {
        None => Arc::clone(above),
        Some(own) => {
            // What the level above reads was judged there.
            known.check(&own.uses[above.uses.len()..], decoder.diagnostics);
            Arc::new(own)
        }
    }
}

/// Two cases of one name could not be told apart in a report or by `--case`.
fn distinct(cases: &[Case], decoder: &mut Decoder<'_>) {
    for (index, case) in cases.iter().enumerate() {
        if cases[..index].iter().any(|earlier| earlier.name == case.name) {
            decoder.error(&case.place, format!("a second case named `{}`", case.name));
        }
    }
}
