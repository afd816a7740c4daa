//! `paginate`: a list that comes in pages, and where the next one is.

use super::request::RequestSpec;
use crate::decode::Decoder;
use crate::extract::{self, Extractor};
use crate::source::Place;
use crate::yaml::{Key, Node};

/// The most pages, unless said.
const MAX_PAGES: usize = 1000;

/// The most pages that can be asked for.
const MOST_PAGES: u64 = 100_000;

/// How `next` says that the next page's URL stands in the `Link` header.
const HEADER_LINK: &str = "header link";

/// A list that comes in pages.
#[derive(Debug)]
pub struct Pages {
    /// How the next page is asked for.
    pub next: NextPage,
    /// The most pages it may have.
    pub max: usize,
    /// Where it stands.
    pub place: Place,
}

/// How the next page is asked for.
#[derive(Debug)]
pub enum NextPage {
    /// At the URL that this finds in the body.
    At(Extractor),
    /// At the URL of the `Link` header whose relation is `next` (RFC 8288).
    Link,
    /// With what this finds in the body as a parameter of the query.
    Cursor {
        /// Finds the cursor.
        cursor: Extractor,
        /// The parameter it becomes.
        into: String,
    },
    /// With the next number as a parameter of the query.
    Bump {
        /// The parameter that counts up.
        parameter: String,
        /// Finds out whether there is a next page.
        proceeds: Extractor,
    },
}

impl NextPage {
    /// What looks in the body for the next page, or for whether there is one.
    pub fn extractor(&self) -> Option<&Extractor> {
        match self {
            NextPage::At(extractor)
            | NextPage::Cursor {
                cursor: extractor, ..
            }
            | NextPage::Bump {
                proceeds: extractor, ..
            } => Some(extractor),
            NextPage::Link => None,
        }
    }
}

impl Pages {
    /// Decodes a `paginate` block of this request.
    pub(super) fn decode(node: &Node, request: &RequestSpec, decoder: &mut Decoder<'_>) -> Option<Pages> {
        let mut fields = decoder.fields(node, "`paginate`")?;
        let max = fields
            .get("max_pages")
            .and_then(|node| decoder.integer(node, "`max_pages`", 1..=MOST_PAGES))
            .and_then(|max| usize::try_from(max).ok())
            .unwrap_or(MAX_PAGES);
        let [next, cursor, bump] = ["next", "cursor", "bump"].map(|name| fields.entry(name));
        let [into, proceeds] = ["into", "while"].map(|name| fields.entry(name));
        let mut ways: Vec<&Key> = [next, cursor, bump]
            .into_iter()
            .flatten()
            .map(|(key, _)| key)
            .collect();
        ways.sort_by_key(|key| key.place.span.start);
        match ways.as_slice() {
            [] => decoder.error_with_help(
                &node.place,
                "`paginate` needs to say how the next page is asked for",
                "one of `next: $.links.next`, `next: header link`, `cursor: $.next` with `into: query.cursor`, \
                 `bump: query.page` with `while: $.has_more`",
            ),
            [_] => {}
            [first, second, ..] => decoder.error(
                &second.place,
                format!("a list has one way to its next page, and `{}` is one already", first.name()),
            ),
        }
        for (part, of, whole) in [(into, "cursor", cursor), (proceeds, "bump", bump)] {
            if let (Some((key, _)), None) = (part, whole) {
                decoder.error(&key.place, format!("`{}` belongs to `{of}`", key.name()));
            }
        }
        let needed = |decoder: &mut Decoder<'_>, key: &Key, name: &str, example: &str| {
            decoder.error_with_help(
                &key.place,
                format!("`{}` needs `{name}`", key.name()),
                format!("write `{name}: {example}`"),
            );
        };
        fields.finish(decoder);
        let next = if let Some((_, node)) = next {
            next_at(node, decoder)
        } else if let Some((key, node)) = cursor {
            let cursor = path(node, "`cursor`", decoder);
            let into = match into {
                Some((_, node)) => parameter(node, "`into`", decoder),
                None => {
                    needed(decoder, key, "into", "query.cursor");
                    None
                }
            };
            cursor
                .zip(into)
                .map(|(cursor, into)| NextPage::Cursor { cursor, into })
        } else if let Some((key, node)) = bump {
            let parameter = parameter(node, "`bump`", decoder);
            if let Some(name) = &parameter {
                begins(name, node, request, decoder);
            }
            let proceeds = match proceeds {
                Some((_, node)) => path(node, "`while`", decoder),
                None => {
                    needed(decoder, key, "while", "$.has_more");
                    None
                }
            };
            parameter
                .zip(proceeds)
                .map(|(parameter, proceeds)| NextPage::Bump { parameter, proceeds })
        } else {
            None
        };
        Some(Pages {
            next: next?,
            max,
            place: node.place.clone(),
        })
    }
}

fn next_at(node: &Node, decoder: &mut Decoder<'_>) -> Option<NextPage> {
    if node.as_str() == Some(HEADER_LINK) {
        return Some(NextPage::Link);
    }
    path(node, "`next`", decoder).map(NextPage::At)
}

/// A JSONPath into the body of a page.
fn path(node: &Node, what: &str, decoder: &mut Decoder<'_>) -> Option<Extractor> {
    match node.as_text() {
        Some(text) if text.value().starts_with('$') => extract::json::from_text(text, decoder),
        Some(_) | None => {
            let help = match what {
                "`next`" => "write `$.links.next`, or `header link`",
                _ => "write a path such as `$.meta.next`",
            };
            decoder.error_with_help(&node.place, format!("expected a JSONPath for {what}"), help);
            None
        }
    }
}

/// The name of a parameter of the query: `query.page`.
fn parameter(node: &Node, what: &str, decoder: &mut Decoder<'_>) -> Option<String> {
    let text = decoder.constant(node, what)?;
    let name = text.strip_prefix("query.").filter(|name| !name.is_empty());
    if name.is_none() {
        decoder.error_with_help(
            &node.place,
            format!("{what} names a parameter of the query, and `{text}` does not"),
            "write `query.` and its name, such as `query.page`",
        );
    }
    name.map(str::to_owned)
}

/// Notes that a parameter which is to count up has no number to begin with.
fn begins(name: &str, node: &Node, request: &RequestSpec, decoder: &mut Decoder<'_>) {
    let url = request.url.source_text();
    let is_given = request.query.iter().any(|(known, _)| known == name)
        || url.contains(&format!("?{name}="))
        || url.contains(&format!("&{name}="));
    if !is_given {
        decoder.error_with_help(
            &node.place,
            format!("the query has no `{name}` to count up from"),
            format!("add `query: {{ {name}: 1 }}` to the step"),
        );
    }
}
