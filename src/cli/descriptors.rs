//! How many files the process may hold open: sockets are among them.

use rustix::process::{Resource, getrlimit, setrlimit};

use super::{CommandError, Exit};

/// What is open besides connections: the runtime's own, the terminal, the log, files being read.
const BESIDES_CONNECTIONS: u64 = 24;

/// Lifts the soft limit (`ulimit -n`) to the hard one, and refuses to start under one that would break a run midway.
///
/// # Errors
/// When even the hard limit leaves no room for a connection or two.
pub(super) fn make_room() -> Result<(), CommandError> {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        // Where it cannot be lifted, the old limit holds and is judged below.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    match getrlimit(Resource::Nofile).current {
        Some(files) if files < BESIDES_CONNECTIONS + 8 => Err(CommandError {
            message: format!(
                "cannot start: the process may hold {files} files open, and needs {} at least (ulimit -n)",
                BESIDES_CONNECTIONS + 8
            ),
            exit: Exit::Errored,
        }),
        _ => Ok(()),
    }
}
