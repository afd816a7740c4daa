//! Files to model, and everything wrong with them at once.

pub mod expect;
