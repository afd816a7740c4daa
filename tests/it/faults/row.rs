//! A row of the fault matrix: what the peer does, what is sent, and what must come of it.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;

use super::certificates;
use super::server::{Act, Asked, Deaf, Peer, Refusing, Script, by_request};
use crate::support::{Project, Ran};

/// What a step must come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// All its checks hold.
    Passes,
    /// A check does not hold: exit 1.
    Fails,
    /// There was nothing to check: exit 3, or 6 where the policy refused.
    Errors {
        /// The kind of the step's error.
        error: &'static str,
        /// The kind of the exchange's failure.
        kind: &'static str,
        /// How far the exchange had come.
        phase: &'static str,
    },
}

impl Verdict {
    /// The transport's kinds, each with the kind of the step's error it becomes.
    pub(super) fn error(kind: &'static str, phase: &'static str) -> Verdict {
        let error = match kind {
            "timeout" | "limit" => kind,
            "refused" => "policy",
            "invalid_url" | "invalid_header" => "request",
            _ => "network",
        };
        Verdict::Errors { error, kind, phase }
    }

    fn exit(self) -> i32 {
        match self {
            Verdict::Passes => 0,
            Verdict::Fails => 1,
            Verdict::Errors { error: "policy", .. } => 6,
            Verdict::Errors { .. } => 3,
        }
    }

    /// The step's status in the JSON document.
    fn status(self) -> &'static str {
        match self {
            Verdict::Passes => "passed",
            Verdict::Fails => "failed",
            Verdict::Errors { .. } => "errored",
        }
    }
}

/// Where the requests of a row go.
#[derive(Clone)]
enum Against {
    /// A peer whose connections do this.
    Peer(Script),
    /// A peer that lets nobody in.
    Deaf,
    /// A port that refuses.
    Refusing,
    /// A host without an address.
    Nowhere,
}

/// A row, or what several have in common.
#[derive(Clone)]
pub(super) struct Row {
    name: String,
    method: &'static str,
    workers: usize,
    against: Against,
    /// Scheme and host of the requests.
    origin: &'static str,
    /// More lines of the step.
    step: String,
    /// Lines of a step before it, on the same connection.
    before: &'static str,
    want: Verdict,
    /// Whole requests of each worker that reach the peer.
    requests: usize,
    /// Connections of each worker.
    connections: usize,
    /// True if connections are left in a state to be used again, by other workers too.
    reusable: bool,
}

impl Row {
    fn new(name: &str, against: Against) -> Row {
        Row {
            name: name.to_owned(),
            method: "GET",
            workers: 1,
            against,
            origin: "http://127.0.0.1",
            // Longer than anything takes that is not stuck.
            step: "    timeout: 30s\n".to_owned(),
            before: "",
            want: Verdict::Passes,
            requests: 1,
            connections: 1,
            reusable: false,
        }
    }

    /// Every connection does this.
    pub(super) fn acts(name: &str, acts: Vec<Act>) -> Row {
        Row::new(name, Against::Peer(Arc::new(move |_| acts.clone())))
    }

    /// Every request is answered with this, on however many connections.
    pub(super) fn answers(name: &str, acts: Vec<Act>) -> Row {
        Row::responds(name, move |_| acts.clone())
    }

    /// Every request is answered with what it calls for, on however many connections.
    pub(super) fn responds(name: &str, respond: impl Fn(&Asked) -> Vec<Act> + Send + Sync + 'static) -> Row {
        Row {
            reusable: true,
            ..Row::new(name, Against::Peer(by_request(respond)))
        }
    }

    /// Connections do this, by their numbers.
    pub(super) fn scripts(name: &str, scripts: Vec<Vec<Act>>) -> Row {
        let script = move |number: usize| scripts.get(number).cloned().unwrap_or_default();
        Row::new(name, Against::Peer(Arc::new(script)))
    }

    /// The peer lets nobody in.
    pub(super) fn deaf(name: &str) -> Row {
        Row::new(name, Against::Deaf).requests(0).connections(0)
    }

    /// The port refuses.
    pub(super) fn refusing(name: &str) -> Row {
        Row::new(name, Against::Refusing).requests(0).connections(0)
    }

    /// The host has no address.
    pub(super) fn nowhere(name: &str) -> Row {
        Row::new(name, Against::Nowhere).requests(0).connections(0)
    }

    pub(super) fn method(self, method: &'static str) -> Row {
        Row { method, ..self }
    }

    pub(super) fn origin(self, origin: &'static str) -> Row {
        Row { origin, ..self }
    }

    /// Another `timeout` than one that is never reached.
    pub(super) fn timeout(self, timeout: &str) -> Row {
        let step = format!("    timeout: {timeout}\n");
        Row { step, ..self }
    }

    /// One more line of the step.
    pub(super) fn step(mut self, line: &str) -> Row {
        writeln!(self.step, "    {line}").expect("a string takes it");
        self
    }

    /// A step before it.
    pub(super) fn after(self, before: &'static str) -> Row {
        Row { before, ..self }
    }

    pub(super) fn fails(self) -> Row {
        let want = Verdict::Fails;
        Row { want, ..self }
    }

    /// The exchange fails in this way, in this phase.
    pub(super) fn errors(self, kind: &'static str, phase: &'static str) -> Row {
        let want = Verdict::error(kind, phase);
        Row { want, ..self }
    }

    pub(super) fn requests(self, requests: usize) -> Row {
        Row { requests, ..self }
    }

    pub(super) fn connections(self, connections: usize) -> Row {
        Row { connections, ..self }
    }

    /// The same for GET and POST.
    pub(super) fn by_method(self) -> Vec<Row> {
        vec![self.clone(), self.method("POST")]
    }

