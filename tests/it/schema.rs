//! The schema for editors: the file in the repository is the program's, and says of call sheets what the program says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use callsheet::collection::{self, SuiteFile};
use callsheet::diagnostic::Diagnostics;
use callsheet::mock::Mock;
use callsheet::registry::Kind;
use callsheet::schema::schema;
use callsheet::source::{Root, Source};
use callsheet::{auth, extract, matcher, yaml};
use jsonschema::Validator;
use serde_json::Value;

use crate::support::{Project, repository};

fn validator() -> Validator {
    jsonschema::draft7::new(&schema()).expect("a usable schema")
}

/// A file as the schema sees it; none if it is no YAML of ours.
fn read(name: &str, text: &str) -> Option<Value> {
    let mut diagnostics = Diagnostics::default();
    yaml::parse(&Source::new(name, text), &mut diagnostics).map(|node| node.to_json())
}

/// What the schema has against a file.
fn complaints(validator: &Validator, value: &Value) -> Vec<String> {
    validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path().as_str()))
        .collect()
}

/// The YAML files below a folder.
fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(yaml_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Whether a data file of a `for`, which is no call sheet and may hold anything.
fn is_data(value: &Value) -> bool {
    value.is_array()
}

#[test]
fn the_file_in_the_repository_is_what_the_program_prints() {
    let path = repository().join("schema/callsheet.schema.json");
    let printed = Project::empty().callsheet("schema").exits(0).stdout;
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &printed).expect("the schema");
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == printed,
        "schema/callsheet.schema.json is not what `callsheet schema` prints: UPDATE=1 cargo test --test it schema"
    );
}

#[test]
fn every_sound_file_is_valid() {
    let validator = validator();
    let mut texts: Vec<(String, String)> = Vec::new();
    let project = Project::empty();
    project.callsheet("init made").exits(0);
    let mut files = vec![repository().join("callsheet.yaml")];
    for folder in ["collections", "fixtures"] {
        files.extend(yaml_files(&repository().join(folder)));
    }
    files.extend(yaml_files(&project.path().join("made")));
    for file in files {
        let text = fs::read_to_string(&file).expect("a file");
        texts.push((file.display().to_string(), text));
    }
    let guides = fs::read_dir(repository().join("docs/guide")).expect("docs/guide");
    let mut pages = vec![repository().join("README.md")];
    pages.extend(guides.map(|entry| entry.expect("an entry").path()));
    for page in pages {
        let page = fs::read_to_string(&page).expect("a page");
        for block in page.split("```yaml\n").skip(1) {
            let (text, _) = block.split_once("```").expect("the end of the block");
            let name = text.lines().next().unwrap_or_default();
            texts.push((name.to_owned(), text.to_owned()));
        }
    }
    assert!(texts.len() >= 25, "{} files", texts.len());
    for (name, text) in texts {
        let value = read(&name, &text).unwrap_or_else(|| panic!("{name} is no YAML"));
        let complaints = complaints(&validator, &value);
        assert!(complaints.is_empty(), "{name}\n{}", complaints.join("\n"));
    }
}

#[test]
fn the_first_line_of_each_file_leads_to_the_schema() {
    let project = Project::empty();
    project.callsheet("init made").exits(0);
    for folder in [repository(), &project.path().join("made")] {
        let mut files = vec![folder.join("callsheet.yaml")];
        for name in ["collections", "fixtures"] {
            files.extend(yaml_files(&folder.join(name)));
        }
        for file in files {
            let text = fs::read_to_string(&file).expect("a file");
            let first = text.lines().next().unwrap_or_default();
            let path = first
                .strip_prefix("# yaml-language-server: $schema=")
                .unwrap_or_else(|| panic!("{}: {first}", file.display()));
            let path = file.parent().expect("a folder").join(path);
            let schema = folder.join("schema/callsheet.schema.json");
            assert_eq!(
                path.canonicalize().ok(),
                schema.canonicalize().ok(),
                "{}",
                file.display()
            );
            assert!(schema.is_file());
        }
    }
}

