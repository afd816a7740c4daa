//! One request with its answer, within its session.

use ::http as http_types;

use super::assemble::{self, Surroundings};
use super::record::Shown;
use super::session::{Reason, Session};
use super::step::Lane;
use super::{Run, Sink};
use crate::collection::{RequestSpec, Step};
use crate::http::{self, HttpError, Phase, Response};
use crate::outcome::{ErrorKind, Exchange, Spot, StepError};
use crate::secret::{self, Label};
use crate::template::Scope;

impl<S: Sink> Run<'_, S> {
    /// The answer to a step's request, within its session; a refused login is renewed and the request sent again,
    /// once.
    pub(super) async fn answer(
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
