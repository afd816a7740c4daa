//! What is written to take all time or all memory ends soon and stays small.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::support::{Answer, Project, Server};

/// The most memory a run may take, in KiB.
const MEMORY: u64 = 64 * 1024;

/// The most seconds of computing: one, and without optimisation three. A busy machine makes nothing of them longer.
const SECONDS: u64 = if cfg!(debug_assertions) { 3 } else { 1 };

/// Runs, and tells the exit code once it ended within its bounds.
fn bounded(project: &Project, what: &str) -> Option<i32> {
    let output = fs::File::create(project.path().join("out.txt")).expect("a file");
    let mut child = project
        .callsheet("run c.yaml --no-log -q")
        .stdout(output.try_clone().expect("a file"))
        .stderr(output)
        .start();
    let status = format!("/proc/{}/status", child.id());
    let stat = format!("/proc/{}/stat", child.id());
    loop {
        if let Some(ended) = child.try_wait().expect("a process") {
            return ended.code();
        }
        // Neither is there on other systems, and neither once it ended.
        let peak = fs::read_to_string(&status).ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        });
        let ticks = fs::read_to_string(&stat).ok().and_then(|text| {
            let fields = text.rsplit_once(')')?.1;
            let field = |number: usize| fields.split_whitespace().nth(number)?.parse::<u64>().ok();
            Some(field(11)? + field(12)?)
        });
        let is_within = peak.unwrap_or(0) <= MEMORY && ticks.unwrap_or(0) <= SECONDS * 100;
        if !is_within {
            child.kill().expect("an end");
        }
        assert!(
            is_within,
            "{what}: {peak:?} KiB, {ticks:?} hundredths of a second"
        );
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn files_that_grow_when_they_are_read_end_soon() {
    let laughs: String = (1..12)
        .map(|level| {
            let below = if level == 1 {
                "x".to_owned()
            } else {
                format!("*l{}", level - 1)
            };
            format!("    l{level}: &l{level} [{}]\n", vec![below; 9].join(", "))
        })
        .collect();
    let step = "collection: c\nsteps:\n  - GET: http://127.0.0.1:1/\n";
    for (what, text) in [
        (
            "aliases of aliases",
            format!("{step}    json:\n{}", laughs.replace("    l", "      l")),
        ),
        (
            "deep lists",
            format!("{step}    json: {}{}\n", "[".repeat(100_000), "]".repeat(100_000)),
        ),
        (
            "deep mappings",
            format!(
                "{step}    json: {}1{}\n",
                "{a: ".repeat(50_000),
                "}".repeat(50_000)
            ),
        ),
        (
            "many nodes",
            format!("{step}    json: [{}]\n", "1,".repeat(60_000)),
        ),
        (
            "a large file",
            format!("{step}    text: \"{}\"\n", "x".repeat(5 << 20)),
        ),
        (
            "one long line",
            format!("{step}    tetx: \"{}\"\n", "x".repeat(3 << 20)),
        ),
        (
            "many mistakes",
            format!("collection: c\nsteps:\n{}", "  - GTE: x\n".repeat(9_000)),
        ),
        (
            "blocks in blocks",
            format!(
                "{step}    json:\n{}",
                (0..2_000)
                    .map(|depth| format!("{}-\n", " ".repeat(depth + 6)))
                    .collect::<String>()
            ),
        ),
        (
            "an expression in itself",
            format!(
                "{step}    query: {{ a: \"${{{{ {}1{} }}}}\" }}\n",
                "(".repeat(50_000),
                ")".repeat(50_000)
            ),
        ),
        (
            "many holes",
            format!("{step}    text: \"{}\"\n", "${{ 1 }}".repeat(100_000)),
        ),
        (
            "a pattern of patterns",
            format!(
                "{step}    expect: {{ body: {{ matches: '{}' }} }}\n",
                "(".repeat(5_000)
            ),
        ),
        (
            "a large pattern",
            format!("{step}    expect: {{ body: {{ matches: '((a{{1000}}){{1000}}){{1000}}' }} }}\n"),
        ),
        (
            "a path of filters",
            format!(
                "{step}    capture: {{ a: {{ json: '${}{}' }} }}\n",
                "[?@.a".repeat(20_000),
                "]".repeat(20_000)
            ),
        ),
        (
            "an XPath of paths",
            format!(
                "{step}    capture: {{ a: {{ xpath: '{}' }} }}\n",
                "//*[".repeat(20_000)
            ),
        ),
    ] {
        let project = Project::empty().file("c.yaml", &text);
        let code = bounded(&project, what);
        assert!([Some(2), Some(3)].contains(&code), "{what}: {code:?}");
    }
}

