//! The line that counts what was found.

/// `2 errors, 1 warning`; what there is none of is not said, and nothing at all is `no errors`.
pub fn summary(errors: usize, warnings: usize) -> String {
    match (errors, warnings) {
        (0, 0) => "no errors".to_owned(),
        (errors, 0) => counted(errors, "error"),
        (0, warnings) => counted(warnings, "warning"),
        (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    }
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_said_in_words() {
        let said =
            [(0, 0), (1, 0), (2, 0), (0, 1), (1, 2)].map(|(errors, warnings)| summary(errors, warnings));
        assert_eq!(
            said,
            [
                "no errors",
                "1 error",
                "2 errors",
                "1 warning",
                "1 error, 2 warnings"
            ]
        );
    }
}
