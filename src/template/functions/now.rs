//! `now(format=…, offset=…)`: the time, as RFC 3339 in UTC unless said otherwise.

use jiff::{SignedDuration, Timestamp, ZonedDateTime, fmt::strtime, tz::TimeZone};
use minijinja::Error;
use minijinja::value::{Kwargs, Value as JinjaValue};

use super::{FunctionKind, complaint};
use crate::registry::Entry;

pub(super) const KIND: FunctionKind = FunctionKind {
    entry: Entry {
        name: "now",
        summary: "the time in UTC as RFC 3339; format='unix', 'unix_ms' or a strftime format; offset='-1d'",
        example: "now(format='%Y-%m-%d', offset='-1d')",
    },
    register: |environment| environment.add_function("now", call),
    reveals_arguments: true,
};

fn call(options: Kwargs) -> Result<JinjaValue, Error> {
    let format = options.get::<Option<String>>("format")?;
    let offset = options.get::<Option<String>>("offset")?;
    options.assert_all_used()?;
    let seconds = offset
        .map_or(Ok(0), |offset| offset_seconds(&offset))
        .map_err(complaint)?;
    let at = Timestamp::now()
        .checked_add(SignedDuration::from_secs(seconds))
        .map_err(|_| complaint("the offset leads beyond the calendar"))?;
    match format.as_deref() {
        None => Ok(JinjaValue::from(format!("{at:.3}"))),
        Some("unix") => Ok(JinjaValue::from(at.as_second())),
        Some("unix_ms") => Ok(JinjaValue::from(at.as_millisecond())),
        Some(format) => strtime::format(format, &ZonedDateTime::new(at, TimeZone::UTC))
            .map(JinjaValue::from)
            .map_err(|error| complaint(format!("the format cannot be used: {error}"))),
    }
}

/// A duration with an optional sign, such as `-1d` or `+90s`, in seconds.
pub(super) fn offset_seconds(text: &str) -> Result<i64, String> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let duration = humantime::parse_duration(unsigned.trim())
        .map_err(|_| format!("`{text}` is not a duration such as 15m, 2h or -1d"))?;
    i64::try_from(duration.as_secs())
        .map(|seconds| sign * seconds)
        .map_err(|_| format!("`{text}` is too long"))
}

#[cfg(test)]
mod tests {
    use super::offset_seconds;
    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn offsets_have_signs_and_units() {
        assert_eq!(offset_seconds("-1d"), Ok(-86_400));
        assert_eq!(offset_seconds("+90s"), Ok(90));
        assert!(offset_seconds("90").is_err());
    }

    #[test]
    fn formats_differ_in_type() {
        let text = |expression: &str| evaluate(expression, &Scope::new()).expect("evaluates");
        assert!(
            text("now()")
                .as_str()
                .is_some_and(|it| it.ends_with('Z') && it.len() == 24)
        );
        assert!(text("now(format='unix')").is_number());
        assert_eq!(text("now(format='%Y') | length"), 4);
        assert!(evaluate("now(zone='UTC')", &Scope::new()).is_err());
    }
}
