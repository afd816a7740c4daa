//! The values of curl's options that have a grammar of their own.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::import::request::Part;

/// What `--data-urlencode` keeps.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Content types that curl gives files of a form by their names.
const TYPES: [(&str, &str); 10] = [
    (".gif", "image/gif"),
    (".jpg", "image/jpeg"),
    (".jpeg", "image/jpeg"),
    (".png", "image/png"),
    (".svg", "image/svg+xml"),
    (".txt", "text/plain"),
    (".htm", "text/html"),
    (".html", "text/html"),
    (".pdf", "application/pdf"),
    (".xml", "application/xml"),
];

/// What is wrong with a value, and what to do about it.
pub(super) type Wrong = (String, &'static str);

/// What `-H` says.
pub(super) enum Header {
    Set(String, String),
    /// The header is not sent, though curl would.
    Unset(String),
}

pub(super) fn header(text: &str) -> Result<Header, Wrong> {
    if text.starts_with('@') {
        return Err((
            "headers of a file are not read".to_owned(),
            "write them out, each behind -H",
        ));
    }
    if let Some((name, value)) = text.split_once(':') {
        let (name, value) = (name.trim_end().to_owned(), value.trim());
        return Ok(match value.is_empty() {
            true => Header::Unset(name),
            false => Header::Set(name, value.to_owned()),
        });
    }
    match text.strip_suffix(';') {
        Some(name) => Ok(Header::Set(name.to_owned(), String::new())),
        None => Err(("this is no header".to_owned(), "a header is `Name: value`")),
    }
}

/// A text as curl puts it into a URL.
pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

/// What `--data-urlencode` and `--url-query` make of a text.
pub(super) fn url_encoded(text: &str) -> Result<String, Wrong> {
    let encoded = |text: &str| escaped(text).replace("%20", "+");
    match text.find(['=', '@']) {
        Some(at) if text[at..].starts_with('@') => Err((
            "a file cannot be a part of a body".to_owned(),
            "write its text out",
        )),
        Some(0) => Ok(encoded(&text[1..])),
        Some(at) => Ok(format!("{}={}", &text[..at], encoded(&text[at + 1..]))),
        None => Ok(encoded(text)),
    }
}

/// A file that a call sheet may name: beneath its own folder.
pub(super) fn file(path: &str) -> Result<String, Wrong> {
    if path == "-" || path.is_empty() {
        return Err((
            "what is read from stdin is not known here".to_owned(),
            "write it behind --data-raw",
        ));
    }
    if path.ends_with(['/', '.']) {
        return Err(("this is the name of no file".to_owned(), "name a file"));
    }
    if path.starts_with(['/', '~']) || path.split('/').any(|part| part == "..") {
        let help = "put a copy beside the call sheet, and name that";
        return Err((
            "a call sheet names no file outside of its project".to_owned(),
            help,
        ));
    }
    Ok(path.to_owned())
}

/// What `-F` says: a name and a text, or a file.
pub(super) fn form(text: &str) -> Result<(String, Part), Wrong> {
    let Some((name, value)) = text.split_once('=') else {
        return Err((
            "this is no part of a form".to_owned(),
            "a part is name=value or name=@file",
        ));
    };
    if value.starts_with('<') {
        return Err((
            "a part that is the text of a file cannot be said".to_owned(),
            "write its text out",
        ));
    }
    if value.starts_with("=(") || value == "(" {
        return Err(("parts within parts cannot be said".to_owned(), "leave it out"));
    }
    let is_file = value.starts_with('@');
    let value = value.strip_prefix('@').unwrap_or(value);
    let (content, rest) = content(value);
    let mut content_type = None;
    let mut file_name = None;
    for parameter in rest.split(';').skip(1) {
        match parameter.trim().split_once('=') {
            Some(("type", value)) => content_type = Some(value.to_owned()),
            Some(("filename", value)) => file_name = Some(value.trim_matches('"').to_owned()),
            _ if parameter.trim().is_empty() => {}
            // Such as `type=text/html; charset=utf-8`.
            Some(_) if content_type.is_some() => {
                if let Some(content_type) = &mut content_type {
                    content_type.push_str(&format!(";{parameter}"));
                }
            }
            _ => {
                return Err((
                    "a part has a type and a name of its file alone".to_owned(),
                    "leave the rest out",
                ));
            }
        }
    }
    if !is_file {
        return match (content_type, file_name) {
            (None, None) => Ok((name.to_owned(), Part::Text(content))),
            _ => {
                let help = "put the text into a file, and write name=@file;type=…";
                Err((
                    "a part that is a text has no type and no file's name".to_owned(),
                    help,
                ))
            }
        };
    }
    let path = file(&content)?;
    let own_name = path.rsplit('/').next().unwrap_or_default();
    if path.contains(',') {
        return Err((
            "several files are not one part".to_owned(),
            "write each as a part of its own",
        ));
    }
    if file_name.is_some_and(|name| name != own_name) {
        return Err((
            "a file is sent by its own name".to_owned(),
            "give the file that name",
        ));
    }
    let lower = own_name.to_ascii_lowercase();
    let known = TYPES.iter().find(|(suffix, _)| lower.ends_with(suffix));
    let by_name = known.map_or("application/octet-stream", |(_, content_type)| content_type);
    let content_type = content_type.unwrap_or_else(|| by_name.to_owned());
    Ok((
        name.to_owned(),
        Part::File {
            path,
            content_type: Some(content_type),
        },
    ))
}

/// The content of a part, which may stand in double quotes, and the parameters behind it.
fn content(value: &str) -> (String, &str) {
    if let Some(quoted) = value.strip_prefix('"') {
        let mut content = String::new();
        let mut characters = quoted.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => return (content, &quoted[at + 1..]),
                '\\' => {
                    let next = characters.clone().next().map(|(_, next)| next);
                    if let Some(next @ ('"' | '\\')) = next {
                        characters.next();
                        content.push(next);
                    } else {
                        content.push('\\');
                    }
                }
                _ => content.push(character),
            }
        }
    }
    // curl looks for what it knows behind each semicolon.
    let parameters = [";type=", ";filename=", ";encoder=", ";headers="];
    let end = parameters
        .iter()
        .filter_map(|parameter| value.find(parameter))
        .min();
    let (content, rest) = value.split_at(end.unwrap_or(value.len()));
    (content.to_owned(), rest)
}

