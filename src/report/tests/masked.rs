//! A secret in any text of any event is in no report of the list, and in no event log, in none of its forms.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::{PLAIN, Text, runs, tally, with_texts};
use crate::outcome::{Event, LogWriter};
use crate::registry::Kind as _;
use crate::report::{KINDS, Options, Verbosity};
use crate::secret::{Label, Vault};

#[path = "../../../tests/it/support/forms.rs"]
mod forms;

/// The events with a form of a secret before every string that is not a word of the event's own shape: one after the
/// other in turn, so that all of them come to stand in each place with enough seeds.
fn planted(events: &[Event], secret: &str, seed: u64) -> Vec<Event> {
    let forms = forms::forms(secret);
    let turn = Cell::new(usize::try_from(seed).unwrap());
    with_texts(events, &|_, text| {
        let form = &forms[turn.get() % forms.len()].text;
        text.insert_str(0, &format!("{form} "));
        turn.set(turn.get() + 1);
    })
}

/// What every report of the list makes of events behind a mask, and the event log, each with its name.
fn outputs(events: &[Event], vault: &Vault, verbosity: Verbosity) -> Vec<(&'static str, String)> {
    // Nothing is folded or cut for want of room: what an event says was masked before, and the sink sees whole secrets.
    let options = Options {
        width: 4000,
        verbosity,
        ..PLAIN
    };
    let mut outputs: Vec<_> = KINDS
        .iter()
        .map(|kind| {
            let text = Text::default();
            let mut report = (kind.make)(Box::new(vault.writer(text.clone())), &options);
            events.iter().for_each(|event| report.event(event).unwrap());
            report.finish(&tally(events)).unwrap();
            (kind.entry().name, text.read())
        })
        .collect();
    let text = Text::default();
    let mut log = LogWriter::new(vault.writer(text.clone()));
    events.iter().for_each(|event| log.write(event).unwrap());
    log.flush().unwrap();
    outputs.push(("the event log", text.read()));
    outputs
}

/// Behind the mask nothing is found; without it, the same search finds every form in every report.
#[test]
fn no_report_shows_a_secret_and_the_mask_is_why() {
    const VERBOSITIES: [Verbosity; 4] = [
        Verbosity::VeryVerbose,
        Verbosity::Verbose,
        Verbosity::Normal,
        Verbosity::Quiet,
    ];
    let runs = runs::all();
    let every = ("every", runs::every());
    for (alphabet, characters) in forms::ALPHABETS {
        let mut shown: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for seed in 0..forms::seeds() {
            let turn = usize::try_from(seed).unwrap();
            let secret = forms::secret(characters, seed);
            let vault = Vault::new();
            vault.add(&secret, &Label::new("canary"));
            // The run that holds every kind of result, in turn with one of the others.
            let (name, events) = if turn % 2 == 0 {
                &every
            } else {
                &runs[turn / 2 % runs.len()]
            };
            let events = planted(events, &secret, seed);
            let verbosity = VERBOSITIES[turn / 2 % VERBOSITIES.len()];
            for (what, text) in outputs(&events, &vault, verbosity) {
                let found = forms::found(&text, &secret);
                assert!(
                    found.is_empty(),
                    "{what} of {name} shows {secret:?} ({alphabet}, seed {seed}) as {found:?}:\n{text}"
                );
            }
            for (what, text) in outputs(&events, &Vault::new(), verbosity) {
                shown
                    .entry(what)
                    .or_default()
                    .extend(forms::found(&text, &secret));
            }
        }
        for (what, found) in shown {
            assert_eq!(
                found.len(),
                16,
                "without a mask {what} shows {found:?}, or this test finds nothing"
            );
        }
    }
}
