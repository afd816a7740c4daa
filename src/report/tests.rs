//! Reports from recorded runs, without HTTP.
