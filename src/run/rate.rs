//! How often a host is asked: a bucket of tokens for each host and rate, shared by everything that runs.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use crate::decode::Rate;

/// The buckets of a run.
#[derive(Debug, Default)]
pub(super) struct Rates(Mutex<HashMap<(String, Rate), Bucket>>);

/// When a request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// The time.
    pub(super) at: Instant,
    /// The rate that says so.
    pub(super) rate: Rate,
}

/// A bucket of tokens, as the time when it is full again (the generic cell rate algorithm, which is a token bucket
/// without a timer).
///
/// It holds a tenth of what the rate allows, at least one token, and is filled so slowly that what it held and what
/// came in never make more than the rate in any stretch of its time: a server that counts by the minute is content
/// whenever its minute begins.
#[derive(Debug)]
struct Bucket {
    full_at: Instant,
    /// The time between two tokens.
    interval: Duration,
    /// How long an empty bucket takes to have all its tokens but one.
    burst: Duration,
}

impl Bucket {
    fn new(rate: Rate, now: Instant) -> Bucket {
        let count = rate.count.get();
        let held = (count / 10).max(1);
        let interval = rate.per.duration() / (count - held + 1);
        Bucket {
            full_at: now,
            interval,
            burst: interval * (held - 1),
        }
    }

    /// Takes a token that is there, or the next one that will be; tells when that is.
    fn take(&mut self, now: Instant) -> Instant {
        let full_at = self.full_at.max(now);
        self.full_at = full_at + self.interval;
        full_at.checked_sub(self.burst).map_or(now, |at| at.max(now))
    }
}

impl Rates {
    /// The turn of a request to this URL under all of these rates, if there are any. Asking for it takes it.
    pub(super) fn turn(&self, url: &Url, rates: impl Iterator<Item = Rate>, now: Instant) -> Option<Turn> {
        let host = host(url);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut last: Option<Turn> = None;
        let mut seen: Vec<Rate> = Vec::new();
        for rate in rates {
            if seen.contains(&rate) {
                continue;
            }
            seen.push(rate);
            let bucket = buckets
                .entry((host.clone(), rate))
                .or_insert_with(|| Bucket::new(rate, now));
            let turn = Turn {
                at: bucket.take(now),
                rate,
            };
            if last.is_none_or(|last| last.at < turn.at) {
                last = Some(turn);
            }
        }
        last
    }
}

/// A host with its port.
fn host(url: &Url) -> String {
    format!(
        "{}:{}",
        url.host_str().unwrap_or_default(),
        url.port_or_known_default().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decode;

    fn rate(text: &str) -> Rate {
        decode::rate(text).expect("a rate")
    }

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    /// The turns, in milliseconds, of so many requests that all want to go at once.
    fn turns(rates: &[&str], count: usize) -> Vec<u128> {
        let buckets = Rates::default();
        let now = Instant::now();
        (0..count)
            .map(|_| {
                let rates = rates.iter().map(|text| rate(text));
                let turn = buckets.turn(&url("http://a.test/"), rates, now).expect("a turn");
                (turn.at - now).as_millis()
            })
            .collect()
    }

    #[test]
    fn a_small_rate_is_even_and_a_large_one_has_a_tenth_at_once() {
        assert_eq!(turns(&["5/s"], 4), [0, 200, 400, 600]);
        assert_eq!(turns(&["1/min"], 3), [0, 60_000, 120_000]);
        let turns = turns(&["500/min"], 500);
        assert!(turns[..50].iter().all(|at| *at == 0) && turns[50] > 0);
        assert!(turns[499] < 60_000, "{}", turns[499]);
    }

    #[test]
    fn each_host_has_its_own_and_the_slowest_rate_decides() {
        let buckets = Rates::default();
        let now = Instant::now();
        let turn = |text: &str| {
            buckets
                .turn(&url(text), [rate("1/s")].into_iter(), now)
                .expect("a turn")
                .at
        };
        assert_eq!(turn("http://a.test/x"), now);
        assert_eq!(turn("http://b.test/"), now);
        assert_eq!(turn("http://a.test:81/"), now);
        assert_eq!(turn("http://a.test/y"), now + Duration::from_secs(1));
        assert_eq!(turns(&["5/s", "1/s", "5/s"], 3), [0, 1000, 2000]);
        assert_eq!(turns(&["1/s", "5/s"], 3), [0, 1000, 2000]);
        assert_eq!(
            buckets.turn(&url("http://a.test/"), std::iter::empty(), now),
            None
        );
    }

    proptest! {
        /// However requests come, no stretch of time has more of them than the rate allows.
        #[test]
        fn no_stretch_of_time_has_more_than_the_rate(
            count in 1_u32..60,
            pauses in proptest::collection::vec(0_u64..200, 1..200),
        ) {
            let buckets = Rates::default();
            let begin = Instant::now();
            let mut now = begin;
            let mut at: Vec<Duration> = Vec::new();
            for pause in pauses {
                now += Duration::from_millis(pause);
                let rates = [rate(&format!("{count}/s"))].into_iter();
                let turn = buckets.turn(&url("http://a.test/"), rates, now).expect("a turn");
                prop_assert!(turn.at >= now);
                at.push(turn.at - begin);
            }
            at.sort();
            let limit = usize::try_from(count).expect("small");
            for (first, last) in at.iter().zip(at.iter().skip(limit)) {
                // Intervals are whole nanoseconds.
                let rounding = Duration::from_nanos(u64::from(count));
                prop_assert!(*last - *first + rounding >= Duration::from_secs(1), "{first:?} {last:?}");
            }
        }
    }
}
