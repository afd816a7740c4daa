//! A plan in several parts: what each runs, and what their logs come to together.

use std::fs;

use serde_json::Value;

use crate::support::{Answer, Project, Server, repository};

/// An answer with a list for a `for`.
const ANSWER: &str = r#"{ "ids": [1, 2] }"#;

/// Four files of cases; one has an end of its own, one a case that goes wrong, one rounds that only its run knows.
fn project(server: &Server) -> Project {
    let case = |name: &str, expect: &str| {
        format!(
            "  - name: {name}\n    steps:\n      - {{ GET: /{name}/1, expect: {expect} }}\n      \
             - {{ GET: /{name}/2, continue: true }}\n"
        )
    };
    let good = "{ status: 200 }";
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let many: String = names.map(|name| case(name, good)).concat();
    let ended = case("x", good) + &case("y", good);
    Project::against(server, &format!("collection: many\ncases:\n{many}"))
        .file(
            "collections/ended.yaml",
            &format!("collection: ended\ncases:\n{ended}finally:\n  - GET: /end\n"),
        )
        .file(
            "collections/rounds.yaml",
            "collection: rounds\nsteps:\n  - { GET: /ids, capture: { ids: $.ids } }\n  - GET: /rounds/${{ id }}\n    \
             for: { id: '${{ ids }}' }\n    cleanup: { DELETE: '/undone/${{ id }}' }\n",
        )
        .file(
            "collections/wrong.yaml",
            &format!("collection: wrong\ncases:\n{}", case("w", "{ status: 201 }")),
        )
}

/// A document without what two runs never have in common: times, and who ran it.
fn timeless(mut document: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| {
                    ![
                        "started",
                        "duration_us",
                        "at_us",
                        "timings_us",
                        "timings",
                        "headers",
                    ]
                    .contains(&name.as_str())
                });
                members.values_mut().for_each(strip);
            }
            Value::Array(elements) => elements.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut document);
    document
}

fn log(project: &Project, name: &str) -> String {
    fs::read_to_string(project.path().join(name)).expect("the log")
}

#[test]
fn five_shards_come_to_the_same_as_one_run() {
    for dealt in ["", "--shard-by hash", "--shard-times whole.jsonl"] {
        let server = Server::json(ANSWER);
        let project = project(&server);
        let whole = project.callsheet("run --json --log whole.jsonl").exits(1);
        let once = server.received().len();
        // All at the same time, each a process of its own.
        let shards: Vec<_> = (1..=5)
            .map(|index| {
                let arguments = format!("run --json --shard {index}/5 {dealt} --log logs/{index}.jsonl");
                project.callsheet(&arguments).spawn()
            })
            .collect();
        let exits: Vec<Option<i32>> = shards
            .into_iter()
            .map(|shard| shard.wait_with_output().expect("its end").status.code())
            .collect();
        assert_eq!(
            exits.iter().filter(|exit| **exit == Some(1)).count(),
            1,
            "{exits:?}"
        );
        assert!(exits.iter().all(|exit| matches!(exit, Some(0 | 1))), "{exits:?}");
        let received = server.received();
        assert_eq!(received.len(), 2 * once, "each step once");
        for request in &received {
            assert_eq!(server.count(&request.target), 2, "{dealt} {}", request.target);
        }
        let logs: Vec<String> = (1..=5).map(|index| format!("logs/{index}.jsonl")).collect();
        // In whatever order a shell lists them.
        let mut shuffled = logs.clone();
        shuffled.rotate_left(2);
        let merged = project
            .callsheet(&format!("report --merge --json {}", shuffled.join(" ")))
            .exits(1);
        assert_eq!(timeless(merged.json()), timeless(whole.json()), "{dealt}");
        assert_eq!(merged.json()["steps"]["planned"], 26);
        let shown = project
            .callsheet(&format!(
                "report --merge {} --report junit=all.xml",
                logs.join(" ")
            ))
            .exits(1);
        shown.says("26 steps").says("1 failed");
        let junit = log(&project, "all.xml");
        assert!(junit.contains("tests=\"26\""), "{junit}");
    }
}

