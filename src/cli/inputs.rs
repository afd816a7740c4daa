//! The values of inputs: typed, and all missing ones at once, before anything is sent.

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::CommandError;
use super::arguments::InputArguments;
use super::workspace::Workspace;
use crate::collection::{ENVIRONMENT, Environment, Input, Outline, Suite};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::registry;
use crate::secret::{self, Label, Vault};
use crate::template::{Scope, Secrecy, Variable};

/// The input that a mock gives its own address.
pub(super) const BASE_URL: &str = "base_url";

/// The largest file a secret is read from, in bytes.
const SECRET_FILE_LIMIT: u64 = 64 * 1024;

/// Every input with its value.
pub(super) struct Resolved {
    pub(super) vault: Vault,
    /// The project's.
    pub(super) values: Map<String, Value>,
    secrets: Vec<String>,
    environment: Value,
    /// A collection's own, by its file.
    collections: HashMap<PathBuf, Vec<(String, Variable)>>,
}

/// Values from the command line.
struct Given {
    plain: HashMap<String, String>,
    secret: HashMap<String, String>,
}

/// What is done about an input that nothing gives a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is asked for where somebody can answer, and is an error otherwise: a run needs it.
    Asked,
    /// It is left out: files are judged without the values of a run.
    LeftOut,
}

/// Finds the value of every declared input. What is missing or of the wrong type goes to `diagnostics`.
pub(super) fn resolve(
    workspace: &Workspace,
    suite: &Suite,
    environment: Option<&Environment>,
    arguments: &InputArguments,
    missing: Missing,
    diagnostics: &mut Diagnostics,
) -> Result<Resolved, CommandError> {
    let given = Given::read(arguments)?;
    let declared: Vec<&Input> = suite
        .project
        .inputs
        .iter()
        .chain(suite.collections.iter().flat_map(|collection| &collection.inputs))
        .collect();
    given.check(&declared)?;
    given.check_mock(environment)?;
    let vault = Vault::new();
    let mut resolver = Resolver {
        workspace,
        environment,
        environments: &suite.project.environments,
        given: &given,
        missing,
        diagnostics,
        vault: &vault,
    };
    let mut values = Map::new();
    let mut secrets = Vec::new();
    for input in &suite.project.inputs {
        // A mock's address is known when it listens.
        if input.name == BASE_URL && environment.is_some_and(|environment| environment.mock.is_some()) {
            continue;
        }
        if let Some(value) = resolver.value(input) {
            if input.secret {
                secrets.push(input.name.clone());
            }
            values.insert(input.name.clone(), value);
        }
    }
    let mut collections = HashMap::new();
    for collection in suite
        .collections
        .iter()
        .filter(|collection| !collection.inputs.is_empty())
    {
        collections.insert(collection.file.clone(), resolver.collection(collection));
    }
    let environment = json!({
        "name": environment.map(|environment| environment.name.clone()),
        "protected": environment.is_some_and(|environment| environment.protected),
    });
    Ok(Resolved {
        vault,
        values,
        secrets,
        environment,
        collections,
    })
}

impl Resolved {
    /// The scope of the project's inputs and the environment.
    pub(super) fn scope(&self) -> Scope {
        let mut scope = Scope::with_vault(self.vault.clone());
        scope.set_plain(ENVIRONMENT, self.environment.clone());
        for (name, value) in &self.values {
            let secrecy = if self.secrets.contains(name) {
                Secrecy::Whole(Label::new(name))
            } else {
                Secrecy::None
            };
            scope.set(name.clone(), Variable::new(value.clone(), secrecy));
        }
        scope
    }

    /// The scopes of the collections that declare inputs of their own.
    pub(super) fn collection_scopes(&self, base: &Scope) -> HashMap<PathBuf, Scope> {
        let over = |variables: &[(String, Variable)]| {
            let mut scope = base.layer();
            for (name, variable) in variables {
                scope.set(name.clone(), variable.clone());
            }
            scope
        };
        self.collections
            .iter()
            .map(|(file, variables)| (file.clone(), over(variables)))
            .collect()
    }

    /// The project's inputs that may be shown, as text.
    pub(super) fn shown(&self) -> IndexMap<String, String> {
        let shown = self
            .values
            .iter()
            .filter(|(name, _)| !self.secrets.contains(name));
        shown
            .map(|(name, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (name.clone(), self.vault.mask_text(&text).into_owned())
            })
            .collect()
    }

    /// The inputs of collections that are not secret, as text, each with its file.
    pub(super) fn shown_of_collections(&self) -> Vec<(&Path, &str, String)> {
        let mut shown = Vec::new();
        for (file, variables) in &self.collections {
            for (name, variable) in variables {
                if matches!(variable.secrecy(), Secrecy::None) {
                    let text = variable.value().to_string();
                    let text = self.vault.mask_text(&text).into_owned();
                    shown.push((file.as_path(), name.as_str(), text));
                }
            }
        }
        shown.sort();
        shown
    }
}

