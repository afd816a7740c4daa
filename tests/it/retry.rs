//! `retry`: what is sent again, how long is waited, and what the outcome tells of it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::{Answer, Project, Server};

/// A server whose first answers are these, and whose others are 200.
fn failing(first: Vec<Answer>) -> Server {
    let first = Mutex::new(first.into_iter());
    Server::start(move |_| {
        let next = first.lock().expect("the answers").next();
        next.unwrap_or_else(|| Answer::json(r#"{"ok":true}"#))
    })
}

fn unavailable() -> Answer {
    Answer::status(503)
}

#[test]
fn a_listed_status_is_retried_and_the_step_is_flaky() {
    let server = failing(vec![unavailable(), Answer::status(429)]);
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /x\n    retry: { status: [429, 503], attempts: 3, backoff: 1ms }\n",
    );
    let outcome = project.callsheet("run --json").exits(0).json();
    assert_eq!(server.count("/x"), 3);
    assert_eq!(outcome["steps"]["flaky"], 1, "{outcome:#}");
    let step = &outcome["cases"][0]["steps"][0];
    assert_eq!(step["flaky"], true, "{step:#}");
    let attempts = step["attempts"].as_array().expect("attempts");
    let told: Vec<String> = attempts
        .iter()
        .map(|attempt| format!("{} {} {}", attempt["number"], attempt["status"], attempt["good"]))
        .collect();
    assert_eq!(told, ["1 503 false", "2 429 false", "3 200 true"]);
    assert_eq!(attempts[0]["kind"], "retry");
    assert!(attempts[0]["wait_us"].as_u64().is_some() && attempts[2]["wait_us"].is_null());
    assert_eq!(step["exchanges"].as_array().map(Vec::len), Some(3));
}

#[test]
fn attempts_are_told_on_the_terminal_as_they_end() {
    let server = failing(vec![unavailable()]);
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /x\n    retry: { backoff: 1ms }\n",
    );
    project
        .callsheet("run")
        .exits(0)
        .says("TRY 1 FAIL")
        .says("503 Service Unavailable")
        .says("TRY 2 PASS")
        .says("1 flaky");
}

#[test]
fn flaky_steps_fail_where_the_operator_says_so() {
    let server = failing(vec![unavailable()]);
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /x\n    retry: { backoff: 1ms }\n  - GET: /y\n",
    );
    project
        .callsheet("run --flaky fail")
        .exits(1)
        .says("passed at attempt 2 only, and --flaky is fail")
        .says("1 skipped");
    assert_eq!(server.count("/y"), 0);
}

#[test]
fn the_last_answer_is_judged_when_the_attempts_are_used_up() {
    let server = Server::start(|_| unavailable());
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /x\n    retry: { attempts: 2, backoff: 1ms }\n",
    );
    let outcome = project.callsheet("run --json").exits(1).json();
    assert_eq!(server.count("/x"), 2);
    let step = &outcome["cases"][0]["steps"][0];
    assert_eq!(step["status"], "failed");
    assert_eq!(step["flaky"], false);
    assert_eq!(step["attempts"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_connection_that_fails_is_tried_again_and_then_an_error() {
    // A port that nobody listens on any more.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let project = Project::empty().file(
        "collections/c.yaml",
        &format!(
            "collection: c\nsteps:\n  - GET: http://127.0.0.1:{port}/\n    retry: {{ attempts: 3, backoff: 1ms }}\n"
        ),
    );
    let outcome = project.callsheet("run --json").exits(3).json();
    let step = &outcome["cases"][0]["steps"][0];
    assert_eq!(step["attempts"].as_array().map(Vec::len), Some(3), "{step:#}");
    assert_eq!(step["error"]["kind"], "network");
}

#[test]
fn what_may_take_effect_twice_is_sent_once_unless_the_step_says_unsafe() {
    let collection = |retry: &str| format!("collection: c\nsteps:\n  - POST: /x\n    retry: {retry}\n");
    let server = failing(vec![unavailable()]);
    Project::against(&server, &collection("{ backoff: 1ms }"))
        .callsheet("run")
        .exits(1);
    assert_eq!(server.count("/x"), 1);
    let server = failing(vec![unavailable()]);
    Project::against(&server, &collection("{ backoff: 1ms, unsafe: true }"))
        .callsheet("run")
        .exits(0);
    assert_eq!(server.count("/x"), 2);
}

#[test]
fn a_default_is_for_every_step_and_a_step_turns_it_off() {
    let server = Server::start(|_| unavailable());
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            &format!(
                "project: p\ndefaults:\n  base_url: {}\n  retry: {{ attempts: 4, backoff: 1ms }}\n",
                server.url()
            ),
        )
        .file(
            "collections/c.yaml",
            "collection: c
cases:
  - name: as the project says
    steps:
      - GET: /project
  - name: as the case says
    defaults: { retry: { attempts: 2 } }
    steps:
      - GET: /case
  - name: as the step says
    steps:
      - { GET: /step, retry: false }
",
        );
    project.callsheet("run").exits(1);
    let counts = ["/project", "/case", "/step"].map(|path| server.count(path));
    assert_eq!(counts, [4, 2, 1]);
}

