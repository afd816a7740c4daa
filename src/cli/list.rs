//! `callsheet list`: cases and steps with their tags.

use std::fmt::Write;

use serde_json::{Value, json};

use super::arguments::ListArguments;
use super::select::nothing_selected;
use super::{CommandError, Exit, output, prepare};
use crate::collection::StepOutline;
use crate::plan::{CaseRounds, Part, Plan, PlannedCase, PlannedStep};
use crate::secret::Vault;
use crate::untrusted;

/// The version of the JSON list's shape.
const VERSION: u32 = 1;

pub(super) fn list(arguments: &ListArguments) -> Result<Exit, CommandError> {
    let mut loaded = prepare::load(&arguments.select)?;
    if let Some(exit) = loaded.complain(&Vault::new()) {
        return Ok(exit);
    }
    let plan = loaded.plan(
        &arguments.select,
        &CaseRounds::default(),
        &arguments.order.order()?,
        None,
    )?;
    if plan.is_empty() {
        output::error_line(&format!(
            "error: {}",
            nothing_selected(&loaded, &arguments.select)
        ));
        return Ok(Exit::Empty);
    }
    print(&plan, arguments.json)
}

/// Prints what a plan would run.
pub(super) fn print(plan: &Plan, as_json: bool) -> Result<Exit, CommandError> {
    let text = if as_json {
        let cases: Vec<Value> = plan.cases.iter().map(case_json).collect();
        format!("{:#}\n", json!({ "version": VERSION, "cases": cases }))
    } else {
        untrusted::guard_ci(&untrusted::block(&tree(plan))).into_owned()
    };
    output::print(text.as_bytes())
}

fn case_json(planned: &PlannedCase) -> Value {
    let case = planned.case();
    let steps: Vec<Value> = planned
        .parts()
        .map(|(planned, step)| {
            json!({ "name": planned.name(&step.name), "line": step.mark.line(), "tags": step.tags(), "checks": step.checks() })
        })
        .collect();
    json!({
        "name": planned.name(),
        "collection": planned.collection.name,
        "file": planned.collection.shown,
        "line": case.mark.line(),
        "tags": case.tags,
        "steps": steps,
    })
}

fn tree(plan: &Plan) -> String {
    let mut text = String::new();
    let tags = |tags: &[String]| match tags {
        [] => String::new(),
        tags => format!("  [{}]", tags.join(", ")),
    };
    for planned in &plan.cases {
        let case = planned.case();
        let line = case.mark.line();
        let _ = writeln!(
            text,
            "{}{}  {}:{line}",
            planned.name(),
            tags(&case.tags),
            planned.collection.shown
        );
        for (planned, step) in planned.parts() {
            let checks = match step.checks() {
                1 => "1 check".to_owned(),
                count => format!("{count} checks"),
            };
            let _ = writeln!(
                text,
                "  {}{}  {checks}",
                listed(planned, &step.name, &case.steps),
                tags(step.tags())
            );
        }
    }
    text
}

/// The name of a step; of what runs at the end, what it is there for, and without expressions, since nobody asks for it
/// by its name.
fn listed(planned: &PlannedStep, name: &str, steps: &[StepOutline]) -> String {
    let name = planned.name(name);
    match planned.part {
        Part::Step(_) => name,
        Part::Cleanup { step, .. } => format!("cleanup of {}: {}", steps[step].name, without_holes(&name)),
        Part::Finally(_) => format!("finally: {}", without_holes(&name)),
    }
}

/// A text with `…` for each `${{ … }}`.
fn without_holes(text: &str) -> String {
    let mut rest = text;
    let mut shown = String::new();
    while let Some((before, hole)) = rest.split_once("${{") {
        let Some((_, after)) = hole.split_once("}}") else {
            break;
        };
        shown.push_str(before);
        shown.push('…');
        rest = after;
    }
    shown + rest
}
