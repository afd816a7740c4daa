//! Text of every kind to the readers that face it: none panics, none goes on for ever, and what each promises holds.
//!
//! `PROPTEST_CASES=100000 cargo test --test it fuzz` is the long form; cases that once failed are in `fuzz.txt` beside
//! this file and come first.

use std::io::{Cursor, Write as _};

use callsheet::collection::{self, SuiteFile};
use callsheet::diagnostic::Diagnostics;
use callsheet::diff;
use callsheet::extract::jsonpath::{Budget, Path};
use callsheet::import::{self, Imported, Options};
use callsheet::json;
use callsheet::outcome::LogReader;
use callsheet::registry;
use callsheet::secret::{Label, Vault};
use callsheet::source::{Root, Source};
use callsheet::template::{Scope, Template};
use callsheet::untrusted;
use callsheet::yaml;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use serde_json::{Value, json};

use crate::support::forms::forms;

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/it/proof/fuzz.txt",
        ))),
        ..ProptestConfig::default()
    }
}

/// Text of the pieces that mean something in a language, mixed with any others.
fn mixed(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(pieces).prop_map(str::to_owned),
        1 => "\\PC{0,4}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

const YAML: &[&str] = &[
    "a",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "\n    ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "&a ",
    "*a",
    "!t ",
    "|",
    ">",
    "|2-\n",
    "'",
    "\"",
    "\\n",
    "#c",
    " #c",
    "---",
    "...",
    "<<",
    "~",
    "1e3",
    "0x1f",
    "\t",
    "\r",
    "%YAML 1.2\n",
    "@",
    "`",
    "\u{feff}",
    "${{ a }}",
];

const TEMPLATE: &[&str] = &[
    "${{",
    "}}",
    " ",
    "a",
    "b.c",
    "a[0]",
    "'x'",
    "\"",
    "|",
    "length",
    "first",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "~",
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    "%",
    "1",
    "0.5",
    "9999999999",
    "if",
    "else",
    "not",
    "in",
    "is",
    "defined",
    "and",
    ",",
    ":",
    "==",
    "<",
    "${%",
    "%}",
    "{#",
    "#}",
    "for x in a",
    "endfor",
    "set y = 1",
    "range(9)",
    "base64(",
    "now(",
    "$",
    "\\",
];

const SHELL: &[&str] = &[
    "curl ",
    "curl https://a.test/b ",
    "https://a.test/",
    "http://",
    "[::1]:80/",
    "?q=a%20b&token=abcdefgh",
    " ",
    "\n",
    "\\\n",
    "'",
    "\"",
    "$'",
    "\\",
    "\\x41",
    "\\u00e9",
    "$",
    "$TOKEN",
    "${ID}",
    "$(",
    "`",
    "-H ",
    "-HX: y",
    "'Authorization: Bearer abcdefgh' ",
    "'Cookie: a=b; c=d' ",
    "-u a:b ",
    "-d ",
    "-d '{\"a\": [1.50, \"NO\", null]}' ",
    "--json ",
    "'{\"apiKey\": \"k\", \"pin\": 1234}' ",
    "--data-urlencode ",
    "-F a=@b;type=c/d ",
    "-F ",
    "-G ",
    "-I ",
    "-sSL ",
    "-X",
    "PATCH ",
    "--next ",
    "--url=",
    "-b ",
    "@file ",
    "=",
    ";",
    "&",
    "|",
    ">",
    "<<E",
    "#",
    "{a,b}",
    "[1-3]",
    "${{ a }}",
    "${% b",
    "\u{feff}",
    "\u{2028}",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
];

const ARCHIVE: &[&str] = &[
    "{\"log\": {\"entries\": [",
    "]}}",
    ENTRY,
    ", ",
    "{\"request\": {\"method\": \"POST\", \"url\": \"https://b.test/c?d=e\", \"headers\": [",
    "{\"name\": \"Cookie\", \"value\": \"a=b; c=d\"}",
    "{\"name\": \":path\", \"value\": \"/\"}",
    "], \"postData\": {\"mimeType\": \"application/json\", \"text\": \"{\\\"token\\\": [1, \\\"${{ a }}\\\"]}\"",
    ", \"encoding\": \"base64\"",
    "}}, \"response\": {\"status\": 201}}",
    "\"request\"",
    "\"url\"",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\u0000",
    "\\ud800",
    "null",
    "-1",
    "1e999",
    "\n",
];

const ENTRY: &str = r#"{"request": {"method": "GET", "url": "https://a.test/x", "headers": []}, "response": {"status": 200}}"#;

/// The sheet that a text is imported to, where it is one.
fn imported(kind: &str, text: &str) -> Option<Imported> {
    let kind = registry::find(import::KINDS, kind).expect("a kind of the list");
    let mut diagnostics = Diagnostics::default();
    let source = Source::new("input", text);
    let imported = import::import(kind, &source, &Options::default(), &mut diagnostics);
    assert_eq!(imported.is_none(), diagnostics.has_errors(), "{diagnostics:?}");
    for place in diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.place.as_ref())
    {
        assert!(
            place.span.end <= place.source.text.len() && place.source.text.is_char_boundary(place.span.start)
        );
    }
    imported.filter(|imported| imported.requests > 0)
}

