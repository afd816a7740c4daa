//! A file's text and places in it; files are opened here, beneath the project's root, and nowhere else.
