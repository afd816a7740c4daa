//! Requests as the text of a collection.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderName, HeaderValue, Method};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::Imported;
use super::body::{self, one_or_list, parameter};
use super::credential::{is_credential_header, is_credential_parameter};
use super::request::{Body, Part, Request};
use super::secrets::Secrets;
use crate::collection::METHODS;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::yaml;

/// The input that the common part of the URLs is.
const BASE_URL: &str = "base_url";

/// The longest name of a step, in characters.
const LONGEST_NAME: usize = 60;

/// How many redirects are followed where nothing is said.
const REDIRECTS: u8 = 10;

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

/// A step before what all steps have in common is taken out.
#[derive(Default)]
struct Draft {
    name: String,
    /// The method with the URL, and the query.
    action: Map<String, Value>,
    headers: Vec<(String, Value)>,
    auth: Option<Value>,
    body: Option<(&'static str, Value)>,
    redirects: u8,
    is_redirected_as_all: bool,
    timeout: Option<String>,
    status: Value,
}

/// Writes a sheet of requests. What cannot be said in one goes to `diagnostics`.
pub(super) fn write(requests: &[Request], secrets: &mut Secrets, diagnostics: &mut Diagnostics) -> Imported {
    let mut sheet = Imported::default();
    let mut origins = Origins::new(requests, secrets);
    let mut names: IndexMap<String, usize> = IndexMap::new();
    let mut drafts = Vec::with_capacity(requests.len());
    for (number, request) in requests.iter().enumerate() {
        secrets.of(&request.place, number, &request.method);
        let name = unique(step_name(request, secrets), &mut names);
        secrets.of(&request.place, number, &name);
        sheet.files.extend(files(request, secrets, diagnostics));
        if let Some(host) = request.address.host()
            && !sheet.hosts.contains(&host)
        {
            sheet.hosts.push(host);
        }
        drafts.push(draft(request, name, &mut origins, secrets, diagnostics));
    }
    diagnostics.extend(secrets.take_wrong());
    let common = Common::take_out_of(&mut drafts);
    let mut top = Map::new();
    let name = origins.about().map_or_else(
        || "imported requests".to_owned(),
        |host| format!("requests to {host}"),
    );
    top.insert("collection".to_owned(), name.into());
    let mut inputs = origins.inputs(&mut sheet.open);
    inputs.extend(secrets.inputs());
    top.insert("inputs".to_owned(), inputs.into());
    top.insert("defaults".to_owned(), common.into_defaults().into());
    sheet.text = yaml::write(&top.into());
    sheet.text.push_str("steps:\n");
    for (number, draft) in drafts.into_iter().enumerate() {
        if number > 0 {
            sheet.text.push('\n');
        }
        // Of the list its key stands there already.
        let list = yaml::write(&json!({ "steps": [draft.into_step()] }));
        sheet
            .text
            .push_str(list.split_once('\n').map_or("", |(_, steps)| steps));
    }
    sheet
}

/// The origins of requests: the one that most have is `base_url`.
struct Origins {
    /// Each with the name of its input; without one it is written out.
    names: IndexMap<String, Option<String>>,
    /// Each of those with an input that has a variable in it, as a person reads it.
    shown: Vec<(String, String)>,
}

impl Origins {
    fn new(requests: &[Request], secrets: &Secrets) -> Origins {
        let mut counts: IndexMap<&str, usize> = IndexMap::new();
        for request in requests {
            *counts.entry(request.address.origin.as_str()).or_default() += 1;
        }
        // The first of those that are met most often.
        counts.sort_by(|_, one, _, other| other.cmp(one));
        let mut names = IndexMap::new();
        let mut shown = Vec::new();
        for (origin, _) in counts {
            let name = match names.len() {
                0 => Some(BASE_URL.to_owned()),
                number if secrets.has_variable(origin) => Some(format!("{BASE_URL}_{}", number + 1)),
                _ => None,
            };
            if let Some(name) = &name
                && secrets.has_variable(origin)
            {
                shown.push((name.clone(), secrets.with_variables(origin)));
            }
            names.insert(origin.to_owned(), name);
        }
        Origins { names, shown }
    }

