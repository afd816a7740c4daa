//! `callsheet export`: requests for other tools, and collections for a wiki. Nothing is sent.

use std::collections::HashMap;
use std::path::PathBuf;

use super::arguments::{ExportArguments, ExportFormat};
use super::inputs::Missing;
use super::select::nothing_selected;
use super::{CommandError, Exit, output, prepare};
use crate::collection::{Action, Body, Input, Round, SessionSpec, Step};
use crate::outcome::Exchange;
use crate::plan::{CaseRounds, OpenCase, Order};
use crate::report;
use crate::run::{Draft, Drafts, credential};
use crate::template::Scope;
use crate::untrusted;

mod http;
mod markdown;

/// What is exported, and what is known of it.
struct Export<'a> {
    cases: Vec<OpenCase<'a>>,
    drafts: Drafts<'a>,
    /// The variables of collections that declare inputs of their own.
    scopes: HashMap<PathBuf, Scope>,
}

impl Export<'_> {
    /// The inputs of the project and of a case's collection.
    fn inputs<'a>(&'a self, planned: &'a OpenCase<'a>) -> impl Iterator<Item = &'a Input> {
        let project = &self.drafts.project.inputs;
        project.iter().chain(&planned.collection.inputs)
    }

    /// The requests of each step of a case, with the step and its name. A step with
    /// `for` is there once for each round that is known, and otherwise once.
    fn steps<'a>(
        &'a self,
        planned: &'a OpenCase<'a>,
    ) -> impl Iterator<Item = (&'a Step, String, Vec<Draft<'a>>)> {
        let case = planned.case();
        let scope = self
            .scopes
            .get(&planned.collection.file)
            .unwrap_or(self.drafts.scope);
        let scope = in_round(scope, planned.planned.round.as_deref());
        planned.parts().map(move |(number, step)| {
            let scope = in_round(&scope, number.round.as_deref());
            let drafts = self.drafts.of(step, &case.defaults, &scope, &case.session);
            (step, number.name(&step.name), drafts)
        })
    }
}

/// The variables of a round, where there is one.
fn in_round(scope: &Scope, round: Option<&Round>) -> Scope {
    round.map_or_else(|| scope.clone(), |round| round.scope(scope))
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
        cases: loaded.open(&plan)?,
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

/// A format that is read line by line, in which `#` begins a comment.
struct Format<'f> {
    /// What stands in front of a title.
    heading: &'static str,
    /// Writes a request, or says why it cannot be written.
    request: &'f dyn Fn(&Draft<'_>, &Exchange) -> Result<String, String>,
}

impl Format<'_> {
    /// A part for each request, below a title that says whose it is. In front of the first that has the headers of a
    /// session stand the requests of its login.
    fn list(&self, export: &Export<'_>) -> String {
        let mut parts = Vec::new();
        let mut logged_in: Option<&str> = None;
        for planned in &export.cases {
            for (step, name, drafts) in export.steps(planned) {
                for draft in drafts {
                    if let (Some(session), Ok(_)) = (draft.session, &draft.exchange)
                        && logged_in != Some(session.name.as_str())
                    {
                        logged_in = Some(&session.name);
                        parts.extend(self.login(export, session));
                    }
                    parts.push(self.part(&title(planned, step, &name, &draft), &draft));
                }
            }
        }
        parts.join("\n")
    }

    fn part(&self, title: &str, draft: &Draft<'_>) -> String {
        let written = match &draft.exchange {
            Ok(exchange) => (self.request)(draft, exchange),
            Err(error) => Err(error.message.clone()),
        };
        let request = written.unwrap_or_else(|reason| format!("# {}\n", not_exported(&reason)));
        format!("{} {title}\n{request}", self.heading)
    }

    /// The requests of a login, each with what of its answer the variables of its outputs are.
    fn login(&self, export: &Export<'_>, session: &SessionSpec) -> Vec<String> {
        let recipe = &session.login.recipe;
        let mut parts = Vec::new();
        for draft in export.drafts.login(session) {
            let title = format!("login of the session {} › {}", session.name, draft.step.name);
            let mut comments = String::new();
            for capture in &draft.step.captures {
                let is_it = format!("${{{{ {} }}}}", capture.name);
                for output in recipe
                    .outputs
                    .iter()
                    .filter(|output| output.value.source_value() == is_it)
                {
                    let Ok(exchange) = &draft.exchange else {
                        continue;
                    };
                    let comment = format!(
                        "# {} is {} of the answer",
                        report::variable_name(exchange, credential(recipe, output)),
                        capture.extractor.subject()
                    );
                    comments.push_str(&untrusted::line(&comment));
                    comments.push('\n');
                }
            }
            let part = self.part(&untrusted::line(&title), &draft);
            parts.push(match part.split_once('\n') {
                Some((title, request)) => format!("{title}\n{comments}{request}"),
                None => part,
            });
        }
        parts
    }
}

/// A curl command for each request.
fn curl(export: &Export<'_>) -> String {
    let request = |draft: &Draft<'_>, exchange: &Exchange| {
        let file = match body(draft) {
            Some(Body::File(file)) => Some(file.path.as_path()),
            Some(Body::Multipart(_)) => return Err(MULTIPART.to_owned()),
            _ => None,
        };
        if file.is_none() && exchange.request.body.as_ref().is_some_and(|body| body.cut) {
            return Err(LONG.to_owned());
        }
        Ok(format!("{}\n", report::curl(exchange, file)))
    };
    let format = Format {
        heading: "#",
        request: &request,
    };
    format.list(export)
}

/// Why a request with a body of several parts is not written: its lines end in CR LF, and its files are not at hand.
const MULTIPART: &str = "a multipart body cannot be written as text";

/// Why a request is not written whose body is cut.
const LONG: &str = "its body is too long";

/// What a step sends.
fn body<'d>(draft: &Draft<'d>) -> Option<&'d Body> {
    match &draft.step.action {
        Action::Request(spec) => spec.body.as_ref(),
        Action::Wait(_) | Action::Use(_) => None,
    }
}

/// `case › step`, with the recipe's step where one is used.
fn title(planned: &OpenCase<'_>, step: &Step, name: &str, draft: &Draft<'_>) -> String {
    let title = format!("{} › {name}", planned.planned.name());
    let title = if draft.step.name == step.name {
        title
    } else {
        format!("{title} › {}", draft.step.name)
    };
    untrusted::line(&title).into_owned()
}

/// Why a request is not there, on one line.
fn not_exported(reason: &str) -> String {
    untrusted::line(&format!("not exported: {reason}")).into_owned()
}
