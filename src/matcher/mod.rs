//! Ways to judge a value: an open set.
