//! A run against wiremock: a peer that was not written together with the client.

use serde_json::json;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::Project;

const SESSIONS: &str = "
inputs:
  base_url: { description: where }
  key: { secret: true, env: KEY }
environments:
  here: { inputs: { base_url: \"URL\" } }
default_environment: here
sessions:
  s:
    login: { use: collections/log-in.yaml, with: { key: \"${{ key }}\" } }
    headers: { Authorization: \"Bearer ${{ login.token }}\" }
defaults: { base_url: \"${{ base_url }}\" }
";
const LOG_IN: &str = "recipe: log in
inputs: { key: { secret: true } }
steps:
  - POST: /exchange
    session: none
    json: { apiKey: \"${{ key }}\" }
    capture: { token: { json: $.data.token, secret: true } }
outputs: { token: \"${{ token }}\" }
";

#[tokio::test]
async fn eight_cases_share_one_exchange() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/exchange"))
        .and(body_json(json!({ "apiKey": "key-of-this-test" })))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({ "data": { "token": "token-of-this-test" } })),
        )
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/contacts"))
        .and(header("authorization", "Bearer token-of-this-test"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "data": [] })))
        .expect(8)
        .mount(&server)
        .await;
    let cases: String = (0..8)
        .map(|case| format!("  - name: case {case}\n    session: s\n    steps: [ {{ GET: /contacts }} ]\n"))
        .collect();
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            &format!("project: p{}", SESSIONS.replace("URL", &server.uri())),
        )
        .file("collections/log-in.yaml", LOG_IN)
        .file("collections/c.yaml", &format!("collection: c\ncases:\n{cases}"));
    let ran =
        tokio::task::spawn_blocking(move || project.callsheet("run").env("KEY", "key-of-this-test").exits(0))
            .await
            .expect("the run ends");
    ran.does_not_say("token-of-this-test");
    server.verify().await;
}
