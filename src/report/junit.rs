//! `junit`: JUnit XML for CI readers: a suite a case, a testcase a step.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::guarded::Guarded;
use super::plan::Plan;
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

/// The columns a level is indented by.
const INDENT: usize = 4;

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    record::at_end(sink, keep, render)
}

/// What is kept of a step.
struct Kept {
    /// How long it took, in microseconds.
    duration: u64,
    /// How many checks it had.
    checks: usize,
    /// None for a step that passed at once: there is no more to tell.
    told: Option<Arc<StepFinished>>,
}

fn keep(_: &Plan, finished: &Arc<StepFinished>) -> io::Result<Option<Kept>> {
    Ok(Some(Kept {
        duration: finished.duration,
        checks: finished.checks.len(),
        told: (!finished.passed_at_once()).then(|| Arc::clone(finished)),
    }))
}

fn render(record: Record<Kept>, tally: &Tally, to: &mut Written<'_>) -> io::Result<()> {
    // A runner that reads the file's lines from a log must find no command in them.
    let mut document = Document {
        writer: Writer::new_with_indent(Guarded::new(to), b' ', INDENT),
    };
    document.whole(&record, tally)?;
    document.writer.into_inner().finish()
}

/// What became of a step, as the format has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judged<'a> {
    Success,
    Skipped,
    /// A check does not hold; with a word for what is wrong.
    Failure(&'a str),
    /// It could not be judged.
    Error(&'a str),
}

fn judged(kept: Option<&Kept>) -> Judged<'_> {
    let Some(kept) = kept else {
        return Judged::Error("not_run");
    };
    let Some(finished) = &kept.told else {
        return Judged::Success;
    };
    match finished.status {
        Status::Passed => Judged::Success,
        Status::Skipped | Status::ExpectedFailure => Judged::Skipped,
        Status::Failed => Judged::Failure("mismatch"),
        Status::Errored => Judged::Error(finished.error.as_ref().map_or("check", |error| error.kind.name())),
        Status::Interrupted => Judged::Error("interrupted"),
        Status::LeftOver => Judged::Error("left_over"),
    }
}

/// How many steps ended how.
#[derive(Default)]
struct Counts {
    tests: usize,
    skipped: usize,
    failures: usize,
    errors: usize,
    /// How long all of them took, in microseconds.
    time: u64,
}

impl Counts {
    fn of<'a>(cases: impl IntoIterator<Item = &'a PlannedCase>, record: &Record<Kept>) -> Counts {
        let mut counts = Counts::default();
        for (_, kept) in cases.into_iter().flat_map(|case| record.kept_of(case)) {
            counts.tests += 1;
            counts.time += kept.map_or(0, |kept| kept.duration);
            match judged(kept) {
                Judged::Success => {}
                Judged::Skipped => counts.skipped += 1,
                Judged::Failure(_) => counts.failures += 1,
                Judged::Error(_) => counts.errors += 1,
            }
        }
        counts
    }
}

/// The document, written element by element: all of it at once would be as large as the run's events are.
struct Document<W> {
    writer: Writer<W>,
}

impl<W: io::Write> Document<W> {
    fn whole(&mut self, record: &Record<Kept>, tally: &Tally) -> io::Result<()> {
        let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
        self.writer.write_event(Event::Decl(declaration))?;
        let counts = Counts::of(record.cases(), record);
        let mut suites = BytesStart::new("testsuites");
        suites.push_attribute(("name", "callsheet"));
        count(&mut suites, "tests", counts.tests);
        count(&mut suites, "failures", counts.failures);
        count(&mut suites, "errors", counts.errors);
        time(&mut suites, record.duration);
        self.start(suites)?;
        for case in record.cases() {
            self.suite(record, case, tally)?;
        }
        self.end("testsuites")?;
        self.writer.write_indent()
    }

    fn suite(&mut self, record: &Record<Kept>, case: &PlannedCase, tally: &Tally) -> io::Result<()> {
        let counts = Counts::of([case], record);
        let file = xml(&case.place.file);
        let mut suite = BytesStart::new("testsuite");
        suite.push_attribute(("name", &*xml(&format!("{} › {}", case.collection, case.name))));
        count(&mut suite, "tests", counts.tests);
        count(&mut suite, "disabled", counts.skipped);
        count(&mut suite, "errors", counts.errors);
        count(&mut suite, "failures", counts.failures);
        time(&mut suite, counts.time);
        suite.push_attribute(("file", &*file));
        count(&mut suite, "line", case.place.line);
        // Some readers want the count of those disabled under this name.
        count(&mut suite, "skipped", counts.skipped);
        self.start(suite)?;

        self.start(BytesStart::new("properties"))?;
        let environment = record
            .plan
            .started()
            .and_then(|started| started.environment.as_ref());
        if let Some(environment) = environment {
            self.property("environment", &xml(environment))?;
        }
        let (verdict, _) = words::verdict(tally.verdict());
        self.property("verdict", verdict)?;
        self.tags(&case.tags)?;
        self.end("properties")?;

        let class = format!("{}.{}", case.collection, case.name);
        let class = xml(&class);
        for (planned, kept) in record.kept_of(case) {
            self.test_case(planned, kept, &class)?;
        }
        self.end("testsuite")
    }

