//! The functions, axes and node types of XPath 1.0.

/// A function, with the fewest and the most arguments it takes.
pub(super) type Function = (&'static str, usize, usize);

/// The core function library (XPath 1.0 §4).
pub(super) const FUNCTIONS: [Function; 27] = [
    ("last", 0, 0),
    ("position", 0, 0),
    ("count", 1, 1),
    ("id", 1, 1),
    ("local-name", 0, 1),
    ("namespace-uri", 0, 1),
    ("name", 0, 1),
    ("string", 0, 1),
    ("concat", 2, usize::MAX),
    ("starts-with", 2, 2),
    ("contains", 2, 2),
    ("substring-before", 2, 2),
    ("substring-after", 2, 2),
    ("substring", 2, 3),
    ("string-length", 0, 1),
    ("normalize-space", 0, 1),
    ("translate", 3, 3),
    ("boolean", 1, 1),
    ("not", 1, 1),
    ("true", 0, 0),
    ("false", 0, 0),
    ("lang", 1, 1),
    ("number", 0, 1),
    ("sum", 1, 1),
    ("floor", 1, 1),
    ("ceiling", 1, 1),
    ("round", 1, 1),
];

/// What looks like a function in place of a name (XPath 1.0 §2.3).
pub(super) const NODE_TYPES: [&str; 4] = ["node", "text", "comment", "processing-instruction"];

/// The axes (XPath 1.0 §2.2).
pub(super) const AXES: [&str; 13] = [
    "ancestor",
    "ancestor-or-self",
    "attribute",
    "child",
    "descendant",
    "descendant-or-self",
    "following",
    "following-sibling",
    "namespace",
    "parent",
    "preceding",
    "preceding-sibling",
    "self",
];

/// The operators that are names (XPath 1.0 §3.7).
pub(super) const OPERATORS: [&str; 4] = ["and", "or", "div", "mod"];
