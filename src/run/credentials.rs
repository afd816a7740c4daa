//! What is secret about an answer, put where the mask finds it before anybody looks at the answer: what the step will
//! capture as a secret, and credentials that nobody declared.

use std::sync::PoisonError;

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderName};

use super::capture::{self, Gathered};
use super::exchange::Requested;
use super::step::read_ahead;
use super::{Run, Sink};
use crate::extract::Message;
use crate::http::{Request, Response};
use crate::secret::{self, Label};

/// What is shown in the place of a cookie's value. Its name is the server's to choose.
const OF_COOKIE: &str = "cookie";

impl<S: Sink> Run<'_, S> {
    /// Takes note of the credentials in what a step says is sent.
    pub(super) fn remember_sent(&self, request: &Request) {
        if let Some(password) = request.url.password() {
            let password = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
            self.setting.vault.add_found(&password, &Label::new("password"));
        }
        for (name, value) in request.headers.iter().filter(|(_, value)| value.is_sensitive()) {
            // Another header is sensitive for the secret in it, which is known.
            if secret::sensitive_header(name.as_str()) {
                self.remember_header(name, value.as_bytes());
            }
        }
    }

    /// Takes note of what is secret about an answer, whether or not it is the last one of its step.
    pub(super) fn remember_answered(&self, requested: Requested<'_>, response: &Response) {
        remember_captures(requested, response);
        self.remember_cookies(requested, response);
    }

    /// Takes note of the cookies that were sent for an answer and that it sets.
    fn remember_cookies(&self, requested: Requested<'_>, response: &Response) {
        let all = |headers: &HeaderMap, name: &HeaderName| {
            for value in headers.get_all(name) {
                self.remember_header(name, value.as_bytes());
            }
        };
        all(&response.sent.headers, &COOKIE);
        all(&response.headers, &SET_COOKIE);
        if !response.redirects.is_empty() {
            // What a redirect sets need not be sent to where it leads.
            let jar = requested.lane.jar.lock().unwrap_or_else(PoisonError::into_inner);
            for cookie in jar.iter() {
                self.remember_header(&COOKIE, format!("{}={}", cookie.name, cookie.value).as_bytes());
            }
        }
    }

    fn remember_header(&self, name: &HeaderName, value: &[u8]) {
        let Ok(value) = std::str::from_utf8(value) else {
            return;
        };
        let label = match *name {
            COOKIE | SET_COOKIE => OF_COOKIE,
            _ => name.as_str(),
        };
        for credential in secret::credentials(name.as_str(), value) {
            self.setting.vault.add_found(&credential, &Label::new(label));
        }
    }
}

/// Takes note of what a step captures as a secret, and of what a login gives, as far as an answer holds it.
fn remember_captures(requested: Requested<'_>, response: &Response) {
    let Requested {
        step, scope, lane, ..
    } = requested;
    if lane.credentials.is_empty() && !step.captures.iter().any(|capture| capture.secret) {
        return;
    }
    let picked = read_ahead(step, response);
    let message = Message::response(response).with_picked(&picked);
    let mut own = scope.clone();
    // An answer that lacks something is judged where it is captured from.
    let _ = capture::take(&step.captures, &message, &mut own, &mut Gathered::default(), true);
    capture::remember_credentials(lane.credentials, &own);
}
