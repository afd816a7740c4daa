//! `html`: one page for people, in one file that needs no network.
//!
//! The page is a template, and every value it shows goes through one door, [`show`], which makes characters that act
//! visible and escapes what means something in markup. Nothing from outside is ever marked as safe. A content policy
//! stands behind that: the page may load nothing, and of scripts and styles only the two that are in it, by their
//! digests.

use std::io;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, context};
use sha2::{Digest as _, Sha256};

use super::record::{self, Record};
use super::{Options, Report, ReportKind, Sink};
use crate::outcome::Tally;
use crate::registry::Entry;
use crate::untrusted;

mod amount;
mod page;
mod step;
mod timeline;
mod traffic;

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

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page's template; what it does not find is an error and no gap.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
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
        .add_template("page", TEMPLATE)
        .expect("the template is part of the program");
    environment
});

fn make(sink: Sink, _options: &Options) -> Box<dyn Report> {
    record::at_end(sink, render)
}

fn render(record: &Record, tally: &Tally) -> io::Result<String> {
    let text = ENVIRONMENT
        .get_template("page")
        .and_then(|template| {
            template.render(context! {
                style => Value::from_safe_string(STYLE.to_owned()),
                script => Value::from_safe_string(SCRIPT.to_owned()),
                policy => policy(),
                ..Value::from(Serde(page::page(record, tally)))
            })
        })
        .map_err(io::Error::other)?;
    // A job's log that the page is printed into must hold no command.
    Ok(untrusted::guard_ci(&text).into_owned())
}

/// What the page may load: nothing but its own style and script. Digests rather than `unsafe-inline`, so that markup
/// that came in after all would find no way to run or to dress up. Base and forms do not fall under `default-src`.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    )
}

/// The digest of an inline style or script, as a content policy names it.
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// The one door: every value of the template is written here.
fn show(output: &mut Output<'_>, _state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_safe() {
        return output
            .write_str(value.as_str().unwrap_or_default())
            .map_err(Error::from);
    }
    match value.kind() {
        ValueKind::Undefined => Err(Error::from(minijinja::ErrorKind::UndefinedError)),
        // What is not there shows nothing.
        ValueKind::None => Ok(()),
        _ => output
            .write_str(&escaped(&untrusted::block(&value.to_string())))
            .map_err(Error::from),
    }
}

/// Text as HTML, for elements and for attributes in double quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}
