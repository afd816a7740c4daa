//! Which variables are known where: an undefined one is found before anything runs.

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
        }
    }

    /// Adds declared inputs.
    pub(super) fn inputs(&mut self, inputs: &[Input]) {
        for input in inputs {
            self.add(&input.name, None);
        }
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

fn note(used: &Use, message: String, help: Option<String>, diagnostics: &mut Diagnostics) {
    let diagnostic = Diagnostic::error(message).at(&used.place);
    diagnostics.push(match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    });
}
