//! How a request gets its answer: over the network, which may be recorded, or from a recording.

use std::sync::PoisonError;

use super::exchange::{Requested, Unanswered, UnderWay, is_transient, transport_error};
use super::{Run, Sink};
use crate::collection::Step;
use crate::http::{Guard, HttpError, Phase, Request, Response};
use crate::outcome::{ErrorKind, Failure, Spot, StepError};
use crate::recording::{Recorder, Recordings, Unrecorded};

/// Where answers come from.
#[derive(Debug, Default)]
pub enum Wire {
    /// The network.
    #[default]
    Live,
    /// The network, and every exchange is kept.
    Record(Recorder),
    /// What was recorded. No socket is opened.
    Replay(Recordings),
}

/// Functions that give something else in each run.
const EVER_NEW: [&str; 4] = ["now", "random_int", "random_string", "uuid"];

/// What a request that was never recorded may owe to such functions, where the file of its step calls any.
fn ever_new(step: &Step) -> String {
    let text = &step.place.source.text;
    let called: Vec<String> = EVER_NEW
        .iter()
        .map(|name| format!("{name}()"))
        .filter(|call| text.contains(call.trim_end_matches(')')))
        .collect();
    match called.as_slice() {
        [] => String::new(),
        called => format!(
            "; {} gives something else in each run, so give such a value by an input",
            called.join(" or ")
        ),
    }
}

impl<S: Sink> Run<'_, S> {
    /// The answer to a request.
    pub(super) async fn send(
        &self,
        requested: Requested<'_>,
        request: Request,
        under_way: &UnderWay,
    ) -> Result<Response, Unanswered> {
        let Requested { step, lane, .. } = requested;
        let setting = self.setting;
        if let Wire::Replay(recordings) = &setting.wire {
            let url = &request.url;
            setting
                .policy
                .allow(url, 0, request.carries_secret)
                .map_err(|refusal| transport_error(&HttpError::refused(refusal, url), step))?;
            let asked = under_way.shown.asked(&setting.vault);
            let answered = recordings.answer(&lane.shelf.path(step), &asked, request);
            let response = answered.map_err(|Unrecorded { message, help }| StepError {
                kind: ErrorKind::Request,
                message,
                help: help.map(|help| format!("{help}{}", ever_new(step))),
                place: Some(Spot::with_excerpt(&step.place)),
            })?;
            let mut jar = lane.jar.lock().unwrap_or_else(PoisonError::into_inner);
            jar.set(&response.url, &response.headers);
            return Ok(response);
        }
        let observe = |phase: Phase| {
            *under_way.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
            self.sink.waits(lane.number, phase.awaited());
        };
        let sent = setting
            .client
            .send(request, Some(lane.jar), &setting.policy, &observe)
            .await;
        let response = sent.map_err(|error| Unanswered {
            error: transport_error(&error, step),
            is_transient: is_transient(&error.kind),
            failure: Some(Failure {
                kind: error.kind.as_str().to_owned(),
                phase: error.phase,
            }),
        })?;
        if let Wire::Record(recorder) = &setting.wire {
            recorder.add(
                &lane.shelf.path(step),
                under_way.shown.asked(&setting.vault),
                &response,
            );
        }
        Ok(response)
    }
}
