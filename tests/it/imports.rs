//! `callsheet import`: a sheet sends what was sent, and holds no credential.

use std::process::{Command, Stdio};

use callsheet::collection::{self, Library, SuiteFile};
use callsheet::diagnostic::Diagnostics;
use callsheet::import::{self, Options};
use callsheet::outcome::{Exchange, Message, Payload, PayloadKind};
use callsheet::registry;
use callsheet::run::Drafts;
use callsheet::secret::Vault;
use callsheet::source::{Root, Source};
use callsheet::template::Scope;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Answer, Project, Received, Server};

/// The secrets of what follows, which no file and no output may hold.
const SECRETS: [(&str, &str); 5] = [
    ("TOKEN", "a-token-that-nobody-may-see"),
    ("X_API_KEY", "an-api-key-that-nobody-may-see"),
    ("PASSWORD", "a password/that+nobody&may see"),
    ("COOKIE", "session=a-cookie-that-nobody-may-see; theme=dark"),
    ("API_KEY", "another-key-that-nobody-may-see"),
];

/// Command lines in the styles of browsers and people, with the address of a server as `URL`.
const LINES: [&str; 34] = [
    "curl URL",
    "curl URL/a/../b/./c%20d//e?x=1&y=a+b#part",
    r#"curl "URL/q?fields=a,b&since=2020-01-01T00:00:00Z&q=a%20b&empty=&bare""#,
    "curl 'URL/q?a=1&a=2&b=%26&n=007&big=12345678901234567890'",
    "curl -g 'URL/q?ids[]={1,2}&x=$y'",
    r"curl 'URL/q?ids\[\]=\{1\}'",
    "curl -H 'X-Text: a: b, \"c\" #d' -H 'X-Empty;' -H 'X-Twice: 1' -H 'X-Twice: 2' -H 'Accept:' URL/headers",
    "curl -A 'me/1.0 (x; y)' -e https://from.test/ -r 0-99 --compressed URL/agent",
    "curl -X POST URL/empty",
    "curl -d '' URL/empty",
    "curl --request DELETE -sS URL/contacts/7",
    "curl -XPURGE URL/cache",
    "curl -I URL/head",
    "curl -d a=1 -d 'b=x y&c' --data-urlencode 'd=é&=' URL/form",
    "curl -G -d a=1 --data-urlencode 'q=x y' 'URL/search?z=0'",
    r#"curl --json '{"name":"NO","on":true,"n":1.50,"big":12345678901234567890,"text":"a\nb ${{ c }} {{ d }}","list":[null,"0123","~",{}]}' URL/json"#,
    r#"curl -H 'Content-Type: application/json' -d '{"apiKey": "another-key-that-nobody-may-see", "a": {"b": []}}' URL/json"#,
    r#"curl --data-raw $'line one\nit\'s ${% x %} \u00e9\n' -H 'Content-Type: text/plain;charset=UTF-8' URL/text"#,
    r#"curl --data-binary '<a b="c">d</a>' -H 'Content-Type: application/xml' -X PUT URL/xml"#,
    r#"curl -d '{"not json' URL/text"#,
    "curl -H 'Authorization: Bearer a-token-that-nobody-may-see' -H 'X-Api-Key: an-api-key-that-nobody-may-see' URL/a",
    "curl -u 'jo:a password/that+nobody&may see' URL/basic -d 'password=a+password%2Fthat%2Bnobody%26may+see'",
    "curl -b 'session=a-cookie-that-nobody-may-see; theme=dark' URL/cookies?api_key=another-key-that-nobody-may-see",
    "curl --data-binary @body.json -H 'Content-Type: application/json' URL/file",
    // What curl calls a form and is none.
    "curl --data-binary 'cpu,host=a value=1' URL/write",
    "curl -d 'SELECT * FROM t WHERE a=1' URL/sql",
    r#"curl -d '<a b="c"/>' URL/xml"#,
    r#"curl --data-binary $'foo{a="b"} 1\n' URL/metrics"#,
    "curl -d 'QUJD+/==' URL/base64",
    r#"curl -H 'Content-Type: application/x-ndjson' --data-binary $'{"delete":{"id":"1"}}\n' URL/bulk"#,
    "curl -H 'Content-Type: text/plain' -d '[1,  2]' URL/plain",
    "curl -T body.json -H 'Content-Type: application/json' -H 'Expect:' URL/folder/",
    "curl -T body.json -H 'Content-Type: application/json' -H 'Expect:' URL",
    "curl -b 'left=out' -H 'Cookie: session=a-cookie-that-nobody-may-see; theme=dark' URL/cookies",
];

