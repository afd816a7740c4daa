//! Requests before anything is sent: what only a run can know stands in them as `‹name›`.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::assemble::{Surroundings, assemble};
use super::pages::Page;
use super::record::Shown;
use crate::collection::{
    Action, Call, Defaults, ENVIRONMENT, LOGIN, Project, RequestSpec, SessionChoice, Step,
};
use crate::outcome::{Exchange, Origin, StepError};
use crate::secret::{Label, Rendered, Vault};
use crate::template::{Scope, Secrecy, Use, Variable};

/// The input that URLs begin with.
const BASE_URL: &str = "base_url";

/// Stands for it where it is not known, since a URL must be one; the name can belong to nobody (RFC 2606).
const UNKNOWN_BASE: &str = "http://base-url.invalid";

/// A request that a step would send.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The step; one of the recipe's, where a recipe is used.
    pub step: &'a Step,
    /// The exchange without an answer, or why the request cannot be made without a run.
    pub exchange: Result<Exchange, StepError>,
}

/// What drafts are made from.
pub struct Drafts<'a> {
    /// The project, for its sessions and defaults.
    pub project: &'a Project,
    /// The inputs that are known, and the environment.
    pub scope: &'a Scope,
    /// Every secret among them.
    pub vault: &'a Vault,
}

/// What a step's requests are made under.
#[derive(Clone, Copy)]
struct Under<'a> {
    defaults: &'a Defaults,
    scope: &'a Scope,
    session: &'a SessionChoice,
}

impl<'a> Drafts<'a> {
    /// The requests of a step in order: one, or those of the recipe it uses. A wait has none.
    ///
    /// `defaults`, `scope` and `session` are those of its case.
    pub fn of(
        &self,
        step: &'a Step,
        defaults: &Defaults,
        scope: &Scope,
        session: &SessionChoice,
    ) -> Vec<Draft<'a>> {
        let mut drafts = Vec::new();
        let under = Under {
            defaults,
            scope,
            session,
        };
        self.add(step, under, &mut drafts);
        drafts
    }

    fn add(&self, step: &'a Step, under: Under<'_>, drafts: &mut Vec<Draft<'a>>) {
        let session = step.session.as_ref().unwrap_or(under.session);
        let scope = filled(under.scope, &step.uses);
        match &step.action {
            Action::Wait(_) => {}
            Action::Request(spec) => drafts.push(Draft {
                step,
                exchange: self.exchange(
                    step,
                    spec,
                    Under {
                        scope: &scope,
                        session,
                        ..under
                    },
                ),
            }),
            Action::Use(call) => {
                let own = self.inputs_of(call, &scope);
                let under = Under {
                    defaults: &self.project.defaults,
                    scope: &own,
                    session,
                };
                for step in &call.recipe.steps {
                    self.add(step, under, drafts);
                }
            }
        }
    }

    fn exchange(&self, step: &Step, spec: &RequestSpec, under: Under<'_>) -> Result<Exchange, StepError> {
        let defaults_scope = filled(self.scope, &under.defaults.uses);
        let around = Surroundings {
            scope: under.scope,
            defaults: under.defaults,
            defaults_scope: &defaults_scope,
            session_headers: &self.session_headers(under.session)?,
            page: &Page::First,
        };
        let assembled = assemble(spec, &step.place, &around)?;
        let (_, shown) = Shown::split(assembled, 0);
        let mut exchange = shown.exchange(Origin::Step, None, self.vault);
        if let Some(rest) = exchange.url.strip_prefix(UNKNOWN_BASE) {
            exchange.url = format!("{}{rest}", Label::new(BASE_URL));
            exchange.secrets.push(BASE_URL.to_owned());
        }
        Ok(exchange)
    }

    /// What a session adds to a request, with the outputs of its login as `‹login.token›`.
    fn session_headers(&self, session: &SessionChoice) -> Result<Vec<(String, Rendered)>, StepError> {
        let spec = match session {
            SessionChoice::None => return Ok(Vec::new()),
            SessionChoice::Named(name, _) => self.project.sessions.get(name),
        };
        let Some(spec) = spec else {
            return Ok(Vec::new());
        };
        let mut scope = self.scope.layer();
        let outputs = spec.login.recipe.outputs.iter();
        scope.set(
            LOGIN,
            unknown_fields(LOGIN, outputs.map(|output| output.name.as_str())),
        );
        let mut headers = Vec::new();
        for (name, values) in &spec.headers {
            for value in values {
                let value = value.render(&scope).map_err(super::assemble::template_error)?;
                headers.push((name.clone(), value));
            }
        }
        Ok(headers)
    }

    /// The variables of a recipe: what it is given, as far as that is known, and its own defaults.
    fn inputs_of(&self, call: &Call, scope: &Scope) -> Scope {
        let mut own = Scope::new();
        if let Some(environment) = self.scope.get(ENVIRONMENT) {
            own.set(ENVIRONMENT, environment.clone());
        }
        for input in &call.recipe.inputs {
            let given = call.with.iter().find(|(name, ..)| *name == input.name);
            let value = given.and_then(|(_, _, tree)| tree.render(scope).ok());
            let variable = match (value, &input.default) {
                (Some(value), _) => {
                    let secrecy = match value.secret {
                        Some(label) => Secrecy::Whole(label),
                        None if input.secret => Secrecy::Whole(Label::new(&input.name)),
                        None => Secrecy::None,
                    };
                    Variable::new(value.value.into_owned(), secrecy)
                }
                (None, Some(default)) if given.is_none() => Variable::new(default.clone(), Secrecy::None),
                (None, _) => unknown(&input.name),
            };
            own.set(input.name.clone(), variable);
        }
        own
    }
}

/// The scope with every variable that templates read and it does not have as `‹name›`.
fn filled(scope: &Scope, uses: &[Use]) -> Scope {
    let mut attributes: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for used in uses {
        let Some((name, rest)) = used.path.split_first() else {
            continue;
        };
        if scope.get(name).is_none() {
            let known = attributes.entry(name).or_default();
            known.extend(rest.first().map(String::as_str));
        }
    }
    let mut filled = scope.layer();
    for (name, attributes) in attributes {
        let variable = match attributes.as_slice() {
            [] if name == BASE_URL => Variable::new(Value::from(UNKNOWN_BASE), Secrecy::None),
            [] => unknown(name),
            _ => unknown_fields(name, attributes.into_iter()),
        };
        filled.set(name, variable);
    }
    filled
}

/// A text that is shown as `‹name›`: it is treated like a secret, so that it stays a label in whatever it goes into.
fn unknown(name: &str) -> Variable {
    Variable::new(stand_in(name), Secrecy::Whole(Label::new(name)))
}

/// An object whose fields are shown as `‹name.field›`.
fn unknown_fields<'n>(name: &str, fields: impl Iterator<Item = &'n str>) -> Variable {
    let mut value = Map::new();
    let mut labels = IndexMap::new();
    for field in fields {
        let whole = format!("{name}.{field}");
        value.insert(field.to_owned(), stand_in(&whole));
        labels.insert(field.to_owned(), Label::new(&whole));
    }
    Variable::new(Value::Object(value), Secrecy::Fields(labels))
}

/// A value that stands in for one that is not known. The vault may come to mask it, so it is nothing that a sheet has.
fn stand_in(name: &str) -> Value {
    Value::from(format!("unknown-{name}-unknown"))
}
