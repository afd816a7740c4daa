//! Text measured in columns, cut to what there is room for, and amounts as people read them.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::untrusted;

/// How many columns a text takes.
pub(super) fn columns(text: &str) -> usize {
    // Of plain text, which most is, each byte takes one.
    if text
        .bytes()
        .fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
    {
        return text.len();
    }
    text.width()
}

/// Text from outside on one line, a tab as spaces.
pub(super) fn safe(text: &str) -> String {
    if text.contains('\t') {
        return untrusted::line(&text.replace('\t', "    ")).into_owned();
    }
    untrusted::line(text).into_owned()
}

/// At most the first `width` columns of a text, with `…` where something is cut off.
pub(super) fn fit(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut kept = take(text.chars(), width.saturating_sub(1));
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// At most the last `width` columns of a text, with `…` where something is cut off.
pub(super) fn fit_end(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let kept = take(text.chars().rev(), width.saturating_sub(1));
    let mark = if width > 0 { "…" } else { "" };
    mark.chars().chain(kept.chars().rev()).collect()
}

fn take(characters: impl Iterator<Item = char>, width: usize) -> String {
    let mut left = width;
    characters
        .map_while(|character| {
            left = left.checked_sub(character.width().unwrap_or(0))?;
            Some(character)
        })
        .collect()
}

/// A text cut or filled with spaces to exactly `width` columns.
pub(super) fn exactly(text: &str, width: usize) -> String {
    let mut text = fit(text, width);
    let missing = width.saturating_sub(columns(&text));
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

/// A size in bytes: `512 B`, `41.3 KB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut scaled = bytes as f64 / 1000.0;
    let mut unit = 0;
    // What would round to 1000.0 is one of the next unit.
    while scaled >= 999.95 && unit + 1 < UNITS.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    format!("{scaled:.1} {}", UNITS[unit])
}

/// Microseconds as seconds: `0.212s`.
pub(super) fn seconds(microseconds: u64) -> String {
    format!("{:.3}s", microseconds as f64 / 1_000_000.0)
}

/// A count with its noun: `1 step`, `2 steps`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_decimal_and_never_show_a_thousand() {
        for (bytes, shown) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 KB"),
            (41_300, "41.3 KB"),
            (999_949, "999.9 KB"),
            (999_950, "1.0 MB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit_end("日本語", 4), "…語");
        assert_eq!(exactly("日本", 5), "日本 ");
    }

    proptest! {
        #[test]
        fn what_is_fitted_fits(text in "\\PC{0,30}", width in 0usize..20) {
            let text = safe(&text);
            // Sequences such as emoji may take other columns together than one by one.
            prop_assume!(text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>() == columns(&text));
            prop_assert!(columns(&fit(&text, width)) <= width);
            prop_assert!(columns(&fit_end(&text, width)) <= width);
            prop_assert_eq!(columns(&exactly(&text, width)), width);
        }
    }
}
