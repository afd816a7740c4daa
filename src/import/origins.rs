//! What the URLs of requests begin with: the one that most have is an input.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::request::Request;
use super::secrets::Secrets;

/// The input that the common part of the URLs is.
pub(super) const BASE_URL: &str = "base_url";

/// The origins of requests: the one that most have is `base_url`.
pub(super) struct Origins {
    /// Each with the name of its input; without one it is written out.
    names: IndexMap<String, Option<String>>,
    /// Each of those with an input that has a variable in it, as a person reads it.
    shown: Vec<(String, String)>,
}

impl Origins {
    pub(super) fn new(requests: &[Request], secrets: &Secrets) -> Origins {
        let mut counts: IndexMap<&str, usize> = IndexMap::new();
        for request in requests {
            *counts.entry(request.address.origin.as_str()).or_default() += 1;
        }
        // The first of those that are met most often.
        counts.sort_by(|_, one, _, other| other.cmp(one));
        let mut names = IndexMap::new();
        let mut shown = Vec::new();
        let mut numbers = 2..;
        for (origin, _) in counts {
            let is_variable = secrets.has_variable(origin);
            let name = match names.is_empty() {
                true => Some(BASE_URL.to_owned()),
                false if is_variable => numbers.next().map(|number| format!("{BASE_URL}_{number}")),
                false => None,
            };
            if let Some(name) = &name
                && is_variable
            {
                shown.push((name.clone(), secrets.with_variables(origin)));
            }
            names.insert(origin.to_owned(), name);
        }
        Origins { names, shown }
    }

    /// The host or hosts, for the name of the collection.
    pub(super) fn about(&self) -> Option<&str> {
        let (first, _) = self.names.first()?;
        let is_known = self.shown.iter().all(|(name, _)| name != BASE_URL);
        is_known.then(|| first.split_once("://").map_or(first.as_str(), |(_, host)| host))
    }

    /// What a URL begins with: nothing for the base, or the rest is not joined to it.
    pub(super) fn prefix(&self, origin: &str) -> String {
        match self.names.get(origin) {
            Some(Some(name)) if name == BASE_URL => String::new(),
            Some(Some(name)) => format!("${{{{ {name} }}}}"),
            Some(None) | None => origin.to_owned(),
        }
    }

    pub(super) fn inputs(&self, open: &mut Vec<String>) -> Map<String, Value> {
        let mut inputs = Map::new();
        for (origin, name) in &self.names {
            let Some(name) = name else { continue };
            let shown = self.shown.iter().find(|(known, _)| known == name);
            let input = match shown {
                Some((_, shown)) => {
                    open.push(name.clone());
                    json!({ "description": format!("what is {shown} in the commands") })
                }
                None => origin.as_str().into(),
            };
            inputs.insert(name.clone(), input);
        }
        inputs
    }
}
