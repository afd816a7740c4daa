//! What a mistake in syntax most likely is, read from the lines around the spot where the parser gave up.

use std::ops::Range;

/// A line such as `GET /x`, with the colon it lacks: what was probably meant.
pub(super) fn missing_colon(line: &str) -> Option<String> {
    let entry = content(line).1;
    let (key, value) = entry.split_once(' ').unwrap_or((entry, ""));
    let is_key = |character: char| character.is_alphanumeric() || "_-$.[]*".contains(character);
    if key.is_empty() || !key.chars().all(is_key) || entry.contains(": ") || entry.ends_with(':') {
        return None;
    }
    Some(match value.trim() {
        "" => format!("{key}:"),
        value => format!("{key}: {value}"),
    })
}

/// The line above the one that starts at `start`, if it stands in the same column and lacks its colon: what was
/// probably meant, and where it is. YAML reads both lines as one text, and stumbles over the second one's colon.
pub(super) fn missing_colon_above(text: &str, start: usize) -> Option<(String, Range<usize>)> {
    let above = text[..start].strip_suffix('\n')?;
    let line_start = above.rfind('\n').map_or(0, |at| at + 1);
    let (column, entry) = content(&above[line_start..]);
    let here = text[start..].lines().next().unwrap_or_default();
    let meant = missing_colon(entry).filter(|_| content(here).0 == column)?;
    let at = line_start + column;
    Some((meant, at..at + entry.len()))
}

/// A column in which lines above continue: its number from 1, the line's number, and how the line starts there.
struct Column {
    column: usize,
    line: usize,
    word: String,
}

/// Which columns a line at `offset` could start in, told with the lines that have them.
pub(super) fn columns(text: &str, offset: usize) -> Option<String> {
    let line_start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let indentation = text[line_start..].len() - text[line_start..].trim_start_matches(' ').len();
    let mut open: Vec<Column> = Vec::new();
    for (index, line) in text[..line_start]
        .lines()
        .enumerate()
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
    {
        let (outer, entry) = content(line);
        if entry.is_empty() || entry.starts_with('#') {
            continue;
        }
        let dash = line.len() - line.trim_start_matches(' ').len();
        // From the innermost: a key behind a dash, and then the dash, both further left than what is known already.
        for column in [outer, dash] {
            if open.last().is_none_or(|inner| column + 1 < inner.column) {
                let word = line[column..].split([' ', ':']).next().unwrap_or_default();
                let word = if word == "-" { &line[column..] } else { word };
                open.push(Column {
                    column: column + 1,
                    line: index + 1,
                    word: word.split(':').next().unwrap_or_default().to_owned(),
                });
            }
        }
        if open.last().is_some_and(|column| column.column == 1) {
            break;
        }
    }
    open.sort_by_key(|column| column.column.abs_diff(indentation + 1));
    let told: Vec<String> = open
        .iter()
        .filter(|column| column.column != indentation + 1)
        .take(2)
        .map(|Column { column, line, word }| format!("in column {column} like `{word}` in line {line}"))
        .collect();
    (!told.is_empty()).then(|| format!("start it {}", told.join(", or ")))
}

/// The quote that opened the text which ends in front of `offset`, if it opened on an earlier line.
pub(super) fn quote_of_an_earlier_line(text: &str, offset: usize) -> Option<Range<usize>> {
    let before = text[..offset].trim_end_matches(' ');
    let quote = before.chars().last().filter(|last| matches!(last, '"' | '\''))?;
    let inner = &before[..before.len() - 1];
    let open = inner.rfind(quote)?;
    inner[open..].contains('\n').then_some(open..open + 1)
}

/// What stands in a line behind its indentation and dashes, with the byte it starts at.
fn content(line: &str) -> (usize, &str) {
    let mut rest = line.trim_start_matches(' ');
    while let Some(entry) = rest.strip_prefix("- ") {
        rest = entry.trim_start_matches(' ');
    }
    (line.len() - rest.len(), rest.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_its_colon_is_told_with_it() {
        for (line, meant) in [
            ("    GET /x", Some("GET: /x")),
            ("  - status 200", Some("status: 200")),
            ("expect", Some("expect:")),
            ("a: b", None),
            ("  \"a b\"", None),
            ("", None),
        ] {
            assert_eq!(missing_colon(line).as_deref(), meant, "{line}");
        }
    }

    #[test]
    fn the_line_above_is_blamed_only_where_it_stands_in_the_same_column() {
        let text = "expect:\n  status 200\n  $.a: 1\n";
        let start = text.find("  $").expect("there");
        assert_eq!(
            missing_colon_above(text, start),
            Some(("status: 200".to_owned(), 10..20))
        );
        assert_eq!(missing_colon_above("a: b\n  c: d", 5), None);
        assert_eq!(missing_colon_above("a: b", 0), None);
    }

    #[test]
    fn the_nearest_columns_come_first() {
        let text = "collection: a\nsteps:\n  - name: x\n\n    # why\n    GET: /x\n   expect: 1\n";
        let told = columns(text, text.find("expect").expect("there"));
        assert_eq!(
            told.as_deref(),
            Some("start it in column 5 like `GET` in line 6, or in column 3 like `- name` in line 3")
        );
        assert_eq!(columns("a", 0), None);
    }

    #[test]
    fn a_quote_is_found_where_it_opened() {
        let text = "a: \"x\nb: \"y\"";
        let at = text.rfind('y').expect("there");
        assert_eq!(quote_of_an_earlier_line(text, at), Some(3..4));
        assert_eq!(quote_of_an_earlier_line("a: \"x\"y", 6), None);
    }
}
