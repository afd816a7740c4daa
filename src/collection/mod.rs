//! Files to model, and everything wrong with them at once.

mod ahead;
mod body;
mod capture;
mod case;
mod defaults;
mod expect;
mod input;
mod names;
mod outline;
mod pages;
mod poll;
mod project;
mod recipe;
mod request;
mod retry;
mod rounds;
mod rows;
mod shelf;
mod snapshots;
mod step;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use body::{Body, FilePart, KINDS as BODIES, Part};
pub use capture::CaptureSpec;
pub use case::{Case, Collection};
pub use defaults::Defaults;
pub use expect::{Addition, Expectations, SnapshotCheck, amend};
pub use input::{Input, InputKind};
pub use outline::{CaseOutline, Digest, Mark, Outline, StepOutline};
pub use pages::{NextPage, Pages};
pub use poll::Poll;
pub use project::{Environment, LOGIN, PROJECT_FILE, Project, SessionSpec, find as find_project};
pub use recipe::{Output, Recipe};
pub use request::{METHODS, Repeat, RequestSpec};
pub use retry::{Retry, RetryPolicy};
pub use rounds::{Round, Rounds};
pub use shelf::Library;
pub use snapshots::Snapshot;
pub use step::{Action, Call, SessionChoice, Step};

use crate::decode::Decoder;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::registry;
use crate::source::{Place, Root};
use crate::yaml::{self, Node};
use names::Known;
use recipe::{FILE_LIMIT, Recipes};
use shelf::Shelf;

/// The variable that tells the environment's name and whether it is protected.
pub const ENVIRONMENT: &str = "environment";

/// A project with the collections chosen from it.
#[derive(Debug, Default)]
pub struct Suite {
    /// The project; an empty one where there is no project file.
    pub project: Project,
    /// The collections, in the order of their files.
    pub collections: Vec<Arc<Outline>>,
    /// Mock files that were met on the way, for whoever can judge them.
    pub mocks: Vec<PathBuf>,
    shelf: Shelf,
}

/// A file to read, relative to the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteFile {
    /// Its path.
    pub path: PathBuf,
    /// True if it was named itself and not found in a folder: then a recipe in it is run.
    pub named: bool,
}

/// Reads the project file, if there is one, and the files chosen. Everything wrong goes to `diagnostics`; what comes
/// back is whole only where there are no errors.
pub fn load(root: &Root, has_project: bool, files: &[SuiteFile], diagnostics: &mut Diagnostics) -> Suite {
    load_with(
        (ahead::readers(files), shelf::KEPT),
        root,
        has_project,
        files,
        diagnostics,
    )
}

/// [`load`] with so many threads that read ahead, and so many steps that are kept.
fn load_with(
    (readers, room): (usize, usize),
    root: &Root,
    has_project: bool,
    files: &[SuiteFile],
    diagnostics: &mut Diagnostics,
) -> Suite {
    let mut recipes = Recipes::default();
    let mut suite = Suite::default();
    if has_project {
        let path = Path::new(PROJECT_FILE);
        if let Some(tree) = read(root, path, diagnostics) {
            let mut decoder = Decoder::new(root, path, diagnostics);
            suite.project = Project::decode(&tree, &mut recipes, &mut decoder).unwrap_or_default();
        }
    }
    suite.shelf = Shelf::new(recipes);
    let mut known = Known::new();
    known.inputs(&suite.project.inputs);
    known.environments(suite.project.environments.keys());
    let mut unknown = Vec::new();
    // What is said of names in other files comes after everything that is said of a file by itself.
    let mut strange = Diagnostics::default();
    ahead::each(root, files, readers, |file, tree, wrong| {
        // A recipe that was used before it was met told what is wrong with it there.
        if !suite.shelf.recipes().has_read(&file.path) {
            diagnostics.append(wrong);
        }
        let Some(tree) = tree else {
            suite.shelf.recipes().note_unreadable(&file.path);
            return;
        };
        let mut decoder = Decoder::new(root, &file.path, diagnostics);
        match first_key(&tree) {
            Some("collection" | "recipe") => {
                let recipes = suite.shelf.recipes();
                let decoded = shelf::decode(&file.path, &tree, file.named, &known, recipes, &mut decoder);
                drop(tree);
                let Some(collection) = decoded else { return };
                sessions(&collection, &suite.project, &mut strange);
                groups(&collection, &suite.project, &mut strange);
                let outline = Outline::of(&collection, &suite.project.defaults);
                suite.shelf.keep(collection, &outline, room);
                suite.collections.push(Arc::new(outline));
            }
            Some("mock") => suite.mocks.push(file.path.clone()),
            Some("project") => decoder.error_with_help(
                &tree.place,
                "a project file among collections",
                format!("the project file is `{PROJECT_FILE}` in the project's folder"),
            ),
            _ => unknown.push((file, tree)),
        }
    });
    for (file, tree) in unknown {
        // What is met in a folder and read by a `for` is data, whatever it begins with.
        let is_data = || {
            let mut data = suite.collections.iter().flat_map(|outline| outline.data_files());
            data.any(|data| data == file.path)
        };
        if file.named || !is_data() {
            let mut decoder = Decoder::new(root, &file.path, diagnostics);
            unknown_file(&tree, first_key(&tree), &mut decoder);
        }
    }
    diagnostics.append(strange);
    suite
}

