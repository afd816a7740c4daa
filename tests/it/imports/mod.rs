//! `callsheet import`: a sheet sends what was sent, and holds no credential.

mod credentials;
mod mistakes;
mod sent;

use crate::support::Project;

/// An archive as a browser saves one.
fn archive() -> String {
    let path = crate::support::repository().join("fixtures/imports/browser.har");
    std::fs::read_to_string(path).expect("the archive")
}

#[test]
fn an_archive_becomes_a_step_for_each_call() {
    let project = Project::empty().file("browser.har", &archive());
    let ran = project
        .callsheet("import har browser.har --host api.shop.test")
        .exits(0)
        .does_not_say("nobody-may-see")
        .does_not_say("eyJhbGci")
        .says("imported 6 of 14; left out: 1 preflight, 1 without an answer, 1 websocket, 1 not over http, 4 to other hosts\n")
        .says("set SHOP_TOKEN: the secret input token is `token` of GET /v1/orders\n");
    let sheet = "\
collection: requests to api.shop.test
inputs:
  base_url: https://api.shop.test
  password: { secret: true, env: SHOP_PASSWORD }
  token: { secret: true, env: SHOP_TOKEN }
  cookie: { secret: true, env: SHOP_COOKIE }
defaults:
  base_url: ${{ base_url }}
  headers:
    accept: application/json
    accept-encoding: gzip, deflate, br, zstd
    accept-language: en-GB,en;q=0.9
    sec-ch-ua: \"\\\"Chromium\\\";v=\\\"131\\\", \\\"Not_A Brand\\\";v=\\\"24\\\"\"
    user-agent: Mozilla/5.0 (X11; Linux x86_64)
  redirects: false
steps:
  - name: POST /v1/login
    POST: /v1/login
    json: { user: jo, password: \"${{ password }}\" }
    expect: { status: 200 }

  - name: GET /v1/orders
    GET: /v1/orders
    query: { page: 1, status: OPEN, q: café }
    headers: { Cookie: \"${{ cookie }}\" }
    auth: { bearer: \"${{ token }}\" }
    expect: { status: 200 }

  - name: GET /v1/sessions/…
    GET: /v1/sessions/${{ token }}
    headers: { Cookie: \"${{ cookie }}\" }
    auth: { bearer: \"${{ token }}\" }
    expect: { status: 404 }

  - name: POST /graphql
    POST: /graphql
    auth: { bearer: \"${{ token }}\" }
    json:
      operationName: null
      query: |
        query Order($id: ID!) {
          order(id: $id) { id total }
        }
      variables: { id: \"0041\" }
    expect: { status: 200 }

  - name: PUT /v1/orders/41/note
    PUT: /v1/orders/41/note
    headers: { Content-Type: text/plain;charset=UTF-8 }
    auth: { bearer: \"${{ token }}\" }
    text: |
      Dear ${{ '${{' }} name }},

      yes: no
    expect: { status: 204 }

  - name: POST /v1/search
    POST: /v1/search
    form:
      q: a b
      tag: [x, \"y\"]
    expect: { status: 302 }
";
    assert_eq!(ran.stdout, sheet);
    project
        .callsheet("import har browser.har --only script --only image")
        .exits(0)
        .says("imported 2 of 14")
        .says("GET: /app.js");
    project
        .callsheet("import har browser.har --host nowhere.test -o sheet.yaml")
        .exits(4)
        .says("error: no request is left to import");
    assert!(!project.path().join("sheet.yaml").exists());
}

#[test]
fn no_file_is_written_over_unasked() {
    let project = Project::empty()
        .file("line.sh", "curl https://a.test/b")
        .file("sheet.yaml", "mine");
    project
        .callsheet("import curl line.sh -o sheet.yaml")
        .exits(2)
        .says("sheet.yaml is there already, and nothing was written; --force writes over it");
    let text = || std::fs::read_to_string(project.path().join("sheet.yaml")).expect("the file");
    assert_eq!(text(), "mine");
    project
        .callsheet("import curl line.sh -o sheet.yaml --force")
        .exits(0);
    assert!(text().contains("GET: /b"));
    project.callsheet("check sheet.yaml").exits(0);
    project
        .callsheet("import curl")
        .stdin_from("line.sh")
        .exits(0)
        .says("GET: /b");
}

#[test]
fn in_a_project_the_address_of_a_sheet_is_pointed_out() {
    Project::empty()
        .file("callsheet.yaml", "project: p\n")
        .file("a.sh", "curl https://api.example.com/orders\n")
        .callsheet("import curl a.sh -o a.yaml")
        .exits(0)
        .says("take it out of `inputs` and `defaults`");
}
