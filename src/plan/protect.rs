//! What a protected environment refuses, found before anything is sent.

use std::path::PathBuf;

use http::Method;

use super::Plan;
use crate::collection::{Action, Project, Round, Rounds, Step};
use crate::diagnostic::Diagnostic;
use crate::template::{Expression, Scope};

/// The steps of a plan that would change something, except those that surely do not run and the logins of sessions.
pub fn refused_writes(plan: &Plan, project: &Project, scope: &Scope) -> Vec<Diagnostic> {
    let logins: Vec<PathBuf> = project
        .sessions
        .values()
        .map(|session| session.login.recipe.file.clone())
        .collect();
    let mut refused = Vec::new();
    for planned in &plan.cases {
        let case = planned.case();
        // What a step or a round sets hides an input of the same name: the input says nothing then.
        let set_in_case = || case.rounds.iter().flat_map(Rounds::names);
        let set: Vec<&str> = set_in_case()
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
        let is_left_out = case_condition.is_some_and(|condition| surely_not(condition, case.rounds.as_ref()));
        if case.skip.is_some() || is_left_out || is_again(planned.round.as_deref()) {
            continue;
        }
        for (planned, step) in planned.parts() {
            if !is_again(planned.round.as_deref()) {
                walk(step, &logins, &surely_not, &mut refused);
            }
        }
    }
    refused
}

/// True for the rounds after the first: they would be refused for the same line of the sheet.
fn is_again(round: Option<&Round>) -> bool {
    round.is_some_and(|round| round.number > 1)
}

/// Whether a condition is false whatever the run brings, in a step with these rounds.
type SurelyNot<'a> = &'a dyn Fn(&Expression, Option<&Rounds>) -> bool;

fn walk(step: &Step, logins: &[PathBuf], never: SurelyNot<'_>, refused: &mut Vec<Diagnostic>) {
    let condition = step.condition.as_ref();
    if step.skip.is_some() || condition.is_some_and(|condition| never(condition, step.rounds.as_ref())) {
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