#[test]
fn a_shard_that_is_missing_or_there_twice_or_of_another_plan_is_no_outcome() {
    let server = Server::json(ANSWER);
    let project = project(&server);
    let run = |arguments: &str| project.callsheet(&format!("run --case ? {arguments}")).ends();
    for index in 1..=3 {
        run(&format!("--shard {index}/3 --log {index}.jsonl"));
    }
    let merge = |logs: &str| project.callsheet(&format!("report --merge {logs}"));
    merge("1.jsonl 3.jsonl")
        .exits(3)
        .says("there is no event log of shard 2 of 3")
        .does_not_say("passed");
    merge("1.jsonl 2.jsonl 3.jsonl 2.jsonl")
        .exits(3)
        .says("2.jsonl and 2.jsonl are both of shard 2");
    run("--repeat 2 --shard 3/3 --log other.jsonl");
    merge("1.jsonl 2.jsonl other.jsonl")
        .exits(3)
        .says("1.jsonl and other.jsonl are parts of different plans");
    run("--log whole.jsonl");
    merge("1.jsonl whole.jsonl")
        .exits(2)
        .says("whole.jsonl is that of a whole run");
    merge("").exits(2).says("there is no event log to merge");
    project
        .callsheet("report 1.jsonl 2.jsonl")
        .exits(2)
        .says("--merge takes those of all shards");
    // The same plan by name, of another revision of a file.
    let changed = log(&project, "collections/c.yaml").replace("/a/1", "/a/0");
    let project = project.file("collections/c.yaml", &changed);
    project
        .callsheet("run --case ? --shard 3/3 --log new.jsonl")
        .ends();
    project
        .callsheet("report --merge 1.jsonl 2.jsonl new.jsonl")
        .exits(3)
        .says("parts of different plans");
}

#[test]
fn what_else_decides_the_outcome_is_the_same_in_all_shards() {
    let server = Server::json(ANSWER);
    let sheet = "collection: c\ncases:\n  - name: a\n    steps: [{ POST: /a, file: data.json }]\n  \
                 - name: b\n    steps: [{ GET: /b }]\n";
    let url = server.url();
    let settings = |timeout: u32| {
        format!(
            "project: a test\ndefaults: {{ base_url: {url}, timeout: {timeout}s }}\n\
             inputs: {{ who: {{ default: me }}, key: {{ secret: true, env: KEY }} }}\n\
             environments: {{ one: {{}}, two: {{}} }}\n"
        )
    };
    let mut project = Project::against(&server, sheet)
        .file("callsheet.yaml", &settings(9))
        .file("collections/data.json", "{}");
    let run = |project: &Project, shard: usize, log: &str, options: &str| {
        let arguments = format!("run --env one --shard {shard}/2 --log {log} {options}");
        let key = if options.contains("--jobs") {
            "one-key-9"
        } else {
            "another-8"
        };
        project.callsheet(&arguments).env("KEY", key).ends();
    };
    let merge = |project: &Project| {
        let merged = project.callsheet("report --merge 1.jsonl 2.jsonl").ends();
        (merged.exit, merged.all())
    };
    run(&project, 1, "1.jsonl", "");
    // What a machine may have of its own.
    run(&project, 2, "2.jsonl", "--jobs 1 --rate 500/s -v");
    assert_eq!(merge(&project).0, Some(0), "{}", merge(&project).1);
    project
        .callsheet("run --env one --record kept --no-log")
        .env("KEY", "another-8")
        .exits(0);
    for options in [
        "--replay kept",
        "--record other",
        "--update",
        "--ci",
        "--flaky fail",
        "--keep-going",
        "--max-fail 1",
        "--shuffle 1",
        "--allow-empty",
        "--timeout 10m",
        "--input who=you",
        "--allow-writes",
    ] {
        run(&project, 2, "2.jsonl", options);
        let (exit, said) = merge(&project);
        assert_eq!(exit, Some(3), "{options}: {said}");
        assert!(said.contains("parts of different plans"), "{options}: {said}");
    }
    for (file, text) in [
        ("callsheet.yaml", settings(8).as_str()),
        ("collections/data.json", "[]"),
    ] {
        project = project.file(file, text);
        run(&project, 2, "2.jsonl", "");
        let (exit, said) = merge(&project);
        assert_eq!(exit, Some(3), "{file}: {said}");
        run(&project, 1, "1.jsonl", "");
        assert_eq!(merge(&project).0, Some(0), "{file}");
    }
    project
        .callsheet("run --env two --shard 2/2 --log 2.jsonl")
        .env("KEY", "another-8")
        .ends();
    let (exit, said) = merge(&project);
    assert_eq!(exit, Some(3), "{said}");
    assert!(said.contains("different environments"), "{said}");
}

