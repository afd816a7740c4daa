//! From offsets in a scalar's value to offsets in its source.

use std::ops::Range;

/// Where the bytes of a value stand in the source that do not stand there as they are.
#[derive(Clone, Debug)]
pub(super) enum Offsets {
    /// The value was put together from pieces of the source.
    Pieces(Box<[Piece]>),
    /// The value as a whole comes from a stretch of the source.
    Whole(Range<usize>),
}

/// A run of the value and the run of the source it came from. Where both are equally long, each byte came from
/// its counterpart; else the whole came from the whole, as a character does from its escape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) value: Range<u32>,
    pub(super) source: Range<u32>,
}

impl Piece {
    fn is_verbatim(&self) -> bool {
        self.value.len() == self.source.len()
    }

    /// Whether both are runs taken as they are and the other goes on where this one ends.
    pub(super) fn is_followed_by(&self, next: &Piece) -> bool {
        self.is_verbatim() && next.is_verbatim() && self.source.end == next.source.start
    }

    pub(super) fn extend_over(&mut self, next: &Piece) {
        self.value.end = next.value.end;
        self.source.end = next.source.end;
    }
}

impl Offsets {
    /// Where the character of the value that starts at `at` starts in the source; at the value's end, its end.
    pub(super) fn start_of(&self, at: usize) -> usize {
        match self {
            Offsets::Whole(source) => source.start,
            Offsets::Pieces(pieces) => {
                match pieces.get(pieces.partition_point(|piece| piece.value.end as usize <= at)) {
                    Some(piece) if piece.is_verbatim() => {
                        piece.source.start as usize + (at - piece.value.start as usize)
                    }
                    Some(piece) => piece.source.start as usize,
                    None => pieces.last().map_or(0, |last| last.source.end as usize),
                }
            }
        }
    }

    /// Where the character of the value that ends at `at` ends in the source.
    pub(super) fn end_of(&self, at: usize) -> usize {
        match self {
            Offsets::Whole(source) => source.end,
            Offsets::Pieces(pieces) => {
                match pieces.get(pieces.partition_point(|piece| (piece.value.end as usize) < at)) {
                    Some(piece) if piece.is_verbatim() => {
                        piece.source.start as usize + (at - piece.value.start as usize)
                    }
                    Some(piece) => piece.source.end as usize,
                    None => pieces.last().map_or(0, |last| last.source.end as usize),
                }
            }
        }
    }
}
