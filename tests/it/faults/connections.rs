//! Rows: connections that are not made, not safe, or lost.

use std::time::Duration;

use super::certificates;
use super::row::{Row, STALL};
use super::server::{Act, Drip, Gate, HalfClose, Hold, Open, Read, ReadHead, Reset, Wait, answer, write};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";

pub(super) fn rows() -> Vec<Row> {
    [
        no_connection(),
        lost(),
        stalled(),
        half_read(),
        kept_alive(),
        encrypted(),
    ]
    .concat()
}

fn no_connection() -> Vec<Row> {
    [
        Row::refusing("refused")
            .errors("connect", "connect")
            .in_all_ways(),
        Row::deaf("a connect that is not answered")
            .timeout(STALL)
            .errors("timeout", "connect")
            .in_all_ways(),
        Row::nowhere("a host without an address")
            .errors("dns", "dns")
            .in_all_ways(),
    ]
    .concat()
}

/// Connections that end before the answer does, with a reset and with an end.
fn lost() -> Vec<Row> {
    let mut rows = Vec::new();
    let stations: [(&str, &str, &str); 7] = [
        ("before the head", "", "first_byte"),
        ("within the status line", "HTTP/1.1 2", "first_byte"),
        ("after the status line", "HTTP/1.1 200 OK\r\n", "first_byte"),
        ("within a header", "HTTP/1.1 200 OK\r\nContent-Le", "first_byte"),
        (
            "before the empty line",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n",
            "first_byte",
        ),
        ("after the head", HEAD, "body"),
        (
            "within the body",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
            "body",
        ),
    ];
    for (station, sent, phase) in stations {
        let ways = [("a reset", Reset), ("an end", HalfClose)];
        for (way, act) in ways {
            let acts = vec![Read, write(sent), act, Hold];
            let row = Row::acts(&format!("{way} {station}"), acts).errors("framing", phase);
            rows.extend(row.in_all_ways());
        }
    }
    rows.extend(
        Row::acts(
            "an end after the whole answer",
            vec![Read, answer("200 OK\r\nConnection: close", "hello")],
        )
        .in_all_ways(),
    );
    rows.extend(
        Row::acts("an end without reading the request", vec![HalfClose, Hold])
            .errors("framing", "first_byte")
            .requests(0)
            .in_all_ways(),
    );
    rows
}

/// Peers that stop, or are slower than anybody waits.
fn stalled() -> Vec<Row> {
    let stations = [
        ("a stall before the head", "", "first_byte"),
        (
            "a stall within the head",
            "HTTP/1.1 200 OK\r\nContent-",
            "first_byte",
        ),
        ("a stall after the head", HEAD, "body"),
        (
            "a stall within the body",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
            "body",
        ),
        (
            "a stall between chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "body",
        ),
        (
            "a stall after 103",
            "HTTP/1.1 103 Early Hints\r\n\r\n",
            "first_byte",
        ),
    ];
    let mut rows = Vec::new();
    for (name, sent, phase) in stations {
        let row = Row::acts(name, vec![Read, write(sent), Hold]);
        rows.extend(row.timeout(STALL).errors("timeout", phase).in_all_ways());
    }
    let second = Duration::from_secs(1);
    rows.extend(
        Row::acts(
            "a head of one byte a second",
            vec![Read, Drip(HEAD.into(), second)],
        )
        .timeout("3500ms")
        .errors("timeout", "first_byte")
        .in_all_ways(),
    );
    rows.extend(
        Row::acts(
            "a body of one byte a second",
            vec![Read, write(HEAD), Drip("helloworld".into(), second)],
        )
        .timeout("3500ms")
        .errors("timeout", "body")
        .in_all_ways(),
    );
    rows.extend(
        Row::acts(
            "an answer in single bytes",
            vec![
                Read,
                Drip(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello".into(),
                    Duration::from_millis(1),
                ),
                Hold,
            ],
        )
        .in_all_ways(),
    );
    rows
}

/// Peers that do not read a request to its end.
fn half_read() -> Vec<Row> {
    let stops = |name: &str, then: Vec<Act>| {
        let row = Row::acts(name, [vec![ReadHead], then].concat());
        row.with_a_large_body().requests(0)
    };
    vec![
        stops("a stall within the request", vec![Wait(Gate::new())])
            .timeout(STALL)
            .errors("timeout", "first_byte"),
        stops("a reset within the request", vec![Reset]).errors("framing", "first_byte"),
        // An answer is an answer, whether or not the question was heard to its end.
        stops(
            "an answer within the request",
            vec![
                answer("413 Content Too Large\r\nConnection: close", "too large"),
                Hold,
            ],
        )
        .fails(),
    ]
}

