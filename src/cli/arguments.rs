//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::deferred::Deferred;
use super::select::{OrderArguments, SelectArguments};
use crate::decode::{self, Rate};
use crate::import;

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "callsheet",
    version,
    about = "Runs call sheets: YAML files that list the calls to make to an HTTP API and what each answer must be.",
    after_help = "Exit codes: 0 pass, 1 a check does not hold, 2 a file or flag is wrong (nothing was sent), \
                  3 something could not be evaluated, 4 nothing to check, 5 an output is not whole, 6 stopped by \
                  policy, 7 something may be left over, 70 our bug, 130 interrupted."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run collections and report what is not as it should be.
    Run(Deferred<RunArguments>),
    /// Run collections, and again what a changed file touches, until Ctrl-C.
    Watch(Deferred<RunArguments>),
    /// Find everything wrong in the files, without a network.
    Check(Deferred<CheckArguments>),
    /// List cases and steps with their tags.
    List(Deferred<ListArguments>),
    /// Report again what a run left in its event log.
    Report(Deferred<ReportArguments>),
    /// Print requests as curl commands or as an .http file, or collections as a page for a wiki; nothing is sent.
    Export(Deferred<ExportArguments>),
    /// Make a call sheet out of curl commands or a browser's HTTP Archive, without the credentials in them.
    Import(Deferred<ImportArguments>),
    /// Accept or reject the snapshots that wait.
    Review(Deferred<ReviewArguments>),
    /// Run the same collections in two environments and show how their answers differ.
    Diff(Deferred<DiffArguments>),
    /// Serve a mock file on a port of this machine.
    Mock(Deferred<MockArguments>),
    /// Make a new project that runs green at once.
    Init(Deferred<InitArguments>),
    /// Print the JSON Schema of call sheets, for editors.
    Schema,
    /// Print the completions of a shell.
    Completions(Deferred<CompletionsArguments>),
    /// Print the man page.
    Man,
}

/// Which environment, and the values of inputs.
#[derive(Debug, Clone, Default, Args)]
pub struct InputArguments {
    /// The environment; without it, the project's default.
    #[arg(long = "env", short = 'e', value_name = "NAME")]
    pub environment: Option<String>,
    /// The value of an input that is not secret (repeatable).
    #[arg(long = "input", short = 'i', value_name = "NAME=VALUE")]
    pub inputs: Vec<String>,
    /// Take a secret from an environment variable (repeatable).
    #[arg(long, value_name = "NAME=VARIABLE")]
    pub secret_env: Vec<String>,
    /// Take a secret from a file (repeatable).
    #[arg(long, value_name = "NAME=PATH")]
    pub secret_file: Vec<String>,
    /// Take a secret from the first line of standard input.
    #[arg(long, value_name = "NAME")]
    pub secret_stdin: Option<String>,
}

/// Which reports are made of a run, and how much they show.
#[derive(Debug, Clone, Default, Args)]
pub struct ShownArguments {
    /// Print the outcome as one JSON document: `--report json`.
    #[arg(long)]
    pub json: bool,
    /// Write this report to a file, or print it in the place of the terminal report (repeatable).
    #[arg(long = "report", value_name = "NAME[=PATH]")]
    pub reports: Vec<String>,
    /// Open the html report on the desktop; without a path of its own it is target/callsheet/report.html.
    #[arg(long)]
    pub open: bool,
    /// More: -v requests and headers, -vv everything.
    #[arg(long, short, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Only the summary and what went wrong.
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// What becomes of a step that passed only after a retry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Flaky {
    /// It passed, and is counted as flaky.
    #[default]
    Pass,
    /// It failed.
    Fail,
}