#[test]
fn accepted_snapshots_and_chosen_rounds_are_the_same_in_all_shards() {
    let server = Server::json(ANSWER);
    let sheet = "collection: c\ncases:\n  - name: a\n    steps:\n      - name: same\n        GET: /a\n        \
                 expect: { snapshot: true }\n  - name: b\n    steps:\n      - name: each\n        \
                 for: { id: [1, 2] }\n        GET: /b/${{ id }}\n";
    let project = Project::against(&server, sheet);
    let run = |shard: usize, options: &[&str]| {
        let run = project.callsheet(&format!("run --shard {shard}/2 --log {shard}.jsonl"));
        options
            .iter()
            .fold(run, |run, option| run.argument(option))
            .ends();
    };
    let merge = || project.callsheet("report --merge 1.jsonl 2.jsonl").ends();
    project.callsheet("run --update").exits(0);
    run(1, &[]);
    run(2, &[]);
    assert_eq!(merge().exit, Some(0), "{}", merge().all());

    let folder = project.path().join("collections/snapshots/c");
    let accepted = fs::read_dir(&folder)
        .expect("a folder")
        .next()
        .expect("a snapshot");
    let accepted = accepted.expect("an entry").path();
    let text = fs::read_to_string(&accepted).expect("a snapshot");
    fs::write(&accepted, text.replace('2', "3")).expect("written");
    run(2, &[]);
    assert_eq!(merge().exit, Some(3), "{}", merge().all());

    fs::write(&accepted, text).expect("written");
    run(1, &["--step", "same", "--step", "each [1: id=1]"]);
    run(2, &["--step", "same", "--step", "each [2: id=2]"]);
    assert_eq!(merge().exit, Some(3), "{}", merge().all());
}

#[test]
fn shards_cut_anywhere_never_come_to_a_pass() {
    let server = Server::json(ANSWER);
    let project = project(&server);
    for index in 1..=3 {
        project
            .callsheet(&format!(
                "run --case a --case b --case c --shard {index}/3 --log {index}.jsonl"
            ))
            .exits(0);
    }
    let merge = || project.callsheet("report --merge 1.jsonl 2.jsonl 3.jsonl").ends();
    assert_eq!(merge().exit, Some(0));
    let whole = log(&project, "2.jsonl");
    let borders: Vec<usize> = whole.match_indices('\n').map(|(at, _)| at + 1).collect();
    let middles = borders.iter().map(|border| border.saturating_sub(9));
    let lengths = borders
        .iter()
        .copied()
        .filter(|length| *length < whole.len())
        .chain(middles);
    for length in lengths.chain([0]) {
        fs::write(project.path().join("2.jsonl"), &whole[..length]).expect("a cut log");
        let merged = merge();
        assert_eq!(merged.exit, Some(3), "cut at {length}: {}", merged.all());
        assert!(merged.all().contains("2.jsonl"), "{}", merged.all());
    }
}

#[test]
fn a_shard_without_a_part_passes_and_says_so() {
    let server = Server::json(ANSWER);
    let project = project(&server);
    let run = |index: usize| {
        let arguments = format!("run --case a --case b --shard {index}/3 --log {index}.jsonl");
        project.callsheet(&arguments).exits(0)
    };
    run(1);
    run(2);
    run(3).says("shard 3 of 3 has no part in this plan; its 2 cases are in the other shards");
    let alone = project.callsheet("report --json 3.jsonl").exits(0).json();
    assert_eq!(alone["shard"]["index"], 3);
    assert_eq!(alone["steps"]["planned"], 0);
    let merged = project
        .callsheet("report --merge 1.jsonl 2.jsonl 3.jsonl --json")
        .exits(0);
    assert_eq!(merged.json()["steps"]["passed"], 4);
    // A plan that is empty is no pass, in however many parts.
    project
        .callsheet("run --case a --not-tag nothing --step none --shard 1/3")
        .exits(4);
}

