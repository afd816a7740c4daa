//! Builds the tree from the parser's events, on a stack of its own, so that no nesting can exhaust the thread's.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Number;
use serde_saphyr::granit_parser::ScalarStyle;

use super::limit::{MAXIMUM_ALIASES, MAXIMUM_BYTES, MAXIMUM_DEPTH, MAXIMUM_NODES, Weight};
use super::scalar::{Meaning, meaning};
use super::style::{self, Scalar};
use super::{Content, Key, Map, Node, Text};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Place, Source};

mod duplicates;

/// The file cannot be read any further; the reason has been reported.
pub(super) struct Stop;

/// The tree so far.
pub(super) struct Builder<'file> {
    source: &'file Arc<Source>,
    diagnostics: &'file mut Diagnostics,
    open: Vec<Collection>,
    anchors: HashMap<usize, Anchored>,
    root: Option<Node>,
    /// Whether everything that was written is in the tree.
    whole: bool,
    documents: usize,
    aliases: usize,
    weight: Weight,
    /// What anchors and aliases have copied.
    copied: Weight,
}

/// A list or mapping whose end has not been seen.
struct Collection {
    entries: Entries,
    anchor: usize,
    start: usize,
    is_flow: bool,
    weight_before: Weight,
    /// How many levels of lists and mappings its entries have.
    height: usize,
}

enum Entries {
    List(Vec<Node>),
    Map {
        entries: Vec<(Key, Node)>,
        key: PendingKey,
    },
}

/// The key whose value comes next.
enum PendingKey {
    None,
    Key(Key),
    /// A key that was reported; its value is read and left out.
    Refused,
}

/// What an anchor names.
struct Anchored {
    node: Node,
    weight: Weight,
    height: usize,
}

