//! The headers of a step, and what of them is said in another way: the content type, and who is calling.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderName, HeaderValue};
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::credential::is_credential_header;
use super::request::{Body, Request};
use super::secrets::Secrets;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::secret;

/// Headers that the client sets by itself, from the body and the connection.
const OF_THE_WIRE: [&str; 8] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The headers of a step, and what is said in another way.
#[derive(Default)]
pub(super) struct Headers {
    pub(super) plain: IndexMap<String, Vec<Value>>,
    pub(super) content_type: Option<String>,
    pub(super) auth: Option<Value>,
}

impl Headers {
    pub(super) fn of(request: &Request, secrets: &mut Secrets, diagnostics: &mut Diagnostics) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in &request.headers {
            let mut wrong = |message: String| diagnostics.push(Diagnostic::error(message).at(&request.place));
            if HeaderName::from_bytes(name.as_bytes()).is_err() {
                wrong("the name of a header has a character that none has".to_owned());
                continue;
            }
            if HeaderValue::from_bytes(value.as_bytes()).is_err() {
                wrong(format!(
                    "the header {name} has a line break or another control character"
                ));
                continue;
            }
            let lower = name.to_ascii_lowercase();
            match lower.as_str() {
                wire if OF_THE_WIRE.contains(&wire) => {}
                // Said of every request that says nothing else.
                "accept" if value == "*/*" => {}
                "host"
                    if request
                        .address
                        .host()
                        .is_some_and(|host| host.eq_ignore_ascii_case(value)) => {}
                "host" => diagnostics.push(
                    Diagnostic::error("a call sheet cannot set the header Host")
                        .at(&request.place)
                        .help("it follows from the URL; `run --resolve` reaches a host at another address"),
                ),
                "content-type" => headers.content_type = Some(value.clone()),
                "authorization" => headers.authorization(name, value, secrets),
                "cookie" => {
                    let value = cookie(value, secrets);
                    headers.add(name, value);
                }
                _ => {
                    let value = match is_credential_header(name) {
                        true => secrets.credential(value, name),
                        false => secrets.text(value),
                    };
                    headers.add(name, value);
                }
            }
            if is_credential_header(name) {
                secrets.parts_of(name, value);
            }
        }
        headers
    }

    fn add(&mut self, name: &str, value: String) {
        let known = self
            .plain
            .keys()
            .find(|known| known.eq_ignore_ascii_case(name))
            .cloned();
        let values = self
            .plain
            .entry(known.unwrap_or_else(|| name.to_owned()))
            .or_default();
        values.push(value.into());
    }

    /// Basic and Bearer by their schemes; of another one its word stays.
    fn authorization(&mut self, name: &str, value: &str, secrets: &mut Secrets) {
        let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
        let decoded = BASE64_STANDARD
            .decode(rest)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let pair = decoded.as_deref().and_then(|decoded| decoded.split_once(':'));
        match (scheme, pair) {
            ("Basic", Some((user, password)))
                if BASE64_STANDARD.encode(format!("{user}:{password}")) == rest =>
            {
                self.auth = Some(basic(user, Some(password), secrets));
            }
            ("Bearer", _) if !rest.is_empty() && rest.trim() == rest => {
                self.auth = Some(json!({ "bearer": secrets.credential(rest, "token") }));
            }
            // A word that is no scheme may be a part of the credential.
            (scheme, _) if secret::scheme_and_rest(value).0.is_some() => {
                let value = format!("{scheme} {}", secrets.credential(rest, "token"));
                self.add(name, value);
            }
            _ => {
                let value = secrets.credential(value, "token");
                self.add(name, value);
            }
        }
    }

    /// Leaves the content type to the body where it sets the same by itself.
    pub(super) fn agree(
        &mut self,
        body: &Body,
        own: Option<&str>,
        request: &Request,
        diagnostics: &mut Diagnostics,
    ) {
        match (&self.content_type, body) {
            // Its boundary is another one each time.
            (_, Body::Multipart(_)) => self.content_type = None,
            (Some(said), _) if Some(said.as_str()) == own => self.content_type = None,
            (Some(_), _) => {}
            (None, _) => {
                let own = own.unwrap_or("the one that the name of the file says");
                let message = format!("this body has no content type, and a call sheet sends one: {own}");
                diagnostics.push(Diagnostic::warning(message).at(&request.place));
            }
        }
    }
}

pub(super) fn basic(user: &str, password: Option<&str>, secrets: &mut Secrets) -> Value {
    let username = match password {
        // Some keys go in the place of the name.
        Some("") | None => secrets.credential(user, "username"),
        Some(_) => secrets.text(user),
    };
    // Where it is asked for when the command runs, no text can be it.
    let unknown = format!("\0{user}");
    let password = secrets.credential(password.unwrap_or(&unknown), "password");
    json!({ "basic": { "username": username, "password": password } })
}

/// All cookies as one secret; where a variable of the shell is among them, each by its name.
pub(super) fn cookie(value: &str, secrets: &mut Secrets) -> String {
    if !secrets.has_variable(value) {
        return secrets.credential(value, "cookie");
    }
    let pairs = value.split(';').map(|pair| {
        let plain = pair.trim_start();
        let space = &pair[..pair.len() - plain.len()];
        match plain.split_once('=') {
            Some((name, value)) => {
                let value = secrets.credential(value, &format!("cookie {name}"));
                format!("{space}{}={value}", secrets.text(name))
            }
            None => format!("{space}{}", secrets.credential(plain, "cookie")),
        }
    });
    pairs.collect::<Vec<_>>().join(";")
}
