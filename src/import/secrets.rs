//! The credentials of requests, each an input with a name of its own, and texts with holes in their places.

use std::ops::{Range, RangeInclusive};

use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use indexmap::IndexMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::credential::{credentials_in, word_of};
use super::named::{named, named_in_path, readings};
use super::request::{Request, Variable};
use super::wording::snake;
use crate::diagnostic::Diagnostic;
use crate::secret;
use crate::source::Place;
use crate::template;

mod holes;

/// How long credentials are, in bytes, that are looked for wherever else they may stand: a shorter one would be found by
/// chance, and a longer one is no credential that anybody repeats.
const LOOKED_FOR: RangeInclusive<usize> = 6..=8192;

/// The most credentials; nobody sets as many variables.
const MOST_SECRETS: usize = 1000;

/// The shortest part of a header's value that is looked for elsewhere.
const LONG: usize = 16;

/// What `url_encode` keeps.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A secret that a sheet asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The input.
    pub name: String,
    /// The variable of the environment that gives it.
    pub env: String,
    /// What it was in the first request that had it.
    pub what: String,
}

/// Each secret by its value.
pub(super) struct Secrets {
    by_value: IndexMap<String, Known>,
    prefix: String,
    finder: Option<Finder>,
    /// True until every credential is known: nothing that is filled before is used.
    is_looking: bool,
    /// Whose texts are filled, for what is said of them.
    place: Option<Place>,
    requests: Vec<String>,
    wrong: Vec<Diagnostic>,
}

struct Known {
    name: String,
    env: String,
    /// What it was called, and in which request, where it was met first. A variable of the shell was met in none: its
    /// value is a mark.
    met: Option<(String, usize)>,
    /// True if it is a number in JSON, whose type stays.
    is_number: bool,
    /// Whether a sheet reads it.
    is_read: bool,
}

impl Known {
    fn is_variable(&self) -> bool {
        self.met.is_none()
    }
}

/// Finds values in texts.
struct Finder {
    automaton: AhoCorasick,
    /// For each pattern the value it stands for, and the filter that makes it of that value.
    holes: Vec<(usize, &'static str)>,
}

impl Secrets {
    pub(super) fn new(variables: Vec<Variable>) -> Secrets {
        let mut secrets = Secrets {
            by_value: IndexMap::new(),
            prefix: String::new(),
            finder: None,
            is_looking: true,
            place: None,
            requests: Vec::new(),
            wrong: Vec::new(),
        };
        for variable in variables {
            let known = Known {
                name: secrets.free_name(&snake(&variable.name)),
                env: variable.name,
                met: None,
                is_number: false,
                is_read: false,
            };
            secrets.by_value.insert(variable.mark, known);
        }
        secrets
    }

    /// Names environment variables after the host that most requests go to: `GITHUB_TOKEN` for `api.github.com`.
    pub(super) fn environment_of(&mut self, requests: &[Request]) {
        let host = requests.first().and_then(|request| request.address.host());
        let host = host.unwrap_or_default();
        let name = host.split(':').next().unwrap_or_default();
        let is_address =
            name.starts_with('[') || name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let labels: Vec<&str> = name.split('.').collect();
        if is_address || labels.len() < 2 {
            return;
        }
        let own = labels[..labels.len() - 1].iter().rev();
        let label = own
            .copied()
            .find(|label| !["api", "www", "co", "com"].contains(label));
        self.prefix = label
            .map(|label| format!("{}_", snake(label).to_uppercase()))
            .unwrap_or_default();
    }

    /// Says whose texts come next: a request by its number and its name.
    pub(super) fn of(&mut self, place: &Place, number: usize, name: &str) {
        self.place = Some(place.clone());
        self.requests
            .resize(self.requests.len().max(number + 1), String::new());
        name.clone_into(&mut self.requests[number]);
    }

    /// Says that every text was seen once, and each credential in them is known.
    pub(super) fn are_known(&mut self) {
        self.is_looking = false;
        self.wrong.clear();
    }

