//! Requests as the text of a collection.

use http::Method;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::Imported;
use super::body::{self, one_or_list, parameter};
use super::credential::is_credential_parameter;
use super::headers::{Headers, basic};
use super::origins::{BASE_URL, Origins};
use super::request::{Body, Part, Request};
use super::secrets::Secrets;
use crate::collection::METHODS;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::yaml;

/// The longest name of a step, in characters.
const LONGEST_NAME: usize = 60;

/// How many redirects are followed where nothing is said.
const REDIRECTS: u8 = 10;

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
    let origins = Origins::new(requests, secrets);
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
        drafts.push(draft(request, name, &origins, secrets, diagnostics));
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

fn draft(
    request: &Request,
    name: String,
    origins: &Origins,
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
    url.push_str(&secrets.path(&address.path));
    let mut query = Map::new();
    match address.query.as_deref() {
        None => {}
        Some(raw) => match parameters(raw) {
            Some(parameters) if parameters.iter().all(|(name, _)| secrets.is_plain(name)) => {
                query.extend(parameters.into_iter().map(|(name, values)| {
                    let written = values.iter().map(|value| match is_credential_parameter(&name) {
                        true => secrets.credential(value, &name).into(),
                        false => parameter(secrets.text(value)),
                    });
                    let written = one_or_list(written.collect());
                    (name, written)
                }));
            }
            _ => {
                url.push('?');
                url.push_str(&raw_query(raw, secrets));
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

/// A query that stays as it is: credentials by their names, or all of it where they are not parameters of their own.
fn raw_query(raw: &str, secrets: &mut Secrets) -> String {
    let others = raw.split('&').filter(|pair| named_parameter(pair).is_none());
    let others = others.collect::<Vec<_>>().join("&");
    if let Some(name) = secrets.conceals(&others) {
        return secrets.whole_url(raw, &name);
    }
    let mut query = String::new();
    for (number, pair) in raw.split('&').enumerate() {
        if number > 0 {
            query.push('&');
        }
        match named_parameter(pair) {
            Some((name, decoded, value)) => {
                query.push_str(&format!("{name}={}", secrets.whole_url(value, &decoded)));
            }
            None => query.push_str(&secrets.url(pair)),
        }
    }
    query
}

/// The name of a parameter that is a credential, that name decoded, and its value, where the name may be shown.
fn named_parameter(pair: &str) -> Option<(&str, String, &str)> {
    let (name, value) = pair.split_once('=')?;
    let decoded = percent_encoding::percent_decode_str(name).decode_utf8().ok()?;
    let is_plain = decoded
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_-.[]".contains(&byte));
    (is_plain && !value.is_empty() && is_credential_parameter(&decoded))
        .then(|| (name, decoded.into_owned(), value))
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
    let path = secrets.path(&request.address.path);
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