impl<'file> Builder<'file> {
    pub(super) fn new(source: &'file Arc<Source>, diagnostics: &'file mut Diagnostics) -> Self {
        Builder {
            source,
            diagnostics,
            open: Vec::new(),
            anchors: HashMap::new(),
            root: None,
            whole: true,
            documents: 0,
            aliases: 0,
            weight: Weight::default(),
            copied: Weight::default(),
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The tree, unless it lacks something that was written.
    pub(super) fn finish(self) -> Option<Node> {
        let nothing = || Node {
            place: Place::new(self.source, 0..0),
            content: Content::Null,
        };
        self.whole.then(|| self.root.unwrap_or_else(nothing))
    }

    pub(super) fn document(&mut self, range: Range<usize>, version: Option<(u32, u32)>) -> Result<(), Stop> {
        let place = self.place(range);
        if let Some((major, minor)) = version.filter(|version| *version != (1, 2)) {
            let error = Diagnostic::error(format!(
                "YAML {major}.{minor} is asked for, and YAML 1.2 is what is read"
            ));
            self.report(error.at(&place).help("remove the %YAML line"));
        }
        self.documents += 1;
        if self.documents > 1 {
            let error = Diagnostic::error("a second document starts here").at(&place);
            return self.stop(error.help("a file holds one document; put the second into a file of its own"));
        }
        Ok(())
    }

    /// Refuses a tag; the value is read as if the tag were not there.
    pub(super) fn tag(&mut self, tag: Option<Range<usize>>) {
        let Some(range) = tag else { return };
        let place = self.place(range);
        let error = Diagnostic::error(format!("tags such as {} are not supported", place.text())).at(&place);
        self.report(error.help("remove it; a text that starts with ! must be in quotes"));
    }

    pub(super) fn scalar(
        &mut self,
        value: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        span: Range<usize>,
        column: usize,
    ) -> Result<(), Stop> {
        let place = self.place(self.trimmed(span.clone()));
        // A value that is not there is reported as a plain `~` of no width.
        let is_absent = style == ScalarStyle::Plain && span.is_empty();
        let value = if is_absent { Cow::Borrowed("") } else { value };
        let weight = Weight {
            nodes: 1,
            bytes: value.len(),
        };
        self.weigh(weight, &place)?;
        let scalar = Scalar {
            value: &value,
            style,
            span,
            column,
        };
        let text = match style::verbatim(&self.source.text, &scalar) {
            Some(range) => Text::verbatim(self.source, range),
            None => {
                let offsets = style::offsets(&self.source.text, &scalar);
                Text::resolved(self.source, value.into_owned(), offsets)
            }
        };
        if self.expects_key() {
            if anchor != 0 {
                let content = self.content(text.clone(), style, &place);
                self.remember(
                    anchor,
                    &Node {
                        place: place.clone(),
                        content,
                    },
                    weight,
                    0,
                )?;
            }
            self.key(text, style, place, is_absent);
            return Ok(());
        }
        let content = self.content(text, style, &place);
        let node = Node { place, content };
        self.remember(anchor, &node, weight, 0)?;
        self.add(node, 0);
        Ok(())
    }

    pub(super) fn open_list(
        &mut self,
        anchor: usize,
        range: Range<usize>,
        is_flow: bool,
    ) -> Result<(), Stop> {
        self.open(Entries::List(Vec::new()), anchor, range, is_flow)
    }

    pub(super) fn open_map(&mut self, anchor: usize, range: Range<usize>, is_flow: bool) -> Result<(), Stop> {
        self.open(
            Entries::Map {
                entries: Vec::new(),
                key: PendingKey::None,
            },
            anchor,
            range,
            is_flow,
        )
    }

    fn open(
        &mut self,
        entries: Entries,
        anchor: usize,
        range: Range<usize>,
        is_flow: bool,
    ) -> Result<(), Stop> {
        let place = self.place(range);
        let weight_before = self.weight;
        self.weigh(Weight { nodes: 1, bytes: 0 }, &place)?;
        let start = place.span.start;
        self.open.push(Collection {
            entries,
            anchor,
            start,
            is_flow,
            weight_before,
            height: 0,
        });
        self.check_depth(0, &place)
    }

    /// Ends the innermost list or mapping. `end` counts for one in brackets; any other ends with its last entry.
    pub(super) fn close(&mut self, end: usize) -> Result<(), Stop> {
        let Some(collection) = self.open.pop() else {
            return Ok(());
        };
        let (content, last) = match collection.entries {
            Entries::List(nodes) => {
                let last = nodes.last().map(|node| node.place.span.end);
                (Content::List(nodes), last)
            }
            Entries::Map { entries, .. } => {
                let last = entries.last().map(|(_, node)| node.place.span.end);
                (
                    Content::Map(Map {
                        entries: duplicates::refuse(entries, self.diagnostics),
                    }),
                    last,
                )
            }
        };
        // What an alias stands for may be written anywhere; the end never lies before the start.
        let end = if collection.is_flow {
            end
        } else {
            last.unwrap_or(end).max(collection.start)
        };
        let node = Node {
            place: self.place(collection.start..end),
            content,
        };
        let (weight, height) = (self.weight.since(collection.weight_before), collection.height + 1);
        self.remember(collection.anchor, &node, weight, height)?;
        self.add(node, height);
        Ok(())
    }

    /// Puts what an alias stands for in its place; `anchor` is none when no such anchor stands above.
    pub(super) fn alias(&mut self, anchor: Option<usize>, range: Range<usize>) -> Result<(), Stop> {
        let place = self.place(range);
        self.aliases += 1;
        if self.aliases > MAXIMUM_ALIASES {
            return self.stop(Diagnostic::error(format!("more than {MAXIMUM_ALIASES} aliases")).at(&place));
        }
        let Some(anchor) = anchor else {
            let error = Diagnostic::error(format!(
                "no anchor &{} above",
                place.text().trim_start_matches('*')
            ));
            self.report(
                error
                    .at(&place)
                    .help("a text that starts with * must be in quotes"),
            );
            self.refuse(place);
            return Ok(());
        };
        let Some(anchored) = self.anchors.get(&anchor) else {
            self.report(
                Diagnostic::error(format!("the alias {} stands within its own anchor", place.text()))
                    .at(&place),
            );
            self.refuse(place);
            return Ok(());
        };
        let (weight, height) = (anchored.weight, anchored.height);
        self.weigh(weight, &place)?;
        self.copy(weight, &place)?;
        self.check_depth(height, &place)?;
        if self.expects_key() {
            self.report(
                Diagnostic::error("an alias cannot be a key")
                    .at(&place)
                    .help("write the key out"),
            );
            self.refuse(place);
        } else if let Some(anchored) = self.anchors.get(&anchor) {
            self.add(anchored.node.clone(), height);
        }
        Ok(())
    }

    /// Keeps the tree in step where something that was reported is left out.
    fn refuse(&mut self, place: Place) {
        self.whole = false;
        match self.open.last_mut().map(|collection| &mut collection.entries) {
            Some(Entries::Map {
                key: key @ PendingKey::None,
                ..
            }) => *key = PendingKey::Refused,
            _ => self.add(
                Node {
                    place,
                    content: Content::Null,
                },
                0,
            ),
        }
    }

    /// Adds a finished node to the innermost list or mapping, or makes it the root.
    fn add(&mut self, node: Node, height: usize) {
        let Some(collection) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        collection.height = collection.height.max(height);
        match &mut collection.entries {
            Entries::List(nodes) => nodes.push(node),
            Entries::Map { entries, key } => match std::mem::replace(key, PendingKey::None) {
                PendingKey::Key(key) => entries.push((key, node)),
                PendingKey::Refused => {}
                PendingKey::None => {
                    *key = PendingKey::Refused;
                    let error = Diagnostic::error(format!("{} cannot be a key", node.kind())).at(&node.place);
                    self.diagnostics.push(error.help(help_for_key(&node)));
                    self.whole = false;
                }
            },
        }
    }

    fn expects_key(&self) -> bool {
        let innermost = self.open.last().map(|collection| &collection.entries);
        matches!(
            innermost,
            Some(Entries::Map {
                key: PendingKey::None,
                ..
            })
        )
    }

    fn key(&mut self, text: Text, style: ScalarStyle, place: Place, is_absent: bool) {
        if is_absent {
            self.report(Diagnostic::error("a key is missing before the :").at(&place));
            return self.refuse(place);
        }
        if style == ScalarStyle::Plain && text.value() == "<<" {
            let error = Diagnostic::error("merge keys are not supported").at(&place);
            self.report(error.help("write the keys out; a key that is really named << must be in quotes"));
            return self.refuse(place);
        }
        let key = Key { text, place };
        if let Some(Entries::Map { key: pending, .. }) =
            self.open.last_mut().map(|collection| &mut collection.entries)
        {
            *pending = PendingKey::Key(key);
        }
    }

    /// What a scalar means: only a plain one can be other than a text.
    fn content(&mut self, text: Text, style: ScalarStyle, place: &Place) -> Content {
        if style != ScalarStyle::Plain {
            return Content::Text(text);
        }
        let refused = match meaning(text.value()) {
            Meaning::Null => return Content::Null,
            Meaning::Bool(value) => return Content::Bool(value),
            Meaning::Text => return Content::Text(text),
            Meaning::Number(digits) => match digits.parse::<Number>() {
                Ok(number) => return Content::Number(number),
                Err(_) => "this number cannot be said in JSON",
            },
            Meaning::NotInJson => "JSON has no such number",
            Meaning::TooLong => "a hexadecimal or octal number has at most 128 bits",
        };
        self.report(
            Diagnostic::error(refused)
                .at(place)
                .help("put it in quotes if it is meant as a text"),
        );
        Content::Text(text)
    }

    /// Keeps a copy of what an anchor names.
    fn remember(&mut self, anchor: usize, node: &Node, weight: Weight, height: usize) -> Result<(), Stop> {
        if anchor == 0 {
            return Ok(());
        }
        self.copy(weight, &node.place)?;
        self.anchors.insert(
            anchor,
            Anchored {
                node: node.clone(),
                weight,
                height,
            },
        );
        Ok(())
    }

    fn weigh(&mut self, weight: Weight, place: &Place) -> Result<(), Stop> {
        self.weight.add(weight);
        if self.weight.nodes > MAXIMUM_NODES {
            return self.stop(Diagnostic::error(format!("more than {MAXIMUM_NODES} nodes")).at(place));
        }
        Ok(())
    }

    fn copy(&mut self, weight: Weight, place: &Place) -> Result<(), Stop> {
        self.copied.add(weight);
        if self.copied.nodes > MAXIMUM_NODES || self.copied.bytes > MAXIMUM_BYTES {
            return self.stop(Diagnostic::error("too much is repeated by anchors and aliases").at(place));
        }
        Ok(())
    }

    fn check_depth(&mut self, height: usize, place: &Place) -> Result<(), Stop> {
        if self.open.len() + height > MAXIMUM_DEPTH {
            let message = format!("lists and mappings nest deeper than {MAXIMUM_DEPTH} levels");
            return self.stop(Diagnostic::error(message).at(place));
        }
        Ok(())
    }

    fn stop(&mut self, diagnostic: Diagnostic) -> Result<(), Stop> {
        self.report(diagnostic);
        Err(Stop)
    }

    fn place(&self, range: Range<usize>) -> Place {
        Place::new(self.source, range)
    }

    /// A block's span without the empty lines and the next line's indentation that the parser counts to it.
    fn trimmed(&self, span: Range<usize>) -> Range<usize> {
        match self.source.text.get(span.clone()) {
            Some(text) => span.start..span.start + text.trim_end().len(),
            None => span,
        }
    }
}

/// What to do about a list or mapping where a key stands: two braces are most often meant as an expression.
fn help_for_key(node: &Node) -> String {
    let before = &node.place.source.text[..node.place.span.start];
    let inner = node
        .place
        .text()
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
        .map(str::trim);
    match inner {
        Some(inner) if before.ends_with('{') && !inner.contains('\n') => {
            format!("if it is meant as an expression, write \"${{{{ {inner} }}}}\"")
        }
        _ => "a key is a text; put it in quotes if it is meant as one".to_owned(),
    }
}