/// What of a request curl and Callsheet say each in their own way, or not at all.
fn essence(received: &Received) -> (String, Vec<(String, String)>, String) {
    let own = ["accept-encoding", "connection", "content-length", "host"];
    let is_own = |name: &str, value: &str| {
        own.contains(&name)
            || name == "accept" && value == "*/*"
            || name == "user-agent" && (value.starts_with("curl/") || value.starts_with("callsheet/"))
    };
    let mut headers: Vec<(String, String)> = received
        .headers
        .iter()
        .filter(|(name, value)| !is_own(name, value))
        .cloned()
        .collect();
    headers.sort();
    let text = received.text();
    let content_type = received.header("content-type");
    let is_plain = ["text/plain", "application/x-ndjson"].contains(&content_type);
    let is_form = content_type == "application/x-www-form-urlencoded"
        && !["==", " ", "<", "{", "\n"].iter().any(|sign| text.contains(sign));
    let body = match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(value) if !is_plain => value.to_string(),
        Err(_) if is_form => {
            let pairs = url::form_urlencoded::parse(text.as_bytes());
            pairs.map(|(name, value)| format!("{name}={value}\n")).collect()
        }
        Ok(_) | Err(_) => text,
    };
    (format!("{} {}", received.method, received.target), headers, body)
}

#[test]
fn a_sheet_sends_what_curl_sends() {
    let is_there = |program: &str| {
        let mut command = Command::new(program);
        command.arg("--version").stdout(Stdio::null()).status().is_ok()
    };
    if !is_there("curl") || !is_there("bash") {
        return;
    }
    for line in LINES {
        let server = Server::start(|_| Answer::status(204));
        let line = line.replace("URL", &server.url());
        let project = Project::empty()
            .file("line.sh", &line)
            .file("body.json", "{\"from\": \"a file\"}\n");
        // An older curl has no --json, and nothing can be compared with it.
        let sent = Command::new("bash")
            .args(["-c", &line])
            .current_dir(project.path())
            .env("no_proxy", "*")
            // Nobody's own settings of curl.
            .env("HOME", project.path())
            .output()
            .expect("bash");
        let theirs = server.received();
        if !sent.status.success() {
            assert!(
                String::from_utf8_lossy(&sent.stderr).contains("unknown"),
                "{line}: {sent:?}"
            );
            continue;
        }
        let mut import = project
            .callsheet("import curl line.sh -o sheet.yaml")
            .exits(0)
            .does_not_say("environment");
        let sheet = std::fs::read_to_string(project.path().join("sheet.yaml")).expect("a sheet");
        for (_, secret) in SECRETS {
            assert!(!sheet.contains(secret), "{line}\n{sheet}");
            import = import.does_not_say(secret);
        }
        let mut run = project.callsheet("run sheet.yaml --allow-host 127.0.0.1");
        for (name, value) in SECRETS {
            run = run.env(name, value);
        }
        run.exits(0);
        let received = server.received();
        let ours = &received[theirs.len()..];
        assert_eq!((theirs.len(), ours.len()), (1, 1), "{line}\n{sheet}");
        assert_eq!(essence(&ours[0]), essence(&theirs[0]), "{line}\n{sheet}");
    }
}

