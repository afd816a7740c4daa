//! A secret reaches the server and nothing else: no stream, in no form that could be turned back.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::support::{Answer, Project, Received, Server};

const KEY: &str = "Zq7+/w\"x& s3cr3t=Köln";
const TOKEN: &str = "tok_4f9A-very~long.token_value";

/// The needles to look for: a text in every form that can be read back.
fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let json = serde_json::to_string(secret).expect("a text");
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        ("raw", secret.to_owned()),
        ("JSON", json.trim_matches('"').to_owned()),
        ("percent, lower case", percent.to_lowercase()),
        ("percent", percent),
        (
            "form",
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        ),
        ("hex, upper case", hex.to_uppercase()),
        ("hex", hex),
    ];
    for alignment in 0..3 {
        let padded = [&vec![b'x'; alignment][..], secret.as_bytes()].concat();
        // The first group and the last are shared with the neighbours; what lies between belongs to the secret alone.
        let inner = |text: String| text[4..text.len() - 4].to_owned();
        forms.push(("base64", inner(STANDARD.encode(&padded))));
        forms.push(("base64url", inner(URL_SAFE_NO_PAD.encode(&padded))));
    }
    forms
}

#[track_caller]
fn holds_none(output: &str, secret: &str) {
    for (form, needle) in forms(secret) {
        assert!(!output.contains(&needle), "the secret as {form} in\n{output}");
    }
}

