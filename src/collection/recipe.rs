//! Recipes: steps with inputs and outputs, which see nothing else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::defaults::Defaults;
use super::input::{self, Input};
use super::names;
use super::snapshots;
use super::step::{self, Step};
use crate::decode::Decoder;
use crate::registry;
use crate::source::{Place, SourceError};
use crate::template::{Tree, Use};
use crate::yaml::{self, Node};

/// The largest file that is read as a call sheet, in bytes.
pub(super) const FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// The most requests and waits that a recipe may come to with the recipes it uses. Each that doubles the one before
/// doubles the work, too: twenty such files would be a million steps.
const MOST_STEPS: usize = 10_000;

/// A recipe.
#[derive(Debug)]
pub struct Recipe {
    /// Its name.
    pub name: String,
    /// Its file, relative to the root.
    pub file: PathBuf,
    /// Where its name stands.
    pub place: Place,
    /// What it is for.
    pub description: Option<String>,
    /// What it needs.
    pub inputs: Vec<Input>,
    /// What it does.
    pub steps: Vec<Step>,
    /// What it gives.
    pub outputs: Vec<Output>,
    /// How many steps it comes to with those of the recipes it uses.
    pub length: usize,
}

/// One output of a recipe.
#[derive(Debug)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// The value, over the recipe's variables.
    pub value: Tree,
    /// Where it stands.
    pub place: Place,
}

/// The recipes read so far: each file once, however often it is used.
#[derive(Debug, Default)]
pub(super) struct Recipes {
    loaded: IndexMap<PathBuf, Option<Arc<Recipe>>>,
    /// The files being read: a recipe among them uses itself.
    open: Vec<PathBuf>,
    /// What every recipe's requests have in common.
    pub(super) defaults: Arc<Defaults>,
}

impl Recipes {
    /// The recipe of a file that a node names.
    pub(super) fn load(&mut self, node: &Node, decoder: &mut Decoder<'_>) -> Option<Arc<Recipe>> {
        let path = decoder.path(node, "a recipe")?;
        if let Some(loaded) = self.loaded.get(&path) {
            return loaded.clone();
        }
        if self.open.contains(&path) {
            decoder.error(&node.place, format!("the recipe {} uses itself", path.display()));
            return None;
        }
        let source = match decoder.root().read_text(&path, FILE_LIMIT) {
            Ok(source) => source,
            Err(error) => {
                let near = match error {
                    SourceError::NotFound { .. } => nearest(&path, decoder),
                    _ => None,
                };
                match near {
                    Some(near) => decoder.error_with_help(
                        &node.place,
                        error.to_string(),
                        format!("did you mean `{near}`?"),
                    ),
                    None => decoder.error(&node.place, error.to_string()),
                }
                return None;
            }
        };
        let tree = yaml::parse(&source, decoder.diagnostics);
        let recipe = tree.and_then(|tree| self.decode(&path, &tree, decoder));
        self.loaded.insert(path, recipe.clone());
        recipe
    }

    /// True if a file was read as a recipe, and what is wrong with it told.
    pub(super) fn has_read(&self, path: &Path) -> bool {
        self.loaded.contains_key(path)
    }

    /// Takes note of a file that is no YAML, so that what uses it does not tell that again.
    pub(super) fn note_unreadable(&mut self, path: &Path) {
        self.loaded.entry(path.to_owned()).or_default();
    }

    /// A recipe from its file's tree, unless the file was read before.
    pub(super) fn decode(
        &mut self,
        path: &Path,
        tree: &Node,
        decoder: &mut Decoder<'_>,
    ) -> Option<Arc<Recipe>> {
        if let Some(loaded) = self.loaded.get(path) {
            return loaded.clone();
        }
        self.open.push(path.to_owned());
        let mut inner = Decoder::new(decoder.root(), path, decoder.diagnostics);
        let recipe = Recipe::decode(path, tree, self, &mut inner).map(Arc::new);
        self.open.pop();
        self.loaded.insert(path.to_owned(), recipe.clone());
        recipe
    }
}

