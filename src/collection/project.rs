//! The project file: environments, inputs, sessions, defaults.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value;

use super::defaults::Defaults;
use super::input::{self, Input};
use super::names::Known;
use super::recipe::Recipes;
use super::request;
use super::step::{self, Call};
use crate::decode::Decoder;
use crate::source::Place;
use crate::template::{Template, Use};
use crate::yaml::{Key, Node};

/// A project.
#[derive(Debug, Default)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// The environment a run takes when none is named.
    pub default_environment: Option<String>,
    /// Its inputs.
    pub inputs: Vec<Input>,
    /// Its environments.
    pub environments: IndexMap<String, Environment>,
    /// Its sessions.
    pub sessions: IndexMap<String, Arc<SessionSpec>>,
    /// The names of the sessions that could not be read.
    pub(super) broken_sessions: Vec<String>,
    /// Its groups of cases, each with how many of them may run at the same time.
    pub groups: IndexMap<String, usize>,
    /// What all requests have in common.
    pub defaults: Arc<Defaults>,
}

/// An environment: where the calls go and with which inputs.
#[derive(Debug)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// The mock that is started for it, relative to the root.
    pub mock: Option<PathBuf>,
    /// Its inputs.
    pub inputs: IndexMap<String, Value>,
    /// True if nothing but reading is allowed.
    pub protected: bool,
    /// The only hosts something is sent to; empty for the hosts of `base_url`.
    pub hosts: Vec<String>,
}

/// A session: a login whose outcome many requests share.
#[derive(Debug)]
pub struct SessionSpec {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// How it logs in.
    pub login: Call,
    /// What it adds to each request.
    pub headers: Vec<(String, Vec<Template>)>,
    /// The statuses that say the login is out of date.
    pub renew_status: Vec<u16>,
    /// How long before a token's end it is renewed.
    pub before_expiry: Option<Duration>,
}

/// The most cases of a group that a project file can let run at the same time.
const MOST_OF_GROUP: u64 = 1000;

/// The variable a session's headers see the login's outputs under.
pub const LOGIN: &str = "login";

impl Project {
    /// Decodes a project file.
    pub(super) fn decode(tree: &Node, recipes: &mut Recipes, decoder: &mut Decoder<'_>) -> Option<Project> {
        let mut fields = decoder.fields(tree, "a project")?;
        let name = fields
            .required("project", decoder)
            .and_then(|node| decoder.constant(node, "the project's name"))
            .unwrap_or_default()
            .to_owned();
        let inputs = fields
            .get("inputs")
            .map(|node| input::decode_all(node, decoder))
            .unwrap_or_default();
        let mut known = Known::new();
        known.inputs(&inputs);
        let defaults = fields
            .get("defaults")
            .and_then(|node| Defaults::decode(&Defaults::default(), node, decoder))
            .unwrap_or_default();
        known.check(&defaults.uses, decoder.diagnostics);
        recipes.defaults = Arc::new(defaults);
        let environments = named(
            fields.get("environments"),
            "environments",
            decoder,
            |key, node, decoder| environment(key, node, &inputs, decoder),
        );
        let mut broken_sessions = Vec::new();
        let sessions = named(
            fields.get("sessions"),
            "sessions",
            decoder,
            |key, node, decoder| {
                let session = session(key, node, &known, recipes, decoder);
                if session.is_none() {
                    broken_sessions.push(key.name().to_owned());
                }
                session.map(Arc::new)
            },
        );
        let default_environment = fields.get("default_environment").and_then(|node| {
            let name = decoder.constant(node, "`default_environment`")?;
            if !environments.contains_key(name) {
                decoder.unknown(
                    &node.place,
                    "environment",
                    name,
                    environments.keys().map(String::as_str),
                );
            }
            Some(name.to_owned())
        });
        let groups = named(fields.get("groups"), "groups", decoder, |key, node, decoder| {
            let most = decoder.integer(node, &format!("the group `{}`", key.name()), 1..=MOST_OF_GROUP)?;
            usize::try_from(most).ok()
        });
        fields.finish(decoder);
        let defaults = Arc::clone(&recipes.defaults);
        Some(Project {
            name,
            default_environment,
            inputs,
            environments,
            sessions,
            broken_sessions,
            groups,
            defaults,
        })
    }
}

