//! Quoting in shells and in the languages that quote as they do.

/// The text as it stands between the quotes of each style.
pub(super) fn quotings(text: &str) -> Vec<String> {
    let debug = format!("{text:?}");
    vec![
        // POSIX shells: single quotes, left for an escaped one, or for one in double quotes.
        in_quotes(text),
        text.replace('\'', "'\"'\"'"),
        // POSIX shells: double quotes.
        backslashed(text, "\\\"$`"),
        // Languages with backslash escapes in single quotes.
        backslashed(text, "\\'"),
        // YAML, SQL and PowerShell in single quotes; CSV in double quotes.
        text.replace('\'', "''"),
        text.replace('"', "\"\""),
        // Rust's `Debug`, in whose errors texts are quoted.
        debug[1..debug.len() - 1].to_owned(),
    ]
}

/// The text between single quotes of a POSIX shell, which it leaves for an escaped one.
pub(super) fn in_quotes(text: &str) -> String {
    text.replace('\'', "'\\''")
}

fn backslashed(text: &str, special: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if special.contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
