//! Picks values out of a JSON text in one walk over its bytes, without making a tree of the rest.
//!
//! The walk is for plain paths, and it is the faster twin of [`super::parse`]: where it gives values, that reader gives
//! the same ones, which a property test holds it to. Whatever it does not do, it leaves to the reader by giving nothing,
//! and so the reader alone says what is wrong with a text.

use std::ops::Range;

use super::read::is_reserved;
use super::{DEPTH_LIMIT, Tree, Value};

/// How many elements the wildcards of a walk may meet: beyond that, paths are followed under a budget.
const MOST_ELEMENTS: usize = 1_000_000;

/// One step of a plain path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlainSegment {
    /// The member with this name.
    Key(Box<str>),
    /// The element at this index, from 0.
    Index(usize),
    /// Every element of an array.
    Every,
}

/// The values at some paths of a JSON text, in the order of the paths: of one that has an [`PlainSegment::Every`] the
/// list of all it selects, of any other the value, or nothing where there is none.
///
/// The walk goes to the end of the text, so that a mistake behind the last value is not missed. Gives nothing at all for
/// a text that is not JSON, and where reading it into a tree is the better way: members of one name above a value that is
/// wanted or within it, every member of an object, values that overlap so that together they are longer than the text.
#[must_use]
pub fn pick(text: &str, paths: &[&[PlainSegment]]) -> Option<Vec<Option<Value>>> {
    let mut walk = Walk {
        text,
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        elements: 0,
        paths,
        found: vec![Vec::new(); paths.len()],
    };
    let all: Vec<Way> = (0..paths.len()).map(|path| Way { path, gone: 0 }).collect();
    walk.value(&all)?;
    walk.space();
    if walk.at < text.len() {
        return None;
    }
    let found = walk.found;
    if found.iter().flatten().map(Range::len).sum::<usize>() > text.len() {
        return None;
    }
    let values = paths.iter().zip(found).map(|(path, ranges)| {
        let mut values = ranges
            .into_iter()
            .map(|range| {
                Tree::read(&text[range])
                    .ok()
                    .filter(|tree| tree.doubled.is_empty())
            })
            .map(|tree| tree.map(|tree| tree.value));
        if path.contains(&PlainSegment::Every) {
            values
                .collect::<Option<Vec<Value>>>()
                .map(|list| Some(Value::Array(list)))
        } else {
            match values.next() {
                Some(value) => value.map(Some),
                None => Some(None),
            }
        }
    });
    values.collect()
}

/// How far a path has been followed down to the value at hand.
#[derive(Clone, Copy)]
struct Way {
    /// The number of the path.
    path: usize,
    /// How many of its segments lie behind.
    gone: usize,
}

/// A place in the text. Its methods give nothing where the walk cannot go on.
struct Walk<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// How many arrays and objects are open.
    depth: usize,
    /// How many elements were selected by wildcards.
    elements: usize,
    paths: &'t [&'t [PlainSegment]],
    /// Where the values of each path stand.
    found: Vec<Vec<Range<usize>>>,
}

