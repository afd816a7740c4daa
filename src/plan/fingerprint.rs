//! What a plan is, in one short text: equal for equal plans of equal files, on every machine.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::order::{Unit, file};
use crate::collection::{Action, Recipe};

/// How many bytes of the digest are told.
const LENGTH: usize = 16;

/// The fingerprint of a plan and of how it is dealt out: names, order, and the texts of the files it comes from, so
/// that shards of two revisions are not taken for parts of one run.
pub(super) fn of(units: &[Unit], homes: &[usize], total: usize) -> String {
    let mut digest = Sha256::new();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut add = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    add(total.to_string().as_bytes());
    for (unit, home) in units.iter().zip(homes) {
        for chosen in unit {
            let name = file(&chosen.collection.file);
            add(home.to_string().as_bytes());
            add(name.as_bytes());
            add(chosen.name().as_bytes());
            add(format!("{:?}", chosen.repeat).as_bytes());
            for step in &chosen.steps {
                add(step.to_string().as_bytes());
            }
            if files.insert(name, chosen.collection.digest.to_vec()).is_none() {
                let used = chosen.collection.recipes.iter();
                used.for_each(|recipe| recipes(recipe, &mut files));
            }
        }
    }
    for (name, held) in files {
        add(name.as_bytes());
        add(&held);
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

/// Adds the file of a recipe, and those of the recipes it uses.
fn recipes(recipe: &Recipe, files: &mut BTreeMap<String, Vec<u8>>) {
    let held = Sha256::digest(&recipe.place.source.text).to_vec();
    if files.insert(file(&recipe.file), held).is_some() {
        return;
    }
    for step in &recipe.steps {
        if let Action::Use(call) = &step.action {
            recipes(&call.recipe, files);
        }
    }
}
