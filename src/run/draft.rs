//! Requests before anything is sent: what only a run can know stands in them as `‹name›`.

use serde_json::Value;

use super::assemble::{Surroundings, assemble, has_scheme, request_error, template_error};
use super::pages::Page;
use super::record::Shown;
use crate::collection::{
    Action, Call, Defaults, ENVIRONMENT, Input, LOGIN, Output, Project, Recipe, RequestSpec, SessionChoice,
    SessionSpec, Step,
};
use crate::outcome::{Exchange, Origin, StepError};
use crate::secret::{Label, Rendered, Span, Vault};
use crate::template::{RenderedTree, Scope, Secrecy, Use, Variable};

/// The input that URLs begin with.
const BASE_URL: &str = "base_url";

/// Stands for it where it is not known, since a URL must be one: an address that belongs to nobody (RFC 5737), in which
/// no name of a variable can stand, as it could in a name.
const UNKNOWN_BASE: &str = "http://192.0.2.1";

/// A request that a step would send.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The step; one of the recipe's, where a recipe is used.
    pub step: &'a Step,
    /// The session whose headers the request has.
    pub session: Option<&'a SessionSpec>,
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
    /// The variables that cannot stand in a request, with the reasons.
    refused: &'a [(String, StepError)],
}

impl Under<'_> {
    /// Why a step cannot be written down, where it reads a variable that cannot.
    fn refusal(&self, step: &Step) -> Option<&StepError> {
        let reads = |name: &String| step.uses.iter().any(|used| used.path.first() == Some(name));
        let refused = self.refused.iter().find(|(name, _)| reads(name));
        refused.map(|(_, error)| error)
    }
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
            refused: &[],
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
                session: self.session(session),
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
                let (own, refused) = self.inputs_of(call, &scope, under.refusal(step));
                let under = Under {
                    defaults: &self.project.defaults,
                    scope: &own,
                    session,
                    refused: &refused,
                };
                for step in &call.recipe.steps {
                    self.add(step, under, drafts);
                }
            }
        }
    }

    fn exchange(&self, step: &Step, spec: &RequestSpec, under: Under<'_>) -> Result<Exchange, StepError> {
        if let Some(error) = under.refusal(step) {
            return Err(error.clone());
        }
        let url = spec.url.render(under.scope).map_err(template_error)?;
        if let Some(Span::Secret { label, text: _ }) = url.spans().first()
            && !has_scheme(&url.expose())
        {
            let message = format!("whether {label} is a path or a whole URL is known only in a run");
            return Err(request_error(&step.place, message));
        }
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
        // Of a body only one label is noted.
        for label in step
            .uses
            .iter()
            .filter_map(|used| under.scope.name_at(&used.path))
        {
            if !exchange.secrets.iter().any(|known| known == label.name()) {
                exchange.secrets.push(label.name().to_owned());
            }
        }
        Ok(exchange)
    }

    /// The requests of a session's login in order.
    pub fn login(&self, session: &'a SessionSpec) -> Vec<Draft<'a>> {
        let (own, refused) = self.inputs_of(&session.login, &self.project_scope(), None);
        let under = Under {
            defaults: &self.project.defaults,
            scope: &own,
            session: &SessionChoice::None,
            refused: &refused,
        };
        let mut drafts = Vec::new();
        for step in &session.login.recipe.steps {
            self.add(step, under, &mut drafts);
        }
        drafts
    }

    fn session(&self, choice: &SessionChoice) -> Option<&'a SessionSpec> {
        match choice {
            SessionChoice::None => None,
            SessionChoice::Named(name, _) => self.project.sessions.get(name).map(AsRef::as_ref),
        }
    }

    /// What the project's own templates see.
    fn project_scope(&self) -> Scope {
        let mut scope = self.scope.keeping_names();
        for input in &self.project.inputs {
            if scope.get(&input.name).is_none() {
                scope.set(input.name.clone(), unknown(&input.name));
            }
        }
        scope
    }

    /// What a session adds to a request, with the outputs of its login by their names.
    fn session_headers(&self, session: &SessionChoice) -> Result<Vec<(String, Rendered)>, StepError> {
        let Some(spec) = self.session(session) else {
            return Ok(Vec::new());
        };
        let mut scope = self.project_scope();
        let names = spec.login.recipe.outputs.iter().map(|output| {
            let label = Label::new(credential(&spec.login.recipe, output));
            (output.name.clone(), label)
        });
        let outputs = spec.login.recipe.outputs.iter().map(|output| {
            let stand_in = Value::from(output.name.as_str());
            (output.name.clone(), stand_in)
        });
        let login = Variable::new(Value::Object(outputs.collect()), Secrecy::Fields(names.collect()));
        scope.set(LOGIN, login);
        let mut headers = Vec::new();
        for (name, values) in &spec.headers {
            for value in values {
                let value = value.render(&scope).map_err(template_error)?;
                headers.push((name.clone(), value));
            }
        }
        Ok(headers)
    }

    /// The variables of a recipe: what it is given, as far as that is known, and its own defaults; and those that are
    /// made of what is not known, each with the reason why it cannot stand in a request. With a `refusal` these are all
    /// that it is given.
    fn inputs_of(
        &self,
        call: &Call,
        scope: &Scope,
        refusal: Option<&StepError>,
    ) -> (Scope, Vec<(String, StepError)>) {
        let mut own = Scope::new();
        let mut refused = Vec::new();
        if let Some(environment) = self.scope.get(ENVIRONMENT) {
            own.set(ENVIRONMENT, environment.clone());
        }
        for input in &call.recipe.inputs {
            let given = call.with.iter().find(|(name, ..)| *name == input.name);
            let variable = match (given, &input.default) {
                (Some((name, place, tree)), _) => {
                    let value = match (refusal, tree.render(scope)) {
                        (Some(error), _) => Err(error.clone()),
                        (None, Ok(value)) => given_value(input, value).ok_or_else(|| {
                            let message =
                                format!("`{name}` is made of what is secret or known only in a run");
                            request_error(place, message)
                        }),
                        (None, Err(error)) => Err(template_error(error)),
                    };
                    value.unwrap_or_else(|error| {
                        refused.push((name.clone(), error));
                        unknown(name)
                    })
                }
                (None, Some(default)) => Variable::new(default.clone(), Secrecy::None),
                (None, None) => unknown(&input.name),
            };
            own.set(input.name.clone(), variable);
        }
        (own, refused)
    }
}

