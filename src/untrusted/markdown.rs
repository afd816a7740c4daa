//! Text in Markdown, where it shows as it is: no markup, no mention of a person, no reference to an issue.

use super::line;

/// A text on one line as a code span, also within a table; nothing for a text without anything to show.
pub fn code_span(text: &str) -> String {
    let text = line(text.trim());
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // A backtick at an end would join the fence.
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

/// The line before and after a text that makes a code block of it: more backticks than stand in it anywhere.
pub fn code_fence(text: &str) -> String {
    "`".repeat(longest_run(text).max(2) + 1)
}

/// How many backticks stand in a row at most.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_code() {
        assert_eq!(code_span("a `b`` c|d"), "```a `b`` c\\|d```");
        assert_eq!(code_span("`"), "`` ` ``");
        assert_eq!(code_span(" a\nb "), "`a\\nb`");
        assert_eq!(code_span(""), "");
        assert_eq!(code_fence("a"), "```");
        assert_eq!(code_fence("````\n</details>"), "`````");
    }
}
