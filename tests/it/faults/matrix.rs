//! The rows of the fault matrix in one table, played through the program.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{answers, connections, credentials, redirects, retrying};

/// How many rows are played at a time. Most of them wait.
const AT_A_TIME: usize = 24;

/// Something to play with the program, and to judge.
pub(super) trait Playable: Send + Sync {
    /// What it is called.
    fn title(&self) -> String;

    /// Plays it.
    ///
    /// # Errors
    /// What came otherwise than it should, a line each.
    fn play(&self) -> Result<(), String>;
}

/// The table.
fn rows() -> Vec<Box<dyn Playable>> {
    let rows = [
        connections::rows(),
        answers::rows(),
        retrying::rows(),
        redirects::rows(),
    ];
    let rows = rows.into_iter().flatten();
    rows.map(|row| Box::new(row) as Box<dyn Playable>)
        .chain(credentials::trips().into_iter().map(|trip| Box::new(trip) as _))
        .collect()
}

#[test]
fn every_fault_comes_to_what_its_row_says() {
    let mut rows = rows();
    // A part of the table, for whoever works on a row: `FAULTS=gzip cargo test faults`.
    let wanted = std::env::var("FAULTS").unwrap_or_default();
    rows.retain(|row| row.title().contains(&wanted));
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if let Err(error) = row.play() {
                        let told = format!("{}\n  {error}", row.title());
                        wrong.lock().expect("the list").push(told);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("the list");
    assert!(
        wrong.is_empty(),
        "{} of {} rows\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n\n")
    );
}

#[test]
fn the_table_has_at_least_200_rows_and_no_two_of_a_name() {
    let mut titles: Vec<String> = rows().iter().map(|row| row.title()).collect();
    let count = titles.len();
    assert!(count >= 200, "{count} rows");
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), count, "two rows have the same name");
}
