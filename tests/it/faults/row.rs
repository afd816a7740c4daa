//! A row of the fault matrix: what the peer does, what is sent, and what must come of it.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use super::certificates;
use super::matrix::Playable;
use super::server::{Act, Asked, Deaf, Peer, Refusing, Script, by_request};
use super::verdict::{Verdict, told};
use crate::support::Project;

/// The `timeout` of a request that will reach it: long enough for a busy machine to come as far as the stall.
pub(super) const STALL: &str = "3s";

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
    timeout: &'static str,
    /// More lines of the step.
    step: String,
    /// What a POST sends.
    body: &'static str,
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
            timeout: "30s",
            step: String::new(),
            body: "hello",
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

    /// More of the name.
    pub(super) fn named(self, more: &str) -> Row {
        let name = format!("{}, {more}", self.name);
        Row { name, ..self }
    }

    pub(super) fn method(self, method: &'static str) -> Row {
        Row { method, ..self }
    }

    pub(super) fn origin(self, origin: &'static str) -> Row {
        Row { origin, ..self }
    }

    /// Another `timeout` than one that is never reached.
    pub(super) fn timeout(self, timeout: &'static str) -> Row {
        Row { timeout, ..self }
    }

    /// One more line of the step.
    pub(super) fn step(mut self, line: &str) -> Row {
        writeln!(self.step, "    {line}").expect("a string takes it");
        self
    }

    /// A POST of 3 MB, which go out in many pieces.
    pub(super) fn with_a_large_body(self) -> Row {
        static BODY: LazyLock<String> = LazyLock::new(|| "large ".repeat(500_000));
        Row { body: &BODY, ..self }.method("POST")
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

    /// The row and no other.
    pub(super) fn alone(self) -> Vec<Row> {
        vec![self]
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

    fn collection(&self) -> String {
        let mut collection = "collection: c\ncases:\n".to_owned();
        for worker in 0..self.workers {
            let body = match self.method {
                "GET" => String::new(),
                _ => format!("    text: \"{}\"\n", self.body),
            };
            let step = format!(
                "{}  - {}: /{worker}\n    timeout: {}\n{}{body}",
                self.before, self.method, self.timeout, self.step
            );
            // Every line of the steps stands four columns further in.
            let steps: String = step.lines().map(|line| format!("    {line}\n")).collect();
            write!(collection, "  - name: worker {worker}\n    steps:\n{steps}").expect("a string takes it");
        }
        collection
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

impl Playable for Row {
    fn title(&self) -> String {
        match self.workers {
            1 => format!("{} {}", self.method, self.name),
            workers => format!("{} {}, {workers} workers", self.method, self.name),
        }
    }

    fn play(&self) -> Result<(), String> {
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
        let mut run = project.callsheet("run --json --report junit=junit.xml --no-log --jobs 16 --ca ca.pem");
        if matches!(self.against, Against::Nowhere) {
            run = run.argument("--allow-http");
        }
        let ran = run.ends();
        let junit = std::fs::read_to_string(project.path().join("junit.xml")).unwrap_or_default();
        let mut wrong = self.want.wrong(self.method, self.workers, &ran, &junit);
        if let Some(peer) = &peer {
            wrong.extend(self.wrong_at(peer));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(format!("{}\n{}", wrong.join("\n  "), told(&ran)))
    }
}
