//! The rules of the source that cannot rot. Each one that fails says what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The modules in the order data flows, each with those it may use; none stands further down than its user.
const LAYERS: &[(&str, &str)] = &[
    ("source", ""),
    ("diagnostic", "source"),
    ("registry", ""),
    ("untrusted", ""),
    ("secret", "untrusted"),
    ("yaml", "source diagnostic"),
    ("json", ""),
    ("template", "source diagnostic registry secret yaml json"),
    ("decode", "source diagnostic registry yaml json template"),
    ("http", "json"),
    ("diff", "json"),
    ("outcome", "source http diff"),
    ("auth", "source registry secret yaml template decode"),
    ("extract", "diagnostic registry yaml json template decode http"),
    (
        "matcher",
        "source diagnostic registry secret yaml json template decode diff outcome extract",
    ),
    (
        "snapshot",
        "source diagnostic secret json diff outcome extract matcher",
    ),
    ("recording", "source secret json http diff matcher snapshot"),
    (
        "collection",
        "source diagnostic registry secret yaml json template decode http outcome auth extract matcher snapshot",
    ),
    ("plan", "diagnostic template outcome collection"),
    (
        "run",
        "source diagnostic secret json template decode http outcome auth extract snapshot recording collection plan",
    ),
    ("report", "registry untrusted secret json http diff outcome"),
    (
        "mock",
        "source diagnostic secret yaml json template decode http outcome extract collection",
    ),
    (
        "import",
        "source diagnostic registry secret yaml json template collection",
    ),
    ("schema", "registry auth extract matcher collection"),
    (
        "cli",
        "source diagnostic registry untrusted secret template decode http diff outcome snapshot recording collection plan run report mock import schema",
    ),
];

/// The open sets: folder, and the files in it that are no kind but help several of them.
const OPEN_SETS: &[(&str, &str)] = &[
    ("auth", "testing"),
    ("extract", "jsonpath picked plain testing variables"),
    (
        "import",
        "address body credential headers named origins request secrets sheet tests wording",
    ),
    ("matcher", "affix compare elements instant operand places testing"),
    (
        "report",
        "curl explain guarded history located places plan record shell tests text totals words",
    ),
    ("template/filters", ""),
    ("template/functions", ""),
];

/// The files that ask what time it is, and what for. Everything that is measured or awaited asks a clock that nobody sets.
const WALL_CLOCK: &[(&str, &str)] = &[
    ("cli/log.rs", "the name of an event log"),
    ("cli/run.rs", "when the run began"),
    ("http/cookies/mod.rs", "whether a cookie has expired"),
    ("run/retry.rs", "how long it is until the date of a Retry-After"),
    ("run/session.rs", "whether a token is about to expire"),
    ("template/functions/jwt.rs", "when a token was made"),
    ("template/functions/jwt_valid.rs", "whether a token has expired"),
    ("template/functions/now.rs", "the function itself"),
];

/// The most lines of a file.
const LONGEST: usize = 500;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `src`, by its path from there, with its text.
fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder of the source") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = repository().join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    let relative = |path: &Path| {
        let path = path.strip_prefix(&root).expect("below src");
        path.to_string_lossy().replace('\\', "/")
    };
    found
        .iter()
        .map(|path| (relative(path), fs::read_to_string(path).expect("a source file")))
        .collect()
}

#[track_caller]
fn none(wrong: &[String], what_to_do: &str) {
    assert!(wrong.is_empty(), "\n  {}\n{what_to_do}\n", wrong.join("\n  "));
}

#[test]
fn every_file_says_what_it_is_for() {
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| format!("src/{path}"))
        .collect();
    none(&wrong, "open each with a `//!` line: what the file is for");
}

#[test]
fn no_file_is_too_long() {
    let wrong: Vec<String> = sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(path, lines)| format!("src/{path}: {lines} lines"))
        .collect();
    none(
        &wrong,
        "split each at a noun: a part with a name of its own gets a file of its own",
    );
}