/// A request as `export curl` writes it down.
fn exchanges() -> impl Strategy<Value = Exchange> {
    let texts = prop::sample::select(vec![
        "a", "b=c", " ", "'", "\"", "\\", "$", "{", "}", "${{ a }}", "${% b", "${#", "$(c)", "`d`", "!", "#",
        ": ", "é", "字", "🔑", "NO", "0123", "~", "&", "%41", "%", "+", "\n", "\t", "\u{1b}", "\u{2028}",
        "- ", "[", "]", "@", "*", "?", "|", "<",
    ]);
    let text = prop::collection::vec(texts, 0..8).prop_map(|pieces| pieces.concat());
    let line = text
        .clone()
        .prop_map(|text| text.replace(char::is_control, "").trim().to_owned());
    let url = (line.clone(), prop::option::of(line.clone())).prop_map(|(path, query)| {
        let mut url = url::Url::parse("https://api.test/").expect("a URL");
        url.set_path(&path);
        url.set_query(query.as_deref());
        url.to_string()
    });
    let headers = prop::collection::btree_map(
        prop::sample::select(vec![
            "accept",
            "X-Text",
            "referer",
            "if-match",
            "content-language",
            "X-Other",
        ]),
        line.clone(),
        0..4,
    );
    let json = prop::collection::vec((text.clone(), text.clone()), 0..4).prop_map(|members| {
        let members = members
            .into_iter()
            .map(|(name, value)| (name, Value::from(value)));
        Value::Object(members.collect()).to_string()
    });
    let form = prop::collection::vec((line.clone(), text.clone()), 0..4).prop_map(|pairs| {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    });
    let body = prop_oneof![
        Just(None),
        json.prop_map(|text| Some(("application/json", text))),
        form.prop_map(|text| Some(("application/x-www-form-urlencoded", text))),
        text.prop_map(|text| Some(("text/plain; charset=utf-8", text))),
        line.prop_map(|text| Some(("application/xml", text))),
    ];
    let methods = prop::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE", "PURGE"]);
    (methods, url, headers, body).prop_map(|(method, url, headers, body)| {
        let mut headers: Vec<(String, String)> = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let body = body.filter(|(_, text)| !text.is_empty());
        headers.extend(
            body.as_ref()
                .map(|(kind, _)| ("content-type".to_owned(), (*kind).to_owned())),
        );
        let payload = body.map(|(_, text)| Payload {
            kind: PayloadKind::Text,
            size: text.len() as u64,
            text,
            cut: false,
        });
        Exchange {
            method: method.to_owned(),
            url,
            request: Message {
                headers,
                body: payload,
            },
            ..Exchange::default()
        }
    })
}

/// What a sheet would send.
fn drafted(sheet: &str) -> Vec<Exchange> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("sheet.yaml"), sheet).expect("a file");
    let root = Root::open(folder.path()).expect("a folder");
    let file = SuiteFile {
        path: "sheet.yaml".into(),
        named: true,
    };
    let mut diagnostics = Diagnostics::default();
    let suite = collection::load(&root, false, &[file], &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{sheet}\n{diagnostics:?}");
    let library = Library {
        suite: &suite,
        root: &root,
    };
    let collection = library.open(&suite.collections[0]).expect("the collection");
    let vault = Vault::new();
    let mut scope = Scope::with_vault(vault.clone());
    for input in &collection.inputs {
        if let Some(value) = &input.default {
            scope.set_plain(input.name.clone(), value.clone());
        }
    }
    let drafts = Drafts {
        project: &suite.project,
        scope: &scope,
        vault: &vault,
    };
    let case = &collection.cases[0];
    let of = |step| drafts.of(step, &case.defaults, &scope, &case.session);
    let drafts: Vec<_> = case.steps.iter().flat_map(of).collect();
    drafts
        .into_iter()
        .map(|draft| {
            draft
                .exchange
                .unwrap_or_else(|error| panic!("{sheet}\n{error:?}"))
        })
        .collect()
}

/// Method, URL, headers and body, so far as they mean something.
fn meant(exchange: &Exchange) -> (String, String, Vec<(String, String)>, String) {
    let headers = &exchange.request.headers;
    let mut headers: Vec<(String, String)> = headers
        .iter()
        .filter(|(_, value)| value != "*/*")
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .collect();
    headers.sort();
    let text = exchange
        .request
        .body
        .as_ref()
        .map_or("", |body| body.text.as_str());
    let is = |kind: &str| headers.contains(&("content-type".to_owned(), kind.to_owned()));
    let body = match serde_json::from_str::<Value>(text) {
        Ok(value) => value.to_string(),
        Err(_) if is("application/x-www-form-urlencoded") => {
            let pairs: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).collect();
            format!("{pairs:?}")
        }
        Err(_) => text.to_owned(),
    };
    (exchange.method.clone(), exchange.url.clone(), headers, body)
}

