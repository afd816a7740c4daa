//! Decodes a piece of YAML in a test, and tells what is wrong with it.

use std::path::Path;

use super::Decoder;
use crate::diagnostic::Diagnostics;
use crate::source::{Root, Source};
use crate::yaml::{self, Node};

/// Decodes `text` as if it stood in `test.yaml` at the project's root.
///
/// # Errors
/// What is wrong with it, each as `line:column: message`.
pub(crate) fn decode<T>(
    text: &str,
    decode: impl FnOnce(&Node, &mut Decoder<'_>) -> Option<T>,
) -> Result<T, Vec<String>> {
    decode_in(Path::new(env!("CARGO_MANIFEST_DIR")), text, decode)
}

/// As [`decode`], with a project folder of the test's own.
pub(crate) fn decode_in<T>(
    folder: &Path,
    text: &str,
    decode: impl FnOnce(&Node, &mut Decoder<'_>) -> Option<T>,
) -> Result<T, Vec<String>> {
    let root = Root::open(folder).expect("the folder exists");
    let mut diagnostics = Diagnostics::default();
    let decoded = yaml::parse(&Source::new("test.yaml", text), &mut diagnostics).and_then(|node| {
        let mut decoder = Decoder::new(&root, Path::new("test.yaml"), &mut diagnostics);
        decode(&node, &mut decoder)
    });
    let wrong: Vec<String> = diagnostics
        .iter()
        .map(|it| match &it.place {
            Some(place) => format!("{}:{}: {}", place.line(), place.column(), it.message),
            None => it.message.clone(),
        })
        .collect();
    match decoded {
        Some(value) if wrong.is_empty() => Ok(value),
        Some(_) | None => Err(wrong),
    }
}
