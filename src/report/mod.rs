//! Outcomes made readable: an open set.
