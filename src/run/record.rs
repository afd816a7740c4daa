//! An exchange as events tell it: masked, cut, with secrets as labels.

use std::mem;

use http::{HeaderMap, HeaderValue};

use super::assemble::Assembled;
use crate::http::{Request, Response, Timings};
use crate::outcome::{Exchange, Message, Origin, Payload, PayloadKind, Redirect};
use crate::recording::Asked;
use crate::secret::{Vault, sensitive_header, shown_header, shown_url};

/// The most bytes of a body that an event carries.
const SHOWN_BYTES: usize = 64 * 1024;

/// The shown form of a request, kept until its answer is there.
pub(super) struct Shown {
    /// When it is sent.
    at: u64,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    secrets: Vec<String>,
    user: Option<String>,
}

impl Shown {
    /// Takes an assembled request apart: what is sent, and what is shown of it.
    pub(super) fn split(assembled: Assembled, at: u64) -> (Request, Self) {
        let Assembled {
            request,
            url,
            headers,
            body,
            secrets,
            user,
        } = assembled;
        let shown = Shown {
            at,
            method: request.method.to_string(),
            url,
            headers,
            body,
            secrets,
            user,
        };
        (request, shown)
    }

    /// The request as a recording has it.
    pub(super) fn asked(&self, vault: &Vault) -> Asked {
        let asked = Asked {
            method: self.method.clone(),
            url: self.url.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
        };
        asked.masked(vault)
    }

    /// The exchange, with its answer if one came.
    pub(super) fn exchange(mut self, origin: Origin, response: Option<&Response>, vault: &Vault) -> Exchange {
        let headers = match response {
            Some(response) => sent_headers(mem::take(&mut self.headers), &response.sent.headers, vault),
            None => mem::take(&mut self.headers),
        };
        let body = self.body.map(|text| {
            let kind = if text.starts_with(['{', '[']) {
                PayloadKind::Json
            } else {
                PayloadKind::Text
            };
            payload(kind, text.len() as u64, &text, vault)
        });
        let variables = self.secrets.iter().filter_map(|name| {
            let variable = vault.variable_of(name)?;
            Some((name.clone(), variable))
        });
        Exchange {
            at: self.at,
            origin,
            method: self.method,
            url: vault.mask_text(&self.url).into_owned(),
            request: Message { headers, body },
            status: response.map(|response| response.status.as_u16()),
            version: response.map(|response| format!("{:?}", response.version)),
            response: response.map(|response| answer(response, vault)),
            failure: None,
            redirects: response
                .map(|response| redirects(response, vault))
                .unwrap_or_default(),
            timings: response.map_or_else(Timings::default, |response| response.timings.clone()),
            variables: variables.collect(),
            user: self.user.map(|user| vault.mask_text(&user).into_owned()),
            secrets: self.secrets,
        }
    }
}

/// The headers as sent: those that were written keep their labels, the others are masked.
fn sent_headers(
    mut headers: Vec<(String, String)>,
    sent: &HeaderMap,
    vault: &Vault,
) -> Vec<(String, String)> {
    let written = headers.len();
    for (name, value) in sent {
        let is_written = headers[..written]
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name.as_str()));
        // A cookie header joins those of the step and the jar, and neither is shown.
        if !is_written {
            headers.push((name.as_str().to_owned(), header(name.as_str(), value, vault)));
        }
    }
    headers
}

fn header(name: &str, value: &HeaderValue, vault: &Vault) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    let masked = vault.mask_text(&text);
    if sensitive_header(name) {
        shown_header(name, &masked).into_owned()
    } else {
        masked.into_owned()
    }
}

fn answer(response: &Response, vault: &Vault) -> Message {
    let headers = response
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), header(name.as_str(), value, vault)))
        .collect();
    let bytes = response.body.bytes();
    if bytes.is_empty() {
        return Message { headers, body: None };
    }
    let content_type = response.headers.get(http::header::CONTENT_TYPE);
    let is_json = content_type.is_some_and(|value| value.to_str().is_ok_and(|value| value.contains("json")));
    let size = bytes.len() as u64;
    let body = match std::str::from_utf8(bytes) {
        Ok(text) if is_json => payload(PayloadKind::Json, size, text, vault),
        Ok(text) if !text.contains('\0') => payload(PayloadKind::Text, size, text, vault),
        Ok(_) | Err(_) => Payload {
            kind: PayloadKind::Binary,
            text: String::new(),
            size,
            cut: true,
        },
    };
    Message {
        headers,
        body: Some(body),
    }
}

/// Masked first and cut then: a secret cut in two would not be recognised.
fn payload(kind: PayloadKind, size: u64, text: &str, vault: &Vault) -> Payload {
    let (text, cut) = vault.mask_beginning(text, SHOWN_BYTES);
    Payload {
        kind,
        text,
        size,
        cut,
    }
}

fn redirects(response: &Response, vault: &Vault) -> Vec<Redirect> {
    response
        .redirects
        .iter()
        .map(|hop| Redirect {
            status: hop.status,
            location: shown_url(&vault.mask_text(&hop.location)).into_owned(),
        })
        .collect()
}
