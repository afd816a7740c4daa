//! One file a command; exit codes in one place.
