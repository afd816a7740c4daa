//! Answers requests: picks the route, asks its guards, makes its changes, renders its answer.

use std::sync::{Mutex, PoisonError};

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::condition::{Unmet, Verdict};
use super::data::Data;
use super::fault::{Fault, Kind};
use super::file::Mock;
use super::received::Received;
use super::respond::{Answer, Headers, is_undefined};
use super::route::Route;
use super::unmatched;
use crate::secret::{Label, Vault};
use crate::template::{Scope, Secrecy, TemplateError, Variable};

/// A mock with its data as it stands.
#[derive(Debug)]
pub(super) struct Service {
    mock: Mock,
    inputs: Scope,
    data: Mutex<Data>,
    secrets: Secrets,
}

impl Service {
    /// A service whose inputs are the file's defaults, unless `given` says otherwise.
    ///
    /// # Errors
    /// Data that cannot be rendered from the inputs.
    pub(super) fn new(mock: Mock, mut given: Map<String, Value>) -> Result<Service, TemplateError> {
        let mut inputs = Scope::new();
        let mut secrets = Secrets::default();
        for (name, default) in &mock.inputs {
            let value = given.remove(name).unwrap_or_else(|| default.clone());
            let secrecy = secrets.secrecy(name, &value);
            inputs.set(name.as_str(), Variable::new(value, secrecy));
        }
        let data = Mutex::new(mock.data.render(&inputs)?);
        Ok(Service {
            mock,
            inputs,
            data,
            secrets,
        })
    }

    /// What goes wrong with a request; every fault counts it.
    pub(super) fn faults(&self, received: &Received) -> Vec<&Kind> {
        let faults = self.mock.faults.iter();
        faults
            .filter_map(|fault| fault.strikes(&received.method, &received.segments))
            .collect()
    }

    /// The answer of a fault.
    pub(super) fn faulty(&self, received: &Received, status: StatusCode, headers: &Headers) -> Answer {
        let data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = received.scope(&data.scope(&self.inputs), &[]);
        Fault::answer(status, headers, &scope).unwrap_or_else(|error| {
            Answer::json(
                StatusCode::INTERNAL_SERVER_ERROR,
                &json!({ "error": error.to_string() }),
            )
        })
    }

    /// Answers a request. The lock is held from the first look at the data to the last change of it.
    pub(super) fn answer(&self, received: &Received) -> Answer {
        let mut data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        let mut refusals = Vec::new();
        for (number, route) in self.candidates(&received.method) {
            let Some(parameters) = route.pattern.matches(&received.segments) else {
                continue;
            };
            let scope = received.scope(&data.scope(&self.inputs), &parameters);
            match route
                .when
                .as_ref()
                .map_or(Verdict::Met, |when| when.judge(&received.message(), &scope))
            {
                Verdict::Met => {}
                Verdict::Unmet(unmet) => {
                    refusals.push((number, self.secrets.explain(&unmet)));
                    continue;
                }
                Verdict::Unclear(reason) => return self.failure(route, &format!("when: {reason}")),
            }
            return match self.follow(route, received, &parameters, &mut data) {
                Ok(answer) => answer,
                Err(reason) => self.failure(route, &reason),
            };
        }
        unmatched::answer(received, &self.mock.routes, &refusals, |text| {
            self.secrets.mask(text)
        })
    }

    /// The routes of a method with their numbers, in order; for a HEAD, those of GET after its own.
    fn candidates(&self, method: &Method) -> impl Iterator<Item = (usize, &Route)> {
        let fallback = (*method == Method::HEAD).then_some(Method::GET);
        let methods = std::iter::once(method.clone()).chain(fallback);
        methods.flat_map(|method| {
            self.mock
                .routes
                .iter()
                .enumerate()
                .filter(move |(_, route)| route.method == method)
        })
    }

    /// What a route that fits does. The data are changed only if the answer itself could be rendered.
    fn follow(
        &self,
        route: &Route,
        received: &Received,
        parameters: &[(&str, String)],
        data: &mut Data,
    ) -> Result<Answer, String> {
        let before = received.scope(&data.scope(&self.inputs), parameters);
        for guard in route.guards.iter().filter_map(|name| self.mock.guards.get(name)) {
            if let Some(respond) = guard.stops(&received.message(), &before)? {
                return respond.answer(&before).map_err(in_words);
            }
        }
        let mut changed = data.clone();
        for change in &route.changes {
            let scope = received.scope(&changed.scope(&self.inputs), parameters);
            if !change.apply(&mut changed, &scope)? {
                return match route.respond.otherwise() {
                    Some(otherwise) => otherwise.answer(&before).map_err(in_words),
                    None => Ok(Answer::json(
                        StatusCode::NOT_FOUND,
                        &json!({ "error": "there is no such item" }),
                    )),
                };
            }
        }
        let after = received.scope(&changed.scope(&self.inputs), parameters);
        match (route.respond.render(&after), route.respond.otherwise()) {
            (Ok(answer), _) => {
                *data = changed;
                Ok(answer)
            }
            (Err(error), Some(otherwise)) if is_undefined(&error) => {
                otherwise.answer(&before).map_err(in_words)
            }
            (Err(error), _) => Err(in_words(error)),
        }
    }

    /// The answer where the mock itself is wrong.
    fn failure(&self, route: &Route, reason: &str) -> Answer {
        let error = format!("the route {} cannot answer", route.title());
        let why = self.secrets.mask(reason);
        let body = json!({ "error": error, "why": why, "at": route.place.to_string() });
        Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &body)
    }
}

fn in_words(error: TemplateError) -> String {
    match &error.place {
        Some(place) => format!("{error}, at {place}"),
        None => error.to_string(),
    }
}

/// The inputs that are not echoed.
#[derive(Debug, Default)]
struct Secrets {
    vault: Vault,
    labels: Vec<String>,
}

impl Secrets {
    /// What is secret about an input: all of it, if its name ends in a word such as `key` or `token`.
    fn secrecy(&mut self, name: &str, value: &Value) -> Secrecy {
        let last = name.rsplit(['_', '-']).next().unwrap_or(name).to_lowercase();
        if !matches!(last.as_str(), "key" | "apikey" | "token" | "secret" | "password") {
            return Secrecy::None;
        }
        let label = Label::new(name);
        if let Value::String(text) = value {
            self.vault.add(text, &label);
        }
        self.labels.push(label.to_string());
        Secrecy::Whole(label)
    }

    fn mask(&self, text: &str) -> String {
        self.vault.mask_text(text).into_owned()
    }

    /// Why a condition was not met. What was sent in a secret's place is one too, only not this one.
    fn explain(&self, unmet: &Unmet) -> String {
        let Unmet {
            subject,
            expected,
            actual,
        } = unmet;
        let names_a_secret = |text: &str| self.labels.iter().any(|label| text.contains(label.as_str()));
        let hidden = actual != "nothing" && (names_a_secret(expected) || names_a_secret(actual));
        let actual = if hidden { "something else" } else { actual };
        format!("when: {subject} expected {expected}, found {actual}")
    }
}
