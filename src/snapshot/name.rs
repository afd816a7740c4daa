//! Names of snapshot files: safe on every platform, distinct, and the same in every run.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// The folder of snapshots, beside the collections they belong to.
pub const FOLDER: &str = "snapshots";

/// The most letters of one part of a name. Three parts with their endings stay below the 255 bytes of a file name.
const LONGEST: usize = 60;

/// Names that stand for devices on Windows, whatever ending follows.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The folder of a collection's snapshots, from the collection's file.
pub fn folder(collection: &Path) -> PathBuf {
    let stem = text_of(collection.file_stem());
    let is_plain = stem
        .bytes()
        .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_'));
    // A name of other letters keeps apart from its neighbours by a mark made of all of it.
    let mut name = if is_plain && !stem.is_empty() && stem.len() <= LONGEST && !is_device(&stem) {
        stem
    } else {
        format!("{}-{}", slug(&stem), mark(&stem))
    };
    // `a.yaml` and `a.yml` may lie side by side; a dot is in no plain name.
    let ending = text_of(collection.extension());
    if ending != "yaml" {
        name.push('.');
        name.push_str(&slug(&ending));
    }
    let beside = collection.parent().unwrap_or(Path::new(""));
    beside.join(FOLDER).join(name)
}

fn text_of(part: Option<&std::ffi::OsStr>) -> String {
    part.map(|part| part.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// A name in small letters, digits and `-`, which no platform takes for anything else. Different names may come to the
/// same: [`Names`] keeps them apart.
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let kept = slug.trim_end_matches('-');
    if kept.is_empty() {
        return mark(name);
    }
    if kept.len() > LONGEST {
        return format!("{}-{}", kept[..LONGEST].trim_end_matches('-'), mark(name));
    }
    if is_device(kept) {
        return format!("{kept}_");
    }
    kept.to_owned()
}

/// What parts the name of a step from its round; no other part of a name has it.
const ROUND: char = '@';

/// The name of the snapshot that a round has: that of its step, and what tells the round from the others.
pub fn of_round(name: &str, label: &str) -> String {
    format!("{name}{ROUND}{}", slug(label))
}

/// The name of the step that a snapshot belongs to, whichever round it is of.
pub(super) fn without_rounds(name: &str) -> &str {
    name.split(ROUND).next().unwrap_or(name)
}

/// `con`, `com1` and their like.
fn is_device(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    DEVICES.iter().any(|device| match name.strip_prefix(device) {
        Some("") => !matches!(*device, "com" | "lpt"),
        Some(number) => matches!(*device, "com" | "lpt") && number.len() == 1,
        None => false,
    })
}

/// Eight digits made of a whole name (FNV-1a), the same in every run and on every machine.
fn mark(name: &str) -> String {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("{hash:08x}")
}

/// Names given so far; each is given once.
#[derive(Debug, Default)]
pub struct Names {
    given: HashSet<String>,
    /// The number from which on none was given, for names that were asked for more than once.
    next: HashMap<String, usize>,
}

impl Names {
    /// The name, or the first of `name-2`, `name-3` and so on that is free. Asked for in the order of a file, each
    /// keeps its name for as long as those before it do.
    pub fn distinct(&mut self, name: String) -> String {
        if self.given.insert(name.clone()) {
            return name;
        }
        let next = self.next.entry(name.clone()).or_insert(2);
        loop {
            let other = format!("{name}-{next}");
            *next += 1;
            if self.given.insert(other.clone()) {
                return other;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_words_that_every_platform_takes() {
        assert_eq!(slug("read one contact"), "read-one-contact");
        assert_eq!(slug("GET /contacts/${{ id }}?a=b"), "get-contacts-id-a-b");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
        assert_eq!(slug("les én kunde"), "les-n-kunde");
        assert_eq!(slug("CON"), "con_");
        assert_eq!(slug("com1"), "com1_");
        assert_eq!(slug("common"), "common");
        assert_ne!(slug("顧客"), slug("連絡先"), "of no letter at all");
        assert_ne!(slug(&"a".repeat(100)), slug(&"a".repeat(101)));
    }

    #[test]
    fn names_that_come_to_the_same_get_numbers() {
        let mut names = Names::default();
        let given = ["a", "a", "a-2", "a", "b"].map(|name| names.distinct(name.to_owned()));
        assert_eq!(given, ["a", "a-2", "a-2-2", "a-3", "b"]);
    }

    #[test]
    fn folders_lie_beside_their_collections() {
        let of = |path: &str| folder(Path::new(path)).to_string_lossy().replace('\\', "/");
        assert_eq!(
            of("collections/revio/contacts.yaml"),
            "collections/revio/snapshots/contacts"
        );
        assert_eq!(of("contacts.yml"), "snapshots/contacts.yml");
        assert_eq!(of("Tasks_2.yaml"), "snapshots/Tasks_2");
        assert_eq!(of("a b.yaml"), format!("snapshots/a-b-{}", mark("a b")));
        assert_ne!(of("a b.yaml"), of("a-b.yaml"));
        assert_ne!(of("aux.yaml"), "snapshots/aux");
    }

    proptest! {
        #[test]
        fn a_slug_is_one_plain_part_of_a_path(name in any::<String>()) {
            let slug = slug(&name);
            prop_assert!(!slug.is_empty() && slug.len() <= LONGEST + 10);
            let plain = slug.bytes().all(|letter| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, b'-' | b'_')
            });
            prop_assert!(plain, "{slug}");
        }
    }
}