#[test]
fn the_engine_of_the_job_may_name_the_shard() {
    let server = Server::json(ANSWER);
    let project = project(&server);
    let listed = |arguments: &str| project.callsheet(&format!("run --list {arguments}"));
    let second = listed("--shard 2/5").exits(0).stdout;
    assert!(second.contains("collections/c.yaml"), "{second}");
    let by_variable = listed("").env("CALLSHEET_SHARD", "2/5").exits(0);
    assert_eq!(by_variable.stdout, second);
    let gitlab = listed("--shard auto")
        .env("CI_NODE_INDEX", "2")
        .env("CI_NODE_TOTAL", "5")
        .exits(0);
    assert_eq!(gitlab.stdout, second);
    let pod = listed("--shard auto/5").env("JOB_COMPLETION_INDEX", "1").exits(0);
    assert_eq!(pod.stdout, second);
    for (said, reason) in [
        ("0/5", "the index is a whole number from 1 to 5"),
        ("6/5", "the index is a whole number from 1 to 5"),
        ("x/y", "the total is a whole number from 1"),
        ("auto", "neither CI_NODE_INDEX nor JOB_COMPLETION_INDEX is set"),
    ] {
        project
            .callsheet(&format!("run --shard {said}"))
            .exits(2)
            .says(&format!("--shard {said}"))
            .says(reason);
    }
    project
        .callsheet("run --shard-by hash")
        .exits(2)
        .says("there are no shards to deal out to");
    project
        .callsheet("run")
        .env("CALLSHEET_SHARD", "6/5")
        .exits(2)
        .says("CALLSHEET_SHARD 6/5");
    assert_eq!(server.received().len(), 0);
    // What is no run is no part of one either.
    let check = |shard: &str| {
        project
            .callsheet("check")
            .env("CALLSHEET_SHARD", shard)
            .exits(0)
            .stdout
    };
    assert_eq!(check("2/5"), project.callsheet("check").exits(0).stdout);
    check("6/5");
}

#[test]
fn by_hash_a_case_stays_where_it_is() {
    let server = Server::json(ANSWER);
    let cases = |names: &[&str]| -> String {
        let case = |name: &&str| format!("  - name: {name}\n    steps: [{{ GET: /{name} }}]\n");
        format!(
            "collection: c\ncases:\n{}",
            names.iter().map(case).collect::<String>()
        )
    };
    let names = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
    let project = Project::against(&server, &cases(&names));
    let shard_of = |project: &Project, name: &str| -> Option<usize> {
        (1..=3).find(|index| {
            let listed = project
                .callsheet(&format!("list --shard-by hash --shard {index}/3"))
                .ends();
            listed.stdout.contains(&format!("{name}  "))
        })
    };
    let before: Vec<_> = names.iter().map(|name| shard_of(&project, name)).collect();
    assert!(before.iter().all(Option::is_some), "{before:?}");
    let mut used = before.clone();
    used.sort_unstable();
    used.dedup();
    assert!(used.len() > 1, "{before:?}");
    let others = [
        "zero", "one", "two", "four", "five", "six", "seven", "eight", "nine",
    ];
    let project = project.file("collections/c.yaml", &cases(&others));
    for (name, was) in names.iter().zip(before).filter(|(name, _)| others.contains(name)) {
        assert_eq!(shard_of(&project, name), was, "{name}");
    }
}

#[test]
fn by_times_the_slow_ones_do_not_meet() {
    let server = Server::start(|request| {
        if request.target.starts_with("/slow") {
            std::thread::sleep(std::time::Duration::from_millis(400));
        }
        Answer::json("{}")
    });
    // In turn both slow ones would be the first shard's.
    let names = ["slow-1", "quick-1", "slow-2", "quick-2"];
    let case = |name: &str| format!("  - name: {name}\n    steps: [{{ GET: /{name} }}]\n");
    let sheet = format!("collection: c\ncases:\n{}", names.map(case).concat());
    let project = Project::against(&server, &sheet);
    project.callsheet("run --log before.jsonl").exits(0);
    let listed = |arguments: &str| project.callsheet(&format!("list {arguments}")).exits(0).stdout;
    assert_eq!(listed("--shard 1/2").matches("slow").count(), 4);
    for index in 1..=2 {
        let listed = listed(&format!("--shard {index}/2 --shard-times before.jsonl"));
        let slow = names
            .iter()
            .filter(|name| name.starts_with("slow") && listed.contains(*name));
        assert_eq!(slow.count(), 1, "{listed}");
    }
    project
        .callsheet("run --shard 1/2 --shard-times none.jsonl")
        .exits(2)
        .says("cannot open the event log none.jsonl");
}

