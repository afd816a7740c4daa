//! One request with its answer, within its session.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::assemble::{self, Assembled, Surroundings};
use super::pages::Page;
use super::record::Shown;
use super::session::{Reason, Session};
use super::step::{Lane, Performed};
use super::{Run, Sink};
use crate::collection::{RequestSpec, Step};
use crate::http::{self, HttpError, Phase, Refusal, Response};
use crate::outcome::{ErrorKind, Exchange, Failure, Origin, Spot, StepError};
use crate::secret::Vault;
use crate::template::Scope;

/// A request of a step, with what it is made under.
#[derive(Clone, Copy)]
pub(super) struct Requested<'a> {
    pub(super) step: &'a Step,
    pub(super) spec: &'a RequestSpec,
    pub(super) scope: &'a Scope,
    pub(super) lane: Lane<'a>,
    pub(super) session: Option<&'a Session>,
    /// Which page of a list is asked for.
    pub(super) page: &'a Page,
}

/// A request that is sent, for whoever gives up waiting for its answer.
pub(super) struct UnderWay {
    pub(super) shown: Shown,
    /// How far it has come.
    pub(super) phase: Mutex<Phase>,
}

impl UnderWay {
    fn new(shown: Shown) -> UnderWay {
        UnderWay {
            shown,
            phase: Mutex::new(Phase::Prepare),
        }
    }

    /// The exchange without an answer, as one that took too long.
    pub(super) fn given_up(self, origin: Origin, vault: &Vault) -> Exchange {
        let phase = self.phase.into_inner().unwrap_or_else(PoisonError::into_inner);
        Exchange {
            failure: Some(Failure {
                kind: http::ErrorKind::Timeout(phase).as_str().to_owned(),
                phase,
            }),
            ..self.shown.exchange(origin, None, vault)
        }
    }
}

/// A request without an answer.
pub(super) struct Unanswered {
    pub(super) error: StepError,
    /// True if it was the transport, which may be better the next time.
    pub(super) is_transient: bool,
    /// What the transport failed at, if it was the transport.
    pub(super) failure: Option<Failure>,
}

impl From<StepError> for Unanswered {
    fn from(error: StepError) -> Self {
        Unanswered {
            error,
            is_transient: false,
            failure: None,
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
            page,
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
                page,
            };
            let mut assembled = assemble::assemble(spec, &step.place, &around)?;
            if !page.is_first() {
                self.remember_carried(&mut assembled);
            }
            self.remember_sent(&assembled.request);
            self.take_turn(requested, &assembled.request.url, *deadline)
                .await?;
            let waits = || {
                let host = assembled.request.url.host_str().unwrap_or_default();
                self.sink.waits(lane.number, format!("a place at {host}"));
            };
            let _place = self.hosts.place(&assembled.request.url, waits).await;
            let total = &mut assembled.request.timeouts.total;
            match deadline {
                Some(deadline) => *total = whole_millis(deadline.saturating_duration_since(Instant::now())),
                None => *deadline = Some(Instant::now() + *total),
            }
            let (request, shown) = Shown::split(assembled, self.sink.now());
            let under_way = performed.under_way.insert(UnderWay::new(shown));
            let sent = self.send(requested, request, under_way).await;
            let Some(UnderWay { shown, .. }) = performed.under_way.take() else {
                unreachable!("it was put there above, and nobody else takes it while it is awaited");
            };
            let response = match sent {
                Ok(response) => response,
                Err(unanswered) => {
                    performed.exchanges.push(Exchange {
                        failure: unanswered.failure.clone(),
                        ..shown.exchange(lane.origin, None, &self.setting.vault)
                    });
                    return Err(unanswered);
                }
            };
            self.remember_answered(requested, &response);
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

    /// Waits until the host may be asked: as often as every rate that applies allows.
    async fn take_turn(
        &self,
        requested: Requested<'_>,
        url: &Url,
        deadline: Option<Instant>,
    ) -> Result<(), StepError> {
        let Requested { step, spec, lane, .. } = requested;
        let rates = lane.defaults.rates.iter().copied();
        let rates = rates.chain(spec.rate).chain(self.setting.rate);
        let Some(turn) = self.rates.turn(url, rates, Instant::now()) else {
            return Ok(());
        };
        if deadline.is_some_and(|deadline| deadline <= turn.at) {
            return Err(StepError {
                kind: ErrorKind::Timeout,
                message: format!(
                    "the rate of {} leaves no turn for another attempt in time",
                    turn.rate
                ),
                help: None,
                place: Some(Spot::with_excerpt(&step.place)),
            });
        }
        if turn.at > Instant::now() {
            self.sink.waits(lane.number, format!("its turn at {}", turn.rate));
            tokio::time::sleep_until(turn.at).await;
        }
        Ok(())
    }

    /// Takes note of secrets in the URL of a page that an answer named: it often repeats the query of the first page.
    fn remember_carried(&self, assembled: &mut Assembled) {
        if let Some(label) = self
            .setting
            .vault
            .contains_any(assembled.request.url.as_str().as_bytes())
        {
            assembled.request.carries_secret = true;
            if !assembled.secrets.iter().any(|known| known == label.name()) {
                assembled.secrets.push(label.name().to_owned());
            }
        }
    }
}

/// A duration without what is less than a millisecond, for errors that name it.
fn whole_millis(duration: Duration) -> Duration {
    Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// True if the transport failed in a way that may be over the next time. A refusal, a limit and an answer that is not
/// HTTP stay what they are.
pub(super) fn is_transient(kind: &http::ErrorKind) -> bool {
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

pub(super) fn transport_error(error: &HttpError, step: &Step) -> StepError {
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
        http::ErrorKind::Refused(Refusal::PlainHttp { .. }) => {
            Some("write https, or say --allow-http where nothing secret is sent".to_owned())
        }
        http::ErrorKind::Refused(Refusal::UnboundSecret { .. } | Refusal::OtherHost { .. }) => {
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