#[test]
fn the_wall_clock_is_asked_where_it_is_meant() {
    let asks = Regex::new(r"\b(SystemTime|Timestamp|Zoned)::now\b").expect("a pattern");
    let asking: BTreeSet<String> = sources()
        .into_iter()
        .filter(|(path, text)| asks.is_match(text) && !path.contains("tests"))
        .map(|(path, _)| path)
        .collect();
    let known: BTreeSet<String> = WALL_CLOCK.iter().map(|(path, _)| (*path).to_owned()).collect();
    let wrong: Vec<String> = asking
        .symmetric_difference(&known)
        .map(|path| format!("src/{path}"))
        .collect();
    none(
        &wrong,
        "somebody may set the clock while a run goes on: measure and wait by `Instant`, or say in WALL_CLOCK of \
         tests/tidy.rs what the time of day is for",
    );
}

#[test]
fn nothing_is_left_to_do() {
    let marks = Regex::new(r"\b(TODO|FIXME|XXX)\b|\b(unimplemented|todo)!").expect("a pattern");
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            if marks.is_match(line) {
                wrong.push(format!("src/{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    none(&wrong, "do it, or leave the whole thing out and say so in docs/");
}

#[test]
fn the_map_names_every_module_in_order() {
    let map = fs::read_to_string(repository().join("src/lib.rs")).expect("src/lib.rs");
    let declared = Regex::new(r"(?m)^pub mod (\w+);").expect("a pattern");
    let declared: Vec<&str> = declared
        .captures_iter(&map)
        .map(|found| found.get(1).expect("a name").as_str())
        .collect();
    let listed: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        declared, listed,
        "the modules of src/lib.rs are not those of LAYERS in tests/tidy.rs: give a new one its place in both"
    );
}

#[test]
fn no_layer_may_use_a_later_one() {
    let place = |name: &str| LAYERS.iter().position(|(known, _)| *known == name);
    let mut wrong = Vec::new();
    for (position, (name, uses)) in LAYERS.iter().enumerate() {
        for used in uses.split_whitespace() {
            if place(used).is_none_or(|used| used >= position) {
                wrong.push(format!("{name} → {used}"));
            }
        }
    }
    none(
        &wrong,
        "an arrow of LAYERS points upward: move what is used into an earlier module",
    );
}

/// The modules a text uses by `crate::name` or at the first level of `crate::{…}`, each with its line.
fn uses_in(text: &str) -> Vec<(usize, String)> {
    let mut code: String = String::new();
    for line in text.lines() {
        if !line.trim_start().starts_with("//") {
            code.push_str(line);
        }
        code.push('\n');
    }
    let mut found = Vec::new();
    for (start, prefix) in code.match_indices("crate::") {
        let line = code[..start].matches('\n').count() + 1;
        let mut depth = 0_usize;
        let mut name = String::new();
        let mut is_head = true;
        for letter in code[start + prefix.len()..].chars() {
            match letter {
                '{' if depth == 0 && name.is_empty() => depth = 1,
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                letter if depth <= 1 && is_head && (letter.is_alphanumeric() || letter == '_') => {
                    name.push(letter)
                }
                ',' if depth == 1 => is_head = true,
                letter if letter.is_whitespace() && name.is_empty() => {}
                _ => is_head = false,
            }
            let is_over = !is_head || letter == ',' || depth == 0 && letter == '}';
            if is_over && !name.is_empty() {
                found.push((line, std::mem::take(&mut name)));
            }
            if depth == 0 && (is_over || letter == '\n') {
                break;
            }
        }
    }
    found
}

#[test]
fn imports_are_read_also_in_groups() {
    let text = "use crate::a::{B, c};\n// crate::no\nuse crate::{\n    d,\n    e::{F, g},\n    h,\n};\nlet x = crate::i;";
    let names: Vec<String> = uses_in(text)
        .into_iter()
        .map(|(line, name)| format!("{line}{name}"))
        .collect();
    assert_eq!(names, ["1a", "3d", "3e", "3h", "8i"]);
}

#[test]
fn every_module_uses_only_what_its_layer_allows() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = LAYERS
        .iter()
        .map(|(name, uses)| (*name, uses.split_whitespace().collect()))
        .collect();
    let mut wrong = BTreeSet::new();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for (path, text) in sources() {
        let Some((module, _)) = path.split_once('/') else {
            continue;
        };
        for (line, target) in uses_in(&text) {
            let is_allowed = target == module
                || allowed
                    .get(module)
                    .is_some_and(|uses| uses.contains(target.as_str()));
            if !is_allowed {
                wrong.insert(format!("src/{path}:{line}: {module} → {target}"));
            }
            seen.insert((module.to_owned(), target));
        }
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    none(
        &wrong,
        "a module uses one that its line of LAYERS in tests/tidy.rs does not name: pass the value in instead; or, if \
         the arrow points downward and is meant, add it there",
    );
    let unused: Vec<String> = LAYERS
        .iter()
        .flat_map(|(name, uses)| uses.split_whitespace().map(move |used| (*name, used)))
        .filter(|(name, used)| !seen.contains(&((*name).to_owned(), (*used).to_owned())))
        .map(|(name, used)| format!("{name} → {used}"))
        .collect();
    none(
        &unused,
        "LAYERS allows what nobody does any more: take the arrow out",
    );
}

/// The files of a set by name, folders included.
fn files_of(folder: &str) -> BTreeSet<String> {
    let path = repository().join("src").join(folder);
    fs::read_dir(path)
        .expect("the folder of an open set")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .filter(|name| name != "mod")
        .collect()
}

/// The kinds that a set's `mod.rs` lists, as module names in the list's order.
fn listed_in(folder: &str) -> Vec<String> {
    let path = repository().join("src").join(folder).join("mod.rs");
    let text = fs::read_to_string(path).expect("the list of an open set");
    let list = Regex::new(r"(?s)pub const KINDS: [^=]*= &\[(.*?)\];").expect("a pattern");
    let list = list
        .captures(&text)
        .unwrap_or_else(|| panic!("src/{folder}/mod.rs lists no KINDS"));
    let kind = Regex::new(r"&(\w+)::KIND\b").expect("a pattern");
    kind.captures_iter(&list[1])
        .map(|found| found[1].to_owned())
        .collect()
}

/// The file of a kind, or the one in the folder of its name.
fn text_of(folder: &str, kind: &str) -> String {
    let base = repository().join("src").join(folder);
    fs::read_to_string(base.join(format!("{kind}.rs")))
        .or_else(|_| fs::read_to_string(base.join(kind).join("mod.rs")))
        .unwrap_or_default()
}

#[test]
fn the_folder_listing_is_the_feature_list() {
    let mut wrong = Vec::new();
    for (folder, helpers) in OPEN_SETS {
        let mut expected: BTreeSet<String> = helpers.split_whitespace().map(str::to_owned).collect();
        expected.extend(listed_in(folder));
        for name in files_of(folder).symmetric_difference(&expected) {
            wrong.push(format!("src/{folder}/{name}"));
        }
    }
    none(
        &wrong,
        "a file is no kind in its folder's KINDS, or a kind has no file: list it in KINDS, or name it among the helpers \
         of OPEN_SETS in tests/tidy.rs",
    );
}

#[test]
fn a_kind_is_named_as_its_file() {
    // The name stands in the entry, or in a constant beside it.
    let name = Regex::new(r#"(?s)const KIND: \w+ = \w+ \{.*?\bname: "([^"]+)""#).expect("a pattern");
    let constant = Regex::new(r#"(?m)^const NAME: &str = "([^"]+)";"#).expect("a pattern");
    let mut wrong = Vec::new();
    for (folder, _) in OPEN_SETS {
        for kind in listed_in(folder) {
            let text = text_of(folder, &kind);
            let word = constant.captures(&text).or_else(|| name.captures(&text));
            let word = word.map(|found| found[1].replace('-', "_"));
            // A trailing underscore keeps a word of Rust's out of the way: `in_.rs` is `in`.
            if word.as_deref() != Some(kind.trim_end_matches('_')) {
                wrong.push(format!("src/{folder}/{kind}: its name is {word:?}"));
            }
        }
    }
    none(&wrong, "a kind's name is its file's name: rename one of them");
}

#[test]
fn every_kind_has_a_summary_and_an_example() {
    let filled = |text: &str, field: &str| {
        let pattern = Regex::new(&format!(r##"\b{field}: (?:r#*)?"\s*[^"\s]"##)).expect("a pattern");
        pattern.is_match(text)
    };
    let mut wrong = Vec::new();
    for (folder, _) in OPEN_SETS {
        for kind in listed_in(folder) {
            let text = text_of(folder, &kind);
            for field in ["summary", "example"] {
                if !filled(&text, field) {
                    wrong.push(format!("src/{folder}/{kind}: no {field}"));
                }
            }
        }
    }
    none(
        &wrong,
        "give each its `summary` (one line) and its `example`: help and the reference are made of them",
    );
}

#[test]
fn every_example_is_tried_by_a_test() {
    // A report has nothing people write but its name, so its example is an argument.
    let sets = OPEN_SETS.iter().filter(|(folder, _)| *folder != "report");
    let sources = sources();
    let wrong: Vec<String> = sets
        .filter(|(folder, _)| {
            let prefix = format!("{folder}/");
            !sources
                .iter()
                .any(|(path, text)| path.starts_with(&prefix) && text.contains("fn every_example_"))
        })
        .map(|(folder, _)| format!("src/{folder}"))
        .collect();
    none(
        &wrong,
        "write a test `every_example_…` that goes through KINDS and decodes or evaluates each example",
    );
}

#[test]
fn the_reference_names_every_kind() {
    // The page is made from the registries; where there is none yet there is nothing to compare.
    let Ok(page) = fs::read_to_string(repository().join("docs/reference.md")) else {
        return;
    };
    let mut wrong = Vec::new();
    for (folder, _) in OPEN_SETS {
        for kind in listed_in(folder) {
            let word = kind.trim_end_matches('_');
            if !page.contains(&format!("`{word}`"))
                && !page.contains(&format!("`{}`", word.replace('_', "-")))
            {
                wrong.push(format!("{folder}: {word}"));
            }
        }
    }
    none(
        &wrong,
        "docs/reference.md does not name each of these in backticks: write it anew",
    );
}

/// The names of all tests, from their files' attributes and from the macro of properties.
fn tests_of(folder: &str, found: &mut BTreeSet<String>) {
    let test =
        Regex::new(r"#\[(?:tokio::)?test\]\s*(?:#\[[^\]]*\]\s*)*(?:async )?fn (\w+)").expect("a pattern");
    for entry in fs::read_dir(repository().join(folder)).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            let folder = path
                .strip_prefix(repository())
                .expect("below")
                .to_string_lossy()
                .into_owned();
            tests_of(&folder, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            found.extend(test.captures_iter(&text).map(|found| found[1].to_owned()));
        }
    }
}

#[test]
fn every_promise_has_its_test() {
    let mut tests = BTreeSet::new();
    tests_of("src", &mut tests);
    tests_of("tests", &mut tests);
    let page = fs::read_to_string(repository().join("docs/trust.md")).expect("docs/trust.md");
    let name = Regex::new(r"`(?:\w+::)*(\w+)`").expect("a pattern");
    let mut wrong = Vec::new();
    let mut promises = 0;
    for row in page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| ---"))
    {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let (promise, names) = match cells[..] {
            [promise, names] | [promise, _, names] => (promise, names),
            _ => {
                wrong.push(format!("two columns, or three: {row}"));
                continue;
            }
        };
        if ["promise", "defence"].contains(&promise.trim()) {
            continue;
        }
        promises += 1;
        let named: Vec<&str> = name
            .captures_iter(names)
            .map(|found| found.get(1).expect("a name").as_str())
            .collect();
        if named.is_empty() {
            wrong.push(format!("no test: {promise}"));
        }
        wrong.extend(
            named
                .into_iter()
                .filter(|name| !tests.contains(*name))
                .map(str::to_owned),
        );
    }
    assert!(promises > 20, "{promises} promises");
    none(
        &wrong,
        "docs/trust.md names no test of this repository here: name the one that holds the promise",
    );
}