proptest! {
    #[test]
    fn what_is_exported_is_imported_as_it_was(exchange in exchanges()) {
        let command = callsheet::report::curl(&exchange, None);
        let kind = registry::find(import::KINDS, "curl").expect("curl");
        let mut diagnostics = Diagnostics::default();
        let source = Source::new("line.sh", command.as_str());
        let imported = import::import(kind, &source, &Options::default(), &mut diagnostics);
        let imported = imported.unwrap_or_else(|| panic!("{command}\n{diagnostics:?}"));
        let drafted = drafted(&imported.text);
        prop_assert_eq!(drafted.len(), 1);
        prop_assert_eq!(meant(&drafted[0]), meant(&exchange), "{}\n{}", command, imported.text);
    }
}

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
fn what_cannot_be_imported_is_told_with_its_place_and_without_its_credentials() {
    const SECRET: &str = "a-token-nobody-may-see";
    let entry = |request: &str| {
        let headers = format!("[{{\"name\": \"Authorization\", \"value\": \"Bearer {SECRET}\"}}]");
        format!(
            "{{\"log\": {{\"entries\": [\n  {{\"request\": {}, \"response\": {{\"status\": 200}}}}\n]}}}}",
            request.replace("HEADERS", &headers)
        )
    };
    let deep = format!("{{\"log\": {}", "[".repeat(100_000));
    let unknown_depth = format!("{{\"x\": {}", "[".repeat(1_000_000));
    for (format, text, place, message) in [
        (
            "curl",
            format!("curl https://a.test -H 'Authorization: Bearer {SECRET}' --hedaer x"),
            "input:1:71",
            "did you mean `--header`?",
        ),
        (
            "curl",
            format!("curl https://a.test -H 'Authorization: Bearer {SECRET}"),
            "input:1:24",
            "this quote is never closed",
        ),
        (
            "curl",
            format!("curl https://a.test -u jo:{SECRET} \\\n  --data \"$(cat x)\""),
            "input:2:11",
            "the shell runs a command here",
        ),
        (
            "curl",
            format!("curl https://a.test -b sid={SECRET} -d @/etc/passwd"),
            "input:1:54",
            "outside of its project",
        ),
        (
            "curl",
            format!("curl 'https://a.test/{{a,b}}?token={SECRET}'"),
            "input:1:6",
            "several URLs",
        ),
        (
            "curl",
            "curl ftp://a.test/".to_owned(),
            "input:1:6",
            "http and https alone",
        ),
        (
            "curl",
            "curl https://a.test -F 'a=b;type=c/d'".to_owned(),
            "input:1:24",
            "a part that is a text has no type",
        ),
        (
            "curl",
            "curl https://a.test -H 'Host: b.test'".to_owned(),
            "input:1:6",
            "cannot set the header Host",
        ),
        (
            "curl",
            "ls -la".to_owned(),
            "input:1:1",
            "no curl command is here",
        ),
        (
            "curl",
            "ls; curl".to_owned(),
            "input:1:5",
            "this call of curl names no URL",
        ),
        (
            "har",
            entry(
                "{\"method\": \"POST\", \"url\": \"https://a/\", \"headers\": HEADERS, \"postData\": {\"mimeType\": \"multipart/form-data\", \"params\": [{\"name\": \"f\", \"fileName\": \"\"}]}}",
            ),
            "input:2:",
            "a file that nobody chose",
        ),
        (
            "har",
            format!("token={SECRET}"),
            "input:1:2",
            "this is no archive",
        ),
        (
            "har",
            entry("{\"url\": \"https://a.test\", \"headers\": HEADERS}"),
            "input:2:",
            "missing field `method`",
        ),
        (
            "har",
            entry("{\"method\": \"GET\", \"url\": 5, \"headers\": HEADERS}"),
            "input:2:",
            "invalid type: integer, expected a string",
        ),
        (
            "har",
            entry("{\"method\": \"GET\", \"url\": \"https://a b/\", \"headers\": HEADERS}"),
            "input:2:33",
            "the URL of this request is none",
        ),
        (
            "har",
            entry(&format!(
                "{{\"method\": \"GET\", \"url\": \"https://a/\", \"headers\": \"{SECRET}\"}}"
            )),
            "input:2:",
            "a text, expected a sequence",
        ),
        (
            "har",
            entry(
                "{\"method\": \"PUT\", \"url\": \"https://a/\", \"headers\": HEADERS, \"postData\": {\"text\": \"%\", \"encoding\": \"base64\"}}",
            ),
            "input:2:",
            "is not base64",
        ),
        ("har", deep, "input:1:", "EOF while parsing a list"),
        ("har", unknown_depth, "input:1:", "EOF while parsing"),
    ] {
        Project::empty()
            .file("input", &text)
            .callsheet(&format!("import {format} input"))
            .exits(2)
            .says(message)
            .says(place)
            .does_not_say(SECRET);
    }
    for format in ["curl", "har"] {
        Project::empty()
            .bytes("input", b"curl \xff")
            .callsheet(&format!("import {format} input"))
            .exits(2)
            .says("cannot read input: not UTF-8 (byte 5)");
    }
}

