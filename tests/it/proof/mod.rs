//! The promises of `docs/trust.md`, each tried through the program. That page names the tests.

mod bombs;
mod exfiltration;
mod files;
mod secrets;
mod verdict;
