//! The page: what it may load, what is text in it, how large it gets, and whether everybody can read it.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

use super::*;
use crate::outcome::{Event, PayloadKind, Status, StepFinished};
use crate::report::tests::{PLAIN, report, runs, with_texts};

/// The page of a run.
fn page_of(events: &[Event]) -> String {
    report("html", events, &PLAIN)
}

#[test]
fn the_page_loads_nothing_and_runs_only_its_own_script() {
    let page = page_of(&runs::every());
    let policy = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">",
        escaped(&policy(SCRIPT))
    );
    assert!(page.contains(&policy), "{policy}");
    let head = page.split_once("<style>").expect("a style").0;
    assert!(head.contains(&policy), "the policy stands before what it judges");
    // The digests are those of what stands in the page.
    for (tag, name) in [("style", "style-src"), ("script", "script-src")] {
        let (_, rest) = page.split_once(&format!("<{tag}>")).expect("it is there");
        let (text, _) = rest.split_once(&format!("</{tag}>")).expect("it ends");
        assert!(
            super::policy(SCRIPT).contains(&format!("{name} '{}'", digest(text))),
            "{tag} is not what the policy allows"
        );
        assert_eq!(page.matches(&format!("<{tag}")).count(), 1, "one {tag}");
    }
    // Nothing the policy would have to stop.
    for part in [
        " src=",
        " style=\"",
        "<link",
        "<img",
        "<iframe",
        "@import",
        "url(",
        " onclick",
    ] {
        assert!(!page.contains(part), "{part}");
    }
}

