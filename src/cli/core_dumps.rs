//! What is left of the process when it dies: nothing of its memory, in which secrets are.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Lets the system write no core dump of this process, whatever the shell allowed.
pub(super) fn forbid() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Lowering a limit is anybody's right; where the system knows no such limit, there is nothing to lower.
    let _ = setrlimit(Resource::Core, none);
}