fn read(root: &Root, path: &Path, diagnostics: &mut Diagnostics) -> Option<Node> {
    match root.read_text(path, FILE_LIMIT) {
        Ok(source) => yaml::parse(&source, diagnostics),
        Err(error) => {
            diagnostics.push(Diagnostic::error(error.to_string()));
            None
        }
    }
}

fn first_key(tree: &Node) -> Option<&str> {
    tree.as_map()?.iter().next().map(|(key, _)| key.name())
}

/// The words a file can begin with.
const FIRST_KEYS: [&str; 4] = ["collection", "recipe", "mock", "project"];

fn unknown_file(tree: &Node, first: Option<&str>, decoder: &mut Decoder<'_>) {
    let place = match tree.as_map().and_then(|map| map.iter().next()) {
        Some((key, _)) => key.place.clone(),
        None => tree.place.start(),
    };
    let later = tree
        .as_map()
        .and_then(|map| map.iter().find(|(key, _)| FIRST_KEYS.contains(&key.name())));
    let help = match (later, first) {
        (Some((key, _)), _) => format!("move `{}:` to the top", key.name()),
        (None, Some(first)) => registry::nearest(first, FIRST_KEYS).map_or_else(
            || "a call sheet begins with `collection:`, `recipe:` or `mock:`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ),
        (None, None) => "a call sheet begins with `collection:`, `recipe:` or `mock:`".to_owned(),
    };
    decoder.error_with_help(&place, "this file's first key does not say what it is", help);
}

/// Notes groups that the project does not have.
fn groups(collection: &Collection, project: &Project, diagnostics: &mut Diagnostics) {
    let mut seen: Vec<&Place> = Vec::new();
    for case in &collection.cases {
        let Some((name, place)) = &case.group else {
            continue;
        };
        // The cases of a collection share its word; it is told once.
        if project.groups.contains_key(name) || seen.contains(&place) {
            continue;
        }
        seen.push(place);
        let known = project.groups.keys().map(String::as_str);
        let help = registry::suggestion(name, known)
            .unwrap_or_else(|| format!("declare it in callsheet.yaml: `groups: {{ {name}: 1 }}`"));
        diagnostics.push(
            Diagnostic::error(format!("unknown group `{name}`"))
                .at(place)
                .help(help),
        );
    }
}

/// Notes sessions that the project does not have.
fn sessions(collection: &Collection, project: &Project, diagnostics: &mut Diagnostics) {
    let mut seen: Vec<&Place> = Vec::new();
    for case in &collection.cases {
        let cleanups = case.steps.iter().flat_map(|step| &step.cleanup);
        let steps = case.steps.iter().chain(cleanups).chain(&case.finally);
        for choice in std::iter::once(&case.session).chain(steps.filter_map(|step| step.session.as_ref())) {
            let SessionChoice::Named(name, place) = choice else {
                continue;
            };
            // The cases of a collection share its word; it is told once.
            let is_declared = project.sessions.contains_key(name) || project.broken_sessions.contains(name);
            if is_declared || seen.contains(&place) {
                continue;
            }
            seen.push(place);
            let known = project.sessions.keys().map(String::as_str);
            let help = registry::suggestion(name, known)
                .unwrap_or_else(|| "declare it in callsheet.yaml".to_owned());
            diagnostics.push(
                Diagnostic::error(format!("unknown session `{name}`"))
                    .at(place)
                    .help(help),
            );
        }
    }
}
