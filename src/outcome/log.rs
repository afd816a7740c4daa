//! The event log: each event a line of JSON, written as it happens and read back one by one.

use std::fmt;
use std::io::{self, BufRead, BufWriter, Write};
use std::sync::Arc;

use serde_json::Value;

use super::{Event, LOG_VERSION, RunStarted};

/// Writes a log. It is to be flushed whenever no further event is at hand, so that a process that is killed leaves whole
/// lines of all that happened.
pub struct LogWriter<W: Write> {
    /// Events are written in many small pieces, which are gathered here, where a write is cheapest, and not as one text:
    /// the plan of a long run comes to many megabytes.
    sink: BufWriter<W>,
}

impl<W: Write> LogWriter<W> {
    /// A log that goes to a sink, which the caller has put the mask in front of.
    pub fn new(sink: W) -> Self {
        LogWriter {
            sink: BufWriter::new(sink),
        }
    }

    /// Writes an event.
    ///
    /// # Errors
    /// The error of the sink; the log may end within a line then.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        serde_json::to_writer(&mut self.sink, event)?;
        self.sink.write_all(b"\n")
    }

    /// Passes on what was written.
    ///
    /// # Errors
    /// The error of the sink; the log may end within a line then.
    pub fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Reads a log, one event at a time.
pub struct LogReader<R> {
    reader: R,
    line: Vec<u8>,
    number: usize,
    cut: bool,
}

impl<R: BufRead> LogReader<R> {
    /// Reads the beginning of a log: what its run set out to do.
    ///
    /// # Errors
    /// It cannot be read, has no whole line, is no event log, or is one of another version.
    pub fn open(reader: R) -> Result<(Self, RunStarted), LogError> {
        let mut log = LogReader {
            reader,
            line: Vec::new(),
            number: 0,
            cut: false,
        };
        if !log.advance()? {
            return Err(LogError::Empty);
        }
        // The version is looked at by itself: a later one may have a shape that today's does not fit.
        let first: Value = serde_json::from_slice(&log.line).map_err(|_| LogError::NotALog)?;
        if first.get("event").and_then(Value::as_str) != Some("run_started") {
            return Err(LogError::NotALog);
        }
        match first.get("version").and_then(Value::as_u64) {
            Some(version) if version == u64::from(LOG_VERSION) => {}
            Some(found) => return Err(LogError::Version(found)),
            None => return Err(LogError::NotALog),
        }
        match log.event()? {
            Event::RunStarted(started) => Ok((log, Arc::unwrap_or_clone(started))),
            _ => Err(LogError::NotALog),
        }
    }

    /// True if the last line that was read is not whole, and so was left out.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Reads the next whole line; false at the end.
    fn advance(&mut self) -> Result<bool, LogError> {
        self.line.clear();
        let length = self
            .reader
            .read_until(b'\n', &mut self.line)
            .map_err(LogError::Read)?;
        if self.line.last() != Some(&b'\n') {
            self.cut = length > 0;
            return Ok(false);
        }
        self.number += 1;
        Ok(true)
    }

    fn event(&self) -> Result<Event, LogError> {
        let wrong = |error: serde_json::Error| LogError::Line(self.number, error.to_string());
        // By way of a value: a tagged enum read from text directly takes no numbers where those are kept exact.
        let value: Value = serde_json::from_slice(&self.line).map_err(wrong)?;
        serde_json::from_value(value).map_err(wrong)
    }
}

impl<R: BufRead> Iterator for LogReader<R> {
    type Item = Result<Event, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.advance() {
            Ok(true) => Some(self.event()),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

/// Why a log cannot be read.
#[derive(Debug)]
pub enum LogError {
    /// The reader's error.
    Read(io::Error),
    /// Not one whole line.
    Empty,
    /// It does not begin as a log does.
    NotALog,
    /// It is of this version, which is not [`LOG_VERSION`].
    Version(u64),
    /// The line of this number, from 1, is no event, for a reason.
    Line(usize, String),
}

impl fmt::Display for LogError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogError::Read(error) => write!(formatter, "cannot be read: {error}"),
            LogError::Empty => formatter.write_str("holds no whole line, so nothing is known of its run"),
            LogError::NotALog => formatter.write_str("is no event log: its first line does not start a run"),
            LogError::Version(found) => write!(
                formatter,
                "has version {found}; this is a Callsheet for version {LOG_VERSION}"
            ),
            LogError::Line(number, reason) => write!(formatter, "is broken at line {number}: {reason}"),
        }
    }
}

