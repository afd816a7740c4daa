//! One request with its answer, within its session.

use tokio::time::Instant;

use super::assemble::{self, Surroundings};
use super::record::Shown;
use super::session::{Reason, Session};
use super::step::{Lane, Performed};
use super::{Run, Sink};
use crate::collection::{RequestSpec, Step};
use crate::http::{self, HttpError, Phase, Response};
use crate::outcome::{ErrorKind, Spot, StepError};
use crate::secret::{self, Label};
use crate::template::Scope;

/// A request of a step, with what it is made under.
#[derive(Clone, Copy)]
pub(super) struct Requested<'a> {
    pub(super) step: &'a Step,
    pub(super) spec: &'a RequestSpec,
    pub(super) scope: &'a Scope,
    pub(super) lane: Lane<'a>,
    pub(super) session: Option<&'a Session>,
}

/// A request without an answer.
pub(super) struct Unanswered {
    pub(super) error: StepError,
    /// True if it was the transport, which may be better the next time.
    pub(super) is_transient: bool,
}

impl From<StepError> for Unanswered {
    fn from(error: StepError) -> Self {
        Unanswered {
            error,
            is_transient: false,
        }
    }
}

impl<S: Sink> Run<'_, S> {
    /// The answer to a step's request, within its session; a refused login is renewed and the request sent again,
    /// once. Where there is a deadline, the request has the time until then; where there is none, it is set.
    pub(super) async fn exchange(
        &self,
        requested: Requested<'_>,
        deadline: &mut Option<Instant>,
        performed: &mut Performed,
    ) -> Result<(Response, Shown), Unanswered> {
        let Requested {
            step,
            spec,
            scope,
            lane,
            session,
        } = requested;
        let mut reason = Reason::First;
        loop {
            let (headers, generation) = match session {
                Some(session) => self.session_headers(session, reason, lane, performed).await?,
                None => (Vec::new(), 0),
            };
            let around = Surroundings {
                scope,
                defaults: lane.defaults,
                defaults_scope: lane.defaults_scope,
                session_headers: &headers,
            };
            let mut assembled = assemble::assemble(spec, &step.place, &around)?;
            self.remember_credentials(&assembled.request);
            let host = assembled.request.url.host_str().unwrap_or_default().to_owned();
            let waits = || self.sink.waits(lane.number, &format!("a place at {host}"));
            let _place = self.hosts.place(&assembled.request.url, waits).await;
            let total = &mut assembled.request.timeouts.total;
            match deadline {
                Some(deadline) => *total = deadline.saturating_duration_since(Instant::now()),
                None => *deadline = Some(Instant::now() + *total),
            }
            let shown = Shown::new(&assembled, self.sink.now());
            let observe = |phase: Phase| self.sink.waits(lane.number, phase.awaited());
            let sent = self
                .setting
                .client
                .send(assembled.request, Some(lane.jar), &self.setting.policy, &observe)
                .await;
            let response = match sent {
                Ok(response) => response,
                Err(error) => {
                    let exchange = shown.exchange(lane.origin, None, &self.setting.vault);
                    performed.exchanges.push(exchange);
                    return Err(Unanswered {
                        error: transport_error(&error, step),
                        is_transient: is_transient(&error.kind),
                    });
                }
            };
            let status = response.status.as_u16();
            let is_refused = session.is_some_and(|session| session.spec.renew_status.contains(&status));
            if is_refused && reason == Reason::First {
                reason = Reason::Refused(generation, status);
                let exchange = shown.exchange(lane.origin, Some(&response), &self.setting.vault);
                performed.exchanges.push(exchange);
                // The login that comes now does not take from the request's own time.
                *deadline = None;
                continue;
            }
            return Ok((response, shown));
        }
    }

    /// Puts credentials that nobody declared as secrets where the mask finds them, should an answer repeat them.
    fn remember_credentials(&self, request: &http::Request) {
        let vault = &self.setting.vault;
        if let Some(password) = request.url.password() {
            let password = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
            if !secret::weak(&password) && vault.contains_any(password.as_bytes()).is_none() {
                vault.add(&password, &Label::new("password"));
            }
        }
        for (name, value) in request.headers.iter().filter(|(_, value)| value.is_sensitive()) {
            let Ok(text) = value.to_str() else { continue };
            // What follows a scheme such as `Bearer`, or a cookie's name.
            let credentials = text
                .rsplit([' ', '='])
                .find(|part| !part.is_empty())
                .unwrap_or(text);
            if !secret::weak(credentials) && vault.contains_any(text.as_bytes()).is_none() {
                vault.add(credentials, &Label::new(name.as_str()));
            }
        }
    }
}

/// True if the transport failed in a way that may be over the next time. A refusal, a limit and an answer that is not
/// HTTP stay what they are.
fn is_transient(kind: &http::ErrorKind) -> bool {
    match kind {
        http::ErrorKind::Dns
        | http::ErrorKind::Connect
        | http::ErrorKind::Tls
        | http::ErrorKind::Timeout(_)
        | http::ErrorKind::Framing => true,
        http::ErrorKind::Refused(_)
        | http::ErrorKind::Limit(_)
        | http::ErrorKind::Redirect
        | http::ErrorKind::Protocol
        | http::ErrorKind::InvalidHeader
        | http::ErrorKind::InvalidUrl
        | http::ErrorKind::Options => false,
    }
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
