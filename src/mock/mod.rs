//! A server that answers from a file.
