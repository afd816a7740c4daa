//! A list that comes in pages: each is asked for as the one before it says, judged, and captured from.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;
use sha2::{Digest, Sha256};
use url::{Position, Url};

use super::capture::{self, Gathered};
use super::exchange::Requested;
use super::poll::{because, said};
use super::step::{Lane, Performed, read_ahead, unevaluated};
use super::{Run, Sink};
use crate::collection::{NextPage, Pages};
use crate::extract::{Extraction, Extractor, Message, Missing};
use crate::http::{self, Response};
use crate::json;
use crate::outcome::{Attempt, AttemptKind, CheckResult, CheckState, ErrorKind, Spot, StepError};
use crate::template::Scope;

/// The most characters of a value in an error.
const SHOWN: usize = 80;

/// Which page of a list is asked for.
#[derive(Debug, Clone)]
pub(super) enum Page {
    /// The one the step asks for.
    First,
    /// The one at a URL that an answer named.
    At(Url),
    /// The one that a parameter of the query stands for.
    With { parameter: String, value: String },
}

impl Page {
    pub(super) fn is_first(&self) -> bool {
        matches!(self, Page::First)
    }

    /// What tells it from the other pages of its list, which began at `first`: its URL, without the origin they have
    /// in common, or its parameter.
    fn name(&self, first: &Url) -> String {
        let url = match self {
            Page::First => first,
            Page::At(url) => url,
            Page::With { parameter, value } => return format!("{parameter}={value}"),
        };
        if url.origin() == first.origin() {
            url[Position::BeforePath..Position::AfterQuery].to_owned()
        } else {
            url.to_string()
        }
    }
}

/// The pages of a list so far.
#[derive(Default)]
struct Seen {
    names: HashMap<String, usize>,
    answers: HashMap<[u8; 32], usize>,
}

impl Seen {
    /// Takes note of a page; says what is wrong if it was seen before.
    fn add(&mut self, number: usize, name: &str, body: &[u8]) -> Result<(), String> {
        self.names.entry(name.to_owned()).or_insert(number);
        if body.is_empty() {
            return Ok(());
        }
        match self.answers.insert(Sha256::digest(body).into(), number) {
            Some(earlier) => Err(format!(
                "page {number} is page {earlier} again: {name} has the same answer"
            )),
            None => Ok(()),
        }
    }

    /// Says what is wrong if the page that is said to come after page `number` was there already.
    fn check_next(&self, number: usize, name: &str) -> Result<(), String> {
        match self.names.get(name) {
            Some(earlier) => Err(format!("after page {number} comes page {earlier} again: {name}")),
            None => Ok(()),
        }
    }
}

