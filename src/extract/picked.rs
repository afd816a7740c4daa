//! Values of a JSON body that several extractors want, read ahead in one walk over its bytes.

use std::sync::Arc;

use serde_json::Value;

use super::{Extractor, ReadsJson};
use crate::http::Body;
use crate::json::PlainSegment;

/// Values of a body by their plain paths. A path that is not among them, for it selects nothing or could not be read
/// ahead, is followed through the tree, which also says why there is nothing.
#[derive(Debug, Default)]
pub struct Picked(Vec<(Arc<[PlainSegment]>, Value)>);

impl Picked {
    /// What the extractors will ask of the body, if each of them that reads JSON asks for a plain path. If one of them
    /// needs the tree, they all use it.
    pub fn read<'e>(body: &Body, extractors: impl Iterator<Item = &'e Extractor>) -> Picked {
        let mut wanted: Vec<&Arc<[PlainSegment]>> = Vec::new();
        for extractor in extractors {
            match &extractor.reads_json {
                ReadsJson::Nothing => {}
                ReadsJson::At(path) => wanted.push(path),
                ReadsJson::Whole => return Picked::default(),
            }
        }
        if wanted.is_empty() {
            return Picked::default();
        }
        let paths: Vec<&[PlainSegment]> = wanted.iter().map(|path| path.as_ref()).collect();
        let values = body.pick(&paths).unwrap_or_default();
        let named = wanted.into_iter().zip(values);
        Picked(
            named
                .filter_map(|(path, value)| Some((Arc::clone(path), value?)))
                .filter(|(path, value)| !(path.contains(&PlainSegment::Every) && is_empty_list(value)))
                .collect(),
        )
    }

    /// The value at the path of an extractor.
    pub(super) fn at(&self, path: &Arc<[PlainSegment]>) -> Option<&Value> {
        let found = self.0.iter().find(|(known, _)| Arc::ptr_eq(known, path));
        found.map(|(_, value)| value)
    }
}

/// Whether a path of many values selected none.
fn is_empty_list(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{Answer, extractor};
    use super::*;
    use crate::template::Scope;

    const BODY: &[u8] = br#"{"a": {"b": [{"c": 1.0}, {"c": [2]}, 3]}, "d": null}"#;

    /// What every extractor gives, in words: with what was read ahead, and without.
    fn both(paths: &[&str], body: &[u8]) -> (Vec<String>, Vec<String>) {
        let answer = Answer::with_body("application/json", body);
        let extractors: Vec<Extractor> = paths
            .iter()
            .map(|path| extractor(&format!("json: \"{path}\"")))
            .collect();
        let picked = Picked::read(&answer.body, extractors.iter());
        let told = |picked: Option<&Picked>| {
            let message = super::super::Message {
                picked,
                ..answer.message()
            };
            let each = extractors.iter();
            each.map(|it| format!("{:?}", it.extract(&message, &Scope::new())))
                .collect()
        };
        (told(Some(&picked)), told(None))
    }

    #[test]
    fn plain_paths_need_no_tree() {
        let answer = Answer::with_body("application/json", BODY);
        let extractors = ["json: $.a.b[0].c", "json: $.a.b[*].c", "status: true"].map(extractor);
        assert_eq!(Picked::read(&answer.body, extractors.iter()).0.len(), 2);
        let extractors = ["json: $.d", "json: $..c"].map(extractor);
        assert!(Picked::read(&answer.body, extractors.iter()).0.is_empty());
    }

    #[test]
    fn what_is_missing_or_no_json_is_told_as_ever() {
        for body in [BODY, b"{\"a\": 1, \"d\": 2", b"<html>", b""] {
            let (ahead, plain) = both(&["$.a.x", "$.d", "$.a.b[9]", "$.a[*]"], body);
            assert_eq!(ahead, plain);
        }
    }

    proptest! {
        #[test]
        fn an_extractor_gives_the_same(
            paths in proptest::collection::vec(r"\$(\.[abcd]|\[[0-3]\]|\[\*\]|\.\*|\[-1\]){0,4}", 1..4),
            cut in 0..=BODY.len(),
        ) {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            for body in [BODY, &BODY[..cut]] {
                let (ahead, plain) = both(&paths, body);
                prop_assert_eq!(ahead, plain);
            }
        }
    }
}
