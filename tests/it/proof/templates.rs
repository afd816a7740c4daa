//! What a server says is data: no part of it is read as an expression, a command, a line of its own or a secret.

use serde_json::{Value, json};

use crate::support::{Answer, Project, Server};

/// What somebody could answer who hopes that it is read once more.
const STRINGS: [&str; 30] = [
    "${{ 7 * 7 }}",
    "${{ key }}",
    "}} ${{ key }} ${{",
    "{{ 7 * 7 }}",
    "{{ self }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{% raw %}",
    "{# gone #}",
    "${7*7}",
    "#{7*7}",
    "<%= 7 * 7 %>",
    "$(id)",
    "`id`",
    "| cat /etc/passwd",
    "; rm -rf /",
    "' OR '1'='1",
    "\" onmouseover=\"x",
    "<script>alert(1)</script>",
    "]]><x/>",
    "&lt;&amp;",
    "%0d%0aX-Smuggled: yes",
    "\r\nX-Smuggled: yes\r\n\r\n",
    "a\tb\u{b}c\u{0}d",
    "\u{1b}[2J\u{202e}",
    "‹key›",
    "../../../etc/passwd",
    "a=b&c=d#e?f",
    "*a: &b !!c",
    "\\u0041\\x41\\n",
    "字 🔑 e\u{301} \u{feff}",
];

const STEPS: &str = r#"
collection: c
steps:
  - GET: /list
    capture: { list: $.list }
  - for: { taken: "${{ list }}" }
    POST: /json
    query: { taken: "${{ taken }}" }
    json: { taken: "${{ taken }}", around: "<${{ taken }}>" }
    expect: { $.json.taken: "${{ taken }}" }
  - for: { taken: "${{ list }}" }
    POST: /form
    form: { taken: "${{ taken }}" }
  - for: { taken: "${{ list }}" }
    POST: /text
    text: "${{ taken }}"
"#;

#[test]
fn a_captured_text_goes_out_byte_for_byte() {
    let server = Server::start(|request| {
        let answer = match request.target.as_str() {
            "/list" => json!({ "list": STRINGS }),
            _ => json!({ "json": serde_json::from_str::<Value>(&request.text()).ok() }),
        };
        Answer::json(&answer.to_string())
    });
    let project = Project::against(&server, STEPS);
    let sheet = format!(
        "project: p\ndefaults: {{ base_url: \"{}\" }}\ninputs: {{ key: {{ secret: true, env: KEY }} }}\n",
        server.url()
    );
    project
        .file("callsheet.yaml", &sheet)
        .callsheet("run --no-log")
        .env("KEY", "nobody-asked-for-this")
        .exits(0);
    let received = server.received();
    let sent = |path: &str| {
        let found: Vec<_> = received
            .iter()
            .filter(|request| request.target.starts_with(path))
            .collect();
        assert_eq!(found.len(), STRINGS.len());
        found
    };
    for (request, text) in sent("/json").into_iter().zip(STRINGS) {
        let body: Value = serde_json::from_slice(&request.body).expect("JSON");
        assert_eq!(body, json!({ "taken": text, "around": format!("<{text}>") }));
        let (_, query) = request.target.split_once('?').expect("a query");
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        assert_eq!(pairs, [("taken".into(), text.into())]);
    }
    for (request, text) in sent("/form").into_iter().zip(STRINGS) {
        let pairs: Vec<_> = url::form_urlencoded::parse(&request.body).collect();
        assert_eq!(pairs, [("taken".into(), text.into())]);
    }
    for (request, text) in sent("/text").into_iter().zip(STRINGS) {
        assert_eq!(request.body, text.as_bytes());
    }
    for request in &received {
        assert_eq!(request.header("x-smuggled"), "");
    }
}

#[test]
fn a_slice_takes_any_step_that_an_answer_says() {
    let server = Server::start(|request| match request.target.as_str() {
        "/step" => Answer::json(r#"{"least": -9223372036854775808, "most": 9223372036854775807}"#),
        _ => Answer::json("{}"),
    });
    let steps = r#"
collection: c
steps:
  - GET: /step
    capture: { least: $.least, most: $.most }
  - POST: /sliced
    json:
      text: "${{ 'abc'[::least] }}"
      list: "${{ [1, 2, 3][::least] }}"
      range: "${{ range(4)[::least] | list }}"
      written: "${{ 'abc'[::-9223372036854775808] }}"
      most: "${{ 'abc'[::most] }}"
      behind: "${{ 'abc'[most:] }}"
      before: "${{ 'abc'[least:] }}"
    expect: { status: 200 }
"#;
    Project::against(&server, steps).callsheet("run").exits(0);
    let sent: Value = serde_json::from_str(&server.received()[1].text()).expect("JSON");
    assert_eq!(
        sent,
        json!({
            "text": "c", "list": [3], "range": [3], "written": "c", "most": "a", "behind": "", "before": "abc",
        })
    );
}