impl std::error::Error for LogError {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{LogError, LogReader, LogWriter};
    use crate::outcome::{
        CheckResult, CheckState, Event, LOG_VERSION, Mismatch, PlannedCase, PlannedStep, Role, RunFinished,
        RunStarted, Spot, Status, StepFinished,
    };

    fn spot() -> Spot {
        Spot {
            file: "c.yaml".into(),
            line: 3,
            column: 5,
            length: 1,
            excerpt: None,
        }
    }

    fn events() -> Vec<Event> {
        let step = PlannedStep {
            step: 0,
            name: "a".into(),
            place: spot(),
            tags: Vec::new(),
            checks: 1,
            role: Role::Step,
            of: None,
        };
        let case = PlannedCase {
            name: "c\n\u{2028}".to_owned(),
            collection: "c".to_owned(),
            place: spot(),
            tags: vec!["t".to_owned()],
            steps: vec![step],
        };
        let mut finished = StepFinished::new(0, Status::Failed);
        finished.duration = u64::MAX;
        finished.checks.push(CheckResult {
            subject: "status".to_owned(),
            expectation: "200".to_owned(),
            state: CheckState::Failed(Box::new(Mismatch {
                place: spot(),
                subject: "status".to_owned(),
                expected: "200".to_owned(),
                actual: "500".to_owned(),
                diff: None,
                hint: None,
            })),
        });
        vec![
            Event::RunStarted(Arc::new(RunStarted {
                version: LOG_VERSION,
                callsheet: "0".to_owned(),
                started: "2026-01-01T00:00:00.000Z".to_owned(),
                environment: None,
                inputs: std::iter::once(("a".to_owned(), "1".to_owned())).collect(),
                jobs: 1,
                cases: vec![case],
                left_out: Default::default(),
                shard: None,
                again: Vec::new(),
                folder: String::new(),
                replayed: false,
            })),
            Event::StepStarted { at: 1, step: 0 },
            Event::StepFinished(Arc::new(finished)),
            Event::RunFinished(RunFinished::default()),
        ]
    }

    fn log() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = LogWriter::new(&mut bytes);
        for event in events() {
            writer.write(&event).unwrap();
        }
        writer.flush().unwrap();
        drop(writer);
        bytes
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = log();
        let (reader, started) = LogReader::open(bytes.as_slice()).unwrap();
        let mut read = vec![Event::RunStarted(Arc::new(started))];
        read.extend(reader.map(Result::unwrap));
        assert_eq!(read, events());
    }

    #[test]
    fn a_log_cut_anywhere_is_read_to_its_last_whole_line() {
        let bytes = log();
        for length in 0..bytes.len() {
            let cut = &bytes[..length];
            let whole = cut.iter().filter(|byte| **byte == b'\n').count();
            match LogReader::open(cut) {
                Err(LogError::Empty) => assert_eq!(whole, 0, "at {length}"),
                Err(error) => panic!("at {length}: {error}"),
                Ok((mut reader, _)) => {
                    assert_eq!(
                        reader.by_ref().map(Result::unwrap).count() + 1,
                        whole,
                        "at {length}"
                    );
                    assert_eq!(reader.is_cut(), cut.last() != Some(&b'\n'), "at {length}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_log_of_this_version_is_told() {
        let said = |text: &str| LogReader::open(text.as_bytes()).err().unwrap().to_string();
        assert!(said("{}\n").contains("is no event log"));
        assert!(said("hello\n").contains("is no event log"));
        assert!(said("{\"event\":\"run_started\",\"version\":9,\"new\":1}\n").contains("has version 9"));
    }

    #[test]
    fn a_broken_line_is_told_by_its_number() {
        let mut bytes = log();
        let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        bytes[second] = b'!';
        let (mut reader, _) = LogReader::open(bytes.as_slice()).unwrap();
        let error = reader.next().unwrap().unwrap_err();
        assert!(error.to_string().starts_with("is broken at line 2"), "{error}");
    }
}
