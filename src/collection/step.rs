//! A step: exactly one action, what is expected of it, what is captured.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use http::Method;

use super::capture::{self, CaptureSpec};
use super::expect::Expectations;
use super::input::can_be_variable;
use super::recipe::{Recipe, Recipes};
use super::request::{self, Repeat, RequestSpec};
use super::rounds::Rounds;
use crate::decode::{Decoder, Fields};
use crate::source::Place;
use crate::template::{Expression, Tree, Use};
use crate::yaml::{Key, Node};

/// A step of a case or a recipe.
#[derive(Debug)]
pub struct Step {
    /// Its name, as written or made from its action.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// The lines of its file from its first key to its last value, from 1.
    pub lines: RangeInclusive<usize>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it is repeated over.
    pub rounds: Option<Arc<Rounds>>,
    /// When it is run; in each round, where it reads what a round sets.
    pub condition: Option<Expression>,
    /// Why it is never run.
    pub skip: Option<String>,
    /// Why it is expected to fail.
    pub xfail: Option<String>,
    /// True if the case goes on when it failed.
    pub goes_on: bool,
    /// The session it is sent within; `none` opts out; nothing takes the case's.
    pub session: Option<SessionChoice>,
    /// What it does.
    pub action: Action,
    /// Its part of the names of snapshot files, distinct among the steps it stands with.
    pub(super) file_name: String,
    /// What is expected of the answer.
    pub expect: Expectations,
    /// What is taken out of it.
    pub captures: Vec<CaptureSpec>,
    /// What undoes it at the end of its case, once it succeeded.
    pub cleanup: Vec<Step>,
    /// What the templates of its action read.
    pub uses: Vec<Use>,
    /// What those of `expect` and `capture` read, which see its own captures too.
    pub judged_uses: Vec<Use>,
}

/// Which session a request is sent within.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionChoice {
    /// `none`: without one.
    None,
    /// One of the project's, by name.
    Named(String, Place),
}

/// What a step does.
#[derive(Debug)]
pub enum Action {
    /// Sends a request.
    Request(Box<RequestSpec>),
    /// Runs a recipe.
    Use(Call),
    /// Waits.
    Wait(Duration),
}

/// The use of a recipe.
#[derive(Debug)]
pub struct Call {
    /// The recipe.
    pub recipe: Arc<Recipe>,
    /// Its inputs.
    pub with: Vec<(String, Place, Tree)>,
    /// The variable its outputs become.
    pub alias: Option<String>,
}

impl Step {
    /// How many checks a pass needs of it, or of one of its rounds, those of a recipe's steps included.
    pub fn checks(&self) -> usize {
        match &self.action {
            Action::Request(spec) => {
                let until = match &spec.repeat {
                    Repeat::Poll(poll) => poll.until.len(),
                    Repeat::Once | Repeat::Pages(_) => 0,
                };
                until + self.expect.len()
            }
            Action::Wait(_) => self.expect.len(),
            Action::Use(call) => call.recipe.steps.iter().map(Step::checks).sum::<usize>(),
        }
    }

    /// How many steps it comes to: itself, or those of the recipe it uses.
    pub(super) fn length(&self) -> usize {
        match &self.action {
            Action::Request(_) | Action::Wait(_) => 1,
            Action::Use(call) => call.recipe.length,
        }
    }

    /// The names of the variables it sets.
    pub fn sets(&self) -> impl Iterator<Item = &str> {
        let alias = match &self.action {
            Action::Use(call) => call.alias.as_deref(),
            Action::Request(_) | Action::Wait(_) => None,
        };
        self.captures
            .iter()
            .map(|capture| capture.name.as_str())
            .chain(alias)
    }

