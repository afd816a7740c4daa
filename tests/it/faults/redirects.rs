//! Rows: redirects that go in circles, nowhere, or where they should not, and every kind of `Location`.

use std::sync::Arc;
use std::time::Duration;

use super::certificates;
use super::row::{Row, STALL};
use super::server::{Act, Asked, Drip, HalfClose, Hold, Read, Repeat, Reset, answer, write};

pub(super) fn rows() -> Vec<Row> {
    [locations(), not_followed(), methods(), chains(), on_the_way()].concat()
}

fn ok() -> Act {
    answer("200 OK", "hello")
}

/// Redirects with this `Location`, in which `{host}` stands for host and port of the peer.
fn to(status: u16, location: &str, asked: &Asked) -> Act {
    let location = location.replace("{host}", asked.host());
    answer(&format!("{status} X\r\nLocation: {location}"), "moved")
}

/// Whether a request is a worker's own, and not one a redirect led to.
fn is_first(asked: &Asked) -> bool {
    asked.target[1..].bytes().all(|byte| byte.is_ascii_digit())
}

/// Locations that can be followed, each with what is then asked for.
fn locations() -> Vec<Row> {
    let long = format!("/{}", "x".repeat(60_000));
    let locations = [
        ("a whole URL", "http://{host}/there", "/there"),
        ("an absolute path", "/there", "/there"),
        ("a relative path", "there", "/there"),
        ("a path with dots", "../a/./b/../../there", "/there"),
        ("a query alone", "?page=2", "/0?page=2"),
        ("a path with a query", "/there?a=b&c=%20", "/there?a=b&c=%20"),
        ("a fragment", "/there#part", "/there"),
        ("no scheme", "//{host}/there", "/there"),
        ("a scheme in capitals", "HTTP://{host}/there", "/there"),
        (
            "a name and a password",
            "http://eve:secret@{host}/there",
            "/there",
        ),
        ("blanks around it", "  /there  ", "/there"),
        ("a blank in it", "/the re", "/the%20re"),
        ("letters beyond ASCII", "/thé", "/th%C3%A9"),
        ("a backslash", "\\there", "/there"),
        (
            "an encoded line break",
            "/there%0d%0aX-Evil:%201",
            "/there%0d%0aX-Evil:%201",
        ),
        ("a tab", "/the\tre", "/there"),
        ("60,000 characters", &long, &long),
    ];
    let mut rows = Vec::new();
    for (name, location, wanted) in locations {
        let (location, wanted) = (location.to_owned(), wanted.to_owned());
        let row = Row::responds(&format!("a Location of {name}"), move |asked| {
            if asked.target == wanted {
                vec![ok()]
            } else if asked.target == "/0" {
                vec![to(307, &location, asked)]
            } else {
                vec![answer("404 Not Found", "")]
            }
        });
        rows.extend(row.requests(2).by_method());
    }
    let twice = Row::responds("a Location twice", |asked| match is_first(asked) {
        true => vec![answer("307 X\r\nLocation: /there\r\nLocation: /there", "")],
        false => vec![ok()],
    });
    rows.extend(twice.requests(2).by_method());
    rows
}

