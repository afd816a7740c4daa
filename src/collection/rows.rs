//! Data files of a `for`: CSV, JSON, JSON Lines and YAML, as rows that know their place in the file.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::decode::Decoder;
use crate::diagnostic::Diagnostic;
use crate::json;
use crate::registry;
use crate::source::{Place, Source};
use crate::yaml::{self, Key, Node};

/// The largest data file, in bytes.
const DATA_LIMIT: u64 = 10 * 1024 * 1024;

/// One value that a round is run with.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) value: Value,
    /// Where it stands in its data file; none for what stands in the sheet itself.
    pub(super) place: Option<Place>,
}

/// How a data file is written; by the key that names it.
type Read = fn(&Arc<Source>, &mut Decoder<'_>) -> Option<Vec<Row>>;

const FORMATS: [(&str, Read); 4] = [
    ("csv", read_csv),
    ("json", read_json),
    ("jsonl", read_jsonl),
    ("yaml", read_yaml),
];

/// True for the keys that name a data file.
pub(super) fn is_format(name: &str) -> bool {
    FORMATS.iter().any(|(known, _)| *known == name)
}

/// The data file that `{ format: path }` names, with its rows.
pub(super) fn decode(entry: (&Key, &Node), decoder: &mut Decoder<'_>) -> Option<(PathBuf, Vec<Row>)> {
    let (key, node) = entry;
    let Some((_, read)) = FORMATS.iter().find(|(name, _)| *name == key.name()) else {
        let known = FORMATS.iter().map(|(name, _)| *name);
        let help = registry::suggestion(key.name(), known).unwrap_or_default();
        decoder.error_with_help(
            &key.place,
            format!("unknown form of data file `{}`", key.name()),
            help,
        );
        return None;
    };
    let path = decoder.path(node, "a data file")?;
    match decoder.root().read_text(&path, DATA_LIMIT) {
        Ok(source) => read(&source, decoder).map(|rows| (path, rows)),
        Err(error) => {
            decoder.error(&node.place, error.to_string());
            None
        }
    }
}

/// CSV as RFC 4180 has it: the first record names the fields, and every value is a text.
fn read_csv(source: &Arc<Source>, decoder: &mut Decoder<'_>) -> Option<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(source.text.as_bytes());
    let mut names: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    let mut whole = true;
    let mut record = csv::StringRecord::new();
    let mut start = 0;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                // The text is UTF-8 and fields may be of any number, so nothing is known to come here.
                decoder.error(&Place::new(source, start..start), error.to_string());
                return None;
            }
        }
        let end = usize::try_from(reader.position().byte()).unwrap_or(source.text.len());
        let place = Place::new(source, trimmed(&source.text, start..end));
        start = end;
        // The reader takes what follows an open quote for one value, other rows among it.
        if place.text().matches('"').count() % 2 == 1 {
            decoder.error_with_help(
                &first_line(&place),
                "a quote in this row is never closed",
                "a value with a quote in it stands in quotes, and its own quotes are written twice",
            );
            return None;
        }
        let Some(names) = &names else {
            names = Some(header(&record, &place, decoder)?);
            continue;
        };
        if record.len() == names.len() {
            let fields = names
                .iter()
                .cloned()
                .zip(record.iter().map(|field| Value::String(field.to_owned())));
            rows.push(Row {
                value: Value::Object(fields.collect()),
                place: Some(place),
            });
        } else {
            whole = false;
            let count = |count: usize| match count {
                1 => "1 field".to_owned(),
                count => format!("{count} fields"),
            };
            decoder.error_with_help(
                &place,
                format!(
                    "this row has {}, and the first line names {}",
                    count(record.len()),
                    names.len()
                ),
                "a comma inside a value needs quotes around the value",
            );
        }
    }
    if names.is_none() {
        decoder.error_with_help(
            &Place::new(source, 0..0),
            "an empty CSV file",
            "its first line names the fields",
        );
        return None;
    }
    whole.then_some(rows)
}

fn first_line(place: &Place) -> Place {
    let end = place.text().lines().next().map_or(0, str::len);
    Place::new(&place.source, place.span.start..place.span.start + end)
}

/// The names of the fields, each of them there once.
fn header(record: &csv::StringRecord, place: &Place, decoder: &mut Decoder<'_>) -> Option<Vec<String>> {
    let names: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
    for (index, name) in names.iter().enumerate() {
        let wrong = if name.is_empty() {
            format!("field {} has no name", index + 1)
        } else if names[..index].contains(name) {
            format!("a second field named `{name}`")
        } else {
            continue;
        };
        decoder.error_with_help(place, wrong, "the first line of a CSV file names its fields");
        return None;
    }
    Some(names)
}

/// A JSON list; each of its elements is a row.
fn read_json(source: &Arc<Source>, decoder: &mut Decoder<'_>) -> Option<Vec<Row>> {
    let elements = match json::parse_elements(&source.text) {
        Ok(elements) => elements,
        Err(error) => {
            refuse_json(source, 1, &error, decoder);
            return None;
        }
    };
    let rows = elements.into_iter().map(|(range, value)| Row {
        value,
        place: Some(Place::new(source, range)),
    });
    Some(rows.collect())
}

/// A JSON value a line; blank lines are passed over.
fn read_jsonl(source: &Arc<Source>, decoder: &mut Decoder<'_>) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    let mut whole = true;
    let mut start = 0;
    for (index, line) in source.text.split_inclusive('\n').enumerate() {
        let range = trimmed(&source.text, start..start + line.len());
        start += line.len();
        if range.is_empty() {
            continue;
        }
        // From the line's start, so that the reader's columns are the file's.
        match json::parse(line.trim_end().as_bytes()) {
            Ok(value) => rows.push(Row {
                value,
                place: Some(Place::new(source, range)),
            }),
            Err(error) => {
                whole = false;
                refuse_json(source, index + 1, &error, decoder);
            }
        }
    }
    whole.then_some(rows)
}

/// A YAML list; each of its elements is a row.
fn read_yaml(source: &Arc<Source>, decoder: &mut Decoder<'_>) -> Option<Vec<Row>> {
    let tree = yaml::parse(source, decoder.diagnostics)?;
    let Some(items) = tree.as_list() else {
        decoder.expected(&tree, "a list of rows");
        return None;
    };
    let rows = items.iter().map(|item| Row {
        value: item.to_json(),
        place: Some(item.place.clone()),
    });
    Some(rows.collect())
}

/// Notes what the JSON reader says, whose first line is this one of the file.
fn refuse_json(source: &Arc<Source>, first_line: usize, error: &json::JsonError, decoder: &mut Decoder<'_>) {
    let line = source.line(first_line + error.line - 1).unwrap_or_default();
    let column = source.text[line.clone()]
        .char_indices()
        .nth(error.column - 1)
        .map_or(line.end, |(at, _)| line.start + at);
    decoder
        .diagnostics
        .push(Diagnostic::error(error.message.clone()).at(&Place::new(source, column..column)));
}

/// The range without the white space around its text.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}
