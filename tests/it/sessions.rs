//! One login for many: renewed once, however many wait for it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::support::{Answer, Project, Server};

const CASES: usize = 50;

const RECIPE: &str = "\
recipe: log in
inputs:
  key: { secret: true }
steps:
  - POST: /login
    session: none
    json: { key: \"${{ key }}\" }
    capture:
      token: { json: $.token, secret: true }
outputs:
  token: ${{ token }}
";

fn project(server: &Server, renew: &str, collection: &str) -> Project {
    let url = server.url();
    let sheet = format!(
        "\
project: sessions
inputs:
  key: {{ secret: true, env: KEY }}
defaults:
  base_url: {url}
sessions:
  shared:
    login:
      use: recipes/log-in.yaml
      with: {{ key: \"${{{{ key }}}}\" }}
    headers:
      Authorization: Bearer ${{{{ login.token }}}}
    renew: {renew}
"
    );
    Project::empty()
        .file("callsheet.yaml", &sheet)
        .file("recipes/log-in.yaml", RECIPE)
        .file("collections/c.yaml", collection)
}

fn cases(count: usize, steps: &str) -> String {
    let cases: String = (0..count)
        .map(|number| format!("  - name: case {number}\n    steps: {steps}\n"))
        .collect();
    format!("collection: c\nsession: shared\ncases:\n{cases}")
}

#[test]
fn fifty_refused_at_once_renew_once() {
    let exchanges = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&exchanges);
    let gates = [Barrier::new(CASES), Barrier::new(CASES)];
    let server = Server::start(move |request| {
        if request.target == "/login" {
            let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
            return Answer::json(&format!(r#"{{"token": "token-number-{number}"}}"#));
        }
        let is_first = request.header("authorization") == "Bearer token-number-1";
        match (request.target.as_str(), is_first) {
            // All of them use the first token, and only then is anyone answered.
            ("/before", true) => {
                gates[0].wait();
                Answer::status(200)
            }
            // It ends for all of them at the same moment.
            ("/after", true) => {
                gates[1].wait();
                Answer::status(401)
            }
            ("/after", false) => Answer::status(200),
            _ => Answer::status(500),
        }
    });
    let outcome = project(
        &server,
        "{ status: 401 }",
        &cases(CASES, "[{ GET: /before }, { GET: /after }]"),
    )
    .callsheet("run --json --jobs 50")
    .env("KEY", "the-key-of-the-test")
    .exits(0)
    .json();
    assert_eq!(exchanges.load(Ordering::SeqCst), 2, "one login and one renewal");
    assert_eq!(outcome["steps"]["passed"], 2 * CASES);
    assert_eq!(server.count("/before"), CASES);
    assert_eq!(server.count("/after"), 2 * CASES, "each is sent again once");
}

/// The tokens of a server that takes each for so many requests.
#[derive(Default)]
struct Tokens {
    issued: usize,
    /// How many requests came with the newest.
    used: usize,
    expired: usize,
}

#[test]
fn each_expiry_under_many_cases_is_one_exchange() {
    const OFTEN: usize = 100;
    let tokens = Arc::new(Mutex::new(Tokens::default()));
    let kept = Arc::clone(&tokens);
    let server = Server::start(move |request| {
        let mut tokens = kept.lock().expect("the tokens");
        if request.target == "/login" {
            tokens.issued += 1;
            tokens.used = 0;
            return Answer::json(&format!(r#"{{"token": "token-number-{}"}}"#, tokens.issued));
        }
        if request.header("authorization") != format!("Bearer token-number-{}", tokens.issued) {
            return Answer::status(401);
        }
        tokens.used += 1;
        if tokens.used == OFTEN + 1 {
            tokens.expired += 1;
        }
        Answer::status(if tokens.used > OFTEN { 401 } else { 200 })
    });
    let steps = vec!["{ GET: / }"; 20].join(", ");
    let outcome = project(&server, "{ status: 401 }", &cases(32, &format!("[{steps}]")))
        .callsheet("run --json --jobs 32")
        .env("KEY", "the-key-of-the-test")
        .exits(0)
        .json();
    assert_eq!(outcome["steps"]["passed"], 32 * 20);
    let tokens = tokens.lock().expect("the tokens");
    assert_eq!(
        tokens.expired,
        32 * 20 / OFTEN,
        "tokens end in the middle of the run"
    );
    assert_eq!(tokens.issued, 1 + tokens.expired, "one exchange for each");
}

#[test]
fn a_second_refusal_is_a_plain_result() {
    let server = Server::start(|request| match request.target.as_str() {
        "/login" => Answer::json(r#"{"token": "a-token-of-no-use"}"#),
        _ => Answer::status(401),
    });
    project(&server, "{ status: 401 }", &cases(1, "[{ GET: /x }]"))
        .callsheet("run")
        .env("KEY", "the-key-of-the-test")
        .exits(1)
        .says("401");
    assert_eq!(server.count("/login"), 2);
    assert_eq!(server.count("/x"), 2);
}

#[test]
fn a_wrong_key_is_tried_once() {
    let server = Server::start(|_| Answer::status(401));
    project(&server, "{ status: 401 }", &cases(20, "[{ GET: /x }]"))
        .callsheet("run --jobs 20")
        .env("KEY", "a-key-that-opens-nothing")
        .exits(3)
        .says("the session shared could not log in")
        .does_not_say("a-key-that-opens-nothing");
    assert_eq!(server.received().len(), 1, "the login, and nothing without it");
}

#[test]
fn a_token_is_renewed_before_it_expires() {
    let is_first = AtomicBool::new(true);
    let server = Server::start(move |request| {
        if request.target != "/login" {
            return Answer::status(200);
        }
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("a clock")
            .as_secs();
        // The first was issued an hour ago and ends in half a minute.
        let (name, issued, expires) = if is_first.swap(false, Ordering::SeqCst) {
            ("first", now - 3600, now + 30)
        } else {
            ("second", now, now + 3600)
        };
        let encode = |text: String| URL_SAFE_NO_PAD.encode(text);
        let head = encode(r#"{"alg":"HS256","typ":"JWT"}"#.to_owned());
        let claims = encode(format!(r#"{{"sub":"{name}","iat":{issued},"exp":{expires}}}"#));
        Answer::json(&format!(r#"{{"token": "{head}.{claims}.c2lnbmF0dXJl"}}"#))
    });
    project(
        &server,
        "{ status: 401, before_expiry: 60s }",
        &cases(1, "[{ GET: /a }, { GET: /b }]"),
    )
    .callsheet("run")
    .env("KEY", "the-key-of-the-test")
    .exits(0)
    .says("about to expire");
    assert_eq!(server.count("/login"), 2);
    let sent = server.received();
    let token = |path| {
        let found = sent.iter().find(|request| request.target == path);
        found.expect("the request").header("authorization").to_owned()
    };
    assert_ne!(token("/a"), token("/b"));
}

#[test]
fn a_step_may_leave_the_session() {
    let server = Server::start(|request| match request.target.as_str() {
        "/login" => Answer::json(r#"{"token": "a-token-of-the-test"}"#),
        _ => Answer::status(200),
    });
    project(
        &server,
        "{ status: 401 }",
        &cases(1, "[{ GET: /x, session: none }]"),
    )
    .callsheet("run")
    .env("KEY", "the-key-of-the-test")
    .exits(0);
    assert_eq!(server.count("/login"), 0);
    assert_eq!(server.only().header("authorization"), "");
}

#[test]
fn a_token_is_secret_whether_or_not_the_recipe_says_so() {
    const TOKEN: &str = "tok-9f31-undeclared-77";
    let server = Server::start(|request| match request.target.as_str() {
        "/login" => Answer::json(&format!(r#"{{"token": "{TOKEN}"}}"#)),
        _ => Answer::json(&format!(r#"{{"again": "{TOKEN}"}}"#)),
    });
    let recipe = RECIPE.replace("{ json: $.token, secret: true }", "$.token");
    let steps = "[{ GET: /x, expect: { $.again: something else } }]";
    let project = project(&server, "{ status: 401 }", &cases(1, steps)).file("recipes/log-in.yaml", &recipe);
    for arguments in ["run -vv", "run --json"] {
        project
            .callsheet(arguments)
            .env("KEY", "the-key-of-the-test")
            .exits(1)
            .says("‹token›")
            .does_not_say(TOKEN);
    }
    assert!(
        server
            .received()
            .iter()
            .any(|request| request.all().contains(TOKEN))
    );
}
