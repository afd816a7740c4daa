//! A step's request with every hole filled: what is sent, and what of it may be shown.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use url::Url;

use super::encode;
use super::pages::Page;
use crate::auth::{Credentials, Scheme};
use crate::collection::{Defaults, RequestSpec};
use crate::http::{RedirectLimit, Request, Timeouts};
use crate::outcome::{ErrorKind, Spot, StepError};
use crate::secret::{Rendered, shown_header, shown_url};
use crate::source::Place;
use crate::template::{Scope, Template, TemplateError, Tree};

/// A request and its shown form.
pub(super) struct Assembled {
    pub(super) request: Request,
    /// The URL with secrets as labels.
    pub(super) url: String,
    /// The headers with secrets as labels.
    pub(super) headers: Vec<(String, String)>,
    /// The body with secrets as labels.
    pub(super) body: Option<String>,
    /// The labels in all of these.
    pub(super) secrets: Vec<String>,
    /// What `Authorization` encodes in Basic's way, with secrets as labels.
    pub(super) user: Option<String>,
}

/// What a request is made under.
pub(super) struct Surroundings<'a> {
    /// The variables of the step.
    pub(super) scope: &'a Scope,
    /// What requests have in common, and the variables those templates see.
    pub(super) defaults: &'a Defaults,
    pub(super) defaults_scope: &'a Scope,
    /// The headers of the session, rendered.
    pub(super) session_headers: &'a [(String, Rendered)],
    /// Which page of a list is asked for.
    pub(super) page: &'a Page,
}

/// Fills a request's holes.
pub(super) fn assemble(
    spec: &RequestSpec,
    place: &Place,
    around: &Surroundings<'_>,
) -> Result<Assembled, StepError> {
    let mut parts = Parts::default();
    let (mut url, mut shown_url) = match around.page {
        Page::First | Page::With { .. } => parts.url(spec, place, around)?,
        Page::At(url) => (url.clone(), url.to_string()),
    };
    parts.defaults(around)?;
    for (name, value) in around.session_headers {
        parts.set_header(name, vec![value.clone()], place)?;
    }
    let mut credentials = Credentials {
        headers: Vec::new(),
        user: None,
        query: Vec::new(),
    };
    let default_auth = around
        .defaults
        .auth
        .as_deref()
        .map(|auth| (auth, around.defaults_scope));
    let own_auth: Option<(&dyn Scheme, &Scope)> = spec.auth.as_deref().map(|auth| (auth, around.scope));
    if let Some((auth, scope)) = own_auth.or(default_auth) {
        auth.apply(&mut credentials, scope).map_err(template_error)?;
    }
    for (name, value) in credentials.headers {
        parts.set_header(&name, vec![value], place)?;
    }
    // A header that the step writes itself stands in the place of what `auth` made.
    let user = credentials.user.filter(|_| {
        let mut own = spec.headers.iter().map(|(name, _)| name);
        !own.any(|name| name.eq_ignore_ascii_case("authorization"))
    });
    if let Some(user) = &user {
        parts.note_rendered(user);
    }
    for (name, values) in &spec.headers {
        let values = values
            .iter()
            .map(|value| value.render(around.scope))
            .collect::<Result<Vec<_>, _>>();
        parts.set_header(name, values.map_err(template_error)?, place)?;
    }
    let mut cookies = Rendered::default();
    for (name, value) in &spec.cookies {
        if !cookies.is_empty() {
            cookies.push_plain("; ");
        }
        cookies.push_plain(&format!("{name}="));
        cookies.append(value.render(around.scope).map_err(template_error)?);
    }
    if !cookies.is_empty() {
        parts.set_header("cookie", vec![cookies], place)?;
    }
    let mut pairs = match around.page {
        Page::First => query_pairs(&spec.query, around.scope)?,
        Page::With { parameter, value } => {
            leave_out(&mut url, &mut shown_url, parameter);
            let mut pairs = query_pairs(&spec.query, around.scope)?;
            pairs.retain(|(name, _)| name != parameter);
            pairs.push((parameter.clone(), Rendered::plain(value.clone())));
            pairs
        }
        // The answer gave it with its query.
        Page::At(_) => Vec::new(),
    };
    let has = |name: &str| url.query_pairs().any(|(known, _)| known == name);
    let is_next = matches!(around.page, Page::At(_));
    let credentials = credentials.query.into_iter();
    pairs.extend(credentials.filter(|(name, _)| !(is_next && has(name))));
    append_query(&mut url, &mut shown_url, pairs, &mut parts);
    let body = spec
        .body
        .as_ref()
        .map(|body| encode::body(body, around.scope))
        .transpose()
        .map_err(template_error)?;
    if let Some(body) = &body {
        parts.note(body.secret.as_ref().map(|label| label.name().to_owned()));
        if let Some(content_type) = &body.content_type
            && !parts.headers.contains_key(header::CONTENT_TYPE)
        {
            parts.set_header("content-type", vec![Rendered::plain(content_type.clone())], place)?;
        }
    }
    let mut request = Request::new(spec.method.clone(), url);
    request.headers = parts.headers;
    request.body = body.as_ref().map(|body| body.bytes.clone());
    request.carries_secret = !parts.secrets.is_empty();
    if let Some(total) = spec.timeout.or(around.defaults.timeout) {
        request.timeouts = timeouts(total);
    }
    if let Some(redirects) = spec.redirects.or(around.defaults.redirects) {
        request.redirects = RedirectLimit(redirects);
    }
    Ok(Assembled {
        request,
        url: shown_url,
        headers: parts.shown,
        body: body.map(|body| body.shown),
        secrets: parts.secrets,
        user: user.map(|user| user.shown()),
    })
}

