//! One thing wrong with a file: place, message, help.