/// Runs a step that is told once to come again as `retry_after` says, and tells how long was waited.
fn waited(retry_after: impl Fn() -> String + Send + Sync + 'static) -> Duration {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => unavailable().header("retry-after", &retry_after()),
        _ => Answer::json("{}"),
    });
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /x\n    retry: { backoff: 1ms }\n",
    );
    let outcome = project.callsheet("run --json").exits(0).json();
    let wait = &outcome["cases"][0]["steps"][0]["attempts"][0]["wait_us"];
    Duration::from_micros(wait.as_u64().expect("a wait"))
}

#[test]
fn retry_after_is_waited_for_in_seconds_and_as_a_date() {
    assert_eq!(waited(|| "1".to_owned()), Duration::from_secs(1));
    let by_date = waited(|| {
        let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(2);
        soon.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    });
    // Dates have no fractions of a second.
    assert!(by_date > Duration::from_millis(500), "{by_date:?}");
}

#[test]
fn nobody_waits_longer_than_the_request_has_time() {
    let server = Server::start(|_| unavailable().header("retry-after", "3600"));
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /x\n    timeout: 20s\n    retry: { attempts: 5 }\n",
    );
    let began = Instant::now();
    project.callsheet("run").exits(1).says("no time to wait 1h");
    assert_eq!(server.count("/x"), 1);
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_renewed_login_is_no_retry_and_each_attempt_has_the_login_of_its_time() {
    let answers = AtomicUsize::new(0);
    let logins = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        if request.target == "/login" {
            let login = logins.fetch_add(1, Ordering::SeqCst) + 1;
            return Answer::json(&format!(r#"{{"token":"token-number-{login}"}}"#));
        }
        match answers.fetch_add(1, Ordering::SeqCst) {
            0 => Answer::status(401),
            1 => unavailable(),
            _ => Answer::json("{}"),
        }
    });
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            &format!(
                "project: p
default_environment: here
inputs: {{ base_url: {{}} }}
environments:
  here: {{ inputs: {{ base_url: \"{}\" }} }}
defaults: {{ base_url: \"${{{{ base_url }}}}\", retry: {{ backoff: 1ms }} }}
sessions:
  s:
    login: {{ use: login.yaml }}
    headers: {{ Authorization: \"Bearer ${{{{ login.token }}}}\" }}
",
                server.url()
            ),
        )
        .file(
            "login.yaml",
            "recipe: login
steps:
  - POST: /login
    capture: { token: { json: $.token, secret: true } }
outputs: { token: \"${{ token }}\" }
",
        )
        .file(
            "collections/c.yaml",
            "collection: c\nsession: s\nsteps:\n  - GET: /x\n",
        );
    let outcome = project.callsheet("run --json").exits(0).json();
    let sent: Vec<String> = server
        .received()
        .iter()
        .map(|request| format!("{} {}", request.target, request.header("authorization")))
        .collect();
    assert_eq!(
        sent,
        [
            "/login ",
            "/x Bearer token-number-1",
            "/login ",
            "/x Bearer token-number-2",
            "/x Bearer token-number-2",
        ]
    );
    let attempts = outcome["cases"][0]["steps"][0]["attempts"].as_array();
    assert_eq!(attempts.map(Vec::len), Some(2), "{outcome:#}");
}

#[test]
fn mistakes_in_a_retry_are_found_before_anything_is_sent() {
    let server = Server::json("{}");
    let project = Project::against(
        &server,
        "collection: c
defaults: { retry: { unsafe: true } }
steps:
  - GET: /x
    retry: { atempts: 3 }
  - wait: 1ms
    retry: { attempts: 3 }
",
    );
    project
        .callsheet("run")
        .exits(2)
        .says("collections/c.yaml:2:22")
        .says("`unsafe` cannot stand in `defaults`")
        .says("collections/c.yaml:5:14")
        .says("did you mean `attempts`?")
        .says("`retry` needs a request, and this step sends none of its own");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_steady_answer_that_is_expected_is_not_flaky() {
    let server = Server::start(|_| Answer::status(404));
    let collection = "collection: c\nsteps:\n  - GET: /\n    retry: { status: [404], attempts: 2, backoff: 1ms }\n    expect: { status: 404 }\n";
    Project::against(&server, collection)
        .callsheet("run --flaky fail")
        .exits(0)
        .does_not_say("flaky");
}
