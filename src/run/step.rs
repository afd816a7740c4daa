//! One step: its request, the use of a recipe, or a wait.

use std::sync::Mutex;

use ::http as http_types;
use serde_json::{Map, Value};

use super::assemble::{self, Surroundings, template_error};
use super::record::Shown;
use super::session::{Reason, Session};
use super::{Run, Sink};
use crate::collection::{
    Action, Call, CaptureSpec, Defaults, ENVIRONMENT, LOGIN, RequestSpec, SessionChoice, Step,
};
use crate::extract::{Extraction, Message};
use crate::http::{self, HttpError, Jar, Phase, Response};
use crate::json;
use crate::outcome::{Capture, CheckResult, CheckState, ErrorKind, Exchange, Origin, Spot, StepError};
use crate::secret::{self, Label, Rendered};
use crate::template::{Scope, Secrecy, Variable};

/// Where a step is run: what is the case's own, and what its requests have in common.
#[derive(Clone, Copy)]
pub(super) struct Lane<'a> {
    /// The step's number in the plan.
    pub(super) number: usize,
    pub(super) jar: &'a Mutex<Jar>,
    pub(super) session: &'a SessionChoice,
    pub(super) defaults: &'a Defaults,
    pub(super) defaults_scope: &'a Scope,
    /// What its exchanges are for. A login's requests are never sent within a session.
    pub(super) origin: Origin,
}

/// What came of a step.
#[derive(Default)]
pub(super) struct Performed {
    pub(super) checks: Vec<CheckResult>,
    pub(super) error: Option<StepError>,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) captures: Vec<Capture>,
}

impl Performed {
    /// True if everything was evaluated and held.
    pub(super) fn is_good(&self) -> bool {
        self.error.is_none()
            && self
                .checks
                .iter()
                .all(|check| matches!(check.state, CheckState::Held | CheckState::Skipped(_)))
    }
}

/// Every check of a step, in the order they are counted, none of them evaluated.
pub(super) fn unevaluated(step: &Step, state: &dyn Fn() -> CheckState) -> Vec<CheckResult> {
    match &step.action {
        Action::Request(_) | Action::Wait(_) => step.expect.unevaluated(state),
        Action::Use(call) => call
            .recipe
            .steps
            .iter()
            .flat_map(|step| unevaluated(step, state))
            .collect(),
    }
}

