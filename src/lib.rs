//! Callsheet runs call sheets: YAML files that list the calls to make to an HTTP API and what each answer must be.
//!
//! The modules stand in the order data flows; `docs/architecture.md` is the map with its reasons.

// The words everything is said in.
pub mod source;

pub mod diagnostic;

pub mod registry;

pub mod untrusted;

pub mod secret;

pub mod yaml;

pub mod json;

pub mod template;

pub mod decode;

pub mod http;

pub mod diff;

pub mod outcome;

// What a step can do: open sets.
pub mod auth;

pub mod extract;

pub mod matcher;

pub mod snapshot;

pub mod recording;

// The flow.
pub mod collection;

pub mod plan;

pub mod run;

pub mod report;

// Beside the flow.
pub mod mock;

pub mod import;

pub mod schema;

// The edge: the only code that reads the environment, prints or exits.
pub mod cli;
