//! Two values to a list of differences by path.
