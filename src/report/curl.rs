//! A request as a curl command that sends it again.

use std::collections::HashMap;
use std::path::Path;

use super::shell::{Variable, word, word_with};
use crate::outcome::{Exchange, Payload, PayloadKind};
use crate::secret::{sensitive_header, shown_header};

/// The mark of a value that is hidden and has no name.
const NAMELESS: &str = "‹…›";

/// The longest body, in bytes, that is written into the command where nothing else is asked for.
pub(super) const LONGEST_BODY: usize = 4000;

/// The command that sends the request of an exchange again, on one line. Secrets are shell variables named after their
/// labels, or after their header where they have none, so that the command can be passed on.
pub(super) fn command(exchange: &Exchange) -> String {
    command_within(exchange, LONGEST_BODY)
}

/// What a command says otherwise than an exchange alone would have it.
#[derive(Default)]
pub struct Wording<'a> {
    /// The environment variables that give secrets, by the names of these.
    pub environment: HashMap<&'a str, &'a str>,
    /// The file that is the body.
    pub file: Option<&'a Path>,
}

/// The same in other words, with a text as the body however long it is.
pub fn command_in(exchange: &Exchange, wording: &Wording<'_>) -> String {
    command_with(exchange, usize::MAX, wording)
}

/// The same, with a body of at most `longest` bytes in it.
pub(super) fn command_within(exchange: &Exchange, longest: usize) -> String {
    command_with(exchange, longest, &Wording::default())
}

fn command_with(exchange: &Exchange, longest: usize, wording: &Wording<'_>) -> String {
    let variables: Vec<Variable> = exchange
        .secrets
        .iter()
        .map(|label| {
            let name = label.trim_start_matches('‹').trim_end_matches('›');
            let mark = format!("‹{name}›");
            let known = wording.environment.get(name);
            known
                .and_then(|known| Variable::of_environment(mark.clone(), known))
                .unwrap_or_else(|| Variable::new(mark, name))
        })
        .collect();
    let body = exchange
        .request
        .body
        .as_ref()
        .filter(|body| body.size > 0 || !body.text.is_empty());
    let url = word_with(&exchange.url, &variables);

    let mut words = vec!["curl".to_owned()];
    words.extend(method(&exchange.method, body.is_some()));
    if exchange.url.contains(['[', ']', '{', '}']) {
        words.push("--globoff".to_owned());
    }
    if !exchange.redirects.is_empty() {
        words.push("--location".to_owned());
    }
    words.extend(headers(exchange, &variables, body.is_some()));
    words.extend(body.map(|body| match wording.file {
        Some(file) => format!("--data-binary {}", word(&format!("@{}", slashed(file)))),
        None => data(body, longest, &variables),
    }));
    words.push(url);
    words.join(" ")
}

/// What curl must be told of the method; it sends GET by itself, and POST where there is a body.
fn method(method: &str, has_body: bool) -> Option<String> {
    match (method, has_body) {
        ("GET", false) | ("POST", true) => None,
        ("HEAD", false) => Some("--head".to_owned()),
        _ => Some(format!("-X {}", word(method))),
    }
}

fn headers(exchange: &Exchange, variables: &[Variable], has_body: bool) -> Vec<String> {
    let authority = authority(&exchange.url);
    let mut words = Vec::new();
    let mut typed = false;
    for (name, value) in &exchange.request.headers {
        let lower = name.to_ascii_lowercase();
        typed |= lower == "content-type";
        match lower.as_str() {
            // curl says these by itself, and as they must be for what it sends.
            "content-length" | "transfer-encoding" | "connection" => continue,
            "host" if authority == Some(value.as_str()) => continue,
            "accept" if value == "*/*" => continue,
            "user-agent" if value.starts_with("callsheet") => continue,
            "accept-encoding" => {
                words.push("--compressed".to_owned());
                continue;
            }
            _ => {}
        }
        // `Name:` would take the header out; a semicolon sends it without a value.
        let header = if value.is_empty() {
            format!("{name};")
        } else {
            format!("{name}: {}", shown_header(name, value))
        };
        words.push(format!("-H {}", header_word(name, &header, variables)));
    }
    if has_body && !typed {
        // Or else curl says that the body is a form.
        words.push("-H Content-Type:".to_owned());
    }
    words
}

