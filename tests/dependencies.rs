//! What deny.toml says of licences and versions, checked without cargo-deny for the system the tests run on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use spdx::{Expression, ParseMode};

/// A crate that is built into the program or its tests.
struct Crate {
    name: String,
    version: String,
    licence: String,
}

impl Crate {
    /// Whether an entry of deny.toml means it: `rand`, or `rand@0.9` for any 0.9.
    fn is(&self, entry: &str) -> bool {
        let (name, version) = entry.split_once('@').unwrap_or((entry, ""));
        let rest = self.version.strip_prefix(version);
        self.name == name
            && rest.is_some_and(|rest| version.is_empty() || rest.is_empty() || rest.starts_with('.'))
    }
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

/// The crates that this system's builds take along these edges, without our own.
fn crates(edges: &str) -> Vec<Crate> {
    let format = ["--prefix", "none", "--format", "{p}|{l}"];
    let tree = cargo(&[&["tree", "--locked", "--edges", edges], &format[..]].concat());
    let lines: BTreeSet<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    let found = lines.into_iter().filter_map(|line| {
        let (package, licence) = line.split_once('|')?;
        let (name, version) = package.split_once(" v")?;
        Some(Crate {
            name: name.to_owned(),
            version: version.split(' ').next()?.to_owned(),
            licence: licence.to_owned(),
        })
    });
    let found: Vec<Crate> = found.filter(|one| one.name != env!("CARGO_PKG_NAME")).collect();
    assert!(found.len() > 100, "cargo names {} crates", found.len());
    found
}

fn deny() -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
    let text = std::fs::read_to_string(path).expect("deny.toml");
    text.parse().expect("TOML")
}

fn texts(value: &toml::Value) -> Vec<String> {
    let texts = value.as_array().expect("a list").iter();
    texts
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

/// The crates that entries such as `{ crate = "notify", … }` name, with the entries.
fn entries(value: &toml::Value) -> Vec<(String, toml::Value)> {
    let entries = value.as_array().expect("a list").iter();
    entries
        .map(|entry| {
            (
                entry["crate"].as_str().expect("a crate").to_owned(),
                entry.clone(),
            )
        })
        .collect()
}

/// Whether a licence is one that is allowed, or can be taken as one.
fn is_allowed(licence: &str, allowed: &[String]) -> bool {
    Expression::parse_mode(licence, ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|requirement| allowed.iter().any(|known| *known == requirement.to_string()))
    })
}

#[test]
fn every_licence_is_allowed() {
    let deny = deny();
    let allowed = texts(&deny["licenses"]["allow"]);
    let exceptions = entries(&deny["licenses"]["exceptions"]);
    let wrong: Vec<String> = crates("normal,build,dev")
        .iter()
        .filter(|one| {
            let by_name = exceptions.iter().filter(|(entry, _)| one.is(entry));
            let also: Vec<String> = by_name.flat_map(|(_, entry)| texts(&entry["allow"])).collect();
            !is_allowed(&one.licence, &[&allowed[..], &also].concat())
        })
        .map(|one| format!("{} {}: {:?}", one.name, one.version, one.licence))
        .collect();
    assert!(wrong.is_empty(), "no licence that deny.toml allows: {wrong:#?}");
}

#[test]
fn a_licence_that_is_not_allowed_is_found() {
    let allowed = ["MIT", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for licence in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0 OR MIT",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_allowed(licence, &allowed), "{licence}");
    }
    for licence in ["", "Apache-2.0", "GPL-3.0-only", "MIT AND GPL-3.0-only", "ours"] {
        assert!(!is_allowed(licence, &allowed), "{licence}");
    }
}

#[test]
fn no_crate_is_there_twice_without_a_reason_or_against_the_rules() {
    let deny = deny();
    let skipped = entries(&deny["bans"]["skip"]);
    let denied = entries(&deny["bans"]["deny"]);
    // As cargo-deny has it: what only tests need may be there twice.
    let crates = crates("normal,build");
    let mut versions: BTreeMap<&str, Vec<&Crate>> = BTreeMap::new();
    for one in crates
        .iter()
        .filter(|one| !skipped.iter().any(|(entry, _)| one.is(entry)))
    {
        versions.entry(&one.name).or_default().push(one);
    }
    let twice: Vec<String> = versions
        .iter()
        .filter(|(_, versions)| versions.len() > 1)
        .map(|(name, versions)| {
            let versions: Vec<&str> = versions.iter().map(|one| one.version.as_str()).collect();
            format!("{name}: {}", versions.join(", "))
        })
        .collect();
    assert!(
        twice.is_empty(),
        "there twice, and deny.toml says not why: {twice:#?}"
    );
    let found: Vec<&str> = crates
        .iter()
        .filter(|one| denied.iter().any(|(entry, _)| one.is(entry)))
        .map(|one| one.name.as_str())
        .collect();
    assert!(found.is_empty(), "deny.toml lets none of these in: {found:?}");
}