struct Resolver<'a> {
    workspace: &'a Workspace,
    environment: Option<&'a Environment>,
    environments: &'a IndexMap<String, Environment>,
    given: &'a Given,
    missing: Missing,
    diagnostics: &'a mut Diagnostics,
    vault: &'a Vault,
}

impl Resolver<'_> {
    fn collection(&mut self, collection: &Outline) -> Vec<(String, Variable)> {
        let mut variables = Vec::new();
        for input in &collection.inputs {
            if let Some(value) = self.value(input) {
                // Whoever wrote the collection chose which variable of the operator's it reads.
                let is_secret = input.secret || input.env.is_some();
                if is_secret && !input.secret {
                    self.keep(input, &value);
                }
                let secrecy = if is_secret {
                    Secrecy::Whole(Label::new(&input.name))
                } else {
                    Secrecy::None
                };
                variables.push((input.name.clone(), Variable::new(value, secrecy)));
            }
        }
        variables
    }

    /// The value from the first source that has one; a wrong one is not passed over for the next.
    fn value(&mut self, input: &Input) -> Option<Value> {
        if let Some(variable) = &input.env {
            self.vault.note_variable(&input.name, variable);
        }
        let found = self.find(input);
        match found {
            Ok(Some(value)) => {
                if input.secret {
                    self.keep(input, &value);
                }
                Some(value)
            }
            Ok(None) if !input.required => Some(Value::Null),
            Ok(None) => {
                if self.missing == Missing::Asked {
                    let environments = self.environments_with(input);
                    self.diagnostics.push(missing(input, &environments));
                }
                None
            }
            Err(reason) => {
                self.diagnostics
                    .push(Diagnostic::error(format!("the input `{}` {reason}", input.name)).at(&input.place));
                None
            }
        }
    }

    /// The environments that give an input its value, where none is chosen; a mock's address is one.
    fn environments_with(&self, input: &Input) -> Vec<&str> {
        if self.environment.is_some() {
            return Vec::new();
        }
        let gives = |environment: &&Environment| {
            let is_address = input.name == BASE_URL && environment.mock.is_some();
            is_address || environment.inputs.contains_key(&input.name)
        };
        let giving = self.environments.values().filter(gives);
        giving.map(|environment| environment.name.as_str()).collect()
    }

    fn keep(&mut self, input: &Input, value: &Value) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if secret::weak(&text) {
            self.diagnostics.push(
                Diagnostic::warning(format!(
                    "the secret `{}` is too short to be masked safely",
                    input.name
                ))
                .at(&input.place)
                .help("secrets under 8 bytes also occur by chance"),
            );
        }
        self.vault.add(&text, &Label::new(&input.name));
    }

    fn find(&self, input: &Input) -> Result<Option<Value>, String> {
        let given = if input.secret {
            &self.given.secret
        } else {
            &self.given.plain
        };
        if let Some(text) = given.get(&input.name) {
            return input.read(text).map(Some);
        }
        if let Some(value) = self
            .environment
            .and_then(|environment| environment.inputs.get(&input.name))
        {
            return Ok(Some(value.clone()));
        }
        if let Some(variable) = &input.env
            && let Some(text) = std::env::var_os(variable)
        {
            let text = text
                .into_string()
                .map_err(|_| format!("is not UTF-8 in ${variable}"))?;
            // Empty is unset, and another source may still have it.
            if !text.is_empty() {
                return input.read(&text).map(Some);
            }
        }
        if let Some(path) = &input.file {
            match self.workspace.root.read_text(path, SECRET_FILE_LIMIT) {
                Ok(source) => return input.read(source.text.trim_end_matches(['\n', '\r'])).map(Some),
                Err(crate::source::SourceError::NotFound { .. }) => {}
                Err(error) => return Err(format!("cannot be read: {error}")),
            }
        }
        if let Some(prompt) = &input.prompt
            && self.missing == Missing::Asked
            && io::stdin().is_terminal()
            && input.default.is_none()
        {
            let text = rpassword::prompt_password(format!("{}: ", crate::untrusted::line(prompt)))
                .map_err(|error| format!("cannot be asked for: {error}"))?;
            return input.read(text.trim_end()).map(Some);
        }
        Ok(input.default.clone())
    }
}