/// Locations that nobody can follow, or should.
fn not_followed() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, lines) in [
        ("no Location", ""),
        ("an empty Location", "Location:\r\n"),
        ("a blank Location", "Location:   \r\n"),
        ("two Locations", "Location: /a\r\nLocation: /b\r\n"),
        ("a Location of a script", "Location: javascript:alert(1)\r\n"),
        ("a Location of a file", "Location: file:///etc/passwd\r\n"),
        ("a Location of another protocol", "Location: ftp://127.0.0.1/\r\n"),
        ("a Location of data", "Location: data:text/plain,hello\r\n"),
        ("a Location of a mail", "Location: mailto:eve@example.com\r\n"),
        ("a Location without a host", "Location: http://\r\n"),
        ("a Location of a broken address", "Location: http://[::1/\r\n"),
        (
            "a Location of a port beyond all ports",
            "Location: http://127.0.0.1:99999/\r\n",
        ),
        ("a Location of a host with a blank", "Location: http://a b/\r\n"),
    ] {
        let head = format!("HTTP/1.1 302 X\r\n{lines}Content-Length: 0\r\n\r\n");
        let row = Row::answers(name, vec![write(head)]).errors("redirect", "prepare");
        rows.extend(row.by_method());
    }
    let not_text = b"HTTP/1.1 302 X\r\nLocation: /\xff\xfe\r\nContent-Length: 0\r\n\r\n";
    let row = Row::answers("a Location that is not text", vec![write(*not_text)]);
    rows.extend(row.errors("redirect", "prepare").by_method());
    // Plain http does not leave the machine, and an encrypted way does not become a plain one.
    let row = Row::responds("a Location of a far host over plain http", |asked| {
        vec![to(302, "http://far.invalid/", asked)]
    });
    rows.extend(row.errors("refused", "prepare").by_method());
    let row = Row::acts(
        "a Location from https to http",
        vec![
            Act::Tls(certificates::good()),
            Act::Answer(Arc::new(|asked| vec![to(302, "http://{host}/there", asked)])),
        ],
    );
    rows.extend(
        row.origin("https://localhost")
            .errors("redirect", "prepare")
            .in_all_ways(),
    );
    // These statuses give a choice or name no target.
    for status in [300, 304, 305, 306] {
        let row = Row::responds(&format!("{status} with a Location"), move |asked| {
            vec![write(format!(
                "HTTP/1.1 {status} X\r\nLocation: http://{}/there\r\nContent-Length: 0\r\n\r\n",
                asked.host()
            ))]
        });
        let row = row.step(&format!("expect: {{ status: {status} }}"));
        rows.extend(row.by_method());
    }
    for limit in ["false", "0"] {
        let row = Row::responds(&format!("redirects: {limit}"), |asked| {
            vec![to(302, "/there", asked)]
        });
        let row = row
            .step(&format!("redirects: {limit}"))
            .step("expect: { status: 302 }");
        rows.extend(row.by_method());
    }
    rows
}

/// The method after each status (RFC 9110 §15.4), and whether the body goes along.
fn methods() -> Vec<Row> {
    let mut rows = Vec::new();
    for (status, after_post) in [
        (301, "GET"),
        (302, "GET"),
        (303, "GET"),
        (307, "POST"),
        (308, "POST"),
    ] {
        for (method, wanted) in [("GET", "GET"), ("POST", after_post)] {
            let row = Row::responds(&format!("the method after {status}"), move |asked| {
                let has_body = asked.text.ends_with("hello");
                match is_first(asked) {
                    true => vec![to(status, "/there", asked)],
                    false if asked.method == wanted && has_body == (wanted == "POST") => vec![ok()],
                    false => vec![answer("405 Method Not Allowed", "")],
                }
            });
            rows.push(row.method(method).requests(2));
        }
    }
    rows
}

/// Circles, and chains longer than anybody follows.
fn chains() -> Vec<Row> {
    let itself = Row::responds("a redirect to itself", |asked| {
        vec![to(307, &asked.target, asked)]
    });
    let pair = Row::responds("two redirects in a circle", |asked| {
        let target = match asked.target.strip_suffix("/there") {
            Some(first) => first.to_owned(),
            None => format!("{}/there", asked.target),
        };
        vec![to(307, &target, asked)]
    });
    let longer = Row::responds("redirects without an end", |asked| {
        vec![to(307, &format!("{}/x", asked.target), asked)]
    });
    let chain = |name: &str, length: usize| {
        Row::responds(name, move |asked| match asked.target.matches("/x").count() {
            hop if hop == length => vec![ok()],
            _ => vec![to(307, &format!("{}/x", asked.target), asked)],
        })
    };
    let circle = |row: Row, requests| row.errors("redirect", "prepare").requests(requests).in_all_ways();
    [
        circle(itself, 1),
        circle(pair, 2),
        circle(longer, 11),
        circle(chain("eleven redirects", 11), 11),
        chain("ten redirects", 10).requests(11).in_all_ways(),
        chain("three redirects of two", 3)
            .step("redirects: 2")
            .errors("redirect", "prepare")
            .requests(3)
            .by_method(),
        chain("two redirects of two", 2)
            .step("redirects: 2")
            .requests(3)
            .by_method(),
        // A cookie that changes each time does not make an endless chain a way.
        Row::responds("a redirect to itself with ever new cookies", |asked| {
            let head = format!(
                "307 X\r\nLocation: {}\r\nSet-Cookie: n={}",
                asked.target, asked.before
            );
            vec![answer(&head, "")]
        })
        .errors("redirect", "prepare")
        .requests(11)
        .by_method(),
    ]
    .concat()
}