impl<S: Sink> Run<'_, S> {
    /// Asks for the pages of a list, one after the other, until there is no next one or a page is not as it should be.
    /// The checks are those of the last page that was asked for; what it and the others were captured into comes back,
    /// unless it was not answered.
    pub(super) async fn pages(
        &self,
        pages: &Pages,
        requested: Requested<'_>,
        performed: &mut Performed,
    ) -> Option<Scope> {
        let Requested {
            step, scope, lane, ..
        } = requested;
        let mut page = Page::First;
        let mut began: Option<Url> = None;
        let mut seen = Seen::default();
        let mut gathered = Gathered::default();
        let mut number = 0;
        loop {
            number += 1;
            let at = self.sink.now();
            let asked = Requested {
                page: &page,
                ..requested
            };
            let (response, shown) = match self.answer(asked, performed).await {
                Ok(answer) => answer,
                Err(error) => {
                    let error = on_page(error, number);
                    performed.checks = unevaluated(step, &|| CheckState::Errored(error.message.clone()));
                    performed.error = Some(error);
                    return None;
                }
            };
            let message = Message::response(&response);
            let first = began.get_or_insert_with(|| requested_url(&response).clone());
            let next = seen
                .add(number, &page.name(first), response.body.bytes())
                .map_err(|message| limit(pages, message))
                .and_then(|()| next(pages, &page, &response, scope, number > 1))
                .and_then(|next| match next {
                    Some(next) => {
                        self.check_next(pages, number, &next, first)?;
                        seen.check_next(number, &next.name(first))
                            .map_err(|message| limit(pages, message))?;
                        Ok(Some(next))
                    }
                    None => Ok(None),
                });
            let is_last = !matches!(next, Ok(Some(_)));
            let picked = read_ahead(step, &response);
            let message = message.with_picked(&picked);
            let mut own = scope.clone();
            let taken = capture::take(&step.captures, &message, &mut own, &mut gathered, is_last);
            let mut checks = step.expect.judge(&message, &own);
            let of_page = Lane {
                shelf: lane.shelf.page(number),
                ..lane
            };
            let is_held = |check: &CheckResult| check.state == CheckState::Held;
            let is_good = taken.error.is_none() && checks.iter().all(is_held);
            let (check, snapshot) = self.compared(step, &message, of_page, is_good);
            checks.extend(check);
            performed.add_snapshot(snapshot);
            let unmet = checks.iter().find(|check| !is_held(check)).map(said);
            // The record is made last: a token captured just now is masked in it.
            let exchange = shown.exchange(lane.origin, Some(&response), &self.setting.vault);
            performed.keep_of_many(exchange);
            let (next, error) = match next {
                Ok(next) => (next, taken.error.clone()),
                Err(error) if error.kind == ErrorKind::Limit => (None, Some(error)),
                Err(error) => (None, taken.error.clone().or(Some(on_page(error, number)))),
            };
            let found = match (&unmet, &error, &next) {
                (Some(unmet), _, _) => format!("page {number}: {unmet}"),
                (None, Some(error), _) => error.message.clone(),
                (None, None, Some(next)) => format!("page {number}, then {}", next.name(first)),
                (None, None, None) => format!("page {number}, the last"),
            };
            let is_good = unmet.is_none() && error.is_none();
            let attempt = Attempt {
                number: lane.next_attempt(performed),
                kind: AttemptKind::Page,
                at,
                duration: self.sink.now().saturating_sub(at),
                status: Some(response.status.as_u16()),
                good: is_good,
                found,
                wait: None,
            };
            self.attempted(lane.number, attempt, performed);
            match next {
                Some(next) if is_good => page = next,
                Some(_) | None => {
                    let why = format!("on page {number}");
                    performed.checks = checks.into_iter().map(|check| because(check, &why)).collect();
                    performed.captures = taken.shown(&own);
                    performed.error = error;
                    return Some(own);
                }
            }
        }
    }

    /// Says what is wrong with asking for a next page: there were enough, or it would leave the list's own host where
    /// no host is allowed by name. Whatever else may not be asked for is refused when it is sent, as ever.
    fn check_next(&self, pages: &Pages, number: usize, next: &Page, first: &Url) -> Result<(), StepError> {
        if number >= pages.max {
            let error = limit(pages, format!("there are more than {} pages", pages.max));
            return Err(error.with_help("say with `max_pages` how many there may be"));
        }
        match next {
            Page::At(url) if self.setting.policy.hosts.is_empty() && url.origin() != first.origin() => {
                let host = url.host_str().unwrap_or_default();
                let error = wrong(
                    ErrorKind::Policy,
                    pages,
                    format!("the next page is at {host}, and the list is not"),
                );
                Err(error.with_help("name the host under `hosts:` of the environment, or with --allow-host"))
            }
            Page::At(_) | Page::With { .. } | Page::First => Ok(()),
        }
    }
}

/// The page after this one, if its answer says that there is one. `is_known` tells whether one has said so before.
fn next(
    pages: &Pages,
    page: &Page,
    response: &Response,
    scope: &Scope,
    is_known: bool,
) -> Result<Option<Page>, StepError> {
    let message = Message::response(response);
    if !is_known && let Some(extractor) = pages.next.extractor() {
        check_spelling(pages, extractor, &message, scope)?;
    }
    match &pages.next {
        NextPage::At(extractor) => text(pages, extractor, &message, scope)?
            .map(|text| target(pages, response, &text))
            .transpose(),
        NextPage::Link => http::link(&response.headers, "next")
            .map(|text| target(pages, response, &text))
            .transpose(),
        NextPage::Cursor { cursor, into } => {
            let value = text(pages, cursor, &message, scope)?;
            Ok(value.map(|value| Page::With {
                parameter: into.clone(),
                value,
            }))
        }
        NextPage::Bump { parameter, proceeds } => {
            if !goes_on(pages, proceeds, &message, scope)? {
                return Ok(None);
            }
            let current = match page {
                Page::With { value, .. } => value.clone(),
                Page::First | Page::At(_) => requested_url(response)
                    .query_pairs()
                    .find(|(name, _)| name == parameter)
                    .map(|(_, value)| value.into_owned())
                    .unwrap_or_default(),
            };
            let number: u64 = current.parse().map_err(|_| {
                let message = format!("cannot count up `{parameter}` in the query: `{current}` is no number");
                wrong(ErrorKind::Request, pages, message)
            })?;
            Ok(Some(Page::With {
                parameter: parameter.clone(),
                value: number.saturating_add(1).to_string(),
            }))
        }
    }
}

