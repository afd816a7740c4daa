//! `schema: file`: a value that a JSON Schema describes.

use std::path::Path;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ReferencingError, ValidationError, Validator};
use serde_json::Value;

use super::{Context, Finding, Judgement, Match, MatcherKind};
use crate::decode::Decoder;
use crate::json;
use crate::json::path::{Location, Segment};
use crate::registry::Entry;
use crate::source::Root;
use crate::yaml::Node;

mod retriever;

use retriever::ProjectFiles;

pub(super) const KIND: MatcherKind = MatcherKind {
    entry: Entry {
        name: "schema",
        summary: "a value that this JSON Schema file describes; formats are checked, and `$ref` may lead to other files of the project",
        example: "schema: schemas/customer.json",
    },
    parse: |node: &Node, decoder: &mut Decoder<'_>| {
        decode(node, decoder).map(|schema| Box::new(schema) as Box<dyn Match>)
    },
};

/// The most violations a report lists.
const VIOLATIONS: usize = 20;
/// The most characters of a value in a violation.
const VALUE: usize = 80;

#[derive(Debug)]
struct Schema {
    shown: String,
    validator: Validator,
}

/// The word that stands for the API's own description, instead of a file of a schema.
const OPENAPI: &str = "openapi";

fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Schema> {
    if node.as_str() == Some(OPENAPI) {
        decoder.error(&node.place, format!("`{OPENAPI}` is not there yet"));
        return None;
    }
    let (path, bytes) = decoder.file_bytes(node, "the schema")?;
    let shown = decoder.root().shown(&path);
    let schema = match json::parse(&bytes) {
        Ok(schema) => schema,
        Err(error) => {
            decoder.error(&node.place, format!("cannot read {shown}: {error}"));
            return None;
        }
    };
    // The validator asks for other files while it is built, and wants to own whom it asks.
    let root = match decoder.root().again() {
        Ok(root) => root,
        Err(error) => {
            decoder.error(&node.place, error.to_string());
            return None;
        }
    };
    match compile(&schema, &path, root) {
        Ok(validator) => Some(Schema { shown, validator }),
        Err(error) => {
            decoder.error(
                &node.place,
                format!("{shown} is not a usable JSON Schema: {error}"),
            );
            None
        }
    }
}

fn compile(schema: &Value, path: &Path, root: Root) -> Result<Validator, String> {
    jsonschema::options()
        .with_base_uri(retriever::uri(path))
        .with_retriever(ProjectFiles::new(root, path))
        .should_validate_formats(true)
        .build(schema)
        .map_err(|error| match (error.kind(), error.instance_path().as_str()) {
            (ValidationErrorKind::Referencing(ReferencingError::Unretrievable { uri, source }), _) => {
                format!(
                    "`$ref` to {}: {source}",
                    uri.trim_start_matches(retriever::PREFIX)
                )
            }
            (_, "") => error.to_string(),
            (_, pointer) => format!("{error} at {pointer}"),
        })
}

impl Match for Schema {
    fn describe(&self) -> String {
        format!("as {} describes it", self.shown)
    }

    fn check(&self, actual: &Value, _context: &Context<'_>) -> Judgement {
        let mut violations = self.validator.iter_errors(actual);
        let mut told: Vec<String> = violations
            .by_ref()
            .take(VIOLATIONS)
            .map(|violation| describe(&violation, actual))
            .collect();
        if told.is_empty() {
            return Judgement::Holds;
        }
        let more = violations.count();
        if more > 0 {
            told.push(format!("and {more} more"));
        }
        Finding::new(self.describe(), actual).hint(told.join("; ")).into()
    }
}

fn describe(violation: &ValidationError<'_>, actual: &Value) -> String {
    let path = location(violation.instance_path().as_str(), actual);
    let value = json::short(violation.instance(), VALUE);
    format!("{path}: {}", violation.masked_with(value))
}

