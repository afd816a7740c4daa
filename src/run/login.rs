//! The headers a session adds to a request, and the login that gives them.

use std::sync::Mutex;

use super::assemble::{self, template_error};
use super::session::{Reason, Session};
use super::snapshot::Shelf;
use super::step::{Lane, Performed};
use super::{Run, Sink};
use crate::collection::{LOGIN, SessionChoice};
use crate::http::Jar;
use crate::outcome::{CheckResult, CheckState, ErrorKind, Origin, StepError};
use crate::secret::Rendered;

impl<S: Sink> Run<'_, S> {
    /// The headers a session adds, from its current login.
    pub(super) async fn session_headers(
        &self,
        session: &Session,
        reason: Reason,
        lane: Lane<'_>,
        asking: &mut Performed,
    ) -> Result<(Vec<(String, Rendered)>, u64), StepError> {
        let jar = Mutex::new(Jar::default());
        let none = SessionChoice::None;
        let name = crate::snapshot::slug(&session.spec.name);
        let log_in = async || {
            self.sink
                .waits(lane.number, format!("the session {}", session.spec.name));
            let lane = Lane {
                jar: &jar,
                session: &none,
                defaults: &self.project.defaults,
                defaults_scope: &self.setting.scope,
                origin: Origin::Session,
                shelf: Shelf::of_login(&name),
                ..lane
            };
            let (mut performed, outputs) =
                Box::pin(self.call(&session.spec.login, &self.setting.scope, lane)).await;
            asking.exchanges.append(&mut performed.exchanges);
            asking.attempts.append(&mut performed.attempts);
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