/// A longer deadline for the whole lets the phases take as long; a shorter one cuts them.
fn timeouts(total: Duration) -> Timeouts {
    let usual = Timeouts::default();
    Timeouts {
        total,
        first_byte: total,
        idle: usual.idle.max(total),
        ..usual
    }
}

#[derive(Default)]
struct Parts {
    headers: HeaderMap,
    shown: Vec<(String, String)>,
    secrets: Vec<String>,
}

impl Parts {
    fn note(&mut self, label: Option<String>) {
        if let Some(label) = label
            && !self.secrets.contains(&label)
        {
            self.secrets.push(label);
        }
    }

    fn note_rendered(&mut self, rendered: &Rendered) {
        for span in rendered.spans() {
            if let crate::secret::Span::Secret { label, .. } = span {
                self.note(Some(label.name().to_owned()));
            }
        }
    }

    /// The URL: whole, or a path that joins the base URL.
    fn url(
        &mut self,
        spec: &RequestSpec,
        place: &Place,
        around: &Surroundings<'_>,
    ) -> Result<(Url, String), StepError> {
        let own = spec.url.render(around.scope).map_err(template_error)?;
        let exposed = own.expose();
        let is_whole = has_scheme(&exposed);
        let whole = if is_whole {
            own.clone()
        } else {
            let base = around.defaults.base_url.as_ref().ok_or_else(|| {
                request_error(
                    place,
                    format!("`{}` is no whole URL, and there is no base_url", own.shown()),
                )
                .with_help("give the URL with its scheme, or set `defaults: { base_url: … }`")
            })?;
            join(&base.render(around.defaults_scope).map_err(template_error)?, &own)
        };
        self.note_rendered(&whole);
        let exposed = whole.expose();
        let wrong = |what: String| {
            let error = request_error(place, format!("`{}` is {what}", whole.shown()));
            match has_scheme(&exposed) {
                true => error,
                false => {
                    error.with_help("an address begins with https:// or http://, and so does a `base_url`")
                }
            }
        };
        let url = Url::parse(&exposed).map_err(|error| wrong(format!("not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("neither http nor https".to_owned()));
        }
        host_is_plain(&url, &whole, place)?;
        Ok((url, shown_url(&whole.shown()).into_owned()))
    }

    fn defaults(&mut self, around: &Surroundings<'_>) -> Result<(), StepError> {
        for (name, values) in &around.defaults.headers {
            let values: Result<Vec<_>, _> = values
                .iter()
                .map(|value: &Template| value.render(around.defaults_scope))
                .collect();
            let values = values.map_err(template_error)?;
            if let Some(place) = around.defaults.uses.first().map(|used| used.place.clone()) {
                self.set_header(name, values, &place)?;
            } else {
                self.insert_header(name, values).map_err(|message| StepError {
                    kind: ErrorKind::Request,
                    message,
                    help: None,
                    place: None,
                })?;
            }
        }
        Ok(())
    }

    fn set_header(&mut self, name: &str, values: Vec<Rendered>, place: &Place) -> Result<(), StepError> {
        self.insert_header(name, values)
            .map_err(|message| request_error(place, message))
    }

    /// Replaces a header by new values.
    fn insert_header(&mut self, name: &str, values: Vec<Rendered>) -> Result<(), String> {
        let parsed =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` cannot be a header"))?;
        self.headers.remove(&parsed);
        self.shown.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        for value in values {
            let exposed = value.expose();
            let mut header = HeaderValue::from_bytes(exposed.as_bytes()).map_err(|_| {
                format!("the value of the header {name} has a line break or another control character")
            })?;
            header.set_sensitive(value.is_secret() || crate::secret::sensitive_header(name));
            self.note_rendered(&value);
            self.shown
                .push((name.to_owned(), shown_header(name, &value.shown()).into_owned()));
            self.headers.append(parsed.clone(), header);
        }
        Ok(())
    }
}

/// `base` without its final slash, then the path.
fn join(base: &Rendered, path: &Rendered) -> Rendered {
    let mut whole = Rendered::default();
    let exposed_path = path.expose();
    let trimmed = base.expose().trim_end_matches('/').len();
    let mut left = trimmed;
    for span in base.spans() {
        let text = span.expose();
        let taken = text.len().min(left);
        left -= taken;
        match span {
            crate::secret::Span::Plain(_) => whole.push_plain(&text[..taken]),
            crate::secret::Span::Secret { label, .. } => whole.push_secret(&text[..taken], label),
        }
    }
    if !exposed_path.is_empty() && !exposed_path.starts_with(['/', '?', '#']) {
        whole.push_plain("/");
    }
    whole.append(path.clone());
    whole
}

/// The host of a URL never holds a secret: names are looked up and logged by others.
fn host_is_plain(url: &Url, whole: &Rendered, place: &Place) -> Result<(), StepError> {
    let host = url.host_str().unwrap_or_default();
    let holds_secret = whole.spans().iter().any(|span| {
        matches!(span, crate::secret::Span::Secret { .. }) && {
            let text = span.expose().to_lowercase();
            !text.is_empty() && host.contains(&text)
        }
    });
    if holds_secret {
        return Err(StepError {
            kind: ErrorKind::Policy,
            message: "the host of the URL holds a secret".to_owned(),
            help: None,
            place: Some(Spot::with_excerpt(place)),
        });
    }
    Ok(())
}

fn query_pairs(query: &[(String, Tree)], scope: &Scope) -> Result<Vec<(String, Rendered)>, StepError> {
    let mut pairs = Vec::new();
    for (name, tree) in query {
        let values = encode::values(tree, scope).map_err(template_error)?;
        pairs.extend(values.into_iter().map(|value| (name.clone(), value)));
    }
    Ok(pairs)
}

/// Takes a parameter out of the query of a URL and of its shown form.
fn leave_out(url: &mut Url, shown: &mut String, parameter: &str) {
    let without = |query: &str| {
        let is_other = |pair: &&str| {
            let name = url::form_urlencoded::parse(pair.as_bytes())
                .next()
                .map(|(name, _)| name.into_owned());
            name.is_none_or(|name| name != parameter)
        };
        let others: Vec<&str> = query.split('&').filter(is_other).collect();
        others.join("&")
    };
    let query = url.query().map(without).filter(|query| !query.is_empty());
    url.set_query(query.as_deref());
    if let Some(start) = shown.find('?') {
        let end = shown[start..].find('#').map_or(shown.len(), |at| start + at);
        let query = without(&shown[start + 1..end]);
        let query = if query.is_empty() {
            query
        } else {
            format!("?{query}")
        };
        shown.replace_range(start..end, &query);
    }
}

fn append_query(url: &mut Url, shown: &mut String, pairs: Vec<(String, Rendered)>, parts: &mut Parts) {
    if pairs.is_empty() {
        return;
    }
    let fragment = shown.find('#').map(|at| shown.split_off(at)).unwrap_or_default();
    for (name, value) in pairs {
        url.query_pairs_mut().append_pair(&name, &value.expose());
        parts.note_rendered(&value);
        shown.push(if shown.contains('?') { '&' } else { '?' });
        encode::push_pair(shown, &name, &value);
    }
    shown.push_str(&fragment);
}

/// A body encoded for the wire.
pub(super) struct EncodedBody {
    pub(super) bytes: Bytes,
    pub(super) shown: String,
    pub(super) content_type: Option<String>,
    pub(super) secret: Option<crate::secret::Label>,
}

/// A template's error as a step's.
pub(super) fn template_error(error: TemplateError) -> StepError {
    StepError {
        kind: ErrorKind::Request,
        message: error.message,
        help: error.help,
        place: error.place.as_ref().map(Spot::with_excerpt),
    }
}

/// Whether a URL is whole, and of a kind that is sent.
pub(super) fn has_scheme(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// Something that cannot be sent.
pub(super) fn request_error(place: &Place, message: String) -> StepError {
    StepError {
        kind: ErrorKind::Request,
        message,
        help: None,
        place: Some(Spot::with_excerpt(place)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_left_out_of_a_url_and_of_its_shown_form() {
        for (before, after) in [
            ("http://a.test/x?page=1", "http://a.test/x"),
            (
                "http://a.test/x?page=1&size=2#part",
                "http://a.test/x?size=2#part",
            ),
            (
                "http://a.test/x?a=1&page=1&page=2&b=%26page=3",
                "http://a.test/x?a=1&b=%26page=3",
            ),
            ("http://a.test/x?p%61ge=1&pages=2", "http://a.test/x?pages=2"),
            ("http://a.test/x#page=1", "http://a.test/x#page=1"),
        ] {
            let mut url = Url::parse(before).unwrap();
            let mut shown = before.to_owned();
            leave_out(&mut url, &mut shown, "page");
            assert_eq!((url.as_str(), shown.as_str()), (after, after));
        }
    }
}
