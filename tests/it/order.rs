//! `--repeat`, `--shuffle` and `--until-fails`: how often and in which order.

use crate::support::{Answer, Project, Server};

#[test]
fn cases_repeat_and_the_end_of_their_collection_does_not() {
    let server = Server::json(r#"{ "id": 7 }"#);
    let sheet = "collection: c\ncases:\n  - name: a\n    steps: [{ GET: /a }]\n  - name: b\n    steps: [{ GET: /b }]\n\
                 finally:\n  - GET: /end\n";
    let project =
        Project::against(&server, sheet).file("collections/d.yaml", "collection: d\nsteps: [{ GET: /d }]\n");
    let json = project
        .callsheet("run --jobs 1 --repeat 3 --json")
        .exits(0)
        .json();
    let names: Vec<&str> = json["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .filter_map(|it| it["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "a [1 of 3]",
            "b [1 of 3]",
            "a [2 of 3]",
            "b [2 of 3]",
            "a [3 of 3]",
            "b [3 of 3]",
            "finally",
            "d [1 of 3]",
            "d [2 of 3]",
            "d [3 of 3]"
        ]
    );
    assert_eq!(server.count("/end"), 1);
    assert_eq!(server.received()[6].target, "/end", "when all rounds are over");
    project.callsheet("run --repeat 0").exits(2);
}

#[test]
fn a_plan_beyond_all_measure_is_refused_before_it_is_made() {
    let server = Server::json(r#"{ "id": 7 }"#);
    let project = Project::against(&server, "collection: c\nsteps: [{ GET: /a }]\n");
    for command in ["run", "run --list", "list"] {
        project
            .callsheet(&format!("{command} --repeat 4294967295"))
            .exits(2)
            .says("the plan would have 4294967295 cases, and at most 100000");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_order_is_that_of_its_number() {
    let server = Server::json(r#"{ "id": 7 }"#);
    let case = |name: usize| format!("  - name: case {name}\n    steps: [{{ GET: /{name} }}]\n");
    let cases: String = (0..9).map(case).collect();
    let project = Project::against(
        &server,
        &format!("collection: c\ncases:\n{cases}finally: [{{ GET: /end }}]\n"),
    );
    let listed = |arguments: &str| project.callsheet(&format!("list {arguments}")).exits(0).stdout;
    let first = listed("--shuffle 1");
    assert_eq!(first, listed("--shuffle 1"));
    assert_ne!(first, listed("--shuffle 2"));
    assert_ne!(first, listed(""));
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&first), sorted(&listed("")));
    assert!(first.rfind("finally") > first.rfind("case "), "{first}");
    project.callsheet("run --jobs 1 --shuffle 1").exits(0);
    assert_eq!(server.received().last().expect("requests").target, "/end");
}

#[test]
fn a_run_repeats_until_it_fails() {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Answer::json(if number == 3 {
            r#"{ "id": 8 }"#
        } else {
            r#"{ "id": 7 }"#
        })
    });
    let project = Project::against(
        &server,
        "collection: c\nsteps: [{ GET: /, expect: { $.id: 7 } }]\n",
    );
    project.callsheet("run --until-fails --repeat 2").exits(0);
    assert_eq!(server.received().len(), 2);
    project.callsheet("run --until-fails").exits(1).says("FAIL");
    assert_eq!(server.received().len(), 4);
    project.callsheet("report").exits(1);
    project
        .callsheet("run --until-fails --json")
        .exits(2)
        .says("--until-fails");
}