    /// Decodes a list of steps.
    pub(super) fn decode_all(node: &Node, recipes: &mut Recipes, decoder: &mut Decoder<'_>) -> Vec<Step> {
        match node.as_list() {
            Some([]) => decoder.error(&node.place, "a list of steps without steps"),
            None => decoder.expected(node, "a list for `steps`"),
            Some(items) => {
                return items
                    .iter()
                    .filter_map(|item| Step::decode(item, recipes, decoder))
                    .collect();
            }
        }
        Vec::new()
    }

    /// Decodes a step. It comes back even where something in it is wrong, as far as it could be read, so that later
    /// steps are judged with its captures known.
    fn decode(node: &Node, recipes: &mut Recipes, decoder: &mut Decoder<'_>) -> Option<Step> {
        let mut fields = decoder.fields(node, "a step")?;
        let uses_before = std::mem::take(&mut decoder.uses);
        let name = fields
            .get("name")
            .and_then(|node| decoder.constant(node, "a name").map(str::to_owned));
        let tags = fields
            .get("tags")
            .map(|node| decoder.constants(node, "a tag"))
            .unwrap_or_default();
        let rounds = Rounds::decode(&mut fields, decoder);
        let condition = fields.get("if").and_then(|node| decoder.expression(node, "`if`"));
        let skip = reason(&mut fields, "skip", decoder);
        let xfail = reason(&mut fields, "xfail", decoder);
        let goes_on = fields
            .get("continue")
            .and_then(|node| decoder.boolean(node, "`continue`"))
            .unwrap_or(false);
        let session = fields
            .get("session")
            .and_then(|node| session_choice(node, decoder));
        let cleanup = cleanup(&mut fields, recipes, decoder);
        let action = action(&mut fields, recipes, decoder);
        let is_request = !matches!(action, Some((_, Action::Use(_) | Action::Wait(_))));
        let mut uses = std::mem::take(&mut decoder.uses);
        // There are very many steps, and a list begins with room for four.
        uses.shrink_to_fit();
        let mut expect = None;
        let mut captures = Vec::new();
        for key in ["expect", "capture"] {
            let Some((written, node)) = fields.entry(key) else {
                continue;
            };
            if !is_request {
                decoder.error_with_help(
                    &written.place,
                    format!("`{key}` needs an answer, and this step sends no request of its own"),
                    "write it into the recipe, or into a step with a request",
                );
            } else if key == "expect" {
                expect = Expectations::decode_of_step(node, decoder);
            } else {
                captures = capture::decode_all(node, decoder);
                if is_request && fields.get("paginate").is_none() {
                    refuse_pages(&captures, decoder);
                }
            }
        }
        if !is_request {
            refuse_of_requests(&mut fields, decoder);
        }
        let place = fields.place().clone();
        fields.finish(decoder);
        let mut judged_uses = std::mem::replace(&mut decoder.uses, uses_before);
        judged_uses.shrink_to_fit();
        let Some((action_place, action)) = action else {
            decoder
                .lost
                .extend(captures.into_iter().map(|capture| capture.name));
            return None;
        };
        let mut expect = expect.unwrap_or_default();
        if is_request && !expect.looks_at_status() {
            expect.expect_success(&action_place);
        }
        let name = name.unwrap_or_else(|| action_name(&action));
        let lines = lines(&place);
        let place = Place::new(&place.source, action_place.span.clone());
        let step = Step {
            name,
            place,
            lines,
            tags,
            rounds: rounds.map(Arc::new),
            condition,
            skip,
            xfail,
            goes_on,
            session,
            action,
            file_name: String::new(),
            expect,
            captures,
            cleanup,
            uses,
            judged_uses,
        };
        if let Some(rounds) = &step.rounds {
            rounds.refuse_hidden(step.sets(), &step.place, decoder);
        }
        Some(step)
    }
}

/// Notes captures of all pages in a step that reads one.
fn refuse_pages(captures: &[CaptureSpec], decoder: &mut Decoder<'_>) {
    for capture in captures.iter().filter(|capture| capture.all_pages) {
        decoder.error_with_help(
            &capture.place,
            "`pages: all` needs `paginate` in the same step",
            "leave it out, or say with `paginate` how the next page is asked for",
        );
    }
}

