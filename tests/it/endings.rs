//! What runs at the end of a case: cleanups that were armed, and `finally`.

use crate::support::{Answer, Project, Server};

/// A server that gives what is posted the number in its path, and answers `/bad` with 500.
fn server() -> Server {
    Server::start(|request| {
        if request.target.starts_with("/bad") {
            return Answer::status(500);
        }
        let id: String = request.target.chars().filter(char::is_ascii_digit).collect();
        Answer::json(&format!(r#"{{"id": "{id}"}}"#))
    })
}

/// Runs a collection and tells what was asked for, in order.
#[track_caller]
fn asked(collection: &str, arguments: &str, code: i32) -> Vec<String> {
    let server = server();
    Project::against(&server, collection)
        .callsheet(arguments)
        .exits(code);
    let received = server.received();
    received
        .iter()
        .map(|request| format!("{} {}", request.method, request.target))
        .collect()
}

/// Two records whose number goes by the same name.
const CREATE: &str = "collection: c
steps:
  - POST: /one/1
    capture: { id: $.id }
    cleanup: { DELETE: \"/one/${{ id }}\" }
  - name: second
    POST: /two/2
    capture: { id: $.id }
    cleanup:
      - DELETE: /two/${{ id }}
      - GET: /two
";

#[test]
fn cleanups_run_from_the_last_to_the_first_with_their_own_variables() {
    assert_eq!(
        asked(CREATE, "run", 0),
        [
            "POST /one/1",
            "POST /two/2",
            "DELETE /two/2",
            "GET /two",
            "DELETE /one/1"
        ]
    );
}

#[test]
fn a_failure_leaves_armed_cleanups_and_finally_to_run() {
    let collection = format!(
        "{CREATE}  - POST: /bad\n    cleanup: {{ DELETE: /never }}\n  - GET: /later\nfinally:\n  - GET: /end/${{{{ id }}}}\n"
    );
    assert_eq!(
        asked(&collection, "run", 1),
        [
            "POST /one/1",
            "POST /two/2",
            "POST /bad",
            "DELETE /two/2",
            "GET /two",
            "DELETE /one/1",
            "GET /end/2"
        ]
    );
}

#[test]
fn a_cleanup_that_fails_is_told_as_left_over_and_hides_no_failure() {
    let steps = "collection: c\nsteps:\n  - POST: /1\n    cleanup: { DELETE: /bad }\n";
    assert_eq!(asked(steps, "run", 7), ["POST /1", "DELETE /bad"]);
    let failing = format!("{steps}  - GET: /bad/x\n");
    assert_eq!(
        asked(&failing, "run", 1),
        ["POST /1", "GET /bad/x", "DELETE /bad"]
    );
    assert_eq!(
        asked(
            "collection: c\nsteps:\n  - GET: /1\nfinally:\n  - GET: /bad\n  - GET: /on\n",
            "run",
            7
        ),
        ["GET /1", "GET /bad", "GET /on"]
    );
}

#[test]
fn the_finally_of_a_collection_of_cases_comes_last() {
    let collection = "collection: c\nfinally:\n  - GET: /end\ncases:\n  - name: a\n    steps: [{ GET: /1 }, { wait: 50ms }, { GET: /2 }]\n  - name: b\n    steps: [{ GET: /3 }]\n";
    assert_eq!(
        asked(collection, "run", 0).last().map(String::as_str),
        Some("GET /end")
    );
    assert_eq!(asked(collection, "run --case b", 0), ["GET /3", "GET /end"]);
}

#[test]
fn a_chosen_step_keeps_its_cleanup_and_what_that_needs() {
    let collection = "collection: c\nsteps:\n  - GET: /7\n    capture: { id: $.id }\n  - GET: /8\n  - name: chosen\n    POST: /1\n    cleanup: { DELETE: \"/x/${{ id }}\" }\nfinally:\n  - GET: /end\n";
    assert_eq!(
        asked(collection, "run --step chosen", 0),
        ["GET /7", "POST /1", "DELETE /x/7", "GET /end"]
    );
}

#[test]
fn cleanups_are_judged_before_anything_is_sent() {
    let undefined = "collection: c\nsteps:\n  - GET: /1\n    cleanup: { DELETE: \"/x/${{ nobody }}\" }\n";
    assert_eq!(asked(undefined, "run", 2), Vec::<String>::new());
    let nested = "collection: c\nsteps:\n  - GET: /1\n    cleanup: { DELETE: /x, cleanup: { GET: /y } }\n";
    assert_eq!(asked(nested, "run", 2), Vec::<String>::new());
    let server = server();
    Project::against(
        &server,
        "collection: c\nsteps:\n  - GET: /1\n    cleanup: { DELETE: /x }\n",
    )
    .file(
        "callsheet.yaml",
        &format!(
            "project: p\ndefaults: {{ base_url: {} }}\nenvironments: {{ live: {{ protected: true }} }}\n",
            server.url()
        ),
    )
    .callsheet("run --env live")
    .exits(2)
    .says("DELETE is refused");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_finally_that_holds_makes_no_pass_of_a_run_without_checks() {
    let collection = "collection: c\nsteps:\n  - GET: /1\n    skip: not today\nfinally:\n  - GET: /end\n    expect: { status: 200 }\n";
    assert_eq!(asked(collection, "run", 4), ["GET /end"]);
}

#[test]
fn a_case_cannot_take_the_name_of_the_end_of_its_collection() {
    let collection =
        "collection: c\nfinally:\n  - GET: /end\ncases:\n  - name: finally\n    steps: [{ GET: /1 }]\n";
    assert_eq!(asked(collection, "run", 2), Vec::<String>::new());
}
