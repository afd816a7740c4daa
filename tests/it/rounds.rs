//! `for`: a step or a case over lists, expressions and data files; each round is a result of its own.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::Value;

use crate::support::{Answer, Project, Ran, Server};

/// A server that answers `/bad` with 500, `/list` with three contacts, and everything else with its own path.
fn server() -> Server {
    Server::start(|request| match request.target.as_str() {
        "/bad" => Answer::status(500),
        "/list" => {
            Answer::json(r#"{"data": [{"id": 17}, {"id": 18}, {"id": 19}], "none": [], "one": {"id": 1}}"#)
        }
        target => Answer::json(&format!(r#"{{"path": "{target}"}}"#)),
    })
}

/// Method and target of what came, in order.
fn asked(server: &Server) -> Vec<String> {
    let received = server.received();
    received
        .iter()
        .map(|request| match request.method.as_str() {
            "GET" => request.target.clone(),
            method => format!("{method} {}", request.target),
        })
        .collect()
}

/// Runs the steps and tells what was asked for.
#[track_caller]
fn runs(steps: &str, code: i32) -> Vec<String> {
    let server = server();
    Project::against(&server, &format!("collection: c\nsteps:\n{steps}"))
        .callsheet("run")
        .exits(code);
    asked(&server)
}

/// Name and status of each step of a run's JSON document, in its order.
fn told(document: &Value) -> Vec<String> {
    let cases = document["cases"].as_array().expect("cases");
    cases
        .iter()
        .flat_map(|case| case["steps"].as_array().expect("steps"))
        .map(|step| {
            let text = |key: &str| step[key].as_str().unwrap_or_default().to_owned();
            format!("{}: {}", text("name"), text("status"))
        })
        .collect()
}

/// Runs one step over a data file, with the row as `row`.
#[track_caller]
fn over(name: &str, data: &str, code: i32) -> (Ran, Vec<String>) {
    let server = server();
    let format = name.rsplit('.').next().expect("an extension");
    let collection = format!(
        "collection: c\nsteps:\n  - name: read\n    GET: /${{{{ row.id }}}}/${{{{ row.name }}}}\n    for: {{ row: {{ {format}: {name} }} }}\n"
    );
    let ran = Project::against(&server, &collection)
        .file(&format!("collections/{name}"), data)
        .callsheet("run")
        .exits(code);
    (ran, asked(&server))
}

#[test]
fn every_round_is_a_result_with_a_stable_name() {
    let server = server();
    let steps = "  - name: read contact\n    GET: /${{ id }}\n    for: { id: [16, 17, \"a  b\"] }\n    expect: { $.path: \"/${{ id }}\" }\n";
    let ran = Project::against(&server, &format!("collection: c\nsteps:\n{steps}"))
        .callsheet("run --json")
        .exits(1);
    assert_eq!(
        told(&ran.json()),
        [
            "read contact [1: id=16]: passed",
            "read contact [2: id=17]: passed",
            "read contact [3: id=a b]: failed"
        ]
    );
}

#[test]
fn two_names_give_the_product() {
    let steps = "  - GET: /${{ a }}/${{ b }}\n    for: { a: [1, 2], b: [x, y] }\n";
    assert_eq!(runs(steps, 0), ["/1/x", "/1/y", "/2/x", "/2/y"]);
}

#[test]
fn data_files_give_their_rows() {
    let wanted = ["/17/Ada", "/18/Bob"];
    for (name, data) in [
        ("rows.csv", "id,name\n17,Ada\n\n18,\"Bob\"\n"),
        ("rows.csv", "\u{feff}id,name\r\n17,Ada\r\n18,Bob"),
        (
            "rows.json",
            r#"[{"id": 17, "name": "Ada"}, {"id": 18, "name": "Bob"}]"#,
        ),
        (
            "rows.jsonl",
            "{\"id\": 17, \"name\": \"Ada\"}\n\n{\"id\": 18, \"name\": \"Bob\"}\n",
        ),
        ("rows.yaml", "- { id: 17, name: Ada }\n- id: 18\n  name: Bob\n"),
    ] {
        let (ran, asked) = over(name, data, 0);
        assert_eq!(asked, wanted, "{name}");
        ran.says("read [2: id=18]");
    }
}

#[test]
fn data_is_never_rendered() {
    let server = server();
    let collection =
        "collection: c\nsteps:\n  - POST: /\n    for: { row: { jsonl: rows.jsonl } }\n    text: ${{ row }}\n";
    Project::against(&server, collection)
        .file("collections/rows.jsonl", "\"${{ 7 * 7 }}\"\n")
        .callsheet("run")
        .exits(0);
    assert_eq!(server.only().text(), "${{ 7 * 7 }}");
}

#[test]
fn what_cannot_be_read_is_told_at_its_line_before_anything_is_sent() {
    for (name, data, place, words) in [
        (
            "rows.csv",
            "id,name\n1,a\n2\n",
            "rows.csv:3:1",
            "this row has 1 field, and the first line names 2",
        ),
        (
            "rows.csv",
            "id,name\n1,\"a\nb\"\n2,b,c\n",
            "rows.csv:4:1",
            "3 fields",
        ),
        (
            "rows.csv",
            "id,name\n1,a\n2,\"b\n3,c\n",
            "rows.csv:3:1",
            "a quote in this row is never closed",
        ),
        (
            "rows.csv",
            "id,id\n1,a\n",
            "rows.csv:1:1",
            "a second field named `id`",
        ),
        ("rows.csv", "", "rows.csv:1:1", "an empty CSV file"),
        (
            "rows.json",
            "[{\"id\": 1},\n {\"id\": x}]",
            "rows.json:2:9",
            "expected a value",
        ),
        (
            "rows.json",
            "{\"id\": 1}",
            "rows.json:1:1",
            "expected an array, found object",
        ),
        (
            "rows.jsonl",
            "{\"id\": 1}\n  {\"id\": }\n",
            "rows.jsonl:2:10",
            "expected a value",
        ),
        ("rows.yaml", "id: 1\n", "rows.yaml:1:1", "a list of rows"),
    ] {
        let (ran, asked) = over(name, data, 2);
        assert!(asked.is_empty(), "{name}: {asked:?}");
        ran.says(place).says(words);
    }
}

#[test]
fn a_field_that_no_row_has_is_found_before_the_run() {
    let (ran, asked) = over("rows.csv", "id,nmae\n17,Ada\n", 2);
    assert!(asked.is_empty());
    ran.says("`row` has no `name`").says("did you mean `nmae`?");
}

#[test]
fn a_round_that_lacks_its_data_is_an_error_at_its_line_and_the_others_run() {
    let data = "{\"id\": 17, \"name\": \"Ada\"}\n{\"id\": 18}\n{\"id\": 19, \"name\": \"Cy\"}\n";
    let (ran, asked) = over("rows.jsonl", data, 3);
    assert_eq!(asked, ["/17/Ada", "/19/Cy"]);
    ran.says("collections/rows.jsonl:2:1")
        .says("collections/c.yaml:4:")
        .says("read [2: id=18]");
}

#[test]
fn a_check_that_lacks_its_data_is_an_error_at_its_line() {
    let server = server();
    let collection = "collection: c\nsteps:\n  - GET: /a\n    for: { row: { jsonl: rows.jsonl } }\n    expect: { $.path: \"${{ row.path }}\" }\n";
    Project::against(&server, collection)
        .file("collections/rows.jsonl", "{\"path\": \"/a\"}\n{\"id\": 18}\n")
        .callsheet("run")
        .exits(3)
        .says("collections/rows.jsonl:2:1");
}

#[test]
fn a_data_file_stays_in_the_project() {
    let collection = "collection: c\nsteps:\n  - GET: /\n    for: { row: { csv: ../../rows.csv } }\n";
    let server = server();
    Project::against(&server, collection)
        .callsheet("check")
        .exits(2)
        .says("collections/c.yaml:4:24");
}

#[test]
fn an_expression_gives_rounds_while_the_run_goes_on() {
    let server = server();
    let collection = "collection: c\nsteps:\n  - GET: /list\n    capture: { contacts: $.data }\n  - name: read\n    GET: /${{ contact.id }}\n    for: { contact: \"${{ contacts }}\" }\n  - GET: /after\n";
    let ran = Project::against(&server, collection)
        .callsheet("run --json")
        .exits(0);
    assert_eq!(asked(&server), ["/list", "/17", "/18", "/19", "/after"]);
    assert_eq!(
        told(&ran.json()),
        [
            "GET /list: passed",
            "read [1: id=17]: passed",
            "read [2: id=18]: passed",
            "read [3: id=19]: passed",
            "GET /after: passed"
        ]
    );
    let project = Project::against(&server, collection);
    let places = project.callsheet("run").exits(0);
    places.says("(1/3)").says("(4/5)").says("(5/5)");
    // The log tells the same again.
    let again = project.callsheet("report --json").exits(0);
    assert_eq!(told(&again.json()), told(&ran.json()));
}

#[test]
fn after_the_step_a_captured_name_holds_the_list_of_its_rounds() {
    let steps = "  - GET: /${{ id }}\n    for: { id: [1, 2] }\n    parallel: 2\n    capture: { path: $.path }\n    expect: { that: [path is string] }\n  - POST: /\n    text: ${{ path }}\n    expect: { that: [\"path == ['/1', '/2']\"] }\n";
    assert_eq!(runs(steps, 0).len(), 3);
}

#[test]
fn a_round_does_not_see_what_another_captured() {
    let server = server();
    let collection = "collection: c\nsteps:\n  - GET: /first\n    capture: { path: $.path }\n  - GET: /${{ id }}${{ path }}\n    for: { id: [1, 2] }\n    capture: { path: $.path }\n";
    Project::against(&server, collection).callsheet("run").exits(0);
    assert_eq!(asked(&server), ["/first", "/1/first", "/2/first"]);
}

#[test]
fn each_round_that_passed_is_cleaned_up_from_the_last_to_the_first() {
    for ids in ["[1, bad, 3]", "\"${{ [1, 'bad', 3] }}\""] {
        let steps = format!(
            "  - GET: /${{{{ id }}}}\n    for: {{ id: {ids} }}\n    cleanup: {{ DELETE: \"/${{{{ id }}}}\" }}\n"
        );
        assert_eq!(
            runs(&steps, 1),
            ["/1", "/bad", "/3", "DELETE /3", "DELETE /1"],
            "{ids}"
        );
    }
}

#[test]
fn a_finally_goes_over_what_there_is() {
    let steps = "  - GET: /list\n    capture: { contacts: $.data }\nfinally:\n  - DELETE: /${{ contact.id }}\n    for: { contact: \"${{ contacts }}\" }\n";
    assert_eq!(
        runs(steps, 0),
        ["/list", "DELETE /17", "DELETE /18", "DELETE /19"]
    );
    let failing = "  - GET: /bad\n    capture: { contacts: $.data }\nfinally:\n  - DELETE: /${{ id }}\n    for: { id: [1, bad] }\n";
    assert_eq!(runs(failing, 1), ["/bad", "DELETE /1", "DELETE /bad"]);
}

#[test]
fn a_for_over_nothing_is_no_pass() {
    let server = server();
    let collection = "collection: c\nsteps:\n  - GET: /${{ id }}\n    for: { id: \"${{ [] }}\" }\n    capture: { path: $.path }\n    cleanup: { DELETE: / }\n  - GET: /${{ one }}\n    for: { one: \"${{ path }}\" }\n";
    Project::against(&server, collection)
        .callsheet("run")
        .exits(4)
        .says("`for: id` has no rounds")
        .says("`for: one` has no rounds");
    let case = "collection: c\ncases:\n  - name: one\n    for: { id: \"${{ [] }}\" }\n    steps: [{ GET: \"/${{ id }}\" }]\n";
    Project::against(&server, case).callsheet("run").exits(4);
    assert!(asked(&server).is_empty());
}

#[test]
fn a_for_that_is_empty_as_it_is_written_is_a_mistake_beside_steps_that_pass() {
    let server = server();
    for (nothing, message) in [
        ("[]", "`id` has no values"),
        ("{ json: rows.json }", "collections/rows.json has no rows"),
        ("{ csv: rows.csv }", "collections/rows.csv has no rows"),
        ("{ jsonl: rows.jsonl }", "collections/rows.jsonl has no rows"),
    ] {
        let of_step = format!("steps:\n  - GET: /1\n  - GET: /${{{{ id }}}}\n    for: {{ id: {nothing} }}\n");
        let of_case = format!(
            "cases:\n  - name: one\n    for: {{ id: {nothing} }}\n    steps: [{{ GET: \"/${{{{ id }}}}\" }}]\n  - name: two\n    steps: [{{ GET: /1 }}]\n"
        );
        for sheet in [of_step, of_case] {
            Project::against(&server, &format!("collection: c\n{sheet}"))
                .file("collections/rows.json", "[]")
                .file("collections/rows.csv", "id,name\n")
                .file("collections/rows.jsonl", "\n")
                .callsheet("run")
                .exits(2)
                .says(message)
                .says("which is no pass");
        }
    }
    assert!(asked(&server).is_empty());
}

#[test]
fn what_is_no_list_is_an_error() {
    let steps = "  - GET: /list\n    capture: { one: $.one }\n  - GET: /x\n    for: { id: \"${{ one }}\" }\n";
    assert_eq!(runs(steps, 3), ["/list"]);
    let product = "  - GET: /x\n    for: { a: \"${{ range(1000) }}\", b: \"${{ range(1000) }}\" }\n";
    assert!(runs(product, 3).is_empty());
}

#[test]
fn every_round_runs_and_the_case_stops_behind_them() {
    let steps = "  - GET: /${{ id }}\n    for: { id: [bad, 2] }\n  - GET: /after\n";
    assert_eq!(runs(steps, 1), ["/bad", "/2"]);
    let going = "  - GET: /${{ id }}\n    for: { id: [bad, 2] }\n    continue: true\n    capture: { path: $.path }\n  - GET: /after${{ path[0] }}\n";
    assert_eq!(runs(going, 1), ["/bad", "/2", "/after/2"]);
}

#[test]
fn a_condition_is_asked_in_each_round_or_once() {
    let each = "  - GET: /${{ id }}\n    for: { id: [1, 2, 3] }\n    if: id != 2\n";
    assert_eq!(runs(each, 0), ["/1", "/3"]);
    // The list is not there, and the condition says so before anybody looks for it.
    let once = "  - GET: /a\n    if: 1 == 2\n    capture: { ids: $.path }\n  - GET: /${{ id }}\n    for: { id: \"${{ ids }}\" }\n    if: ids is defined\n  - GET: /b\n";
    assert_eq!(runs(once, 0), ["/b"]);
}

#[test]
fn an_expected_failure_is_that_of_each_round() {
    assert_eq!(
        runs(
            "  - GET: /${{ id }}\n    for: { id: [bad, 2] }\n    xfail: known\n",
            1
        ),
        ["/bad", "/2"]
    );
}

#[test]
fn a_secret_gives_rounds_without_a_value_in_their_names() {
    let server = server();
    let collection = "collection: c\ninputs: { keys: { secret: true, type: list, env: KEYS } }\nsteps:\n  - name: try\n    POST: /\n    for: { key: \"${{ keys }}\" }\n    text: ${{ key }}\n";
    Project::against(&server, collection)
        .callsheet("run")
        .env("KEYS", r#"["hunter-one", "hunter-two"]"#)
        .exits(0)
        .says("try [2: key=‹keys›]")
        .does_not_say("hunter");
    assert_eq!(server.received()[1].text(), "hunter-two");
}

#[test]
fn parallel_rounds_are_under_way_together() {
    let waiting = Arc::new((Mutex::new(0), Condvar::new()));
    let server = Server::start(move |_| {
        let (count, more) = &*waiting;
        let mut count = count.lock().expect("the count");
        *count += 1;
        more.notify_all();
        let (_count, late) = more
            .wait_timeout_while(count, Duration::from_secs(20), |count| *count < 3)
            .expect("the count");
        Answer::status(if late.timed_out() { 500 } else { 200 })
    });
    let collection =
        "collection: c\nsteps:\n  - GET: /${{ id }}\n    for: { id: [1, 2, 3] }\n    parallel: 3\n";
    Project::against(&server, collection).callsheet("run").exits(0);
}

#[test]
fn each_round_of_a_case_is_a_case() {
    let collection = "collection: c\ninputs: { tenants: { default: [a, b] } }\ncases:\n  - name: read\n    for: { tenant: \"${{ tenants }}\", id: { csv: ids.csv } }\n    if: tenant != 'c'\n    defaults: { headers: { x-tenant: \"${{ tenant }}\" } }\n    steps:\n      - name: get\n        GET: /${{ id.number }}\n";
    let server = server();
    let project = Project::against(&server, collection).file("collections/ids.csv", "number\n7\n8\n");
    let ran = project.callsheet("run --json").exits(0);
    let document = ran.json();
    let names: Vec<&str> = document["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .map(|case| case["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(
        names,
        [
            "read [1: tenant=a, number=7]",
            "read [2: tenant=a, number=8]",
            "read [3: tenant=b, number=7]",
            "read [4: tenant=b, number=8]"
        ]
    );
    let mut tenants: Vec<String> = server
        .received()
        .iter()
        .map(|request| format!("{} {}", request.header("x-tenant"), request.target))
        .collect();
    tenants.sort();
    assert_eq!(tenants, ["a /7", "a /8", "b /7", "b /8"]);
    let one = project
        .callsheet("run --case")
        .argument("read [3: tenant=b, number=7]");
    one.exits(0).says("1 step").says("read [3: tenant=b, number=7]");
}

#[test]
fn a_case_over_what_is_no_list_is_refused_before_anything_is_sent() {
    let server = server();
    let collection = "collection: c\ninputs: { id: 7 }\ncases:\n  - name: one\n    for: { it: \"${{ id }}\" }\n    steps: [{ GET: \"/${{ it }}\" }]\n";
    Project::against(&server, collection)
        .callsheet("run")
        .exits(2)
        .says("`it` of this `for` is integer, and rounds need a list")
        .says("collections/c.yaml:5:12");
    assert_eq!(server.connections(), 0);
}

/// Runs a collection that would write in a protected environment with the inputs `id: 1` and `writes: false`.
#[track_caller]
fn refused(collection: &str, arguments: &[&str]) -> Ran {
    let server = server();
    let project = format!(
        "project: p\ndefault_environment: e\ninputs: {{ id: 1, writes: false, base_url: {{}} }}\ndefaults: {{ base_url: \"${{{{ base_url }}}}\" }}\nenvironments:\n  e: {{ protected: true, inputs: {{ base_url: \"{}\" }} }}\n",
        server.url()
    );
    let project = Project::empty()
        .file("callsheet.yaml", &project)
        .file("collections/c.yaml", collection);
    let run = arguments
        .iter()
        .fold(project.callsheet("run"), |run, argument| run.argument(argument));
    let ran = run.exits(2).says("DELETE is refused").says("1 error in");
    assert_eq!(server.connections(), 0);
    ran
}

#[test]
fn a_protected_environment_does_not_take_an_input_for_a_rounds_value() {
    refused(
        "collection: c\nsteps:\n  - DELETE: /${{ id }}\n    for: { id: [7, 8] }\n    if: id == 7\n",
        &[],
    );
    refused(
        "collection: c\ninputs: { writes: true }\nsteps:\n  - DELETE: /1\n    if: writes\n",
        &[],
    );
}

#[test]
fn a_protected_environment_refuses_a_later_round_alone() {
    refused(
        "collection: c\ncases:\n  - name: one\n    for: { id: [7, 8] }\n    steps: [{ DELETE: \"/${{ id }}\" }]\n",
        &["--case", "one [2: id=8]"],
    );
}

#[test]
fn a_status_may_come_from_the_data() {
    let server = Server::start(|request| Answer::status(if request.target == "/7" { 404 } else { 200 }));
    let collection = "collection: c\nsteps:\n  - GET: /${{ row.id }}\n    for: { row: { json: rows.json } }\n    expect: { status: \"${{ row.status }}\" }\n";
    Project::against(&server, collection)
        .file(
            "collections/rows.json",
            r#"[{"id": 6, "status": 200}, {"id": 7, "status": 404}]"#,
        )
        .callsheet("run")
        .exits(0)
        .says("2 checks: 2 held");
}
