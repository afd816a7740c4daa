//! A bound on the work of one query, so that no path and no document can keep a run busy for ever.

use std::fmt;

/// How many nodes of a document a query may still visit. Nodes that a filter looks at count, and so does the length of
/// a text given to a regular expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget(usize);

/// The budget was used up before the query was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetExhausted;

impl Budget {
    /// A budget of so many nodes.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self(nodes)
    }

    /// How many nodes are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.0
    }

    /// Takes `nodes` from the budget.
    pub(super) fn spend(&mut self, nodes: usize) -> Result<(), BudgetExhausted> {
        self.0 = self.0.checked_sub(nodes).ok_or(BudgetExhausted)?;
        Ok(())
    }
}

impl Default for Budget {
    /// Ten million nodes: many times what an answer of ten megabytes holds.
    fn default() -> Self {
        Self(10_000_000)
    }
}

impl fmt::Display for BudgetExhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the path visits too many nodes of the document")
    }
}

impl std::error::Error for BudgetExhausted {}
