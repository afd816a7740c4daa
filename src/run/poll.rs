//! A poll: the same request again, until its answer is the one waited for or there is no time left.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::exchange::Requested;
use super::record::Shown;
use super::retry::micros;
use super::step::Performed;
use super::{Run, Sink};
use crate::collection::Poll;
use crate::extract::Message;
use crate::http::Response;
use crate::outcome::{Attempt, AttemptKind, CheckResult, CheckState, ErrorKind, Spot, StepError};

/// The last answer of a poll, with what `until` says of it.
pub(super) struct Polled {
    pub(super) response: Response,
    pub(super) shown: Shown,
    pub(super) until: Vec<CheckResult>,
}

impl<S: Sink> Run<'_, S> {
    /// Repeats a request until `until` holds of its answer, `abort` holds, or the time is over. Of the conditions of
    /// the last answer those that do not hold say how the poll ended.
    ///
    /// # Errors
    /// A request that could not be answered, which no poll waits for: that is what `retry` is there for. And a time
    /// that was over before there was any answer.
    pub(super) async fn poll(
        &self,
        poll: &Poll,
        requested: Requested<'_>,
        performed: &mut Performed,
    ) -> Result<Polled, StepError> {
        let Requested { scope, lane, .. } = requested;
        let deadline = Instant::now() + poll.within;
        let within = humantime::format_duration(poll.within);
        let mut last: Option<Polled> = None;
        let mut answers = 0;
        loop {
            let at = self.sink.now();
            let told = performed.attempts.len();
            let tried = timeout_at(deadline, self.answer(requested, performed)).await;
            let mut attempt = Attempt {
                number: lane.next_attempt(performed),
                kind: AttemptKind::Poll,
                at,
                duration: self.sink.now().saturating_sub(at),
                status: None,
                good: false,
                found: String::new(),
                wait: None,
            };
            let (response, shown) = match tried {
                Ok(Ok(answer)) => answer,
                Ok(Err(error)) => {
                    if performed.attempts.len() == told {
                        attempt.found.clone_from(&error.message);
                        self.attempted(lane.number, attempt, performed);
                    }
                    self.keep(last, requested, performed);
                    return Err(error);
                }
                Err(_) => {
                    // The last answer goes on to be judged, and stands behind what was kept of the others.
                    if let Some(given_up) = performed.under_way.take() {
                        let exchange = given_up.given_up(lane.origin, &self.setting.vault);
                        performed.keep_of_many(exchange);
                    }
                    attempt.found = format!("no answer before the {within} were over");
                    self.attempted(lane.number, attempt, performed);
                    return last
                        .map(|last| given_up(last, &format!("the {within} of the poll are over")))
                        .ok_or_else(|| StepError {
                            kind: ErrorKind::Timeout,
                            message: format!("no answer within the {within} of the poll"),
                            help: None,
                            place: Some(Spot::with_excerpt(&poll.place)),
                        });
                }
            };
            self.keep(last.take(), requested, performed);
            answers += 1;
            let message = Message::response(&response);
            let until = poll.until.judge(&message, scope);
            attempt.status = Some(response.status.as_u16());
            let unmet = until.iter().find(|check| check.state != CheckState::Held);
            let Some(unmet) = unmet else {
                attempt.good = true;
                attempt.found = "`until` holds".to_owned();
                self.attempted(lane.number, attempt, performed);
                return Ok(Polled {
                    response,
                    shown,
                    until,
                });
            };
            attempt.found = said(unmet);
            let aborted = poll.abort.as_ref().and_then(|abort| {
                let checks = abort.judge(&message, scope);
                let holds = checks.iter().all(|check| check.state == CheckState::Held);
                holds.then(|| {
                    let said = checks
                        .iter()
                        .map(|check| format!("{} {}", check.subject, check.expectation));
                    format!("`abort` holds: {}", said.collect::<Vec<_>>().join(", "))
                })
            });
            let polled = Polled {
                response,
                shown,
                until,
            };
            if let Some(aborted) = aborted {
                attempt.found.clone_from(&aborted);
                self.attempted(lane.number, attempt, performed);
                return Ok(given_up(polled, &aborted));
            }
            let wait = poll.wait(answers);
            if deadline.saturating_duration_since(Instant::now()) <= wait {
                self.attempted(lane.number, attempt, performed);
                let why = format!("not within {within}, at attempt {answers}");
                return Ok(given_up(polled, &why));
            }
            attempt.wait = Some(micros(wait));
            self.attempted(lane.number, attempt, performed);
            last = Some(polled);
            self.pause(wait, requested).await;
        }
    }

    async fn pause(&self, wait: Duration, requested: Requested<'_>) {
        self.sink.waits(requested.lane.number, "the next attempt");
        tokio::time::sleep(wait).await;
    }

    /// Keeps the exchange of an answer that was not the last one.
    fn keep(&self, polled: Option<Polled>, requested: Requested<'_>, performed: &mut Performed) {
        if let Some(Polled { response, shown, .. }) = polled {
            let exchange = shown.exchange(requested.lane.origin, Some(&response), &self.setting.vault);
            performed.keep_of_many(exchange);
        }
    }
}

/// What a condition that does not hold found, on one line.
pub(super) fn said(check: &CheckResult) -> String {
    match &check.state {
        CheckState::Held => format!("{} {}", check.subject, check.expectation),
        CheckState::Failed(mismatch) => format!(
            "{}: found {}, expected {}",
            mismatch.subject, mismatch.actual, mismatch.expected
        ),
        CheckState::Errored(reason) | CheckState::Skipped(reason) => {
            format!("{}: {reason}", check.subject)
        }
    }
}

/// A poll that ended without what it waited for; each condition that does not hold says why nobody waited longer.
fn given_up(polled: Polled, why: &str) -> Polled {
    let until = polled
        .until
        .into_iter()
        .map(|check| because(check, why))
        .collect();
    Polled { until, ..polled }
}

/// A check with one more word on why it is as it is, unless it holds.
pub(super) fn because(mut check: CheckResult, why: &str) -> CheckResult {
    match &mut check.state {
        CheckState::Held | CheckState::Skipped(_) => {}
        CheckState::Errored(reason) => *reason = format!("{reason} ({why})"),
        CheckState::Failed(mismatch) => {
            mismatch.hint = Some(match mismatch.hint.take() {
                Some(hint) => format!("{why}; {hint}"),
                None => why.to_owned(),
            });
        }
    }
    check
}
