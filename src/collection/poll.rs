//! `poll`: a request that is repeated until its answer is the one waited for.

use std::time::Duration;

use super::expect::Expectations;
use crate::decode::Decoder;
use crate::source::Place;
use crate::yaml::Node;

/// The time between an answer and the next request, unless said.
const EVERY: Duration = Duration::from_secs(2);

/// How long is polled, unless said.
const WITHIN: Duration = Duration::from_secs(60);

/// The longest wait that a backoff grows to.
const LONGEST: Duration = Duration::from_secs(30);

/// A poll.
#[derive(Debug)]
pub struct Poll {
    /// What is waited for.
    pub until: Expectations,
    /// What says that waiting is in vain.
    pub abort: Option<Expectations>,
    /// How long may be waited in all.
    pub within: Duration,
    /// Where it stands.
    pub place: Place,
    pace: Pace,
}

/// The time between an answer and the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Always this.
    Every(Duration),
    /// This after the first answer, and twice as long each time.
    Backoff(Duration),
}

impl Poll {
    /// Decodes a `poll` block.
    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Poll> {
        let mut fields = decoder.fields(node, "`poll`")?;
        let until = fields
            .required("until", decoder)
            .and_then(|node| Expectations::decode(node, decoder));
        let abort = fields
            .get("abort")
            .and_then(|node| Expectations::decode(node, decoder));
        let within = fields
            .get("within")
            .and_then(|node| decoder.duration(node, "`within`"))
            .unwrap_or(WITHIN);
        let every = fields.entry("every");
        let backoff = fields.entry("backoff");
        if let (Some(_), Some((key, _))) = (every, backoff) {
            decoder.error(&key.place, "a poll has either `every` or `backoff`");
        }
        let first = |decoder: &mut Decoder<'_>, node: &Node, name: &str| {
            let wait = decoder.duration(node, name)?;
            if wait.is_zero() {
                decoder.error(
                    &node.place,
                    format!("{name} needs some time, or a server has no rest"),
                );
            }
            if wait > within {
                let within = humantime::format_duration(within);
                decoder.error_with_help(
                    &node.place,
                    format!("there is no second request within {within}"),
                    format!("make {name} shorter, or `within` longer"),
                );
            }
            Some(wait)
        };
        let pace = match (every, backoff) {
            (Some((_, node)), _) => first(decoder, node, "`every`").map(Pace::Every),
            (None, Some((_, node))) => first(decoder, node, "`backoff`").map(Pace::Backoff),
            (None, None) => None,
        };
        fields.finish(decoder);
        Some(Poll {
            until: until?,
            abort,
            within,
            place: node.place.clone(),
            pace: pace.unwrap_or(Pace::Every(EVERY)),
        })
    }

    /// How long to wait after that many answers.
    pub fn wait(&self, answers: u32) -> Duration {
        match self.pace {
            Pace::Every(every) => every,
            Pace::Backoff(first) => {
                let longest = LONGEST.max(first);
                2_u32
                    .checked_pow(answers.saturating_sub(1))
                    .and_then(|times| first.checked_mul(times))
                    .map_or(longest, |wait| wait.min(longest))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::testing;

    fn poll(text: &str) -> Poll {
        testing::decode(text, Poll::decode).unwrap()
    }

    #[test]
    fn waits_are_even_or_grow() {
        let seconds = |poll: &Poll| [1, 2, 3, 9, 99].map(|answers| poll.wait(answers).as_secs());
        assert_eq!(
            seconds(&poll("{ until: { status: 200 }, every: 3s }")),
            [3, 3, 3, 3, 3]
        );
        assert_eq!(
            seconds(&poll("{ until: { status: 200 }, backoff: 1s }")),
            [1, 2, 4, 30, 30]
        );
        assert_eq!(
            seconds(&poll("{ until: { status: 200 }, backoff: 50s }")),
            [50, 50, 50, 50, 50]
        );
        assert_eq!(seconds(&poll("{ until: { status: 200 } }")), [2, 2, 2, 2, 2]);
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let complaints = |text: &str| testing::decode(text, Poll::decode).unwrap_err();
        assert_eq!(complaints("{ every: 1s }"), ["1:1: `poll` needs `until`"]);
        assert_eq!(
            complaints("{ until: { stats: 200 } }"),
            ["1:12: unknown key in an expectation: `stats`"]
        );
        assert_eq!(
            complaints("{ until: { $.a[: 1 } }").len(),
            1,
            "a path that is none"
        );
        assert_eq!(
            complaints("{ until: { status: 200 }, every: 1s, backoff: 1s }"),
            ["1:38: a poll has either `every` or `backoff`"]
        );
        assert_eq!(
            complaints("{ until: { status: 200 }, every: 0s }"),
            ["1:34: `every` needs some time, or a server has no rest"]
        );
        assert_eq!(
            complaints("{ until: { status: 200 }, every: 9s, within: 5s }"),
            ["1:34: there is no second request within 5s"]
        );
    }
}
