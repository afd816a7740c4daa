//! `cookie: name`: a cookie's value.

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderName};

use super::{Extraction, Extractor, ExtractorKind, Message};
use crate::decode::{Decoder, Quantity};
use crate::registry::{self, Entry};
use crate::yaml::Node;

pub(super) const KIND: ExtractorKind = ExtractorKind {
    entry: Entry {
        name: "cookie",
        summary: "the value of a cookie that an answer sets, or that a request to a mock carries",
        example: "cookie: sid",
    },
    parse,
    quantity: Quantity::Plain,
};

fn parse(node: &Node, decoder: &mut Decoder<'_>) -> Option<Extractor> {
    decoder.constant(node, "a cookie name").map(extractor)
}

/// The extractor of the cookie of that name.
pub fn extractor(name: &str) -> Extractor {
    let name = name.to_owned();
    Extractor::new(format!("cookies.{name}"), move |message, _scope| {
        let cookies = cookies(message);
        match cookies.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => Extraction::owned(value.as_str()),
            None => Extraction::missing(absent(&cookies, &name, message.status.is_some())),
        }
    })
}

/// Names and values, those that count first: of lines that set the same cookie, the last one counts (RFC 6265 §5.3);
/// of a request, the first, whose path is the longest (RFC 6265 §5.4).
fn cookies(message: &Message<'_>) -> Vec<(String, String)> {
    if message.status.is_some() {
        let lines = texts(message.headers, &SET_COOKIE);
        // Attributes such as `Path` follow the first semicolon.
        let mut set: Vec<_> = lines
            .iter()
            .filter_map(|line| pair(line.split(';').next()?))
            .collect();
        set.reverse();
        set
    } else {
        let lines = texts(message.headers, &COOKIE);
        lines
            .iter()
            .flat_map(|line| line.split(';'))
            .filter_map(pair)
            .collect()
    }
}

fn texts(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim().to_owned(), value.trim().to_owned()))
}

fn absent(cookies: &[(String, String)], name: &str, is_answer: bool) -> String {
    let whose = if is_answer {
        "the answer sets"
    } else {
        "the request carries"
    };
    match registry::nearest(name, cookies.iter().map(|(known, _)| known.as_str())) {
        Some(near) => format!("{whose} no cookie {name}; did you mean {near}?"),
        None => format!("{whose} no cookie {name}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Answer, complaints, extractor, missing, value};

    #[test]
    fn an_answer_sets_cookies() {
        let answer = Answer::with_headers(&[
            ("set-cookie", "sid=old; Path=/"),
            ("set-cookie", "theme = dark"),
            ("set-cookie", "sid=a=b==; HttpOnly; Max-Age=60"),
            ("cookie", "other=1"),
        ]);
        assert_eq!(value("cookie: sid", &answer), json!("a=b=="));
        assert_eq!(value("cookie: theme", &answer), json!("dark"));
        assert_eq!(extractor("cookie: sid").subject(), "cookies.sid");
        assert_eq!(missing("cookie: Path", &answer), "the answer sets no cookie Path");
        assert_eq!(
            missing("cookie: SID", &answer),
            "the answer sets no cookie SID; did you mean sid?"
        );
    }

    #[test]
    fn a_request_carries_cookies() {
        let lines = [("cookie", "sid=1; theme=dark; sid=2"), ("set-cookie", "other=1")];
        let request = Answer::with_headers(&lines).into_request();
        assert_eq!(value("cookie: sid", &request), json!("1"));
        assert_eq!(value("cookie: theme", &request), json!("dark"));
        assert_eq!(
            missing("cookie: other", &request),
            "the request carries no cookie other"
        );
    }

    #[test]
    fn a_name_is_a_text() {
        assert_eq!(
            complaints("cookie: { a: b }"),
            ["1:9: expected a text for a cookie name, found a mapping"]
        );
    }
}
