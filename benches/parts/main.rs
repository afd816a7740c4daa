//! What the parts of a step cost, each by itself: where the table shows that something became slower, this shows what.
//!
//! `cargo bench --bench parts` runs all of them, `cargo bench --bench parts -- mask` those whose name has the word.
//! Nothing here asserts a time.

mod checks;
mod outputs;
mod reading;

fn main() {
    divan::main();
}
