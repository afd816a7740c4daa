//! Scheduler, case, step, scope, session.
