//! The forms a secret takes on its way into an output.
//!
//! A text can be encoded twice: a JSON body inside a JSON event, a JSON body in an XML report, a URL inside a URL. So
//! the encodings that outputs and bodies use are applied to each other, one upon one.

mod base64;
mod json;
mod markup;
mod percent;
mod shell;

use crate::untrusted;
use std::collections::HashMap;
use std::fmt::Write as _;

/// A form shorter than this would be found in everything.
pub(super) const SHORTEST: usize = 4;

/// Where a form is only the middle of what gives the secret away.
///
/// Text in base64 that begins or ends inside a group of four shares its outermost characters with its neighbours:
/// such a character holds up to four bits of the secret, and its others depend on what is around.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Borders {
    /// The character before holds bits of the secret.
    pub(super) before: bool,
    /// The character after holds bits of the secret.
    pub(super) after: bool,
}

impl Borders {
    /// For a text that stands for two things: what either gives away.
    pub(super) fn join(&mut self, other: Borders) {
        self.before |= other.before;
        self.after |= other.after;
    }
}

/// All forms of a secret, each once.
pub(super) fn forms(secret: &str) -> HashMap<Vec<u8>, Borders> {
    let mut forms = HashMap::new();
    let once = encoded_once(secret);
    for text in &once {
        for (core, borders) in base64::cores(text.as_bytes()) {
            insert(&mut forms, core, borders);
        }
        for twice in encoded_again(text) {
            insert(&mut forms, twice, Borders::default());
        }
    }
    let rare = markup::numeric(secret)
        .into_iter()
        .chain(percent::every_byte(secret))
        .chain(hex(secret));
    let small = in_small_letters(secret)
        .into_iter()
        .flat_map(|small| encoded_again(&small));
    for text in once.into_iter().chain(rare).chain(small) {
        insert(&mut forms, text, Borders::default());
    }
    forms
}

/// The secret as it is in the name of a header or of a host, which are compared and kept in small letters; nothing where
/// it can be in neither (RFC 9110, section 5.6.2) or is the same.
fn in_small_letters(secret: &str) -> Option<String> {
    let is_of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let differs = secret.bytes().any(|byte| byte.is_ascii_uppercase());
    (differs && secret.bytes().all(is_of_a_name)).then(|| secret.to_ascii_lowercase())
}

fn insert(forms: &mut HashMap<Vec<u8>, Borders>, text: String, borders: Borders) {
    if text.len() >= SHORTEST {
        forms.entry(text.into_bytes()).or_default().join(borders);
    }
}

/// The secret itself and each encoding of it that leaves most of a plain text readable.
fn encoded_once(secret: &str) -> Vec<String> {
    let mut texts = vec![secret.to_owned()];
    texts.extend(percent::encodings(secret));
    texts.extend(json::encodings(secret));
    texts.extend(markup::named(secret));
    texts.extend(shell::quotings(secret));
    texts.extend(shown(secret));
    unique(texts)
}

/// What outputs do to a text that holds the secret already encoded.
fn encoded_again(text: &str) -> Vec<String> {
    let mut texts = json::usual(text);
    texts.extend(markup::named(text));
    texts.extend(percent::usual(text));
    texts.extend(shell::quotings(text));
    texts.extend(shown(text));
    texts.extend(reported(text));
    unique(texts)
}

/// What reports do to a text that is shown: a cell of Markdown, TAP, the text and the properties of a workflow command,
/// and a page or a JSON string that shows a value as JSON, or a command for a shell.
fn reported(text: &str) -> Vec<String> {
    let line = untrusted::line(text);
    let command = line.replace('%', "%25");
    let mut texts = vec![
        line.replace('|', "\\|"),
        line.replace('\\', "\\\\").replace('#', "\\#"),
        command.replace(':', "%3A").replace(',', "%2C"),
        command,
    ];
    let mut within = json::usual(text);
    within.push(shell::in_quotes(text));
    for part in within {
        texts.push(markup::in_page(&part));
        texts.push(json::least(&part));
    }
    texts
}

/// The escapes of text shown on a terminal.
fn shown(text: &str) -> Vec<String> {
    let line = untrusted::line(text);
    vec![
        untrusted::guard_ci(&line).into_owned(),
        untrusted::guard_ci(&untrusted::block(text)).into_owned(),
        untrusted::xml(text).into_owned(),
        line.into_owned(),
    ]
}

fn hex(secret: &str) -> [String; 2] {
    let mut lower = String::with_capacity(secret.len() * 2);
    for byte in secret.bytes() {
        write!(lower, "{byte:02x}").expect("writing to a string succeeds");
    }
    [lower.to_ascii_uppercase(), lower]
}

fn unique(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable();
    texts.dedup();
    texts
}
