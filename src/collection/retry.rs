//! `retry`: when a request is sent again because its transport failed or its status says so.

use std::time::Duration;

use http::Method;

use super::request;
use crate::decode::{Decoder, Fields};
use crate::yaml::Node;

/// How often a request is sent in all, unless its `retry` says.
const ATTEMPTS: usize = 3;

/// The most attempts that can be asked for.
const MOST_ATTEMPTS: u64 = 20;

/// The statuses that say to come again: too many requests, and a server behind the server that is not there.
const STATUSES: [u16; 4] = [429, 502, 503, 504];

/// The wait after the first attempt.
const BACKOFF: Duration = Duration::from_millis(500);

/// The longest wait that is not asked for by the server.
const LONGEST: Duration = Duration::from_secs(30);

/// What is written as `retry`; what a step leaves out comes from the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retry {
    /// `false` or `none`: one attempt, whatever the defaults say.
    Off,
    /// A mapping, as far as it goes.
    On(RetryKeys),
}

/// The keys of a `retry` mapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetryKeys {
    attempts: Option<usize>,
    statuses: Option<Vec<u16>>,
    backoff: Option<Duration>,
    max: Option<Duration>,
    /// True if a method is retried too that may do something twice.
    is_unsafe: bool,
}

/// When and how often a request is sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often it is sent in all.
    pub attempts: usize,
    /// The statuses after which it is sent again.
    pub statuses: Vec<u16>,
    /// The wait after the first attempt; it doubles with each.
    pub backoff: Duration,
    /// The longest wait that is not asked for by the server.
    pub max: Duration,
}

impl Retry {
    /// Decodes the `retry` of a step.
    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Retry> {
        decode(node, decoder, |fields, decoder| {
            fields
                .get("unsafe")
                .and_then(|node| decoder.boolean(node, "`unsafe`"))
                .unwrap_or(false)
        })
    }

    /// Decodes the `retry` of `defaults`, which speaks of requests it does not know: it cannot be unsafe.
    pub(super) fn decode_default(node: &Node, decoder: &mut Decoder<'_>) -> Option<Retry> {
        decode(node, decoder, |fields, decoder| {
            if let Some((key, _)) = fields.entry("unsafe") {
                decoder.error_with_help(
                    &key.place,
                    "`unsafe` cannot stand in `defaults`",
                    "write `retry: { unsafe: true }` into the step whose request may be processed twice",
                );
            }
            false
        })
    }

    /// This one where something is written, and for the rest the one of the level above.
    pub(super) fn over(self, above: Option<&Retry>) -> Retry {
        match (self, above) {
            (Retry::On(own), Some(Retry::On(above))) => Retry::On(own.over(above)),
            (own, _) => own,
        }
    }

    /// What is to be done for a request of this method: the step's word over that of its defaults. `None` for one
    /// attempt.
    pub fn policy(own: Option<&Retry>, default: Option<&Retry>, method: &Method) -> Option<RetryPolicy> {
        let keys = match own.cloned().map(|own| own.over(default)).or(default.cloned())? {
            Retry::Off => return None,
            Retry::On(keys) => keys,
        };
        // QUERY is as safe to repeat as GET; the library has not heard of it.
        if !(keys.is_unsafe || method.is_idempotent() || method.as_str() == "QUERY") {
            return None;
        }
        Some(RetryPolicy {
            attempts: keys.attempts.unwrap_or(ATTEMPTS),
            statuses: keys.statuses.unwrap_or_else(|| STATUSES.to_vec()),
            backoff: keys.backoff.unwrap_or(BACKOFF),
            max: keys.max.unwrap_or(LONGEST),
        })
    }
}

impl RetryKeys {
    fn over(self, above: &RetryKeys) -> RetryKeys {
        RetryKeys {
            attempts: self.attempts.or(above.attempts),
            statuses: self.statuses.or_else(|| above.statuses.clone()),
            backoff: self.backoff.or(above.backoff),
            max: self.max.or(above.max),
            is_unsafe: self.is_unsafe,
        }
    }
}

