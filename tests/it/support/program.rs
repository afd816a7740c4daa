//! When: the program runs; then: what it said.

use std::path::Path;
use std::process::{Child, Command, Stdio};

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

    /// Runs it to its end.
    pub(crate) fn ends(mut self) -> Ran {
        let output = self.command.output().expect("the program runs");
        Ran {
            exit: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
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
