//! `junit`: JUnit XML for CI readers: a suite a case, a testcase a step.

use std::io;
use std::time::Duration;

use quick_junit::{
    NonSuccessKind, Property, Report as Document, TestCase, TestCaseStatus, TestRerun, TestSuite, XmlString,
};

use super::guarded::Guarded;
use super::record::{self, Record, Written};
use super::{Options, Report, ReportKind, Sink, explain, words};
use crate::outcome::{Attempt, AttemptKind, PlannedCase, PlannedStep, Status, StepFinished, Tally};
use crate::registry::Entry;
use crate::untrusted;

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "junit",
        summary: "JUnit XML for GitLab, Jenkins and GitHub readers: a suite a case, a testcase a step",
        example: "--report junit=junit.xml",
    },
    make,
};

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    record::at_end(sink, render)
}

fn render(record: Record, tally: &Tally, to: &mut Written<'_>) -> io::Result<()> {
    let mut document = Document::new("callsheet");
    document.set_time(Duration::from_micros(record.duration));
    let names = Names::new();
    for case in record.cases() {
        document.add_test_suite(suite(&record, case, tally, &names));
    }
    // A runner that reads the file's lines from a log must find no command in them.
    let mut guarded = Guarded::new(to);
    document.serialize(&mut guarded).map_err(io::Error::other)?;
    guarded.finish()
}

/// Text of any kind, as XML can hold it. What acts where it is shown is an escape.
fn xml(text: &str) -> XmlString {
    XmlString::new(untrusted::xml(&untrusted::block(text)))
}

/// Names that every testcase has: a text is looked through each time it is made into one of a document.
struct Names {
    file: XmlString,
    line: XmlString,
    status: XmlString,
}

impl Names {
    fn new() -> Names {
        Names {
            file: "file".into(),
            line: "line".into(),
            status: "status".into(),
        }
    }

    /// Says where something stands; `file` is what the file's name is in the document.
    fn place(&self, attributes: &mut indexmap::IndexMap<XmlString, XmlString>, file: XmlString, line: usize) {
        attributes.insert(self.file.clone(), file);
        attributes.insert(self.line.clone(), line.to_string().into());
    }
}

fn suite(record: &Record, case: &PlannedCase, tally: &Tally, names: &Names) -> TestSuite {
    let mut suite = TestSuite::new(xml(&format!("{} › {}", case.collection, case.name)));
    let file = xml(&case.place.file);
    names.place(&mut suite.extra, file.clone(), case.place.line);
    if let Some(environment) = record
        .plan
        .started()
        .and_then(|started| started.environment.as_ref())
    {
        suite.add_property(Property::new("environment", xml(environment)));
    }
    let (verdict, _) = words::verdict(tally.verdict());
    suite.add_property(("verdict", verdict));
    for tag in &case.tags {
        suite.add_property(Property::new("tag", xml(tag)));
    }
    let class = xml(&format!("{}.{}", case.collection, case.name));
    let mut time = 0;
    for (planned, finished) in record.steps_of(case) {
        time += finished.map_or(0, |finished| finished.duration);
        let mut test = testcase(planned, finished, names);
        test.set_classname(class.clone());
        let spot = explain::place(finished).unwrap_or(&planned.place);
        let file = match spot.file == case.place.file {
            true => file.clone(),
            false => xml(&spot.file),
        };
        names.place(&mut test.extra, file, spot.line);
        suite.add_test_case(test);
    }
    // Some readers want the count under this name.
    suite
        .extra
        .insert("skipped".into(), suite.disabled.to_string().into());
    suite.set_time(Duration::from_micros(time));
    suite
}

fn testcase(planned: &PlannedStep, finished: Option<&StepFinished>, names: &Names) -> TestCase {
    let mut test = TestCase::new(xml(&planned.name), status(finished));
    test.set_assertions(finished.map_or(planned.checks, |finished| finished.checks.len()));
    if let Some(finished) = finished {
        test.set_time(Duration::from_micros(finished.duration));
    }
    test.add_property(Property::new(names.status.clone(), words::status(finished)));
    if !planned.role.is_step() {
        test.add_property(("role", words::role(planned.role)));
    }
    for tag in &planned.tags {
        test.add_property(Property::new("tag", xml(tag)));
    }
    test
}

