//! The layer around the client's connector that notes when a connection begins and ends to be opened.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::Extensions;
use hyper_util::client::legacy::connect::{Connection, HttpInfo};
use tower::{BoxError, Layer, Service};

use super::attempt::Attempt;

/// Puts `NotingConnector` around a connector.
#[derive(Clone)]
pub(super) struct NotingLayer;

/// A connector that tells the attempt it works for how far it is.
#[derive(Clone)]
pub(super) struct NotingConnector<S> {
    inner: S,
}

impl<S> Layer<S> for NotingLayer {
    type Service = NotingConnector<S>;

    fn layer(&self, inner: S) -> NotingConnector<S> {
        NotingConnector { inner }
    }
}

impl<S, Destination> Service<Destination> for NotingConnector<S>
where
    S: Service<Destination, Error = BoxError>,
    S::Response: Connection,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, destination: Destination) -> Self::Future {
        let opening = self.inner.call(destination);
        let Some(attempt) = Attempt::of_sender() else {
            return Box::pin(opening);
        };
        attempt.connect_began();
        Box::pin(async move {
            // Whoever waits for the connection keeps the deadlines. This one ends it when nobody does.
            let opened = tokio::time::timeout(attempt.ceiling, attempt.connecting(opening)).await??;
            let mut extras = Extensions::new();
            opened.connected().get_extras(&mut extras);
            attempt.connect_ended(extras.get::<HttpInfo>());
            Ok(opened)
        })
    }
}