#[test]
fn expressions_that_grow_when_they_run_end_soon() {
    for expression in [
        "range(999999999) | list",
        "range(999999999) | length",
        "'x' * 1000000000",
        "('aaaaaaaaaa' * 10000) * 10000",
        "[0] * 999999999",
        "'%0999999999d' | format(1)",
        "'a' | indent(999999999)",
        "random_string(999999999)",
        "2 ** 99999999",
        "range(100000) | map('string') | join(range(10000) | join)",
        "[1, 2, 3] | batch(999999999, 0) | list",
        "[1] | slice(999999999) | list",
        "'a' | replace('', 'b' * 1000000)",
        "range(5000) | join | regex_replace('', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')",
        "sha256('a' ~ ('b' * 100000000))",
        "('ab' * 50000) | regex_find('(a|b|ab)*[cd]')",
        "('a' * 50000) | regex_find('(a{1,500}){1,20}[bc]')",
        "('a' * 60000) | regex_replace('a', 'b' * 60000)",
        "('a' * 60000) | regex_replace('a+', '$0' * 30000)",
        "('x' * 10000) | replace('x', 'y' * 10000)",
        "range(10000) | join('y' * 10000)",
    ] {
        let text = format!(
            "collection: c\nsteps:\n  - GET: http://127.0.0.1:1/\n    query: {{ a: \"${{{{ {expression} }}}}\" }}\n"
        );
        let project = Project::empty().file("c.yaml", &text);
        assert_eq!(bounded(&project, expression), Some(3), "{expression}");
    }
}

#[test]
fn questions_that_grow_with_their_answer_end_soon() {
    let deep = format!("{}1{}", "{\"a\":[".repeat(60), "]}".repeat(60));
    let wide = format!("[{}0]", "[[1],{\"a\":\"aaaaaaaaaaaaaaaaaaaa\"}],".repeat(10_000));
    let xml = format!("{}{}", "<a><b/>".repeat(100), "</a>".repeat(100));
    let server = Server::start(move |request| match request.target.as_str() {
        "/xml" => Answer::status(200)
            .header("content-type", "application/xml")
            .body(&xml),
        "/text" => Answer::status(200).body("a".repeat(200_000)),
        "/wide" => Answer::json(&wide),
        _ => Answer::json(&deep),
    });
    for (target, capture) in [
        ("/deep", "json: '$..*..*..*..*..*..*..*'"),
        ("/deep", "json: '$..[?@..[?@..[?@..[?count(@..*) > 999]]]]'"),
        ("/wide", "json: '$[?count($..*) < 1]'"),
        ("/wide", "json: '$[?$ != $]'"),
        ("/wide", "json: '$..[?search(@.a, \"(a{1,500}){1,20}[bc]\")]'"),
        ("/xml", "xpath: 'count(//*[//*[//*[//*[//*]]]])'"),
        ("/text", "regex: '(a*)*(a*)*(a*)*[bc]'"),
        ("/text", "regex: '(a{1,500}){1,20}[bc]'"),
    ] {
        let text =
            format!("collection: c\nsteps:\n  - GET: {target}\n    capture: {{ a: {{ {capture} }} }}\n");
        let project =
            Project::against(&server, "collection: unused\nsteps: [ { wait: 1ms } ]\n").file("c.yaml", &text);
        assert_eq!(bounded(&project, capture), Some(3), "{capture}");
    }
}
