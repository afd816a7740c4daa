//! bash's `$'…'` with its escapes, as browsers write what is no plain text.

use super::quotes::Open;
use super::words::Lexer;

impl Lexer<'_> {
    /// `$'…'` with its escapes.
    pub(super) fn ansi(&mut self, open: &mut Open) {
        let start = self.at;
        open.is_quoted = true;
        self.at += 2;
        while let Some(next) = self.peek() {
            match next {
                '\'' => {
                    self.at += 1;
                    return;
                }
                '\\' => self.ansi_escape(open),
                _ => self.push(open, next),
            }
        }
        self.unclosed(start, "'");
    }

    fn ansi_escape(&mut self, open: &mut Open) {
        let start = self.at;
        self.at += 1;
        let Some(next) = self.peek() else {
            open.bytes.push(b'\\');
            return;
        };
        self.at += next.len_utf8();
        let byte = match next {
            'a' => 7,
            'b' => 8,
            'e' | 'E' => 0x1b,
            'f' => 0xc,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 0xb,
            '\\' | '\'' | '"' | '?' => u8::try_from(next).unwrap_or_default(),
            '0'..='7' => {
                self.at -= 1;
                let value = self.digits(8, 3).unwrap_or_default();
                u8::try_from(value & 0xff).unwrap_or_default()
            }
            'x' | 'u' | 'U' => {
                let most = match next {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                match self.digits(16, most) {
                    // Without digits it is no escape.
                    None => {
                        open.bytes
                            .extend_from_slice(&self.text.as_bytes()[start..self.at]);
                        return;
                    }
                    Some(value) if next == 'x' => u8::try_from(value & 0xff).unwrap_or_default(),
                    Some(0) => 0,
                    Some(value) => return self.character(open, start, value),
                }
            }
            // A shell looks for the closing quote first, and so may end at what this would take.
            'c' => {
                self.wrong(
                    start..self.at,
                    "a control character is not read in this form",
                    "write it as \\x with two digits",
                );
                return;
            }
            _ => {
                open.bytes
                    .extend_from_slice(&self.text.as_bytes()[start..self.at]);
                return;
            }
        };
        if byte == 0 {
            self.wrong(
                start..self.at,
                "no argument of a command holds a NUL",
                "put the bytes into a file, and name it as @file",
            );
            return;
        }
        open.bytes.push(byte);
    }

    fn character(&mut self, open: &mut Open, start: usize, value: u32) {
        match char::from_u32(value) {
            Some(character) => open
                .bytes
                .extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None => self.wrong(start..self.at, "there is no such character", "write another one"),
        }
    }

    /// The value of up to so many digits; none if there is no digit.
    fn digits(&mut self, radix: u32, most: usize) -> Option<u32> {
        let rest = &self.text[self.at..];
        let digits: String = rest
            .chars()
            .take(most)
            .take_while(|next| next.is_digit(radix))
            .collect();
        self.at += digits.len();
        u32::from_str_radix(&digits, radix).ok()
    }
}
