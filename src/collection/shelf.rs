//! The collections in memory: the first ones for good, the others while somebody works with them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::case::Collection;
use super::names::Known;
use super::outline::{self, Outline};
use super::recipe::{FILE_LIMIT, Recipes};
use super::{Suite, first_key};
use crate::decode::Decoder;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Root;
use crate::yaml::{self, Node};

/// How many steps are kept for good: more than most projects have, and a few megabytes.
pub(super) const KEPT: usize = 2_500;

/// Collections that were read once, and what reading one again takes.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    kept: HashMap<PathBuf, Arc<Collection>>,
    /// How many steps these have.
    steps: usize,
    recipes: Mutex<Recipes>,
}

impl Shelf {
    /// A shelf without collections, with the recipes read so far.
    pub(super) fn new(recipes: Recipes) -> Shelf {
        Shelf {
            recipes: Mutex::new(recipes),
            ..Shelf::default()
        }
    }

    /// The recipes read so far.
    pub(super) fn recipes(&mut self) -> &mut Recipes {
        self.recipes.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a collection where there is room for it, and lets go of it otherwise.
    pub(super) fn keep(&mut self, collection: Collection, outline: &Outline, room: usize) {
        let steps = self.steps + outline.length();
        if steps <= room {
            self.steps = steps;
            self.kept.insert(outline.file.clone(), Arc::new(collection));
        }
    }
}

/// A suite with the files it was read from.
#[derive(Debug, Clone, Copy)]
pub struct Library<'l> {
    /// The suite.
    pub suite: &'l Suite,
    /// Its files.
    pub root: &'l Root,
}

impl Library<'_> {
    /// A collection with its steps: from memory, or else from its file again, with the recipes as they were read at
    /// first.
    ///
    /// # Errors
    /// The file does not hold any more what it did when its outline was made, or cannot be read.
    pub fn open(&self, outline: &Outline) -> Result<Arc<Collection>, Diagnostic> {
        let Library { suite, root } = self;
        if let Some(kept) = suite.shelf.kept.get(&outline.file) {
            return Ok(Arc::clone(kept));
        }
        let source = root
            .read_text(&outline.file, FILE_LIMIT)
            .map_err(|error| Diagnostic::error(error.to_string()))?;
        let changed = || {
            let message = format!("{} changed while it was in use", outline.shown);
            Diagnostic::error(message).help("run again what it says now")
        };
        if outline::digest(&source) != outline.digest {
            return Err(changed());
        }
        let mut diagnostics = Diagnostics::default();
        let tree = yaml::parse(&source, &mut diagnostics).ok_or_else(changed)?;
        let mut known = Known::new();
        known.inputs(&suite.project.inputs);
        let mut recipes = suite.shelf.recipes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut decoder = Decoder::new(root, &outline.file, &mut diagnostics);
        let collection = decode(&outline.file, &tree, true, &known, &mut recipes, &mut decoder);
        // The same text is wrong only where a file changed that it names.
        let collection = collection.filter(|_| !diagnostics.has_errors());
        collection.map(Arc::new).ok_or_else(changed)
    }
}

/// Decodes a file that holds a collection, or a recipe that is run by itself where it is `named`.
pub(super) fn decode(
    file: &Path,
    tree: &Node,
    named: bool,
    known: &Known,
    recipes: &mut Recipes,
    decoder: &mut Decoder<'_>,
) -> Option<Collection> {
    if first_key(tree) == Some("collection") {
        return Collection::decode(file, tree, known, recipes, decoder);
    }
    let recipe = recipes.decode(file, tree, decoder)?;
    named
        .then(|| Collection::of_recipe(&recipe, tree, recipes, decoder))
        .flatten()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::super::{Suite, SuiteFile, load_with};
    use super::Library;
    use crate::diagnostic::Diagnostics;
    use crate::source::Root;

    const SHEET: &str = "collection: c
inputs: { name: { type: string, default: Ada } }
steps:
  - name: use it
    use: recipe.yaml
    as: out
  - name: create
    POST: /
    for: { row: { csv: data.csv } }
    json: { name: '${{ name }}', id: '${{ out.id }}', row: '${{ row.a }}' }
    expect: { status: 201, $.id: 1, snapshot: true }
    capture: { id: { json: $.id } }
    cleanup: { DELETE: '/${{ id }}' }
finally:
  - GET: /last
";
    const RECIPE: &str = "recipe: r\nsteps:\n  - GET: /\noutputs: { id: 1 }\n";

    fn loaded(root: &Root, room: usize) -> Suite {
        let files = ["c.yaml", "recipe.yaml"].map(|path| SuiteFile {
            path: PathBuf::from(path),
            named: true,
        });
        let mut diagnostics = Diagnostics::default();
        let suite = load_with((0, room), root, false, &files, &mut diagnostics);
        assert_eq!(diagnostics.errors(), 0, "{diagnostics:?}");
        suite
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
        write("c.yaml", SHEET);
        write("recipe.yaml", RECIPE);
        write("data.csv", "a\n1\n2\n");
        folder
    }

    #[test]
    fn what_is_read_again_is_what_was_kept() {
        let folder = folder();
        let root = Root::open(folder.path()).expect("a root");
        let [kept, again] = [100, 0].map(|room| loaded(&root, room));
        assert_eq!(
            format!("{:?}", kept.collections),
            format!("{:?}", again.collections)
        );
        assert_eq!(kept.collections.len(), 2);
        for outline in &kept.collections {
            let [one, other] = [&kept, &again].map(|suite| {
                let library = Library { suite, root: &root };
                format!("{:?}", library.open(outline).expect("opened"))
            });
            assert_eq!(one, other);
        }
    }

    #[test]
    fn what_changed_is_not_opened() {
        for changed in ["c.yaml", "data.csv"] {
            let folder = folder();
            let root = Root::open(folder.path()).expect("a root");
            let suite = loaded(&root, 0);
            let path = folder.path().join(changed);
            match changed {
                "c.yaml" => fs::write(&path, SHEET.replace("use it", "other")).expect("written"),
                _ => fs::remove_file(&path).expect("gone"),
            }
            let library = Library {
                suite: &suite,
                root: &root,
            };
            let outline = suite
                .collections
                .iter()
                .find(|outline| outline.file == Path::new("c.yaml"));
            let error = library
                .open(outline.expect("an outline"))
                .expect_err("it changed");
            assert_eq!(error.message, "c.yaml changed while it was in use");
        }
    }
}
