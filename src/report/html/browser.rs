//! The page in a browser: headless Chromium, where this machine has one. Without it these tests say so and check nothing.

use std::process::{Command, Output};

use regex::Regex;

use crate::outcome::Event;
use crate::report::tests::{PLAIN, report, runs, with_texts};

mod chromium;
mod driven;

/// The names Chromium goes by.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// What the browser makes of a page at an address with this fragment: the document as it is then, and what was said
/// of it on the console. None without a browser.
fn opened(events: &[Event], fragment: &str) -> Option<(String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("report.html");
    std::fs::write(&page, report("html", events, &PLAIN)).expect("a page");
    let run = |name: &str| -> Option<Output> {
        Command::new(name)
            // As root, which CI often is, it does not start with its sandbox.
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--enable-logging=stderr",
            ])
            .arg(format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ))
            .args(["--virtual-time-budget=1000", "--dump-dom"])
            .arg(format!("file://{}#{fragment}", page.display()))
            .output()
            .ok()
    };
    let Some(output) = NAMES.iter().find_map(|name| run(name)) else {
        eprintln!("no Chromium on this machine: the page was not opened");
        return None;
    };
    assert!(output.status.success(), "{output:?}");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Some((text(output.stdout), text(output.stderr)))
}

/// The steps of a document: status, whether it is shown, whether it is unfolded.
fn steps(document: &str) -> Vec<(String, bool, bool)> {
    let details = Regex::new(r"<details [^>]*>").expect("a pattern");
    let status = Regex::new(r#"data-status="(\w+)""#).expect("a pattern");
    details
        .find_iter(document)
        .map(|tag| {
            let tag = tag.as_str();
            let status = status.captures(tag).expect("a status")[1].to_owned();
            (status, !tag.contains(" hidden=\"\""), tag.contains(" open=\"\""))
        })
        .collect()
}

fn shown(document: &str) -> Vec<String> {
    steps(document)
        .into_iter()
        .filter(|(_, shown, _)| *shown)
        .map(|(status, ..)| status)
        .collect()
}

#[test]
fn the_script_and_the_style_are_let_through_and_nothing_else_is_asked_for() {
    let Some((document, console)) = opened(&runs::every(), "") else {
        return;
    };
    assert!(
        document.contains("11 of 11 steps"),
        "the script has run:\n{document}"
    );
    for word in ["Content Security Policy", "CONSOLE", "Uncaught"] {
        assert!(!console.contains(word), "{console}");
    }
}

#[test]
fn a_fragment_filters_by_status_tag_and_text() {
    for (fragment, expected) in [
        ("status=failed", vec!["failed", "failed"]),
        ("status=failed,skipped", vec!["failed", "skipped", "failed"]),
        ("status=flaky", vec!["passed"]),
        ("tag=import", vec!["passed", "failed"]),
        ("tag=nightly", vec!["interrupted", "not_run"]),
        ("q=queued", vec!["passed"]),
        ("q=BOB+contacts&status=failed", vec!["failed"]),
        ("q=no+such+text", vec![]),
    ] {
        let Some((document, _)) = opened(&runs::every(), fragment) else {
            return;
        };
        assert_eq!(shown(&document), expected, "{fragment}");
        assert!(
            document.contains(&format!("{} of 11 steps", expected.len())),
            "{fragment}"
        );
        let says_nothing = document.contains("id=\"nothing\" class=\"card\" hidden");
        assert_eq!(says_nothing, !expected.is_empty(), "{fragment}");
    }
}

#[test]
fn a_fragment_unfolds_a_step() {
    for (fragment, unfolded) in [("s4", 1), ("s99", 0), ("status=failed&open", 2), ("open", 11)] {
        let Some((document, _)) = opened(&runs::every(), fragment) else {
            return;
        };
        let open = steps(&document).iter().filter(|(_, _, open)| *open).count();
        assert_eq!(open, unfolded, "{fragment}");
    }
}

#[test]
fn hostile_markup_does_nothing_in_a_browser() {
    let hostile = "'\"><img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
    let events = with_texts(&runs::every(), &|_, text| *text = hostile.to_owned());
    let Some((document, console)) = opened(&events, "") else {
        return;
    };
    assert!(document.contains("11 of 11 steps"));
    assert!(!document.contains("<img"), "{document}");
    assert!(!document.contains("<title>owned"), "{document}");
    assert!(!console.contains("Content Security Policy"), "{console}");
}