/// A connection that was used before is lost when it is used again: what can be repeated is, once.
fn kept_alive() -> Vec<Row> {
    const BEFORE: &str = "  - GET: /before\n    timeout: 30s\n";
    const WAITING: &str = "  - GET: /before\n    timeout: 30s\n  - wait: 1s\n";
    let ok = || answer("200 OK", "hello");
    let mut rows = Vec::new();
    for (name, act) in [("a reset", Reset), ("an end", HalfClose)] {
        let name = format!("{name} of a connection that was kept");
        let scripts = vec![vec![Read, ok(), Read, act, Hold], vec![Read, ok(), Hold]];
        let row = Row::scripts(&name, scripts).after(BEFORE);
        rows.push(row.clone().requests(3).connections(2));
        let sent_once = row.method("POST").errors("framing", "first_byte");
        rows.push(sent_once.requests(2));
    }
    // It is lost again: there is no third time.
    let lost_twice = vec![vec![Read, ok(), Read, Reset], vec![Read, Reset]];
    let row = Row::scripts("two lost connections", lost_twice).after(BEFORE);
    rows.push(row.errors("framing", "first_byte").requests(3).connections(2));
    // The library does not tell whether a part of a head had come; what can be repeated is, here as well.
    let begun = vec![
        vec![Read, ok(), Read, write("HTTP/1.1 200 O"), HalfClose, Hold],
        vec![Read, ok(), Hold],
    ];
    let row = Row::scripts("an end within the head on a connection that was kept", begun).after(BEFORE);
    rows.push(row.clone().requests(3).connections(2));
    let sent_once = row.method("POST").errors("framing", "first_byte");
    rows.push(sent_once.requests(2));
    // Bytes that nobody asked for are no answer to what is asked next, whether they come at once or later.
    let unasked = "HTTP/1.1 500 Not for you\r\nContent-Length: 4\r\n\r\nevil";
    let at_once = format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello{unasked}");
    for (name, first) in [
        ("two answers to one request", vec![Read, write(at_once), Hold]),
        (
            "an answer before there is a request",
            vec![Read, ok(), write(unasked), Hold],
        ),
    ] {
        let row = Row::scripts(name, vec![first, vec![Read, ok(), Hold]]).after(WAITING);
        rows.extend(row.requests(2).connections(2).by_method());
    }
    // The end of the first connection is there before the second request: a new one, whatever the method.
    let gate = || {
        let gate = Gate::new();
        let first = vec![Read, ok(), HalfClose, Open(gate.clone()), Hold];
        Row::scripts(
            "a connection that had ended before it could be used again",
            vec![first, vec![Wait(gate), Read, ok(), Hold]],
        )
    };
    rows.extend(gate().after(WAITING).requests(2).connections(2).by_method());
    rows
}

/// TLS: certificates nobody should trust, handshakes that come to nothing, and ends that are not told.
fn encrypted() -> Vec<Row> {
    let at = |name: &str, acts: Vec<Act>| Row::acts(name, acts).origin("https://localhost");
    let ok = || vec![Read, answer("200 OK\r\nConnection: close", "hello"), Hold];
    let with = |name: &str, config, rest: Vec<Act>| at(name, [vec![Act::Tls(config)], rest].concat());
    let mut rows = with("a good certificate", certificates::good(), ok()).in_all_ways();
    for (name, config) in [
        ("an expired certificate", certificates::expired()),
        ("a certificate of the future", certificates::not_yet_valid()),
        (
            "a certificate for another host",
            certificates::named("other.localhost"),
        ),
        ("a certificate for an address", certificates::named("127.0.0.1")),
        ("a self-signed certificate", certificates::self_signed()),
        (
            "a certificate of an unknown authority",
            certificates::from_a_stranger(),
        ),
    ] {
        let row = with(name, config, ok()).errors("tls", "tls").requests(0);
        rows.extend(row.in_all_ways());
    }
    let handshakes = [
        (
            "plain HTTP on a TLS port",
            vec![write("HTTP/1.1 400 Bad Request\r\n\r\n"), Hold],
        ),
        ("a TLS alert", vec![write(*b"\x15\x03\x03\x00\x02\x02\x28"), Hold]),
        ("nonsense for a handshake", vec![write([b'x'; 64]), Hold]),
        ("an end before the handshake", vec![HalfClose, Hold]),
        (
            "an end within the handshake",
            vec![write(*b"\x16\x03\x03\x00\x7a\x02\x00"), HalfClose, Hold],
        ),
    ];
    for (name, acts) in handshakes {
        rows.extend(at(name, acts).errors("tls", "tls").requests(0).in_all_ways());
    }
    for (name, acts) in [
        ("a stall before the handshake", vec![Hold]),
        (
            "a stall within the handshake",
            vec![write(*b"\x16\x03\x03\x00\x7a\x02\x00"), Hold],
        ),
    ] {
        let row = at(name, acts).timeout(STALL).errors("timeout", "tls");
        rows.extend(row.requests(0).in_all_ways());
    }
    let good = certificates::good;
    for (name, acts, phase) in [
        (
            "a reset within TLS before the head",
            vec![Read, Reset],
            "first_byte",
        ),
        (
            "a reset within TLS and the body",
            vec![Read, write(HEAD), Reset],
            "body",
        ),
        // Only TLS can tell the end of such a body from a cut (RFC 9112 §9.8).
        (
            "a reset after a body of no length within TLS",
            vec![Read, write("HTTP/1.1 200 OK\r\n\r\nhello"), Reset],
            "body",
        ),
    ] {
        rows.extend(with(name, good(), acts).errors("framing", phase).in_all_ways());
    }
    rows.extend(
        // The system's roots are read before the handshake ends, which takes its time on a busy machine.
        with("a stall within TLS", good(), vec![Read, Hold])
            .timeout("6s")
            .errors("timeout", "first_byte")
            .in_all_ways(),
    );
    rows.extend(
        Row::acts("TLS on a plain port", vec![Act::Tls(good()), Hold])
            .errors("protocol", "first_byte")
            .requests(0)
            .in_all_ways(),
    );
    rows
}