/// The path of a JSON Pointer (RFC 6901) into a value.
fn location(pointer: &str, root: &Value) -> Location {
    let mut segments = Vec::new();
    let mut at = Some(root);
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        let index = at
            .and_then(Value::as_array)
            .and_then(|_| name.parse::<usize>().ok());
        at = match index {
            Some(index) => at.and_then(|value| value.get(index)),
            None => at.and_then(|value| value.get(&name)),
        };
        segments.push(match index {
            Some(index) => Segment::from(index),
            None => Segment::from(name.as_str()),
        });
    }
    Location::from(segments)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use serde_json::Value;
    use tempfile::TempDir;

    use super::super::{Context, Expectation, Judgement};
    use crate::decode::testing::decode_in;
    use crate::template::Scope;

    fn project(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        folder
    }

    fn judge(folder: &Path, json: &str) -> Judgement {
        let expectation =
            decode_in(folder, "schema: schemas/a.json", Expectation::decode).expect("a sound schema");
        let actual: Value = serde_json::from_str(json).expect("JSON");
        expectation.check(&actual, &Context::new(&Scope::new()))
    }

    fn complaint(files: &[(&str, &str)]) -> String {
        let folder = project(files);
        let wrong = decode_in(folder.path(), "schema: schemas/a.json", Expectation::decode);
        wrong.expect_err("something is wrong with it").join("\n")
    }

    #[test]
    fn violations_are_told_by_path() {
        let schema = r#"{"properties":{"ids":{"items":{"type":"integer"}},"mail":{"type":"string","format":"email"}},"required":["mail"]}"#;
        let folder = project(&[("schemas/a.json", schema)]);
        assert_eq!(
            judge(folder.path(), r#"{"mail":"jo@example.com","ids":[1]}"#),
            Judgement::Holds
        );
        let Judgement::Mismatch(finding) = judge(folder.path(), r#"{"mail":"jo","ids":[1,"2"]}"#) else {
            panic!("two violations");
        };
        assert_eq!(finding.expected, "as schemas/a.json describes it");
        let hint = finding.hint.expect("violations");
        assert!(
            hint.contains("$.ids[1]: \"2\" is not of type \"integer\""),
            "{hint}"
        );
        assert!(hint.contains("$.mail: \"jo\" is not a \"email\""), "{hint}");
    }

    #[test]
    fn numbers_are_exact() {
        let folder = project(&[(
            "schemas/a.json",
            r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","maximum":9007199254740992}"#,
        )]);
        assert_eq!(judge(folder.path(), "9007199254740992"), Judgement::Holds);
        assert!(matches!(
            judge(folder.path(), "9007199254740993"),
            Judgement::Mismatch(_)
        ));
    }

    #[test]
    fn references_lead_to_files_of_the_project() {
        let folder = project(&[
            (
                "schemas/a.json",
                r#"{"$ref":"../shared/b c.json#/$defs/id"}"#.replace("b c", "b%20c").as_str(),
            ),
            ("shared/b c.json", r#"{"$defs":{"id":{"type":"integer"}}}"#),
        ]);
        assert_eq!(judge(folder.path(), "1"), Judgement::Holds);
        assert!(matches!(judge(folder.path(), "\"1\""), Judgement::Mismatch(_)));
    }

    #[test]
    fn references_lead_nowhere_else() {
        let elsewhere = "leads only to files of the project";
        for (reference, reason) in [
            ("https://example.com/b.json", elsewhere),
            ("file:///etc/hostname", elsewhere),
            ("missing.json", "`$ref` to schemas/missing.json: cannot read"),
        ] {
            let text = format!(r#"{{"$ref":"{reference}"}}"#);
            let wrong = complaint(&[("schemas/a.json", &text)]);
            assert!(wrong.contains(reason), "{wrong}");
            assert!(
                wrong.starts_with("1:9: schemas/a.json is not a usable JSON Schema"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn mistakes_in_a_schema_are_told() {
        assert!(complaint(&[("schemas/a.json", r#"{"type":"strnig"}"#)]).contains("strnig"));
        assert!(complaint(&[("schemas/a.json", "{")]).contains("cannot read schemas/a.json"));
        assert!(!complaint(&[("schemas/b.json", "{}")]).is_empty());
    }
}