/// A header as a word; a value that is hidden without a name is a variable named after the header.
fn header_word(name: &str, header: &str, variables: &[Variable]) -> String {
    if !sensitive_header(name) || !header.contains(NAMELESS) {
        return word_with(header, variables);
    }
    let nameless = Variable::new(NAMELESS.to_owned(), name);
    word_with(header, &[variables, &[nameless]].concat())
}

/// The body as options; one that is not known whole, or too long to be read in a command, is a file to be filled in.
fn data(body: &Payload, longest: usize, variables: &[Variable]) -> String {
    let is_text = match body.kind {
        PayloadKind::Json | PayloadKind::Text => true,
        PayloadKind::Binary => false,
    };
    // No argument of a program can hold a NUL.
    if is_text && !body.cut && body.text.len() <= longest && !body.text.contains('\0') {
        format!("--data-raw {}", word_with(&body.text, variables))
    } else {
        "--data-binary @request-body".to_owned()
    }
}

/// A path with `/` between its parts on every system.
fn slashed(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

/// The host of a URL with its port, where it says one.
fn authority(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Message, Origin};

    fn exchange(method: &str, headers: &[(&str, &str)], body: Option<&str>) -> Exchange {
        Exchange {
            at: 0,
            origin: Origin::Step,
            method: method.to_owned(),
            url: "https://api.test/v1/contacts/7".to_owned(),
            request: Message {
                headers: headers
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
                body: body.map(|text| Payload {
                    kind: PayloadKind::Json,
                    text: text.to_owned(),
                    size: text.len() as u64,
                    cut: false,
                }),
            },
            status: None,
            version: None,
            response: None,
            failure: None,
            redirects: Vec::new(),
            timings: Default::default(),
            secrets: vec!["revio_token".to_owned()],
        }
    }

    #[test]
    fn secrets_are_variables_and_what_curl_says_itself_is_left_out() {
        let headers = [
            ("host", "api.test"),
            ("accept", "*/*"),
            ("authorization", "Bearer ‹revio_token›"),
            ("x-api-key", "a value nobody declared"),
            ("x-empty", ""),
            ("accept-encoding", "gzip"),
        ];
        assert_eq!(
            command(&exchange("GET", &headers, None)),
            "curl -H 'authorization: Bearer '\"$REVIO_TOKEN\" -H 'x-api-key: '\"$X_API_KEY\" \
             -H 'x-empty;' --compressed https://api.test/v1/contacts/7"
        );
    }

    #[test]
    fn bodies_are_sent_as_they_are() {
        let sent = exchange(
            "POST",
            &[("content-type", "application/json")],
            Some(r#"{"k":"‹revio_token› it's"}"#),
        );
        assert_eq!(
            command(&sent),
            r#"curl -H 'content-type: application/json' --data-raw '{"k":"'"$REVIO_TOKEN"' it'\''s"}' https://api.test/v1/contacts/7"#
        );
        let mut cut = exchange("PATCH", &[], Some("x"));
        cut.request.body.as_mut().expect("given").cut = true;
        assert_eq!(
            command(&cut),
            "curl -X PATCH -H Content-Type: --data-binary @request-body https://api.test/v1/contacts/7"
        );
    }

    #[test]
    fn a_url_is_taken_literally() {
        let mut listed = exchange("DELETE", &[], None);
        listed.url = "https://api.test/a?ids[]={1,2}&k=‹revio_token›".to_owned();
        assert_eq!(
            command(&listed),
            r#"curl -X DELETE --globoff 'https://api.test/a?ids[]={1,2}&k='"$REVIO_TOKEN""#
        );
    }
}