    /// The host or hosts, for the name of the collection.
    fn about(&self) -> Option<&str> {
        let (first, _) = self.names.first()?;
        let is_known = self.shown.iter().all(|(name, _)| name != BASE_URL);
        is_known.then(|| first.split_once("://").map_or(first.as_str(), |(_, host)| host))
    }

    /// What a URL begins with: nothing for the base, or the rest is not joined to it.
    fn prefix(&self, origin: &str) -> String {
        match self.names.get(origin) {
            Some(Some(name)) if name == BASE_URL => String::new(),
            Some(Some(name)) => format!("${{{{ {name} }}}}"),
            Some(None) | None => origin.to_owned(),
        }
    }

    fn inputs(&self, open: &mut Vec<String>) -> Map<String, Value> {
        let mut inputs = Map::new();
        for (origin, name) in &self.names {
            let Some(name) = name else { continue };
            let shown = self.shown.iter().find(|(known, _)| known == name);
            let input = match shown {
                Some((_, shown)) => {
                    open.push(name.clone());
                    json!({ "description": format!("what is {shown} in the commands") })
                }
                None => origin.as_str().into(),
            };
            inputs.insert(name.clone(), input);
        }
        inputs
    }
}

fn draft(
    request: &Request,
    name: String,
    origins: &mut Origins,
    secrets: &mut Secrets,
    diagnostics: &mut Diagnostics,
) -> Draft {
    let mut headers = Headers::of(request, secrets, diagnostics);
    let body = request.body.as_ref().map(|body| {
        // Where a template is in it, it is a header's.
        let said = headers.content_type.as_deref();
        let said = said.filter(|said| {
            !matches!(body, Body::File(_)) || !said.contains("${") && !secrets.has_variable(said)
        });
        let written = body::write(body, said, secrets);
        headers.agree(body, written.content_type.as_deref(), request, diagnostics);
        (written.key, written.value)
    });
    let content_type = headers.content_type.map(|value| {
        let value = secrets.text(&value);
        ("Content-Type".to_owned(), Value::from(value))
    });
    let auth = headers.auth.or_else(|| {
        let (user, password) = request.basic.as_ref().or(request.address.user.as_ref())?;
        Some(basic(user, password.as_deref(), secrets))
    });
    let plain = headers
        .plain
        .into_iter()
        .map(|(name, values)| (name, one_or_list(values)));
    Draft {
        name,
        action: action(request, origins, secrets),
        headers: content_type.into_iter().chain(plain).collect(),
        auth,
        body,
        redirects: request.redirects,
        is_redirected_as_all: false,
        timeout: request.timeout.clone(),
        status: request.status.map_or_else(|| "2xx".into(), Value::from),
    }
}

fn action(request: &Request, origins: &Origins, secrets: &mut Secrets) -> Map<String, Value> {
    let address = &request.address;
    let mut url = origins.prefix(&address.origin);
    url.push_str(&secrets.url(&address.path));
    let mut query = Map::new();
    match address.query.as_deref() {
        None => {}
        Some(raw) => match parameters(raw) {
            Some(parameters) => {
                query.extend(parameters.into_iter().map(|(name, values)| {
                    let written = values.iter().map(|value| match is_credential_parameter(&name) {
                        true => secrets.credential(value, &name).into(),
                        false => parameter(secrets.text(value)),
                    });
                    let written = one_or_list(written.collect());
                    (name, written)
                }));
            }
            None => {
                url.push('?');
                let pairs: Vec<String> = raw.split('&').map(|pair| raw_pair(pair, secrets)).collect();
                url.push_str(&pairs.join("&"));
            }
        },
    }
    let mut action = Map::new();
    if METHODS.contains(&request.method.as_str()) {
        action.insert(request.method.clone(), url.into());
    } else {
        action.insert(
            "request".to_owned(),
            json!({ "method": request.method, "url": url }),
        );
    }
    if !query.is_empty() {
        action.insert("query".to_owned(), query.into());
    }
    action
}

/// The parameters of a query, where a step's `query` sends the same bytes.
fn parameters(raw: &str) -> Option<Vec<(String, Vec<String>)>> {
    let pairs = url::form_urlencoded::parse(raw.as_bytes());
    let pairs: Vec<(String, String)> = pairs
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let mut again = url::form_urlencoded::Serializer::new(String::new());
    again.extend_pairs(&pairs);
    (again.finish() == raw && !raw.is_empty())
        .then(|| body::grouped(pairs))
        .flatten()
}

/// `name=value` of a query that stays as it is.
fn raw_pair(pair: &str, secrets: &mut Secrets) -> String {
    let decoded = |text: &str| {
        let spaces = text.replace('+', " ");
        percent_encoding::percent_decode_str(&spaces)
            .decode_utf8_lossy()
            .into_owned()
    };
    match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_credential_parameter(&decoded(name)) => {
            let value = decoded(value);
            let hole = secrets.credential(&value, &decoded(name));
            let encoded = match secrets.has_variable(&value) {
                true => hole,
                false => hole.replace(" }}", " | url_encode }}"),
            };
            format!("{}={encoded}", secrets.url(name))
        }
        _ => secrets.url(pair),
    }
}