/// The blocks of YAML of the guide, by the file they are for.
fn guide(file: &str) -> serde_yaml::Value {
    let text = fs::read_to_string(repository().join("docs/guide/shards.md")).expect("the guide");
    let head = format!("```yaml ci\n# {file}\n");
    let start = text
        .find(&head)
        .unwrap_or_else(|| panic!("the guide has no {file}"))
        + head.len();
    let block = &text[start..start + text[start..].find("```").expect("the block's end")];
    serde_yaml::from_str(block).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The command with `callsheet` among texts, as a shell would take it, with variables filled in.
fn command(texts: &serde_yaml::Value, variables: &[(&str, &str)]) -> String {
    let texts = texts.as_sequence().expect("a list of commands");
    let text = texts
        .iter()
        .filter_map(|text| text.as_str().or_else(|| text.get("run")?.as_str()))
        .find(|text| text.starts_with("callsheet "))
        .expect("a command");
    let text = variables
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
    assert!(!text.contains(['$', '{']), "{text}");
    text.replace("callsheet ", "").replace(" || true", "")
}

#[test]
fn the_recipes_of_the_guide_come_to_one_outcome() {
    let server = Server::json(ANSWER);
    let project = project(&server);
    let merged = |command: &str, logs: &str| {
        let folder = command
            .split_whitespace()
            .find(|word| word.ends_with("/*.jsonl"))
            .expect("logs");
        let all: Vec<String> = (0..6)
            .map(|index| format!("{logs}/{index}.jsonl"))
            .filter(|name| project.path().join(name).exists())
            .collect();
        assert_eq!(all.len(), 5, "{all:?}");
        let ran = project
            .callsheet(&command.replace(folder, &all.join(" ")))
            .exits(1);
        ran.says("26 steps").says("24 passed, 1 failed, 1 skipped");
    };

    let github = guide(".github/workflows/api.yaml");
    let jobs = &github["jobs"];
    let shards = jobs["shard"]["strategy"]["matrix"]["shard"]
        .as_sequence()
        .expect("a matrix");
    let said = jobs["shard"]["env"]["CALLSHEET_SHARD"]
        .as_str()
        .expect("the variable");
    for shard in shards {
        let (index, total) = (
            shard.as_u64().expect("an index").to_string(),
            shards.len().to_string(),
        );
        let known = [
            ("${{ matrix.shard }}", index.as_str()),
            ("${{ strategy.job-total }}", &total),
        ];
        let said = known
            .iter()
            .fold(said.to_owned(), |said, (name, value)| said.replace(name, value));
        let run = project.callsheet(&command(&jobs["shard"]["steps"], &known));
        run.env("CALLSHEET_SHARD", &said).ends();
    }
    merged(&command(&jobs["outcome"]["steps"], &[]), "logs");
    fs::remove_dir_all(project.path().join("logs")).expect("the logs");

    let gitlab = guide(".gitlab-ci.yml");
    let total = gitlab["shard"]["parallel"]
        .as_u64()
        .expect("a number")
        .to_string();
    for index in 1..=5 {
        let index = index.to_string();
        let run = project.callsheet(&command(
            &gitlab["shard"]["script"],
            &[("$CI_NODE_INDEX", &index)],
        ));
        run.env("CI_NODE_INDEX", &index)
            .env("CI_NODE_TOTAL", &total)
            .ends();
    }
    merged(&command(&gitlab["outcome"]["script"], &[]), "logs");

    let pods = |file: &str| guide(file)["spec"]["template"]["spec"]["containers"][0]["command"].clone();
    let completions = guide("shards.yaml")["spec"]["completions"]
        .as_u64()
        .expect("a number");
    assert_eq!(completions, 5);
    for index in 0..completions {
        let index = index.to_string();
        let known = [("$JOB_COMPLETION_INDEX", index.as_str()), ("/logs", "pods")];
        let run = project.callsheet(&command(&pods("shards.yaml"), &known));
        run.env("JOB_COMPLETION_INDEX", &index).ends();
    }
    merged(&command(&pods("outcome.yaml"), &[("/logs", "pods")]), "pods");
}
