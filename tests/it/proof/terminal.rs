//! Whatever a server says, it acts on no terminal and gives no orders to a CI, and documents stay well-formed.

use std::fs;

use callsheet::registry::Kind as _;
use callsheet::report::KINDS;

use crate::support::{Answer, Project, Server};

/// Steps that fail at what the server says: text, names and values of JSON, a header.
const STEPS: &str = "\
collection: c
steps:
  - GET: /bytes
    expect: { body: nothing }
    continue: true
  - GET: /json
    expect: { $.value: nothing, $: { equals: { a: 1 } }, like: { value: 1 }, headers: { x-said: nothing } }
    capture: { said: $.value, missing: $.none }
    continue: true
  - GET: /xml
    expect: { body: nothing }
    capture: { missing: { xpath: //nobody } }
    continue: true
";

/// What the program says of a run against a server that says this, at every verbosity and in every report.
fn outputs(said: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (bytes, text) = (said.to_vec(), String::from_utf8_lossy(said).into_owned());
    let header: String = text
        .chars()
        .filter(|letter| !letter.is_control() || *letter == '\t')
        .collect();
    let server = Server::start(move |request| {
        let answer = match request.target.as_str() {
            "/json" => Answer::json(&serde_json::json!({ "value": text, text.as_str(): [text] }).to_string()),
            "/xml" => Answer::status(200)
                .header("content-type", "application/xml")
                .body(&bytes),
            _ => Answer::status(200)
                .header("content-type", "text/plain")
                .body(&bytes),
        };
        answer.header("x-said", &header)
    });
    let project = Project::against(&server, STEPS);
    let mut outputs = Vec::new();
    for arguments in ["run", "run -v", "run -vv", "run -q", "run --json"] {
        let run = project.callsheet(arguments).argument("--log=out/log.jsonl");
        let ran = KINDS
            .iter()
            .fold(run, |run, kind| {
                let name = kind.entry().name;
                run.argument("--report").argument(&format!("{name}=out/{name}"))
            })
            .exits(1);
        outputs.push((format!("stdout of {arguments}"), ran.stdout.into_bytes()));
        outputs.push((format!("stderr of {arguments}"), ran.stderr.into_bytes()));
    }
    for kind in KINDS {
        let name = kind.entry().name;
        let text = fs::read(project.path().join("out").join(name)).expect("the report");
        outputs.push((name.to_owned(), text));
    }
    outputs
}

/// Characters that act on a terminal or are not seen: controls but for the line feed, marks of direction, what has no
/// width, tags, and what ends a line.
fn acts(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// All 256 bytes, and the characters of Unicode that act.
fn everything() -> Vec<u8> {
    let mut all: Vec<u8> = (0..=255).collect();
    let acting: String = ('\0'..=char::MAX).filter(|letter| acts(*letter)).collect();
    all.extend(acting.as_bytes());
    all
}

#[test]
fn no_byte_acts_on_a_terminal_or_breaks_a_document() {
    // The same text without what could mean anything, on as many lines.
    let all = String::from_utf8_lossy(&everything()).replace('\0', "");
    let harmless: String = all
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() || "\r\n".contains(letter) {
                letter
            } else {
                'x'
            }
        })
        .collect();
    let harmless = outputs(harmless.as_bytes());
    let bytes = outputs(&everything()).into_iter();
    // What is no text, as what holds a NUL, is not shown as such; so the same once more as text.
    let text = outputs(all.as_bytes()).into_iter();
    for (is_text, name, bytes) in bytes
        .map(|(name, bytes)| (false, name, bytes))
        .chain(text.map(|(name, bytes)| (true, name, bytes)))
    {
        let text = String::from_utf8(bytes).unwrap_or_else(|error| panic!("{name} is no UTF-8: {error}"));
        // A tab is a blank in a page.
        let acting = |letter: &char| acts(*letter) && !(name == "html" && *letter == '\t');
        let acting: Vec<char> = text.chars().filter(acting).collect();
        assert!(acting.is_empty(), "{name} holds {acting:?}:\n{text}");
        let before = &harmless
            .iter()
            .find(|(known, _)| *known == name)
            .expect("the same output")
            .1;
        let before = String::from_utf8_lossy(before).into_owned();
        match name.as_str() {
            "junit" => {
                uppsala::parse(&text).expect("well-formed to one parser");
                let mut reader = quick_xml::Reader::from_str(&text);
                reader.config_mut().check_end_names = true;
                while !matches!(
                    reader.read_event().expect("well-formed to another"),
                    quick_xml::events::Event::Eof
                ) {}
            }
            "html" if is_text => {
                assert_eq!(elements(&text), elements(&before));
            }
            "json" | "har" => {
                serde_json::from_str::<serde_json::Value>(&text).expect("a document");
            }
            _ => {}
        }
    }
}

/// How many tags of each name open in a page, lines of a text aside: of those there are as many as the text has.
fn elements(page: &str) -> std::collections::BTreeMap<String, usize> {
    let tag = regex::Regex::new("<([a-zA-Z!][a-zA-Z0-9-]*)").expect("a pattern");
    let mut count = std::collections::BTreeMap::new();
    for found in tag.captures_iter(page) {
        *count.entry(found[1].to_owned()).or_default() += 1;
    }
    count
}

/// Sixty payloads: the commands that do the most, in the frames in which a runner finds them.
fn payloads() -> Vec<String> {
    let commands = [
        "error",
        "warning",
        "notice",
        "debug",
        "add-mask",
        "set-output",
        "set-env",
        "add-path",
        "stop-commands",
        "group",
    ];
    let mut payloads = Vec::new();
    for command in commands {
        payloads.push(format!("::{command}::x"));
        payloads.push(format!(" \t ::{command} name=a,file=b::x"));
        payloads.push(format!("a\r::{command} name=a::x"));
        payloads.push(format!("a\n\u{200b}::{command}::x"));
        payloads.push(format!("##[{command}]x"));
        payloads.push(format!("a ##[{command} name=a]x"));
    }
    payloads
}

/// The commands GitHub's runner knows (`ActionCommandManager` and its extensions).
const KNOWN: [&str; 16] = [
    "internal-set-repo-path",
    "set-env",
    "set-output",
    "save-state",
    "add-mask",
    "add-path",
    "add-matcher",
    "remove-matcher",
    "debug",
    "warning",
    "error",
    "notice",
    "group",
    "endgroup",
    "echo",
    "stop-commands",
];

/// The command a line is to GitHub's runner: its rules `TryParseV2` (`::name …::` at the start, blanks aside) and
/// `TryParse` (`##[name …]` anywhere), with what its culture-sensitive search passes over left out.
fn command(line: &str) -> Option<String> {
    let line: String = line
        .chars()
        .filter(|letter| !acts(*letter) || letter.is_whitespace())
        .collect();
    let name_of = |information: &str| {
        let name = information.split(' ').next().unwrap_or_default().to_lowercase();
        KNOWN.contains(&name.as_str()).then_some(name)
    };
    let second = line.trim_start().strip_prefix("::").and_then(|rest| {
        let end = rest.find("::")?;
        name_of(&rest[..end])
    });
    second.or_else(|| {
        let from = line.find("##[")? + "##[".len();
        let end = line[from..].find(']')?;
        name_of(&line[from..from + end])
    })
}

#[test]
fn no_line_is_a_command_but_those_of_the_annotations() {
    let payloads = payloads();
    assert_eq!(payloads.len(), 60);
    // The control: each is a command where it stands by itself.
    for payload in &payloads {
        assert!(
            payload.split(['\n', '\r']).any(|line| command(line).is_some()),
            "{payload:?}"
        );
    }
    let said = payloads.join("\n");
    let each: Vec<String> = payloads
        .iter()
        .map(|payload| format!("{{ \"{}\": 1 }}", payload.escape_default()))
        .collect();
    for said in [said, each.join("\n")] {
        for (name, bytes) in outputs(said.as_bytes()) {
            for line in String::from_utf8_lossy(&bytes).split(['\n', '\r']) {
                let found = command(line);
                let is_its_own = name == "github"
                    && ["error", "warning", "notice"]
                        .map(str::to_owned)
                        .contains(found.as_ref().unwrap_or(&String::new()));
                assert!(
                    found.is_none() || is_its_own && line.starts_with("::"),
                    "{name}: {line:?} is {found:?}"
                );
            }
        }
    }
}
