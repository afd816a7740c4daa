//! Reads a file's text: the parser's events go to the builder until the end or the first mistake in syntax.

use std::sync::Arc;

use serde_saphyr::granit_parser::{Event, Marker, Parser, ScanError, Span, StructureStyle, options};

use super::Node;
use super::build::{Builder, Stop};
use super::limit::{MAXIMUM_BYTES, MAXIMUM_DEPTH};
use super::syntax;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Place, Source};

/// Reads YAML by the core schema of YAML 1.2, without tags, merge keys and second documents.
///
/// Everything wrong is added to `diagnostics`. `None` means that the tree would lack something that was written;
/// a tree may come along with errors, and then shows all that was written.
/// An empty text is null. A text over a limit of this module is an error, and takes no longer to refuse than a text
/// at the limit takes to read.
pub fn parse(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Option<Node> {
    let text = source.text.as_str();
    if let Some(refusal) = refusal(source) {
        diagnostics.push(refusal);
        return None;
    }
    let mut builder = Builder::new(source, diagnostics);
    let options = options! {
        emit_unresolved_aliases: true,
        emit_comments: false,
        flow_nesting_limit: MAXIMUM_DEPTH,
        block_nesting_limit: MAXIMUM_DEPTH,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                builder.report(syntax_error(source, &error));
                return None;
            }
        };
        if take(&mut builder, event, span, text).is_err() {
            return None;
        }
    }
    builder.finish()
}

/// What cannot even be handed to the parser, which takes a NUL for the end of the text.
fn refusal(source: &Arc<Source>) -> Option<Diagnostic> {
    if source.text.len() > MAXIMUM_BYTES {
        let message = format!(
            "the file is over the limit of {} MiB",
            MAXIMUM_BYTES / 1024 / 1024
        );
        return Some(Diagnostic::error(message).at(&Place::new(source, 0..0)));
    }
    let nul = source.text.find('\0')?;
    Some(Diagnostic::error("the character U+0000 cannot stand in YAML").at(&Place::new(source, nul..nul + 1)))
}

fn take(builder: &mut Builder<'_>, event: Event<'_>, span: Span, text: &str) -> Result<(), Stop> {
    let range = offset(span.start, text)..offset(span.end, text);
    let tag = span
        .tag_span()
        .map(|tag| offset(tag.start, text)..offset(tag.end, text));
    match event {
        Event::DocumentStart(_, version) => {
            builder.document(range, version.map(|version| (version.major, version.minor)))
        }
        Event::Scalar(value, style, anchor, _) => {
            builder.tag(tag);
            builder.scalar(value, style, anchor, range, span.start.col())
        }
        Event::SequenceStart(style, anchor, _) => {
            builder.tag(tag);
            builder.open_list(anchor, range, style == StructureStyle::Flow)
        }
        Event::MappingStart(style, anchor, _) => {
            builder.tag(tag);
            builder.open_map(anchor, range, style == StructureStyle::Flow)
        }
        Event::SequenceEnd | Event::MappingEnd => builder.close(range.end),
        Event::Alias(anchor) => builder.alias(Some(anchor), range),
        Event::UnresolvedAlias(_) => builder.alias(None, range),
        // The start and the end of things, and the presentation that is switched off above.
        _ => Ok(()),
    }
}

fn syntax_error(source: &Arc<Source>, error: &ScanError) -> Diagnostic {
    let at = offset(*error.marker(), &source.text);
    let (message, help, range) = syntax::describe(error.kind(), &source.text, at);
    let diagnostic = Diagnostic::error(message).at(&Place::new(source, range));
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The byte offset of a marker; some of the parser's errors count characters alone.
fn offset(marker: Marker, text: &str) -> usize {
    let counted = || {
        text.char_indices()
            .nth(marker.index())
            .map_or(text.len(), |(at, _)| at)
    };
    marker.byte_offset().unwrap_or_else(counted).min(text.len())
}
