//! Hostile text in every field of every event stays text.

use serde_json::{Value, json};

use super::{PLAIN, report, runs, with_texts, without_colours};
use crate::outcome::Event;
use crate::registry;
use crate::report::{KINDS, Options, Verbosity};
use crate::untrusted;

const HOSTILE: &str =
    "\u{1b}[2J\r::error::a\n::set-output name=x::\n\t##[group]\u{202e}##vso[task.x]##teamcity[y]\u{9b}\u{7f}";

/// The events with hostile text as every string that is not a word of the event's own shape.
fn poisoned(events: &[Event]) -> Vec<Event> {
    with_texts(events, &|is_json, text| {
        // Half of the bodies stay JSON, and are hostile inside.
        *text = if is_json {
            json!({ "a": HOSTILE, HOSTILE: [HOSTILE] }).to_string()
        } else {
            HOSTILE.to_owned()
        };
    })
}

#[test]
fn no_text_acts_on_a_terminal_or_a_ci_runner() {
    for (name, events) in runs::all() {
        let events = poisoned(&events);
        for verbosity in [
            Verbosity::Quiet,
            Verbosity::Normal,
            Verbosity::Verbose,
            Verbosity::VeryVerbose,
        ] {
            for width in [40, 100] {
                let options = Options {
                    width,
                    verbosity,
                    ..PLAIN
                };
                let shown = report("terminal", &events, &options);
                assert!(shown.len() > 40);
                assert_eq!(untrusted::block(&shown), shown, "{name}");
                assert!(!shown.contains('\t'), "{name}");
                assert_eq!(untrusted::guard_ci(&shown), shown, "{name}");
            }
        }
        // With colours, sequences for colours are all that acts.
        let colour = Options {
            colour: true,
            ..PLAIN
        };
        let shown = report("terminal", &events, &colour);
        assert_eq!(untrusted::guard_ci(&shown), shown, "{name}");
        let stripped = without_colours(&shown);
        assert_eq!(untrusted::block(&stripped), stripped, "{name}");
        for kind in registry::names(KINDS) {
            let text = report(kind, &events, &PLAIN);
            assert_eq!(untrusted::block(&text), text, "{kind} of {name}");
            // Its lines are commands; a test of its own holds it to no others.
            if kind != "github" {
                assert_eq!(untrusted::guard_ci(&text), text, "{kind} of {name}");
            }
        }
        let document = report("json", &events, &PLAIN);
        let read: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(read["callsheet"], HOSTILE, "{name}");
    }
}

#[test]
fn junit_is_well_formed_for_every_character() {
    let all: String = ('\0'..='\u{fff}')
        .chain('\u{fdd0}'..='\u{fdef}')
        .chain(['\u{ffff}', '\u{fffe}', '\u{10ffff}'])
        .chain("]]> <!-- --> <![CDATA[ &amp; \"'".chars())
        .collect();
    let mut events = runs::failed();
    for event in &mut events {
        if let Event::StepFinished(finished) = event {
            let finished = std::sync::Arc::make_mut(finished);
            finished.reason = Some(all.clone());
            for check in &mut finished.checks {
                if let crate::outcome::CheckState::Failed(mismatch) = &mut check.state {
                    mismatch.actual = all.clone();
                }
            }
            if let Some(error) = &mut finished.error {
                error.message = all.clone();
            }
        }
    }
    let text = report("junit", &events, &PLAIN);
    uppsala::parse(&text).expect("well-formed");
}