/// Seconds as curl reads them, as a duration.
pub(super) fn seconds(text: &str) -> Result<Option<String>, Wrong> {
    let wrong = || {
        (
            "this is no number of seconds".to_owned(),
            "write one such as 30 or 2.5",
        )
    };
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    if !(0.0..=1e6).contains(&seconds) {
        return Err(wrong());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 10^9"
    )]
    let milliseconds = (seconds * 1000.0).round() as u64;
    Ok(match milliseconds {
        0 => None,
        whole if whole % 1000 == 0 => Some(format!("{}s", whole / 1000)),
        other => Some(format!("{other}ms")),
    })
}

/// The URL that curl reads in a text in which braces and brackets name several.
pub(super) fn unglobbed(text: &str) -> Result<String, Wrong> {
    let mut url = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '{', '}', '[', ']']) {
        url.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let is_escaped = rest[at..].starts_with('\\') && behind.starts_with(['{', '}', '[', ']']);
        // Of an address of IPv6, and of an empty pair, curl sees that nothing is meant.
        let literal = behind.find(']').filter(|end| {
            let within = &behind[..*end];
            rest[at..].starts_with('[')
                && (within.is_empty() || within.contains(':') && (url.ends_with("//") || url.is_empty()))
        });
        let length = if is_escaped {
            url.push_str(&behind[..1]);
            2
        } else if let Some(end) = literal {
            url.push_str(&rest[at..at + end + 2]);
            end + 2
        } else if rest[at..].starts_with('\\') {
            url.push('\\');
            1
        } else {
            let help = "write the URL that is meant, or give --globoff where the braces are a part of it";
            return Err((
                "curl makes several URLs of the braces or brackets".to_owned(),
                help,
            ));
        };
        rest = &rest[at + length..];
    }
    url.push_str(rest);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_as_curl_reads_them() {
        let read = |text: &str| unglobbed(text).ok();
        assert_eq!(
            read(r"https://a.test/\[\]\{a\}?x[]=1"),
            Some("https://a.test/[]{a}?x[]=1".to_owned())
        );
        assert_eq!(read("http://[::1]:80/a"), Some("http://[::1]:80/a".to_owned()));
        assert_eq!(read("http://a.test/{a,b}"), None);
        assert_eq!(read("http://a.test/[1-3]"), None);
        assert_eq!(read(r"http://a.test/a\b"), Some(r"http://a.test/a\b".to_owned()));
    }

    #[test]
    fn parts_of_forms_are_read_as_curl_reads_them() {
        let read = |text: &str| match form(text) {
            Ok((name, Part::Text(text))) => format!("{name}: {text}"),
            Ok((name, Part::File { path, content_type })) => {
                format!("{name}: @{path} {}", content_type.unwrap_or_default())
            }
            Err((message, _)) => message,
        };
        assert_eq!(read("a=b;c"), "a: b;c");
        assert_eq!(read(r#"a="b\";type=c""#), "a: b\";type=c");
        assert_eq!(read("a=@b.png"), "a: @b.png image/png");
        assert_eq!(
            read("a=@x/b.json;type=application/json; charset=utf-8"),
            "a: @x/b.json application/json; charset=utf-8"
        );
        assert_eq!(
            read("a=b;type=c/d"),
            "a part that is a text has no type and no file's name"
        );
        assert_eq!(
            read("a=@../b"),
            "a call sheet names no file outside of its project"
        );
        assert_eq!(read("a=@b;filename=c"), "a file is sent by its own name");
    }

    #[test]
    fn texts_are_encoded_as_curl_encodes_them() {
        let read = |text: &str| url_encoded(text).ok();
        assert_eq!(read("a b"), Some("a+b".to_owned()));
        assert_eq!(read("=a=b"), Some("a%3Db".to_owned()));
        assert_eq!(read("n=a&b"), Some("n=a%26b".to_owned()));
        assert_eq!(read("n@file"), None);
    }

    #[test]
    fn seconds_are_durations() {
        assert_eq!(seconds("30"), Ok(Some("30s".to_owned())));
        assert_eq!(seconds("2.5"), Ok(Some("2500ms".to_owned())));
        assert_eq!(seconds("0"), Ok(None));
        assert!(seconds("nan").is_err() && seconds("1e300").is_err());
    }
}
