//! What an imported sheet sends is what the command or the export sent.

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
