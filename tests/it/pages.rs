//! `paginate`: how the next page is asked for, how a list ends, and what is taken out of it.

use serde_json::{Value, json};

use crate::support::{Answer, Project, Received, Server};

/// The value of a parameter of the query.
fn parameter(request: &Received, name: &str) -> Option<String> {
    let (_, query) = request.target.split_once('?')?;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

fn page_of(request: &Received) -> u64 {
    parameter(request, "page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1)
}

/// A list of so many pages, two things on each, that tells the next page in every way there is.
fn list(pages: u64) -> Server {
    Server::start(move |request| {
        let page = page_of(request).max(
            parameter(request, "cursor")
                .and_then(|cursor| cursor.strip_prefix('c')?.parse().ok())
                .unwrap_or(1),
        );
        let next = (page < pages).then(|| format!("/list?page={}", page + 1));
        let body = json!({
            "data": [{ "id": 2 * page - 1 }, { "id": 2 * page }],
            "page": page,
            "next": next,
            "cursor": (page < pages).then(|| format!("c{}", page + 1)),
            "has_more": page < pages,
        });
        let answer = Answer::json(&body.to_string());
        match next {
            Some(next) => answer.header("link", &format!("</list>; rel=first, <{next}>; rel=\"next\"")),
            None => answer,
        }
    })
}

/// Runs a step that reads the list, and one that shows what it captured.
fn read(server: &Server, step: &str) -> Value {
    Project::against(
        server,
        &format!(
            "collection: c
steps:
  - GET: /list
{step}
    capture: {{ ids: {{ json: \"$.data[*].id\", pages: all }}, last: $.page }}
  - POST: /seen
    json: {{ ids: \"${{{{ ids }}}}\", last: \"${{{{ last }}}}\" }}
"
        ),
    )
    .callsheet("run --json")
    .exits(0)
    .json()
}

#[track_caller]
fn reads_three_pages(step: &str, targets: [&str; 3]) {
    let server = list(3);
    let outcome = read(&server, step);
    let received = server.received();
    let asked: Vec<&str> = received.iter().map(|request| request.target.as_str()).collect();
    assert_eq!(asked[..3], targets);
    let seen: Value = serde_json::from_str(&received[3].text()).expect("JSON");
    assert_eq!(seen, json!({ "ids": [1, 2, 3, 4, 5, 6], "last": 3 }));
    let step = &outcome["cases"][0]["steps"][0];
    let kinds: Vec<&Value> = step["attempts"]
        .as_array()
        .expect("attempts")
        .iter()
        .map(|attempt| &attempt["kind"])
        .collect();
    assert_eq!(kinds, ["page", "page", "page"]);
    assert_eq!(outcome["checks"]["planned"], 2, "{outcome:#}");
    assert_eq!(outcome["checks"]["held"], 2);
}

#[test]
fn the_next_page_is_at_a_url_of_the_body() {
    reads_three_pages(
        "    paginate: { next: $.next }",
        ["/list", "/list?page=2", "/list?page=3"],
    );
}

#[test]
fn the_next_page_is_at_the_url_of_a_link_header() {
    reads_three_pages(
        "    paginate: { next: header link }",
        ["/list", "/list?page=2", "/list?page=3"],
    );
}

#[test]
fn the_next_page_is_asked_for_with_a_cursor() {
    reads_three_pages(
        "    query: { size: 2, cursor: c1 }\n    paginate: { cursor: $.cursor, into: query.cursor }",
        [
            "/list?size=2&cursor=c1",
            "/list?size=2&cursor=c2",
            "/list?size=2&cursor=c3",
        ],
    );
}

#[test]
fn the_next_page_has_the_next_number() {
    reads_three_pages(
        "    query: { page: 1, size: 2 }\n    paginate: { bump: query.page, while: $.has_more }",
        [
            "/list?page=1&size=2",
            "/list?size=2&page=2",
            "/list?size=2&page=3",
        ],
    );
}

#[test]
fn a_number_in_the_url_counts_up_as_well() {
    let server = list(2);
    Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /list?page=1&size=2\n    paginate: { bump: query.page, while: $.has_more }\n",
    )
    .callsheet("run")
    .exits(0);
    assert_eq!(server.count("/list?size=2&page=2"), 1);
}

#[test]
fn what_is_expected_holds_on_every_page() {
    let server = list(5);
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /list
    paginate: { next: $.next }
    expect: { status: 200, $.page: { lt: 3 }, $.data: { length: 2 } }
",
    );
    let outcome = project.callsheet("run --json").exits(1).json();
    assert_eq!(server.received().len(), 3, "no page is asked for after a bad one");
    assert_eq!(outcome["checks"]["planned"], 3, "{outcome:#}");
    assert_eq!(outcome["checks"]["held"], 2);
    assert_eq!(outcome["checks"]["failed"], 1);
    project.callsheet("run").exits(1).says("on page 3");
}

#[test]
fn a_page_that_comes_again_is_an_error_that_names_it() {
    let circle = Server::start(|request| {
        let page = page_of(request);
        Answer::json(&json!({ "page": page, "next": format!("?page={}", page % 3 + 1) }).to_string())
    });
    let project = |server: &Server, paginate: &str| {
        Project::against(
            server,
            &format!("collection: c\nsteps:\n  - GET: /list?page=1\n    paginate: {paginate}\n"),
        )
    };
    project(&circle, "{ next: $.next }")
        .callsheet("run")
        .exits(3)
        .says("after page 3 comes page 1 again")
        .says("/list?page=1");
    assert_eq!(circle.received().len(), 3);
    let stuck = Server::json(r#"{"data":[1],"has_more":true}"#);
    project(&stuck, "{ bump: query.page, while: $.has_more }")
        .callsheet("run")
        .exits(3)
        .says("page 2 is page 1 again: page=2");
    assert_eq!(stuck.received().len(), 2);
}

#[test]
fn more_pages_than_there_may_be_are_an_error_and_not_cut() {
    let server = list(9);
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /list\n    paginate: { next: $.next, max_pages: 4 }\n",
    );
    let outcome = project.callsheet("run --json").exits(3).json();
    assert_eq!(server.received().len(), 4);
    let error = &outcome["cases"][0]["steps"][0]["error"];
    assert_eq!(error["kind"], "limit", "{error:#}");
    assert_eq!(error["message"], "there are more than 4 pages");
}

#[test]
fn a_page_that_leads_elsewhere_is_refused_before_it_is_asked_for() {
    let other = Server::json("{}");
    let url = other.url();
    let server = Server::start(move |_| Answer::json(&json!({ "next": format!("{url}/list") }).to_string()));
    let collection = "collection: c\nsteps:\n  - GET: /list\n    headers: { Authorization: Bearer abcdefgh12345678 }\n    paginate: { next: $.next }\n";
    Project::against(&server, collection)
        .callsheet("run")
        .exits(6)
        .says("is not a host of this environment");
    assert_eq!(other.connections(), 0);
    // Without any host by name, a list stays where it is.
    let collection = collection.replace("/list", &format!("{}/list", server.url()));
    Project::empty()
        .file("collections/c.yaml", &collection)
        .callsheet("run")
        .exits(6)
        .says("the next page is at 127.0.0.1, and the list is not");
    assert_eq!(other.connections(), 0);
}

#[test]
fn a_secret_in_the_url_of_the_next_page_is_a_label() {
    let server = Server::start(|request| {
        let key = parameter(request, "key").unwrap_or_default();
        let page = page_of(request);
        let next = (page < 2).then(|| format!("/list?key={key}&page=2"));
        Answer::json(&json!({ "page": page, "next": next }).to_string())
    });
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            &format!(
                "project: p\ninputs: {{ key: {{ secret: true, env: KEY }} }}\ndefaults: {{ base_url: {} }}\n",
                server.url()
            ),
        )
        .file(
            "collections/c.yaml",
            "collection: c\nsteps:\n  - GET: /list\n    query: { key: \"${{ key }}\" }\n    paginate: { next: $.next }\n",
        );
    let ran = project
        .callsheet("run --json")
        .env("KEY", "kept-between-us-42")
        .exits(0)
        .does_not_say("kept-between-us-42");
    assert_eq!(server.count("/list?key=kept-between-us-42&page=2"), 1);
    let url = &ran.json()["cases"][0]["steps"][0]["exchanges"][1]["url"];
    assert_eq!(*url, format!("{}/list?key=‹key›&page=2", server.url()));
}

#[test]
fn secrets_of_all_pages_are_secrets() {
    let server = Server::start(|request| {
        let page = page_of(request);
        let next = (page < 3).then(|| format!("?page={}", page + 1));
        Answer::json(&json!({ "keys": [format!("key-of-page-{page}-xyz")], "next": next }).to_string())
    });
    let project = Project::empty()
        .file(
            "callsheet.yaml",
            &format!(
                "project: p\ndefault_environment: e\ninputs: {{ base_url: {{}} }}\nenvironments: {{ e: {{ inputs: {{ base_url: \"{}\" }} }} }}\ndefaults: {{ base_url: \"${{{{ base_url }}}}\" }}\n",
                server.url()
            ),
        )
        .file(
            "collections/c.yaml",
            "collection: c
steps:
  - GET: /list
    paginate: { next: $.next }
    capture: { keys: { json: $.keys, pages: all, secret: true } }
  - POST: /seen
    json: { keys: \"${{ keys }}\" }
",
        );
    project
        .callsheet("run --json")
        .exits(0)
        .says("‹keys›")
        .does_not_say("key-of-page-");
    let seen = server.received()[3].text();
    assert_eq!(
        serde_json::from_str::<Value>(&seen).expect("JSON"),
        json!({ "keys": ["key-of-page-1-xyz", "key-of-page-2-xyz", "key-of-page-3-xyz"] })
    );
}

#[test]
fn each_page_is_retried_by_itself() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let count = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        let page = page_of(request);
        if page == 2 && count.fetch_add(1, Ordering::SeqCst) == 0 {
            return Answer::status(503);
        }
        Answer::json(
            &json!({ "page": page, "next": (page < 3).then(|| format!("?page={}", page + 1)) }).to_string(),
        )
    });
    let project = Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /list\n    retry: { backoff: 1ms }\n    paginate: { next: $.next }\n",
    );
    let outcome = project.callsheet("run --json").exits(0).json();
    assert_eq!(server.received().len(), 4);
    assert_eq!(outcome["cases"][0]["steps"][0]["flaky"], true);
}

#[test]
fn a_long_list_keeps_the_bodies_of_its_last_pages_alone() {
    let server = list(30);
    let outcome = read(&server, "    paginate: { next: $.next }");
    let exchanges = outcome["cases"][0]["steps"][0]["exchanges"].as_array().cloned();
    let exchanges = exchanges.expect("exchanges");
    let kept = exchanges
        .iter()
        .filter(|exchange| exchange["response"]["body"]["text"] != "")
        .count();
    assert_eq!((exchanges.len(), kept), (30, 10));
}

#[test]
fn what_every_page_must_have_is_missed_on_its_page() {
    let server = Server::start(|request| {
        let page = page_of(request);
        let body = if page == 2 {
            json!({ "page": page, "next": "?page=3" })
        } else {
            json!({ "page": page, "id": page, "next": "?page=2" })
        };
        Answer::json(&body.to_string())
    });
    Project::against(
        &server,
        "collection: c
steps:
  - GET: /list
    paginate: { next: $.next }
    capture: { ids: { json: $.id, pages: all } }
",
    )
    .callsheet("run")
    .exits(3)
    .says("nothing to capture as `ids`");
    assert_eq!(server.received().len(), 2);
}

#[test]
fn a_slip_in_the_path_to_the_next_page_is_no_end_of_the_list() {
    for (how, key) in [
        ("{ next: $.nxt }", "nxt"),
        ("{ cursor: $.crsor, into: query.cursor }", "crsor"),
        ("{ bump: query.page, while: $.hasMore }", "hasMore"),
    ] {
        let server = list(3);
        Project::against(
            &server,
            &format!("collection: c\nsteps:\n  - GET: /list?page=1\n    paginate: {how}\n    expect: {{ status: 200 }}\n"),
        )
        .callsheet("run")
        .exits(3)
        .says(&format!("no key {key} in $; did you mean"));
        assert_eq!(server.received().len(), 1, "{how}");
    }
}

#[test]
fn mistakes_are_found_before_anything_is_sent() {
    let server = Server::json("{}");
    let project = Project::against(
        &server,
        "collection: c
steps:
  - GET: /a
    paginate: { next: $.next, cursor: $.next, into: query.c }
  - GET: /b
    paginate: { bump: query.page, while: $.more }
  - GET: /c
    paginate: { cursor: $.next }
  - GET: /d
    paginate: { cursor: $.next, into: header.c }
  - GET: /e
    paginate: { next: link header }
  - GET: /f
    paginate: { next: $.next, max_page: 3 }
    poll: { until: { status: 200 } }
  - GET: /g
    capture: { a: { json: $.a, pages: all }, b: { json: $.b, pages: some } }
",
    );
    project
        .callsheet("run")
        .exits(2)
        .says("a list has one way to its next page, and `next` is one already")
        .says("the query has no `page` to count up from")
        .says("`cursor` needs `into`")
        .says("`into` names a parameter of the query, and `header.c` does not")
        .says("expected a JSONPath for `next`")
        .says("did you mean `max_pages`?")
        .says("a step either polls or reads pages")
        .says("`pages: all` needs `paginate` in the same step")
        .says("`pages` takes one word: all");
    assert_eq!(server.connections(), 0);
}