impl<S: Sink> Run<'_, S> {
    /// Runs a step's action and judges it. What it captures goes into the scope.
    pub(super) async fn perform(&self, step: &Step, scope: &mut Scope, lane: Lane<'_>) -> Performed {
        match &step.action {
            Action::Wait(duration) => {
                self.sink.waits(lane.number, "its time to pass");
                tokio::time::sleep(*duration).await;
                Performed::default()
            }
            Action::Request(spec) => self.request(step, spec, scope, lane).await,
            Action::Use(call) => {
                let (mut performed, outputs) = Box::pin(self.call(call, scope, lane)).await;
                match outputs {
                    Ok(outputs) => {
                        if let Some(alias) = &call.alias {
                            scope.set(alias.clone(), outputs);
                        }
                    }
                    Err(error) => performed.error = performed.error.or(error),
                }
                performed
            }
        }
    }

    async fn request(&self, step: &Step, spec: &RequestSpec, scope: &mut Scope, lane: Lane<'_>) -> Performed {
        let mut performed = Performed::default();
        let session = match step.session.as_ref().unwrap_or(lane.session) {
            SessionChoice::Named(name, _) if lane.origin == Origin::Step => self.sessions.get(name),
            SessionChoice::Named(..) | SessionChoice::None => None,
        };
        let response = match self
            .answer(step, spec, scope, lane, session, &mut performed.exchanges)
            .await
        {
            Ok(response) => response,
            Err(error) => {
                let reason = error.message.clone();
                performed.checks = step.expect.unevaluated(|| CheckState::Errored(reason.clone()));
                performed.error = Some(error);
                return performed;
            }
        };
        let message = Message::response(&response.0);
        let mut own = scope.clone();
        for capture in &step.captures {
            match self.capture(capture, &message, &own) {
                Ok((variable, shown)) => {
                    own.set(capture.name.clone(), variable);
                    performed.captures.push(Capture {
                        name: capture.name.clone(),
                        value: shown,
                    });
                }
                Err(error) => performed.error = performed.error.or(Some(error)),
            }
        }
        performed.checks = step.expect.judge(&message, &own);
        // The record is made last: a token captured just now is masked in it.
        performed.exchanges.push(
            response
                .1
                .exchange(lane.origin, Some(&response.0), &self.setting.vault),
        );
        *scope = own;
        performed
    }

    /// The answer to a step's request, within its session; a refused login is renewed and the request sent again,
    /// once.
    async fn answer(
        &self,
        step: &Step,
        spec: &RequestSpec,
        scope: &Scope,
        lane: Lane<'_>,
        session: Option<&Session>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(Response, Shown), StepError> {
        let mut reason = Reason::First;
        loop {
            let (headers, generation) = match session {
                Some(session) => self.session_headers(session, reason, lane, exchanges).await?,
                None => (Vec::new(), 0),
            };
            let around = Surroundings {
                scope,
                defaults: lane.defaults,
                defaults_scope: lane.defaults_scope,
                session_headers: &headers,
            };
            let assembled = assemble::assemble(spec, &step.place, &around)?;
            self.remember_credentials(&assembled.request.headers);
            let shown = Shown::new(&assembled, self.sink.now());
            let observe = |phase: Phase| self.sink.waits(lane.number, phase.awaited());
            let host = assembled.request.url.host_str().unwrap_or_default().to_owned();
            let place = self.hosts.place(&assembled.request.url, || {
                self.sink.waits(lane.number, &format!("a place at {host}"));
            });
            let _place = place.await;
            let sent = self
                .setting
                .client
                .send(assembled.request, Some(lane.jar), &self.setting.policy, &observe)
                .await;
            let response = match sent {
                Ok(response) => response,
                Err(error) => {
                    exchanges.push(shown.exchange(lane.origin, None, &self.setting.vault));
                    return Err(transport_error(&error, step));
                }
            };
            let status = response.status.as_u16();
            let is_refused = session.is_some_and(|session| session.spec.renew_status.contains(&status));
            if is_refused && reason == Reason::First {
                reason = Reason::Refused(generation, status);
                exchanges.push(shown.exchange(lane.origin, Some(&response), &self.setting.vault));
                continue;
            }
            return Ok((response, shown));
        }
    }

    /// Puts credentials that nobody declared as secrets where the mask finds them, should an answer repeat them.
    fn remember_credentials(&self, headers: &http_types::HeaderMap) {
        for (name, value) in headers.iter().filter(|(_, value)| value.is_sensitive()) {
            let Ok(text) = value.to_str() else { continue };
            // What follows a scheme such as `Bearer`, or a cookie's name.
            let credentials = text
                .rsplit([' ', '='])
                .find(|part| !part.is_empty())
                .unwrap_or(text);
            let vault = &self.setting.vault;
            if !secret::weak(credentials) && vault.contains_any(text.as_bytes()).is_none() {
                vault.add(credentials, &Label::new(name.as_str()));
            }
        }
    }

    /// The headers a session adds, from its current login.
    async fn session_headers(
        &self,
        session: &Session,
        reason: Reason,
        lane: Lane<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(Vec<(String, Rendered)>, u64), StepError> {
        let jar = Mutex::new(Jar::default());
        let none = SessionChoice::None;
        let log_in = async || {
            self.sink
                .waits(lane.number, &format!("the session {}", session.spec.name));
            let lane = Lane {
                jar: &jar,
                session: &none,
                defaults: &self.project.defaults,
                defaults_scope: &self.setting.scope,
                origin: Origin::Session,
                ..lane
            };
            let (mut performed, outputs) =
                Box::pin(self.call(&session.spec.login, &self.setting.scope, lane)).await;
            exchanges.append(&mut performed.exchanges);
            match (performed.error, outputs) {
                (None, Ok(outputs)) if has_held(&performed.checks) => Ok(outputs),
                // A check that does not hold explains more than what could not be captured because of it.
                (error, Ok(_) | Err(None)) => Err(failed_check(&performed.checks)
                    .or(error)
                    .unwrap_or_else(|| unfinished(session))),
                (None, Err(Some(error))) => Err(error),
                (Some(error), Err(Some(_))) => Err(error),
            }
        };
        let lease = session
            .lease(reason, log_in, |why| {
                self.sink.renewed(&session.spec.name, lane.number, why)
            })
            .await?;
        let mut scope = self.setting.scope.layer();
        scope.set(LOGIN, lease.outputs.clone());
        let mut headers = Vec::new();
        for (name, values) in &session.spec.headers {
            for value in values {
                headers.push((name.clone(), value.render(&scope).map_err(template_error)?));
            }
        }
        Ok((headers, lease.generation))
    }

    /// Runs a recipe with its inputs. The outputs are there only if every step of it was good.
    async fn call(
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
            let mut done = self.perform(step, &mut own, lane).await;
            if !done.is_good() && !step.goes_on {
                stopped = Some(format!("`{}` of the recipe went wrong", step.name));
            }
            performed.checks.append(&mut done.checks);
            performed.exchanges.append(&mut done.exchanges);
            performed.error = performed.error.or(done.error);
        }
        if stopped.is_some() || !performed.is_good() {
            return (performed, Err(None));
        }
        let outputs = self.outputs_of(call, &own);
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

    fn outputs_of(&self, call: &Call, own: &Scope) -> Result<Variable, StepError> {
        let mut values = Map::new();
        let mut labels = indexmap::IndexMap::new();
        for output in &call.recipe.outputs {
            let rendered = output.value.render(own).map_err(template_error)?;
            if let Some(label) = rendered.secret {
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

    fn capture(
        &self,
        capture: &CaptureSpec,
        message: &Message<'_>,
        scope: &Scope,
    ) -> Result<(Variable, String), StepError> {
        let value = match capture.extractor.extract(message, scope) {
            Extraction::Value(value) => value.into_owned(),
            Extraction::Missing(missing) => match &capture.default {
                Some(default) => default.clone(),
                None => return Err(capture_error(capture, &missing.reason)),
            },
            Extraction::Unreadable(reason) | Extraction::Failed(reason) => {
                return Err(capture_error(capture, &reason));
            }
        };
        if !capture.secret {
            let shown = json::short(&scope.masked(&value), 200);
            return Ok((Variable::new(value, Secrecy::None), shown));
        }
        let label = Label::new(&capture.name);
        scope.remember_secret(&value, &label);
        let shown = label.to_string();
        Ok((Variable::new(value, Secrecy::Whole(label)), shown))
    }
}

fn capture_error(capture: &CaptureSpec, reason: &str) -> StepError {
    StepError {
        kind: ErrorKind::Capture,
        message: format!("nothing to capture as `{}`: {reason}", capture.name),
        help: None,
        place: Some(Spot::with_excerpt(&capture.place)),
    }
}

/// The first check of a login that does not hold.
fn failed_check(checks: &[CheckResult]) -> Option<StepError> {
    let mismatch = checks.iter().find_map(|check| match &check.state {
        CheckState::Failed(mismatch) => Some(mismatch),
        CheckState::Held | CheckState::Errored(_) | CheckState::Skipped(_) => None,
    })?;
    Some(StepError {
        kind: ErrorKind::Session,
        message: format!(
            "{}: expected {}, found {}",
            mismatch.subject, mismatch.expected, mismatch.actual
        ),
        help: Some("is the key right, and is it a key of this environment?".to_owned()),
        place: Some(mismatch.place.clone()),
    })
}

/// True if something of a login was evaluated and held: outputs without that say nothing.
fn has_held(checks: &[CheckResult]) -> bool {
    checks.iter().any(|check| check.state == CheckState::Held)
}

fn unfinished(session: &Session) -> StepError {
    assemble::request_error(
        &session.spec.place,
        "the login did not come to its end".to_owned(),
    )
}

fn transport_error(error: &HttpError, step: &Step) -> StepError {
    let kind = match &error.kind {
        http::ErrorKind::Refused(_) => ErrorKind::Policy,
        http::ErrorKind::Timeout(_) => ErrorKind::Timeout,
        http::ErrorKind::Limit(_) => ErrorKind::Limit,
        http::ErrorKind::InvalidHeader | http::ErrorKind::InvalidUrl | http::ErrorKind::Options => {
            ErrorKind::Request
        }
        http::ErrorKind::Dns
        | http::ErrorKind::Connect
        | http::ErrorKind::Tls
        | http::ErrorKind::Framing
        | http::ErrorKind::Redirect
        | http::ErrorKind::Protocol => ErrorKind::Network,
    };
    let help = match &error.kind {
        http::ErrorKind::Refused(_) => {
            Some("name the host under `hosts:` of the environment, or with --allow-host".to_owned())
        }
        _ if error.maybe_processed => {
            Some("the request may have been processed: look before sending it again".to_owned())
        }
        _ => None,
    };
    StepError {
        kind,
        message: error.message.clone(),
        help,
        place: Some(Spot::with_excerpt(&step.place)),
    }
}