/// The path, from the file that names it, of the recipe that was probably meant by one that is not there: of the same
/// name elsewhere, or of the nearest.
fn nearest(missing: &Path, decoder: &Decoder<'_>) -> Option<String> {
    let begins = |path: &PathBuf| {
        let text = decoder.root().read_text(path, FILE_LIMIT).ok();
        text.is_some_and(|source| source.text.lines().any(|line| line.starts_with("recipe:")))
    };
    let files = decoder.root().find(Path::new(""), &["yaml", "yml"]).ok()?;
    let same = files
        .iter()
        .find(|path| path.file_name() == missing.file_name() && begins(path));
    let near = || {
        let names: Vec<&str> = files.iter().filter_map(|path| path.to_str()).collect();
        let near = registry::nearest(missing.to_str()?, names)?;
        Some(PathBuf::from(near)).filter(begins)
    };
    let found = same.cloned().or_else(near)?;
    // From one folder to another: up to what they share, and down.
    let from = decoder.file().parent().unwrap_or(Path::new(""));
    let shared = from
        .components()
        .zip(found.components())
        .take_while(|(one, other)| one == other)
        .count();
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = found.components().skip(shared);
    let down = down.map(|part| part.as_os_str().to_string_lossy().into_owned());
    Some(up.chain(down).collect::<Vec<_>>().join("/"))
}

impl Recipe {
    fn decode(path: &Path, tree: &Node, recipes: &mut Recipes, decoder: &mut Decoder<'_>) -> Option<Recipe> {
        let mut fields = decoder.fields(tree, "a recipe")?;
        let (key, name) = match fields.entry("recipe") {
            Some((key, node)) => (
                key,
                decoder.constant(node, "the recipe's name").map(str::to_owned),
            ),
            None => {
                decoder.error_with_help(
                    &tree.place,
                    "this is not a recipe",
                    "a recipe's first key is `recipe:`",
                );
                return None;
            }
        };
        let description = fields
            .get("description")
            .and_then(|node| decoder.constant(node, "`description`").map(str::to_owned));
        let inputs = fields
            .get("inputs")
            .map(|node| input::decode_all(node, decoder))
            .unwrap_or_default();
        let mut steps = fields
            .required("steps", decoder)
            .map(|node| Step::decode_all(node, recipes, decoder))
            .unwrap_or_default();
        for step in steps.iter().filter(|step| step.xfail.is_some()) {
            decoder.error_with_help(
                &step.place,
                "`xfail` cannot stand in a recipe",
                "a recipe gives its outputs or fails; expect the failure in the step that uses it",
            );
        }
        step::refuse_cleanups(&steps, "a recipe", decoder);
        let mut length = steps.iter().map(Step::length).sum();
        if length > MOST_STEPS {
            decoder.error_with_help(
                &key.place,
                format!("this recipe comes to {length} steps with the recipes it uses"),
                format!("a recipe may come to {MOST_STEPS} steps"),
            );
            // Told once, and not by every recipe that uses this one.
            length = 1;
        }
        step::refuse_rounds(
            &steps,
            "a recipe",
            "write it into the step that uses the recipe",
            decoder,
        );
        snapshots::name_steps(&mut steps);
        let mut outputs = Vec::new();
        let mut uses: Vec<Use> = Vec::new();
        if let Some(node) = fields.get("outputs") {
            match node.as_map() {
                None => decoder.expected(node, "a mapping for `outputs`"),
                Some(map) => {
                    for (key, node) in map.iter() {
                        if let Some(value) = decoder.tree(node) {
                            outputs.push(Output {
                                name: key.name().to_owned(),
                                value,
                                place: node.place.clone(),
                            });
                        }
                    }
                }
            }
            uses.append(&mut decoder.uses);
        }
        fields.finish(decoder);
        let mut known = names::Known::new();
        known.inputs(&inputs);
        known.lost(std::mem::take(&mut decoder.lost));
        known.steps(&steps, decoder.diagnostics);
        known.check(&uses, decoder.diagnostics);
        Some(Recipe {
            name: name?,
            file: path.to_owned(),
            place: key.place.clone(),
            description,
            inputs,
            steps,
            outputs,
            length,
        })
    }
}
