//! Rows: answers that are cut, doubled, swollen or not HTTP.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::row::{Row, STALL};
use super::server::{Act, HalfClose, Hold, Read, Repeat, answer, write};

pub(super) fn rows() -> Vec<Row> {
    [lengths(), chunks(), statuses(), floods(), not_http(), coded()].concat()
}

/// An answer of these bytes, after which nothing more comes.
fn ends(name: &str, bytes: impl AsRef<[u8]>) -> Row {
    Row::acts(name, vec![Read, write(bytes.as_ref()), HalfClose, Hold])
}

/// An answer of these bytes, after which the connection waits.
fn stays(name: &str, bytes: impl AsRef<[u8]>) -> Row {
    Row::acts(name, vec![Read, write(bytes.as_ref()), Hold])
}

fn lengths() -> Vec<Row> {
    let head = |length: &str| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nhello");
    let mut rows = [
        ends("a short body", head("6"))
            .errors("framing", "body")
            .in_all_ways(),
        // What comes after the body is not the body's.
        ends(
            "a long body",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nhello",
        )
        .step("expect: { body: hel }")
        .in_all_ways(),
        ends(
            "a body that ends with the connection",
            "HTTP/1.1 200 OK\r\n\r\nhello",
        )
        .step("expect: { body: hello }")
        .in_all_ways(),
        ends("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello")
            .step("expect: { body: hello }")
            .in_all_ways(),
        ends(
            "HTTP/1.0 with a length",
            "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        )
        .in_all_ways(),
        ends(
            "HTTP/1.0 with a short body",
            "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhello",
        )
        .errors("framing", "body")
        .in_all_ways(),
        stays("a length beyond the limit", head("10485761"))
            .errors("limit", "body")
            .in_all_ways(),
    ]
    .concat();
    for (name, lines) in [
        (
            "a length and chunks",
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
        ),
        (
            "chunks and a length",
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
        ),
        ("two lengths", "Content-Length: 5\r\nContent-Length: 6"),
        ("two lengths in one line", "Content-Length: 5, 6"),
        ("a negative length", "Content-Length: -5"),
        ("a signed length", "Content-Length: +5"),
        ("a length that is no number", "Content-Length: five"),
        ("an empty length", "Content-Length:"),
        ("a length in hexadecimal", "Content-Length: 0x5"),
        (
            "a length beyond all numbers",
            "Content-Length: 99999999999999999999999",
        ),
    ] {
        let row = stays(name, format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\nhello"));
        rows.extend(row.errors("framing", "first_byte").by_method());
    }
    rows
}

fn chunks() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, chunks) in [
        ("chunks without a last one", "5\r\nhello\r\n"),
        ("an end within a chunk", "5\r\nhel"),
        ("an end within a chunk's length", "5"),
        ("an end within the trailers", "5\r\nhello\r\n0\r\n"),
        ("a chunk of no length", "\r\nhello\r\n0\r\n\r\n"),
        ("a chunk whose length is no number", "five\r\nhello\r\n0\r\n\r\n"),
        ("a chunk of a negative length", "-5\r\nhello\r\n0\r\n\r\n"),
        ("a chunk longer than it says", "3\r\nhello\r\n0\r\n\r\n"),
        (
            "a chunk length beyond all numbers",
            "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        ),
    ] {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let row = ends(name, format!("{head}{chunks}"));
        rows.extend(row.errors("framing", "body").by_method());
    }
    rows.extend(
        stays(
            "chunks with extensions and trailers",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
        )
        .step("expect: { body: hello }")
        .by_method(),
    );
    rows
}

fn statuses() -> Vec<Row> {
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    let mut rows = [
        stays(
            "100 before the answer",
            format!("HTTP/1.1 100 Continue\r\n\r\n{ok}"),
        )
        .in_all_ways(),
        stays("103 before the answer", format!("{hints}{ok}")).in_all_ways(),
        stays(
            "fifty times 103 before the answer",
            format!("{}{ok}", hints.repeat(50)),
        )
        .in_all_ways(),
        Row::acts(
            "103 without an end",
            vec![Read, Repeat(hints.repeat(20).into(), usize::MAX)],
        )
        .timeout(STALL)
        .errors("timeout", "first_byte")
        .in_all_ways(),
        stays(
            "101 that nobody asked for",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        )
        .fails()
        .in_all_ways(),
    ]
    .concat();
    // They have no body, whatever they say of one; what follows belongs to no answer.
    for (name, status) in [("204 with a body", 204), ("304 with a body", 304)] {
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
        let row = stays(name, answer).step(&format!("expect: {{ status: {status}, body: {{ length: 0 }} }}"));
        rows.extend(row.in_all_ways());
        let chunked =
            format!("HTTP/1.1 {status} X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        let row = stays(&format!("{name} in chunks"), chunked)
            .step(&format!("expect: {{ status: {status}, body: {{ length: 0 }} }}"));
        rows.extend(row.by_method());
    }
    for status in [400, 404, 500, 599, 999] {
        let row = Row::answers(
            &format!("status {status}"),
            vec![answer(&format!("{status} X"), "hello")],
        );
        rows.extend(row.fails().by_method());
    }
    rows
}

fn floods() -> Vec<Row> {
    let flood = |name: &str, begin: &str, bytes: Vec<u8>| {
        Row::acts(name, vec![Read, write(begin), Repeat(bytes, usize::MAX)])
    };
    let lines: String = (0..101).map(|number| format!("X-{number}: x\r\n")).collect();
    let hundred: String = (0..99).map(|number| format!("X-{number}: x\r\n")).collect();
    [
        stays(
            "a hundred header lines",
            format!("HTTP/1.1 200 OK\r\n{hundred}Content-Length: 0\r\n\r\n"),
        )
        .by_method(),
        stays(
            "more header lines than the limit",
            format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{lines}\r\n"),
        )
        .errors("limit", "first_byte")
        .in_all_ways(),
        flood(
            "header lines without an end",
            "HTTP/1.1 200 OK\r\n",
            b"X-Y: z\r\n".repeat(500),
        )
        .errors("limit", "first_byte")
        .in_all_ways(),
        flood(
            "a header without an end",
            "HTTP/1.1 200 OK\r\nX-Y: ",
            vec![b'x'; 8192],
        )
        .errors("limit", "first_byte")
        .in_all_ways(),
        flood(
            "a header name without an end",
            "HTTP/1.1 200 OK\r\n",
            vec![b'x'; 8192],
        )
        .errors("limit", "first_byte")
        .in_all_ways(),
        flood("a status line without an end", "HTTP/1.1 200 ", vec![b'x'; 8192])
            .errors("limit", "first_byte")
            .in_all_ways(),
        flood("empty lines without an end", "", b"\r\n".repeat(4096))
            .errors("limit", "first_byte")
            .in_all_ways(),
        flood(
            "chunks without an end",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            format!("4000\r\n{}\r\n", "x".repeat(0x4000)).into_bytes(),
        )
        .errors("limit", "body")
        .by_method(),
        flood(
            "a body without an end",
            "HTTP/1.1 200 OK\r\n\r\n",
            vec![b'x'; 16384],
        )
        .errors("limit", "body")
        .by_method(),
    ]
    .concat()
}

fn not_http() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, bytes) in [
        ("another protocol", &b"SSH-2.0-OpenSSH_9.6\r\n\r\n"[..]),
        ("HTTP/2 without asking", b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64"),
        ("HTTP/3.0", b"HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
        (
            "a status of two digits",
            b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
        ),
        (
            "a status of letters",
            b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n",
        ),
        (
            "NUL in a header",
            b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
        ),
        (
            "a blank in a header's name",
            b"HTTP/1.1 200 OK\r\nContent Length: 0\r\n\r\n",
        ),
        ("a header without a colon", b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"),
        (
            "a folded header",
            b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        ),
        ("256 bytes of all kinds", &[0xff; 256]),
    ] {
        let row = stays(name, bytes).errors("protocol", "first_byte");
        rows.extend(row.by_method());
    }
    rows
}

/// What gzip makes of these bytes.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("a vector takes it");
    encoder.finish().expect("a vector takes it")
}

fn coded() -> Vec<Row> {
    let coded = |name: &str, coding: &str, body: Vec<u8>| {
        let answer: Act = answer(&format!("200 OK\r\nContent-Encoding: {coding}"), body);
        Row::answers(name, vec![answer])
    };
    let whole = gzip(b"hello hello hello");
    let mut bad_checksum = whole.clone();
    let checksum = bad_checksum.len() - 8;
    bad_checksum[checksum] ^= 1;
    let mut bad_length = whole.clone();
    *bad_length.last_mut().expect("a length") ^= 1;
    let cut_at = |at: usize| whole[..at].to_vec();
    let mut rows = coded("gzip", "gzip", whole.clone())
        .step("expect: { body: hello hello hello }")
        .in_all_ways();
    for (name, coding, body) in [
        ("gzip cut in its header", "gzip", cut_at(5)),
        ("gzip cut in its data", "gzip", cut_at(14)),
        ("gzip cut before its checksum", "gzip", cut_at(checksum)),
        ("gzip cut by one byte", "gzip", cut_at(whole.len() - 1)),
        ("gzip with a bad checksum", "gzip", bad_checksum),
        ("gzip with a bad length", "gzip", bad_length),
        ("gzip that is none", "gzip", b"hello".to_vec()),
        (
            "gzip with more behind it",
            "gzip",
            [whole.clone(), b"hello".to_vec()].concat(),
        ),
        ("gzip once where it says twice", "gzip, gzip", whole.clone()),
    ] {
        rows.extend(coded(name, coding, body).errors("framing", "body").in_all_ways());
    }
    rows.extend(
        coded("an unknown coding", "rot13", b"uryyb".to_vec())
            .errors("protocol", "body")
            .in_all_ways(),
    );
    rows.extend(
        coded("three codings", "gzip, gzip, gzip", gzip(&gzip(&gzip(b"hello"))))
            .errors("limit", "body")
            .in_all_ways(),
    );
    let bomb = gzip(&vec![0; 11 * 1024 * 1024]);
    rows.extend(
        coded("a gzip bomb", "gzip", bomb.clone())
            .errors("limit", "body")
            .by_method(),
    );
    rows.extend(
        coded("a gzip bomb within gzip", "gzip, gzip", gzip(&bomb))
            .errors("limit", "body")
            .by_method(),
    );
    rows
}
