//! `time: true`: how long the answer took.

use std::time::Duration;

use serde_json::Number;

use super::{Extraction, Extractor, ExtractorKind, plain};
use crate::decode::Quantity;
use crate::json::number;
use crate::registry::Entry;

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: NAME,
        summary: "milliseconds from the first byte sent to the last received",
        example: "time: true",
    },
    parse: |node, decoder| plain::parse(node, decoder, NAME, extractor),
    quantity: Quantity::Duration,
};

const NAME: &str = "time";

/// The extractor.
pub fn extractor() -> Extractor {
    Extractor::new(NAME, |message, _scope| {
        match message.time.and_then(milliseconds) {
            Some(milliseconds) => Extraction::owned(milliseconds),
            None => Extraction::missing("a request takes no time"),
        }
    })
}

/// A duration as a number of milliseconds, to the microsecond; whole where it is whole.
pub(super) fn milliseconds(duration: Duration) -> Option<Number> {
    let micros = u64::try_from(duration.as_micros()).ok()?;
    if micros.is_multiple_of(1000) {
        return Some(number::from_u64(micros / 1000));
    }
    #[expect(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
    number::from_f64(micros as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::super::testing::{Answer, missing, value};
    use super::milliseconds;

    #[test]
    fn a_time_is_in_milliseconds() {
        let answer = Answer {
            time: Some(Duration::from_micros(1500)),
            ..Answer::default()
        };
        assert_eq!(value("time: true", &answer), json!(1.5));
        let request = Answer { time: None, ..answer };
        assert_eq!(missing("time: true", &request), "a request takes no time");
    }

    #[test]
    fn whole_milliseconds_have_no_fraction() {
        let text = |time| milliseconds(time).map(|number| number.to_string());
        assert_eq!(text(Duration::from_secs(2)).as_deref(), Some("2000"));
        assert_eq!(text(Duration::ZERO).as_deref(), Some("0"));
    }
}
