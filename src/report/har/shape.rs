//! The shape of the format.

use std::borrow::Cow;

use serde::Serialize;

use super::Kept;
use crate::report::record::Record;

/// The document. What there may be thousands of is made while it is written, one after the other.
#[derive(Serialize)]
pub(super) struct Archive<'a> {
    pub(super) log: Log<'a>,
}

#[derive(Serialize)]
pub(super) struct Log<'a> {
    pub(super) version: &'static str,
    pub(super) creator: Creator<'a>,
    pub(super) pages: Pages<'a>,
    pub(super) entries: Entries<'a>,
}

#[derive(Serialize)]
pub(super) struct Creator<'a> {
    pub(super) name: &'static str,
    pub(super) version: &'a str,
}

pub(super) struct Pages<'a>(pub(super) &'a Record<Kept>);

pub(super) struct Entries<'a>(pub(super) &'a Record<Kept>);

/// A page: what browsers group entries by.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) started_date_time: String,
    pub(super) id: String,
    pub(super) title: String,
    pub(super) page_timings: Empty,
    /// What became of the step: a field of ours, as the underscore says.
    #[serde(rename = "_status")]
    pub(super) status: &'static str,
    #[serde(rename = "_flaky")]
    pub(super) flaky: bool,
    pub(super) comment: String,
}

/// An object without members.
#[derive(Serialize)]
pub(super) struct Empty {}

/// A request with its answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    pub(super) pageref: &'a str,
    pub(super) started_date_time: String,
    pub(super) time: f64,
    pub(super) request: Request<'a>,
    pub(super) response: Response<'a>,
    pub(super) cache: Empty,
    pub(super) timings: Phases,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) http_version: &'a str,
    pub(super) cookies: [(); 0],
    pub(super) headers: Vec<Pair<'a>>,
    pub(super) query_string: Vec<Pair<'a>>,
    pub(super) headers_size: i64,
    pub(super) body_size: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) post_data: Option<Sent<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sent<'a> {
    pub(super) mime_type: &'a str,
    pub(super) text: &'a str,
    pub(super) comment: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response<'a> {
    pub(super) status: u16,
    pub(super) status_text: &'static str,
    pub(super) http_version: &'a str,
    pub(super) cookies: [(); 0],
    pub(super) headers: Vec<Pair<'a>>,
    pub(super) content: Content<'a>,
    #[serde(rename = "redirectURL")]
    pub(super) redirect_url: &'a str,
    pub(super) headers_size: i64,
    pub(super) body_size: i64,
    pub(super) comment: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content<'a> {
    pub(super) size: u64,
    pub(super) mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<&'static str>,
}

/// A header, or a part of a query.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Pair<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
}

/// How long each phase took, in milliseconds.
#[derive(Serialize)]
pub(super) struct Phases {
    pub(super) blocked: f64,
    pub(super) dns: Time,
    pub(super) connect: Time,
    pub(super) ssl: Time,
    pub(super) send: u8,
    pub(super) wait: f64,
    pub(super) receive: f64,
}

/// A time in milliseconds, or that there is none.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Time {
    Known(f64),
    None(i64),
}