#[test]
fn every_example_of_an_open_set_is_valid() {
    fn judge<K: Kind>(definition: &str, kinds: &[&'static K]) {
        let mut schema = schema();
        let rule = serde_json::json!({ "$ref": format!("#/definitions/{definition}") });
        for (of_a_file, of_the_set) in [("if", Value::Bool(true)), ("then", rule)] {
            schema[of_a_file] = of_the_set;
        }
        let validator = jsonschema::draft7::new(&schema).expect("a usable schema");
        for kind in kinds {
            let example = kind.entry().example;
            let value = read(definition, example).unwrap_or_else(|| panic!("{example} is no YAML"));
            let complaints = complaints(&validator, &value);
            assert!(complaints.is_empty(), "{example}\n{}", complaints.join("\n"));
        }
    }
    judge("matchers", matcher::KINDS);
    judge("extractors", extract::KINDS);
    judge("auth", auth::KINDS);
}

/// Folders of `tests/cases` with a file whose mistake a schema can know. What is wrong with the others it cannot: it is
/// about names, about other files, about what stands inside of a text, or no YAML at all.
const REFUSED: &[&str] = &[
    "an-empty-file",
    "attempts-and-pages",
    "durations-without-units",
    "groups-that-are-not-there",
    "input-of-the-wrong-type",
    "jsonpath-in-a-key",
    "misspelt-key",
    "misspelt-top-key",
    "not-a-call-sheet",
    "not-there-yet",
    "rounds-that-cannot-be",
    "several-files",
    "slips",
    "two-actions",
    "two-bodies",
    "unknown-matcher",
    "wrong-operands",
];

#[test]
fn broken_files_are_refused_and_no_others() {
    let validator = validator();
    let folder = repository().join("tests/cases");
    let mut refused = BTreeSet::new();
    for file in yaml_files(&folder) {
        let relative = file.strip_prefix(&folder).expect("below it");
        let case = relative.iter().next().expect("a folder").to_string_lossy();
        let text = fs::read_to_string(&file).unwrap_or_default();
        let Some(value) = read(&case, &text).filter(|value| !is_data(value)) else {
            continue;
        };
        let complaints = complaints(&validator, &value);
        if !complaints.is_empty() {
            let exit = fs::read_to_string(folder.join(&*case).join("expected.exit")).expect("an exit code");
            assert_eq!(exit.trim(), "2", "{}\n{}", file.display(), complaints.join("\n"));
            refused.insert(case.into_owned());
        }
    }
    for case in REFUSED {
        assert!(
            refused.contains(*case),
            "the schema has nothing against tests/cases/{case}"
        );
    }
}

/// A key that no mapping has, and that is near to none.
const UNKNOWN: &str = "qqqqqqqqqqqqqqqqqqqq";

/// A mapping of the schema: its definition, a file that has the mapping with [`UNKNOWN`] in it (written `?`), and the
/// keys that the decoder knows only to say why they cannot stand there.
type Mapping = (&'static str, &'static str, &'static [&'static str]);

