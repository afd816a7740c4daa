//! Rows: servers that ask to come again, and faults that are over the next time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::certificates;
use super::row::{Row, STALL};
use super::server::{Act, Asked, HalfClose, Hold, Read, Reset, Sleep, answer, write};

const RETRY: &str = "retry: { attempts: 2, backoff: 1ms }";
const UNSAFE: &str = "retry: { attempts: 2, backoff: 1ms, unsafe: true }";

pub(super) fn rows() -> Vec<Row> {
    [asked_to_come_again(), exhausted(), not_asked(), transient()].concat()
}

/// The value of a `Retry-After`, when it is written.
#[derive(Clone, Copy)]
enum After {
    Absent,
    Text(&'static str),
    /// A date two seconds from now, in this format.
    Soon(&'static str),
}

/// The three formats of dates (RFC 9110 §5.6.7).
const IMF: &str = "%a, %d %b %Y %H:%M:%S GMT";
const RFC_850: &str = "%A, %d-%b-%y %H:%M:%S GMT";
const ASCTIME: &str = "%a %b %e %H:%M:%S %Y";

impl After {
    fn line(self) -> String {
        match self {
            After::Absent => String::new(),
            After::Text(text) => format!("\r\nRetry-After: {text}"),
            After::Soon(format) => {
                let soon = Timestamp::now() + SignedDuration::from_secs(2);
                format!("\r\nRetry-After: {}", soon.strftime(format))
            }
        }
    }
}

/// Answers the first request for a target in this way, and the others with 200.
fn at_first(
    first: impl Fn() -> Vec<Act> + Send + Sync + 'static,
) -> impl Fn(&Asked) -> Vec<Act> + Send + Sync {
    move |asked| match asked.before {
        0 => first(),
        _ => vec![answer("200 OK", "hello")],
    }
}

fn asked_to_come_again() -> Vec<Row> {
    let soon = [
        ("nothing", After::Absent),
        ("no time", After::Text("0")),
        ("a second", After::Text("1")),
        (
            "a date that is over",
            After::Text("Sun, 06 Nov 1994 08:49:37 GMT"),
        ),
        ("a date", After::Soon(IMF)),
        ("a date of RFC 850", After::Soon(RFC_850)),
        ("a date of asctime", After::Soon(ASCTIME)),
        ("a negative time", After::Text("-1")),
        ("half a second", After::Text("0.5")),
        ("a word", After::Text("soon")),
        ("an empty text", After::Text("")),
    ];
    let never = [
        ("an hour", After::Text("3600")),
        (
            "more seconds than there are",
            After::Text("99999999999999999999999"),
        ),
        (
            "a date in another millennium",
            After::Text("Mon, 06 Nov 2994 08:49:37 GMT"),
        ),
    ];
    let mut rows = Vec::new();
    for status in [429, 503] {
        for (name, after) in soon.into_iter().chain(never) {
            let name = format!("{status} that asks for {name}");
            let first = move || vec![answer(&format!("{status} X{}", after.line()), "later")];
            let row = Row::responds(&name, at_first(first));
            rows.extend(row.clone().fails().by_method());
            // A retry has as much time as the request, and that is less than an hour.
            let again = |row: Row| match never.iter().any(|(never, _)| name.ends_with(never)) {
                true => row.fails(),
                false => row.requests(2),
            };
            let retried = |line: &str| row.clone().step(line);
            rows.push(again(retried(RETRY).named("with a retry")));
            rows.push(retried(RETRY).named("with a retry").method("POST").fails());
            rows.push(again(
                retried(UNSAFE).named("with an unsafe retry").method("POST"),
            ));
        }
        let first = move || vec![answer(&format!("{status} X\r\nRetry-After: 1"), "later")];
        let row = Row::responds(&format!("{status}, then 200"), at_first(first)).step(UNSAFE);
        rows.extend(row.requests(2).in_all_ways());
    }
    rows
}

fn exhausted() -> Vec<Row> {
    let mut rows = Vec::new();
    for status in [429, 502, 503, 504] {
        let acts = vec![answer(&format!("{status} X"), "later")];
        let row = Row::answers(&format!("{status} again and again"), acts).fails();
        rows.push(
            row.clone()
                .step("retry: { attempts: 4, backoff: 1ms }")
                .requests(4),
        );
        rows.push(row.method("POST").step("retry: { attempts: 4, backoff: 1ms }"));
    }
    rows
}

/// Statuses that no retry is for, whatever they ask.
fn not_asked() -> Vec<Row> {
    let mut rows = Vec::new();
    for status in [400, 404, 500, 501] {
        let head = format!("{status} X\r\nRetry-After: 0");
        let row = Row::answers(
            &format!("{status} that asks to come again"),
            vec![answer(&head, "no")],
        );
        rows.extend(row.step(RETRY).fails().by_method());
    }
    let row = Row::answers(
        "200 that asks to come again",
        vec![answer("200 OK\r\nRetry-After: 3600", "hello")],
    );
    rows.extend(row.step(RETRY).by_method());
    rows
}

/// Faults of the first connection alone, and such as stay.
fn transient() -> Vec<Row> {
    let ok = || vec![Read, answer("200 OK", "hello"), Hold];
    let mut rows = Vec::new();
    for (name, first, kind, phase) in [
        ("a reset", vec![Read, Reset], "framing", "first_byte"),
        ("an end", vec![Read, HalfClose, Hold], "framing", "first_byte"),
        (
            "a short body",
            vec![
                Read,
                write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"),
                HalfClose,
                Hold,
            ],
            "framing",
            "body",
        ),
    ] {
        let row = Row::scripts(&format!("{name}, then an answer"), vec![first, ok()]);
        rows.push(row.clone().step(RETRY).requests(2).connections(2));
        rows.push(row.clone().step(RETRY).method("POST").errors(kind, phase));
        let row = row.named("with an unsafe retry").method("POST").step(UNSAFE);
        rows.push(row.requests(2).connections(2));
    }
    let answers_late = vec![
        Read,
        Sleep(Duration::from_millis(300)),
        answer("200 OK", "hello"),
        Hold,
    ];
    rows.extend(Row::acts("a late answer", answers_late).by_method());
    // One deadline holds for all attempts.
    rows.push(
        Row::acts("a stall with a retry", vec![Read, Hold])
            .timeout(STALL)
            .step(RETRY)
            .errors("timeout", "first_byte"),
    );
    rows.push(
        Row::refusing("refused with a retry")
            .step(RETRY)
            .errors("connect", "connect"),
    );
    rows.push(
        Row::acts(
            "an expired certificate with a retry",
            vec![Act::Tls(certificates::expired())],
        )
        .origin("https://localhost")
        .step(RETRY)
        .errors("tls", "tls")
        .requests(0)
        .connections(2),
    );
    // What will be the same the next time is not asked for again.
    rows.push(
        Row::acts(
            "nonsense with a retry",
            vec![Read, write("nonsense\r\n\r\n"), Hold],
        )
        .step(RETRY)
        .errors("protocol", "first_byte"),
    );
    rows
}