/// The arguments of `run`.
#[derive(Debug, Clone, Default, Args)]
pub struct RunArguments {
    #[command(flatten)]
    pub select: SelectArguments,
    #[command(flatten)]
    pub order: OrderArguments,
    /// Print what would run, and send nothing.
    #[arg(long)]
    pub list: bool,
    /// Run again and again until a run is no pass; with --repeat, so many times at most.
    #[arg(long, conflicts_with_all = ["json", "log"])]
    pub until_fails: bool,
    #[command(flatten)]
    pub inputs: InputArguments,
    /// How many cases run at the same time.
    #[arg(long, short = 'j', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: u16,
    /// Stop after this time, such as 10m; what has to be undone is undone all the same.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Start nothing more after so many steps went wrong.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_fail: Option<u32>,
    /// Go on with a case after a failed step.
    #[arg(long)]
    pub keep_going: bool,
    /// Send each host at most so many requests, such as `500/min`; the files can only say less.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub rate: Option<Rate>,
    /// What a step comes to that passed only after a retry.
    #[arg(long, value_name = "RESULT", value_enum, default_value_t = Flaky::Pass)]
    pub flaky: Flaky,
    #[command(flatten)]
    pub shown: ShownArguments,
    /// Let a run without any evaluated check pass.
    #[arg(long)]
    pub allow_empty: bool,
    /// Let a protected environment be written to.
    #[arg(long)]
    pub allow_writes: bool,
    /// Let plain http leave this machine.
    #[arg(long)]
    pub allow_http: bool,
    /// Let requests go to this host as well, `name` or `name:port` (repeatable).
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// Accept answers as snapshots: all, only new ones, or only changed ones.
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "all", conflicts_with = "ci")]
    pub update: Option<Update>,
    /// Write no snapshot: a missing one fails. On by itself where CI is set and not false, unless --update is said.
    #[arg(long)]
    pub ci: bool,
    /// Keep every exchange in this folder, without its secrets.
    #[arg(long, value_name = "FOLDER", conflicts_with = "replay")]
    pub record: Option<PathBuf>,
    /// Answer from what was recorded in this folder; no socket is opened.
    #[arg(long, value_name = "FOLDER")]
    pub replay: Option<PathBuf>,
    /// Write the event log here; without it, a new file in `target/callsheet/` beneath the project.
    #[arg(long, value_name = "PATH", conflicts_with = "no_log")]
    pub log: Option<PathBuf>,
    /// Write no event log.
    #[arg(long)]
    pub no_log: bool,
    #[command(flatten)]
    pub network: NetworkArguments,
}

/// Which snapshots a run accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Update {
    /// New and changed ones.
    All,
    /// Those there were none of.
    New,
    /// Those there were others of.
    Changed,
}

impl RunArguments {
    /// The arguments that run again what fails in a run with these, in this environment: what says where and how
    /// requests are sent stays, and what else narrowed the run does not.
    pub(super) fn again(&self, environment: Option<&str>) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        // Only a log in its usual place is found by itself.
        if self.log.is_none() && !self.no_log {
            words.push("--failed".to_owned());
        }
        let mut option = |name: &str, value: &str| words.extend([name.to_owned(), value.to_owned()]);
        environment.iter().for_each(|name| option("--env", name));
        let InputArguments {
            environment: _,
            inputs,
            secret_env,
            secret_file,
            secret_stdin,
        } = &self.inputs;
        inputs.iter().for_each(|it| option("--input", it));
        secret_env.iter().for_each(|it| option("--secret-env", it));
        secret_file.iter().for_each(|it| option("--secret-file", it));
        secret_stdin.iter().for_each(|it| option("--secret-stdin", it));
        let NetworkArguments {
            proxy,
            ca,
            client_cert,
            client_key,
            resolve,
            http,
            max_body,
        } = &self.network;
        // A proxy with a password is left out: nobody should find that in the log of a job.
        proxy
            .iter()
            .filter(|it| !it.contains('@'))
            .for_each(|it| option("--proxy", it));
        let mut path = |name: &str, value: &PathBuf| option(name, &value.to_string_lossy());
        ca.iter().for_each(|it| path("--ca", it));
        client_cert.iter().for_each(|it| path("--client-cert", it));
        client_key.iter().for_each(|it| path("--client-key", it));
        resolve.iter().for_each(|it| option("--resolve", it));
        if http != "auto" && !http.is_empty() {
            option("--http", http);
        }
        max_body.iter().for_each(|it| option("--max-body", it));
        self.allow_host.iter().for_each(|it| option("--allow-host", it));
        let flags = [
            ("--allow-writes", self.allow_writes),
            ("--allow-http", self.allow_http),
        ];
        words.extend(
            flags
                .iter()
                .filter(|(_, given)| *given)
                .map(|(name, _)| (*name).to_owned()),
        );
        let paths = self.select.paths.iter();
        words.extend(paths.map(|path| path.to_string_lossy().into_owned()));
        words
    }
}