fn status(finished: Option<&StepFinished>) -> TestCaseStatus {
    let Some(finished) = finished else {
        return wrong(NonSuccessKind::Error, "not_run", finished);
    };
    match finished.status {
        Status::Passed => TestCaseStatus::Success {
            flaky_runs: if finished.flaky {
                reruns(finished, NonSuccessKind::Failure)
            } else {
                // A poll that came to its end is no second try.
                Vec::new()
            },
        },
        Status::Skipped | Status::ExpectedFailure => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(xml(&explain::headline(Some(finished))));
            status
        }
        Status::Failed => wrong(NonSuccessKind::Failure, "mismatch", Some(finished)),
        Status::Errored => {
            let kind = finished.error.as_ref().map_or("check", |error| error.kind.name());
            wrong(NonSuccessKind::Error, kind, Some(finished))
        }
        Status::Interrupted => wrong(NonSuccessKind::Error, "interrupted", Some(finished)),
        Status::LeftOver => wrong(NonSuccessKind::Error, "left_over", Some(finished)),
    }
}

fn wrong(kind: NonSuccessKind, ty: &str, finished: Option<&StepFinished>) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(xml(&explain::headline(finished)));
    status.set_type(ty);
    if let Some(finished) = finished {
        status.set_description(xml(&explain::lines(finished).join("\n")));
        // The last attempt is what the failure itself tells of.
        let mut runs = reruns(finished, kind);
        if finished.attempts.last().is_some_and(|last| !last.good) {
            runs.pop();
        }
        status.add_reruns(runs);
    }
    status
}

/// The attempts that were not the last one needed. A page of a list is no second try.
fn reruns(finished: &StepFinished, kind: NonSuccessKind) -> Vec<TestRerun> {
    finished
        .attempts
        .iter()
        .filter(|attempt| !attempt.good && attempt.kind != AttemptKind::Page)
        .map(|attempt| rerun(attempt, kind))
        .collect()
}

fn rerun(attempt: &Attempt, kind: NonSuccessKind) -> TestRerun {
    let mut rerun = TestRerun::new(kind);
    rerun.set_message(xml(&attempt.found));
    rerun.set_type(words::attempt(attempt.kind));
    rerun.set_time(Duration::from_micros(attempt.duration));
    rerun
}

#[cfg(test)]
mod tests {
    use uppsala::xsd::XsdValidator;

    use crate::report::tests::{PLAIN, report, runs};

    /// What is wrong with a document by the schema in `fixtures/junit.xsd`.
    fn faults(document: &str) -> Vec<String> {
        let schema = uppsala::parse(include_str!("../../fixtures/junit.xsd")).expect("a schema");
        let schema = XsdValidator::from_schema(&schema).expect("a schema");
        let document = uppsala::parse(document).expect("well-formed");
        let errors = schema.validate(&document);
        errors.iter().map(|error| format!("{error:?}")).collect()
    }

    #[test]
    fn every_run_is_valid_by_the_schema() {
        for (name, events) in runs::all() {
            let text = report("junit", &events, &PLAIN);
            assert_eq!(faults(&text), Vec::<String>::new(), "{name}\n{text}");
        }
        let every = report("junit", &runs::every(), &PLAIN);
        for element in [
            "<failure",
            "<error",
            "<skipped",
            "<flakyFailure",
            "<rerunFailure",
            "<property",
        ] {
            assert!(every.contains(element), "no run of the tests has {element}");
        }
    }

    #[test]
    fn the_schema_finds_what_is_wrong() {
        let text = report("junit", &runs::every(), &PLAIN);
        for (from, to) in [
            (" classname=", " class="),
            ("<skipped ", "<left-out "),
            (" type=\"poll\"", ""),
            ("tests=\"11\"", "tests=\"eleven\""),
            ("<flakyFailure ", "<failure type=\"a\"/><flakyFailure "),
        ] {
            assert!(text.contains(from), "{from}");
            let broken = text.replacen(from, to, 1);
            assert!(!faults(&broken).is_empty(), "{from} as {to} is taken");
        }
    }
}