/// The markup of a page: every tag with the names of its attributes, without what only a text can change.
fn skeleton(page: &str) -> Vec<String> {
    let tag = Regex::new(r#"<(/?[a-zA-Z!][a-zA-Z0-9]*)((?:\s+[a-zA-Z-]+(?:="[^"]*")?)*)\s*/?>"#)
        .expect("a pattern");
    let attribute = Regex::new(r#"\s([a-zA-Z-]+)(?:="[^"]*")?"#).expect("a pattern");
    tag.captures_iter(page)
        .map(|found| {
            let names: Vec<&str> = attribute
                .captures_iter(&found[2])
                .map(|name| name.get(1).expect("a name").as_str())
                .collect();
            format!("{} {}", &found[1], names.join(" "))
        })
        .collect()
}

#[test]
fn markup_in_any_field_stays_text() {
    // One word, so that everything that is cut or split into lines by its length stays as it was.
    let hostile = "\"'><script>alert(1)</script><img/src=x/onerror=alert(1)><!--</style></title></pre>&lt;";
    for (name, events) in runs::all() {
        let with = |text: &str| {
            page_of(&with_texts(&events, &|is_json, field| {
                *field = if is_json { "[]".to_owned() } else { text.to_owned() };
            }))
        };
        let (harmless, poisoned) = (with(&"h".repeat(hostile.len())), with(hostile));
        let (harmless_tags, poisoned_tags) = (skeleton(&harmless), skeleton(&poisoned));
        for (poisoned, harmless) in poisoned_tags.iter().zip(&harmless_tags) {
            assert_eq!(poisoned, harmless, "{name}");
        }
        assert_eq!(poisoned_tags.len(), harmless_tags.len(), "{name}");
        assert!(poisoned.contains("&lt;script&gt;alert(1)"), "{name}");
        assert!(!poisoned.contains("<script>alert"), "{name}");
        assert!(!poisoned.contains("<img"), "{name}");
    }
}

#[test]
fn no_value_is_marked_as_safe_but_the_style_and_the_script() {
    for (name, template) in TEMPLATES {
        assert!(!template.contains("safe"), "{name} has no way around the door");
        assert!(!template.contains("autoescape"), "{name}");
    }
}

/// A run of many steps, each with a request and an answer of some size.
fn many(steps: usize) -> Vec<Event> {
    let mut events = runs::failed();
    let end = events
        .iter()
        .find_map(|event| match event {
            Event::StepFinished(finished) if finished.status == Status::Failed => {
                Some(StepFinished::clone(finished))
            }
            _ => None,
        })
        .expect("a failed step");
    let last = events.pop().expect("an end");
    events.retain(|event| matches!(event, Event::RunStarted(_)));
    let Event::RunStarted(started) = &mut events[0] else {
        unreachable!("the first event starts the run")
    };
    let started = Arc::make_mut(started);
    let step = started.cases[0].steps[0].clone();
    started.cases.truncate(1);
    started.cases[0].steps = (0..steps)
        .map(|number| {
            let mut step = step.clone();
            step.step = number;
            step.checks = end.checks.len();
            step
        })
        .collect();
    for number in 0..steps {
        let mut finished = end.clone();
        finished.step = number;
        // One in ten fails; most of a large run passes.
        if number % 10 > 0 {
            finished.status = Status::Passed;
            finished.checks.iter_mut().for_each(|check| {
                check.state = crate::outcome::CheckState::Held;
            });
        }
        let exchange = &mut finished.exchanges[0];
        let answer = exchange.response.as_mut().expect("an answer");
        answer.headers.extend((0..12).map(|header| {
            (
                format!("x-header-{header}"),
                "some value of a usual length".to_owned(),
            )
        }));
        let body = answer.body.as_mut().expect("a body");
        body.kind = PayloadKind::Text;
        body.text = "a long text of an answer, and more of it ".repeat(500);
        body.size = body.text.len() as u64;
        events.push(Event::StepFinished(Arc::new(finished)));
    }
    events.push(last);
    events
}

#[test]
fn a_thousand_steps_stay_below_five_megabytes() {
    let page = page_of(&many(1000));
    assert_eq!(page.matches("<details class=\"step").count(), 1000);
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    assert!(page.contains("more characters)"), "what is cut says so");
}

#[test]
fn a_larger_run_tells_in_full_what_did_not_pass_alone() {
    let page = page_of(&many(step::DETAILED + 1));
    assert_eq!(page.matches("<details class=\"step").count(), step::DETAILED + 1);
    let failed = page.matches("data-status=\"failed\"").count();
    assert!(failed > 0);
    assert_eq!(page.matches("class=\"exchange\"").count(), failed);
    assert!(page.contains("This run is large"));
    assert!(!page_of(&many(step::DETAILED)).contains("This run is large"));
}

/// The colours of the palette, in light and in dark.
fn palettes() -> [BTreeMap<String, [f64; 3]>; 2] {
    let variable = Regex::new(r"--([a-z_-]+): #([0-9a-f]{6});").expect("a pattern");
    let read = |css: &str| -> BTreeMap<String, [f64; 3]> {
        variable
            .captures_iter(css)
            .map(|found| {
                let channel = |at: usize| {
                    let value = u8::from_str_radix(&found[2][at..at + 2], 16).expect("a colour");
                    f64::from(value) / 255.0
                };
                (found[1].to_owned(), [channel(0), channel(2), channel(4)])
            })
            .collect()
    };
    let (light, rest) = STYLE
        .split_once("@media screen and (prefers-color-scheme: dark) {")
        .expect("a dark palette");
    let (dark, _) = rest.split_once("\n}\n").expect("its end");
    [read(light), read(dark)]
}

/// The contrast of two colours as WCAG 2 defines it, from 1 to 21.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let linear = colour.map(|channel| {
            if channel <= 0.04045 {
                channel / 12.92
            } else {
                ((channel + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn contrast_is_that_of_wcag() {
    let (black, white, grey) = ([0.0; 3], [1.0; 3], [119.0 / 255.0; 3]);
    assert!((contrast(black, white) - 21.0).abs() < 1e-9);
    assert!((contrast(grey, white) - 4.48).abs() < 0.01);
}

#[test]
fn every_text_has_enough_contrast_in_light_and_dark() {
    let tones = [
        "passed",
        "failed",
        "errored",
        "left_over",
        "interrupted",
        "skipped",
        "flaky",
    ];
    let phases = ["dns", "connect", "tls", "first_byte", "body"];
    let [light, dark] = palettes();
    assert_eq!(
        light.keys().collect::<Vec<_>>(),
        dark.keys().collect::<Vec<_>>(),
        "each colour has its counterpart"
    );
    for (palette, name) in [(&light, "light"), (&dark, "dark")] {
        let enough = |text: &str, ground: &str, least: f64| {
            let ratio = contrast(palette[text], palette[ground]);
            assert!(
                ratio >= least,
                "{name}: {text} on {ground} has {ratio:.2}, not {least}"
            );
        };
        // Text, at WCAG's AA.
        for ground in ["page", "card", "inset"] {
            enough("text", ground, 4.5);
            enough("faint", ground, 4.5);
            enough("link", ground, 4.5);
        }
        enough("text", "mark", 4.5);
        for tone in tones {
            let tint = format!("{tone}-tint");
            enough(tone, &tint, 4.5);
            enough(tone, "card", 4.5);
            // The headline of a step stands on its tint.
            enough("text", &tint, 4.5);
        }
        // What is drawn, against what it is drawn on.
        for drawn in tones.iter().chain(&phases) {
            enough(drawn, "inset", 3.0);
            enough(drawn, "card", 3.0);
        }
        // The edge of a field.
        enough("faint", "page", 3.0);
    }
}

#[test]
fn everything_has_a_name_and_a_role() {
    for (name, events) in runs::all() {
        is_usable_by_everybody(name, &page_of(&events));
    }
}

/// Holds a page to what a keyboard and a screen reader need.
fn is_usable_by_everybody(name: &str, page: &str) {
    let id = Regex::new(r#"\sid="([^"]+)""#).expect("a pattern");
    let mut ids: Vec<&str> = id
        .captures_iter(page)
        .map(|found| found.get(1).expect("an id").as_str())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{name}: every id is one");
    // What is named by another element, or leads to one, names one that is there.
    let pointer = Regex::new(r##"\s(?:aria-labelledby|aria-describedby)="([^"]+)"|\shref="#([^"]+)""##)
        .expect("a pattern");
    for found in pointer.captures_iter(page) {
        let target = found.get(1).or(found.get(2)).expect("a target").as_str();
        assert!(ids.contains(&target), "{name}: nothing is called {target}");
    }
    // One title of the first rank, and no rank left out on the way down.
    let heading = Regex::new(r"<h([1-6])").expect("a pattern");
    let ranks: Vec<usize> = heading
        .captures_iter(page)
        .map(|found| found[1].parse().expect("a rank"))
        .collect();
    assert_eq!(ranks.iter().filter(|rank| **rank == 1).count(), 1, "{name}");
    assert!(
        ranks.windows(2).all(|pair| pair[1] <= pair[0] + 1),
        "{name}: {ranks:?}"
    );
    let tags = |tag: &str| -> Vec<String> {
        Regex::new(&format!(r"<{tag}[\s>][^>]*>?"))
            .expect("a pattern")
            .find_iter(page)
            .map(|found| found.as_str().to_owned())
            .collect()
    };
    // What can be scrolled is reached by the keyboard and says what it is; a picture says so or is none.
    for tag in tags("pre") {
        assert!(
            tag.contains("tabindex=\"0\"") && tag.contains("aria-label="),
            "{name}: {tag}"
        );
    }
    for tag in tags("svg") {
        let is_named = tag.contains("role=\"img\"") && tag.contains("aria-label=");
        assert!(is_named || tag.contains("aria-hidden=\"true\""), "{name}: {tag}");
    }
    for tag in tags("th") {
        assert!(tag.contains("scope="), "{name}: {tag}");
    }
    for tag in tags("input").into_iter().chain(tags("select")) {
        let before = page.split_once(&tag).expect("it is there").0;
        let label = before.rfind("<label").expect("a label");
        assert!(
            !before[label..].contains("</label>"),
            "{name}: {tag} has no label"
        );
    }
    assert_eq!(tags("details").len(), tags("summary").len(), "{name}");
    assert!(page.contains("<html lang=\"en\">") && page.contains("<main") && page.contains("aria-live="));
}

#[test]
fn what_is_ours_is_changed_by_no_guard() {
    for text in [STYLE, SCRIPT] {
        assert_eq!(untrusted::guard_ci(text), text);
        assert_eq!(untrusted::block(text), text);
    }
}
