//! An `expect` block: subjects, each with what is expected of it. Mocks use the same grammar on requests.

mod amend;
mod comparison;
mod snapshot;
mod status;
mod that;

use http::header::CONTENT_TYPE;

use crate::decode::{Decoder, Fields, Quantity};
use crate::extract::{self, Extraction, Extractor, Message};
use crate::matcher::{self, Context, Expectation, Finding, Judgement, Placed};
use crate::outcome::{CheckResult, CheckState, Mismatch, Spot};
use crate::registry;
use crate::source::Place;
use crate::template::Scope;
use crate::yaml::{Key, Map, Node};

pub use amend::{Addition, amend};
pub use snapshot::SnapshotCheck;
pub(super) use snapshot::defaults as snapshot_defaults;
use status::StatusIs;
use that::That;

/// A fixed key, its extractor, and what its values measure.
type Plain = (&'static str, fn() -> Extractor, Quantity);

/// What is expected of a message.
#[derive(Debug, Default)]
pub struct Expectations {
    subjects: Vec<Subject>,
    conditions: Vec<That>,
    snapshot: Option<SnapshotCheck>,
}

/// Something to look at, with what is expected of it. It is extracted once for all of its matchers.
#[derive(Debug)]
struct Subject {
    extractor: Extractor,
    matchers: Vec<Placed>,
}

impl Expectations {
    /// Decodes a block of expectations that are judged by themselves.
    pub fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Expectations> {
        let errors = decoder.diagnostics.errors();
        let expectations = Expectations::decode_of_step(node, decoder)?;
        if let Some(snapshot) = &expectations.snapshot {
            decoder.error(
                &snapshot.place,
                "`snapshot` can only stand in the `expect` of a step",
            );
        }
        (decoder.diagnostics.errors() == errors).then_some(expectations)
    }

    /// Decodes the `expect` block of a step, in which a `snapshot` may stand: [`Expectations::judge`] leaves it out, and
    /// whoever has the snapshots judges it.
    pub fn decode_of_step(node: &Node, decoder: &mut Decoder<'_>) -> Option<Expectations> {
        let errors = decoder.diagnostics.errors();
        if node.as_map().is_some_and(Map::is_empty) {
            decoder.error_with_help(
                &node.place,
                "an expectation without subjects checks nothing",
                "leave it out to expect success, or write `status: 2xx`",
            );
            return None;
        }
        let mut fields = decoder.fields(node, "an expectation")?;
        let mut expectations = Expectations::default();
        if let Some((key, node)) = fields.entry("status") {
            expectations.status(key, node, decoder);
        }
        if let Some(node) = fields.get("headers") {
            expectations.named(node, "headers", extract::header::extractor, decoder);
        }
        if let Some(node) = fields.get("cookies") {
            expectations.named(node, "cookies", extract::cookie::extractor, decoder);
        }
        let plain: [Plain; 4] = [
            ("time", extract::time::extractor, Quantity::Duration),
            ("size", extract::size::extractor, Quantity::Size),
            ("body", extract::body::extractor, Quantity::Plain),
            ("redirects", extract::redirects::extractor, Quantity::Plain),
        ];
        for (name, extractor, quantity) in plain {
            if let Some(node) = fields.get(name) {
                expectations.subject(extractor(), node, quantity, decoder);
            }
        }
        // The two that judge the JSON body as a whole are matchers, which may also stand under a path.
        for name in ["like", "schema"] {
            if let Some((key, node)) = fields.entry(name) {
                expectations.whole_body(name, key, node, decoder);
            }
        }
        if let Some(node) = fields.get("that") {
            expectations.conditions(node, decoder);
        }
        if let Some((key, node)) = fields.entry(SnapshotCheck::SUBJECT) {
            expectations.snapshot = SnapshotCheck::decode(&key.place, node, decoder);
        }
        expectations.paths(&fields, decoder);
        expectations.subjects.shrink_to_fit();
        (decoder.diagnostics.errors() == errors).then_some(expectations)
    }

    /// What a step without a word on the status expects.
    pub fn expect_success(&mut self, place: &Place) {
        let matcher = Box::new(StatusIs::success());
        let placed = Placed {
            name: "status",
            place: place.clone(),
            matcher,
        };
        self.subjects.insert(
            0,
            Subject {
                extractor: extract::status::extractor(),
                matchers: vec![placed],
            },
        );
    }

    /// True if something is expected of the status.
    pub fn looks_at_status(&self) -> bool {
        self.subjects
            .iter()
            .any(|subject| subject.extractor.subject() == "status")
    }

    /// How many checks these are.
    pub fn len(&self) -> usize {
        self.subjects
            .iter()
            .map(|subject| subject.matchers.len())
            .sum::<usize>()
            + self.conditions.len()
            + usize::from(self.snapshot.is_some())
    }

    /// True if nothing is expected.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every check with the state that `state` gives it, for checks that are not evaluated.
    pub fn unevaluated(&self, state: impl Fn() -> CheckState) -> Vec<CheckResult> {
        let matched = self.subjects.iter().flat_map(|subject| {
            subject
                .matchers
                .iter()
                .map(|placed| (subject.extractor.subject().to_owned(), placed.matcher.describe()))
        });
        let conditions = self
            .conditions
            .iter()
            .map(|that| ("that".to_owned(), that.describe()));
        let snapshot = self.snapshot.iter().map(|_| {
            (
                SnapshotCheck::SUBJECT.to_owned(),
                SnapshotCheck::EXPECTATION.to_owned(),
            )
        });
        matched
            .chain(conditions)
            .chain(snapshot)
            .map(|(subject, expectation)| CheckResult {
                subject,
                expectation,
                state: state(),
            })
            .collect()
    }

    /// The snapshot the answer is compared with, after everything else.
    pub fn snapshot(&self) -> Option<&SnapshotCheck> {
        self.snapshot.as_ref()
    }

    /// What the checks look at, but for conditions and the snapshot.
    pub fn extractors(&self) -> impl Iterator<Item = &Extractor> {
        self.subjects.iter().map(|subject| &subject.extractor)
    }

    /// True if a check reads the JSON body by itself, whatever extractors look at. The snapshot's does not count: it
    /// takes a value of its own, so that no two have to be held.
    pub fn reads_whole_json(&self) -> bool {
        self.conditions.iter().any(|that| that.reads("body"))
    }

    /// Judges a message: every check but the snapshot's, also after the first that does not hold.
    pub fn judge(&self, message: &Message<'_>, scope: &Scope) -> Vec<CheckResult> {
        let mut results = Vec::with_capacity(self.len());
        for subject in &self.subjects {
            let extraction = subject.extractor.extract(message, scope);
            let context = Context {
                nodes: subject.extractor.selects_nodes(),
                ..Context::new(scope)
            };
            for placed in &subject.matchers {
                let judgement = shown(
                    placed.matcher.judge(&extraction, &context),
                    placed,
                    &extraction,
                    &context,
                );
                let expectation = placed.matcher.describe();
                results.push(result(
                    subject.extractor.subject(),
                    expectation,
                    &placed.place,
                    judgement,
                ));
            }
        }
        if !self.conditions.is_empty() {
            let scope = extract::scope_of(message, scope);
            for that in &self.conditions {
                let of_body = that.reads("body").then(|| unread(that, message)).flatten();
                let judgement = of_body.unwrap_or_else(|| that.judge(&scope));
                results.push(result("that", that.describe(), that.place(), judgement));
            }
        }
        results
    }

    fn status(&mut self, key: &Key, node: &Node, decoder: &mut Decoder<'_>) {
        let extractor = extract::status::extractor();
        let is_template = node.as_str().is_some_and(|text| text.contains("${{"));
        if node.as_map().is_some() || is_template {
            return self.subject(extractor, node, Quantity::Plain, decoder);
        }
        if let Some(matcher) = StatusIs::decode(node, decoder) {
            let placed = Placed {
                name: "status",
                place: key.place.clone(),
                matcher: Box::new(matcher),
            };
            self.subjects.push(Subject {
                extractor,
                matchers: vec![placed],
            });
        }
    }

    /// The entries of `headers` or `cookies`: names that users invent, each with an expectation.
    fn named(
        &mut self,
        node: &Node,
        what: &str,
        extractor: fn(&str) -> Extractor,
        decoder: &mut Decoder<'_>,
    ) {
        let Some(map) = node.as_map() else {
            return decoder.expected(node, &format!("a mapping for `{what}`"));
        };
        if map.is_empty() {
            decoder.error(&node.place, format!("`{what}` without names checks nothing"));
        }
        for (key, node) in map.iter() {
            self.subject(extractor(key.name()), node, Quantity::Plain, decoder);
        }
    }

    fn whole_body(&mut self, name: &str, key: &Key, node: &Node, decoder: &mut Decoder<'_>) {
        let Some(kind) = registry::find(matcher::KINDS, name) else {
            return decoder.unknown(&key.place, "matcher", name, registry::names(matcher::KINDS));
        };
        if let Some(matcher) = (kind.parse)(node, decoder) {
            let placed = Placed {
                name: kind.entry.name,
                place: key.place.clone(),
                matcher,
            };
            self.subjects.push(Subject {
                extractor: extract::json::whole(),
                matchers: vec![placed],
            });
        }
    }

    fn conditions(&mut self, node: &Node, decoder: &mut Decoder<'_>) {
        let items = match node.as_list() {
            Some(items) => items,
            None => std::slice::from_ref(node),
        };
        if items.is_empty() {
            decoder.error(&node.place, "`that` without conditions checks nothing");
        }
        for item in items {
            self.conditions.extend(That::decode(item, decoder));
        }
    }

    /// The keys that are extractors themselves: JSONPaths and `xpath …`.
    fn paths(&mut self, fields: &Fields<'_>, decoder: &mut Decoder<'_>) {
        for (key, node) in fields.rest() {
            let extractor = if key.name().starts_with('$') {
                extract::json::from_text(&key.text, decoder)
            } else if key.name().starts_with("xpath ") {
                extract::xpath::from_text(&key.text, "xpath ".len(), decoder)
            } else {
                unknown(key, fields.known(), decoder);
                None
            };
            // What is expected is decoded all the same, so that its mistakes are told in the same run.
            match extractor {
                Some(extractor) => {
                    self.subject_at(&key.place, extractor, node, Quantity::Plain, decoder);
                }
                None if key.name().starts_with(['$', 'x']) => {
                    Expectation::decode(node, decoder);
                }
                None => {}
            }
        }
    }

    fn subject(&mut self, extractor: Extractor, node: &Node, quantity: Quantity, decoder: &mut Decoder<'_>) {
        self.subject_at(&node.place, extractor, node, quantity, decoder);
    }

    fn subject_at(
        &mut self,
        place: &Place,
        extractor: Extractor,
        node: &Node,
        quantity: Quantity,
        decoder: &mut Decoder<'_>,
    ) {
        let before = std::mem::replace(&mut decoder.quantity, quantity);
        let decoded = Expectation::decode(node, decoder);
        decoder.quantity = before;
        if let Some(mut expectation) = decoded {
            if node.as_map().is_none() {
                // A value alone is pointed at by its key, which is what the report is about.
                expectation
                    .matchers
                    .iter_mut()
                    .for_each(|placed| placed.place = place.clone());
            }
            self.subjects.push(Subject {
                extractor,
                matchers: expectation.matchers,
            });
        }
    }
}

/// What there is to say of a condition on a body that cannot be read as JSON, or in more than one way.
fn unread(that: &That, message: &Message<'_>) -> Option<Judgement> {
    if let Some(reason) = broken_json(message) {
        return Some(that.body_is_not_json(&reason));
    }
    let doubled = message.body.doubled().first();
    doubled.map(|place| Judgement::Error(extract::json::stands_twice(place)))
}

/// Why the body is not the JSON that its content type says it is.
fn broken_json(message: &Message<'_>) -> Option<String> {
    let content_type = message.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    if !content_type.to_ascii_lowercase().contains("json") {
        return None;
    }
    message.body.json().err().map(str::to_owned)
}

/// A mismatch in words that hold no secret. Words are cut to a length, and a piece of a secret is nothing a mask would
/// find later, so the value is masked first and judged once more for its words alone.
fn shown(
    judgement: Judgement,
    placed: &Placed,
    extraction: &Extraction<'_>,
    context: &Context<'_>,
) -> Judgement {
    let (Judgement::Mismatch(finding), Extraction::Value(value)) = (&judgement, extraction) else {
        return judgement;
    };
    let masked = context.scope.masked(value);
    if masked == **value {
        return judgement;
    }
    match placed.matcher.check(&masked, context) {
        Judgement::Mismatch(finding) => Judgement::Mismatch(finding),
        Judgement::Holds | Judgement::Error(_) => Judgement::Mismatch(Finding {
            expected: finding.expected.clone(),
            actual: "a value that holds a secret".to_owned(),
            ..Finding::default()
        }),
    }
}

fn result(subject: &str, expectation: String, place: &Place, judgement: Judgement) -> CheckResult {
    let state = match judgement {
        Judgement::Holds => CheckState::Held,
        Judgement::Error(message) => CheckState::Errored(message),
        Judgement::Mismatch(finding) => CheckState::Failed(Box::new(Mismatch {
            place: Spot::with_excerpt(place),
            subject: subject.to_owned(),
            expected: finding.expected,
            actual: finding.actual,
            diff: finding.diff,
            hint: finding.hint,
        })),
    };
    CheckResult {
        subject: subject.to_owned(),
        expectation,
        state,
    }
}

/// Notes a key that is no subject: a slip, or a path into the body without its beginning.
fn unknown(key: &Key, known: &[&'static str], decoder: &mut Decoder<'_>) {
    let name = key.name();
    let error = format!("unknown key in an expectation: `{name}`");
    let known = known.iter().copied();
    let help = match registry::nearest(name, known.clone()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None => registry::suggestion(name, known)
            .map(|known| format!("a path into the body begins with `$.`: `$.{name}`; {known}")),
    };
    decoder.error_with_help(&key.place, error, help.unwrap_or_default());
}

#[cfg(test)]
mod tests;
