//! `callsheet man`.

use clap::CommandFactory;

use super::{Arguments, CommandError, Exit, output};

pub(super) fn man() -> Result<Exit, CommandError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut page)
        .map_err(|error| CommandError::output("cannot make the man page", &error))?;
    output::print(&page)
}
