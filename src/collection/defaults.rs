//! What requests have in common: of the project, narrowed by a collection and a case.

use std::sync::Arc;
use std::time::Duration;

use super::expect;
use super::request;
use super::retry::Retry;
use crate::auth::{self, Scheme};
use crate::decode::{Decoder, Rate};
use crate::snapshot::Rules;
use crate::template::{Template, Use};
use crate::yaml::Node;

/// What is said once for many requests. A step's own word goes before the case's, the collection's, the project's.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// What a path joins.
    pub base_url: Option<Template>,
    /// Headers that every request has unless it says otherwise.
    pub headers: Vec<(String, Vec<Template>)>,
    /// Who is calling.
    pub auth: Option<Arc<dyn Scheme>>,
    /// The deadline of an exchange.
    pub timeout: Option<Duration>,
    /// How many redirects are followed.
    pub redirects: Option<u8>,
    /// When a request is sent again.
    pub retry: Option<Retry>,
    /// What the snapshots of answers keep; a step's own rules go before these.
    pub snapshot: Rules,
    /// How often requests may be sent to a host: every level may say less, and none more.
    pub rates: Vec<Rate>,
    /// What the templates above read.
    pub uses: Vec<Use>,
}

impl Defaults {
    /// Decodes a `defaults` block over those of the level above.
    pub(super) fn decode(above: &Defaults, node: &Node, decoder: &mut Decoder<'_>) -> Option<Defaults> {
        let mut fields = decoder.fields(node, "`defaults`")?;
        let uses_before = std::mem::take(&mut decoder.uses);
        let mut defaults = above.clone();
        if let Some(node) = fields.get("base_url") {
            defaults.base_url = decoder.url(node).or(defaults.base_url);
        }
        if let Some(node) = fields.get("headers") {
            for (name, values) in request::headers(node, decoder) {
                defaults
                    .headers
                    .retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
                defaults.headers.push((name, values));
            }
        }
        if let Some(node) = fields.get("auth") {
            defaults.auth = auth::decode(node, decoder).map(Arc::from);
        }
        if let Some(node) = fields.get("timeout") {
            defaults.timeout = decoder.duration(node, "`timeout`");
        }
        if let Some(node) = fields.get("redirects") {
            defaults.redirects = request::redirects(node, decoder);
        }
        if let Some(node) = fields.get("retry") {
            let retry = Retry::decode_default(node, decoder);
            defaults.retry = retry.map(|retry| retry.over(above.retry.as_ref()));
        }
        if let Some(node) = fields.get("snapshot")
            && let Some(rules) = expect::snapshot_defaults(node, decoder)
        {
            defaults.snapshot = rules.over(&above.snapshot);
        }
        if let Some(node) = fields.get("rate") {
            defaults.rates.extend(decoder.rate(node, "`rate`"));
        }
        fields.finish(decoder);
        defaults.uses.append(&mut decoder.uses);
        decoder.uses = uses_before;
        Some(defaults)
    }
}