#[test]
fn limits_are_told() {
    let large = vec![b' '; 4 * 1024 * 1024 + 1];
    Project::empty()
        .bytes("input", &large)
        .callsheet("import curl input")
        .exits(2)
        .says("over the limit of 4 MiB");
    // A body that is sent to many URLs is not copied for each of them.
    let many = format!("curl -d '{}' {}", "x".repeat(1_000_000), "h ".repeat(4_000));
    Project::empty()
        .file("input", &many)
        .callsheet("import curl input")
        .exits(2)
        .says("says too much to too many URLs");
    let variables: String = (0..1_001).map(|number| format!("\"$v{number}\" ")).collect();
    Project::empty()
        .file("input", &format!("curl https://a.test/{variables}"))
        .callsheet("import curl input")
        .exits(2)
        .says("more than 1000 variables");
    let marks: String = (0..1_000)
        .map(|number| format!("shellvariable{number}x "))
        .collect();
    Project::empty()
        .file("input", &format!("curl \"https://a.test/$ID\" -d '{marks}'"))
        .callsheet("import curl input")
        .exits(0)
        .says("https://a.test")
        .says("shellvariable999x");
    let many = "curl https://a.test/b\n".repeat(5001);
    Project::empty()
        .file("input", &many)
        .callsheet("import curl input")
        .exits(2)
        .says("more than 5000 requests");
    let members: Vec<String> = (0..1001)
        .map(|number| format!("\"token{number}token\": \"value-{number}\""))
        .collect();
    Project::empty()
        .file(
            "input",
            &format!("curl --json '{{{}}}' https://a.test/", members.join(",")),
        )
        .callsheet("import curl input")
        .exits(2)
        .says("more than 1000 credentials");
    // Of many mistakes some are told.
    let mistakes = "curl https://a.test/ --digest\n".repeat(30);
    Project::empty()
        .file("input", &mistakes)
        .callsheet("import curl input")
        .exits(2)
        .says("input:20:")
        .does_not_say("input:21:")
        .says("and 10 more like these");
    // A body of more values than a tree should have is a text.
    let numbers = vec!["1"; 60_000].join(",");
    Project::empty()
        .file("input", &format!("curl --json '[{numbers}]' https://a.test/"))
        .callsheet("import curl input")
        .exits(0)
        .says("    text: \"[1,1");
}

