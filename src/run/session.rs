//! Sessions: one login that many requests share, renewed in a single flight.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::collection::SessionSpec;
use crate::outcome::{ErrorKind, StepError};
use crate::template::Variable;
use crate::template::functions::jwt_claims;

/// The sessions of a run.
#[derive(Debug, Default)]
pub struct Sessions(IndexMap<String, Session>);

/// A session and its current login.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) spec: Arc<SessionSpec>,
    /// Held while a login is under way: whoever waits for it finds a new generation, or the failure.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    generation: u64,
    login: Option<Lease>,
    /// Why no login is to be had. Kept, so that a wrong key is tried once and not by every case.
    failure: Option<StepError>,
}

/// A login as a request uses it.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    /// Counts the logins; a refusal of an older one is no reason to renew.
    pub(super) generation: u64,
    /// The outputs of the login's recipe.
    pub(super) outputs: Variable,
    /// When a token among them ends.
    expires: Option<Timestamp>,
}

/// Why a session logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Nobody has yet.
    First,
    /// A request of this generation was answered with this status.
    Refused(u64, u16),
}

impl Sessions {
    /// The sessions of a project, nobody logged in yet.
    pub fn new(specs: &IndexMap<String, Arc<SessionSpec>>) -> Self {
        let session = |spec: &Arc<SessionSpec>| Session {
            spec: Arc::clone(spec),
            state: Mutex::default(),
        };
        Sessions(
            specs
                .iter()
                .map(|(name, spec)| (name.clone(), session(spec)))
                .collect(),
        )
    }

    /// Lets sessions that could not log in try again: for another run with the same logins.
    pub fn forget_failures(&mut self) {
        for session in self.0.values_mut() {
            session.state.get_mut().failure = None;
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Session> {
        self.0.get(name)
    }
}

impl Session {
    /// The current login; `log_in` is called if there is none, if it is about to end, or if `reason` speaks of the
    /// current one. `renewed` is told why, if it is not the first.
    ///
    /// # Errors
    /// What went wrong with the login, now or before.
    pub(super) async fn lease(
        &self,
        reason: Reason,
        log_in: impl AsyncFnOnce() -> Result<Variable, StepError>,
        renewed: impl FnOnce(&str),
    ) -> Result<Lease, StepError> {
        let mut state = self.state.lock().await;
        if let Some(failure) = &state.failure {
            return Err(failure.clone());
        }
        let why = match (&state.login, reason) {
            (None, _) => None,
            (Some(login), Reason::Refused(generation, status)) if login.generation == generation => {
                Some(format!("answered with {status}"))
            }
            (Some(login), _) if self.ends_soon(login) => Some("the token is about to expire".to_owned()),
            (Some(login), _) => return Ok(login.clone()),
        };
        if let Some(why) = &why {
            renewed(why);
        }
        match log_in().await {
            Ok(outputs) => {
                state.generation += 1;
                let expires = earliest_expiry(outputs.value());
                let lease = Lease {
                    generation: state.generation,
                    outputs,
                    expires,
                };
                state.login = Some(lease.clone());
                Ok(lease)
            }
            Err(error) => {
                let failure = StepError {
                    kind: if error.kind == ErrorKind::Policy {
                        ErrorKind::Policy
                    } else {
                        ErrorKind::Session
                    },
                    message: format!(
                        "the session {} could not log in: {}",
                        self.spec.name, error.message
                    ),
                    ..error
                };
                state.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    fn ends_soon(&self, login: &Lease) -> bool {
        let (Some(before), Some(expires)) = (self.spec.before_expiry, login.expires) else {
            return false;
        };
        let before = SignedDuration::try_from(before).unwrap_or(SignedDuration::MAX);
        expires.duration_since(Timestamp::now()) < before && login.fresh_for_more_than(before)
    }
}

impl Lease {
    /// False for a token that was given out with less time left than it is renewed before: renewing it before every
    /// request would help nobody.
    fn fresh_for_more_than(&self, before: SignedDuration) -> bool {
        self.issued().is_none_or(|issued| {
            self.expires
                .is_none_or(|expires| expires.duration_since(issued) > before)
        })
    }

    fn issued(&self) -> Option<Timestamp> {
        texts(self.outputs.value())
            .iter()
            .find_map(|text| jwt_claims::issued(text))
    }
}

/// The end of the token among the outputs that ends first.
fn earliest_expiry(outputs: &Value) -> Option<Timestamp> {
    texts(outputs)
        .iter()
        .filter_map(|text| jwt_claims::expiry(text))
        .min()
}

fn texts(outputs: &Value) -> Vec<&str> {
    outputs
        .as_object()
        .into_iter()
        .flat_map(|outputs| outputs.values())
        .filter_map(Value::as_str)
        .collect()
}