/// The URL a page names, seen from its own. A name and password in it are left out.
fn target(pages: &Pages, response: &Response, text: &str) -> Result<Page, StepError> {
    let bad = |what: &str| {
        let shown = json::short(&Value::String(text.to_owned()), SHOWN);
        wrong(
            ErrorKind::Capture,
            pages,
            format!("the next page is at {shown}, which is {what}"),
        )
    };
    let mut url = response.url.join(text).map_err(|_| bad("not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("neither http nor https"));
    }
    url.set_fragment(None);
    // Both refuse only URLs that have no host, which these schemes always have.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok(Page::At(url))
}

/// What a path finds, if it finds something: a text or a number. Nothing, null, false and an empty text say that there
/// is no next page.
fn text(
    pages: &Pages,
    extractor: &Extractor,
    message: &Message<'_>,
    scope: &Scope,
) -> Result<Option<String>, StepError> {
    match found(pages, extractor, message, scope)?.as_deref() {
        None | Some(Value::Null | Value::Bool(false)) => Ok(None),
        Some(Value::String(text)) => Ok((!text.is_empty()).then(|| text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.as_str().to_owned())),
        Some(other @ (Value::Bool(true) | Value::Array(_) | Value::Object(_))) => Err(wrong(
            ErrorKind::Capture,
            pages,
            format!(
                "{} names no next page: {}",
                extractor.subject(),
                json::short(&scope.masked(other), SHOWN)
            ),
        )),
    }
}

/// True if a path finds true, or anything at all where it may find any number of things.
fn goes_on(
    pages: &Pages,
    extractor: &Extractor,
    message: &Message<'_>,
    scope: &Scope,
) -> Result<bool, StepError> {
    match extractor.extract(message, scope) {
        Extraction::Value(value) if extractor.selects_nodes() => {
            Ok(value.as_array().is_some_and(|nodes| !nodes.is_empty()))
        }
        Extraction::Value(value) => match value.as_ref() {
            Value::Bool(goes_on) => Ok(*goes_on),
            Value::Null => Ok(false),
            other => Err(wrong(
                ErrorKind::Capture,
                pages,
                format!(
                    "{} is neither true nor false: {}",
                    extractor.subject(),
                    json::short(&scope.masked(other), SHOWN)
                ),
            )),
        },
        Extraction::Missing(_) => Ok(false),
        Extraction::Unreadable(reason) | Extraction::Failed(reason) => {
            Err(unreadable(pages, extractor, &reason))
        }
    }
}

/// The value at a path; of a path with any number of targets, its one target.
fn found<'a>(
    pages: &Pages,
    extractor: &Extractor,
    message: &Message<'a>,
    scope: &Scope,
) -> Result<Option<Cow<'a, Value>>, StepError> {
    match extractor.extract(message, scope) {
        Extraction::Value(value) if extractor.selects_nodes() => match value.as_array().map(Vec::as_slice) {
            Some([]) => Ok(None),
            Some([only]) => Ok(Some(Cow::Owned(only.clone()))),
            Some(_) | None => Ok(Some(value)),
        },
        Extraction::Value(value) => Ok(Some(value)),
        Extraction::Missing(_) => Ok(None),
        Extraction::Unreadable(reason) | Extraction::Failed(reason) => {
            Err(unreadable(pages, extractor, &reason))
        }
    }
}

/// Refuses a path that matches nothing beside a key of which it is a slip: the list would end here, and everything on
/// its other pages would go unseen.
fn check_spelling(
    pages: &Pages,
    extractor: &Extractor,
    message: &Message<'_>,
    scope: &Scope,
) -> Result<(), StepError> {
    match extractor.extract(message, scope) {
        Extraction::Missing(Missing {
            reason,
            is_slip: true,
        }) => Err(unreadable(pages, extractor, &reason)),
        Extraction::Missing(_) | Extraction::Value(_) | Extraction::Unreadable(_) | Extraction::Failed(_) => {
            Ok(())
        }
    }
}

/// The URL that was asked for, before redirects.
fn requested_url(response: &Response) -> &Url {
    response.redirects.first().map_or(&response.url, |hop| &hop.url)
}

fn wrong(kind: ErrorKind, pages: &Pages, message: String) -> StepError {
    StepError {
        kind,
        message,
        help: None,
        place: Some(Spot::with_excerpt(&pages.place)),
    }
}

fn unreadable(pages: &Pages, extractor: &Extractor, reason: &str) -> StepError {
    let message = format!(
        "cannot tell whether there is a next page by {}: {reason}",
        extractor.subject()
    );
    wrong(ErrorKind::Capture, pages, message)
}

fn limit(pages: &Pages, message: String) -> StepError {
    wrong(ErrorKind::Limit, pages, message)
}

/// The error of a page, which says which page it is.
fn on_page(error: StepError, number: usize) -> StepError {
    if number == 1 {
        return error;
    }
    StepError {
        message: format!("on page {number}: {}", error.message),
        ..error
    }
}
