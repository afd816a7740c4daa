//! Collections as a page for a wiki: what they need, send and expect.

use super::{Export, http, not_exported};
use crate::collection::{Action, Input, Step};
use crate::outcome::CheckState;
use crate::plan::OpenCase;
use crate::run::Draft;
use crate::untrusted::{self, code_span as code};

pub(super) fn render(export: &Export<'_>) -> String {
    let mut text = String::new();
    let mut last = None;
    for planned in &export.cases {
        if last != Some(&planned.collection.file) {
            last = Some(&planned.collection.file);
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&format!(
                "# {}\n\nFrom {}.\n",
                plain(&planned.collection.name),
                code(&planned.collection.file.display().to_string())
            ));
            text.push_str(&inputs(export, planned));
        }
        text.push_str(&format!("\n## {}\n", plain(&planned.planned.name())));
        let case = planned.case();
        if !case.tags.is_empty() {
            let tags: Vec<String> = case.tags.iter().map(|tag| code(tag)).collect();
            text.push_str(&format!("\nTags: {}\n", tags.join(", ")));
        }
        for (step, name, drafts) in export.steps(planned) {
            text.push_str(&self::step(step, &name, &drafts));
        }
    }
    text
}

/// The inputs of the project and the collection as a table.
fn inputs(export: &Export<'_>, planned: &OpenCase<'_>) -> String {
    let inputs: Vec<&Input> = export.inputs(planned).collect();
    if inputs.is_empty() {
        return String::new();
    }
    let mut text = "\n| Input | Type | Default | What it is |\n| --- | --- | --- | --- |\n".to_owned();
    for input in inputs {
        let default = match (&input.default, input.secret) {
            (_, true) => "secret".to_owned(),
            (Some(value), false) => code(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
            (None, false) if input.required => "required".to_owned(),
            (None, false) => String::new(),
        };
        text.push_str(&format!(
            "| {} | {} | {default} | {} |\n",
            code(&input.name),
            input.kind.name(),
            plain(input.description.as_deref().unwrap_or_default())
        ));
    }
    text
}

fn step(step: &Step, name: &str, drafts: &[Draft<'_>]) -> String {
    let mut text = format!("\n### {}\n", plain(name));
    if let Some(reason) = &step.skip {
        text.push_str(&format!("\nNot run: {}\n", plain(reason)));
    }
    if let Action::Wait(time) = step.action {
        text.push_str(&format!("\nWaits {}.\n", humantime::format_duration(time)));
    }
    for draft in drafts {
        if !std::ptr::eq(draft.step, step) && draft.step.name != step.name {
            text.push_str(&format!("\n*{}*\n", plain(&draft.step.name)));
        }
        match &draft.exchange {
            Ok(exchange) => {
                let request = http::request(exchange);
                let fence = untrusted::code_fence(&request);
                text.push_str(&format!("\n{fence}http\n{request}{fence}\n"));
            }
            Err(error) => text.push_str(&format!("\n{}\n", plain(&not_exported(&error.message)))),
        }
        text.push_str(&expected(draft.step));
    }
    text
}

/// What is expected of a step's answer, and what is taken out of it.
fn expected(step: &Step) -> String {
    let mut text = String::new();
    let checks = step.expect.unevaluated(|| CheckState::Held);
    if !checks.is_empty() {
        text.push_str("\nExpected:\n\n");
        for check in checks {
            text.push_str(&format!(
                "* {} {}\n",
                code(&check.subject),
                code(&check.expectation)
            ));
        }
    }
    if !step.captures.is_empty() {
        let names: Vec<String> = step.captures.iter().map(|capture| code(&capture.name)).collect();
        text.push_str(&format!("\nCaptured: {}\n", names.join(", ")));
    }
    text
}

/// A text as Markdown that shows it as it is.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for character in untrusted::line(text).chars() {
        if matches!(
            character,
            '\\' | '`' | '*' | '_' | '<' | '[' | ']' | '|' | '#' | '&'
        ) {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}