fn missing(input: &Input, environments: &[&str]) -> Diagnostic {
    let mut ways = Vec::new();
    if !environments.is_empty() {
        ways.push(format!("--env {}", environments.join(" or --env ")));
    }
    if input.secret {
        ways.extend(input.env.as_ref().map(|variable| format!("set ${variable}")));
        ways.push(format!(
            "--secret-env {0}=VARIABLE, --secret-file {0}=PATH or --secret-stdin {0}",
            input.name
        ));
    } else {
        ways.push(format!("--input {}=VALUE", input.name));
        ways.extend(input.env.as_ref().map(|variable| format!("set ${variable}")));
    }
    if let Some(example) = &input.example {
        ways.push(format!("for example {example}"));
    }
    let described = input
        .description
        .as_ref()
        .map(|text| format!(" ({text})"))
        .unwrap_or_default();
    Diagnostic::error(format!("the input `{}`{described} has no value", input.name))
        .at(&input.place)
        .help(ways.join("; "))
}

impl Given {
    fn read(arguments: &InputArguments) -> Result<Given, CommandError> {
        let mut given = Given {
            plain: HashMap::new(),
            secret: HashMap::new(),
        };
        for argument in &arguments.inputs {
            let (name, value) = pair("--input", argument)?;
            given.plain.insert(name.to_owned(), value.to_owned());
        }
        for argument in &arguments.secret_env {
            let (name, variable) = pair("--secret-env", argument)?;
            let value = std::env::var(variable).map_err(|_| {
                // A value given by mistake instead of a name is not repeated.
                let is_name = variable
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
                let shown = if is_name { variable } else { "that is named" };
                CommandError::usage(format!("--secret-env {name}: the variable {shown} is not set"))
            })?;
            given.secret.insert(name.to_owned(), value);
        }
        for argument in &arguments.secret_file {
            let (name, path) = pair("--secret-file", argument)?;
            let text = std::fs::read_to_string(path)
                .map_err(|error| CommandError::usage(format!("--secret-file {name}: {path}: {error}")))?;
            given
                .secret
                .insert(name.to_owned(), text.trim_end_matches(['\n', '\r']).to_owned());
        }
        if let Some(name) = &arguments.secret_stdin {
            let mut line = String::new();
            io::stdin()
                .read_line(&mut line)
                .map_err(|error| CommandError::usage(format!("--secret-stdin {name}: {error}")))?;
            given
                .secret
                .insert(name.clone(), line.trim_end_matches(['\n', '\r']).to_owned());
        }
        Ok(given)
    }

    /// An address for an environment that has its own: the mock would answer, and somebody else be thought to.
    fn check_mock(&self, environment: Option<&Environment>) -> Result<(), CommandError> {
        match environment.filter(|environment| environment.mock.is_some()) {
            Some(environment) if self.plain.contains_key(BASE_URL) => Err(CommandError::usage(format!(
                "--input {BASE_URL} does not go with the environment `{}`, whose mock answers at an address of its own; \
                 name another environment with --env",
                environment.name
            ))),
            Some(_) | None => Ok(()),
        }
    }

    /// Names that nobody declares, and secrets where everybody can read them.
    fn check(&self, declared: &[&Input]) -> Result<(), CommandError> {
        for (name, is_secret) in self
            .plain
            .keys()
            .map(|name| (name, false))
            .chain(self.secret.keys().map(|name| (name, true)))
        {
            let Some(input) = declared.iter().find(|input| input.name == *name) else {
                let names = || declared.iter().map(|input| input.name.as_str());
                let near = registry::nearest(name, names());
                let meant = near.and_then(|near| declared.iter().find(|input| input.name == near));
                let help = match meant {
                    Some(input) if input.secret && !is_secret => Some(format!(
                        "did you mean the secret `{0}`? it is given by --secret-env {0}=VARIABLE, --secret-file or \
                         --secret-stdin",
                        input.name
                    )),
                    Some(input) if !input.secret && is_secret => Some(format!(
                        "did you mean `{0}`? it is no secret, and given by --input {0}=VALUE",
                        input.name
                    )),
                    _ => registry::suggestion(name, names()),
                };
                let help = help.unwrap_or_else(|| "no input is declared".to_owned());
                return Err(CommandError::usage(format!("unknown input `{name}`; {help}")));
            };
            if input.secret && !is_secret {
                return Err(CommandError::usage(format!(
                    "the secret `{name}` is never taken from the arguments, which other users can list; use \
                     --secret-env, --secret-file or --secret-stdin"
                )));
            }
            if !input.secret && is_secret {
                return Err(CommandError::usage(format!(
                    "the input `{name}` is not a secret; use --input"
                )));
            }
        }
        Ok(())
    }
}

/// `NAME=VALUE`.
pub(super) fn pair<'a>(option: &str, argument: &'a str) -> Result<(&'a str, &'a str), CommandError> {
    argument
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| CommandError::usage(format!("{option} takes NAME=VALUE")))
}
