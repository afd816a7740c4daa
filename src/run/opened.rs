//! The collections of a run in memory: each from its first case on until its last one is over.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::collection::{Collection, Library};
use crate::diagnostic::Diagnostic;
use crate::plan::{Plan, PlannedCase};

/// What the cases of one collection share.
#[derive(Default)]
struct Shared {
    /// How many of its cases are not over.
    unfinished: usize,
    collection: Option<Arc<Collection>>,
}

/// The collections of a plan, as far as they are needed now.
pub(super) struct Opened<'r> {
    library: Library<'r>,
    shared: HashMap<&'r Path, Shared>,
}

impl<'r> Opened<'r> {
    /// None of the collections yet.
    pub(super) fn new(library: Library<'r>, plan: &'r Plan) -> Self {
        let mut shared: HashMap<&Path, Shared> = HashMap::new();
        for planned in &plan.cases {
            shared.entry(&planned.collection.file).or_default().unfinished += 1;
        }
        Opened { library, shared }
    }

    /// The collection of a case that starts.
    ///
    /// # Errors
    /// It is not what it was when the case was planned.
    pub(super) fn open(&mut self, planned: &'r PlannedCase) -> Result<Arc<Collection>, Diagnostic> {
        let shared = self.shared.entry(&planned.collection.file).or_default();
        if let Some(collection) = &shared.collection {
            return Ok(Arc::clone(collection));
        }
        let collection = self.library.open(&planned.collection)?;
        shared.collection = Some(Arc::clone(&collection));
        Ok(collection)
    }

    /// Takes note that a case is over; after the last one of a collection this is let go.
    pub(super) fn close(&mut self, planned: &PlannedCase) {
        let Some(shared) = self.shared.get_mut(planned.collection.file.as_path()) else {
            return;
        };
        shared.unfinished -= 1;
        if shared.unfinished == 0 {
            shared.collection = None;
        }
    }
}
