//! What a protected environment refuses, found before anything is sent.

use std::path::PathBuf;

use http::Method;

use super::Plan;
use crate::collection::{Action, Project, Step};
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
        if case.skip.is_some() || surely_not(case.condition.as_ref(), scope) {
            continue;
        }
        for (_, step) in planned.steps() {
            walk(step, &logins, scope, &mut refused);
        }
    }
    refused
}

fn walk(step: &Step, logins: &[PathBuf], scope: &Scope, refused: &mut Vec<Diagnostic>) {
    if step.skip.is_some() || surely_not(step.condition.as_ref(), scope) {
        return;
    }
    match &step.action {
        Action::Wait(_) => {}
        Action::Use(call) if logins.contains(&call.recipe.file) => {}
        // A recipe's conditions are over its own inputs, which are not known yet.
        Action::Use(call) => call
            .recipe
            .steps
            .iter()
            .for_each(|step| walk(step, logins, &Scope::new(), refused)),
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
fn surely_not(condition: Option<&Expression>, scope: &Scope) -> bool {
    condition.is_some_and(|condition| condition.holds(scope) == Ok(false))
}
