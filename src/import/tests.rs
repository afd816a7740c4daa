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
