//! The client: sends a request, follows its redirects and brings the whole answer, or says what went wrong.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, Method};
use hyper::ext::ReasonPhrase;
use hyper_util::client::legacy::connect::HttpInfo;
use tokio::time::Instant;
use url::Url;

use super::attempt::Attempt;
use super::clock::Clock;
use super::journey::Journey;
use super::transport::Transport;
use super::{
    ClientOptions, Guard, HttpError, Jar, Limit, Phase, Request, Response, Sizes, Timeouts, Timings, failure,
    receive,
};

/// A client with a pool of connections of its own, for all the requests made under one set of options.
///
/// It is cheap to make: TLS is set up, and the system's roots are read, only when the first https URL asks for it.
pub struct Client {
    options: ClientOptions,
    transport: Transport,
    made: OnceLock<Instant>,
}

/// An answer whose header section is here, and how it got here.
struct Headed {
    response: reqwest::Response,
    attempt: Arc<Attempt>,
    began: Instant,
}

impl Client {
    /// A client under these options. Opens no socket and needs no runtime.
    ///
    /// # Errors
    /// `options` when a certificate, key, proxy or address does not hold together.
    pub fn new(options: ClientOptions) -> Result<Client, HttpError> {
        options.check()?;
        let transport = Transport::new(&options)?;
        Ok(Client {
            options,
            transport,
            made: OnceLock::new(),
        })
    }

    /// Sends a request, follows its redirects, and reads the answer to its last byte.
    ///
    /// The guard is asked before each hop. The jar gives cookies to each hop and takes those of each answer, and is
    /// locked only in between. `observe` is told when a phase begins, from within this future.
    ///
    /// When a connection that had been idle is lost before any answer, an idempotent request is sent once more over
    /// a new one (RFC 9110 §9.2.2, RFC 9112 §9.3.1); any other is an error with `maybe_processed`.
    ///
    /// # Errors
    /// Whatever keeps the answer from being whole; its kind and phase say what and when.
    pub async fn send(
        &self,
        request: Request,
        jar: Option<&Mutex<Jar>>,
        guard: &dyn Guard,
        observe: &dyn Fn(Phase),
    ) -> Result<Response, HttpError> {
        let began = Instant::now();
        let timeouts = request.timeouts.clone();
        let mut clock = Clock::new(&timeouts, began);
        let mut timings = Timings {
            started: began - *self.made.get_or_init(|| began),
            ..Timings::default()
        };
        let mut journey = Journey::new(request)?;
        loop {
            if let Some(jar) = jar {
                journey.set_cookies(Some(&jar.lock().unwrap_or_else(PoisonError::into_inner)))?;
            } else {
                journey.set_cookies(None)?;
            }
            journey.check_circle()?;
            guard
                .allow(&journey.url, journey.hops.len(), journey.carries_secret)
                .map_err(|refusal| HttpError::refused(refusal, &journey.url))?;

            let mut headed = self.head(&journey, &timeouts, &mut clock, observe).await?;
            let answered = Instant::now();
            note(&mut timings, &headed, answered);
            self.check_headers(headed.response.headers(), &journey.url)?;
            check_framing(&headed.response, &journey)?;
            if let Some(jar) = jar {
                let mut jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
                jar.set(&journey.url, headed.response.headers());
            }
            observe(Phase::Body);
            let after_send = |error| may_be_processed(error, &journey.method);
            if journey.follows(headed.response.status()) {
                receive::drain(&mut headed.response, &mut clock)
                    .await
                    .map_err(after_send)?;
                Timings::add(&mut timings.body, Some(answered.elapsed()));
                journey.follow(headed.response.status(), headed.response.headers())?;
                continue;
            }
            let received = receive::body(
                &mut headed.response,
                &journey.method,
                &mut clock,
                self.options.max_body,
            )
            .await
            .map_err(after_send)?;
            Timings::add(&mut timings.body, Some(answered.elapsed()));
            timings.total = began.elapsed();
            return Ok(whole(headed.response, received, timings, journey));
        }
    }

    /// Sends a hop and waits for the header section of its answer.
    async fn head(
        &self,
        journey: &Journey,
        timeouts: &Timeouts,
        clock: &mut Clock<'_>,
        observe: &dyn Fn(Phase),
    ) -> Result<Headed, HttpError> {
        let client = self.transport.pooled(&journey.url)?;
        let attempt = Attempt::new(self.transport.port(&journey.url), timeouts);
        let sent = exchange(client, journey, attempt, clock, observe).await;
        let error = match sent.map_err(|error| self.transport.blame(error))? {
            Ok(headed) => return Ok(headed),
            Err(lost) => lost,
        };
        if !journey.method.is_idempotent() {
            return Err(error.of_possibly_processed());
        }
        let client = self.transport.fresh(&journey.url)?;
        let attempt = Attempt::new(self.transport.port(&journey.url), timeouts);
        let sent = exchange(client, journey, attempt, clock, observe).await;
        sent.map_err(|error| self.transport.blame(error))?
    }

