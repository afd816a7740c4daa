//! What `before` and `after` share: times as RFC 3339 writes them, compared as instants.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::is::is_date_time;
use super::{Context, Finding, Judgement, Match};
use crate::decode::Decoder;
use crate::template::Template;
use crate::yaml::Node;

const HELP: &str = "write a time with its offset, such as 2026-01-31T12:00:00Z";

/// On which side of the given time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side {
    /// The matcher's name.
    pub(super) name: &'static str,
    /// In words, in front of the time.
    pub(super) words: &'static str,
    /// Whether the order of the actual time and the given one is as it should be.
    pub(super) allows: fn(Ordering) -> bool,
}

/// Decodes the time.
pub(super) fn parse(node: &Node, decoder: &mut Decoder<'_>, side: Side) -> Option<Box<dyn Match>> {
    let what = format!("a time for `{}`", side.name);
    if node.as_text().is_none() {
        decoder.expected(node, &what);
        return None;
    }
    let time = decoder.template(node, &what)?;
    if time.as_constant().is_some_and(|text| read(text).is_none()) {
        decoder.error_with_help(&node.place, format!("expected {what} (RFC 3339)"), HELP);
        return None;
    }
    Some(Box::new(Instant { side, time }))
}

fn read(text: &str) -> Option<Timestamp> {
    // The time library reads shorter and longer forms as well.
    text.parse().ok().filter(|_| is_date_time(text))
}

#[derive(Debug)]
struct Instant {
    side: Side,
    time: Template,
}

impl Instant {
    fn words(&self, time: &str) -> String {
        format!("a time {} {time}", self.side.words)
    }
}

impl Match for Instant {
    fn describe(&self) -> String {
        self.words(&self.time.source_text())
    }

    fn check(&self, actual: &Value, context: &Context<'_>) -> Judgement {
        let time = match self.time.render(context.scope) {
            Ok(time) => time,
            Err(error) => return error.into(),
        };
        let Some(bound) = read(&time.expose()) else {
            return Judgement::Error(format!(
                "`{}` compares with a time (RFC 3339), and {} gave {}",
                self.side.name,
                self.time.source_text(),
                time.shown()
            ));
        };
        let finding = Finding::new(self.words(&time.shown()), actual);
        match actual.as_str().and_then(read) {
            Some(found) if (self.side.allows)(found.cmp(&bound)) => Judgement::Holds,
            Some(_) => finding.into(),
            None => finding.hint("this is not a time as RFC 3339 writes it").into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{complaints, holds, judge, mismatch};
    use super::Judgement;

    #[test]
    fn a_time_is_needed_on_both_sides() {
        assert_eq!(
            complaints("before: tomorrow"),
            ["1:9: expected a time for `before` (RFC 3339)"]
        );
        assert_eq!(complaints("after: 3").len(), 1);
        assert_eq!(complaints("after: 2026-01-01").len(), 1);
        assert!(
            mismatch("before: 2026-01-01T00:00:00Z", "\"soon\"")
                .hint
                .is_some()
        );
        assert!(matches!(
            judge("after: ${{ 'x' }}", "\"2026-01-01T00:00:00Z\""),
            Judgement::Error(_)
        ));
    }

    #[test]
    fn now_is_a_template() {
        assert!(holds("before: ${{ now() }}", "\"2001-01-01T00:00:00Z\""));
        assert!(!holds("after: ${{ now() }}", "\"2001-01-01T00:00:00Z\""));
    }
}