const MAPPINGS: &[Mapping] = &[
    ("collection", "collection: c\nsteps: [{ wait: 1s }]\n?", &[]),
    (
        "case",
        "collection: c\ncases:\n  - { name: n, steps: [{ wait: 1s }], ? }",
        &[],
    ),
    ("step", "collection: c\nsteps:\n  - { GET: /, ? }", &[]),
    ("step", "collection: c\nsteps:\n  - { use: r.yaml, ? }", &[]),
    (
        "step/properties/request",
        "collection: c\nsteps:\n  - { request: { method: GET, url: /, ? } }",
        &[],
    ),
    (
        "step/properties/graphql/anyOf/1",
        "collection: c\nsteps:\n  - { POST: /, graphql: { query: q, ? } }",
        &[],
    ),
    (
        "file_part",
        "collection: c\nsteps:\n  - { POST: /, file: { file: r.yaml, ? } }",
        &[],
    ),
    (
        "auth/properties/basic",
        "collection: c\nsteps:\n  - { GET: /, auth: { basic: { username: u, password: p, ? } } }",
        &[],
    ),
    (
        "auth/properties/api_key",
        "collection: c\nsteps:\n  - { GET: /, auth: { api_key: { header: h, value: v, ? } } }",
        &[],
    ),
    (
        "retry_keys",
        "collection: c\nsteps:\n  - { GET: /, retry: { ? } }",
        &[],
    ),
    (
        "poll",
        "collection: c\nsteps:\n  - { GET: /, poll: { until: { status: 200 }, ? } }",
        &[],
    ),
    (
        "paginate",
        "collection: c\nsteps:\n  - { GET: /, paginate: { next: $.n, ? } }",
        &[],
    ),
    (
        "expect",
        "collection: c\nsteps:\n  - { GET: /, expect: { ? } }",
        &[],
    ),
    (
        "matchers/properties/near",
        "collection: c\nsteps:\n  - { GET: /, expect: { $.a: { near: { value: 1, within: 1, ? } } } }",
        &[],
    ),
    (
        "snapshot_keys",
        "collection: c\nsteps:\n  - { GET: /, expect: { snapshot: { ? } } }",
        &[],
    ),
    (
        "extractors",
        "collection: c\nsteps:\n  - { GET: /, capture: { a: { json: $.a, ? } } }",
        &[],
    ),
    (
        "extractors/properties/regex/anyOf/1",
        "collection: c\nsteps:\n  - { GET: /, capture: { a: { regex: { pattern: a, ? } } } }",
        &[],
    ),
    (
        "input",
        "collection: c\ninputs: { a: { ? } }\nsteps: [{ wait: 1s }]",
        &["keyring"],
    ),
    (
        "defaults",
        "collection: c\ndefaults: { ? }\nsteps: [{ wait: 1s }]",
        &[],
    ),
    ("recipe", "recipe: r\nsteps: [{ wait: 1s }]\n?", &[]),
    ("mock", "mock: m\nroutes: []\n?", &[]),
    (
        "guard",
        "mock: m\nroutes: []\nguards: { g: { when: { body: a }, otherwise: {}, ? } }",
        &[],
    ),
    ("route", "mock: m\nroutes:\n  - { GET: /, respond: {}, ? }", &[]),
    (
        "change",
        "mock: m\ndata: { a: [] }\nroutes:\n  - { GET: /, respond: {}, change: [{ remove: { from: a, where: {} }, ? }] }",
        &[],
    ),
    (
        "change/properties/insert",
        "mock: m\ndata: { a: [] }\nroutes:\n  - { GET: /, respond: {}, change: [{ insert: { into: a, value: 1, ? } }] }",
        &[],
    ),
    (
        "change/properties/update",
        "mock: m\ndata: { a: [] }\nroutes:\n  - { GET: /, respond: {}, change: [{ update: { in: a, where: {}, set: {}, ? } }] }",
        &[],
    ),
    (
        "change/properties/remove",
        "mock: m\ndata: { a: [] }\nroutes:\n  - { GET: /, respond: {}, change: [{ remove: { from: a, where: {}, ? } }] }",
        &[],
    ),
    ("respond", "mock: m\nroutes:\n  - { GET: /, respond: { ? } }", &[]),
    (
        "fault",
        "mock: m\nroutes: []\nfaults: [{ on: '*', drop: true, ? }]",
        &[],
    ),
    ("project", "project: p\n?", &[]),
    ("environment", "project: p\nenvironments: { e: { ? } }", &[]),
    (
        "session",
        "project: p\nsessions: { s: { login: { use: r.yaml }, ? } }",
        &[],
    ),
    (
        "session/properties/login",
        "project: p\nsessions: { s: { login: { use: r.yaml, ? } } }",
        &[],
    ),
    (
        "session/properties/renew",
        "project: p\nsessions: { s: { login: { use: r.yaml }, renew: { ? } } }",
        &[],
    ),
];

