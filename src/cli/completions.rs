//! `callsheet completions SHELL`.

use clap::CommandFactory;

use super::arguments::CompletionsArguments;
use super::{Arguments, CommandError, Exit, output};

pub(super) fn completions(arguments: &CompletionsArguments) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "callsheet",
        &mut script,
    );
    output::print(&script)
}
