//! A text that remembers which parts of it are secret.

use super::Label;
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;
use std::fmt;

/// A rendered text that remembers which parts are secret.
///
/// Secret parts are zeroed when dropped, and shown as their label by `Display`, `Debug` and [`Rendered::shown`].
#[derive(Clone, Default)]
pub struct Rendered {
    spans: Vec<Span>,
}

/// A part of a rendered text.
#[derive(Clone)]
pub enum Span {
    /// Text anyone may read.
    Plain(String),
    /// Text that only the socket may see.
    Secret {
        /// The real text.
        text: SecretString,
        /// What is shown in its place.
        label: Label,
    },
}

impl Span {
    /// The real text, for the socket only.
    pub fn expose(&self) -> &str {
        match self {
            Span::Plain(text) => text,
            Span::Secret { text, .. } => text.expose_secret(),
        }
    }

    fn map(&self, encode: impl FnOnce(&str) -> String) -> Span {
        match self {
            Span::Plain(text) => Span::Plain(encode(text)),
            Span::Secret { text, label } => Span::Secret {
                text: SecretString::from(encode(text.expose_secret())),
                label: label.clone(),
            },
        }
    }
}

impl Rendered {
    /// A text without secrets.
    pub fn plain(text: impl Into<String>) -> Self {
        let mut rendered = Rendered::default();
        rendered.push(Span::Plain(text.into()));
        rendered
    }

    /// A text that is secret as a whole.
    pub fn secret(text: impl Into<String>, label: Label) -> Self {
        let mut rendered = Rendered::default();
        rendered.push(Span::Secret {
            text: SecretString::from(text.into()),
            label,
        });
        rendered
    }

    /// Adds plain text at the end.
    pub fn push_plain(&mut self, text: &str) {
        match self.spans.last_mut() {
            Some(Span::Plain(last)) => last.push_str(text),
            _ => self.push(Span::Plain(text.to_owned())),
        }
    }

    /// Adds secret text at the end.
    pub fn push_secret(&mut self, text: &str, label: &Label) {
        self.push(Span::Secret {
            text: SecretString::from(text),
            label: label.clone(),
        });
    }

    /// Adds another rendered text at the end.
    pub fn append(&mut self, other: Rendered) {
        for span in other.spans {
            match span {
                Span::Plain(text) => self.push_plain(&text),
                secret @ Span::Secret { .. } => self.push(secret),
            }
        }
    }

    /// Keeps spans non-empty, so that an empty text is never secret.
    fn push(&mut self, span: Span) {
        if !span.expose().is_empty() {
            self.spans.push(span);
        }
    }

    /// Whether any part is secret.
    pub fn is_secret(&self) -> bool {
        self.label().is_some()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The label of the first secret part.
    pub fn label(&self) -> Option<&Label> {
        self.spans.iter().find_map(|span| match span {
            Span::Plain(_) => None,
            Span::Secret { label, .. } => Some(label),
        })
    }

    /// The parts in order; none is empty.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The real text, for the socket only.
    pub fn expose(&self) -> Cow<'_, str> {
        match self.spans.as_slice() {
            [] => Cow::Borrowed(""),
            [span] => Cow::Borrowed(span.expose()),
            spans => Cow::Owned(spans.iter().map(Span::expose).collect()),
        }
    }

    /// The text with labels in place of the secret parts.
    pub fn shown(&self) -> String {
        self.to_string()
    }

    /// The text with an encoding (percent, JSON and so on) applied to each part; what was secret stays secret.
    ///
    /// Right for encodings that treat each character for itself. One that looks across characters, as base64 does,
    /// needs the whole text and makes all of it secret.
    pub fn map_spans(&self, mut encode: impl FnMut(&str) -> String) -> Rendered {
        let mut rendered = Rendered::default();
        for span in &self.spans {
            rendered.push(span.map(&mut encode));
        }
        rendered
    }
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Span::Plain(text) => formatter.write_str(text),
            Span::Secret { label, .. } => label.fmt(formatter),
        }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Span::Plain(text) => write!(formatter, "Plain({text:?})"),
            Span::Secret { label, .. } => write!(formatter, "Secret({label})"),
        }
    }
}

impl fmt::Display for Rendered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spans.iter().try_for_each(|span| span.fmt(formatter))
    }
}

impl fmt::Debug for Rendered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Rendered({:?})", self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> Rendered {
        let mut url = Rendered::plain("https://h/?key=");
        url.push_secret("s3 cret", &Label::new("api_key"));
        url.push_plain("&a=");
        url.append(Rendered::plain("b c"));
        url
    }

    #[test]
    fn only_expose_tells_the_secret() {
        assert_eq!(url().expose(), "https://h/?key=s3 cret&a=b c");
        assert_eq!(url().shown(), "https://h/?key=‹api_key›&a=b c");
        for text in [
            format!("{:?}", url()),
            format!("{:#?}", url().spans()),
            url().to_string(),
        ] {
            assert!(!text.contains("s3 cret"), "{text}");
            assert!(text.contains("‹api_key›"), "{text}");
        }
    }

    #[test]
    fn an_encoding_keeps_secrecy() {
        let encoded = url().map_spans(|text| text.replace(' ', "%20"));
        assert_eq!(encoded.expose(), "https://h/?key=s3%20cret&a=b%20c");
        assert_eq!(encoded.shown(), "https://h/?key=‹api_key›&a=b%20c");
        assert_eq!(encoded.label(), Some(&Label::new("api_key")));
    }

    #[test]
    fn plain_parts_are_joined() {
        assert_eq!(url().spans().len(), 3);
        assert_eq!(Rendered::plain("a").expose(), "a");
    }

    #[test]
    fn an_empty_secret_is_nothing() {
        let empty = Rendered::secret("", Label::new("api_key"));
        assert!(empty.is_empty() && !empty.is_secret());
        assert_eq!(empty.expose(), "");
    }
}
