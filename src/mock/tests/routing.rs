//! Routes, conditions, guards, changes, and what is answered where nothing fits.

use bytes::Bytes;
use serde_json::{Map, json};
use url::Url;

use super::{ask, decode, get, mock, start, status};
use crate::mock::Mock;
use crate::mock::received::Received;
use crate::mock::service::Service;

const CONTACTS: &str = r#"
mock: contacts
inputs: { api_key: a-key-of-the-demo, limit: 2 }
data:
  contacts: [{ id: 1, name: Ada, balance: 1250.10 }, { id: 2, name: Bo, balance: 0 }]
  label: from ${{ limit }}
guards:
  known:
    - when: { headers: { x-key: "${{ api_key }}" } }
      otherwise: { status: 401, json: { error: who are you } }
    - when: { that: query.page is undefined or query.page | int <= limit }
      otherwise: { status: 403 }
routes:
  - POST: /echo
    when: { $.kind: loud }
    respond: { text: "LOUD" }
  - POST: /echo
    respond:
      status: 202
      headers: { x-method: "${{ method }}", set-cookie: [a=1, b=2] }
      json: { body: "${{ body }}", page: "${{ query.page }}", agent: "${{ headers['user-agent'] }}", label: "${{ label }}" }
  - GET: /guarded
    guard: known
    respond: { xml: <ok/> }
  - GET: /contacts
    respond: { json: "${{ contacts }}" }
  - GET: /contacts/{id}
    respond:
      json: { data: "${{ contacts | where('id', path.id) | first }}" }
      otherwise: { status: 404, json: { error: "no contact ${{ path.id }}" } }
  - POST: /contacts
    change: [{ insert: { into: contacts, value: { id: 3, name: "${{ body.name }}" } } }]
    respond: { status: 201, json: "${{ contacts | last }}", otherwise: { status: 422 } }
  - POST: /contacts/broken
    change: [{ insert: { into: contacts, value: { id: 9 } } }]
    respond: { json: "${{ body.missing }}", otherwise: { status: 400 } }
  - PATCH: /contacts/{id}
    change: [{ update: { in: contacts, where: { id: "${{ path.id }}" }, set: { name: "${{ body.name }}" } } }]
    respond: { json: "${{ contacts | where('id', path.id) | first }}", otherwise: { status: 404 } }
  - DELETE: /contacts/{id}
    change: [{ remove: { from: contacts, where: { id: "${{ path.id }}" } } }]
    respond: { status: 204 }
  - GET: /wrong
    respond: { json: "${{ api_key + 1 }}" }
  - QUERY: /search
    respond: { json: "${{ body }}" }
"#;