/// What is wrong with a sheet; the files that it names are there.
fn wrong_with(imported: &Imported) -> Diagnostics {
    let folder = tempfile::tempdir().expect("a folder");
    for file in &imported.files {
        let path = folder.path().join(file);
        let made = path.parent().map(std::fs::create_dir_all).expect("beneath");
        // A name may be no file's.
        let _ = made.and_then(|()| std::fs::write(path, "a file"));
    }
    std::fs::write(folder.path().join("sheet.yaml"), &imported.text).expect("a file");
    let mut diagnostics = Diagnostics::default();
    let file = SuiteFile {
        path: "sheet.yaml".into(),
        named: true,
    };
    let root = Root::open(folder.path()).expect("a folder");
    collection::load(&root, false, &[file], &mut diagnostics);
    diagnostics
}

const PATH: &[&str] = &[
    "$", ".", "..", "a", "*", "[", "]", "?", "@", "(", ")", "'a'", "\"b\"", "0", "-1", ":", ",", "==", "!=",
    "<", ">=", "&&", "||", "!", "length(", "count(", "match(", "search(", "value(", "null", "true", "1e2",
    " ", "\\u0041", "[?@.a", "[?@", "字",
];

/// A document of any shape, small.
fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        "[a-c]{0,3}|\\PC{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(("[a-c]|id|name", inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn yaml_is_read_or_refused_with_a_place(text in mixed(YAML)) {
        let source = Source::new("c.yaml", text);
        let mut diagnostics = Diagnostics::default();
        let tree = yaml::parse(&source, &mut diagnostics);
        prop_assert!(tree.is_some() || diagnostics.has_errors());
        for diagnostic in diagnostics.iter() {
            let place = diagnostic.place.as_ref().expect("where");
            prop_assert!(place.span.end <= source.text.len());
            prop_assert!(source.text.is_char_boundary(place.span.start));
        }
    }

    #[test]
    fn a_template_is_refused_or_gives_a_value_or_an_error(text in mixed(TEMPLATE)) {
        let source = Source::new("c.yaml", serde_json::to_string(&text).expect("a text"));
        let mut diagnostics = Diagnostics::default();
        let Some(node) = yaml::parse(&source, &mut diagnostics) else { return Ok(()) };
        let Some(text) = node.as_text() else { return Ok(()) };
        let mut uses = Vec::new();
        if let Some(template) = Template::compile(text, &mut diagnostics, &mut uses) {
            let mut scope = Scope::new();
            scope.set_plain("a", json!([1, "x", null]));
            scope.set_plain("b", json!({ "c": 2.5 }));
            // Either is right; it has to come to an end.
            let _ = template.render(&scope);
        } else {
            prop_assert!(diagnostics.has_errors());
        }
    }

    #[test]
    fn a_curl_command_is_refused_or_becomes_a_sound_sheet(text in mixed(SHELL), is_call in any::<bool>()) {
        let text = if is_call { format!("curl https://a.test/b {text}") } else { text };
        if let Some(imported) = imported("curl", &text) {
            let wrong = wrong_with(&imported);
            prop_assert!(!wrong.has_errors(), "{}\n{}\n{:?}", text, imported.text, wrong);
        }
    }

    #[test]
    fn an_archive_is_refused_or_becomes_a_sound_sheet(parts in mixed(ARCHIVE), value in "\\PC{0,12}", is_whole in any::<bool>()) {
        let quoted = serde_json::to_string(&value).expect("a text");
        let whole = format!(
            "{{\"log\": {{\"entries\": [{ENTRY}, {{\"request\": {{\"method\": \"PUT\", \"url\": \"https://a.test/x?y\", \"headers\": \
             [{{\"name\": \"x-a\", \"value\": {quoted}}}], \"postData\": {{\"mimeType\": \"text/plain\", \"text\": {quoted}}}}}, \
             \"response\": {{\"status\": 204}}}}]}}}}"
        );
        let text = if is_whole { whole } else { parts };
        if let Some(imported) = imported("har", &text) {
            let wrong = wrong_with(&imported);
            prop_assert!(!wrong.has_errors(), "{}\n{}\n{:?}", text, imported.text, wrong);
        }
    }

    #[test]
    fn a_path_is_refused_or_selects_within_its_budget(text in mixed(PATH), document in document()) {
        let Ok(path) = Path::parse(&text) else { return Ok(()) };
        let Ok(found) = path.query(&document, &mut Budget::default()) else { return Ok(()) };
        prop_assert!(!path.is_singular() || found.len() <= 1);
        for one in &found {
            prop_assert_eq!(one.location.resolve(&document), Some(one.value), "{}", text);
        }
        let values = path.values(&document, &mut Budget::default()).expect("as before");
        prop_assert!(values.iter().eq(found.iter().map(|one| &one.value)));
    }

    #[test]
    fn a_mask_lets_no_form_through_wherever_a_stream_is_cut(
        secret in "[A-Za-z0-9][ -~]{10,30}[A-Za-z0-9]|[a-zé字✓ñ🔑]{8,16}",
        around in prop::collection::vec("[ -~é]{0,9}", 17),
        sizes in prop::collection::vec(1..60_usize, 1..6),
    ) {
        let vault = Vault::new();
        vault.add(&secret, &Label::new("key"));
        let forms = forms(&secret);
        let text: String = forms.iter().zip(&around).map(|(form, around)| format!("{around} {} ", form.text)).collect();
        let mut writer = vault.writer_gathering(0, Vec::new());
        let mut rest = text.as_bytes();
        for size in sizes.iter().cycle() {
            let (chunk, after) = rest.split_at((*size).min(rest.len()));
            writer.write_all(chunk).expect("a vector");
            rest = after;
            if rest.is_empty() { break; }
        }
        let masked = String::from_utf8(writer.finish().expect("a vector")).expect("text");
        let whole = vault.mask_text(&text).into_owned();
        prop_assert_eq!(&masked, &whole);
        for form in forms {
            prop_assert!(text.contains(&form.needle) && !masked.contains(&form.needle), "{}: {}", form.name, masked);
        }
    }

    #[test]
    fn differences_lead_from_one_document_to_the_other(one in document(), other in document()) {
        let found = diff::diff(&one, &other);
        prop_assert_eq!(found.is_empty(), json::equal(&one, &other));
        prop_assert!(json::equal(&diff::apply(&one, &found), &other), "{:?}", found);
    }

    #[test]
    fn a_log_of_anything_is_read_or_refused(lines in prop::collection::vec("\\PC{0,20}|\\{\"event\":\"[a-z_]{1,14}\"[ -~]{0,20}\\}", 0..6)) {
        if let Ok((reader, _)) = LogReader::open(Cursor::new(lines.join("\n"))) {
            reader.take_while(Result::is_ok).for_each(drop);
        }
    }

    #[test]
    fn text_that_was_made_safe_stays_as_it_is(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let shown = untrusted::bytes_block(&bytes);
        prop_assert_eq!(untrusted::block(&shown), shown.as_str());
        let guarded = untrusted::guard_ci(&shown).into_owned();
        prop_assert_eq!(untrusted::guard_ci(&guarded), guarded.as_str());
    }
}