/// How the network is reached.
#[derive(Debug, Clone, Default, Args)]
pub struct NetworkArguments {
    /// Send requests through this proxy.
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// Trust the certificates in this PEM file as well (repeatable).
    #[arg(long, value_name = "PATH")]
    pub ca: Vec<PathBuf>,
    /// Present this client certificate (PEM, with its chain).
    #[arg(long, value_name = "PATH", requires = "client_key")]
    pub client_cert: Option<PathBuf>,
    /// The client certificate's key (PEM).
    #[arg(long, value_name = "PATH", requires = "client_cert")]
    pub client_key: Option<PathBuf>,
    /// Reach a host at an address of your own (repeatable).
    #[arg(long, value_name = "HOST:PORT:ADDRESS")]
    pub resolve: Vec<String>,
    /// The protocol version: auto, 1.1 or 2.
    #[arg(long, value_name = "VERSION", default_value = "auto", value_parser = ["auto", "1.1", "2"])]
    pub http: String,
    /// The largest decoded body, such as 10MiB.
    #[arg(long, value_name = "SIZE")]
    pub max_body: Option<String>,
}

/// The arguments of `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArguments {
    #[command(flatten)]
    pub select: SelectArguments,
    /// Judge the files for this environment: a protected one refuses steps that write.
    #[arg(long = "env", short = 'e', value_name = "NAME")]
    pub environment: Option<String>,
}

/// The arguments of `list`.
#[derive(Debug, Clone, Args)]
pub struct ListArguments {
    #[command(flatten)]
    pub select: SelectArguments,
    #[command(flatten)]
    pub order: OrderArguments,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// The arguments of `report`.
#[derive(Debug, Clone, Args)]
pub struct ReportArguments {
    /// The event log; without it, the newest in `target/callsheet/` beneath the project.
    #[arg(value_name = "LOG")]
    pub logs: Vec<PathBuf>,
    /// Show the trends of all event logs in this folder: as html, as json, or as a table.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["logs", "allow_empty", "merge"])]
    pub history: Option<PathBuf>,
    /// Report of the event logs of all shards of a plan as of one run.
    #[arg(long)]
    pub merge: bool,
    #[command(flatten)]
    pub shown: ShownArguments,
    /// Let a run without any evaluated check pass.
    #[arg(long)]
    pub allow_empty: bool,
}

/// The arguments of `export`.
#[derive(Debug, Clone, Args)]
pub struct ExportArguments {
    /// What to make of them.
    #[arg(value_enum)]
    pub format: ExportFormat,
    #[command(flatten)]
    pub select: SelectArguments,
    #[command(flatten)]
    pub inputs: InputArguments,
}

/// What requests are exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A curl command for each request, with what is not known as shell variables.
    Curl,
    /// A file of requests for the HTTP clients of editors, with what is not known as {{variables}}.
    Http,
    /// A page for a wiki: each collection with its inputs, requests and what is expected.
    Markdown,
}

