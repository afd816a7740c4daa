//! How long the phases of a request took.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The time spent in each phase, summed over all hops; written as whole microseconds.
///
/// `dns`, `connect` and `tls` belong to the connection that served a hop, and only to the request that made it and
/// was first to use it. They are absent when every hop went over connections that were there already, even where
/// this request had begun to open one that another then came to use. `dns` is absent too where the host is an
/// address, and `tls` for plain http.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// When the request began, counted from the client's making.
    #[serde(with = "microseconds")]
    pub started: Duration,
    /// Looking up the host's addresses.
    #[serde(
        with = "optional_microseconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub dns: Option<Duration>,
    /// Opening the TCP connection, a proxy's tunnel included, the look-up not.
    #[serde(
        with = "optional_microseconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub connect: Option<Duration>,
    /// The TLS handshake.
    #[serde(
        with = "optional_microseconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub tls: Option<Duration>,
    /// From having a connection to the whole header section: sending, the server's work, and the way back. Over a
    /// connection that was there already it counts from the start, a wait for that connection included.
    #[serde(
        with = "optional_microseconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub first_byte: Option<Duration>,
    /// From the header section to the body's last byte.
    #[serde(
        with = "optional_microseconds",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub body: Option<Duration>,
    /// From the start to the last byte, everything between included.
    #[serde(with = "microseconds")]
    pub total: Duration,
    /// The last hop went over a connection that was there already.
    pub reused: bool,
}

impl Timings {
    /// Adds a hop's phase to what earlier hops spent in it.
    pub(super) fn add(sum: &mut Option<Duration>, hop: Option<Duration>) {
        if let Some(hop) = hop {
            *sum = Some(sum.unwrap_or_default() + hop);
        }
    }
}

/// Durations as whole microseconds.
mod microseconds {
    use super::{Deserialize, Duration};
    use serde::{Deserializer, Serializer};

    /// Beyond half a million years the count stands still.
    pub(super) fn count(duration: &Duration) -> u64 {
        u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
    }

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(count(duration))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_micros)
    }
}

/// Durations that may be missing, as whole microseconds.
mod optional_microseconds {
    use super::{Deserialize, Duration, microseconds};
    use serde::{Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        duration.as_ref().map(microseconds::count).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_micros))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_microseconds_and_read_back() {
        let timings = Timings {
            started: Duration::from_micros(7),
            first_byte: Some(Duration::from_millis(2)),
            total: Duration::from_millis(3),
            reused: true,
            ..Timings::default()
        };
        let written = serde_json::to_string(&timings).unwrap();
        assert_eq!(
            written,
            r#"{"started":7,"first_byte":2000,"total":3000,"reused":true}"#
        );
        assert_eq!(serde_json::from_str::<Timings>(&written).unwrap(), timings);
    }

    #[test]
    fn hops_are_summed_and_absence_adds_nothing() {
        let mut sum = None;
        Timings::add(&mut sum, None);
        assert_eq!(sum, None);
        Timings::add(&mut sum, Some(Duration::from_millis(1)));
        Timings::add(&mut sum, Some(Duration::from_millis(2)));
        Timings::add(&mut sum, None);
        assert_eq!(sum, Some(Duration::from_millis(3)));
    }
}
