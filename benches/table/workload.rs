//! What there is to do: written into a folder as call sheets and in Hurl's format.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workload {
    /// One file: a token and one list.
    StartUp,
    /// One file: a token and so many reads, one after the other.
    Sequential(usize),
    /// 200 files of a token and ten reads, with so many jobs.
    Many(usize),
    /// 50 MB of JSON, of which five values are checked.
    Big,
    /// 100 files with one answer of 200 ms each, 50 at a time.
    Slow,
    /// So many files of 500 steps, a token and reads, with the default number of jobs.
    Long(usize),
    /// 2,000 files of ten steps, read by this command and not run.
    Loading(&'static str),
}

/// The most reads of one file.
const A_FILE: usize = 1_000;

impl Workload {
    /// All of them, in the order of the table.
    pub(crate) fn all() -> [Workload; 13] {
        [
            Workload::StartUp,
            Workload::Sequential(1_000),
            Workload::Many(1),
            Workload::Many(8),
            Workload::Many(32),
            Workload::Big,
            Workload::Slow,
            Workload::Sequential(10_000),
            Workload::Sequential(100_000),
            Workload::Long(20),
            Workload::Long(200),
            Workload::Loading("check"),
            Workload::Loading("list"),
        ]
    }

    /// What it is called in the table.
    pub(crate) fn name(self) -> String {
        match self {
            Workload::StartUp => "start-up".to_owned(),
            Workload::Sequential(A_FILE) => format!("sequential, {A_FILE} reads"),
            Workload::Sequential(steps) => format!("growth, {steps} reads"),
            Workload::Many(jobs) => format!("many, 200 x 11, {jobs} jobs"),
            Workload::Big => "big, 50 MB, five paths".to_owned(),
            Workload::Slow => "slow, 100 x 200 ms".to_owned(),
            Workload::Long(files) => format!("growth, {files} files"),
            Workload::Loading(command) => format!("loading, {command}"),
        }
    }

    fn files(self) -> usize {
        match self {
            Workload::StartUp | Workload::Big => 1,
            // More in one file would be over the limit of a file's nodes.
            Workload::Sequential(steps) => steps.div_ceil(A_FILE),
            Workload::Many(_) => 200,
            Workload::Slow => 100,
            Workload::Long(files) => files,
            Workload::Loading(_) => 2_000,
        }
    }

    fn jobs(self) -> usize {
        match self {
            Workload::StartUp | Workload::Sequential(_) | Workload::Big | Workload::Loading(_) => 1,
            Workload::Many(jobs) => jobs,
            Workload::Slow => 50,
            Workload::Long(_) => 16,
        }
    }

    /// The arguments of `callsheet`.
    pub(crate) fn callsheet_arguments(self) -> Vec<String> {
        let mut arguments = match self {
            Workload::Loading(command) => vec![command.to_owned()],
            _ => vec!["run".to_owned(), "--jobs".to_owned(), self.jobs().to_string()],
        };
        if self == Workload::Big {
            arguments.extend(["--max-body", "60MiB"].map(str::to_owned));
        }
        arguments
    }

    /// The arguments of `hurl`.
    pub(crate) fn hurl_arguments(self) -> Vec<String> {
        let mut arguments: Vec<String> = ["--test", "--jobs"].map(str::to_owned).into();
        arguments.push(self.jobs().to_string());
        arguments.extend((0..self.files()).map(|number| format!("{number}.hurl")));
        arguments
    }

    /// The arguments of the loop.
    pub(crate) fn loop_arguments(self, base_url: &str) -> Vec<String> {
        let numbers = [self.jobs(), self.files(), self.paths().len()].map(|it| it.to_string());
        let mut arguments = vec![base_url.to_owned()];
        arguments.extend(numbers);
        if !self.has_token() {
            arguments.extend(self.paths().into_iter().take(1));
        }
        arguments
    }

    /// Writes it for both.
    pub(crate) fn write(self, folder: &Path, base_url: &str) -> io::Result<()> {
        fs::write(
            folder.join("callsheet.yaml"),
            format!("project: table\ndefaults:\n  base_url: \"{base_url}\"\n"),
        )?;
        let sheets = folder.join("collections");
        fs::create_dir(&sheets)?;
        for number in 0..self.files() {
            fs::write(sheets.join(format!("{number}.yaml")), self.sheet(number))?;
            fs::write(folder.join(format!("{number}.hurl")), self.hurl(base_url))?;
        }
        Ok(())
    }

    /// The paths a file asks for, after its token where it has one.
    fn paths(self) -> Vec<String> {
        let reads = |count: usize| (1..=count).map(|number| format!("/contacts/{number}")).collect();
        match self {
            Workload::StartUp => reads(1),
            Workload::Sequential(steps) => reads(steps.min(A_FILE)),
            Workload::Many(_) => reads(10),
            Workload::Long(_) => reads(499),
            Workload::Loading(_) => reads(9),
            Workload::Big => vec!["/big".to_owned()],
            Workload::Slow => vec!["/slow".to_owned()],
        }
    }

    fn has_token(self) -> bool {
        !matches!(self, Workload::Big | Workload::Slow)
    }

    /// The checks of an answer: a JSONPath and the value as JSON.
    fn checks(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Workload::Big => &[
                ("$.data.items[3].id", "3"),
                ("$.data.items[200000].address.city", "\"New York\""),
                ("$.data.items[100000].name", "\"record 100000\""),
                ("$.total", "4711"),
                ("$.kind", "\"list\""),
            ],
            _ => &[("$.data.kind", "\"contact\"")],
        }
    }

    fn sheet(self, number: usize) -> String {
        let mut sheet = format!("collection: sheet {number}\ncases:\n  - name: all\n    steps:\n");
        if self.has_token() {
            sheet.push_str(
                "      - name: token\n        GET: /token\n        capture:\n          token: { json: $.token, secret: true }\n",
            );
        }
        for (step, path) in self.paths().iter().enumerate() {
            add(
                &mut sheet,
                format_args!("      - name: read {step}\n        GET: {path}\n"),
            );
            if self.has_token() {
                sheet.push_str("        headers: { authorization: \"Bearer ${{ token }}\" }\n");
            }
            sheet.push_str("        expect:\n          status: 200\n          headers: { content-type: application/json }\n");
            for (path, value) in self.checks() {
                add(&mut sheet, format_args!("          {path}: {value}\n"));
            }
        }
        sheet
    }

    fn hurl(self, base_url: &str) -> String {
        let mut file = String::new();
        if self.has_token() {
            add(
                &mut file,
                format_args!("GET {base_url}/token\nHTTP 200\n[Captures]\ntoken: jsonpath \"$.token\"\n\n"),
            );
        }
        for path in self.paths() {
            add(&mut file, format_args!("GET {base_url}{path}\n"));
            if self.has_token() {
                file.push_str("Authorization: Bearer {{token}}\n");
            }
            file.push_str("HTTP 200\n[Asserts]\nheader \"content-type\" == \"application/json\"\n");
            for (path, value) in self.checks() {
                add(&mut file, format_args!("jsonpath \"{path}\" == {value}\n"));
            }
            file.push('\n');
        }
        file
    }
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a text takes what is written to it");
}