/// Notes what is said of a request in a step that sends none of its own.
fn refuse_of_requests(fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) {
    for name in ["retry", "rate", "poll", "paginate"] {
        if let Some((key, _)) = fields.entry(name) {
            decoder.error_with_help(
                &key.place,
                format!("`{name}` needs a request, and this step sends none of its own"),
                "write it into the step whose request it is about, of the recipe if it stands there",
            );
        }
    }
}

/// The lines a node's text stands on; what ends it, a line's end among that, is no line of its own.
fn lines(place: &Place) -> RangeInclusive<usize> {
    let last = place.span.start + place.text().trim_end().len().saturating_sub(1);
    place.line()..=place.source.line_column(last).0
}

/// The steps that undo a step: one, or a list of them.
fn cleanup(fields: &mut Fields<'_>, recipes: &mut Recipes, decoder: &mut Decoder<'_>) -> Vec<Step> {
    let Some((key, node)) = fields.entry("cleanup") else {
        return Vec::new();
    };
    let steps: Vec<Step> = match node.as_list() {
        Some([]) => {
            decoder.error(&key.place, "a list of cleanups without steps");
            Vec::new()
        }
        Some(items) => items
            .iter()
            .filter_map(|item| Step::decode(item, recipes, decoder))
            .collect(),
        None => Step::decode(node, recipes, decoder).into_iter().collect(),
    };
    refuse_cleanups(&steps, "a cleanup", decoder);
    refuse_rounds(
        &steps,
        "a cleanup",
        "each round of the step has its own cleanup",
        decoder,
    );
    steps
}

/// Notes a `for` where it has no rounds of its own in the plan.
pub(super) fn refuse_rounds(steps: &[Step], place: &str, help: &str, decoder: &mut Decoder<'_>) {
    for rounds in steps.iter().filter_map(|step| step.rounds.as_ref()) {
        decoder.error_with_help(&rounds.place, format!("`for` cannot stand in {place}"), help);
    }
}

/// Notes cleanups where nothing would run them.
pub(super) fn refuse_cleanups(steps: &[Step], place: &str, decoder: &mut Decoder<'_>) {
    for step in steps.iter().flat_map(|step| &step.cleanup) {
        decoder.error_with_help(
            &step.place,
            format!("`cleanup` cannot stand in {place}"),
            "write it into a step of a case: it runs at the case's end",
        );
    }
}

/// A `skip` or `xfail` with its reason.
pub(super) fn reason(
    fields: &mut Fields<'_>,
    name: &'static str,
    decoder: &mut Decoder<'_>,
) -> Option<String> {
    let node = fields.get(name)?;
    if node.as_text().is_none() {
        decoder.error_with_help(
            &node.place,
            format!("`{name}` needs its reason as a text"),
            format!("write `{name}: why`"),
        );
        return None;
    }
    decoder.constant(node, name).map(str::to_owned)
}

/// The session a step, a case or a collection names.
pub(super) fn session_choice(node: &Node, decoder: &mut Decoder<'_>) -> Option<SessionChoice> {
    let name = decoder.constant(node, "`session`")?;
    Some(match name {
        "none" => SessionChoice::None,
        other => SessionChoice::Named(other.to_owned(), node.place.clone()),
    })
}

fn action_name(action: &Action) -> String {
    match action {
        Action::Request(request) => format!("{} {}", request.method, request.url.source_text()),
        Action::Use(call) => call.recipe.name.clone(),
        Action::Wait(duration) => format!("wait {}", humantime::format_duration(*duration)),
    }
}

