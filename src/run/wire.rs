//! How a request gets its answer: over the network, which may be recorded, or from a recording.

use super::exchange::{Requested, Unanswered, is_transient, transport_error};
use super::record::Shown;
use super::{Run, Sink};
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

impl<S: Sink> Run<'_, S> {
    /// The answer to a request.
    pub(super) async fn send(
        &self,
        requested: Requested<'_>,
        request: Request,
        shown: &Shown,
    ) -> Result<Response, Unanswered> {
        let Requested { step, lane, .. } = requested;
        let setting = self.setting;
        if let Wire::Replay(recordings) = &setting.wire {
            let url = &request.url;
            setting
                .policy
                .allow(url, 0, request.carries_secret)
                .map_err(|refusal| transport_error(&HttpError::refused(refusal, url), step))?;
            let asked = shown.asked(&setting.vault);
            let answered = recordings.answer(&lane.shelf.path(step), &asked, request);
            let response = answered.map_err(|Unrecorded { message, help }| StepError {
                kind: ErrorKind::Request,
                message,
                help,
                place: Some(Spot::with_excerpt(&step.place)),
            })?;
            let mut jar = lane.jar.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            jar.set(&response.url, &response.headers);
            return Ok(response);
        }
        let observe = |phase: Phase| self.sink.waits(lane.number, phase.awaited());
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
            recorder.add(&lane.shelf.path(step), shown.asked(&setting.vault), &response);
        }
        Ok(response)
    }
}