/// The keys that the program says are known beside [`UNKNOWN`] in this file.
fn known(text: &str) -> BTreeSet<String> {
    let text = text.replace('?', &format!("{UNKNOWN}: 1"));
    let is_project = text.starts_with("project");
    let name = if is_project { "callsheet.yaml" } else { "c.yaml" };
    let project = Project::empty()
        .file("r.yaml", "recipe: r\nsteps: [{ wait: 1s }]\n")
        .file(name, &text);
    let root = Root::open(project.path()).expect("the folder");
    let mut diagnostics = Diagnostics::default();
    let file = PathBuf::from(name);
    if text.starts_with("mock") {
        Mock::load(&root, &file, &mut diagnostics);
    } else {
        let files: Vec<SuiteFile> = (!is_project)
            .then_some(SuiteFile {
                path: file,
                named: true,
            })
            .into_iter()
            .collect();
        collection::load(&root, is_project, &files, &mut diagnostics);
    }
    let told = diagnostics
        .iter()
        .find(|it| it.message.contains(&format!("`{UNKNOWN}`")))
        .unwrap_or_else(|| panic!("nothing is said of the key in\n{text}"));
    let help = told.help.as_deref().unwrap_or_default();
    // What the key may have been meant as stands before.
    let names = help
        .rsplit_once("known here: ")
        .map(|(_, names)| names)
        .unwrap_or_else(|| panic!("{help:?}\n{text}"));
    assert!(!names.ends_with(" more"), "the list is cut: {help}");
    names.split(", ").map(str::to_owned).collect()
}

#[test]
fn the_schema_has_the_keys_that_the_program_knows() {
    let schema = schema();
    let mut tried: BTreeSet<&str> = BTreeSet::new();
    for (definition, _, refused) in MAPPINGS {
        if !tried.insert(definition) {
            continue;
        }
        let mut keys = BTreeSet::new();
        for (_, text, _) in MAPPINGS.iter().filter(|(name, ..)| name == definition) {
            keys.extend(known(text));
        }
        keys.retain(|key| !refused.contains(&key.as_str()));
        let pointer = format!("/definitions/{definition}/properties");
        let properties = schema.pointer(&pointer).and_then(Value::as_object);
        let properties = properties.unwrap_or_else(|| panic!("no {pointer}"));
        let written: BTreeSet<String> = properties.keys().cloned().collect();
        assert_eq!(written, keys, "{definition}: left the schema, right the program");
    }
}

#[test]
fn every_closed_mapping_of_the_schema_is_tried() {
    fn closed(value: &Value, path: &str, found: &mut BTreeSet<String>) {
        let Some(map) = value.as_object() else { return };
        if map.get("additionalProperties") == Some(&Value::Bool(false)) {
            found.insert(path.to_owned());
        }
        for (key, value) in map {
            closed(value, &format!("{path}/{key}"), found);
        }
        for key in ["anyOf", "allOf"] {
            for (index, value) in map
                .get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .enumerate()
            {
                closed(value, &format!("{path}/{key}/{index}"), found);
            }
        }
    }
    let mut found = BTreeSet::new();
    closed(&schema()["definitions"], "", &mut found);
    for (definition, ..) in MAPPINGS {
        found.remove(&format!("/{definition}"));
    }
    // These are open sets, filled in from their lists; and of the data files each has one key.
    let others = ["/auth", "/matchers", "/for/additionalProperties/anyOf/2"];
    let others: BTreeSet<String> = others.into_iter().map(str::to_owned).collect();
    assert_eq!(found, others);
}
