//! `callsheet mock FILE`: the mock as a server.

use std::io;

use serde_json::{Map, Value};

use super::arguments::MockArguments;
use super::signals::Signals;
use super::workspace::Workspace;
use super::{CommandError, Exit, inputs, output, run};
use crate::diagnostic::Diagnostics;
use crate::mock::{self, Mock};
use crate::registry;
use crate::secret::Vault;

pub(super) fn mock(arguments: &MockArguments) -> Result<Exit, CommandError> {
    let workspace = Workspace::find(std::slice::from_ref(&arguments.file))?;
    let path = workspace.within(&arguments.file)?;
    let mut diagnostics = Diagnostics::default();
    let loaded = Mock::load(&workspace.root, &path, &mut diagnostics);
    if !diagnostics.is_empty() {
        output::diagnostics(&mut diagnostics, &Vault::new());
    }
    let Some(loaded) = loaded else {
        return Ok(Exit::Usage);
    };
    let mut given = Map::new();
    for argument in &arguments.inputs {
        let (name, value) = inputs::pair("--input", argument)?;
        if !loaded.inputs().any(|known| known == name) {
            let help = registry::suggestion(name, loaded.inputs()).unwrap_or_default();
            return Err(CommandError::usage(format!("unknown input `{name}`; {help}")));
        }
        given.insert(name.to_owned(), Value::String(value.to_owned()));
    }
    let name = loaded.name().to_owned();
    run::runtime()?.block_on(async {
        let running = mock::serve(loaded, given, arguments.listen)
            .await
            .map_err(|error| CommandError {
                message: match error.kind() {
                    io::ErrorKind::AddrInUse => format!(
                        "cannot listen on {}: {error}; name another address with --listen, or port 0 for any that is free",
                        arguments.listen
                    ),
                    _ => format!("cannot listen on {}: {error}", arguments.listen),
                },
                exit: Exit::Errored,
            })?;
        output::print(format!("{name} answers at {}; end it with Ctrl-C\n", running.url).as_bytes())?;
        let signal = Signals::new().next().await;
        running.stop().await;
        Ok(Exit::Interrupted(signal))
    })
}
