//! A secret is in no output in any form; and the same run with the mask of it off shows every form, so the search finds
//! what is there to be found.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use callsheet::registry::Kind as _;
use callsheet::report::KINDS;

use crate::support::forms::{ALPHABETS, forms, found, secret, seeds};
use crate::support::{Answer, Project, Received, Run, Server};

/// What a run is asked for; each says other things on stdout.
const VERBOSITIES: [&str; 5] = ["run", "run -v", "run -vv", "run -q", "run --json"];

/// A snapshot that was accepted before the run.
const ACCEPTED: &str = "collections/snapshots/c/secrets.another-snapshot.json";

/// A server that says a text in every form it can be said in, whatever it is asked.
fn parrot(said: &str) -> Server {
    let forms: Vec<(&str, String)> = forms(said)
        .into_iter()
        .map(|form| (form.name, form.text))
        .collect();
    let members: serde_json::Map<String, serde_json::Value> = forms
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_str().into()))
        .collect();
    let nested =
        serde_json::json!({ "forms": members, "again": serde_json::json!({ "raw": said }).to_string() });
    let plain: String = forms.iter().map(|(_, text)| format!("{text} ")).collect();
    let all = nested.to_string();
    Server::start(move |request| {
        let answer = if request.target.starts_with("/plain") {
            Answer::status(200)
                .header("content-type", "text/plain; charset=utf-8")
                .body(&plain)
        } else {
            Answer::json(&all)
        };
        let printable = forms
            .iter()
            .filter(|(_, text)| text.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        printable.enumerate().fold(answer, |answer, (number, (_, text))| {
            answer.header(&format!("x-form-{number}"), text)
        })
    })
}

/// The steps: the secret in every place of a request, in every kind of check, in what is captured and in snapshots.
/// It is in no header as it is, where some of its alphabets cannot stand.
const STEPS: &str = r#"
collection: secrets
steps:
  - name: sent
    POST: /json/${{ key | url_encode }}
    query: { key: "${{ key }}" }
    headers: { X-Coded: "${{ base64(key) }}", X-Percent: "${{ key | url_encode }}" }
    json: { key: "${{ key }}", list: ["before ${{ key }} after"] }
    auth: { basic: { username: someone, password: "${{ key }}" } } # where it is a secret
    capture: { taken: $.forms.raw, coded: $.forms.hex }
    expect:
      $.forms.raw: something else than ${{ key }}
      $.forms.base64: { starts_with: no }
      $.forms.HTML: { matches: "^nothing$" }
      $.forms: { equals: { raw: "${{ key }}", JSON: other } }
      $.again: { contains: "${{ taken ~ coded }} and more" }
      $: { schema: other.schema.json }
      like: { forms: { hex: { length: 1 } } }
      that: ["body.forms.raw == 'x' ~ key", "body.forms.hex == 'y' ~ coded"]
    continue: true
  - name: in a form
    POST: /plain/form
    form: { key: "${{ key }}" }
    expect: { body: "nothing of ${{ key }}" }
    continue: true
  - name: in a text
    POST: /plain/text
    text: "key ${{ key }} and ${{ key | to_json }}"
    expect: { body: { equals: nothing } }
    continue: true
  - name: in a part
    POST: /plain/part
    multipart: { key: "${{ key }}" }
    expect: { headers: { x-form-0: nothing }, status: 201 }
    continue: true
  - name: a new snapshot
    GET: /new
    expect: { snapshot: true }
    continue: true
  - name: another snapshot
    GET: /changed
    expect: { snapshot: true }
    continue: true
  - name: what is missing
    GET: /missing
    capture: { missing: "$.no" }
    continue: true
"#;

/// A run that asks for every report of the list, with an event log, and whatever else leaves the process.
struct Leaving {
    project: Project,
    server: Server,
}

