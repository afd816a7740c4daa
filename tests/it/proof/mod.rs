//! The promises of `docs/trust.md`, each tried through the program. That page names the tests.

mod exfiltration;
mod secrets;
mod verdict;
