//! What importers write is a call sheet, whatever was read.

use super::*;
use crate::collection::{self, SuiteFile};
use crate::source::Root;

/// The sheet that a text is imported to.
fn imported(kind: &ImportKind, text: &str) -> Imported {
    let mut diagnostics = Diagnostics::default();
    let imported = import(
        kind,
        &Source::new("input", text),
        &Options::default(),
        &mut diagnostics,
    );
    imported.unwrap_or_else(|| panic!("{text}: {diagnostics:?}"))
}

/// What is wrong with a sheet.
fn checked(text: &str) -> Diagnostics {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("sheet.yaml"), text).expect("a file");
    let mut diagnostics = Diagnostics::default();
    let file = SuiteFile {
        path: "sheet.yaml".into(),
        named: true,
    };
    let root = Root::open(folder.path()).expect("a folder");
    collection::load(&root, false, &[file], &mut diagnostics);
    diagnostics
}

#[test]
fn every_example_becomes_a_sheet_that_is_sound() {
    for kind in KINDS {
        let imported = imported(kind, kind.entry.example);
        let diagnostics = checked(&imported.text);
        assert!(diagnostics.is_empty(), "{}: {diagnostics:?}", imported.text);
        assert_eq!(imported.requests, 1);
    }
}

#[test]
fn variables_of_a_shell_are_inputs() {
    let imported = imported(
        &curl::KIND,
        "TOKEN=x curl \"$BASE/contacts/${ID}\" -H \"Authorization: Bearer $TOKEN\" -b \"sid=$SID; theme=dark\" | jq .\n\
         curl https://$HOST/y -u \"$WHO:$WORD\" --json '{\"id\": '$ID', \"name\": \"'$WHO'\"}'; ls",
    );
    assert_eq!(
        imported.text,
        "\
collection: imported requests
inputs:
  base_url: { description: what is $BASE in the commands }
  base_url_2: { description: \"what is https://$HOST in the commands\" }
  id: { secret: true, env: ID }
  token: { secret: true, env: TOKEN }
  sid: { secret: true, env: SID }
  who: { secret: true, env: WHO }
  word: { secret: true, env: WORD }
  cookie_theme: { secret: true, env: COOKIE_THEME }
defaults: { base_url: \"${{ base_url }}\", redirects: false }
steps:
  - name: GET /contacts/…
    GET: /contacts/${{ id }}
    headers: { Cookie: \"sid=${{ sid }}; theme=${{ cookie_theme }}\" }
    auth: { bearer: \"${{ token }}\" }
    expect: { status: 2xx }

  - name: POST /y
    POST: ${{ base_url_2 }}/y
    headers: { Content-Type: application/json, Accept: application/json }
    auth:
      basic: { username: \"${{ who }}\", password: \"${{ word }}\" }
    text: \"{\\\"id\\\": ${{ id }}, \\\"name\\\": \\\"${{ who }}\\\"}\"
    expect: { status: 2xx }
"
    );
    assert_eq!(imported.open, ["base_url", "base_url_2"]);
    assert_eq!(imported.left_out, [("not curl".to_owned(), 1)]);
    assert!(checked(&imported.text).is_empty());
}
