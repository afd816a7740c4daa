//! The promises of `docs/trust.md`, each tried through the program. That page names the tests.

mod bombs;
mod clock;
mod exfiltration;
mod files;
mod fuzz;
mod machine;
mod secrets;
mod templates;
mod terminal;
mod verdict;
