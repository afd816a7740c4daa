//! Captures: what is taken out of answers into the variables of a case.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::collection::{CaptureSpec, Output};
use crate::extract::{Extraction, Message};
use crate::json;
use crate::outcome::{Capture, ErrorKind, Spot, StepError};
use crate::secret::{self, Label};
use crate::template::{Scope, Secrecy, Variable};

/// The most characters of a captured value that are shown.
const SHOWN: usize = 200;

/// What the captures of all pages of a list found so far, by the capture's name.
#[derive(Default)]
pub(super) struct Gathered(HashMap<String, Arc<Mutex<Vec<Value>>>>);

/// What was taken out of an answer.
#[derive(Default)]
pub(super) struct Taken<'a> {
    /// The captures that found something.
    captures: Vec<&'a CaptureSpec>,
    /// The first thing that is not there.
    pub(super) error: Option<StepError>,
}

/// Takes what a step captures out of an answer into `own`: all of it, also after the first that is not there. Where
/// more pages follow, only what is captured on every page has to be there.
pub(super) fn take<'a>(
    captures: &'a [CaptureSpec],
    message: &Message<'_>,
    own: &mut Scope,
    gathered: &mut Gathered,
    is_last: bool,
) -> Taken<'a> {
    let mut taken = Taken::default();
    for capture in captures {
        match value(capture, message, own) {
            Ok(value) => {
                own.set(capture.name.clone(), variable(capture, value, own, gathered));
                taken.captures.push(capture);
            }
            Err(error) if is_last || capture.all_pages => taken.error = taken.error.or(Some(error)),
            Err(_) => {}
        }
    }
    taken
}

impl Taken<'_> {
    /// The captures as events tell them.
    pub(super) fn shown(&self, own: &Scope) -> Vec<Capture> {
        let shown = |capture: &CaptureSpec| {
            if capture.secret {
                return Some(Label::new(&capture.name).to_string());
            }
            let value = own.get(&capture.name)?.value();
            Some(json::short(&own.masked(value), SHOWN))
        };
        self.captures
            .iter()
            .filter_map(|capture| {
                Some(Capture {
                    name: capture.name.clone(),
                    value: shown(capture)?,
                })
            })
            .collect()
    }
}

/// Puts what a login gives where the mask finds it, as far as its answers were read: before any of them is shown. What
/// is too short to be a credential is left, or a lifetime in seconds would shred every output.
pub(super) fn remember_credentials(outputs: &[Output], own: &Scope) {
    for output in outputs {
        // What needs a later answer cannot be rendered yet.
        let Ok(rendered) = output.value.render(own) else {
            continue;
        };
        let is_strong = match &*rendered.value {
            Value::String(text) => !secret::weak(text),
            Value::Number(number) => !secret::weak(number.as_str()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
        };
        if is_strong {
            own.remember_secret(&rendered.value, &Label::new(&output.name));
        }
    }
}

fn value(capture: &CaptureSpec, message: &Message<'_>, scope: &Scope) -> Result<Value, StepError> {
    match capture.extractor.extract(message, scope) {
        Extraction::Value(value) => Ok(value.into_owned()),
        Extraction::Missing(missing) => capture
            .default
            .clone()
            .ok_or_else(|| capture_error(capture, &missing.reason)),
        Extraction::Unreadable(reason) | Extraction::Failed(reason) => Err(capture_error(capture, &reason)),
    }
}

/// The variable a value becomes; with `pages: all`, that of the list to which the value, or each item of it, is added.
fn variable(capture: &CaptureSpec, value: Value, own: &Scope, gathered: &mut Gathered) -> Variable {
    let secrecy = if capture.secret {
        let label = Label::new(&capture.name);
        own.remember_secret(&value, &label);
        Secrecy::Whole(label)
    } else {
        Secrecy::None
    };
    if !capture.all_pages {
        return Variable::new(value, secrecy);
    }
    let all = gathered.0.entry(capture.name.clone()).or_default();
    {
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        match value {
            Value::Array(items) => all.extend(items),
            other => all.push(other),
        }
    }
    let all = Arc::clone(all);
    let list = move || Value::Array(all.lock().unwrap_or_else(PoisonError::into_inner).clone());
    match secrecy {
        // Hardly any page looks at what all of them have: the list is copied when one does.
        Secrecy::None => Variable::lazy(list),
        secret @ (Secrecy::Whole(_) | Secrecy::Fields(_)) => Variable::new(list(), secret),
    }
}

fn capture_error(capture: &CaptureSpec, reason: &str) -> StepError {
    StepError {
        kind: ErrorKind::Capture,
        message: format!("nothing to capture as `{}`: {reason}", capture.name),
        help: None,
        place: Some(Spot::with_excerpt(&capture.place)),
    }
}
