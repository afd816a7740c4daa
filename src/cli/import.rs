//! `callsheet import`: a call sheet out of what other tools recorded. Nothing is sent.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::Arc;

use super::arguments::ImportArguments;
use super::workspace::Workspace;
use super::written::Place;
use super::{CommandError, Exit, output};
use crate::diagnostic::Diagnostics;
use crate::import::{self, CONTENTS, ImportKind, Imported, Options};
use crate::registry;
use crate::secret::Vault;
use crate::source::{Source, SourceError};

pub(super) fn import(arguments: &ImportArguments) -> Result<Exit, CommandError> {
    let kind = kind(&arguments.format);
    if !arguments.only.is_empty() && !kind.tells_contents {
        let name = kind.entry.name;
        return Err(CommandError::usage(format!(
            "--only does not go with {name}, which does not tell what answers contained"
        )));
    }
    if let Some(path) = &arguments.output
        && path.exists()
        && !arguments.force
    {
        return Err(CommandError::usage(format!(
            "{} is there already, and nothing was written; --force writes over it",
            path.display()
        )));
    }
    let only = arguments.only.iter().filter_map(|wanted| {
        let found = CONTENTS.iter().find(|(word, _)| word == wanted);
        found.map(|(_, content)| *content)
    });
    let options = Options {
        hosts: arguments.host.clone(),
        only: only.collect(),
    };
    if arguments.file.as_os_str() == "-" && io::stdin().is_terminal() {
        output::error_line("reads standard input until Ctrl-D");
    }
    let source = read(&arguments.file, kind.limit).map_err(|error| CommandError::usage(error.to_string()))?;
    let mut diagnostics = Diagnostics::default();
    let imported = import::import(kind, &source, &options, &mut diagnostics);
    if !diagnostics.is_empty() {
        output::diagnostics(&mut diagnostics, &Vault::new());
    }
    let Some(imported) = imported else {
        return Ok(Exit::Usage);
    };
    left_out(&imported);
    if imported.requests == 0 {
        output::error_line("error: no request is left to import");
        return Ok(Exit::Empty);
    }
    let exit = match &arguments.output {
        None => output::print(imported.text.as_bytes())?,
        Some(path) => write(path, &imported.text, arguments.force)?,
    };
    what_it_needs(&imported, arguments.output.as_deref());
    Ok(exit)
}

/// The kind of a name that the command line was checked for.
fn kind(name: &str) -> &'static ImportKind {
    registry::find(import::KINDS, name).expect("a kind of the list")
}

/// Reads a file that the command line names, or stdin, up to a limit.
fn read(path: &Path, limit: u64) -> Result<Arc<Source>, SourceError> {
    let shown = match path.to_str() {
        Some("-") => "stdin".to_owned(),
        _ => path.display().to_string(),
    };
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => SourceError::NotFound { path: shown.clone() },
        io::ErrorKind::IsADirectory => SourceError::NotARegularFile { path: shown.clone() },
        _ => SourceError::Io {
            path: shown.clone(),
            error,
        },
    };
    let reader: Box<dyn Read> = match shown.as_str() {
        "stdin" => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(path).map_err(failed)?),
    };
    let mut bytes = Vec::new();
    reader
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        return Err(SourceError::TooLarge { path: shown, limit });
    }
    let text = String::from_utf8(bytes).map_err(|error| SourceError::NotUtf8 {
        path: shown.clone(),
        byte: error.utf8_error().valid_up_to(),
    })?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(Source::new(shown, text))
}

fn write(path: &Path, text: &str, force: bool) -> Result<Exit, CommandError> {
    let written = Place::open(path).and_then(|(mut file, place)| {
        io::Write::write_all(&mut file, text.as_bytes())?;
        match force {
            true => place.keep(),
            // Never over a file that appeared in the meantime.
            false => place.keep_new(),
        }
    });
    written
        .map(|()| Exit::Passed)
        .map_err(|error| CommandError::output(&format!("cannot write {}", path.display()), &error))
}

/// Says how many requests are not in the sheet.
fn left_out(imported: &Imported) {
    let count: usize = imported.left_out.iter().map(|(_, count)| count).sum();
    if count == 0 {
        return;
    }
    let parts: Vec<String> = imported
        .left_out
        .iter()
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    output::error_line(&format!(
        "imported {} of {}; left out: {}",
        imported.requests,
        imported.requests + count,
        parts.join(", ")
    ));
}

/// Says what has to be there for the sheet to run.
fn what_it_needs(imported: &Imported, path: Option<&Path>) {
    for secret in &imported.secrets {
        output::error_line(&format!(
            "set {}: the secret input {} is {}",
            secret.env, secret.name, secret.what
        ));
    }
    for file in &imported.files {
        output::error_line(&format!("put the file {file} beside the call sheet"));
    }
    let mut options = String::new();
    for input in &imported.open {
        options.push_str(&format!(" --input {input}=URL"));
    }
    if !imported.secrets.is_empty() && imported.hosts.is_empty() {
        options.push_str(" --allow-host HOST");
    } else if !imported.secrets.is_empty() {
        // Without a project no host is bound to secrets.
        for host in &imported.hosts {
            options.push_str(&format!(" --allow-host {host}"));
        }
    }
    if !options.is_empty() {
        let path = path.map_or_else(|| "SHEET".to_owned(), |path| path.display().to_string());
        output::error_line(&format!("run it with: callsheet run {path}{options}"));
    }
    if !imported.hosts.is_empty() && path.is_some_and(is_in_project) {
        output::error_line(
            "note: the sheet has a base_url of its own, whatever the environment; take it out of `inputs` and `defaults` \
             to send requests where the project's environments are",
        );
    }
}

fn is_in_project(path: &Path) -> bool {
    Workspace::find(&[path.to_owned()]).is_ok_and(|workspace| workspace.has_project)
}
