//! One stage per coding: bytes in, decoded bytes on to the next stage, and a check at the end that nothing is missing.

use std::io::{self, Write};

use brotli::DecompressorWriter;
use flate2::write::MultiGzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use zstd::stream::raw::{DParameter, Decoder as ZstdDecoder, Operation};

use super::Coding;

/// How much a stage decodes before it passes it on.
const BUFFER: usize = 16 * 1024;
/// The window a decoder must bear, and the most it may be asked for: 8 MiB (RFC 9659 §3).
const ZSTD_WINDOW_LOG: u32 = 23;

/// A decoder that writes to another, or the place where the result gathers.
pub(super) trait Stage: Write {
    /// Ends this stage and those behind it, and gives the result.
    fn finish(self: Box<Self>) -> io::Result<Vec<u8>>;
}

/// The stage that undoes a coding and writes to `next`.
pub(super) fn undoing(coding: Coding, next: Box<dyn Stage>) -> io::Result<Box<dyn Stage>> {
    Ok(match coding {
        Coding::Gzip => Box::new(Gzip(MultiGzDecoder::new(next))),
        Coding::Deflate => Box::new(Deflate {
            state: DeflateState::Unknown(None),
            next,
        }),
        Coding::Brotli => Box::new(Brotli(DecompressorWriter::new(next, BUFFER))),
        Coding::Zstd => {
            let mut decoder = ZstdDecoder::new()?;
            decoder.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG))?;
            Box::new(Zstd {
                decoder,
                at_frame_end: false,
                next,
            })
        }
    })
}

fn cut_short() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

/// RFC 1952, several members included; the decoder checks each member's length and CRC.
struct Gzip(MultiGzDecoder<Box<dyn Stage>>);

impl Write for Gzip {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0.write(piece)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Stage for Gzip {
    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        self.0.finish()?.finish()
    }
}

/// RFC 1950, and RFC 1951 without its wrapping, which some servers send under the same name.
struct Deflate {
    state: DeflateState,
    next: Box<dyn Stage>,
}

enum DeflateState {
    /// The first two bytes tell whether there is a zlib header; one may have come already.
    Unknown(Option<u8>),
    Inflating(Box<Decompress>),
    Ended,
}

impl Deflate {
    /// Whether two bytes are a zlib header: the deflate method, and a check that holds (RFC 1950 §2.2).
    fn is_zlib(first: u8, second: u8) -> bool {
        first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
    }

    fn inflate(&mut self, mut piece: &[u8]) -> io::Result<()> {
        let mut buffer = [0; BUFFER];
        loop {
            let DeflateState::Inflating(inflater) = &mut self.state else {
                // Nothing may follow the end.
                return if piece.is_empty() {
                    Ok(())
                } else {
                    Err(io::ErrorKind::InvalidData.into())
                };
            };
            let (taken, made) = (inflater.total_in(), inflater.total_out());
            let status = inflater
                .decompress(piece, &mut buffer, FlushDecompress::None)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            // Both differences are within the slices' lengths.
            let taken = (inflater.total_in() - taken) as usize;
            let made = (inflater.total_out() - made) as usize;
            piece = &piece[taken..];
            self.next.write_all(&buffer[..made])?;
            if status == Status::StreamEnd {
                self.state = DeflateState::Ended;
            } else if made < BUFFER && (piece.is_empty() || taken == 0 && made == 0) {
                return if piece.is_empty() {
                    Ok(())
                } else {
                    Err(io::ErrorKind::InvalidData.into())
                };
            }
        }
    }
}

impl Write for Deflate {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if let DeflateState::Unknown(earlier) = self.state {
            let (first, second) = match (earlier, piece) {
                (Some(first), [second, ..]) => (first, *second),
                (None, [first, second, ..]) => (*first, *second),
                (None, [only]) => {
                    self.state = DeflateState::Unknown(Some(*only));
                    return Ok(1);
                }
                (_, []) => return Ok(0),
            };
            self.state = DeflateState::Inflating(Box::new(Decompress::new(Deflate::is_zlib(first, second))));
            if earlier.is_some() {
                self.inflate(&[first])?;
            }
        }
        self.inflate(piece)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stage for Deflate {
    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        match self.state {
            DeflateState::Ended => self.next.finish(),
            DeflateState::Unknown(_) | DeflateState::Inflating(_) => Err(cut_short()),
        }
    }
}

/// RFC 7932.
struct Brotli(DecompressorWriter<Box<dyn Stage>>);

impl Write for Brotli {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0.write(piece)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stage for Brotli {
    fn finish(mut self: Box<Self>) -> io::Result<Vec<u8>> {
        self.0.close()?;
        self.0.into_inner().map_err(|_| cut_short())?.finish()
    }
}

/// RFC 8878, several frames included; the decoder checks a frame's checksum where it has one.
struct Zstd {
    decoder: ZstdDecoder<'static>,
    at_frame_end: bool,
    next: Box<dyn Stage>,
}

impl Write for Zstd {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let mut buffer = [0; BUFFER];
        let mut rest = piece;
        loop {
            let status = self.decoder.run_on_buffers(rest, &mut buffer)?;
            rest = &rest[status.bytes_read..];
            self.next.write_all(&buffer[..status.bytes_written])?;
            self.at_frame_end = status.remaining == 0;
            // A full buffer may leave more of what was read already, unless the frame is over.
            let more_to_come = status.bytes_written == BUFFER && !self.at_frame_end;
            if rest.is_empty() && !more_to_come {
                return Ok(piece.len());
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stage for Zstd {
    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        if self.at_frame_end {
            self.next.finish()
        } else {
            Err(cut_short())
        }
    }
}