#[tokio::test]
async fn the_first_route_that_fits_answers_from_the_request() {
    let mock = mock(CONTACTS).await;
    let loud = ask(&mock, "POST /echo", &[], r#"{"kind":"loud"}"#).await;
    assert_eq!((loud.status, loud.body.as_str()), (Some(200), "LOUD"));
    let reply = ask(
        &mock,
        "POST /echo?page=7&page=8",
        &["User-Agent: me"],
        r#"{"n":9007199254740993}"#,
    )
    .await;
    assert_eq!(reply.status, Some(202));
    assert_eq!(
        reply.body,
        r#"{"body":{"n":9007199254740993},"page":"7","agent":"me","label":"from 2"}"#
    );
    for line in [
        "x-method: POST",
        "set-cookie: a=1",
        "set-cookie: b=2",
        "content-type: application/json",
    ] {
        assert!(reply.head.contains(line), "{}", reply.head);
    }
    assert_eq!(ask(&mock, "QUERY /search", &[], "[1.10]").await.body, "[1.10]");
    mock.stop().await;
}

#[tokio::test]
async fn a_guard_answers_by_its_first_unmet_condition() {
    let mock = mock(CONTACTS).await;
    let nobody = get(&mock, "/guarded?page=9").await;
    assert_eq!(
        (nobody.status, nobody.json()),
        (Some(401), json!({ "error": "who are you" }))
    );
    let key = ["x-key: a-key-of-the-demo"];
    assert_eq!(
        ask(&mock, "GET /guarded?page=9", &key, "").await.status,
        Some(403)
    );
    let passed = ask(&mock, "GET /guarded?page=1", &key, "").await;
    assert_eq!((passed.status, passed.body.as_str()), (Some(200), "<ok/>"));
    assert_eq!(ask(&mock, "GET /guarded", &key, "").await.status, Some(200));
}

#[tokio::test]
async fn numbers_of_the_data_keep_their_digits() {
    let mock = mock(CONTACTS).await;
    assert!(get(&mock, "/contacts").await.body.contains("1250.10"));
}

#[tokio::test]
async fn nothing_to_answer_with_is_answered_otherwise() {
    let mock = mock(CONTACTS).await;
    assert_eq!(get(&mock, "/contacts/1").await.json()["data"]["name"], "Ada");
    let reply = get(&mock, "/contacts/a%20b").await;
    assert_eq!(
        (reply.status, reply.json()),
        (Some(404), json!({ "error": "no contact a b" }))
    );
}

#[tokio::test]
async fn a_change_is_seen_by_the_next_request() {
    let mock = mock(CONTACTS).await;
    let made = ask(&mock, "POST /contacts", &[], r#"{"name":"Cy"}"#).await;
    assert_eq!(
        (made.status, made.json()),
        (Some(201), json!({ "id": 3, "name": "Cy" }))
    );
    assert_eq!(get(&mock, "/contacts/3").await.json()["data"]["name"], "Cy");
    let renamed = ask(&mock, "PATCH /contacts/3", &[], r#"{"name":"Di"}"#).await;
    assert_eq!(renamed.json(), json!({ "id": 3, "name": "Di" }));
    assert_eq!(
        ask(&mock, "PATCH /contacts/4", &[], r#"{"name":"Di"}"#)
            .await
            .status,
        Some(404)
    );
    assert_eq!(status(&mock, "DELETE /contacts/3").await, Some(204));
    assert_eq!(get(&mock, "/contacts/3").await.status, Some(404));
    assert_eq!(
        status(&mock, "DELETE /contacts/3").await,
        Some(404),
        "without `otherwise` too"
    );
    assert_eq!(
        get(&mock, "/contacts").await.json().as_array().map(Vec::len),
        Some(2)
    );
}

#[test]
fn requests_at_the_same_time_see_whole_changes() {
    let text = "mock: m\ndata: { items: [] }\nroutes:\n- POST: /items\n  change: [{ insert: { into: items, value: \"${{ \
                items | length }}\" } }]\n  respond: { json: \"${{ items | last }}\" }";
    let mock = decode(text, Mock::decode).expect("a sound mock");
    let service = Service::new(mock, Map::new()).expect("data");
    let base = Url::parse("http://127.0.0.1/").expect("a URL");
    let post = || {
        let request = http::Request::post("/items").body(()).expect("a request");
        let received = Received::new(request.into_parts().0, Bytes::new(), &base);
        let answer = service.answer(&received);
        String::from_utf8_lossy(&answer.body)
            .parse::<usize>()
            .expect("a number")
    };
    let mut numbers: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..25).map(|_| post()).collect::<Vec<_>>()))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_change_without_its_answer_is_not_made() {
    let mock = mock(CONTACTS).await;
    assert_eq!(
        ask(&mock, "POST /contacts/broken", &[], "{}").await.status,
        Some(400)
    );
    assert_eq!(get(&mock, "/contacts/9").await.status, Some(404));
}

#[tokio::test]
async fn a_head_is_a_get_without_a_body() {
    let mock = mock(CONTACTS).await;
    let whole = get(&mock, "/contacts").await.body.len();
    let reply = ask(&mock, "HEAD /contacts", &[], "").await;
    assert_eq!((reply.status, reply.body.as_str()), (Some(200), ""));
    assert!(
        reply.head.contains(&format!("content-length: {whole}")),
        "{}",
        reply.head
    );
}

#[tokio::test]
async fn a_route_for_head_goes_before_that_for_get() {
    let text = "mock: m\nroutes: [{ GET: /, respond: {} }, { HEAD: /, respond: { status: 204 } }]";
    assert_eq!(status(&mock(text).await, "HEAD /").await, Some(204));
}

#[tokio::test]
async fn conditions_look_at_cookies_and_headers_of_the_request() {
    let text = "mock: m\nroutes: [{ GET: /, when: { cookies: { sid: a }, headers: { x-a: { starts_with: b } } }, \
                respond: {} }]";
    let mock = mock(text).await;
    assert_eq!(
        ask(&mock, "GET /", &["cookie: other=1; sid=a", "x-a: bc"], "")
            .await
            .status,
        Some(200)
    );
    assert_eq!(ask(&mock, "GET /", &["x-a: bc"], "").await.status, Some(404));
    assert_eq!(
        ask(&mock, "GET /", &["cookie: sid=a"], "").await.status,
        Some(404)
    );
}

#[tokio::test]
async fn what_no_route_fits_is_explained_nearest_first() {
    let mock = mock(CONTACTS).await;
    let reply = get(&mock, "/contact/1?secret=x").await;
    assert_eq!(reply.status, Some(404));
    let told = reply.json();
    assert_eq!(told["error"], "no route matches GET /contact/1");
    assert_eq!(
        told["closest"][0],
        json!({ "route": "GET /contacts/{id}", "why": "the path differs at /contact" })
    );
    assert_eq!(told["closest"].as_array().map(Vec::len), Some(3));
    let told = ask(&mock, "PUT /contacts", &[], "").await.json();
    assert_eq!(told["closest"][0]["why"], "the method is GET");
}

#[tokio::test]
async fn an_unmet_condition_is_told_without_its_secret() {
    let text = "mock: m\ninputs: { api_key: the-key-itself }\nroutes:\n- POST: /in\n  when: { $.apiKey: \"${{ api_key }}\" }\n  \
                respond: { status: 204 }\n- POST: /kind\n  when: { $.kind: a }\n  respond: {}";
    let mock = mock(text).await;
    assert_eq!(
        ask(&mock, "POST /in", &[], r#"{"apiKey":"the-key-itself"}"#)
            .await
            .status,
        Some(204)
    );
    let reply = ask(&mock, "POST /in", &[], r#"{"apiKey":"another-one"}"#).await;
    let why = reply.json()["closest"][0]["why"].to_string();
    assert!(
        why.contains("when: $.apiKey expected") && why.contains("‹api_key›"),
        "{why}"
    );
    assert!(
        !reply.body.contains("the-key-itself") && !reply.body.contains("another-one"),
        "{why}"
    );
    assert!(
        !get(&mock, "/in/the-key-itself")
            .await
            .body
            .contains("the-key-itself")
    );
    let reply = ask(&mock, "POST /kind", &[], r#"{"kind":"b"}"#).await;
    let why = "when: $.kind expected \"a\" (string), found \"b\" (string)";
    assert_eq!(
        reply.json()["closest"][0],
        json!({ "route": "POST /kind", "why": why })
    );
}

#[tokio::test]
async fn a_template_that_fails_is_the_mocks_own_fault() {
    let mock = mock(CONTACTS).await;
    let reply = get(&mock, "/wrong").await;
    assert_eq!(reply.status, Some(500));
    assert_eq!(reply.json()["error"], "the route GET /wrong cannot answer");
    assert!(
        reply.json()["at"]
            .as_str()
            .is_some_and(|at| at.starts_with("test.yaml:")),
        "{}",
        reply.body
    );
    assert!(!reply.body.contains("a-key-of-the-demo"), "{}", reply.body);
}

#[tokio::test]
async fn inputs_stand_in_the_place_of_defaults() {
    let text = "mock: m\ninputs: { who: nobody }\nroutes: [{ GET: /, respond: { text: \"${{ who }}\" } }]";
    let mock = decode(text, Mock::decode).expect("a sound mock");
    assert_eq!(
        (mock.name(), mock.inputs().collect::<Vec<_>>()),
        ("m", vec!["who"])
    );
    let inputs = [("who".to_owned(), json!("Ada")), ("unknown".to_owned(), json!(1))]
        .into_iter()
        .collect();
    let running = start(mock, inputs).await;
    assert_eq!(get(&running, "/").await.body, "Ada");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let mock = mock(CONTACTS).await;
    let head = "content-length: 20000000";
    let address = mock.url.socket_addrs(|| None).expect("an address")[0];
    let mut socket = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let sent = format!("POST /echo HTTP/1.1\r\nhost: m\r\n{head}\r\n\r\n");
    tokio::io::AsyncWriteExt::write_all(&mut socket, sent.as_bytes())
        .await
        .expect("sent");
    let mut start = [0; 12];
    let chunk = vec![b'x'; 11 * 1024 * 1024];
    let (mut read, mut write) = socket.into_split();
    let writing =
        tokio::spawn(async move { tokio::io::AsyncWriteExt::write_all(&mut write, &chunk).await.ok() });
    tokio::io::AsyncReadExt::read_exact(&mut read, &mut start)
        .await
        .expect("an answer");
    assert_eq!(&start, b"HTTP/1.1 413");
    writing.abort();
}
