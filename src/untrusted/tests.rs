//! What is shown never acts, and what is harmless is shown unchanged.

use super::*;
use proptest::prelude::*;
use std::borrow::Cow;

/// Characters that act: a list of its own, from the names in the Unicode standard.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
            | '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
            | '\u{e0000}'..='\u{e007f}')
}

#[test]
fn escapes_are_visible() {
    for (text, shown) in [
        ("plain é ✓ ❤\u{fe0f} \\n", "plain é ✓ ❤\u{fe0f} \\n"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\u{1b}[2J\0\u{7f}\u{85}", "\\u{1b}[2J\\u{0}\\u{7f}\\u{85}"),
        ("user\u{202e}txt.exe", "user\\u{202e}txt.exe"),
        ("a\u{2028}b\u{200b}c\u{e0041}", "a\\u{2028}b\\u{200b}c\\u{e0041}"),
    ] {
        assert_eq!(line(text), shown);
    }
    assert_eq!(block("a\r\nb\tc\rd\n\u{1b}"), "a\nb\tc\\rd\n\\u{1b}");
    assert_eq!(
        bytes_line(b"a\xff\xc3\xa9\xed\xa0\x80\n"),
        "a\\xffé\\xed\\xa0\\x80\\n"
    );
    assert_eq!(bytes_block(b"a\xc3\r\nb"), "a\\xc3\nb");
}

#[test]
fn every_byte_is_shown() {
    for byte in 0..=u8::MAX {
        for shown in [
            bytes_line(&[byte]),
            bytes_line(&[b'a', byte, b'z']),
            bytes_block(&[byte]),
        ] {
            assert!(!shown.is_empty());
            assert!(
                shown
                    .chars()
                    .all(|character| !acts(character) || "\n\t".contains(character)),
                "{byte}"
            );
        }
        assert!(!bytes_line(&[byte]).contains(['\n', '\t']));
    }
}

#[test]
fn every_character_that_acts_is_escaped() {
    for character in (char::MIN..=char::MAX).filter(|character| acts(*character)) {
        let text = format!("a{character}z");
        assert!(!line(&text).contains(character), "{:x}", u32::from(character));
        assert_eq!(block(&text).contains(character), matches!(character, '\n' | '\t'));
    }
}

#[test]
fn xml_holds_only_what_xml_allows() {
    assert_eq!(xml("a\tb\n<&>é\u{10ffff}"), "a\tb\n<&>é\u{10ffff}");
    assert_eq!(
        xml("a\0\u{1b}\u{fffe}\u{ffff}b"),
        "a\\u{0}\\u{1b}\\u{fffe}\\u{ffff}b"
    );
}

#[test]
fn a_cut_says_how_much_is_missing() {
    assert_eq!(cut("ééé", 3), "ééé");
    assert_eq!(cut("ééé", 2), "éé… (1 more character)");
    assert_eq!(cut("abc", 0), "… (3 more characters)");
}

#[test]
fn commands_are_guarded_and_other_text_is_not() {
    for (text, guarded) in [
        ("::error::x", "\\::error::x"),
        ("a\n \t::set-output name=a::b", "a\n \t\\::set-output name=a::b"),
        ("a\r::debug::x", "a\r\\::debug::x"),
        ("##[group]x", "##\\[group]x"),
        ("a ##[add-path]x ##[b]", "a ##\\[add-path]x ##\\[b]"),
        (
            "see ##vso[task.setvariable variable=a]b",
            "see ##vso\\[task.setvariable variable=a]b",
        ),
        (
            "##teamcity[testFailed name='a']",
            "##teamcity\\[testFailed name='a']",
        ),
        ("###[x]", "###\\[x]"),
        ("\u{200b}:\u{200b}:add-mask::x", "\u{200b}\\:\u{200b}:add-mask::x"),
        ("##\u{ad}[add-mask]x", "##\u{ad}\\[add-mask]x"),
    ] {
        assert_eq!(guard_ci(text), guarded);
        assert_eq!(guard_ci(guarded), guarded, "a guard needs no guard");
    }
    for text in [
        "a::b::c",
        "std::fmt",
        ": :",
        "# [a]",
        "## Title [link]",
        "#[derive]",
        "a: [1]",
        "[x]##",
    ] {
        assert!(matches!(guard_ci(text), Cow::Borrowed(_)), "{text}");
    }
}

/// The runners' search for a command in a line, with characters without weight taken out first, as their
/// culture-sensitive comparison does, or left in. Any name counts as a registered command.
mod runner {
    pub(super) fn obeys(text: &str) -> bool {
        let weightless = |character: char| {
            character.is_control() && !character.is_whitespace()
                || matches!(
                    character,
                    '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{fe0f}'
                )
        };
        text.split(['\n', '\r']).any(|line| {
            let heavy: String = line.chars().filter(|character| !weightless(*character)).collect();
            [line, &heavy].into_iter().any(|line| {
                github(line)
                    || prefixed(line, "##[")
                    || prefixed(line, "##vso[")
                    || prefixed(line, "##teamcity[")
            })
        })
    }

    fn github(line: &str) -> bool {
        line.trim_start()
            .strip_prefix("::")
            .is_some_and(|rest| rest.contains("::"))
    }

    fn prefixed(line: &str, prefix: &str) -> bool {
        let lower = line.to_ascii_lowercase();
        lower
            .find(prefix)
            .is_some_and(|start| lower[start..].contains(']'))
    }
}

#[test]
fn the_runner_of_these_tests_obeys() {
    for text in [
        "::error::x",
        " ::a b=c::",
        "x\r::a::",
        "a ##[b]",
        "##VSO[a.b]",
        "##teamcity[a]",
        ":\u{200b}:a::",
    ] {
        assert!(runner::obeys(text), "{text}");
        assert!(!runner::obeys(&guard_ci(text)), "{text}");
    }
}

proptest! {
    #[test]
    fn no_line_acts(text in any::<String>()) {
        let shown = line(&text);
        prop_assert!(!shown.chars().any(acts));
        prop_assert_eq!(line(&shown), shown.as_ref());
        prop_assert_eq!(matches!(shown, Cow::Borrowed(_)), text == shown);
    }

    #[test]
    fn no_bytes_act(bytes in any::<Vec<u8>>()) {
        prop_assert!(!bytes_line(&bytes).chars().any(acts));
        prop_assert!(!bytes_block(&bytes).chars().any(|c| acts(c) && c != '\n' && c != '\t'));
        if let Ok(text) = std::str::from_utf8(&bytes) {
            prop_assert_eq!(bytes_line(&bytes), line(text));
        }
    }

    #[test]
    fn printable_text_is_borrowed(text in "[ -~é✓字]*") {
        for shown in [line(&text), block(&text), xml(&text), cut(&text, text.len())] {
            prop_assert!(matches!(shown, Cow::Borrowed(shown) if shown == text));
        }
    }

    #[test]
    fn no_runner_finds_a_command(
        text in "(::|:|#|##|\\[|\\]|vso|teamcity|[a-z. ]|\n|\r|\t|\u{ad}|\u{200b}|\u{85}|\\\\){0,24}"
    ) {
        let guarded = guard_ci(&text);
        prop_assert!(!runner::obeys(&guarded), "{:?} as {:?}", text, guarded);
        prop_assert!(!runner::obeys(&guard_ci(&line(&text))));
        prop_assert_eq!(guard_ci(&guarded), guarded.as_ref());
        prop_assert_eq!(guarded.replace('\\', ""), text.replace('\\', ""));
    }

    #[test]
    fn a_cut_keeps_a_beginning(text in any::<String>(), characters in 0..40_usize) {
        let kept: String = text.chars().take(characters).collect();
        prop_assert!(cut(&text, characters).starts_with(&kept));
    }
}
