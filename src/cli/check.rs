//! `callsheet check`: everything wrong in the files, without a network.

use super::arguments::CheckArguments;
use super::select::{OrderArguments, nothing_selected};
use super::{CommandError, Exit, output, prepare};
use crate::secret::Vault;

pub(super) fn check(arguments: &CheckArguments) -> Result<Exit, CommandError> {
    let mut loaded = prepare::load(&arguments.select)?;
    if let Some(exit) = loaded.complain(&Vault::new()) {
        return Ok(exit);
    }
    let plan = loaded.plan(&arguments.select, &OrderArguments::default(), None)?;
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
        .flat_map(|case| case.steps())
        .map(|(_, step)| step.checks())
        .sum();
    let counted = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    let text = format!(
        "nothing is wrong: {}, {}, {}, {}\n",
        counted(loaded.files, "file"),
        counted(plan.cases.len(), "case"),
        counted(steps, "step"),
        counted(checks, "check")
    );
    output::print(text.as_bytes())
}
