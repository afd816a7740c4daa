//! Base64 (RFC 4648, sections 4 and 5) of a text that holds the secret somewhere inside.

use super::Borders;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The characters that are the secret's alone, for each of the three places in a group at which it can begin, in both
/// alphabets, and with `+` and `/` as a URL or JSON writes them.
pub(super) fn cores(secret: &[u8]) -> Vec<(String, Borders)> {
    let mut cores = Vec::new();
    for bytes_before in 0..3 {
        let mut text = vec![0; bytes_before];
        text.extend_from_slice(secret);
        // Each character holds six bits. Those the secret fills are whole ones; a rest on either side is shared.
        let first = (8 * bytes_before).div_ceil(6);
        let last = 8 * text.len() / 6;
        let borders = Borders {
            before: bytes_before != 0,
            after: text.len() % 3 != 0,
        };
        if first >= last {
            continue;
        }
        let standard = STANDARD_NO_PAD.encode(&text)[first..last].to_owned();
        let url_safe = URL_SAFE_NO_PAD.encode(&text)[first..last].to_owned();
        if standard != url_safe {
            cores.extend(
                [
                    standard.replace('/', "\\/"),
                    standard.replace('+', "%2B").replace('/', "%2F"),
                    standard.replace('+', "%2b").replace('/', "%2f"),
                    standard.replace('+', "%2B"),
                    url_safe,
                ]
                .map(|core| (core, borders)),
            );
        }
        cores.push((standard, borders));
    }
    cores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_what_neighbours_do_not_change() {
        let secret = b"s3cr\xc3\xa9t?>";
        for before in ["", "a", "zz"] {
            for after in ["", "b", "yy"] {
                let text = [before.as_bytes(), secret, after.as_bytes()].concat();
                let encoded = STANDARD_NO_PAD.encode(text);
                assert!(
                    cores(secret)
                        .iter()
                        .any(|(core, _)| encoded.contains(core.as_str())),
                    "{encoded}"
                );
            }
        }
    }

    #[test]
    fn borders_are_where_bits_are_shared() {
        let borders: Vec<Borders> = cores(b"abcd").into_iter().map(|(_, borders)| borders).collect();
        assert_eq!(
            borders,
            [
                Borders {
                    before: false,
                    after: true
                },
                Borders {
                    before: true,
                    after: true
                },
                Borders {
                    before: true,
                    after: false
                },
            ]
        );
    }
}