    fn check_headers(&self, headers: &HeaderMap, url: &Url) -> Result<(), HttpError> {
        let host = url.host_str().unwrap_or_default();
        if headers.len() > self.options.max_header_lines {
            return Err(failure::headers_too_large(host, Limit::HeaderLines));
        }
        if header_size(headers) > u64::from(self.options.max_header_bytes) {
            return Err(failure::headers_too_large(host, Limit::HeaderBytes));
        }
        Ok(())
    }
}

/// Sends a hop over one connection. The outer error is final; the inner one is that of a connection which had been
/// idle and was lost before any answer.
async fn exchange(
    client: &reqwest::Client,
    journey: &Journey,
    attempt: Arc<Attempt>,
    clock: &mut Clock<'_>,
    observe: &dyn Fn(Phase),
) -> Result<Result<Headed, HttpError>, HttpError> {
    let began = Instant::now();
    let mut request = reqwest::Request::new(journey.method.clone(), journey.url.clone());
    request.headers_mut().clone_from(&journey.headers);
    *request.body_mut() = journey.body.clone().map(reqwest::Body::from);

    let mut told = None;
    let phase = || {
        let (phase, since) = attempt.phase();
        if told != Some(phase) {
            told = Some(phase);
            observe(phase);
        }
        (phase, since)
    };
    match clock
        .within(attempt.sending(client.execute(request)), phase)
        .await
    {
        Ok(Ok(response)) => Ok(Ok(Headed {
            response,
            attempt,
            began,
        })),
        Ok(Err(error)) => {
            let failure = failure::of(&error, attempt.phase().0, &journey.url);
            if failure::is_lost_connection(&error) && !attempt.opened_connection() {
                return Ok(Err(failure));
            }
            Err(may_be_processed(failure, &journey.method))
        }
        Err(passed) => Err(may_be_processed(
            failure::timed_out(&passed, &journey.url),
            &journey.method,
        )),
    }
}

/// Refuses an answer that tells its end in two ways (RFC 9112 §6.3): whoever reads it another way sees another answer.
fn check_framing(response: &reqwest::Response, journey: &Journey) -> Result<(), HttpError> {
    let headers = response.headers();
    if response.version() < http::Version::HTTP_2
        && headers.contains_key(TRANSFER_ENCODING)
        && headers.contains_key(CONTENT_LENGTH)
    {
        let error = failure::conflicting_lengths(journey.url.host_str().unwrap_or_default());
        return Err(may_be_processed(error, &journey.method));
    }
    Ok(())
}

/// Marks an error that came after the request was sent, where sending it again could do something twice.
fn may_be_processed(error: HttpError, method: &Method) -> HttpError {
    match error.phase {
        Phase::FirstByte | Phase::Body if !method.is_idempotent() => error.of_possibly_processed(),
        Phase::Prepare | Phase::Dns | Phase::Connect | Phase::Tls | Phase::FirstByte | Phase::Body => error,
    }
}

/// Adds what a hop's connection and answer took.
fn note(timings: &mut Timings, headed: &Headed, answered: Instant) {
    let served_by = headed.response.extensions().get::<HttpInfo>();
    let connection = headed.attempt.own_connection(served_by);
    timings.reused = connection.is_none();
    let mut ready = headed.began;
    if let Some(connection) = connection {
        Timings::add(&mut timings.dns, connection.dns());
        Timings::add(&mut timings.connect, connection.connect());
        Timings::add(&mut timings.tls, connection.tls());
        ready = connection.ended().unwrap_or(ready);
    }
    Timings::add(&mut timings.first_byte, Some(answered.duration_since(ready)));
}

fn whole(
    mut response: reqwest::Response,
    received: receive::Received,
    timings: Timings,
    journey: Journey,
) -> Response {
    let status = response.status();
    let version = response.version();
    let reason = match response.extensions().get::<ReasonPhrase>() {
        Some(reason) => Some(String::from_utf8_lossy(reason.as_bytes()).into_owned()),
        // The library leaves a phrase out that is the usual one, and HTTP/2 has none.
        None if version < http::Version::HTTP_2 => status.canonical_reason().map(str::to_owned),
        None => None,
    };
    let headers = std::mem::take(response.headers_mut());
    let status_line = "HTTP/1.1 200 \r\n\r\n".len() + reason.as_ref().map_or(0, String::len);
    let sizes = Sizes {
        header: header_size(&headers) + status_line as u64,
        encoded: received.encoded,
        decoded: received.body.len() as u64,
    };
    let (url, sent, redirects) = journey.end(version);
    Response {
        status,
        reason,
        version,
        headers,
        body: received.body,
        url,
        redirects,
        timings,
        sizes,
        sent,
    }
}

/// What the header lines measure as HTTP/1.1 writes them: name, colon, space, value, line end.
fn header_size(headers: &HeaderMap) -> u64 {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum::<usize>() as u64
}
