//! Sending a request again: when its transport failed or its status says so, and as long as there is time.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::exchange::{Requested, Unanswered};
use super::record::Shown;
use super::step::Performed;
use super::{Run, Sink};
use crate::collection::{Repeat, Retry, RetryPolicy};
use crate::http::{self, Response};
use crate::outcome::{Attempt, AttemptKind, StepError};

impl<S: Sink> Run<'_, S> {
    /// The answer to a request, at whichever attempt it came. All attempts and the waits between them are over within
    /// the time of the request, which starts when it is first sent. A good attempt of a poll or a list is told by
    /// whoever judges it.
    pub(super) async fn answer(
        &self,
        requested: Requested<'_>,
        performed: &mut Performed,
    ) -> Result<(Response, Shown), StepError> {
        let Requested { spec, lane, .. } = requested;
        let mut deadline = None;
        let Some(policy) = Retry::policy(spec.retry.as_ref(), lane.defaults.retry.as_ref(), &spec.method)
        else {
            let sent = self.exchange(requested, &mut deadline, performed).await;
            return sent.map_err(|unanswered| unanswered.error);
        };
        let mut number = 0;
        loop {
            number += 1;
            let at = self.sink.now();
            let tried = self.exchange(requested, &mut deadline, performed).await;
            let (status, found) = came_to(&tried);
            let attempt = Attempt {
                number: lane.next_attempt(performed),
                kind: AttemptKind::Retry,
                at,
                duration: self.sink.now().saturating_sub(at),
                status,
                good: tried.is_ok(),
                found,
                wait: None,
            };
            let Some(asked) = calls_for_another(&tried, &policy) else {
                if number > 1 && (tried.is_err() || matches!(spec.repeat, Repeat::Once)) {
                    self.attempted(lane.number, attempt, performed);
                }
                return tried.map_err(|unanswered| unanswered.error);
            };
            let left = deadline.map_or(Duration::MAX, |deadline: Instant| {
                deadline.saturating_duration_since(Instant::now())
            });
            let wait = wait(&policy, number, asked);
            let is_last = number >= policy.attempts;
            let has_time = wait < left;
            let mut found = attempt.found;
            if let Some(asked) = asked {
                found.push_str(&format!(", Retry-After {}", rounded(asked)));
            }
            if !is_last && !has_time {
                let (wait, left) = (rounded(wait), rounded(left));
                found.push_str(&format!("; no time to wait {wait}: {left} are left"));
            }
            let goes_on = !is_last && has_time;
            if policy.attempts > 1 {
                let attempt = Attempt {
                    good: false,
                    found,
                    wait: goes_on.then(|| micros(wait)),
                    ..attempt
                };
                self.attempted(lane.number, attempt, performed);
            }
            if !goes_on {
                return tried.map_err(|unanswered| unanswered.error);
            }
            if let Ok((response, shown)) = tried {
                let exchange = shown.exchange(lane.origin, Some(&response), &self.setting.vault);
                performed.exchanges.push(exchange);
            }
            self.sink.waits(lane.number, "the next attempt");
            tokio::time::sleep(wait).await;
        }
    }

    /// Tells of an attempt that is over, and keeps it.
    pub(super) fn attempted(&self, step: usize, attempt: Attempt, performed: &mut Performed) {
        let attempt = Attempt {
            found: self.setting.vault.mask_text(&attempt.found).into_owned(),
            ..attempt
        };
        self.sink.attempt_finished(step, attempt.clone());
        performed.attempts.push(attempt);
    }
}

/// The status of an attempt, if it has one, and what it found in words.
fn came_to(tried: &Result<(Response, Shown), Unanswered>) -> (Option<u16>, String) {
    match tried {
        Ok((response, _)) => (Some(response.status.as_u16()), response.status.to_string()),
        Err(unanswered) => (None, unanswered.error.message.clone()),
    }
}

/// Whether another attempt is called for, and then how long the server asks to wait before it, if it does.
fn calls_for_another(
    tried: &Result<(Response, Shown), Unanswered>,
    policy: &RetryPolicy,
) -> Option<Option<Duration>> {
    match tried {
        Ok((response, _)) => policy
            .statuses
            .contains(&response.status.as_u16())
            .then(|| http::retry_after(&response.headers, SystemTime::now())),
        Err(unanswered) => unanswered.is_transient.then_some(None),
    }
}

/// How long to wait after an attempt: what the server asks for, or what the policy says if that is longer. Each wait of
/// the policy is twice the one before, and a random part of its second half is left out, so that cases which failed
/// together do not come back together.
fn wait(policy: &RetryPolicy, number: usize, asked: Option<Duration>) -> Duration {
    let doublings = u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX);
    let longest = 2_u32
        .checked_pow(doublings)
        .and_then(|times| policy.backoff.checked_mul(times))
        .map_or(policy.max, |backoff| backoff.min(policy.max));
    let jittered = longest.mul_f64(rand::random_range(0.5..=1.0));
    asked.unwrap_or_default().max(jittered)
}

/// A duration in words, to the millisecond or, for long ones, to the second.
pub(super) fn rounded(duration: Duration) -> humantime::FormattedDuration {
    let rounded = if duration >= Duration::from_secs(10) {
        Duration::from_secs(duration.as_secs())
    } else {
        Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    };
    humantime::format_duration(rounded)
}

/// A duration as events tell it.
pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> RetryPolicy {
        RetryPolicy {
            attempts: 9,
            statuses: vec![429],
            backoff: Duration::from_millis(100),
            max: Duration::from_secs(1),
        }
    }

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread_over_their_second_half() {
        for (number, whole) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (400, 1000)] {
            for _ in 0..50 {
                let wait = wait(&policy(), number, None);
                let whole = Duration::from_millis(whole);
                assert!(whole / 2 <= wait && wait <= whole, "{number}: {wait:?}");
            }
        }
    }

    #[test]
    fn what_the_server_asks_for_is_never_cut() {
        let asked = Duration::from_secs(90);
        assert_eq!(wait(&policy(), 1, Some(asked)), asked);
        assert!(wait(&policy(), 1, Some(Duration::ZERO)) >= Duration::from_millis(50));
    }
}