    fn test_case(&mut self, planned: &PlannedStep, kept: Option<&Kept>, class: &str) -> io::Result<()> {
        let told = kept.and_then(|kept| kept.told.as_deref());
        let checks = kept.map_or(planned.checks, |kept| kept.checks);
        let place = explain::place(told).unwrap_or(&planned.place);
        let mut test = BytesStart::new("testcase");
        test.push_attribute(("name", &*xml(&planned.name)));
        test.push_attribute(("classname", class));
        count(&mut test, "assertions", checks);
        if let Some(kept) = kept {
            time(&mut test, kept.duration);
        }
        test.push_attribute(("file", &*xml(&place.file)));
        count(&mut test, "line", place.line);
        self.start(test)?;

        self.start(BytesStart::new("properties"))?;
        let status = match kept {
            Some(Kept { told: None, .. }) => words::PASSED,
            _ => words::status(told),
        };
        self.property("status", status)?;
        if !planned.role.is_step() {
            self.property("role", words::role(planned.role))?;
        }
        self.tags(&planned.tags)?;
        self.end("properties")?;
        self.judged(judged(kept), told)?;
        self.end("testcase")
    }

    fn tags(&mut self, tags: &[String]) -> io::Result<()> {
        tags.iter().try_for_each(|tag| self.property("tag", &xml(tag)))
    }

    fn property(&mut self, name: &str, value: &str) -> io::Result<()> {
        let mut property = BytesStart::new("property");
        property.push_attribute(("name", name));
        property.push_attribute(("value", value));
        self.writer.write_event(Event::Empty(property))
    }

    fn judged(&mut self, judged: Judged<'_>, finished: Option<&StepFinished>) -> io::Result<()> {
        match judged {
            Judged::Success => match finished.filter(|finished| finished.flaky) {
                Some(flaky) => reruns(flaky).try_for_each(|attempt| self.rerun("flakyFailure", attempt)),
                // A poll that came to its end is no second try.
                None => Ok(()),
            },
            Judged::Skipped => {
                let mut skipped = BytesStart::new("skipped");
                skipped.push_attribute(("message", &*xml(&explain::headline(finished))));
                self.writer.write_event(Event::Empty(skipped))
            }
            Judged::Failure(ty) => self.wrong(("failure", "rerunFailure"), ty, finished),
            Judged::Error(ty) => self.wrong(("error", "rerunError"), ty, finished),
        }
    }

    /// What is wrong with a step, and its earlier attempts.
    fn wrong(
        &mut self,
        (name, rerun): (&str, &str),
        ty: &str,
        finished: Option<&StepFinished>,
    ) -> io::Result<()> {
        let mut wrong = BytesStart::new(name);
        wrong.push_attribute(("message", &*xml(&explain::headline(finished))));
        wrong.push_attribute(("type", ty));
        let Some(finished) = finished else {
            return self.writer.write_event(Event::Empty(wrong));
        };
        self.start(wrong)?;
        let details = explain::lines(finished).join("\n");
        self.writer
            .write_event(Event::Text(BytesText::new(&xml(&details))))?;
        self.end(name)?;
        // The last attempt is what the failure itself tells of.
        let mut runs: Vec<&Attempt> = reruns(finished).collect();
        if finished.attempts.last().is_some_and(|last| !last.good) {
            runs.pop();
        }
        runs.into_iter()
            .try_for_each(|attempt| self.rerun(rerun, attempt))
    }

    fn rerun(&mut self, name: &str, attempt: &Attempt) -> io::Result<()> {
        let mut rerun = BytesStart::new(name);
        time(&mut rerun, attempt.duration);
        rerun.push_attribute(("message", &*xml(&attempt.found)));
        rerun.push_attribute(("type", words::attempt(attempt.kind)));
        self.start(rerun)?;
        self.end(name)
    }

    fn start(&mut self, element: BytesStart<'_>) -> io::Result<()> {
        self.writer.write_event(Event::Start(element))
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }
}

/// The attempts that were not the last one needed. A page of a list is no second try.
fn reruns(finished: &StepFinished) -> impl Iterator<Item = &Attempt> {
    finished
        .attempts
        .iter()
        .filter(|attempt| !attempt.good && attempt.kind != AttemptKind::Page)
}

/// Text of any kind, as XML can hold it. What acts where it is shown is an escape; the writer escapes what is markup.
fn xml(text: &str) -> Cow<'_, str> {
    match untrusted::block(text) {
        Cow::Borrowed(text) => untrusted::xml(text),
        Cow::Owned(shown) => Cow::Owned(untrusted::xml(&shown).into_owned()),
    }
}

fn count(element: &mut BytesStart<'_>, name: &str, number: usize) {
    element.push_attribute((name, number.to_string().as_str()));
}

/// Adds a time in seconds, of so many microseconds.
fn time(element: &mut BytesStart<'_>, microseconds: u64) {
    let seconds = Duration::from_micros(microseconds).as_secs_f64();
    element.push_attribute(("time", format!("{seconds:.3}").as_str()));
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