/// The name by which a run shows an output of a login: that of the secret capture it is, or else its own.
pub fn credential<'r>(recipe: &'r Recipe, output: &'r Output) -> &'r str {
    let written = output.value.source_value();
    let captures = recipe.steps.iter().flat_map(|step| &step.captures);
    captures
        .filter(|capture| capture.secret)
        .find(|capture| written == format!("${{{{ {} }}}}", capture.name))
        .map_or(&output.name, |capture| &capture.name)
}

/// What a recipe is given for an input; none if something that stands by its name is only a part of it.
fn given_value(input: &Input, given: RenderedTree<'_>) -> Option<Variable> {
    let secrecy = match &given.secret {
        Some(label) if given.shown().as_str() == Some(&label.to_string()) => Secrecy::Whole(label.clone()),
        Some(_) => return None,
        None if input.secret => Secrecy::Whole(Label::new(&input.name)),
        None => Secrecy::None,
    };
    Some(Variable::new(given.value.into_owned(), secrecy))
}

/// The scope with every variable that templates read and it does not have as `‹name›`, and secrets by their names.
fn filled(scope: &Scope, uses: &[Use]) -> Scope {
    let mut filled = scope.keeping_names();
    for name in uses.iter().filter_map(|used| used.path.first()) {
        if filled.get(name).is_none() {
            filled.set(name, unknown(name));
        }
    }
    filled
}

/// A variable that stands as `‹name›`, and its fields as `‹name.field›`: it is treated like a secret, so that it stays
/// a label in whatever it goes into.
fn unknown(name: &str) -> Variable {
    // Only a URL is read before it is shown, and it must be one.
    let stand_in = if name == BASE_URL { UNKNOWN_BASE } else { name };
    Variable::new(Value::from(stand_in), Secrecy::Whole(Label::new(name)))
}