/// Requests with a secret in one place of each, as curl commands.
const PLACES: [&str; 16] = [
    "-H 'Authorization: Bearer SECRET'",
    "-H 'Authorization: SECRET'",
    "-H 'authorization: Token SECRET'",
    "-H 'X-Api-Key: SECRET'",
    "-H 'X-My-Client-Secret: SECRET'",
    "-H 'Cookie: sid=SECRET; theme=dark'",
    "-b sid=SECRET",
    "-u jo:SECRET",
    "-u SECRET:",
    "--oauth2-bearer SECRET",
    "-d password=SECRET",
    "--data-urlencode access_token=SECRET -G",
    "--json '{\"a\": [{\"apiKey\": \"SECRET\"}]}'",
    "--json '{\"variables\": \"{\\\"password\\\": \\\"SECRET\\\"}\"}'",
    "-H 'Content-Type: application/xml' -d '<a><Password>SECRET</Password></a>'",
    "-F client_secret=SECRET",
];

proptest! {
    #[test]
    fn no_sheet_holds_a_credential(
        secret in "[A-Za-z0-9][A-Za-z0-9._~/-]{14,30}[0-9]",
        place in prop::sample::select(PLACES.to_vec()),
        again in any::<bool>(),
    ) {
        let mut command = format!("curl https://api.test/x {}", place.replace("SECRET", &secret));
        if again {
            // Where it is known to be one, it is one wherever it stands.
            command = format!("curl 'https://api.test/y/{secret}?z={secret}' -H 'X-A: <{secret}>' -d 'some {secret}'\n{command}");
        }
        let kind = registry::find(import::KINDS, "curl").expect("curl");
        let mut diagnostics = Diagnostics::default();
        let imported = import::import(kind, &Source::new("a.sh", command.as_str()), &Options::default(), &mut diagnostics);
        let imported = imported.unwrap_or_else(|| panic!("{command}\n{diagnostics:?}"));
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for form in [&secret, &encoded] {
            prop_assert!(!imported.text.contains(form.as_str()), "{}\n{}", command, imported.text);
            prop_assert!(imported.secrets.iter().all(|known| !known.what.contains(form.as_str())), "{:?}", imported.secrets);
        }
        prop_assert!(!imported.secrets.is_empty());
        // The control: what has no such name stays.
        let plain = format!("curl https://api.test/x -H 'X-Text: {secret}'");
        let mut diagnostics = Diagnostics::default();
        let imported = import::import(kind, &Source::new("a.sh", plain), &Options::default(), &mut diagnostics).expect("sound");
        prop_assert!(imported.text.contains(&secret));
    }
}

