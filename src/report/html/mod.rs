//! `html`: one page for people, in one file that needs no network.
//!
//! The page is a template, and every text it shows goes through one door, [`text`], which makes characters that act
//! visible and escapes what means something in markup. So do the texts of what is written beside the template, because
//! there are so many of it ([`markup`]). Nothing from outside is ever marked as safe. A content policy stands behind
//! that: the page may load nothing, and of scripts and styles only the two that are in it, by their digests.

use std::borrow::Cow;
use std::io;
use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, context};
use sha2::{Digest as _, Sha256};

use super::guarded::Guarded;
use super::record::{self, Record, Written};
use super::{Options, Report, ReportKind, Sink};
use crate::outcome::Tally;
use crate::registry::Entry;
use crate::untrusted;

mod amount;
mod markup;
mod page;
mod step;
mod timeline;
mod traffic;

use markup::Markup;

pub(super) use amount::{Part, part, time};
pub(super) use page::{Said, short, status};

#[cfg(test)]
mod browser;
#[cfg(test)]
mod tests;

pub(super) const KIND: ReportKind = ReportKind {
    entry: Entry {
        name: "html",
        summary: "one page for people, in one file: totals, timeline, filters, every step with its requests and checks",
        example: "--report html=report.html",
    },
    make,
};

/// The pages there are: of a run, and of many.
const TEMPLATES: [(&str, &str); 2] = [
    ("page", include_str!("page.html")),
    ("history", include_str!("../history/page.html")),
];
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The templates.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = environment();
    for (name, template) in TEMPLATES {
        environment
            .add_template(name, template)
            .expect("the templates are part of the program");
    }
    environment
});

/// Where templates are rendered; what one does not find is an error and no gap.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()
            .expect("delimiters as they are"),
    );
    environment.set_formatter(show);
    environment
}

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    record::at_end(sink, step::keep, render)
}

fn render(record: Record, tally: &Tally, to: &mut Written<'_>) -> io::Result<()> {
    let page = page::page(Arc::new(record), tally);
    whole("page", SCRIPT, Value::from(Serde(page)), to)
}

/// Writes a whole page of a template, with our style and a script of ours, which may be empty.
///
/// # Errors
/// It cannot be written, or the template and its values do not fit: our bug.
pub(super) fn whole(template: &str, script: &str, values: Value, to: impl io::Write) -> io::Result<()> {
    // A job's log that the page is printed into must hold no command.
    let mut guarded = Guarded::new(to);
    ENVIRONMENT
        .get_template(template)
        .and_then(|template| {
            let values = context! {
                style => Value::from_safe_string(STYLE.to_owned()),
                script => Value::from_safe_string(script.to_owned()),
                policy => policy(script),
                ..values
            };
            template.render_captured_to(values, &mut guarded)
        })
        .map_err(io::Error::other)?;
    guarded.finish()
}

/// A time as the log writes it, as people read it: `2026-01-01 08:00:00 UTC`.
pub(super) fn moment(started: &str) -> String {
    let begin = short(started, page::NAME);
    let whole = begin.split('.').next().unwrap_or_default();
    format!("{} UTC", whole.trim_end_matches('Z').replacen('T', " ", 1))
}

/// What the page may load: nothing but its own style and script. Digests rather than `unsafe-inline`, so that markup
/// that came in after all would find no way to run or to dress up. Base and forms do not fall under `default-src`.
fn policy(script: &str) -> String {
    let script = if script.is_empty() {
        String::new()
    } else {
        format!(" script-src '{}';", digest(script))
    };
    format!(
        "default-src 'none'; style-src '{}';{script} base-uri 'none'; form-action 'none'",
        digest(STYLE)
    )
}

/// The digest of an inline style or script, as a content policy names it.
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// Every value of the template is written here.
fn show(output: &mut Output<'_>, _state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let written = match (value.as_str(), value.kind()) {
        (Some(markup), _) if value.is_safe() => output.write_str(markup),
        (Some(outside), _) => output.write_str(&text(outside)),
        (None, ValueKind::Undefined) => return Err(Error::from(minijinja::ErrorKind::UndefinedError)),
        // What is not there shows nothing.
        (None, ValueKind::None) => Ok(()),
        (None, _) => match value.downcast_object_ref::<Markup>() {
            Some(markup) => markup.write(output),
            None => output.write_str(&text(&value.to_string())),
        },
    };
    written.map_err(Error::from)
}

/// The one door: text from outside as HTML, for elements and for attributes in double quotes.
fn text(text: &str) -> Cow<'_, str> {
    match untrusted::block(text) {
        Cow::Borrowed(text) => escaped(text),
        Cow::Owned(shown) => Cow::Owned(escaped(&shown).into_owned()),
    }
}

/// What means something in markup, as references.
fn escaped(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(['&', '<', '>', '"', '\'']) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    out.push_str(&text[..first]);
    for character in text[first..].chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    Cow::Owned(out)
}
