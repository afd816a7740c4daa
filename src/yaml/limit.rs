//! How much one file may hold, so that no file can keep a run waiting or exhaust its memory.

/// The most bytes in a file; also the most that anchors and aliases may copy.
pub const MAXIMUM_BYTES: usize = 4 * 1024 * 1024;

/// The most nodes in a file, keys and what aliases stand for included; also the most that may be copied.
pub const MAXIMUM_NODES: usize = 50_000;

/// The most lists and mappings within one another.
pub const MAXIMUM_DEPTH: usize = 64;

/// The most aliases in a file.
pub const MAXIMUM_ALIASES: usize = 200;

/// What a part of a file weighs against the limits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weight {
    pub(super) nodes: usize,
    pub(super) bytes: usize,
}

impl Weight {
    pub(super) fn add(&mut self, other: Weight) {
        self.nodes = self.nodes.saturating_add(other.nodes);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }

    /// What was added since `earlier`.
    pub(super) fn since(self, earlier: Weight) -> Weight {
        Weight {
            nodes: self.nodes - earlier.nodes,
            bytes: self.bytes - earlier.bytes,
        }
    }
}
