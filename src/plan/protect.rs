//! What a protected environment refuses, found before anything is sent.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::Method;

use super::{OpenCase, Plan};
use crate::collection::{Action, Collection, Mark, Outline, Project, Rounds, Step};
use crate::diagnostic::Diagnostic;
use crate::template::{Expression, Scope};

/// The steps of a plan that would change something, except those that surely do not run and the logins of sessions.
///
/// # Errors
/// A collection cannot be opened.
pub fn refused_writes(
    plan: &Plan,
    project: &Project,
    scope: &Scope,
    mut open: impl FnMut(&Outline) -> Result<Arc<Collection>, Diagnostic>,
) -> Result<Vec<Diagnostic>, Diagnostic> {
    let logins: Vec<PathBuf> = project
        .sessions
        .values()
        .map(|session| session.login.recipe.file.clone())
        .collect();
    let mut refused = Vec::new();
    // Rounds would be refused for the same line of the sheet again.
    let mut seen: HashSet<(&Path, Mark)> = HashSet::new();
    let mut last: Option<Arc<Collection>> = None;
    for planned in &plan.cases {
        let collection = match last.take().filter(|last| last.file == planned.collection.file) {
            Some(last) => last,
            None => open(&planned.collection)?,
        };
        let planned = OpenCase {
            planned,
            collection: Arc::clone(last.insert(collection)),
        };
        let case = planned.case();
        // What the collection, a round or a step sets hides an input of the project of the same name, which says nothing
        // then.
        let inputs = &planned.collection.inputs;
        let set: Vec<&str> = inputs
            .iter()
            .map(|input| input.name.as_str())
            .chain(case.rounds.iter().flat_map(|rounds| rounds.names()))
            .chain(case.steps.iter().flat_map(Step::sets))
            .collect();
        let surely_not = |condition: &Expression, rounds: Option<&Rounds>| {
            let mut set = set
                .iter()
                .copied()
                .chain(rounds.into_iter().flat_map(Rounds::names));
            !set.any(|name| condition.reads(name)) && surely_not(condition, scope)
        };
        let case_condition = case.condition.as_ref();
        let is_left_out =
            case_condition.is_some_and(|condition| surely_not(condition, case.rounds.as_deref()));
        if case.skip.is_some() || is_left_out {
            continue;
        }
        let outlines = planned.planned.parts();
        for ((_, step), (_, outline)) in planned.parts().zip(outlines) {
            if seen.insert((&planned.planned.collection.file, outline.mark)) {
                walk(step, &logins, &surely_not, &mut refused);
            }
        }
    }
    Ok(refused)
}

/// Whether a condition is false whatever the run brings, in a step with these rounds.
type SurelyNot<'a> = &'a dyn Fn(&Expression, Option<&Rounds>) -> bool;

fn walk(step: &Step, logins: &[PathBuf], never: SurelyNot<'_>, refused: &mut Vec<Diagnostic>) {
    let condition = step.condition.as_ref();
    if step.skip.is_some() || condition.is_some_and(|condition| never(condition, step.rounds.as_deref())) {
        return;
    }
    match &step.action {
        Action::Wait(_) => {}
        Action::Use(call) if logins.contains(&call.recipe.file) => {}
        // A recipe's conditions are over its own inputs, which are not known yet.
        Action::Use(call) => call.recipe.steps.iter().for_each(|step| {
            walk(
                step,
                logins,
                &|condition, _| surely_not(condition, &Scope::new()),
                refused,
            )
        }),
        Action::Request(request) if is_write(&request.method) => refused.push(
            Diagnostic::error(format!(
                "{} is refused: this environment is protected",
                request.method
            ))
            .at(&step.place)
            .help("say --allow-writes, or leave the step out with `if: not environment.protected`"),
        ),
        Action::Request(_) => {}
    }
}

/// True if the method may change something. Anything but the known reading methods may.
fn is_write(method: &Method) -> bool {
    !matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS" | "QUERY")
}

/// True if the condition is false whatever the run brings: it reads nothing but inputs.
fn surely_not(condition: &Expression, scope: &Scope) -> bool {
    condition.holds(scope) == Ok(false)
}