impl Leaving {
    fn with(said: &str, input: &str, steps: &str) -> Leaving {
        let server = parrot(said);
        let sheet = format!(
            "project: secrets\ninputs:\n  key: {input}\ndefaults:\n  base_url: {}\n",
            server.url()
        );
        let project = Project::empty()
            .file("callsheet.yaml", &sheet)
            .file("collections/c.yaml", steps)
            .file(
                "collections/other.schema.json",
                r#"{ "required": ["missing"], "properties": { "again": { "maxLength": 1 } } }"#,
            )
            .file(ACCEPTED, "{\n  \"forms\": 1\n}\n");
        Leaving { project, server }
    }

    fn run(&self, arguments: &str) -> Run {
        let run = self.project.callsheet(arguments).argument("--log=out/log.jsonl");
        KINDS.iter().fold(run, |run, kind| {
            let name = kind.entry().name;
            run.argument("--report").argument(&format!("{name}=out/{name}"))
        })
    }

    /// Everything that left the process but for what went to the server, each with its name.
    fn outputs(&self, run: Run) -> Vec<(String, String)> {
        let ran = run.exits(1);
        let mut outputs = vec![
            ("stdout".to_owned(), ran.stdout),
            ("stderr".to_owned(), ran.stderr),
        ];
        let given = [
            "callsheet.yaml",
            "collections/c.yaml",
            "collections/other.schema.json",
        ]
        .map(|name| self.project.path().join(name));
        for path in files(self.project.path()) {
            if !given.contains(&path) {
                let text = String::from_utf8_lossy(&fs::read(&path).expect("a file")).into_owned();
                let name = path
                    .strip_prefix(self.project.path())
                    .expect("below")
                    .display()
                    .to_string();
                outputs.push((name, text));
            }
        }
        outputs
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn no_output_holds_a_secret_in_any_form() {
    for (alphabet, characters) in ALPHABETS {
        for seed in 0..seeds() {
            let key = secret(characters, seed);
            let leaving = Leaving::with(&key, "{ secret: true, env: KEY }", STEPS);
            let arguments = VERBOSITIES[usize::try_from(seed).expect("a seed") % VERBOSITIES.len()];
            let outputs = leaving.outputs(leaving.run(arguments).env("KEY", &key));
            for (name, text) in &outputs {
                let found = found(text, &key);
                assert!(
                    found.is_empty(),
                    "{arguments}: {name} holds {key:?} ({alphabet}, seed {seed}) as {found:?}:\n{text}"
                );
            }
            let labelled = outputs.iter().filter(|(_, text)| text.contains("‹key›")).count();
            assert!(
                labelled > KINDS.len() / 2,
                "the label is shown in {labelled} outputs"
            );
            let sent: String = leaving.server.received().iter().map(Received::all).collect();
            assert!(
                sent.contains(&format!("key {key} and")),
                "the server got the secret itself"
            );
        }
    }
}

/// The control run: the same text as no secret is found by the same search, in every output, in every form. It is no
/// password there: that would be masked though nobody declared it.
#[test]
fn what_is_no_secret_is_in_every_output_in_every_form() {
    let mut shown: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let is_open = |line: &&str| !line.ends_with("# where it is a secret");
    let steps: String = STEPS
        .split_inclusive('\n')
        .filter(|line| is_open(&line.trim_end()))
        .collect();
    assert!(steps.len() < STEPS.len());
    for (alphabet, characters) in ALPHABETS {
        let key = secret(characters, 0);
        for arguments in VERBOSITIES {
            let leaving = Leaving::with(&key, "{ env: KEY }", &steps);
            for (name, text) in leaving.outputs(leaving.run(arguments).env("KEY", &key)) {
                if name != "stderr" && name != ACCEPTED {
                    let found = found(&text, &key);
                    assert!(
                        found.contains(&"raw"),
                        "{alphabet}: {arguments}: {name} shows {found:?}:\n{text}"
                    );
                    shown.entry(name).or_default().extend(found);
                }
            }
        }
    }
    assert!(shown.len() > KINDS.len());
    for (name, found) in shown {
        assert_eq!(found.len(), 16, "{name} shows {found:?}");
    }
}
