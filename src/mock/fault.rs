//! `faults`: failures by count, for practising what a client does about them.
//!
//! What a client sees: `delay` makes the answer late. `status` answers in the route's place, so nothing is changed.
//! `drop` and `truncate` happen on the way out, after the request was handled and its change was made: `drop` closes
//! the connection before a byte of the answer, `truncate` after that many bytes of the body, with the length of the
//! whole body already promised in `content-length`. On a connection that was used before, a client may take `drop` for
//! a server that had gone to sleep, and send a request that is idempotent again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};

use super::pattern::Pattern;
use super::respond::{Answer, Headers, status};
use super::route::method;
use crate::collection::METHODS;
use crate::decode::{Decoder, Fields};
use crate::template::{Scope, TemplateError};
use crate::yaml::Node;

/// The highest count that a file may name.
const MOST: u64 = 1_000_000;

/// A failure of some of the requests it is about.
#[derive(Debug)]
pub(super) struct Fault {
    /// None is every request.
    on: Option<(Method, Pattern)>,
    turn: Turn,
    kind: Kind,
    /// How many requests it was about so far.
    seen: AtomicU64,
}

/// Which of the requests fail, counted from 1.
#[derive(Debug)]
enum Turn {
    Each,
    Nth(Vec<u64>),
    Every(u64),
    First(u64),
}

/// What goes wrong.
#[derive(Debug)]
pub(super) enum Kind {
    /// The answer comes late.
    Delay(Duration),
    /// Another answer.
    Status(StatusCode, Headers),
    /// The connection is closed before the answer.
    Drop,
    /// The connection is closed after that many bytes of the body.
    Truncate(usize),
}

impl Fault {
    pub(super) fn decode(node: &Node, decoder: &mut Decoder<'_>) -> Option<Fault> {
        let mut fields = decoder.fields(node, "a fault")?;
        let on = fields.required("on", decoder).and_then(|node| on(node, decoder));
        let turn = turn(&mut fields, decoder);
        let kind = kind(&mut fields, decoder);
        fields.finish(decoder);
        Some(Fault {
            on: on?,
            turn: turn?,
            kind: kind?,
            seen: AtomicU64::new(0),
        })
    }

    /// Counts a request, and says what goes wrong with it.
    pub(super) fn strikes(&self, method: &Method, path: &[String]) -> Option<&Kind> {
        if let Some((wanted, pattern)) = &self.on
            && (wanted != method || pattern.matches(path).is_none())
        {
            return None;
        }
        let count = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        self.turn.has_come(count).then_some(&self.kind)
    }

    /// The answer of a fault with a status.
    ///
    /// # Errors
    /// A header that cannot be rendered.
    pub(super) fn answer(
        status: StatusCode,
        headers: &Headers,
        scope: &Scope,
    ) -> Result<Answer, TemplateError> {
        Ok(Answer {
            status,
            headers: headers.render(scope)?,
            body: Bytes::new(),
        })
    }
}

impl Turn {
    fn has_come(&self, count: u64) -> bool {
        match self {
            Turn::Each => true,
            Turn::Nth(turns) => turns.contains(&count),
            Turn::Every(every) => count.is_multiple_of(*every),
            Turn::First(first) => count <= *first,
        }
    }
}

/// `*`, or a method and a path.
fn on(node: &Node, decoder: &mut Decoder<'_>) -> Option<Option<(Method, Pattern)>> {
    let text = decoder.constant(node, "`on`")?;
    if text == "*" {
        return Some(None);
    }
    let Some((name, path)) = text.split_once(' ') else {
        let help = "write `*` for every request, or a method and a path: GET /contacts/{id}";
        decoder.error_with_help(&node.place, format!("`{text}` is not a method with a path"), help);
        return None;
    };
    let found = method(name);
    if found.is_none() {
        decoder.unknown(&node.place, "method", name, METHODS);
    }
    let pattern = Pattern::parse(path.trim(), &node.place, decoder);
    Some(Some((found?, pattern?)))
}

fn turn(fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> Option<Turn> {
    let (nth, every, first) = (fields.get("nth"), fields.get("every"), fields.get("first"));
    match (nth, every, first) {
        (None, None, None) => Some(Turn::Each),
        (Some(node), None, None) => {
            let items = node.as_list().unwrap_or(std::slice::from_ref(node));
            let turns: Vec<Option<u64>> = items
                .iter()
                .map(|item| decoder.integer(item, "`nth`", 1..=MOST))
                .collect();
            turns.into_iter().collect::<Option<_>>().map(Turn::Nth)
        }
        (None, Some(node), None) => decoder.integer(node, "`every`", 1..=MOST).map(Turn::Every),
        (None, None, Some(node)) => decoder.integer(node, "`first`", 1..=MOST).map(Turn::First),
        _ => {
            decoder.error(
                fields.place(),
                "a fault counts in one way: `nth`, `every` or `first`",
            );
            None
        }
    }
}

fn kind(fields: &mut Fields<'_>, decoder: &mut Decoder<'_>) -> Option<Kind> {
    let mut found: Vec<(&'static str, &Node)> = Vec::new();
    for name in ["delay", "status", "drop", "truncate"] {
        found.extend(fields.get(name).map(|node| (name, node)));
    }
    let headers = fields.entry("headers");
    if let (Some((key, _)), false) = (headers, found.iter().any(|(name, _)| *name == "status")) {
        decoder.error(&key.place, "`headers` of a fault belong to `status`");
    }
    let [(name, node)] = found.as_slice() else {
        decoder.error(
            fields.place(),
            "a fault does one thing: `delay`, `status`, `drop` or `truncate`",
        );
        return None;
    };
    match *name {
        "delay" => decoder.duration(node, "`delay`").map(Kind::Delay),
        "status" => {
            let headers = match headers {
                Some((_, node)) => Headers::decode(node, decoder),
                None => Some(Headers::default()),
            };
            Some(Kind::Status(status(node, decoder)?, headers?))
        }
        "drop" => {
            let is_true = decoder.boolean(node, "`drop`")?;
            if !is_true {
                decoder.error_with_help(
                    &node.place,
                    "a fault that does nothing",
                    "take it out of the list",
                );
            }
            is_true.then_some(Kind::Drop)
        }
        _ => {
            let bytes = decoder.integer(node, "`truncate`", 0..=u64::from(u32::MAX))?;
            usize::try_from(bytes).ok().map(Kind::Truncate)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Turn;

    fn turns(turn: &Turn) -> Vec<u64> {
        (1..=7).filter(|count| turn.has_come(*count)).collect()
    }

    #[test]
    fn turns_are_counted_from_one() {
        assert_eq!(turns(&Turn::Nth(vec![2, 5])), [2, 5]);
        assert_eq!(turns(&Turn::Every(3)), [3, 6]);
        assert_eq!(turns(&Turn::First(2)), [1, 2]);
        assert_eq!(turns(&Turn::Each).len(), 7);
    }
}
