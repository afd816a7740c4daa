//! `callsheet run FILE --help` lists the inputs of that file too.

use std::fmt::Write;
use std::path::PathBuf;

use super::prepare;
use super::select::SelectArguments;
use crate::collection::Input;
use crate::untrusted;

/// The inputs of the call sheets among the arguments, as text; empty where there are none.
pub(super) fn inputs_of(arguments: impl Iterator<Item = std::ffi::OsString>) -> String {
    let paths: Vec<PathBuf> = arguments
        .map(PathBuf::from)
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml" || extension == "yml")
        })
        .filter(|path| path.is_file())
        .collect();
    if paths.is_empty() {
        return String::new();
    }
    // A file that is not sound has no inputs to list; running it says why.
    let select = SelectArguments {
        paths,
        ..SelectArguments::default()
    };
    let Ok(loaded) = prepare::load(&select) else {
        return String::new();
    };
    let mut text = String::new();
    for collection in loaded
        .suite
        .collections
        .iter()
        .filter(|collection| !collection.inputs.is_empty())
    {
        let _ = writeln!(text, "\nInputs of {} ({}):", collection.shown, collection.name);
        for input in &collection.inputs {
            let _ = writeln!(text, "  {:<16} {}", input.name, describe(input));
        }
    }
    untrusted::block(&text).into_owned()
}

fn describe(input: &Input) -> String {
    let mut parts = vec![input.kind.name().to_owned()];
    if input.secret {
        parts.push("secret".to_owned());
    }
    match &input.default {
        Some(default) => parts.push(format!("default {default}")),
        None if input.required => parts.push("required".to_owned()),
        None => {}
    }
    parts.extend(input.env.as_ref().map(|variable| format!("from ${variable}")));
    parts.extend(
        input
            .example
            .as_ref()
            .map(|example| format!("for example {example}")),
    );
    let described = input
        .description
        .as_ref()
        .map(|text| format!(": {text}"))
        .unwrap_or_default();
    format!("{}{described}", parts.join(", "))
}
