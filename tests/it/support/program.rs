//! When: the program runs; then: what it said.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// One run of the program, not started yet. Nothing of this process' environment reaches it but `PATH`.
pub(crate) struct Run {
    command: Command,
}

impl Run {
    /// The program in a folder.
    pub(crate) fn new<'a>(folder: &Path, arguments: impl Iterator<Item = &'a str>) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("NO_COLOR", "1")
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        Run { command }
    }

    /// One more argument, which may hold blanks.
    pub(crate) fn argument(mut self, argument: &str) -> Run {
        self.command.arg(argument);
        self
    }

    /// In a folder beneath its own.
    pub(crate) fn within(mut self, folder: &str) -> Run {
        let folder = self.command.get_current_dir().expect("a folder").join(folder);
        self.command.current_dir(folder);
        self
    }

    /// A variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Run {
        self.command.env(name, value);
        self
    }

    /// What it reads on stdin: a file of its folder.
    pub(crate) fn stdin_from(mut self, name: &str) -> Run {
        let folder = self.command.get_current_dir().expect("a folder");
        let file = std::fs::File::open(folder.join(name)).expect("the file");
        self.command.stdin(file);
        self
    }

    /// Where stdout goes.
    pub(crate) fn stdout(mut self, to: impl Into<Stdio>) -> Run {
        self.command.stdout(to);
        self
    }

    /// Starts it and returns at once; stdout and stderr are pipes.
    pub(crate) fn spawn(mut self) -> Child {
        self.command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    }

    /// Where stderr goes.
    pub(crate) fn stderr(mut self, to: impl Into<Stdio>) -> Run {
        self.command.stderr(to);
        self
    }

    /// Starts it and returns at once; stdout and stderr go where they were said to go.
    pub(crate) fn start(mut self) -> Child {
        self.command.spawn().expect("the program starts")
    }

    /// Runs it to its end, which comes by itself within a minute; what it says fits into a pipe.
    #[track_caller]
    pub(crate) fn ends_soon(self) -> Ran {
        let mut child = self.spawn();
        let start = Instant::now();
        while child.try_wait().expect("a process").is_none() {
            if start.elapsed() > Duration::from_secs(60) {
                child.kill().expect("an end");
                panic!("it goes on and on");
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ran::of(child.wait_with_output().expect("what it said"))
    }

    /// Runs it to its end.
    pub(crate) fn ends(mut self) -> Ran {
        Ran::of(self.command.output().expect("the program runs"))
    }

    /// Runs it to its end, which is this exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Ran {
        let ran = self.ends();
        assert_eq!(
            ran.exit,
            Some(code),
            "the exit code\n--- stdout\n{}\n--- stderr\n{}",
            ran.stdout,
            ran.stderr
        );
        ran
    }
}

/// What a run said.
pub(crate) struct Ran {
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    fn of(output: Output) -> Ran {
        Ran {
            exit: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Everything it said, errors first.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stderr, self.stdout)
    }

    /// It said this, on whichever stream.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Ran {
        assert!(
            self.all().contains(text),
            "expected to read {text:?} in\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// It did not say this, on either stream.
    #[track_caller]
    pub(crate) fn does_not_say(self, text: &str) -> Ran {
        assert!(
            !self.all().contains(text),
            "expected not to read {text:?} in\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Its stdout, as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("one JSON document: {error}\n{}\n{}", self.stdout, self.stderr))
    }
}