/// A server that gives a token and says everything it hears back, in every way a server might.
fn parrot() -> Server {
    Server::start(|request| {
        if request.target == "/token" {
            return Answer::json(&format!(r#"{{"token": "{TOKEN}"}}"#));
        }
        let header = request.header("x-key").to_owned();
        let printable: String = header.chars().filter(char::is_ascii).collect();
        let echo = serde_json::json!({
            "header": header,
            "target": request.target,
            "body": request.text(),
            "raw": KEY,
            "percent": utf8_percent_encode(KEY, NON_ALPHANUMERIC).to_string(),
            "base64": [STANDARD.encode(KEY), STANDARD.encode(format!("u:{KEY}")), STANDARD.encode(format!("us:{KEY}"))],
            "base64url": URL_SAFE_NO_PAD.encode(KEY),
            "hex": KEY.bytes().map(|byte| format!("{byte:02x}")).collect::<String>(),
            "nested": serde_json::to_string(&serde_json::json!({ "again": KEY })).expect("a text"),
            "token": TOKEN,
            "token64": STANDARD.encode(TOKEN),
        });
        Answer::json(&echo.to_string())
            .header("x-echo-token", TOKEN)
            .header(
                "x-echo-percent",
                &utf8_percent_encode(KEY, NON_ALPHANUMERIC).to_string(),
            )
            .header("x-echo-base64", &STANDARD.encode(KEY))
            .header("x-echo-header", &printable)
            .header("set-cookie", &format!("sid={TOKEN}; Path=/"))
    })
}

fn project(server: &Server) -> Project {
    let sheet = format!(
        "project: secrets\ninputs:\n  api_key: {{ secret: true }}\ndefaults:\n  base_url: {}\n",
        server.url()
    );
    let collection = "\
collection: secrets
steps:
  - name: a token
    GET: /token
    capture:
      token: { json: $.token, secret: true }
  - name: in a query and a header
    GET: /query/${{ token }}
    query: { key: \"${{ api_key }}\", token: \"${{ token }}\" }
    headers: { X-Token: \"${{ token }}\", X-Coded: \"${{ base64(api_key) }}\" }
    auth: { basic: { username: someone, password: \"${{ api_key }}\" } }
    expect:
      $.raw: something else than ${{ api_key }}
      $.token: { starts_with: no }
      $.body: { contains: \"${{ token }}\" }
      like: { percent: nothing, hex: { length: 1 } }
      that: [\"body.raw == 'x' ~ api_key\", \"headers['x-echo-token'] == 'y'\"]
    continue: true
  - name: in a JSON body
    POST: /json
    json: { key: \"${{ api_key }}\", list: [\"pre ${{ token }} post\"] }
    expect: { $.header: 1, headers: { x-echo-base64: nothing } }
    continue: true
  - name: in a form
    POST: /form
    form: { key: \"${{ api_key }}\" }
    expect: { $.body: 1 }
    continue: true
  - name: in a text
    POST: /text
    text: \"key ${{ api_key }} token ${{ token }}\"
    expect: { body: nothing }
    continue: true
  - name: in a name ${ } of a path
    GET: /path/${{ api_key | url_encode }}/x
    expect: { $.target: 1 }
";
    Project::empty()
        .file("callsheet.yaml", &sheet)
        .file("collections/secrets.yaml", collection)
}

#[test]
fn no_recording_holds_a_secret_in_any_form() {
    let server = parrot();
    let project = project(&server);
    project
        .callsheet("run --record rec --secret-env api_key=KEY")
        .env("KEY", KEY)
        .exits(1);
    let folder = project.path().join("rec/collections/secrets");
    let mut recorded = String::new();
    for entry in std::fs::read_dir(folder).expect("a recording") {
        recorded += &std::fs::read_to_string(entry.expect("an entry").path()).expect("a file");
    }
    holds_none(&recorded, KEY);
    holds_none(&recorded, TOKEN);
    assert!(recorded.contains("‹api_key›") && recorded.contains("‹token›"));
}

#[test]
fn no_snapshot_holds_a_secret_in_any_form() {
    let server = parrot();
    let with = "x-echo-token, x-echo-percent, x-echo-base64, x-echo-header, set-cookie"
        .split(", ")
        .map(|name| format!("headers.{name}"))
        .collect::<Vec<_>>()
        .join(", ");
    let sheet = format!(
        "project: secrets\ninputs:\n  api_key: {{ secret: true }}\ndefaults:\n  base_url: {}\n  snapshot: {{ with: [{with}] }}\n",
        server.url()
    );
    let collection = "\
collection: secrets
steps:
  - GET: /token
    capture:
      token: { json: $.token, secret: true }
  - name: echo
    POST: /all
    query: { key: \"${{ api_key }}\", token: \"${{ token }}\" }
    headers: { X-Key: \"${{ api_key | url_encode }}\" }
    text: \"key ${{ api_key }} token ${{ token }}\"
    expect: { snapshot: true }
";
    let project = Project::empty()
        .file("callsheet.yaml", &sheet)
        .file("collections/c.yaml", collection);
    let file = project.path().join("collections/snapshots/c/secrets.echo.json");
    for (arguments, code, name) in [("run", 1, "json.new"), ("run --update", 0, "json")] {
        let ran = project
            .callsheet(&format!("{arguments} --secret-env api_key=KEY"))
            .env("KEY", KEY)
            .exits(code);
        let stored = std::fs::read_to_string(file.with_extension(name)).expect("a snapshot");
        for text in [&stored, &ran.all()] {
            holds_none(text, KEY);
            holds_none(text, TOKEN);
        }
        assert!(
            stored.contains("‹api_key›") && stored.contains("‹token›"),
            "{stored}"
        );
    }
}

#[test]
fn no_output_holds_a_secret_in_any_form() {
    for arguments in ["run", "run -v", "run -vv", "run -q", "run --json"] {
        let server = parrot();
        let ran = project(&server)
            .callsheet(&format!("{arguments} --secret-env api_key=KEY"))
            .env("KEY", KEY)
            .exits(1);
        holds_none(&ran.all(), KEY);
        holds_none(&ran.all(), TOKEN);
        if arguments != "run -q" {
            ran.says("‹api_key›");
        }
        // The control: the server did get them, so the search would have found them.
        let sent: String = server.received().iter().map(Received::all).collect();
        assert!(sent.contains(TOKEN));
        assert!(sent.contains(&STANDARD.encode(KEY)));
        assert!(sent.contains(&format!("key {KEY} token")));
        assert!(sent.contains(&STANDARD.encode(format!("someone:{KEY}"))));
    }
}

#[test]
fn a_secret_on_the_command_line_is_refused() {
    let server = parrot();
    project(&server)
        .callsheet("run --input api_key=on-the-command-line")
        .exits(2)
        .says("never taken from the arguments")
        .does_not_say("on-the-command-line");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_secret_from_a_file_loses_its_line_break() {
    let server = parrot();
    project(&server)
        .file("key.txt", "a-key-out-of-a-file\n")
        .callsheet("run --secret-file api_key=key.txt")
        .ends()
        .does_not_say("a-key-out-of-a-file");
    let sent: String = server.received().iter().map(Received::all).collect();
    assert!(sent.contains("key a-key-out-of-a-file token"));
}

#[test]
fn a_secret_from_standard_input_is_its_first_line() {
    let server = parrot();
    project(&server)
        .file("key.txt", "a-key-typed-by-hand\nanother line\n")
        .callsheet("run --secret-stdin api_key")
        .stdin_from("key.txt")
        .ends()
        .does_not_say("a-key-typed-by-hand");
    let sent: String = server.received().iter().map(Received::all).collect();
    assert!(sent.contains("key a-key-typed-by-hand token"));
}

#[test]
fn an_empty_secret_is_none() {
    let server = parrot();
    project(&server)
        .callsheet("run --secret-env api_key=KEY")
        .env("KEY", "")
        .exits(2)
        .says("api_key");
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_empty_variable_leaves_a_secret_to_its_file() {
    let server = Server::json("{}");
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            &format!(
                "project: p\ninputs:\n  base_url: {}\n  key: {{ secret: true, env: KEY, file: key.txt }}\n\
                 defaults:\n  base_url: ${{{{ base_url }}}}\n",
                server.url()
            ),
        )
        .file("key.txt", "a-key-out-of-a-file\n")
        .file(
            "collections/c.yaml",
            "collection: c\nsteps:\n  - GET: /x\n    headers: { X-Key: \"${{ key }}\" }\n",
        );
    project.callsheet("run").env("KEY", "").exits(0);
    assert_eq!(server.only().header("x-key"), "a-key-out-of-a-file");
}

#[test]
fn a_redirect_takes_no_secret_to_another_host() {
    let elsewhere = Server::json("{}");
    let there = format!("http://localhost:{}/taken", elsewhere.port());
    let server = Server::start(move |request| match request.target.as_str() {
        "/token" => Answer::json(&format!(r#"{{"token": "{TOKEN}"}}"#)),
        _ => Answer::status(307).header("location", &there),
    });
    let collection = "\
collection: c
steps:
  - POST: /start
    json: { key: \"${{ api_key }}\" }
    redirects: 5
    expect: { status: 200 }
";
    project(&server)
        .file("collections/secrets.yaml", collection)
        .callsheet("run -vv --secret-env api_key=KEY")
        .env("KEY", KEY)
        .exits(6)
        .says("localhost");
    assert_eq!(elsewhere.connections(), 0);
    assert_eq!(server.received().len(), 1);
}

#[test]
fn an_address_out_of_an_answer_gets_no_secret() {
    let elsewhere = Server::json("{}");
    let there = format!("http://localhost:{}", elsewhere.port());
    let server = Server::start(move |_| Answer::json(&format!(r#"{{"next": "{there}"}}"#)));
    let collection = "\
collection: c
steps:
  - GET: /start
    capture: { next: $.next }
  - GET: ${{ next }}/taken
    headers: { X-Key: \"${{ base64(api_key) }}\" }
";
    project(&server)
        .file("collections/secrets.yaml", collection)
        .callsheet("run --secret-env api_key=KEY")
        .env("KEY", KEY)
        .exits(6);
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn a_secret_without_hosts_goes_nowhere() {
    // No environment and no base URL: nothing says where a secret may go.
    let server = Server::json("{}");
    for step in [
        "headers: { X-Key: \"${{ key }}\" }",
        "query: { q: \"${{ key }}\" }",
        "text: \"${{ key }}\"",
    ] {
        let verb = if step.starts_with("text") { "POST" } else { "GET" };
        let collection = format!(
            "collection: c\nsteps:\n  - {verb}: {}/x\n    {step}\n",
            server.url()
        );
        Project::empty()
            .file(
                "callsheet.yaml",
                "project: p\ninputs:\n  key: { secret: true, env: KEY }\n",
            )
            .file("collections/c.yaml", &collection)
            .callsheet("run")
            .env("KEY", KEY)
            .exits(6)
            .says("no host is bound to the secrets of this run");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_secret_that_an_answer_puts_into_the_next_page_goes_nowhere_unbound() {
    let server = Server::start(|_| {
        Answer::json(
            r#"{"data": [], "token": "a-token-of-the-server", "next": "/list?token=a-token-of-the-server"}"#,
        )
    });
    let collection = format!(
        "\
collection: c
steps:
  - GET: {}/list
    paginate: {{ next: $.next }}
    capture: {{ token: {{ json: $.token, secret: true }} }}
",
        server.url()
    );
    // The first page carries none, and may be asked for.
    Project::empty()
        .file("callsheet.yaml", "project: p\n")
        .file("collections/c.yaml", &collection)
        .callsheet("run")
        .exits(6)
        .says("no host is bound to the secrets of this run")
        .does_not_say("a-token-of-the-server");
    assert_eq!(server.received().len(), 1);
}

/// A project whose base URL is plain http to a name that leads to the server.
fn plain_http(server: &Server) -> (Project, String) {
    let sheet = format!(
        "project: plain\ndefaults:\n  base_url: http://api.example.com:{}\n",
        server.port()
    );
    let project = Project::empty()
        .file("callsheet.yaml", &sheet)
        .file("collections/c.yaml", "collection: c\nsteps:\n  - GET: /x\n");
    (
        project,
        format!("--resolve api.example.com:{}:127.0.0.1", server.port()),
    )
}

#[test]
fn plain_http_stays_on_the_machine() {
    let server = Server::json("{}");
    let (project, resolve) = plain_http(&server);
    project
        .callsheet(&format!("run {resolve}"))
        .exits(6)
        .says("only https leaves this machine");
    assert_eq!(server.connections(), 0);
    project.callsheet(&format!("run {resolve} --allow-http")).exits(0);
    assert_eq!(
        server.only().header("host"),
        format!("api.example.com:{}", server.port())
    );
}

#[test]
fn a_line_break_in_a_captured_value_reaches_no_header() {
    let server = Server::start(|request| match request.target.as_str() {
        "/start" => Answer::json(r#"{"evil": "a\r\nX-Smuggled: yes"}"#),
        _ => Answer::status(200),
    });
    let collection = "\
collection: c
steps:
  - GET: /start
    capture: { evil: $.evil }
  - GET: /next
    headers: { X-Value: \"${{ evil }}\" }
";
    Project::against(&server, collection).callsheet("run").exits(3);
    assert_eq!(server.count("/next"), 0);
}

#[test]
fn what_a_server_says_gives_no_orders_to_a_ci() {
    let server = Server::start(|_| {
        Answer::status(200)
            .header("content-type", "text/plain")
            .body("\n::error::obey\n##vso[task.complete]\n\u{1b}[2Jgone\u{202e}")
    });
    let collection = "collection: c\nsteps:\n  - GET: /x\n    expect: { body: nothing }\n";
    let ran = Project::against(&server, collection)
        .callsheet("run -vv")
        .exits(1);
    for line in ran.all().lines() {
        assert!(!line.trim_start().starts_with("::"), "{line:?}");
    }
    ran.does_not_say("##vso[")
        .does_not_say("\u{1b}[2J")
        .does_not_say("\u{202e}");
}
