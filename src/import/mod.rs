//! Call sheets out of what other tools recorded: an open set.
//!
//! An importer reads a file into requests, and knows nothing of call sheets. What is a credential, what the requests
//! have in common and how a sheet is written is said once, here, for all of them.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::registry::{Entry, Kind};
use crate::source::{Place, Source};
use crate::yaml;

mod address;
mod body;
mod credential;
mod curl;
mod har;
mod headers;
mod named;
mod origins;
mod request;
mod secrets;
mod sheet;
mod wording;

#[cfg(test)]
mod tests;

pub use request::{CONTENTS, Content};
pub use secrets::Secret;

use request::Reading;
use secrets::Secrets;

/// Every importer, in the order of the reference page.
pub const KINDS: &[&ImportKind] = &[&curl::KIND, &har::KIND];

/// The most requests of a sheet, which has a number of values as well.
const MOST_REQUESTS: usize = 5000;

/// The most mistakes that are told of one file.
const MOST_TOLD: usize = 20;

/// A kind of file that requests are imported from.
pub struct ImportKind {
    /// Its name, summary and example.
    pub entry: Entry,
    /// Whether it says of each request what its answer contained.
    pub tells_contents: bool,
    /// The largest file it reads, in bytes.
    pub limit: u64,
    read: fn(&Arc<Source>, &mut Diagnostics) -> Reading,
    /// The text that mistakes are shown in, each at the place it has in the other.
    shown: fn(&Arc<Source>) -> Arc<Source>,
}

impl Kind for ImportKind {
    fn entry(&self) -> &Entry {
        &self.entry
    }
}

/// Which requests are imported.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Those to these hosts, each `name` or `name:port`; empty for any.
    pub hosts: Vec<String>,
    /// Those whose answers have these contents; empty for what is no static file.
    pub only: Vec<Content>,
}

/// A call sheet, and what whoever runs it has to know.
#[derive(Debug, Default)]
pub struct Imported {
    /// The sheet; empty where no request is left.
    pub text: String,
    /// How many requests it has.
    pub requests: usize,
    /// The secrets it asks for; their values stand nowhere.
    pub secrets: Vec<Secret>,
    /// Inputs that have no value yet.
    pub open: Vec<String>,
    /// The hosts it sends to, each `name` or `name:port`.
    pub hosts: Vec<String>,
    /// Files it names, which have to lie beside it.
    pub files: Vec<String>,
    /// What was left out: how many, of which kind.
    pub left_out: Vec<(String, usize)>,
}

/// Reads a file and writes a call sheet; none where `diagnostics` has errors.
pub fn import(
    kind: &ImportKind,
    source: &Arc<Source>,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Option<Imported> {
    let mut found = Diagnostics::default();
    let imported = written(kind, source, options, &mut found);
    let is_sound = !found.has_errors();
    tell(kind, source, &found, diagnostics);
    imported.filter(|_| is_sound)
}

fn written(
    kind: &ImportKind,
    source: &Arc<Source>,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Option<Imported> {
    let mut reading = (kind.read)(source, diagnostics);
    let mut secrets = Secrets::new(std::mem::take(&mut reading.variables));
    reading.select(options);
    if reading.requests.len() > MOST_REQUESTS {
        diagnostics.push(
            Diagnostic::error(format!("more than {MOST_REQUESTS} requests in one call sheet"))
                .help("import fewer: name hosts with --host, or kinds with --only"),
        );
        return None;
    }
    secrets.environment_of(&reading.requests);
    // The first time tells what is secret, wherever it stands; the second writes with all of that known.
    sheet::write(&reading.requests, &mut secrets, &mut Diagnostics::default());
    secrets.are_known();
    let sheet = sheet::write(&reading.requests, &mut secrets, diagnostics);
    // A mistake is shown with its line, and a credential may stand there.
    secrets.values().for_each(|value| diagnostics.hide(value));
    if !reading.requests.is_empty() && !is_within_limits(&sheet.text) {
        diagnostics.push(
            Diagnostic::error("the call sheet would be larger than one may be")
                .help("import fewer requests: name hosts with --host, or divide the file"),
        );
    }
    Some(Imported {
        requests: reading.requests.len(),
        secrets: secrets.listed(),
        left_out: reading.left_out.into_iter().collect(),
        ..sheet
    })
}

/// Passes on what was found, errors first, so far as anybody reads it; with the lines that may be shown.
fn tell(kind: &ImportKind, source: &Arc<Source>, found: &Diagnostics, diagnostics: &mut Diagnostics) {
    found.hidden().iter().for_each(|text| diagnostics.hide(text));
    if found.is_empty() {
        return;
    }
    let shown = (kind.shown)(source);
    let errors = found.iter().filter(|one| one.severity == Severity::Error);
    let warnings = found.iter().filter(|one| one.severity != Severity::Error);
    for one in errors.chain(warnings).take(MOST_TOLD) {
        let place = one
            .place
            .as_ref()
            .map(|place| Place::new(&shown, place.span.clone()));
        diagnostics.push(Diagnostic { place, ..one.clone() });
    }
    let more = (found.errors() + found.warnings()).saturating_sub(MOST_TOLD);
    if more > 0 {
        diagnostics.push(Diagnostic::warning(format!("and {more} more like these")));
    }
}

/// Whether our reader takes the text, which keeps to limits of bytes and nodes.
fn is_within_limits(text: &str) -> bool {
    let source = Source::new("call sheet", text);
    yaml::parse(&source, &mut Diagnostics::default()).is_some()
}