fn decode(
    node: &Node,
    decoder: &mut Decoder<'_>,
    is_unsafe: impl FnOnce(&mut Fields<'_>, &mut Decoder<'_>) -> bool,
) -> Option<Retry> {
    if node.as_bool() == Some(false) || node.as_str() == Some("none") {
        return Some(Retry::Off);
    }
    if node.as_map().is_none() {
        decoder.error_with_help(
            &node.place,
            format!("expected a mapping for `retry`, found {}", node.kind()),
            "write `retry: { attempts: 4 }`, or `retry: false` to turn a default off",
        );
        return None;
    }
    let mut fields = decoder.fields(node, "`retry`")?;
    let attempts = fields
        .get("attempts")
        .and_then(|node| decoder.integer(node, "`attempts`", 1..=MOST_ATTEMPTS))
        .and_then(|attempts| usize::try_from(attempts).ok());
    let statuses = fields.get("status").map(|node| request::statuses(node, decoder));
    let backoff = fields
        .get("backoff")
        .and_then(|node| decoder.duration(node, "`backoff`"));
    let max = fields.get("max").and_then(|node| decoder.duration(node, "`max`"));
    let is_unsafe = is_unsafe(&mut fields, decoder);
    fields.finish(decoder);
    Some(Retry::On(RetryKeys {
        attempts,
        statuses,
        backoff,
        max,
        is_unsafe,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::testing;

    fn retry(text: &str) -> Retry {
        testing::decode(text, Retry::decode).unwrap()
    }

    #[test]
    fn what_a_step_leaves_out_comes_from_the_defaults() {
        let default = retry("{ attempts: 5, status: [429, 503], backoff: 1s }");
        let own = retry("{ attempts: 2, max: 4s }");
        assert_eq!(
            Retry::policy(Some(&own), Some(&default), &Method::GET),
            Some(RetryPolicy {
                attempts: 2,
                statuses: vec![429, 503],
                backoff: Duration::from_secs(1),
                max: Duration::from_secs(4),
            })
        );
        assert_eq!(
            Retry::policy(None, Some(&default), &Method::GET).map(|policy| policy.attempts),
            Some(5)
        );
        assert_eq!(Retry::policy(None, None, &Method::GET), None);
        let transport = Retry::policy(Some(&retry("{ status: [] }")), Some(&default), &Method::GET);
        assert_eq!(transport.map(|policy| policy.statuses), Some(Vec::new()));
    }

    #[test]
    fn a_step_turns_the_default_off_and_on_again() {
        let default = retry("{ attempts: 5 }");
        for off in ["false", "none"] {
            assert_eq!(
                Retry::policy(Some(&retry(off)), Some(&default), &Method::GET),
                None
            );
        }
        let on = Retry::policy(Some(&retry("{}")), Some(&Retry::Off), &Method::GET);
        assert_eq!(on.map(|policy| policy.attempts), Some(ATTEMPTS));
    }

    #[test]
    fn only_what_can_be_repeated_is_retried_unless_the_step_says_so() {
        let retries = |text: &str, method: &str| {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            Retry::policy(Some(&retry(text)), None, &method).is_some()
        };
        for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "QUERY"] {
            assert!(retries("{ attempts: 2 }", method), "{method}");
        }
        for method in ["POST", "PATCH", "PURGE"] {
            assert!(!retries("{ attempts: 2 }", method), "{method}");
            assert!(retries("{ unsafe: true }", method), "{method}");
        }
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let complaints = |text: &str| testing::decode(text, Retry::decode).unwrap_err();
        assert_eq!(
            complaints("{ attempts: 0 }"),
            ["1:13: expected a whole number from 1 to 20 for `attempts`"]
        );
        assert_eq!(
            complaints("{ backoff: 500 }"),
            ["1:12: expected a duration for `backoff`"]
        );
        assert_eq!(
            complaints("{ status: [600] }"),
            ["1:12: expected a whole number from 100 to 599 for a status"]
        );
        assert_eq!(
            complaints("{ atempts: 2 }"),
            ["1:3: unknown key in `retry`: `atempts`"]
        );
        assert_eq!(
            complaints("3"),
            ["1:1: expected a mapping for `retry`, found a number"]
        );
        assert_eq!(
            testing::decode("{ unsafe: true }", Retry::decode_default).unwrap_err(),
            ["1:3: `unsafe` cannot stand in `defaults`"]
        );
    }
}
