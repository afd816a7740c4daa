//! Which variables are known where: an undefined one is found before anything runs.

use std::sync::LazyLock;

use regex::Regex;

use super::ENVIRONMENT;
use super::input::Input;
use super::step::{Action, Step};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::registry;
use crate::template::Use;

/// The variables known at a point of a file.
#[derive(Debug, Clone)]
pub(super) struct Known {
    names: Vec<Name>,
    /// What other cases of the file set, each with the case: known there alone.
    elsewhere: Vec<(String, String)>,
    /// The environments of the project.
    environments: Vec<String>,
}

#[derive(Debug, Clone)]
struct Name {
    name: String,
    /// The fields of a recipe's outputs, where they are known.
    fields: Option<Vec<String>>,
}

impl Known {
    /// What is known everywhere.
    pub(super) fn new() -> Self {
        let environment = Name {
            name: ENVIRONMENT.to_owned(),
            fields: Some(vec!["name".to_owned(), "protected".to_owned()]),
        };
        Known {
            names: vec![environment],
            elsewhere: Vec::new(),
            environments: Vec::new(),
        }
    }

    /// Adds the names of the project's environments, which expressions compare with.
    pub(super) fn environments<'n>(&mut self, names: impl Iterator<Item = &'n String>) {
        self.environments.extend(names.cloned());
    }

    /// Adds declared inputs.
    pub(super) fn inputs(&mut self, inputs: &[Input]) {
        for input in inputs {
            self.add(&input.name, None);
        }
    }

    /// Adds what broken captures and uses would have set: the cause is told already, and what it leads to is not.
    pub(super) fn lost(&mut self, names: Vec<String>) {
        names.iter().for_each(|name| self.add(name, None));
    }

    /// Takes note of what a case sets, for those that come after it and do not see it.
    pub(super) fn leave(&mut self, case: &str, steps: &[Step]) {
        let set = steps.iter().flat_map(Step::sets);
        self.elsewhere
            .extend(set.map(|name| (name.to_owned(), case.to_owned())));
    }

    /// Adds a variable.
    pub(super) fn add(&mut self, name: &str, fields: Option<Vec<String>>) {
        self.names.retain(|known| known.name != name);
        self.names.push(Name {
            name: name.to_owned(),
            fields,
        });
    }

    /// Judges the steps of a case in their order: each sees what those before it captured.
    pub(super) fn steps(&mut self, steps: &[Step], diagnostics: &mut Diagnostics) {
        for step in steps {
            match &step.rounds {
                None => self.step(step, diagnostics),
                Some(rounds) => {
                    self.check(&rounds.uses, diagnostics);
                    let mut own = self.clone();
                    rounds.declare(&mut own);
                    own.step(step, diagnostics);
                    // Of rounds the lists of what they captured stay, and nothing else.
                    step.sets().for_each(|name| self.add(name, None));
                }
            }
        }
    }

    /// Judges a step, or one of its rounds, and adds what it sets.
    fn step(&mut self, step: &Step, diagnostics: &mut Diagnostics) {
        self.check(&step.uses, diagnostics);
        for capture in &step.captures {
            self.add(&capture.name, None);
        }
        // What a step captures is there when its answer is judged.
        self.check(&step.judged_uses, diagnostics);
        if let Action::Use(call) = &step.action
            && let Some(alias) = &call.alias
        {
            let outputs = call
                .recipe
                .outputs
                .iter()
                .map(|output| output.name.clone())
                .collect();
            self.add(alias, Some(outputs));
        }
        if !step.cleanup.is_empty() {
            // A cleanup sees what was there when its step armed it, and hands nothing to the steps of the case.
            self.clone().steps(&step.cleanup, diagnostics);
        }
    }

    /// Notes every variable that is not known.
    pub(super) fn check(&self, uses: &[Use], diagnostics: &mut Diagnostics) {
        uses.iter().for_each(|used| self.compared(used, diagnostics));
        for used in uses.iter().filter(|used| !used.optional) {
            let Some((first, attributes)) = used.path.split_first() else {
                continue;
            };
            let Some(known) = self.names.iter().find(|known| known.name == *first) else {
                let names = self.names.iter().map(|known| known.name.as_str());
                let there = self.elsewhere.iter().find(|(name, _)| name == first);
                let help = match there {
                    Some((_, case)) => Some(format!("the case `{case}` sets it, and cases share nothing")),
                    None => registry::suggestion(first, names),
                };
                note(used, format!("undefined variable `{first}`"), help, diagnostics);
                continue;
            };
            if let (Some(fields), Some(attribute)) = (&known.fields, attributes.first())
                && !fields.contains(attribute)
            {
                let help = registry::suggestion(attribute, fields.iter().map(String::as_str));
                note(used, format!("`{first}` has no `{attribute}`"), help, diagnostics);
            }
        }
    }
}

impl Known {
    /// Warns of a comparison of `environment.name` with a text that names none, which holds nowhere or everywhere.
    fn compared(&self, used: &Use, diagnostics: &mut Diagnostics) {
        if used.path.len() == 1 && used.path[0] == ENVIRONMENT {
            whole_compared(used, diagnostics);
            return;
        }
        let is_name = used.path.len() == 2 && used.path[0] == ENVIRONMENT && used.path[1] == "name";
        if !is_name || self.environments.is_empty() {
            return;
        }
        let (text, span) = (&used.place.source.text, &used.place.span);
        let after = COMPARED_AFTER.captures(text.get(span.end..).unwrap_or_default());
        let before = COMPARED_BEFORE.captures(text.get(..span.start).unwrap_or_default());
        for name in [after, before]
            .iter()
            .flatten()
            .filter_map(|found| found.name("name"))
        {
            let name = name.as_str();
            if !self.environments.iter().any(|known| known == name) {
                let names = self.environments.iter().map(String::as_str);
                let message = format!("no environment of this project is called `{name}`");
                let warning = Diagnostic::warning(message).at(&used.place);
                diagnostics.push(match registry::suggestion(name, names) {
                    Some(help) => warning.help(help),
                    None => warning,
                });
            }
        }
    }
}

/// Notes a comparison of `environment` itself with a text, which it never equals.
fn whole_compared(used: &Use, diagnostics: &mut Diagnostics) {
    let (text, span) = (&used.place.source.text, &used.place.span);
    let after = text.get(span.end..).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default();
    // Of `environment['name']` the brackets are no part of the place.
    let is_whole = !after.trim_start().starts_with(['[', '.', '|']);
    if is_whole && (COMPARED_AFTER.is_match(after) || COMPARED_BEFORE.is_match(before)) {
        let message = "`environment` is a mapping, and equals no text";
        let help = format!("did you mean `{ENVIRONMENT}.name`?");
        note(used, message.to_owned(), Some(help), diagnostics);
    }
}

/// What compares with a text on the right of it, and on the left.
static COMPARED_AFTER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^(?:\.name)?\s*[=!]=\s*['"](?<name>[^'"\n]*)['"]"#));
static COMPARED_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"['"](?<name>[^'"\n]*)['"]\s*[=!]=\s*$"#));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is part of the program")
}

fn note(used: &Use, message: String, help: Option<String>, diagnostics: &mut Diagnostics) {
    let diagnostic = Diagnostic::error(message).at(&used.place);
    diagnostics.push(match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    });
}