    /// Takes what was wrong with texts.
    pub(super) fn take_wrong(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.wrong)
    }

    /// The values that must not be shown.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        let hidden = self.by_value.iter().filter(|(_, known)| !known.is_variable());
        hidden.map(|(value, _)| value.trim_matches('\0'))
    }

    /// The secrets that the sheet reads, in the order they were met.
    pub(super) fn listed(&self) -> Vec<Secret> {
        let read = self.by_value.values().filter(|known| known.is_read);
        read.map(|known| Secret {
            name: known.name.clone(),
            env: known.env.clone(),
            what: match &known.met {
                Some((name, request)) => format!("`{name}` of {}", self.requests[*request]),
                None => "what the shell has by that name".to_owned(),
            },
        })
        .collect()
    }

    /// The declarations of these.
    pub(super) fn inputs(&self) -> Map<String, Value> {
        let mut inputs = Map::new();
        for known in self.by_value.values().filter(|known| known.is_read) {
            let mut input = json!({ "secret": true, "env": known.env });
            if known.is_number {
                input["type"] = "number".into();
            }
            inputs.insert(known.name.clone(), input);
        }
        inputs
    }

    /// A credential as an expression; `name` says what it is called where it stands.
    ///
    /// Where a variable of the shell is a part of it, each other part is a secret of its own.
    pub(super) fn credential(&mut self, value: &str, name: &str) -> String {
        if value.is_empty() {
            return String::new();
        }
        if self.has_variable(value) {
            let mut template = String::new();
            for (piece, mark) in self.pieces(value) {
                template.push_str(&match piece.contains(char::is_alphanumeric) {
                    true => self.one(piece, name, ""),
                    false => self.template(piece, ""),
                });
                template.push_str(&self.template(mark, ""));
            }
            return template;
        }
        let index = self.note(value, name, false);
        self.hole(index, "")
    }

    /// The same of a number in JSON, whose type stays.
    pub(super) fn number(&mut self, value: &str, name: &str) -> String {
        // No text has a NUL, so that nothing else is taken for it.
        let index = self.note(&format!("{value}\0"), name, true);
        self.hole(index, "")
    }

    /// Takes note of what is a credential by itself in a header's value that is one as a whole: where it stands
    /// elsewhere it is one too.
    pub(super) fn parts_of(&mut self, header: &str, value: &str) {
        for part in secret::credentials(header, value) {
            let looks_made_up = part.len() >= LONG && part.bytes().any(|byte| byte.is_ascii_digit());
            if looks_made_up && !self.has_variable(&part) {
                self.note(&part, &format!("part of {header}"), false);
            }
        }
    }

    /// A text as a template that gives it: credentials in it are holes, and what looks like a hole of ours is none. One
    /// that names a credential is one as a whole, as nobody can tell where that ends.
    pub(super) fn text(&mut self, text: &str) -> String {
        match self.conceals(text) {
            Some(name) => self.whole(text, &name),
            None => self.template(text, ""),
        }
    }

    /// A part of a URL in which no credential is named; values stand percent-encoded in it.
    pub(super) fn url(&mut self, text: &str) -> String {
        self.template(text, ENCODED)
    }

    /// The path of a URL. A segment of it that names a credential is one as a whole.
    pub(super) fn path(&mut self, path: &str) -> String {
        let mut template = String::new();
        let mut plain = String::new();
        for (number, segment) in path.split('/').enumerate() {
            if number > 0 {
                plain.push('/');
            }
            match named_in_path(segment).or_else(|| self.hidden(segment, ENCODED)) {
                None => plain.push_str(segment),
                Some(name) => {
                    template.push_str(&self.url(&plain));
                    plain.clear();
                    template.push_str(&self.whole_url(segment, &name));
                }
            }
        }
        template.push_str(&self.url(&plain));
        template
    }

    /// A text that is a credential as a whole.
    pub(super) fn whole(&mut self, text: &str, name: &str) -> String {
        self.whole_with(text, name, "")
    }

    /// The same of a part of a URL.
    pub(super) fn whole_url(&mut self, text: &str, name: &str) -> String {
        self.whole_with(text, name, ENCODED)
    }

    /// What a text is to be called where it cannot be shown: it names a credential, or a known one is in it in a form of
    /// which no expression can be made.
    pub(super) fn conceals(&mut self, text: &str) -> Option<String> {
        named(text).or_else(|| self.hidden(text, ""))
    }

    /// Whether a name may be written as it is.
    pub(super) fn is_plain(&mut self, name: &str) -> bool {
        self.conceals(name).is_none() && secret::tokens(name).is_empty() && self.find(name, "").is_empty()
    }

    /// Refuses a name that cannot be written in another way and must not be shown.
    pub(super) fn keep_out_of_name(&mut self, name: &str) {
        if !self.is_plain(name) {
            let wrong = Diagnostic::error("a credential stands in the name of a part of a form");
            self.refuse(wrong.help("leave the part out"));
        }
    }

    /// Whether a number in JSON is a credential by what was said elsewhere.
    pub(super) fn is_known(&self, number: &str) -> bool {
        let is_long = LOOKED_FOR.contains(&number.len());
        let is_text = self.by_value.contains_key(number);
        !self.is_looking && is_long && (is_text || self.by_value.contains_key(&format!("{number}\0")))
    }

    /// What a text is called in which a known credential stands in another form than those that are looked for.
    fn hidden(&mut self, text: &str, filter: &str) -> Option<String> {
        if self.is_looking {
            return None;
        }
        let mut left = String::new();
        let mut at = 0;
        for (range, _, _) in self.find(text, filter) {
            left.push_str(&text[at..range.start]);
            // No credential reaches over it.
            left.push('\0');
            at = range.end;
        }
        left.push_str(&text[at..]);
        let numbers = self.by_value.iter().filter(|(_, known)| known.is_number);
        let mut numbers = numbers.map(|(value, _)| value.trim_end_matches('\0'));
        if numbers.any(|number| LOOKED_FOR.contains(&number.len()) && left.contains(number)) {
            return Some("text".to_owned());
        }
        let finder = self.finder.as_ref()?;
        let readings = readings(&left).unwrap_or_default();
        let is_in = |text: &str| finder.automaton.is_match(text);
        let is_hidden = readings
            .iter()
            .any(|reading| is_in(reading) || reading.contains('+') && is_in(&reading.replace('+', " ")));
        is_hidden.then(|| "text".to_owned())
    }

    fn whole_with(&mut self, text: &str, name: &str, filter: &'static str) -> String {
        if self.has_variable(text) {
            return self.between_variables(text, name, filter);
        }
        let template = self.one(text, name, filter);
        // What is a credential within it is one elsewhere too.
        for reading in readings(text).unwrap_or_default() {
            for (name, range) in credentials_in(&reading) {
                self.know(&reading[range], word_of(&name));
            }
        }
        template
    }

    /// Takes note of a credential that is not written where it was met.
    fn know(&mut self, value: &str, name: &str) {
        if self.is_looking && LOOKED_FOR.contains(&value.len()) {
            self.note(value, name, false);
        }
    }

    /// A text without variables of the shell as one secret.
    fn one(&mut self, text: &str, name: &str, filter: &'static str) -> String {
        if filter.is_empty() {
            let index = self.note(text, name, false);
            return self.hole(index, "");
        }
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
        if utf8_percent_encode(&decoded, RESERVED).to_string() == text {
            let index = self.note(&decoded, name, false);
            return self.hole(index, if decoded == text { "" } else { filter });
        }
        // Encoded in another way than ours, it stays as it is.
        let index = self.note(text, name, false);
        self.know(&decoded, name);
        self.know(&decoded.replace('+', " "), name);
        self.hole(index, "")
    }

    fn note(&mut self, value: &str, name: &str, is_number: bool) -> usize {
        if let Some(index) = self.by_value.get_index_of(value) {
            return index;
        }
        if self.by_value.len() >= MOST_SECRETS {
            let wrong = Diagnostic::error(format!("more than {MOST_SECRETS} credentials"));
            self.refuse(wrong.help("import fewer requests: name hosts with --host, or divide the file"));
            return usize::MAX;
        }
        let met = (name.to_owned(), self.requests.len().saturating_sub(1));
        let name = self.free_name(&snake(name));
        let known = Known {
            env: format!("{}{}", self.prefix, name.to_uppercase()),
            name,
            met: Some(met),
            is_number,
            is_read: false,
        };
        if self.is_looking {
            self.finder = None;
        }
        self.by_value.insert_full(value.to_owned(), known).0
    }

    /// Notes something that keeps the texts from being filled, once.
    fn refuse(&mut self, wrong: Diagnostic) {
        let wrong = match &self.place {
            Some(place) => wrong.at(place),
            None => wrong,
        };
        if self.wrong.last().is_none_or(|last| last.message != wrong.message) {
            self.wrong.push(wrong);
        }
    }

    /// Where values stand in a text, each with its number and the filter that makes of it what stands there.
    fn find(&mut self, text: &str, filter: &str) -> Vec<(Range<usize>, usize, &'static str)> {
        if self.is_looking {
            return Vec::new();
        }
        if self.finder.is_none() {
            match Finder::new(&self.by_value) {
                Ok(finder) => self.finder = Some(finder),
                Err(error) => {
                    self.wrong.push(Diagnostic::error(format!(
                        "credentials cannot be looked for: {error}"
                    )));
                    return Vec::new();
                }
            }
        }
        let Some(finder) = &self.finder else {
            return Vec::new();
        };
        let found = finder.automaton.find_iter(text).filter_map(|found| {
            let (index, made_by) = finder.holes[found.pattern().as_usize()];
            (made_by.is_empty() || made_by == filter).then(|| (found.range(), index, made_by))
        });
        found.collect()
    }

    /// A name that no input has yet and that means nothing else in an expression.
    fn free_name(&self, wanted: &str) -> String {
        let functions = template::function_names();
        let is_taken = |name: &str| {
            name.starts_with("base_url")
                || RESERVED_NAMES.contains(&name)
                || functions.iter().any(|known| known == name)
                || self.by_value.values().any(|known| known.name == name)
        };
        let first = match is_taken(wanted) {
            true if !self.by_value.values().any(|known| known.name == wanted) => {
                format!("the_{wanted}")
            }
            _ => wanted.to_owned(),
        };
        if !is_taken(&first) {
            return first;
        }
        let numbered = (2..).map(|number| format!("{first}_{number}"));
        let mut free = numbered.filter(|name| !is_taken(name));
        free.next().unwrap_or(first)
    }
}

/// The filter that makes what stands in a URL.
const ENCODED: &str = " | url_encode";

/// Words that are no variables in an expression, and the variable that is always there.
const RESERVED_NAMES: [&str; 18] = [
    "and",
    "body",
    "else",
    "environment",
    "false",
    "headers",
    "if",
    "in",
    "is",
    "login",
    "loop",
    "none",
    "not",
    "null",
    "or",
    "self",
    "status",
    "true",
];

impl Finder {
    fn new(by_value: &IndexMap<String, Known>) -> Result<Finder, BuildError> {
        let mut patterns: IndexMap<String, (usize, &'static str)> = IndexMap::new();
        for (index, (value, _)) in by_value.iter().enumerate() {
            if LOOKED_FOR.contains(&value.len()) {
                patterns.insert(value.clone(), (index, ""));
            }
        }
        for (index, (value, _)) in by_value.iter().enumerate() {
            if LOOKED_FOR.contains(&value.len()) {
                let encoded = utf8_percent_encode(value, RESERVED).to_string();
                patterns.entry(encoded).or_insert((index, ENCODED));
            }
        }
        let (patterns, holes): (Vec<String>, Vec<_>) = patterns.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&patterns)?;
        Ok(Finder { automaton, holes })
    }
}
