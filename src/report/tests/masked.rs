//! A secret in any text of any event is in no report of the list.

use super::{PLAIN, Text, runs, tally, with_texts};
use crate::outcome::Event;
use crate::registry::Kind as _;
use crate::report::{KINDS, Options, Verbosity};
use crate::secret::{Label, Vault};

/// One word, so that every report without a mask shows it as it is.
const CANARY: &str = "zq7canary4f9a81c2e";

/// The events with the canary behind every string that is not a word of the event's own shape.
fn planted(events: &[Event]) -> Vec<Event> {
    with_texts(events, &|_, text| text.push_str(CANARY))
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
