//! Each coding whole, cut at every byte, damaged, nested and bombed.

use std::io::Read;

use flate2::Compression;
use http::HeaderValue;
use proptest::prelude::*;

use super::*;

const ALL: [Coding; 4] = [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd];

/// Applies a coding, the counterpart of what is under test.
pub(in crate::http) fn encode(coding: Coding, bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::new();
    match coding {
        Coding::Gzip => flate2::read::GzEncoder::new(bytes, Compression::default()).read_to_end(&mut encoded),
        Coding::Deflate => {
            flate2::read::ZlibEncoder::new(bytes, Compression::default()).read_to_end(&mut encoded)
        }
        Coding::Brotli => brotli::CompressorReader::new(bytes, 4096, 5, 20).read_to_end(&mut encoded),
        Coding::Zstd => {
            let mut encoder = zstd::stream::write::Encoder::new(&mut encoded, 3).unwrap();
            encoder.include_checksum(true).unwrap();
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap();
            Ok(0)
        }
    }
    .unwrap();
    encoded
}

fn decode(codings: &[Coding], encoded: &[u8], piece: usize, limit: u64) -> Result<Vec<u8>, HttpError> {
    let mut decoder = Decoder::new(codings, limit)?;
    for piece in encoded.chunks(piece) {
        decoder.push(piece)?;
    }
    decoder.finish()
}

#[test]
fn a_body_cut_anywhere_is_a_framing_error() {
    let text = b"call sheets are lists of calls, and calls are lists of checks".repeat(3);
    for coding in ALL {
        let encoded = encode(coding, &text);
        for end in 1..encoded.len() {
            let error = decode(&[coding], &encoded[..end], 7, 1 << 20).unwrap_err();
            assert_eq!(
                error.kind,
                ErrorKind::Framing,
                "{coding:?} cut at {end} of {}",
                encoded.len()
            );
        }
        assert_eq!(
            decode(&[coding], &encoded, 1, 1 << 20).unwrap(),
            text,
            "{coding:?}"
        );
    }
}

#[test]
fn bytes_after_the_end_and_damage_are_framing_errors() {
    for coding in ALL {
        let mut longer = encode(coding, b"whole");
        longer.push(b'!');
        assert_eq!(
            decode(&[coding], &longer, 64, 99).unwrap_err().kind,
            ErrorKind::Framing,
            "{coding:?}"
        );
    }
    for coding in [Coding::Gzip, Coding::Deflate, Coding::Zstd] {
        let mut damaged = encode(coding, b"whole");
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(
            decode(&[coding], &damaged, 64, 99).unwrap_err().kind,
            ErrorKind::Framing,
            "{coding:?}"
        );
    }
}

#[test]
fn deflate_may_come_without_its_wrapping() {
    let mut raw = Vec::new();
    flate2::read::DeflateEncoder::new(&b"bare"[..], Compression::default())
        .read_to_end(&mut raw)
        .unwrap();
    for piece in [1, 2, 64] {
        assert_eq!(decode(&[Coding::Deflate], &raw, piece, 99).unwrap(), b"bare");
    }
}

#[test]
fn several_members_and_frames_are_one_body() {
    for coding in [Coding::Gzip, Coding::Zstd] {
        let both = [encode(coding, b"one "), encode(coding, b"two")].concat();
        assert_eq!(decode(&[coding], &both, 3, 99).unwrap(), b"one two", "{coding:?}");
    }
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let zeros = vec![0; 1 << 20];
    for coding in ALL {
        let bomb = encode(coding, &zeros);
        let error = decode(&[coding], &bomb, 1 << 20, 1000).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Limit(Limit::Body), "{coding:?}");
        assert_eq!(
            decode(&[coding], &bomb, 1 << 20, 1 << 20).unwrap().len(),
            1 << 20,
            "{coding:?}"
        );
        let nested = encode(Coding::Gzip, &bomb);
        let error = decode(&[coding, Coding::Gzip], &nested, 1 << 20, 1000).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Limit(Limit::Body), "{coding:?}");
    }
}

#[test]
fn the_header_names_at_most_two_known_codings() {
    let headers = |lines: &[&'static str]| {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(CONTENT_ENCODING, HeaderValue::from_static(line));
        }
        of(&headers).map_err(|error| error.kind)
    };
    assert_eq!(headers(&[]), Ok(vec![]));
    assert_eq!(
        headers(&["identity, GZIP", "br"]),
        Ok(vec![Coding::Gzip, Coding::Brotli])
    );
    assert_eq!(
        headers(&["gzip, gzip", "br"]),
        Err(ErrorKind::Limit(Limit::Codings))
    );
    assert_eq!(headers(&["compress"]), Err(ErrorKind::Protocol));
}

proptest! {
    #[test]
    fn decoding_undoes_encoding(bytes in proptest::collection::vec(any::<u8>(), 0..400), outer in 0_usize..4, inner in 0_usize..4, piece in 1_usize..50) {
        let codings = [ALL[inner], ALL[outer]];
        let encoded = encode(codings[1], &encode(codings[0], &bytes));
        prop_assert_eq!(decode(&codings, &encoded, piece, 400).unwrap(), bytes);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), coding in 0_usize..4, piece in 1_usize..50) {
        let _ = decode(&[ALL[coding]], &bytes, piece, 1000);
    }
}
