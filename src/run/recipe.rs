//! The use of a recipe: its inputs, its steps, its outputs.

use serde_json::{Map, Value};

use super::assemble::{self, template_error};
use super::step::{Lane, Performed, unevaluated};
use super::{Run, Sink};
use crate::collection::{Call, ENVIRONMENT};
use crate::outcome::{CheckState, Origin, StepError};
use crate::secret::Label;
use crate::template::{Scope, Secrecy, Variable};

impl<S: Sink> Run<'_, S> {
    /// Runs a recipe with its inputs. The outputs are there only if every step of it was good.
    pub(super) async fn call(
        &self,
        call: &Call,
        scope: &Scope,
        lane: Lane<'_>,
    ) -> (Performed, Result<Variable, Option<StepError>>) {
        let mut performed = Performed::default();
        let mut own = match self.inputs_of(call, scope) {
            Ok(own) => own,
            Err(error) => {
                let reason = error.message.clone();
                let state = || CheckState::Errored(reason.clone());
                performed.checks = call
                    .recipe
                    .steps
                    .iter()
                    .flat_map(|step| unevaluated(step, &state))
                    .collect();
                return (performed, Err(Some(error)));
            }
        };
        let lane = Lane {
            defaults: &self.project.defaults,
            defaults_scope: &self.setting.scope,
            credentials: match lane.origin {
                Origin::Session => &call.recipe.outputs,
                _ => &[],
            },
            ..lane
        };
        let mut stopped: Option<String> = None;
        for step in &call.recipe.steps {
            let why_not = match (&stopped, &step.skip) {
                (Some(reason), _) => Ok(Some(reason.clone())),
                (None, Some(reason)) => Ok(Some(reason.clone())),
                (None, None) => step.condition.as_ref().map_or(Ok(None), |condition| {
                    let holds = condition.holds(&own)?;
                    Ok((!holds).then(|| format!("`{}` does not hold", condition.text())))
                }),
            };
            let why_not = match why_not {
                Ok(why_not) => why_not,
                Err(error) => {
                    let error = template_error(error);
                    let reason = error.message.clone();
                    performed.error = performed.error.or(Some(error));
                    Some(reason)
                }
            };
            if let Some(reason) = why_not {
                performed
                    .checks
                    .extend(unevaluated(step, &|| CheckState::Skipped(reason.clone())));
                continue;
            }
            let lane = Lane {
                attempts: lane.attempts + performed.attempts.len(),
                ..lane
            };
            let mut done = self.perform(step, &mut own, lane).await;
            if !done.is_good() && !step.goes_on {
                stopped = Some(format!("`{}` of the recipe went wrong", step.name));
            }
            performed.checks.append(&mut done.checks);
            performed.exchanges.append(&mut done.exchanges);
            performed.attempts.append(&mut done.attempts);
            performed.error = performed.error.or(done.error);
            performed.add_snapshot(done.snapshot);
        }
        if stopped.is_some() || !performed.is_good() {
            return (performed, Err(None));
        }
        let outputs = self.outputs_of(call, &own, lane.origin);
        (performed, outputs.map_err(Some))
    }

    /// The scope of a recipe: its inputs and the environment, nothing else.
    fn inputs_of(&self, call: &Call, scope: &Scope) -> Result<Scope, StepError> {
        let mut own = Scope::with_vault(self.setting.vault.clone());
        if let Some(environment) = self.setting.scope.get(ENVIRONMENT) {
            own.set(ENVIRONMENT, environment.clone());
        }
        for input in &call.recipe.inputs {
            let given = call.with.iter().find(|(name, _, _)| *name == input.name);
            let (value, carried, place) = match given {
                Some((_, place, tree)) => {
                    let rendered = tree.render(scope).map_err(template_error)?;
                    (rendered.value.into_owned(), rendered.secret, place)
                }
                None => match &input.default {
                    Some(default) => (default.clone(), None, &input.place),
                    None => continue,
                },
            };
            let value = input.accept(value).map_err(|reason| {
                assemble::request_error(place, format!("the recipe's input `{}` {reason}", input.name))
            })?;
            let label = carried.or_else(|| input.secret.then(|| Label::new(&input.name)));
            let secrecy = label.map_or(Secrecy::None, Secrecy::Whole);
            if let Secrecy::Whole(label) = &secrecy {
                own.remember_secret(&value, label);
            }
            own.set(input.name.clone(), Variable::new(value, secrecy));
        }
        Ok(own)
    }

    /// The outputs of a recipe. Those of a login are secret, whether or not the recipe says so.
    fn outputs_of(&self, call: &Call, own: &Scope, origin: Origin) -> Result<Variable, StepError> {
        let mut values = Map::new();
        let mut labels = indexmap::IndexMap::new();
        for output in &call.recipe.outputs {
            let rendered = output.value.render(own).map_err(template_error)?;
            let is_credential =
                origin == Origin::Session && matches!(*rendered.value, Value::String(_) | Value::Number(_));
            let label = rendered
                .secret
                .or_else(|| is_credential.then(|| Label::new(&output.name)));
            if let Some(label) = label {
                labels.insert(output.name.clone(), label);
            }
            values.insert(output.name.clone(), rendered.value.into_owned());
        }
        let secrecy = if labels.is_empty() {
            Secrecy::None
        } else {
            Secrecy::Fields(labels)
        };
        Ok(Variable::new(Value::Object(values), secrecy))
    }
}
