//! One file a command; exit codes in one place.
//!
//! The edge: the only code that reads the environment, prints or exits.

mod arguments;
mod beside;
mod changed;
mod changes;
mod check;
mod common;
mod completions;
mod core_dumps;
mod deferred;
mod descriptors;
mod desktop;
mod diff;
mod exit;
mod export;
mod follow;
mod help;
mod history;
mod import;
mod init;
mod inputs;
mod list;
mod log;
mod man;
mod mock;
mod network;
mod output;
mod prepare;
mod recording;
mod report;
mod reports;
mod review;
mod run;
mod schema;
mod select;
mod settled;
mod shard;
mod signals;
mod snapshots;
mod watch;
mod workspace;
mod written;

use std::process::ExitCode;

use clap::Parser;

pub use arguments::Arguments;
pub use exit::Exit;

use arguments::Command;

/// Runs the command the arguments name and tells the exit code.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        output::error_line(&crate::secret::panic_hook(info))
    }));
    core_dumps::forbid();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are errors to clap, printed on stdout and no failure.
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Passed
            };
            if error.print().is_err() {
                return Exit::Output.into();
            }
            if error.kind() == clap::error::ErrorKind::DisplayHelp {
                let inputs = help::inputs_of(std::env::args_os().skip(1));
                return output::print(inputs.as_bytes()).unwrap_or(Exit::Output).into();
            }
            return exit.into();
        }
    };
    let outcome = std::panic::catch_unwind(|| dispatch(arguments.command));
    let exit = match outcome {
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => {
            output::error_line(&format!("error: {}", error.message));
            error.exit
        }
        Err(_) => Exit::Bug,
    };
    exit.into()
}

fn dispatch(command: Command) -> Result<Exit, CommandError> {
    match command {
        Command::Run(arguments) => run::run(&arguments.0),
        Command::Watch(arguments) => watch::watch(&arguments.0),
        Command::Check(arguments) => check::check(&arguments.0),
        Command::List(arguments) => list::list(&arguments.0),
        Command::Report(arguments) => report::report(&arguments.0),
        Command::Export(arguments) => export::export(&arguments.0),
        Command::Import(arguments) => import::import(&arguments.0),
        Command::Diff(arguments) => diff::diff(&arguments.0),
        Command::Review(arguments) => review::review(&arguments.0),
        Command::Mock(arguments) => mock::mock(&arguments.0),
        Command::Init(arguments) => init::init(&arguments.0),
        Command::Schema => schema::schema(),
        Command::Completions(arguments) => completions::completions(&arguments.0),
        Command::Man => man::man(),
    }
}

/// The environment's failure, or a wrong argument: what was attempted, and the exit code it leads to.
#[derive(Debug)]
pub(crate) struct CommandError {
    message: String,
    exit: Exit,
}

impl CommandError {
    /// A wrong argument or file, found before anything was sent.
    fn usage(message: impl Into<String>) -> Self {
        CommandError {
            message: message.into(),
            exit: Exit::Usage,
        }
    }

    /// Something that could not be written whole.
    fn output(attempted: &str, error: &std::io::Error) -> Self {
        CommandError {
            message: format!("{attempted}: {error}"),
            exit: Exit::Output,
        }
    }
}