/// The headers of a step, and what is said in another way.
#[derive(Default)]
struct Headers {
    plain: IndexMap<String, Vec<Value>>,
    content_type: Option<String>,
    auth: Option<Value>,
}

impl Headers {
    fn of(request: &Request, secrets: &mut Secrets, diagnostics: &mut Diagnostics) -> Headers {
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
            (scheme, _)
                if !scheme.is_empty()
                    && scheme
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') =>
            {
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
    fn agree(&mut self, body: &Body, own: Option<&str>, request: &Request, diagnostics: &mut Diagnostics) {
        match (&self.content_type, body) {
            // Its boundary is another one each time.
            (_, Body::Multipart(_)) => self.content_type = None,
            (Some(said), _) if Some(said.as_str()) == own => self.content_type = None,
            (Some(_), _) => {}
            (None, _) => {
                let own = own.unwrap_or("what its name says");
                let message =
                    format!("the body is sent without a content type here, and as {own} by a call sheet");
                diagnostics.push(Diagnostic::warning(message).at(&request.place));
            }
        }
    }
}

fn basic(user: &str, password: Option<&str>, secrets: &mut Secrets) -> Value {
    let username = match password {
        // Some keys go in the place of the name.
        Some("") => secrets.credential(user, "username"),
        Some(_) | None => secrets.text(user),
    };
    // Where it is asked for when the command runs, no text can be it.
    let unknown = format!("\0{user}");
    let password = secrets.credential(password.unwrap_or(&unknown), "password");
    json!({ "basic": { "username": username, "password": password } })
}

/// All cookies as one secret; where a variable of the shell is among them, each by its name.
fn cookie(value: &str, secrets: &mut Secrets) -> String {
    if !secrets.has_variable(value) {
        return secrets.credential(value, "cookie");
    }
    let pairs = value.split("; ").map(|pair| match pair.split_once('=') {
        Some((name, value)) => {
            let value = secrets.credential(value, &format!("cookie {name}"));
            format!("{}={value}", secrets.text(name))
        }
        None => secrets.text(pair),
    });
    pairs.collect::<Vec<_>>().join("; ")
}

/// The files of a request by their paths. A sheet has these, and what is said of their content, as they are.
fn files(request: &Request, secrets: &Secrets, diagnostics: &mut Diagnostics) -> Vec<String> {
    let files: Vec<(&String, Option<&String>)> = match &request.body {
        Some(Body::File(path)) => vec![(path, None)],
        Some(Body::Multipart(parts)) => {
            let files = parts.iter().filter_map(|(_, part)| match part {
                Part::File { path, content_type } => Some((path, content_type.as_ref())),
                Part::Text(_) => None,
            });
            files.collect()
        }
        Some(Body::Text(_)) | None => Vec::new(),
    };
    for text in files
        .iter()
        .flat_map(|(path, content_type)| content_type.iter().copied().chain([*path]))
    {
        if text.contains("${") || secrets.has_variable(text) {
            diagnostics.push(
                Diagnostic::error("the name or the type of a file is an expression, or looks like one")
                    .at(&request.place)
                    .help("write it out, without `${`"),
            );
        }
    }
    files.into_iter().map(|(path, _)| path.clone()).collect()
}

/// `GET /contacts`, without what is secret.
fn step_name(request: &Request, secrets: &mut Secrets) -> String {
    let path = secrets.url(&request.address.path);
    // A name holds no expressions.
    let mut plain = String::new();
    let mut rest = path.as_str();
    while let Some((before, behind)) = rest.split_once("${{") {
        plain.push_str(before);
        plain.push('…');
        rest = behind.split_once("}}").map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    let name = format!("{} {plain}", request.method);
    match name.chars().count() > LONGEST_NAME {
        true => name.chars().take(LONGEST_NAME - 1).chain(['…']).collect(),
        false => name,
    }
}

fn unique(name: String, names: &mut IndexMap<String, usize>) -> String {
    let count = names.entry(name.clone()).or_default();
    *count += 1;
    match *count {
        1 => name,
        count => format!("{name} ({count})"),
    }
}

/// What all steps say alike.
#[derive(Default)]
struct Common {
    headers: Vec<(String, Value)>,
    auth: Option<Value>,
    redirects: u8,
}

impl Common {
    fn take_out_of(drafts: &mut [Draft]) -> Common {
        let mut common = Common {
            redirects: REDIRECTS,
            ..Common::default()
        };
        let Some((first, others)) = drafts.split_first() else {
            return common;
        };
        let alike = |is: &dyn Fn(&Draft) -> bool| others.iter().all(is);
        if alike(&|draft| draft.redirects == first.redirects) {
            common.redirects = first.redirects;
        }
        // What there is once is said where it is.
        if !others.is_empty() {
            if alike(&|draft| draft.auth == first.auth) {
                common.auth.clone_from(&first.auth);
            }
            let is_everywhere = |header: &&(String, Value)| {
                header.0 != "Content-Type" && alike(&|draft| draft.headers.contains(header))
            };
            common.headers = first.headers.iter().filter(is_everywhere).cloned().collect();
        }
        for draft in drafts {
            draft.headers.retain(|header| !common.headers.contains(header));
            if common.auth.is_some() {
                draft.auth = None;
            }
            draft.is_redirected_as_all = draft.redirects == common.redirects;
        }
        common
    }

    fn into_defaults(self) -> Map<String, Value> {
        let mut defaults = Map::new();
        defaults.insert(BASE_URL.to_owned(), format!("${{{{ {BASE_URL} }}}}").into());
        if !self.headers.is_empty() {
            defaults.insert(
                "headers".to_owned(),
                Value::Object(self.headers.into_iter().collect()),
            );
        }
        defaults.extend(self.auth.map(|auth| ("auth".to_owned(), auth)));
        defaults.extend((self.redirects != REDIRECTS).then(|| redirects(self.redirects)));
        defaults
    }
}

fn redirects(count: u8) -> (String, Value) {
    let value = match count {
        0 => false.into(),
        REDIRECTS => true.into(),
        count => count.into(),
    };
    ("redirects".to_owned(), value)
}

impl Draft {
    fn into_step(self) -> Value {
        let mut step = Map::new();
        step.insert("name".to_owned(), self.name.into());
        step.extend(self.action);
        if !self.headers.is_empty() {
            step.insert(
                "headers".to_owned(),
                Value::Object(self.headers.into_iter().collect()),
            );
        }
        step.extend(self.auth.map(|auth| ("auth".to_owned(), auth)));
        step.extend(self.body.map(|(key, value)| (key.to_owned(), value)));
        step.extend((!self.is_redirected_as_all).then(|| redirects(self.redirects)));
        step.extend(self.timeout.map(|timeout| ("timeout".to_owned(), timeout.into())));
        step.insert("expect".to_owned(), json!({ "status": self.status }));
        step.into()
    }
}

/// Whether a method can be one at all.
pub(super) fn is_method(text: &str) -> bool {
    Method::from_bytes(text.as_bytes()).is_ok()
}