/// What comes behind `curl`, with a secret where nothing simple tells its end, or its name stands elsewhere.
const SHAPES: [&str; 63] = [
    r#"U -H 'Content-Type: multipart/form-data; boundary=B' --data-raw $'--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nSECRET\r\n--B--\r\n'"#,
    r#"U -H 'Content-Type: multipart/mixed; boundary=B' --data-raw $'--B\r\nContent-Type: application/http\r\n\r\nGET /x HTTP/1.1\r\nAuthorization: Token SECRET\r\n\r\n--B--\r\n'"#,
    "https://SECRET@api.test/x",
    "https://SECRET:@api.test/x",
    "https://jo:SECRET@$HOST/x",
    "-u SECRET U",
    "-d 'a=1&b=2&a=3&user[password]=SECRET' U",
    "-d 'a=1&b=2&a=3&user%5Bpassword%5D=SECRET' U",
    "-d 'a=1&b=2&a=3&d=%7B%22password%22%3A%22SECRET%22%7D' U",
    "-d 'flag&user[password]=SECRET' U",
    "-d 'd=%7B%22password%22%3A%22SECRET%22%7D' U",
    "-d 'password:SECRET=1' U",
    "'U?q=a%20b&r=https%3A%2F%2Fh%2F%3Faccess_token%3DSECRET'",
    "'U?q=a%20b&r=%7B%22password%22%3A%22a&SECRET%22%7D'",
    "'U?r=https%253A%252F%252Fh%252F%253Faccess_token%253DSECRET'",
    "'U?q=a%20b&api%5Fkey=SECRET'",
    "'U?a=1;api_key=SECRET'",
    "'U?u=https://jo:SECRET@h/'",
    "U/access_token%3DSECRET/y",
    "'U;jsessionid=SECRET'",
    r#"--json '{"d":"password=a\"SECRET"}' U"#,
    r#"--json $'{"d":"password=\'SECRET"}' U"#,
    r#"--json '{"d":"password=<SECRET"}' U"#,
    r#"--json '{"d":"password=a,SECRET"}' U"#,
    r#"--json '{"d":"password=a;SECRET"}' U"#,
    r#"--json '{"d":"password=a=b=SECRET"}' U"#,
    r#"--json '{"d":"{\"password\":\"a\\\"SECRET\"}"}' U"#,
    r#"--json '{"query":"{a(token: \"\"\"SECRET\"\"\")}"}' U"#,
    r#"--json '{"query":"mutation{login(pin:SECRET)}"}' U"#,
    r#"--json '{"d":"{\"pin\":SECRET}"}' U"#,
    r#"--json '{"a":1,"a":2,"password":"x\"SECRET"}' U"#,
    r#"--json '{"a":1,"a":2,"pass\u0077ord":"SECRET"}' U"#,
    r#"--json '{"password":"SECRET",}' U"#,
    "-H 'Content-Type: application/yaml' -d 'password: SECRET' U",
    r#"-H 'Content-Type: text/xml' -d '<wsse:Password Type="x">SECRET</wsse:Password>' U"#,
    "-H 'Content-Type: application/xml' -d '<password><![CDATA[SECRET]]></password>' U",
    r#"-H 'Content-Type: application/xml' -d '<u password="SECRET"/>' U"#,
    r#"--json '{"password":{"value":"SECRET"}}' U"#,
    r#"--json '{"credentials":{"user":"a","value":"SECRET"}}' U"#,
    r#"--json '[{"name":"Authorization","value":"SECRET"}]' U"#,
    r#"--json '[["password","SECRET"]]' U"#,
    r#"--json '{"Cookie":"SECRET"}' U"#,
    r#"--json '{"db":"postgres://jo:SECRET@db/x"}' U"#,
    "-e https://jo:SECRET@h.test/ U",
    "-H 'Referer: https://h.test/?access_token=SECRET' U",
    "-H 'Sec-WebSocket-Protocol: bearer, SECRET' U",
    "-H 'Authorization: SECRET rest' U",
    "-H 'Authorization: Digest username=\"u\", response=\"SECRET\"' U",
    "-H \"Cookie: lang=$L;connect=SECRET\" U",
    "-b \"lang=$L; SECRET\" U",
    "-u \"jo:SECRET$X\" U",
    "-H \"Authorization: Bearer SECRET$X\" U",
    "-d \"a=1&a[]=2&a=3&password=SECRET&b=$X\" U",
    r#"--json "{\"id\":$X,\"password\":\"SECRET\"}" U"#,
    r#"--json "{\"password\":\"$X-SECRET\"}" U"#,
    "-H 'DD-APPLICATION-KEY: SECRET' U",
    "-H 'X-Auth-Email-Key: SECRET' U",
    "-H 'X-OTP: SECRET' U",
    "-F 'd={\"password\":\"SECRET\"}' U",
    "-H 'X-Api-Key: SECRET' -d 'SECRET=1' U",
    "-H 'X-Api-Key: SECRET' --json '{\"SECRET\":1}' U",
    "-H 'X-Api-Key: SECRET' 'U?SECRET'",
    r#"--json '{"pin":SECRET,"x":SECRET,"y":"a SECRET b"}' U"#,
];

