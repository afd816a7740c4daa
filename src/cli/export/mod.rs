//! `callsheet export`: requests for other tools, and collections for a wiki. Nothing is sent.

use std::collections::HashMap;
use std::path::PathBuf;

use super::arguments::{ExportArguments, ExportFormat};
use super::inputs::Missing;
use super::select::nothing_selected;
use super::{CommandError, Exit, output, prepare};
use crate::outcome::{Exchange, StepError};
use crate::plan::{CaseRounds, Order, Plan, PlannedCase};
use crate::report;
use crate::run::{Draft, Drafts};
use crate::template::Scope;
use crate::untrusted;

mod http;
mod markdown;

/// What is exported, and what is known of it.
struct Export<'a> {
    plan: &'a Plan,
    drafts: Drafts<'a>,
    /// The variables of collections that declare inputs of their own.
    scopes: HashMap<PathBuf, Scope>,
}

impl Export<'_> {
    /// The requests of each step of a case, with the step's name. Each step is exported once, also where it is repeated.
    fn steps<'a>(&'a self, planned: &'a PlannedCase) -> impl Iterator<Item = (String, Vec<Draft<'a>>)> {
        let case = planned.case();
        let scope = self
            .scopes
            .get(&planned.collection.file)
            .unwrap_or(self.drafts.scope);
        planned.parts().map(move |(number, step)| {
            let drafts = self.drafts.of(step, &case.defaults, scope, &case.session);
            (number.name(step), drafts)
        })
    }
}

pub(super) fn export(arguments: &ExportArguments) -> Result<Exit, CommandError> {
    let mut loaded = prepare::load(&arguments.select)?;
    let named = arguments.inputs.environment.as_deref();
    let resolved = loaded.inputs(named, &arguments.inputs, Missing::LeftOut)?;
    if let Some(exit) = loaded.complain(&resolved.vault) {
        return Ok(exit);
    }
    let plan = loaded.plan(&arguments.select, &CaseRounds::default(), &Order::default(), None)?;
    if plan.is_empty() {
        output::error_line(&format!(
            "error: {}",
            nothing_selected(&loaded, &arguments.select)
        ));
        return Ok(Exit::Empty);
    }
    let scope = resolved.scope();
    let export = Export {
        plan: &plan,
        scopes: resolved.collection_scopes(&scope),
        drafts: Drafts {
            project: &loaded.suite.project,
            scope: &scope,
            vault: &resolved.vault,
        },
    };
    let text = match arguments.format {
        ExportFormat::Curl => curl(&export),
        ExportFormat::Http => http::render(&export),
        ExportFormat::Markdown => markdown::render(&export),
    };
    let text = resolved.vault.mask_text(&text).into_owned();
    output::print(untrusted::guard_ci(&untrusted::block(&text)).as_bytes())
}

/// A curl command for each request, below a comment that says whose it is.
fn curl(export: &Export<'_>) -> String {
    let mut parts = Vec::new();
    for planned in &export.plan.cases {
        for (name, drafts) in export.steps(planned) {
            for draft in drafts {
                let title = title(planned, &name, &draft);
                parts.push(match &draft.exchange {
                    Ok(exchange) => format!("# {title}\n{}\n", report::curl(exchange)),
                    Err(error) => format!("# {title}\n# {}\n", not_exported(error)),
                });
            }
        }
    }
    parts.join("\n")
}

/// `case › step`, with the recipe's step where one is used.
fn title(planned: &PlannedCase, name: &str, draft: &Draft<'_>) -> String {
    let title = format!("{} › {name}", planned.name());
    let title = if draft.step.name == name {
        title
    } else {
        format!("{title} › {}", draft.step.name)
    };
    untrusted::line(&title).into_owned()
}

/// Why a request is not there, on one line.
fn not_exported(error: &StepError) -> String {
    untrusted::line(&format!("not exported: {}", error.message)).into_owned()
}

/// A text with each `‹name›` of an exchange replaced by what `variable` makes of the name.
fn with_variables(exchange: &Exchange, text: &str, variable: impl Fn(&str) -> String) -> String {
    exchange.secrets.iter().fold(text.to_owned(), |text, name| {
        text.replace(&format!("‹{name}›"), &variable(name))
    })
}
