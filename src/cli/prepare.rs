//! From arguments to a suite, a plan and inputs: everything that can be wrong is found here, before a socket is opened.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::InputArguments;
use super::inputs::{self, Missing, Resolved};
use super::select::SelectArguments;
use super::workspace::Workspace;
use super::{CommandError, Exit, output, snapshots};
use crate::collection::{self, Collection, Environment, Library, Outline, PROJECT_FILE, Suite};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::mock::Mock;
use crate::plan::{self, CaseRounds, OpenCase, Plan};
use crate::registry;
use crate::secret::Vault;

/// Files that were read, with everything wrong in them.
pub(super) struct Loaded {
    pub(super) workspace: Workspace,
    pub(super) suite: Suite,
    pub(super) diagnostics: Diagnostics,
    /// The mocks of environments and those met in folders, each read once.
    pub(super) mocks: Vec<(PathBuf, Mock)>,
    /// How many files were looked at.
    pub(super) files: usize,
}

/// Reads what is selected, and the project.
pub(super) fn load(select: &SelectArguments) -> Result<Loaded, CommandError> {
    let workspace = Workspace::find(&select.paths)?;
    let files = workspace.files(&select.paths)?;
    let mut diagnostics = Diagnostics::default();
    let suite = collection::load(&workspace.root, workspace.has_project, &files, &mut diagnostics);
    let mut mocks: Vec<(PathBuf, Mock)> = Vec::new();
    let of_environments = suite
        .project
        .environments
        .values()
        .filter_map(|environment| environment.mock.clone());
    for path in of_environments.chain(suite.mocks.iter().cloned()) {
        if mocks.iter().any(|(known, _)| *known == path) {
            continue;
        }
        if let Some(mock) = Mock::load(&workspace.root, &path, &mut diagnostics) {
            mocks.push((path, mock));
        }
    }
    snapshots::verify(&workspace.root, &suite, &mut diagnostics);
    Ok(Loaded {
        workspace,
        suite,
        diagnostics,
        mocks,
        files: files.len(),
    })
}

impl Loaded {
    /// The collections with their steps.
    pub(super) fn library(&self) -> Library<'_> {
        Library {
            suite: &self.suite,
            root: &self.workspace.root,
        }
    }

    /// The cases of a plan with their collections.
    ///
    /// # Errors
    /// A file changed since it was read.
    pub(super) fn open<'p>(&self, plan: &'p Plan) -> Result<Vec<OpenCase<'p>>, CommandError> {
        let library = self.library();
        let mut opened: HashMap<&Path, Arc<Collection>> = HashMap::new();
        let cases = plan.cases.iter().map(|planned| {
            let collection = match opened.entry(&planned.collection.file) {
                Entry::Occupied(entry) => Arc::clone(entry.get()),
                Entry::Vacant(entry) => Arc::clone(entry.insert(library.open(&planned.collection)?)),
            };
            Ok(OpenCase { planned, collection })
        });
        let cases: Result<_, Diagnostic> = cases.collect();
        cases.map_err(|error| CommandError::usage(error.message))
    }

    /// The environment that is named, or the project's default.
    pub(super) fn environment(&self, named: Option<&str>) -> Result<Option<&Environment>, CommandError> {
        let environments = &self.suite.project.environments;
        let Some(name) = named.or(self.suite.project.default_environment.as_deref()) else {
            return Ok(None);
        };
        environments.get(name).map(Some).ok_or_else(|| {
            let help = registry::suggestion(name, environments.keys().map(String::as_str))
                .unwrap_or_else(|| format!("none is declared in {PROJECT_FILE}"));
            CommandError::usage(format!("unknown environment `{name}`; {help}"))
        })
    }

    /// The rounds of cases, over the inputs; what cannot be evaluated is among the diagnostics.
    pub(super) fn case_rounds(&mut self, resolved: &Resolved) -> CaseRounds {
        if self.diagnostics.has_errors() {
            // Of an input that is missing enough was said.
            return CaseRounds::default();
        }
        let scope = resolved.scope();
        let own = resolved.collection_scopes(&scope);
        let scope_of = |collection: &Outline| own.get(&collection.file).unwrap_or(&scope);
        let mut wrong = Vec::new();
        let rounds = CaseRounds::evaluate(&self.suite.collections, scope_of, &mut wrong);
        self.diagnostics.extend(wrong);
        rounds
    }

    /// The inputs, with what is wrong about them among the diagnostics.
    pub(super) fn inputs(
        &mut self,
        environment: Option<&str>,
        arguments: &InputArguments,
        missing: Missing,
    ) -> Result<Resolved, CommandError> {
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        let chosen = self.environment(environment)?;
        let resolved = inputs::resolve(
            &self.workspace,
            &self.suite,
            chosen,
            arguments,
            missing,
            &mut diagnostics,
        );
        self.diagnostics = diagnostics;
        resolved
    }

    /// In a protected environment, notes every step that would write.
    pub(super) fn refuse_writes(
        &mut self,
        named: Option<&str>,
        plan: &Plan,
        resolved: &Resolved,
    ) -> Result<(), CommandError> {
        if self.environment(named)?.is_some_and(|it| it.protected) {
            let library = self.library();
            let open = |outline: &Outline| library.open(outline);
            let refused = plan::refused_writes(plan, &self.suite.project, &resolved.scope(), open);
            self.diagnostics
                .extend(refused.unwrap_or_else(|error| vec![error]));
        }
        Ok(())
    }

    /// Prints what is wrong; the exit code if anything keeps a run from starting.
    pub(super) fn complain(&mut self, vault: &Vault) -> Option<Exit> {
        if self.diagnostics.is_empty() {
            return None;
        }
        let has_errors = self.diagnostics.has_errors();
        output::diagnostics(&mut self.diagnostics, vault);
        has_errors.then_some(Exit::Usage)
    }
}
