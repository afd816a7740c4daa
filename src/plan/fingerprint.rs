//! What a plan is, in one short text: equal for equal plans of equal files, on every machine.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::order::{Unit, file};
use crate::collection::{Action, Step};

/// How many bytes of the digest are told.
const LENGTH: usize = 16;

/// The fingerprint of a plan and of how it is dealt out: names, order, and the texts of the files it comes from, so
/// that shards of two revisions are not taken for parts of one run.
pub(super) fn of(units: &[Unit], homes: &[usize], total: usize) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    };
    let mut files: BTreeMap<String, &str> = BTreeMap::new();
    add(&total.to_string());
    for (unit, home) in units.iter().zip(homes) {
        for chosen in unit {
            let case = &chosen.collection.cases[chosen.case];
            add(&home.to_string());
            add(&file(&chosen.collection.file));
            add(&chosen.name());
            add(&format!("{:?}", chosen.repeat));
            for step in &chosen.steps {
                add(&step.to_string());
                recipes(&case.steps[*step], &mut files);
            }
            case.finally.iter().for_each(|step| recipes(step, &mut files));
            files.insert(file(&chosen.collection.file), &case.place.source.text);
        }
    }
    for (name, text) in files {
        add(&name);
        add(text);
    }
    told(digest)
}

/// The fingerprint of a plan and of what else decides what its run comes to, each thing with its name.
pub(super) fn with(plan: &str, common: &[(String, Vec<u8>)]) -> String {
    let mut digest = Sha256::new();
    let mut add = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    add(plan.as_bytes());
    for (name, bytes) in common {
        add(name.as_bytes());
        add(bytes);
    }
    told(digest)
}

fn told(digest: Sha256) -> String {
    let mut text = String::new();
    for byte in &digest.finalize()[..LENGTH] {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Adds the files of the recipes a step uses, and those they use.
fn recipes<'a>(step: &'a Step, files: &mut BTreeMap<String, &'a str>) {
    if let Action::Use(call) = &step.action {
        let known = files.insert(file(&call.recipe.file), &call.recipe.place.source.text);
        if known.is_none() {
            call.recipe.steps.iter().for_each(|step| recipes(step, files));
        }
    }
    step.cleanup.iter().for_each(|step| recipes(step, files));
}