#[test]
fn what_names_a_credential_and_is_no_tree_is_one_secret() {
    for shape in SHAPES {
        let secret = "48151623421";
        let command = format!("curl {shape}").replace("SECRET", secret);
        let command = command.replace('U', "https://api.test/x");
        let project = Project::empty().file("line.sh", &command);
        project
            .callsheet("import curl line.sh")
            .exits(0)
            .does_not_say(secret);
        project.callsheet("import curl line.sh -o sheet.yaml").exits(0);
        project.callsheet("check sheet.yaml").exits(0);
    }
    // In another form than ours.
    for place in [
        "'U?a=b%20c&t=abc%2fDEFG%2bhijk12%3d%3d'",
        "'U?t=abc/DEFG%2Bhijk12%3D%3D'",
        "U/abc%2fDEFG%2bhijk12%3d%3d",
        r#"--json '{"a": "abc\\/DEFG+hijk12=="}' U"#,
    ] {
        let command = format!("curl -H 'X-Api-Key: abc/DEFG+hijk12==' {place}");
        Project::empty()
            .file("line.sh", &command.replace('U', "https://api.test/x"))
            .callsheet("import curl line.sh")
            .exits(0)
            .does_not_say("DEFG");
    }
    for params in [
        r#"[{"name": "a", "value": "1"}, {"name": "user[password]", "value": "SECRET"}, {"name": "a", "value": "2"}]"#,
        r#"[{"name": "d", "value": "{\"password\":\"SECRET\"}"}]"#,
    ] {
        let archive = format!(
            r#"{{"log": {{"entries": [{{"request": {{"method": "POST", "url": "https://api.test/x", "headers": [],
            "postData": {{"mimeType": "application/x-www-form-urlencoded", "params": {params}}}}},
            "response": {{"status": 200}}}}]}}}}"#
        );
        Project::empty()
            .file("a.har", &archive.replace("SECRET", "a-secret-of-params"))
            .callsheet("import har a.har")
            .exits(0)
            .does_not_say("a-secret-of-params");
    }
}

#[test]
fn a_whole_secret_is_sent_as_it_was() {
    let server = Server::start(|_| Answer::status(204));
    let target = "/a;jsessionid=b%2fc/d?q=a%20b&api%5Fkey=c+d%2f&r=1";
    let body = "a=1&b=${{ x }}&a=2&password=c%2fd";
    let command = format!(
        "curl -d '{body}' '{}{target}'",
        server.url().replace("://", "://jo@")
    );
    let project = Project::empty().file("line.sh", &command);
    project
        .callsheet("import curl line.sh -o sheet.yaml")
        .exits(0)
        .says("set PASSWORD:");
    project
        .callsheet("run sheet.yaml --allow-host 127.0.0.1")
        .env("USERNAME", "jo")
        .env("PASSWORD", body)
        .env("SESSIONID", "a;jsessionid=b%2fc")
        .env("API_KEY", "c+d%2f")
        .exits(0);
    let received = server.received();
    assert_eq!(received[0].target, target);
    assert_eq!(received[0].text(), body);
    assert_eq!(received[0].header("authorization"), "Basic am86");
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

#[test]
fn no_message_about_a_command_holds_what_was_given_to_it() {
    const KEY: &str = "kanarienvogel77x";
    for line in [
        "curl 'https://joe:KEY@h:99999/'",
        "curl -x http://joe:KEY@proxy:3128 https://api.shop.test/x",
        "curl --proxy-user joe:KEY https://api.shop.test/x",
        "curl -U joe:KEY https://api.shop.test/x",
        "curl -E c.pem:KEY https://api.shop.test/x",
        "curl --cert=c:KEY https://api.shop.test/x",
        "curl --us joe:KEY https://api.shop.test/x",
        "curl --user:joe:KEY https://api.shop.test/x",
        "curl KEY://api.shop.test/x",
        "curl -H 'X-Api-Key KEY' https://api.shop.test/x",
        "curl https://api.shop.test/x <<< 'KEY'",
        "curl -b 'a=KEY",
        "curl -ujoe:KEY 'https://api.shop.test/[1-3]'",
        "curl 'https://api.shop.test/[1-3]?key=KEY'",
        "curl -H $'X-Api-Key: KEY\\x01' https://api.shop.test/x",
        "curl -sSu joe:KEY",
        "curl --oauth2-bearer \"it'sKEY\" 'https://api.shop.test/[1-3]'",
        "curl -F 'file=@/KEY;type=x' https://api.shop.test/x",
        "$s.Cookies.Add((New-Object System.Net.Cookie(\"sess\", \"KEY\")))",
    ] {
        let ran = Project::empty()
            .file("a.sh", &line.replace("KEY", KEY))
            .callsheet("import curl a.sh")
            .ends();
        assert!(!ran.all().contains(KEY), "{line}\n{}", ran.all());
        assert!(!ran.stderr.is_empty(), "{line}");
    }
}