/// Faults of a redirect's own answer, and of the one it leads to.
fn on_the_way() -> Vec<Row> {
    let moved = "HTTP/1.1 307 X\r\nLocation: /there\r\n";
    let redirect = |name: &str, rest: &str, then: Vec<Act>| {
        let acts = [vec![write(format!("{moved}{rest}"))], then].concat();
        Row::responds(name, move |asked| match is_first(asked) {
            true => acts.clone(),
            false => vec![ok()],
        })
    };
    let then = |name: &str, acts: Vec<Act>| {
        Row::responds(name, move |asked| match is_first(asked) {
            true => vec![to(307, "/there", asked)],
            false => acts.clone(),
        })
        .requests(2)
    };
    let short = "Content-Length: 9\r\n\r\nhello";
    let second = Duration::from_secs(1);
    [
        redirect("a redirect with a short body", short, vec![HalfClose, Hold])
            .errors("framing", "body")
            .by_method(),
        redirect("a redirect with a reset in its body", short, vec![Reset])
            .errors("framing", "body")
            .by_method(),
        redirect("a redirect with a stall in its body", short, vec![Hold])
            .timeout(STALL)
            .errors("timeout", "body")
            .by_method(),
        redirect(
            "a redirect with a length and chunks",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            vec![],
        )
        .errors("framing", "first_byte")
        .by_method(),
        // Nobody looks at it, so it is left where it is, with its connection.
        redirect(
            "a redirect with a body without an end",
            "\r\n",
            vec![Repeat(vec![b'x'; 16_384], usize::MAX)],
        )
        .requests(2)
        .connections(2)
        .by_method(),
        then("a reset after a redirect", vec![Reset])
            .errors("framing", "first_byte")
            .method("POST")
            .alone(),
        then(
            "a short body after a redirect",
            vec![write(format!("HTTP/1.1 200 OK\r\n{short}")), HalfClose, Hold],
        )
        .errors("framing", "body")
        .by_method(),
        then("a stall after a redirect", vec![Hold])
            .timeout(STALL)
            .errors("timeout", "first_byte")
            .by_method(),
        then(
            "one byte a second after a redirect",
            vec![write("HTTP/1.1 200 OK\r\n\r\n"), Drip(b"hello".repeat(9), second)],
        )
        .timeout("3500ms")
        .errors("timeout", "body")
        .by_method(),
        then("404 after a redirect", vec![answer("404 Not Found", "")])
            .fails()
            .by_method(),
        // The connection of the redirect was used before, so it may have been lost for being idle: once more.
        Row::scripts(
            "a kept connection that is reset after a redirect",
            vec![
                vec![Read, answer("307 X\r\nLocation: /there", ""), Read, Reset],
                vec![Read, ok(), Hold],
            ],
        )
        .requests(3)
        .connections(2)
        .alone(),
        Row::scripts(
            "a redirect from http to a TLS port that speaks http",
            vec![
                vec![
                    Act::Answer(Arc::new(|asked| vec![to(307, "https://{host}/there", asked)])),
                    Hold,
                ],
                vec![write("HTTP/1.1 400 Bad Request\r\n\r\n"), Hold],
            ],
        )
        .errors("tls", "tls")
        .connections(2)
        .origin("http://localhost")
        .by_method(),
    ]
    .concat()
}