/// The one action of a step, with the place of its key.
fn action(
    fields: &mut Fields<'_>,
    recipes: &mut Recipes,
    decoder: &mut Decoder<'_>,
) -> Option<(Place, Action)> {
    let mut methods = request::method(fields);
    let request = fields.entry("request");
    let call = fields.entry("use");
    let wait = fields.entry("wait");
    let mut keys: Vec<&Key> = methods.iter().map(|(key, _, _)| *key).collect();
    keys.extend([request, call, wait].into_iter().flatten().map(|(key, _)| key));
    keys.sort_by_key(|key| key.place.span.start);
    match keys.as_slice() {
        [] => {
            // The keys beside an action are known words, whichever action is missing.
            for name in ["with", "as", "expect", "capture"] {
                fields.get(name);
            }
            RequestSpec::know(fields);
            if request::is_in_two_keys(fields, decoder) {
                return None;
            }
            methods.extend(request::misspelt(fields, decoder));
            if methods.is_empty() {
                decoder.error_with_help(
                    fields.place(),
                    "a step needs an action",
                    "one of GET POST PUT PATCH DELETE HEAD OPTIONS QUERY with a URL, or request, use, wait",
                );
                return None;
            }
        }
        [_] => {}
        [first, second, ..] => {
            decoder.error(
                &second.place,
                format!("a step has one action, and `{}` is one already", first.name()),
            );
        }
    }
    if let Some((key, node)) = call {
        return call_of(node, fields, recipes, decoder).map(|call| (key.place.clone(), Action::Use(call)));
    }
    if let Some((key, node)) = wait {
        return decoder
            .duration(node, "`wait`")
            .map(|it| (key.place.clone(), Action::Wait(it)));
    }
    let (place, method, url) = match (methods.into_iter().next(), request) {
        (Some((key, method, url)), _) => (key.place.clone(), method, url),
        (None, Some((key, node))) => {
            let mut inner = decoder.fields(node, "`request`")?;
            let method = inner.required("method", decoder);
            let url = inner.required("url", decoder);
            inner.finish(decoder);
            let method = method.and_then(|node| {
                let name = decoder.constant(node, "a method")?;
                let method = Method::from_bytes(name.as_bytes()).ok();
                if method.is_none() {
                    decoder.error(&node.place, format!("`{name}` cannot be a method"));
                }
                method
            });
            (key.place.clone(), method?, url?)
        }
        (None, None) => return None,
    };
    let spec = RequestSpec::decode(method, url, fields, decoder)?;
    Some((place, Action::Request(Box::new(spec))))
}

/// What a `use` says, with its `with` and `as`.
pub(super) fn call_of(
    node: &Node,
    fields: &mut Fields<'_>,
    recipes: &mut Recipes,
    decoder: &mut Decoder<'_>,
) -> Option<Call> {
    let with = fields.get("with");
    let alias = fields.get("as").and_then(|node| {
        let name = decoder.constant(node, "`as`")?;
        can_be_variable(name, &node.place, decoder).then(|| name.to_owned())
    });
    let recipe = recipes.load(node, decoder);
    let mut values = Vec::new();
    if let Some(with) = with {
        match with.as_map() {
            None => decoder.expected(with, "a mapping for `with`"),
            Some(map) => {
                for (key, node) in map.iter() {
                    if let Some(tree) = decoder.tree(node) {
                        values.push((key.name().to_owned(), key.place.clone(), tree));
                    }
                }
            }
        }
    }
    let Some(recipe) = recipe else {
        decoder.lost.extend(alias);
        return None;
    };
    for (name, place, _) in &values {
        if !recipe.inputs.iter().any(|input| input.name == *name) {
            super::input::undeclared(place, name, &recipe.inputs, decoder);
        }
    }
    for input in &recipe.inputs {
        let is_given = values.iter().any(|(name, _, _)| *name == input.name);
        if input.required && input.default.is_none() && !is_given {
            decoder.error(
                &node.place,
                format!("the recipe needs the input `{}`", input.name),
            );
        }
    }
    Some(Call {
        recipe,
        with: values,
        alias,
    })
}