impl Walk<'_> {
    /// Passes a value, to which `ways` have led, with the space before it.
    fn value(&mut self, ways: &[Way]) -> Option<()> {
        self.space();
        let start = self.at;
        match self.peek()? {
            b'{' => self.object(ways)?,
            b'[' => self.array(ways)?,
            b'"' => {
                self.string()?;
            }
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            _ => self.number()?,
        }
        for way in ways {
            if self.paths[way.path].len() == way.gone {
                self.found[way.path].push(start..self.at);
            }
        }
        Some(())
    }

    fn object(&mut self, ways: &[Way]) -> Option<()> {
        if ways
            .iter()
            .any(|way| self.next_of(*way) == Some(&PlainSegment::Every))
        {
            return None;
        }
        self.enter()?;
        if self.take(b'}') {
            return Some(());
        }
        let mut has_been = vec![false; ways.len()];
        loop {
            self.space();
            let key = self.string()?;
            self.space();
            self.expect(b':')?;
            let ways_on = if ways.is_empty() {
                Vec::new()
            } else {
                self.ways_of_member(ways, key, &mut has_been)?
            };
            self.value(&ways_on)?;
            if self.take(b'}') {
                return Some(());
            }
            self.expect(b',')?;
        }
    }

    fn array(&mut self, ways: &[Way]) -> Option<()> {
        self.enter()?;
        if self.take(b']') {
            return Some(());
        }
        let mut index = 0;
        loop {
            let ways_on = self.ways_of_element(ways, index)?;
            self.value(&ways_on)?;
            if self.take(b']') {
                return Some(());
            }
            self.expect(b',')?;
            index += 1;
        }
    }

    /// The ways that go on in the member whose key stands at `key`, with its quotes. A second one of that name replaces
    /// the first with all that was found there, which is left to the reader.
    fn ways_of_member(&self, ways: &[Way], key: Range<usize>, has_been: &mut [bool]) -> Option<Vec<Way>> {
        let inner = &self.text[key.start + 1..key.end - 1];
        let unescaped: Option<String> = match inner.contains('\\') {
            true => Some(serde_json::from_str(&self.text[key]).ok()?),
            false => None,
        };
        let name = unescaped.as_deref().unwrap_or(inner);
        let mut ways_on = Vec::new();
        for (way, has_been) in ways.iter().zip(has_been) {
            if matches!(self.next_of(*way), Some(PlainSegment::Key(wanted)) if **wanted == *name) {
                if std::mem::replace(has_been, true) {
                    return None;
                }
                ways_on.push(way.on());
            }
        }
        Some(ways_on)
    }

    /// The ways that go on in the element at `index`.
    fn ways_of_element(&mut self, ways: &[Way], index: usize) -> Option<Vec<Way>> {
        let mut ways_on = Vec::new();
        for way in ways {
            match self.next_of(*way) {
                Some(PlainSegment::Index(wanted)) if *wanted == index => ways_on.push(way.on()),
                Some(PlainSegment::Every) => {
                    self.elements += 1;
                    ways_on.push(way.on());
                }
                Some(PlainSegment::Index(_) | PlainSegment::Key(_)) | None => {}
            }
        }
        (self.elements <= MOST_ELEMENTS).then_some(ways_on)
    }

    fn next_of(&self, way: Way) -> Option<&PlainSegment> {
        self.paths[way.path].get(way.gone)
    }

    /// Passes the bracket that opens an array or an object.
    fn enter(&mut self) -> Option<()> {
        self.depth += 1;
        self.at += 1;
        (self.depth < DEPTH_LIMIT).then_some(())
    }

    /// Passes the bracket that closes one, with the space before it, if it is the next.
    fn take(&mut self, closing: u8) -> bool {
        self.space();
        let is_next = self.peek() == Some(closing);
        if is_next {
            self.depth -= 1;
            self.at += 1;
        }
        is_next
    }

    /// Passes a string, and returns where it stands, with its quotes.
    fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let mut has_code_points = false;
        self.quote()?;
        loop {
            self.at += self.bytes[self.at..]
                .iter()
                .position(|byte| ENDS_PLAIN[usize::from(*byte)])?;
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    match self.peek()? {
                        b'"' => self.quote()?,
                        b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
                        b'u' => {
                            has_code_points = true;
                            self.at += 1;
                        }
                        _ => return None,
                    }
                }
                _ => return None,
            }
        }
        self.at += 1;
        // Four digits each, and surrogates in pairs: the reader knows.
        if has_code_points {
            serde_json::from_str::<String>(&self.text[start..self.at]).ok()?;
        }
        Some(start..self.at)
    }

    /// Passes a quote behind which no name stands that the reader keeps for itself.
    fn quote(&mut self) -> Option<()> {
        self.expect(b'"')?;
        let may_be = matches!(self.peek(), Some(b'$' | b'\\'));
        (!may_be || !is_reserved(&self.text[self.at..])).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Some(())
    }

    /// Passes one digit or more.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let is_here = self.bytes[self.at..].starts_with(word.as_bytes());
        self.at += word.len();
        is_here.then_some(())
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        let is_here = self.peek() == Some(byte);
        self.at += 1;
        is_here.then_some(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

impl Way {
    fn on(self) -> Way {
        Way {
            gone: self.gone + 1,
            ..self
        }
    }
}

/// Whether a byte of a string is more than itself: its end, an escape, or a control character, which has no place there.
const ENDS_PLAIN: [bool; 256] = {
    let mut ends = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        ends[byte] = true;
        byte += 1;
    }
    ends[b'"' as usize] = true;
    ends[b'\\' as usize] = true;
    ends
};

#[cfg(test)]
mod tests;
