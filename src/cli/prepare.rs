//! From arguments to a suite, a plan and inputs: everything that can be wrong is found here, before a socket is opened.

use std::path::PathBuf;

use super::arguments::{InputArguments, SelectArguments};
use super::inputs::{self, Missing, Resolved};
use super::workspace::{self, Workspace};
use super::{CommandError, Exit, output, snapshots};
use crate::collection::{self, Collection, Environment, PROJECT_FILE, Suite};
use crate::diagnostic::Diagnostics;
use crate::mock::Mock;
use crate::plan::{self, CaseRounds, Plan};
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

    /// What the selection chooses. A name that chooses nothing is told with the nearest one.
    pub(super) fn plan(&self, select: &SelectArguments, rounds: &CaseRounds) -> Plan {
        Plan::new(&self.suite.collections, &workspace::selection(select), rounds)
    }

    /// The rounds of cases, over the inputs; what cannot be evaluated is among the diagnostics.
    pub(super) fn case_rounds(&mut self, resolved: &Resolved) -> CaseRounds {
        if self.diagnostics.has_errors() {
            // Of an input that is missing enough was said.
            return CaseRounds::default();
        }
        let scope = resolved.scope();
        let own = resolved.collection_scopes(&scope);
        let scope_of = |collection: &Collection| own.get(&collection.file).unwrap_or(&scope);
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
            let refused = plan::refused_writes(plan, &self.suite.project, &resolved.scope());
            self.diagnostics.extend(refused);
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

/// Why nothing was selected, with a word that was probably meant.
pub(super) fn nothing_selected(loaded: &Loaded, select: &SelectArguments) -> String {
    if loaded.suite.collections.is_empty() {
        return match loaded.files {
            0 => "no call sheets were found".to_owned(),
            count => format!("no collection is among the {count} files found"),
        };
    }
    unmatched(loaded, select).unwrap_or_else(|| "nothing is left by the options given together".to_owned())
}

/// A name of the options that matches nothing, with the nearest that would.
pub(super) fn unmatched(loaded: &Loaded, select: &SelectArguments) -> Option<String> {
    let cases = || {
        loaded
            .suite
            .collections
            .iter()
            .flat_map(|collection| &collection.cases)
    };
    let tags: Vec<&str> = cases()
        .flat_map(|case| {
            case.tags
                .iter()
                .chain(case.steps.iter().flat_map(|step| &step.tags))
        })
        .map(String::as_str)
        .collect();
    let case_names: Vec<&str> = cases().map(|case| case.name.as_str()).collect();
    let step_names: Vec<&str> = cases()
        .flat_map(|case| &case.steps)
        .map(|step| step.name.as_str())
        .collect();
    let options = [
        ("--case", &select.cases, case_names),
        ("--step", &select.steps, step_names),
        ("--tag", &select.tags, tags),
    ];
    for (option, wanted, mut known) in options {
        let is_known = |name: &str| {
            // A round of a case is named behind the case: `read [2: id=17]`.
            let of_round = |known: &str| {
                name.strip_prefix(known)
                    .is_some_and(|rest| rest.starts_with(" ["))
            };
            known.iter().any(|known| *known == name || of_round(known))
        };
        let Some(name) = wanted.iter().find(|name| !is_known(name)) else {
            continue;
        };
        known.sort_unstable();
        known.dedup();
        let help = registry::suggestion(name, known)
            .map(|help| format!("; {help}"))
            .unwrap_or_default();
        return Some(format!("{option} {name} matches nothing{help}"));
    }
    None
}