/// The arguments of `import`.
#[derive(Debug, Clone, Args)]
pub struct ImportArguments {
    /// What the file is.
    #[arg(value_parser = formats())]
    pub format: String,
    /// The file; `-` is standard input.
    #[arg(default_value = "-")]
    pub file: PathBuf,
    /// Write the call sheet to this file, which must not be there yet, and not to stdout.
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write over the file if it is there.
    #[arg(long, requires = "output")]
    pub force: bool,
    /// Import requests to this host alone, `name` or `name:port` (repeatable).
    #[arg(long, value_name = "HOST")]
    pub host: Vec<String>,
    /// Import requests whose answers are of this kind alone (repeatable); without it, all but files such as images,
    /// scripts and styles.
    #[arg(long, value_name = "KIND", value_parser = contents())]
    pub only: Vec<String>,
}

/// The importers, with their summaries for help and completions.
fn formats() -> PossibleValuesParser {
    let formats = import::KINDS.iter();
    PossibleValuesParser::new(
        formats.map(|kind| PossibleValue::new(kind.entry.name).help(kind.entry.summary)),
    )
}

fn contents() -> PossibleValuesParser {
    PossibleValuesParser::new(import::CONTENTS.map(|(word, _)| word))
}

/// The arguments of `diff`.
#[derive(Debug, Clone, Args)]
pub struct DiffArguments {
    #[command(flatten)]
    pub select: SelectArguments,
    /// The environment; twice, before and after.
    #[arg(long = "env", short = 'e', value_name = "NAME", required = true)]
    pub environments: Vec<String>,
    /// The value of an input that is not secret, in both environments or in one (repeatable).
    #[arg(long = "input", short = 'i', value_name = "[ENV:]NAME=VALUE")]
    pub inputs: Vec<String>,
    /// Take a secret from an environment variable, for both environments or for one (repeatable).
    #[arg(long, value_name = "[ENV:]NAME=VARIABLE")]
    pub secret_env: Vec<String>,
    /// Take a secret from a file, for both environments or for one (repeatable).
    #[arg(long, value_name = "[ENV:]NAME=PATH")]
    pub secret_file: Vec<String>,
    /// How many cases run at the same time.
    #[arg(long, short = 'j', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: u16,
    /// Let a protected environment be written to.
    #[arg(long)]
    pub allow_writes: bool,
    /// Let plain http leave this machine.
    #[arg(long)]
    pub allow_http: bool,
    /// Let requests go to this host as well, `name` or `name:port` (repeatable).
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    #[command(flatten)]
    pub network: NetworkArguments,
}

/// The arguments of `review`.
#[derive(Debug, Clone, Args)]
#[group(multiple = false, id = "how")]
pub struct ReviewArguments {
    /// Files and folders; without any, the project's `collections/`.
    pub paths: Vec<PathBuf>,
    /// Accept everything that waits.
    #[arg(long, group = "how")]
    pub accept_all: bool,
    /// Throw away everything that waits.
    #[arg(long, group = "how")]
    pub reject_all: bool,
    /// Show what waits, and the snapshots that no step uses; change nothing.
    #[arg(long, group = "how")]
    pub list: bool,
    /// Remove the snapshots that no step uses.
    #[arg(long, group = "how")]
    pub prune: bool,
}

/// The arguments of `mock`.
#[derive(Debug, Clone, Args)]
pub struct MockArguments {
    /// The mock file.
    pub file: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8642")]
    pub listen: SocketAddr,
    /// The value of one of the mock's inputs (repeatable).
    #[arg(long = "input", short = 'i', value_name = "NAME=VALUE")]
    pub inputs: Vec<String>,
}

/// The arguments of `init`.
#[derive(Debug, Clone, Args)]
pub struct InitArguments {
    /// The folder; it is made if need be.
    #[arg(default_value = ".")]
    pub folder: PathBuf,
}

/// The arguments of `completions`.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArguments {
    /// The shell.
    pub shell: clap_complete::Shell,
}

fn duration(text: &str) -> Result<Duration, String> {
    decode::duration(text).ok_or_else(|| "durations carry their unit: 500ms, 90s, 10m".to_owned())
}

fn rate(text: &str) -> Result<Rate, String> {
    decode::rate(text)
        .ok_or_else(|| "a rate is a number and a stretch of time: 10/s, 500/min, 1000/h".to_owned())
}
