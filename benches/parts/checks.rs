//! What a step expects of its answer: paths, matchers, differences.

use std::fmt::Write as _;
use std::path::Path as FilePath;

use callsheet::decode::Decoder;
use callsheet::diagnostic::Diagnostics;
use callsheet::diff;
use callsheet::extract::jsonpath::{Path, Selection};
use callsheet::json;
use callsheet::matcher::{Context, Expectation};
use callsheet::source::{Root, Source};
use callsheet::template::Scope;
use callsheet::yaml;
use divan::{Bencher, black_box};
use serde_json::Value;

/// A list of so many records.
fn list(records: usize) -> String {
    let mut text = r#"{"data":{"items":["#.to_owned();
    for record in 0..records {
        let comma = if record == 0 { "" } else { "," };
        let written = write!(
            text,
            r#"{comma}{{"id":{record},"name":"record {record}","price":{record}.50,"tags":["a","b"],"active":true}}"#
        );
        written.expect("a text takes what is written to it");
    }
    text + r#"]},"total":4711}"#
}

fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).expect("JSON")
}

#[divan::bench(args = ["$.data.items[3].id", "$.data.items[?@.id > 3].name"])]
fn path_to_program(text: &str) -> bool {
    Path::parse(black_box(text)).is_ok()
}

/// A plain path in an answer of 100 records, in one walk over its bytes.
#[divan::bench]
fn plain_path_in_text(bencher: Bencher<'_, '_>) {
    let text = list(100);
    let path = Path::parse("$.total").expect("a path");
    let plain = path.plain().expect("a plain path");
    bencher.bench_local(|| json::pick(black_box(&text), &[&plain]));
}

/// The same by way of a tree of the whole.
#[divan::bench]
fn path_by_way_of_a_tree(bencher: Bencher<'_, '_>) {
    let text = list(100);
    let path = Path::parse("$.total").expect("a path");
    bencher.bench_local(|| {
        let tree = value(black_box(&text));
        matches!(path.select(&tree), Selection::One(_))
    });
}

#[divan::bench(args = ["contact", "{ starts_with: con }", "{ matches: '^con' }", "{ in: [a, b, contact] }"])]
fn matcher(bencher: Bencher<'_, '_>, written: &str) {
    let root = Root::open(FilePath::new(".")).expect("a root");
    let mut diagnostics = Diagnostics::default();
    let node = yaml::parse(&Source::new("a.yaml", written), &mut diagnostics).expect("YAML");
    let mut decoder = Decoder::new(&root, FilePath::new("a.yaml"), &mut diagnostics);
    let expectation = Expectation::decode(&node, &mut decoder);
    let expectation = expectation.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let (scope, contact) = (Scope::new(), value("\"contact\""));
    bencher.bench_local(|| expectation.check(black_box(&contact), &Context::new(&scope)));
}

/// Two lists of 100 records, of which one lacks a record and another has a name of its own.
#[divan::bench]
fn differences(bencher: Bencher<'_, '_>) {
    let expected = value(&list(100));
    let actual = list(100).replace("\"record 7\"", "\"another\"").replacen(
        r#"{"id":0,"name":"record 0","price":0.50,"tags":["a","b"],"active":true},"#,
        "",
        1,
    );
    let actual = value(&actual);
    bencher.bench_local(|| diff::diff(black_box(&expected), black_box(&actual)));
}
