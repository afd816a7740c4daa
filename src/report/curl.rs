//! A request as a curl command that sends it again.

use std::path::Path;

use super::shell::{Variable, word, word_with};
use crate::outcome::{Exchange, Payload, PayloadKind};
use crate::secret::{made_of, sensitive_header, shown_header};

/// The mark of a value that is hidden and has no name.
const NAMELESS: &str = "‹…›";

/// What the password of a URL is called.
pub const PASSWORD: &str = "password";

/// The longest body, in bytes, that is written into the command where nothing else is asked for.
pub(super) const LONGEST_BODY: usize = 4000;

/// The command that sends the request of an exchange again, on one line. Secrets are shell variables named after their
/// labels, or after their header where they have none, so that the command can be passed on.
pub(super) fn command(exchange: &Exchange) -> String {
    command_within(exchange, LONGEST_BODY)
}

/// The same with a text as the body however long it is, or with a file as the body.
pub fn whole_command(exchange: &Exchange, file: Option<&Path>) -> String {
    command_with(exchange, usize::MAX, file)
}

/// The same, with a body of at most `longest` bytes in it.
pub(super) fn command_within(exchange: &Exchange, longest: usize) -> String {
    command_with(exchange, longest, None)
}

/// The variable for the secret of this name: the one that gives it to a run, or else one named after it.
fn variable(exchange: &Exchange, name: &str) -> Variable {
    let mark = format!("‹{name}›");
    if let Some(secret) = made_of(name) {
        return Variable::new(mark, name).with_note(&format!("what the step makes of {secret}"));
    }
    let known = exchange.variables.get(name);
    known
        .and_then(|known| Variable::of_environment(mark.clone(), known))
        .unwrap_or_else(|| Variable::new(mark, name))
}

/// The name of that variable.
pub fn variable_name(exchange: &Exchange, name: &str) -> String {
    variable(exchange, name).name().to_owned()
}

/// A text of a request with each secret in it as `write` writes the name of its variable. What is hidden without a name
/// of its own is named after `place`, the header that it stands in.
pub fn with_variables(
    exchange: &Exchange,
    place: &str,
    text: &str,
    write: impl Fn(&str) -> String,
) -> String {
    let mut variables: Vec<Variable> = variables(exchange);
    variables.push(Variable::new(NAMELESS.to_owned(), place));
    let text = text.to_owned();
    variables
        .iter()
        .fold(text, |text, variable| variable.put(&text, &write))
}

fn variables(exchange: &Exchange) -> Vec<Variable> {
    exchange
        .secrets
        .iter()
        .map(|name| variable(exchange, name))
        .collect()
}

fn command_with(exchange: &Exchange, longest: usize, file: Option<&Path>) -> String {
    let variables = variables(exchange);
    let body = exchange
        .request
        .body
        .as_ref()
        .filter(|body| body.size > 0 || !body.text.is_empty());
    // The password in front of a host.
    let nameless = Variable::new(NAMELESS.to_owned(), PASSWORD);
    let url = word_with(&exchange.url, &[variables.as_slice(), &[nameless]].concat());

    let mut words = vec!["curl".to_owned()];
    words.extend(method(&exchange.method, body.is_some()));
    if exchange.url.contains(['[', ']', '{', '}']) {
        words.push("--globoff".to_owned());
    }
    if !exchange.redirects.is_empty() {
        words.push("--location".to_owned());
    }
    // curl encodes them as the step did.
    let user = exchange.user.as_ref();
    words.extend(user.map(|user| format!("-u {}", word_with(user, &variables))));
    words.extend(headers(exchange, &variables, body.is_some()));
    words.extend(body.map(|body| match file {
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
            "authorization" if exchange.user.is_some() => continue,
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
    use indexmap::IndexMap;

    use super::*;
    use crate::outcome::Message;

    fn exchange(method: &str, headers: &[(&str, &str)], body: Option<&str>) -> Exchange {
        Exchange {
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
            secrets: vec!["revio_token".to_owned()],
            ..Exchange::default()
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
    fn a_secret_is_named_by_the_variable_that_gave_it() {
        let mut sent = exchange("GET", &[("x-key", "‹revio_token›")], None);
        sent.variables = IndexMap::from([("revio_token".to_owned(), "CI_REVIO_TOKEN".to_owned())]);
        assert_eq!(
            command(&sent),
            "curl -H 'x-key: '\"$CI_REVIO_TOKEN\" https://api.test/v1/contacts/7"
        );
        // No shell can name it so.
        sent.variables["revio_token"] = "ci-revio".to_owned();
        assert!(command(&sent).contains("\"$REVIO_TOKEN\""));
    }

    #[test]
    fn basic_is_given_to_curl_as_user_and_password() {
        let headers = [("authorization", "Basic ‹made of revio_token›")];
        let mut sent = exchange("GET", &headers, None);
        sent.user = Some("jo:‹revio_token›".to_owned());
        assert_eq!(
            command(&sent),
            "curl -u jo:\"$REVIO_TOKEN\" https://api.test/v1/contacts/7"
        );
    }

    #[test]
    fn what_was_made_of_a_secret_says_so_and_is_asked_for() {
        let mut sent = exchange("GET", &[("x-signature", "‹made of revio_token›")], None);
        sent.secrets = vec!["made of revio_token".to_owned()];
        assert_eq!(
            command(&sent),
            "curl -H 'x-signature: '\"${MADE_OF_REVIO_TOKEN:?what the step makes of revio_token}\" \
             https://api.test/v1/contacts/7"
        );
    }

    #[test]
    fn a_password_in_a_url_is_a_variable() {
        let mut sent = exchange("GET", &[], None);
        sent.url = "https://jo:‹…›@api.test/".to_owned();
        assert_eq!(command(&sent), "curl https://jo:\"$PASSWORD\"@api.test/");
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
