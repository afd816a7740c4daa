//! Behaviour of paths as a whole.
