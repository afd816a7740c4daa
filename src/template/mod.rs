//! Text with holes; functions are an open set.
