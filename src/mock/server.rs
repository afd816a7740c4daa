//! Serves a mock on a socket, on the runtime at hand.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::serve::ListenerExt;
use http::StatusCode;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use super::fault::Kind;
use super::file::Mock;
use super::received::Received;
use super::respond::Answer;
use super::service::Service;
use super::wire;

/// The most bytes of a request's body.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// How long a stopping mock waits for the requests it is answering.
const GRACE: Duration = Duration::from_secs(1);

/// A mock that is being served. Dropping it stops it as well: it takes no more connections, and what it is answering is
/// answered in the background.
#[derive(Debug)]
pub struct Running {
    /// Where it answers: `http://127.0.0.1:port/`.
    pub url: Url,
    /// Dropped to stop.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops taking connections, closes the idle ones and waits a second at most for the others.
    pub async fn stop(self) {
        let Running {
            url: _,
            stop,
            mut task,
        } = self;
        drop(stop);
        if tokio::time::timeout(GRACE, &mut task).await.is_err() {
            task.abort();
        }
    }
}

/// Serves a mock at an address; port 0 is a free one. `inputs` stand in the place of the file's defaults, and names
/// the mock does not know are ignored. It runs as tasks of the current runtime.
///
/// # Errors
/// An address that cannot be bound, or data that cannot be rendered from the inputs ([`io::ErrorKind::InvalidInput`]).
pub async fn serve(mock: Mock, inputs: Map<String, Value>, address: SocketAddr) -> io::Result<Running> {
    let invalid =
        |error: &dyn std::fmt::Display| io::Error::new(io::ErrorKind::InvalidInput, error.to_string());
    let service = Service::new(mock, inputs).map_err(|error| invalid(&error))?;
    let listener = TcpListener::bind(address).await?;
    let url = Url::parse(&format!("http://{}", listener.local_addr()?)).map_err(|error| invalid(&error))?;
    let server = Arc::new(Server {
        service,
        url: url.clone(),
    });
    let router = Router::new().fallback(handle).with_state(server);
    // An answer is written in few pieces, and none of them should wait for the client's acknowledgement. A socket
    // that refuses the option is only slower.
    let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
    let (stop, stopped) = oneshot::channel::<()>();
    let served = axum::serve(listener, router).with_graceful_shutdown(async {
        // Nothing is ever sent: it ends when the sender is dropped.
        stopped.await.ok();
    });
    let task = tokio::spawn(async {
        // Serving never fails: what goes wrong on a connection ends that connection.
        served.await.ok();
    });
    Ok(Running { url, stop, task })
}

/// What the handler knows.
struct Server {
    service: Service,
    url: Url,
}

async fn handle(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        let error = json!({ "error": "the body is over the limit of 10 MiB or was not sent whole" });
        return wire::whole(Answer::json(StatusCode::PAYLOAD_TOO_LARGE, &error));
    };
    let received = Received::new(parts, bytes, &server.url);
    let faults = server.service.faults(&received);
    let delay: Duration = faults
        .iter()
        .map(|kind| {
            if let Kind::Delay(delay) = kind {
                *delay
            } else {
                Duration::ZERO
            }
        })
        .sum();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    // Of several faults that are not delays, the first in the file is the one that happens.
    match faults.into_iter().find(|kind| !matches!(kind, Kind::Delay(_))) {
        None | Some(Kind::Delay(_)) => wire::whole(server.service.answer(&received)),
        Some(Kind::Status(status, headers)) => {
            wire::whole(server.service.faulty(&received, *status, headers))
        }
        Some(Kind::Drop) => {
            server.service.answer(&received);
            wire::dropped()
        }
        Some(Kind::Truncate(length)) => wire::truncated(server.service.answer(&received), *length),
    }
}
