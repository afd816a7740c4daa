//! The answer's body, cut to a screenful around what failed.

use super::Page;
use super::paint::{BAD, FAINT};
use crate::json;
use crate::outcome::{Payload, PayloadKind};
use crate::report::located;
use crate::report::text::{count, fit, safe, size};
use crate::untrusted;

/// The most lines of a body that are shown.
const SCREENFUL: usize = 20;

/// The lines shown before the one a path leads to, where both ends are cut.
const BEFORE: usize = 8;

/// The body with a heading. Where `path` leads somewhere in it, or part of the way, it is cut around that line, which
/// then has a mark.
pub(super) fn lines(body: &Payload, path: Option<&str>, page: Page) -> Vec<String> {
    let (text, marked) = match body.kind {
        PayloadKind::Binary => return vec![format!("  body       {} of binary data", size(body.size))],
        PayloadKind::Text => (untrusted::block(&body.text).into_owned(), None),
        PayloadKind::Json => match json::parse(body.text.as_bytes()) {
            Ok(value) => {
                let marked = path.and_then(|path| located::line(&value, path));
                (json::pretty(&value), marked)
            }
            // A body that was cut is no JSON any more.
            Err(_) => (untrusted::block(&body.text).into_owned(), None),
        },
    };
    if text.is_empty() {
        return vec!["  body       empty".to_owned()];
    }
    let all: Vec<&str> = text.lines().collect();
    let start = marked
        .unwrap_or(0)
        .saturating_sub(BEFORE)
        .min(all.len().saturating_sub(SCREENFUL));
    let end = (start + SCREENFUL).min(all.len());

    let mut lines = vec![format!("  body       {}", size(body.size))];
    let faint = |text: String| format!("    {}", page.paint.with(FAINT, &text));
    if start > 0 {
        lines.push(faint(format!("… {} before", count(start, "line"))));
    }
    for (at, line) in (start..end).zip(&all[start..end]) {
        let line = fit(&safe(line), page.width.saturating_sub(4));
        lines.push(if marked == Some(at) {
            page.paint.with(BAD, &format!("  > {line}"))
        } else {
            format!("    {line}")
        });
    }
    match (all.len() - end, body.cut) {
        (0, false) => {}
        (0, true) => lines.push(faint("… and more".to_owned())),
        (left, false) => lines.push(faint(format!("… {}", count(left, "more line")))),
        (left, true) => lines.push(faint(format!("… {} and more", count(left, "more line")))),
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Verbosity;
    use crate::report::terminal::paint::Paint;
    use serde_json::{Value, json};

    const PAGE: fn() -> Page = || Page {
        width: 60,
        paint: Paint::new(false),
        verbosity: Verbosity::Normal,
    };

    fn payload(value: &Value) -> Payload {
        let text = value.to_string();
        Payload {
            kind: PayloadKind::Json,
            size: text.len() as u64,
            text,
            cut: false,
        }
    }

    #[test]
    fn a_long_body_is_cut_around_the_line() {
        let value = json!((0..100).collect::<Vec<_>>());
        let drawn = lines(&payload(&value), Some("$[50]"), PAGE());
        assert_eq!(drawn[1], "    … 43 lines before");
        assert!(drawn.contains(&"  >   50,".to_owned()), "{drawn:?}");
        assert_eq!(drawn.last().map(String::as_str), Some("    … 39 more lines"));
        assert_eq!(drawn.len(), SCREENFUL + 3);
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_came() {
        let body = Payload {
            kind: PayloadKind::Json,
            text: "{\"a\": \u{1b}[2J".to_owned(),
            size: 5000,
            cut: true,
        };
        assert_eq!(
            lines(&body, Some("$.a"), PAGE()),
            ["  body       5.0 KB", "    {\"a\": \\u{1b}[2J", "    … and more"]
        );
    }
}
