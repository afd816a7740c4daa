//! From a file's text to its model, and from templates to texts.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use callsheet::collection::{self, SuiteFile};
use callsheet::diagnostic::Diagnostics;
use callsheet::source::{Root, Source};
use callsheet::template::{Scope, Template};
use callsheet::yaml::{self, Node};
use divan::{Bencher, black_box};

/// The steps of a file, each a read with three checks.
const STEPS: usize = 500;

fn sheet() -> String {
    let mut sheet = "collection: c\ninputs:\n  token: { type: string, default: t }\nsteps:\n".to_owned();
    for step in 0..STEPS {
        let written = write!(
            sheet,
            "  - name: read {step}\n    GET: /contacts/{step}\n    headers: {{ authorization: \"Bearer ${{{{ token }}}}\" }}\n    \
             expect:\n      status: 200\n      headers: {{ content-type: application/json }}\n      $.data.kind: contact\n"
        );
        written.expect("a text takes what is written to it");
    }
    sheet
}

fn tree(text: &str) -> Node {
    let mut diagnostics = Diagnostics::default();
    yaml::parse(&Source::new("a.yaml", text), &mut diagnostics).expect("YAML")
}

/// 500 steps: the text as a tree that knows its places.
#[divan::bench]
fn yaml_to_tree(bencher: Bencher<'_, '_>) {
    let sheet = sheet();
    bencher.bench_local(|| tree(black_box(&sheet)));
}

/// 500 steps: the file as a collection, tree and reading included.
#[divan::bench]
fn yaml_to_model(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.yaml"), sheet()).expect("written");
    let root = Root::open(folder.path()).expect("a root");
    let files = [SuiteFile {
        path: PathBuf::from("a.yaml"),
        named: true,
    }];
    bencher.bench_local(|| {
        let mut diagnostics = Diagnostics::default();
        let suite = collection::load(&root, false, &files, &mut diagnostics);
        assert_eq!(diagnostics.errors(), 0, "{diagnostics:?}");
        suite
    });
}

/// A constant, a path alone, and an expression of the engine.
#[divan::bench(args = ["application/json", "Bearer ${{ token }}", "${{ (count + 1) * 2 }}"])]
fn template_to_text(bencher: Bencher<'_, '_>, text: &str) {
    let node = tree(&format!("\"{text}\""));
    let text = node.as_text().expect("a text");
    let mut diagnostics = Diagnostics::default();
    let template = Template::compile(text, &mut diagnostics, &mut Vec::new()).expect("a template");
    let mut scope = Scope::new();
    scope.set_plain("token", "a-token-of-the-exchange");
    scope.set_plain("count", 7);
    bencher.bench_local(|| template.render(black_box(&scope)).is_ok());
}
