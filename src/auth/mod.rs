//! Ways to prove who is calling: an open set.