/// The entries of a mapping whose keys are names that users invent.
fn named<T>(
    node: Option<&Node>,
    what: &str,
    decoder: &mut Decoder<'_>,
    mut decode: impl FnMut(&Key, &Node, &mut Decoder<'_>) -> Option<T>,
) -> IndexMap<String, T> {
    let Some(node) = node else { return IndexMap::new() };
    let Some(map) = node.as_map() else {
        decoder.expected(node, &format!("a mapping for `{what}`"));
        return IndexMap::new();
    };
    map.iter()
        .filter_map(|(key, node)| decode(key, node, decoder).map(|it| (key.name().to_owned(), it)))
        .collect()
}

fn environment(key: &Key, node: &Node, declared: &[Input], decoder: &mut Decoder<'_>) -> Option<Environment> {
    let mut fields = decoder.fields(node, "an environment")?;
    let mock = fields.get("mock").and_then(|node| decoder.path(node, "a mock"));
    let protected = fields
        .get("protected")
        .and_then(|node| decoder.boolean(node, "`protected`"))
        .unwrap_or(false);
    let hosts = fields
        .get("hosts")
        .map(|node| decoder.constants(node, "a host"))
        .unwrap_or_default();
    let mut inputs = IndexMap::new();
    if let Some(node) = fields.get("inputs") {
        match node.as_map() {
            None => decoder.expected(node, "a mapping for `inputs`"),
            Some(map) => {
                for (key, node) in map.iter() {
                    if let Some(value) = given(key, node, declared, mock.is_some(), decoder) {
                        inputs.insert(key.name().to_owned(), value);
                    }
                }
            }
        }
    }
    fields.finish(decoder);
    Some(Environment {
        name: key.name().to_owned(),
        place: key.place.clone(),
        mock,
        inputs,
        protected,
        hosts,
    })
}

/// The value an environment gives an input.
fn given(
    key: &Key,
    node: &Node,
    declared: &[Input],
    is_mock: bool,
    decoder: &mut Decoder<'_>,
) -> Option<Value> {
    let Some(input) = declared.iter().find(|input| input.name == key.name()) else {
        input::undeclared(&key.place, key.name(), declared, decoder);
        return None;
    };
    if input.secret {
        let value = node.to_json();
        decoder
            .diagnostics
            .hide(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    if input.secret && !is_mock {
        // A mock's key opens nothing; a real one in a shared file is a leak waiting to happen.
        decoder.error_with_help(
            &node.place,
            format!(
                "the secret `{}` has its value in a file that is shared",
                input.name
            ),
            "give it by `env`, `file` or `prompt` of the input",
        );
        return None;
    }
    if node.as_str().is_some_and(|text| text.contains("${{")) {
        decoder.error(&node.place, "an environment's input cannot hold a template");
        return None;
    }
    input
        .accept(node.to_json())
        .map_err(|reason| decoder.error(&node.place, format!("`{}` {reason}", input.name)))
        .ok()
}

fn session(
    key: &Key,
    node: &Node,
    known: &Known,
    recipes: &mut Recipes,
    decoder: &mut Decoder<'_>,
) -> Option<SessionSpec> {
    let mut fields = decoder.fields(node, "a session")?;
    if key.name() == "none" {
        decoder.error(
            &key.place,
            "`none` stands for no session, so it cannot be the name of one",
        );
    }
    let uses_before = std::mem::take(&mut decoder.uses);
    let login = fields.required("login", decoder).and_then(|node| {
        let mut fields = decoder.fields(node, "a login")?;
        let recipe = fields.required("use", decoder);
        let call = recipe.and_then(|node| step::call_of(node, &mut fields, recipes, decoder));
        fields.finish(decoder);
        call
    });
    known.check(&std::mem::take(&mut decoder.uses), decoder.diagnostics);
    let headers = fields
        .get("headers")
        .map(|node| request::headers(node, decoder))
        .unwrap_or_default();
    let uses: Vec<Use> = std::mem::replace(&mut decoder.uses, uses_before);
    if let Some(login) = &login {
        let mut known = known.clone();
        known.add(
            LOGIN,
            Some(
                login
                    .recipe
                    .outputs
                    .iter()
                    .map(|output| output.name.clone())
                    .collect(),
            ),
        );
        known.check(&uses, decoder.diagnostics);
    }
    let (mut renew_status, mut before_expiry) = (vec![401], None);
    if let Some(node) = fields.get("renew")
        && let Some(mut fields) = decoder.fields(node, "`renew`")
    {
        if let Some(node) = fields.get("status") {
            renew_status = request::statuses(node, decoder);
        }
        before_expiry = fields
            .get("before_expiry")
            .and_then(|node| decoder.duration(node, "`before_expiry`"));
        fields.finish(decoder);
    }
    fields.finish(decoder);
    Some(SessionSpec {
        name: key.name().to_owned(),
        place: key.place.clone(),
        login: login?,
        headers,
        renew_status,
        before_expiry,
    })
}

/// The project file's name; it is found by walking up.
pub const PROJECT_FILE: &str = "callsheet.yaml";

/// The nearest folder upwards from `folder` that holds a project file.
pub fn find(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|candidate| candidate.join(PROJECT_FILE).is_file())
}
