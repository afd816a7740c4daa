//! What a step must come to, and how each output must tell it.

use serde_json::Value;

use crate::support::Ran;

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

    /// What the program did and said otherwise, for this many cases that should all come to this; a line each.
    pub(super) fn wrong(self, method: &str, workers: usize, ran: &Ran, junit: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut expect = |what: &str, wanted: &dyn std::fmt::Display, found: &dyn std::fmt::Display| {
            let (wanted, found) = (wanted.to_string(), found.to_string());
            if wanted != found {
                wrong.push(format!("{what}: expected {wanted}, found {found}"));
            }
        };
        expect("exit", &self.exit(), &ran.exit.unwrap_or(-1));
        let outcome: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        let cases = outcome["cases"].as_array().cloned().unwrap_or_default();
        expect("cases", &workers, &cases.len());
        for case in &cases {
            let step = case["steps"].as_array().and_then(|steps| steps.last());
            let step = step.cloned().unwrap_or_default();
            expect("status", &self.status(), &text(&step["status"]));
            if let Verdict::Errors { error, kind, phase } = self {
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
                    &(method == "POST" && was_sent),
                    &message.contains("it may have been processed"),
                );
            }
        }
        let (failures, errors) = match self {
            Verdict::Passes => (0, 0),
            Verdict::Fails => (workers, 0),
            Verdict::Errors { .. } => (0, workers),
        };
        expect("failures in JUnit", &failures, &junit.matches("<failure").count());
        expect("errors in JUnit", &errors, &junit.matches("<error").count());
        wrong
    }
}

/// What a run said, without what every run says.
pub(super) fn told(ran: &Ran) -> String {
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
