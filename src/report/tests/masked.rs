//! A secret in any text of any event is in no report of the list.

use serde_json::Value;

use super::{PLAIN, Text, runs, tally};
use crate::outcome::Event;
use crate::registry::Kind as _;
use crate::report::{KINDS, Options, Verbosity};
use crate::secret::{Label, Vault};

/// One word, so that every report without a mask shows it as it is.
const CANARY: &str = "zq7canary4f9a81c2e";

/// Puts the canary behind every string that is not a word of the event's own shape.
fn plant(value: &mut Value, key: &str) {
    match value {
        Value::String(text) => {
            let is_word = [
                "event", "status", "origin", "kind", "state", "role", "started", "method",
            ]
            .contains(&key);
            if !is_word {
                text.push_str(CANARY);
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| plant(element, "")),
        Value::Object(members) => members.iter_mut().for_each(|(key, member)| plant(member, key)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn planted(events: &[Event]) -> Vec<Event> {
    events
        .iter()
        .map(|event| {
            let mut value = serde_json::to_value(event).unwrap();
            plant(&mut value, "");
            serde_json::from_value(value).unwrap()
        })
        .collect()
}

#[test]
fn no_report_shows_a_secret_and_the_mask_is_why() {
    let options = Options {
        verbosity: Verbosity::VeryVerbose,
        ..PLAIN
    };
    let vault = Vault::new();
    vault.add(CANARY, &Label::new("canary"));
    for (name, events) in runs::all() {
        let events = planted(&events);
        for kind in KINDS {
            let shown = |vault: &Vault| {
                let text = Text::default();
                let mut report = (kind.make)(Box::new(vault.writer(text.clone())), &options);
                events.iter().for_each(|event| report.event(event).unwrap());
                report.finish(&tally(&events)).unwrap();
                text.read()
            };
            let what = kind.entry().name;
            assert!(!shown(&vault).contains(CANARY), "{what} of {name}");
            assert!(
                shown(&Vault::new()).contains(CANARY),
                "without a mask {what} of {name} would show it: or else this test finds nothing"
            );
        }
    }
}
