//! What leaves a run: the mask in front of it, the log and the reports.

use std::io;

use callsheet::outcome::{Event, LogReader, LogWriter, Tally};
use callsheet::registry;
use callsheet::report::{KINDS, Options, Verbosity};
use callsheet::secret::{Label, Vault};
use divan::{Bencher, black_box};

/// A recorded run in which everything happens that a report has to show.
const RUN: &str = include_str!("../../fixtures/runs/every.jsonl");

fn vault(secrets: usize) -> Vault {
    let vault = Vault::new();
    for number in 0..secrets {
        vault.add(&format!("s3cret-n0-{number:04}"), &Label::new("key"));
    }
    vault
}

fn events() -> Vec<Event> {
    let (mut reader, started) = LogReader::open(RUN.as_bytes()).expect("a log");
    let mut events = vec![Event::RunStarted(started.into())];
    events.extend(std::iter::from_fn(|| reader.next()).map(|event| event.expect("an event")));
    events
}

/// A log of some 100 KB that holds none of so many secrets: each of them is looked for in a dozen encodings.
#[divan::bench(args = [0, 1, 100])]
fn mask(bencher: Bencher<'_, '_>, secrets: usize) {
    let (vault, text) = (vault(secrets), RUN.repeat(100_000_usize.div_ceil(RUN.len())));
    bencher.bench_local(|| vault.mask_text(black_box(&text)).len());
}

/// A secret that is learned, and the first search for it.
#[divan::bench]
fn mask_of_a_new_secret() -> usize {
    vault(1).mask_text(black_box("a text")).len()
}

/// Events to lines of a log, mask included.
#[divan::bench]
fn events_to_log(bencher: Bencher<'_, '_>) {
    let events = events();
    bencher.bench_local(|| {
        let mut log = LogWriter::new(vault(0).writer(io::sink()));
        for event in &events {
            log.write(black_box(event)).expect("written");
        }
        log.flush().expect("written");
    });
}

/// Events to reports, mask included.
#[divan::bench(args = ["terminal", "json", "junit", "html", "tap", "markdown"])]
fn events_to_report(bencher: Bencher<'_, '_>, name: &str) {
    let events = events();
    let kind = registry::find(KINDS, name).expect("a report");
    let options = Options {
        colour: false,
        width: 100,
        live: false,
        folds: false,
        page: None,
        folder: String::new(),
        verbosity: Verbosity::Normal,
    };
    bencher.bench_local(|| {
        let mut report = (kind.make)(Box::new(vault(0).writer(io::sink())), &options);
        let mut tally = Tally::default();
        for event in &events {
            tally.add(event);
            report.event(black_box(event)).expect("written");
        }
        report.finish(&tally).expect("written");
    });
}