    /// The same for GET and POST, alone and with 16 workers.
    pub(super) fn in_all_ways(self) -> Vec<Row> {
        let alone = self.by_method();
        let crowded = alone.iter().map(|row| Row {
            workers: 16,
            ..row.clone()
        });
        let crowded: Vec<Row> = crowded.collect();
        [alone, crowded].concat()
    }

    /// What the row is called.
    pub(super) fn title(&self) -> String {
        match self.workers {
            1 => format!("{} {}", self.method, self.name),
            workers => format!("{} {}, {workers} workers", self.method, self.name),
        }
    }

    /// Plays the row.
    ///
    /// # Errors
    /// What came otherwise, a line each.
    pub(super) fn play(&self) -> Result<(), String> {
        let mut peer = None;
        let mut kept: (Option<Deaf>, Option<Refusing>) = (None, None);
        let base = match &self.against {
            Against::Peer(script) => {
                let peer = peer.insert(Peer::start(Arc::clone(script)));
                format!("{}:{}", self.origin, peer.port())
            }
            Against::Deaf => format!("{}:{}", self.origin, kept.0.insert(Deaf::new()).port()),
            Against::Refusing => format!("{}:{}", self.origin, kept.1.insert(Refusing::new()).port()),
            // No label of a name is this long (RFC 1035 §2.3.4), so the system need not ask anybody.
            Against::Nowhere => format!("http://{}.invalid", "a".repeat(64)),
        };
        let project = Project::empty()
            .file(
                "callsheet.yaml",
                &format!("project: faults\ndefaults: {{ base_url: \"{base}\" }}\n"),
            )
            .file("collections/c.yaml", &self.collection())
            .file("ca.pem", &certificates::trusted_pem());
        let ran = project
            .callsheet("run --json --report junit=junit.xml --no-log --jobs 16 --ca ca.pem --allow-http")
            .ends();
        let junit = std::fs::read_to_string(project.path().join("junit.xml")).unwrap_or_default();
        let mut wrong = self.wrong(&ran, &junit);
        if let Some(peer) = &peer {
            wrong.extend(self.wrong_at(peer));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{}\n  {}\n{}",
            self.title(),
            wrong.join("\n  "),
            told(&ran)
        ))
    }

    fn collection(&self) -> String {
        let mut collection = "collection: c\ncases:\n".to_owned();
        for worker in 0..self.workers {
            let body = if self.method == "GET" {
                ""
            } else {
                "    text: hello\n"
            };
            let lines = format!("  - {}: /{worker}\n{}{body}", self.method, self.step);
            let lines = format!("{}{lines}", self.before);
            let lines = lines
                .lines()
                .fold(String::new(), |all, line| all + "    " + line + "\n");
            write!(collection, "  - name: worker {worker}\n    steps:\n{lines}").expect("a string takes it");
        }
        collection
    }

    /// What the program did and said otherwise.
    fn wrong(&self, ran: &Ran, junit: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut expect = |what: &str, wanted: &dyn std::fmt::Display, found: &dyn std::fmt::Display| {
            let (wanted, found) = (wanted.to_string(), found.to_string());
            if wanted != found {
                wrong.push(format!("{what}: expected {wanted}, found {found}"));
            }
        };
        expect("exit", &self.want.exit(), &ran.exit.unwrap_or(-1));
        let outcome: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        let cases = outcome["cases"].as_array().cloned().unwrap_or_default();
        expect("cases", &self.workers, &cases.len());
        for case in &cases {
            let step = case["steps"].as_array().and_then(|steps| steps.last());
            let step = step.cloned().unwrap_or_default();
            expect("status", &self.want.status(), &text(&step["status"]));
            if let Verdict::Errors { error, kind, phase } = self.want {
                let exchange = step["exchanges"].as_array().and_then(|sent| sent.last());
                let failure = &exchange.cloned().unwrap_or_default()["failure"];
                expect("error", &error, &text(&step["error"]["kind"]));
                expect("kind", &kind, &text(&failure["kind"]));
                expect("phase", &phase, &text(&failure["phase"]));
                // Whoever reads of a POST that got no answer must know that it may have done its work.
                let was_sent = matches!(phase, "first_byte" | "body");
                let message = text(&step["error"]["message"]);
                expect(
                    "told as perhaps processed",
                    &(self.method == "POST" && was_sent),
                    &message.contains("it may have been processed"),
                );
            }
        }
        let (failures, errors) = match self.want {
            Verdict::Passes => (0, 0),
            Verdict::Fails => (self.workers, 0),
            Verdict::Errors { .. } => (0, self.workers),
        };
        expect("failures in JUnit", &failures, &junit.matches("<failure").count());
        expect("errors in JUnit", &errors, &junit.matches("<error").count());
        wrong
    }

    /// What the peer saw otherwise.
    fn wrong_at(&self, peer: &Peer) -> Vec<String> {
        let mut wrong = Vec::new();
        let (requests, seen) = (self.requests * self.workers, peer.requests().len());
        if requests != seen {
            wrong.push(format!("requests: expected {requests}, found {seen}"));
        }
        let (connections, seen) = (self.connections * self.workers, peer.connections());
        let may_be_fewer = self.reusable && self.workers > 1;
        if seen > connections || (seen < connections && !may_be_fewer) {
            wrong.push(format!("connections: expected {connections}, found {seen}"));
        }
        wrong
    }
}

/// What a run said, without what every run says.
fn told(ran: &Ran) -> String {
    let outcome: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    let step = outcome["cases"][0]["steps"]
        .as_array()
        .and_then(|steps| steps.last());
    match step {
        Some(step) => format!(
            "  status {}, error {}, checks {}",
            step["status"], step["error"]["message"], step["checks"]
        ),
        None => ran.all(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("none").to_owned()
}
