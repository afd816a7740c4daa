//! The rounds of cases, known once the inputs are.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{one_at_least, title};
use crate::collection::{CaseOutline, Outline, Round};
use crate::diagnostic::Diagnostic;
use crate::template::Scope;

/// The rounds of the cases whose `for` holds an expression. Without them such a case is planned once.
#[derive(Debug, Default)]
pub struct CaseRounds(HashMap<(PathBuf, usize), Vec<Arc<Round>>>);

impl CaseRounds {
    /// Evaluates each such `for` over the variables of its collection. What cannot be evaluated goes to `diagnostics`.
    pub fn evaluate<'s>(
        collections: &[Arc<Outline>],
        scope_of: impl Fn(&Outline) -> &'s Scope,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> CaseRounds {
        let mut all = CaseRounds::default();
        for collection in collections {
            for (index, case) in collection.cases.iter().enumerate() {
                let Some(rounds) = case.rounds.as_ref().filter(|rounds| rounds.known().is_none()) else {
                    continue;
                };
                match rounds.evaluate(scope_of(collection)) {
                    Ok(evaluated) => {
                        all.0.insert((collection.file.clone(), index), evaluated);
                    }
                    Err(error) => {
                        let place = error.place.as_ref().unwrap_or(&rounds.place);
                        let diagnostic = Diagnostic::error(error.message).at(place);
                        diagnostics.push(match error.help {
                            Some(help) => diagnostic.help(help),
                            None => diagnostic,
                        });
                    }
                }
            }
        }
        all
    }

    /// The names a case has in reports, one for each of its rounds; none while these are not known.
    pub fn titles(&self, file: &Path, index: usize, case: &CaseOutline) -> Option<Vec<String>> {
        let rounds = self.of(file, index, case);
        if rounds.is_none() && case.rounds.is_some() {
            return None;
        }
        let title = |round: Option<Arc<Round>>| title(&case.name, round.as_deref());
        Some(one_at_least(rounds).into_iter().map(title).collect())
    }

    /// The rounds of a case that is repeated, as far as they are known.
    pub(super) fn of<'a>(
        &'a self,
        file: &Path,
        index: usize,
        case: &'a CaseOutline,
    ) -> Option<&'a [Arc<Round>]> {
        let rounds = case.rounds.as_ref()?;
        let evaluated = || self.0.get(&(file.to_owned(), index)).map(Vec::as_slice);
        rounds.known().or_else(evaluated)
    }
}
