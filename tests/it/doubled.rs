//! Members of one name in one object of an answer: a check that would read one of them has no answer to give.

use crate::support::{Answer, Project, Server};

const BODY: &str = r#"{
  "id": 1, "meta": { "a": [ { "b": 1, "\u0062": 1 } ] }, "list": [ { "x": 1 }, { "x": 2, "x": 3 } ],
  "fine": 7, "id": 2
}"#;

#[test]
fn what_stands_twice_is_read_by_no_check() {
    // What becomes of each check, or the place of what stands twice.
    for (checks, expected) in [
        // With what reads the whole body beside it as alone.
        (
            r#"{ $.fine: 7, "$.list[0].x": 1, $.meta.c: 1 }"#,
            &["held", "held", "failed"][..],
        ),
        (
            r#"{ $.fine: 7, $..no: [], "$.list[0].x": 1 }"#,
            &["held", "$.meta.a[0].b", "held"],
        ),
        ("{ $.fine: 7, $.id: 2 }", &["held", "$.id"]),
        ("{ $.id: { exists: false } }", &["$.id"]),
        ("{ $.meta: { exists: true } }", &["$.meta.a[0].b"]),
        (r#"{ "$.meta.a[0].b": 1 }"#, &["$.meta.a[0].b"]),
        (r#"{ "$.list[*].x": { contains: 1 } }"#, &["$.list[1].x"]),
        ("{ like: { fine: 7 } }", &["$.meta.a[0].b"]),
        (
            "{ that: [status == 200, body.fine == 7] }",
            &["held", "$.meta.a[0].b"],
        ),
        ("{ snapshot: true }", &["$.meta.a[0].b"]),
    ] {
        let server = Server::start(|_| Answer::json(BODY));
        let sheet = format!("collection: c\nsteps:\n  - GET: /a\n    expect: {checks}\n");
        let outcome = Project::against(&server, &sheet)
            .callsheet("run --json")
            .ends()
            .json();
        let step = &outcome["cases"][0]["steps"][0];
        let checks_of_step = step["checks"].as_array().expect("checks");
        let own = checks_of_step.iter().filter(|check| check["subject"] != "status");
        let judged = own.map(|check| {
            let told = check.to_string();
            match told.split_once(" stands twice in its object") {
                Some((before, _)) => before.rsplit(['"', ' ']).next().unwrap_or_default().to_owned(),
                None => check["state"].as_str().unwrap_or_default().to_owned(),
            }
        });
        assert_eq!(judged.collect::<Vec<_>>(), expected, "{checks}: {step:#}");
    }
}
