//! `callsheet check`: everything wrong in the files, without a network.

use super::arguments::{CheckArguments, InputArguments};
use super::inputs::Missing;
use super::select::nothing_selected;
use super::{CommandError, Exit, output, prepare};
use crate::plan::{CaseRounds, Order};
use crate::secret::Vault;

pub(super) fn check(arguments: &CheckArguments) -> Result<Exit, CommandError> {
    let mut loaded = prepare::load(&arguments.select)?;
    // Without inputs no round of a case is known whose `for` is an expression.
    let rounds = CaseRounds::default();
    if let Some(named) = arguments.environment.as_deref()
        && !loaded.diagnostics.has_errors()
    {
        let plan = loaded.plan(&arguments.select, &rounds, &Order::default(), Some(named))?;
        // Whoever checks files need not have the keys that a run needs.
        let resolved = loaded.inputs(Some(named), &InputArguments::default(), Missing::LeftOut)?;
        loaded.refuse_writes(Some(named), &plan, &resolved)?;
    }
    if let Some(exit) = loaded.complain(&Vault::new()) {
        return Ok(exit);
    }
    let named = arguments.environment.as_deref();
    let plan = loaded.plan(&arguments.select, &rounds, &Order::default(), named)?;
    if plan.cases.is_empty() && loaded.files == 0 {
        output::error_line(&format!(
            "error: {}",
            nothing_selected(&loaded, &arguments.select)
        ));
        return Ok(Exit::Empty);
    }
    let steps: usize = plan.cases.iter().map(|case| case.steps.len()).sum();
    let checks: usize = plan
        .cases
        .iter()
        .flat_map(|case| case.parts())
        .map(|(_, step)| step.checks())
        .sum();
    let counted = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    let verdict = if loaded.diagnostics.is_empty() {
        "nothing is wrong"
    } else {
        "no errors"
    };
    let text = format!(
        "{verdict}: {}, {}, {}, {}\n",
        counted(loaded.files, "file"),
        counted(plan.cases.len(), "case"),
        counted(steps, "step"),
        counted(checks, "check")
    );
    output::print(text.as_bytes())
}
