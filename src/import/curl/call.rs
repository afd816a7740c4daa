//! One call of curl: its options, and the requests that it sends.

use super::options::{self, Known, Meaning};
use super::parts::{self, Header, Wrong};
use super::words::Word;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::import::address::Address;
use crate::import::body::FORM;
use crate::import::request::{Body, Part, Reading, Request, Variable};
use crate::import::sheet::is_method;
use crate::registry;
use crate::source::Place;

/// The most redirects that a call sheet follows.
const MOST_REDIRECTS: u8 = 10;

/// The most that a call may come to, in bytes, where it sends the same to many URLs: a sheet takes far less.
const MOST_SAID: usize = 64 * 1024 * 1024;

/// What a request takes besides what is said of it, in bytes, about.
const A_REQUEST: usize = 1024;

/// What the options of a call say.
#[derive(Default)]
pub(super) struct Call<'w> {
    urls: Vec<&'w Word>,
    method: Option<String>,
    headers: Vec<(String, String)>,
    unset: Vec<String>,
    cookies: Vec<String>,
    data: Vec<Data>,
    parts: Vec<(String, Part)>,
    query: Vec<String>,
    upload: Option<String>,
    user: Option<(String, Option<String>)>,
    is_json: bool,
    is_get: bool,
    is_head: bool,
    is_literal: bool,
    follows: bool,
    most_redirects: Option<u8>,
    timeout: Option<String>,
}

/// What `-d` and its like say.
enum Data {
    Text(String),
    File(String, Place),
}

impl<'w> Call<'w> {
    /// Reads the words behind `curl`. What it does not know it says, and goes on.
    pub(super) fn read(words: &'w [Word], variables: &[Variable], diagnostics: &mut Diagnostics) -> Call<'w> {
        let mut call = Call::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let text = word.text.as_str();
            if let Some(name) = text.strip_prefix("--").filter(|name| !name.is_empty()) {
                call.long(name, word, &mut words, variables, diagnostics);
            } else if text.starts_with('-') && text.len() > 1 && text != "--" {
                call.letters(word, &mut words, variables, diagnostics);
            } else if text != "--" {
                call.urls.push(word);
            }
        }
        call
    }

    fn long(
        &mut self,
        name: &str,
        word: &'w Word,
        words: &mut std::slice::Iter<'w, Word>,
        variables: &[Variable],
        diagnostics: &mut Diagnostics,
    ) {
        let (name, behind) = match name.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (name, None),
        };
        let Some(option) = options::by_name(name) else {
            let help = registry::nearest(name, options::names()).map_or_else(
                || "leave it out if it does not change what is sent".to_owned(),
                |near| format!("did you mean `--{near}`?"),
            );
            // Whatever is glued to a name may be a value.
            let end = name.find(|next: char| !next.is_ascii_alphanumeric() && next != '-' && next != '.');
            let shown = &name[..end.unwrap_or(name.len())];
            let message = format!("`--{shown}` is no option of curl that is known here");
            diagnostics.push(Diagnostic::error(message).at(&word.place).help(help));
            return;
        };
        let value = match (option.takes_value, behind) {
            (false, _) => None,
            (true, Some(value)) => Some((value, word)),
            (true, None) => words.next().map(|next| (next.text.as_str(), next)),
        };
        self.option(&format!("--{name}"), option, value, word, variables, diagnostics);
    }

    /// `-sSL`, `-XPOST`, `-H 'A: b'`.
    fn letters(
        &mut self,
        word: &'w Word,
        words: &mut std::slice::Iter<'w, Word>,
        variables: &[Variable],
        diagnostics: &mut Diagnostics,
    ) {
        for (at, letter) in word.text.char_indices().skip(1) {
            let Some(option) = options::by_letter(letter) else {
                let message = format!("`-{letter}` is no option of curl that is known here");
                let help = "leave it out if it does not change what is sent";
                diagnostics.push(Diagnostic::error(message).at(&word.place).help(help));
                return;
            };
            let rest = &word.text[at + letter.len_utf8()..];
            let value = match (option.takes_value, rest) {
                (false, _) => None,
                (true, "") => words.next().map(|next| (next.text.as_str(), next)),
                (true, rest) => Some((rest, word)),
            };
            self.option(&format!("-{letter}"), option, value, word, variables, diagnostics);
            if option.takes_value {
                return;
            }
        }
    }

    fn option(
        &mut self,
        shown: &str,
        option: Known,
        value: Option<(&str, &'w Word)>,
        word: &'w Word,
        variables: &[Variable],
        diagnostics: &mut Diagnostics,
    ) {
        if option.takes_value && value.is_none() {
            let message = format!("`{shown}` has no value");
            diagnostics.push(Diagnostic::error(message).at(&word.place).help("write it behind"));
            return;
        }
        let (text, place) = value.map_or(("", &word.place), |(text, word)| (text, &word.place));
        let taken = match option.meaning {
            Meaning::Url => {
                self.urls.extend(value.map(|(_, word)| word));
                Ok(())
            }
            Meaning::Refused(why) => Err((format!("`{shown}` cannot be said in a call sheet"), why)),
            Meaning::OfRun(run) => {
                let message = format!("`{shown}` is not a sheet's to say");
                let help = format!("see `callsheet run {run}`");
                diagnostics.push(Diagnostic::warning(message).at(&word.place).help(help));
                Ok(())
            }
            meaning => self.take(meaning, text, place, variables),
        };
        if let Err((message, help)) = taken {
            diagnostics.push(Diagnostic::error(message).at(place).help(help));
        }
    }

    fn take(
        &mut self,
        meaning: Meaning,
        text: &str,
        place: &Place,
        variables: &[Variable],
    ) -> Result<(), Wrong> {
        let file = |path: &str| match has_variable(path, variables) {
            true => Err(("a file is named by no variable".to_owned(), "write its name out")),
            false => parts::file(path),
        };
        match meaning {
            Meaning::Agent => self.set("User-Agent", text),
            Meaning::Bearer => self.set("Authorization", &format!("Bearer {text}")),
            Meaning::Cookie if text.contains('=') => self.cookies.push(text.to_owned()),
            Meaning::Cookie => {
                return Err((
                    "cookies of a file are not read".to_owned(),
                    "write them as name=value",
                ));
            }
            Meaning::Data | Meaning::DataBinary | Meaning::Json if text.starts_with('@') => {
                self.is_json |= meaning == Meaning::Json;
                self.data.push(Data::File(file(&text[1..])?, place.clone()));
            }
            Meaning::Data | Meaning::DataBinary | Meaning::DataRaw => {
                self.data.push(Data::Text(text.to_owned()))
            }
            Meaning::Json => {
                self.is_json = true;
                self.data.push(Data::Text(text.to_owned()));
            }
            Meaning::DataUrlencode => self.data.push(Data::Text(parts::url_encoded(text)?)),
            Meaning::Form => {
                let (name, part) = parts::form(text)?;
                if let Part::File { path, .. } = &part {
                    file(path)?;
                }
                self.part(name, part)?;
            }
            Meaning::FormString => {
                let Some((name, value)) = text.split_once('=') else {
                    return Err(("this is no part of a form".to_owned(), "a part is name=value"));
                };
                self.part(name.to_owned(), Part::Text(value.to_owned()))?;
            }
            Meaning::Get => self.is_get = true,
            Meaning::Globoff => self.is_literal = true,
            Meaning::Head => self.is_head = true,
            Meaning::Header => match parts::header(text)? {
                Header::Set(name, value) => self.headers.push((name, value)),
                Header::Unset(name) => self.unset.push(name.to_ascii_lowercase()),
            },
            Meaning::Location => self.follows = true,
            Meaning::MaxRedirects => {
                let most = text.parse::<i64>();
                let most = most.map_err(|_| ("this is no number".to_owned(), "write one such as 5"))?;
                self.most_redirects = Some(u8::try_from(most).unwrap_or(MOST_REDIRECTS).min(MOST_REDIRECTS));
            }
            Meaning::MaxTime => self.timeout = parts::seconds(text)?,
            Meaning::Range => self.set("Range", &format!("bytes={text}")),
            Meaning::Referer => {
                let referer = text.strip_suffix(";auto").unwrap_or(text);
                if !referer.is_empty() {
                    self.set("Referer", referer);
                }
            }
            Meaning::Request => {
                if !is_method(text) || has_variable(text, variables) {
                    return Err(("this is no method".to_owned(), "a method is a word such as PATCH"));
                }
                self.method = Some(text.to_owned());
            }
            Meaning::Upload => self.upload = Some(file(text)?),
            Meaning::UrlQuery => {
                let added = match text.strip_prefix('+') {
                    Some(raw) => raw.to_owned(),
                    None => parts::url_encoded(text)?,
                };
                self.query.push(added);
            }
            Meaning::User => {
                self.user = Some(match text.split_once(':') {
                    Some((name, password)) => (name.to_owned(), Some(password.to_owned())),
                    None => (text.to_owned(), None),
                });
            }
            // A call sheet asks for compressed answers by itself.
            Meaning::Compressed
            | Meaning::Next
            | Meaning::Nothing
            | Meaning::OfRun(_)
            | Meaning::Refused(_)
            | Meaning::Url => {}
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    fn part(&mut self, name: String, part: Part) -> Result<(), Wrong> {
        if self.parts.iter().any(|(known, _)| *known == name) {
            let help = "name each part otherwise, if the server takes that";
            return Err(("a multipart body has a name once here".to_owned(), help));
        }
        self.parts.push((name, part));
        Ok(())
    }

    /// Adds a request for each URL. What is wrong with the whole is told at `place`, where `curl` stands.
    pub(super) fn requests(mut self, place: &Place, reading: &mut Reading, diagnostics: &mut Diagnostics) {
        let variables = std::mem::take(&mut reading.variables);
        if self.urls.is_empty() {
            diagnostics.push(Diagnostic::error("this call of curl names no URL").at(place));
        }
        self.complete_headers();
        if self.urls.len().saturating_mul(self.said() + A_REQUEST) > MOST_SAID {
            let message = "this call of curl says too much to too many URLs";
            let help = "import fewer of them at a time";
            diagnostics.push(Diagnostic::error(message).at(place).help(help));
            reading.variables = variables;
            return;
        }
        for word in std::mem::take(&mut self.urls) {
            match self.address(&word.text, &variables) {
                Ok(address) => {
                    let request = self.request(address, &word.place, diagnostics);
                    reading.requests.push(request);
                }
                Err((message, help)) => {
                    diagnostics.push(Diagnostic::error(message).at(&word.place).help(help))
                }
            }
        }
        reading.variables = variables;
    }

    /// How much is said of each request, in bytes.
    fn said(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.len() + value.len());
        let data = self.data.iter().map(|data| match data {
            Data::Text(text) | Data::File(text, _) => text.len(),
        });
        let parts = self.parts.iter().map(|(name, part)| {
            let (Part::Text(text) | Part::File { path: text, .. }) = part;
            name.len() + text.len()
        });
        let query = self.query.iter().map(String::len);
        headers.chain(data).chain(parts).chain(query).sum()
    }

    /// Adds what curl says by itself.
    fn complete_headers(&mut self) {
        let is_said = |call: &Call<'_>, name: &str| {
            call.headers
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(name))
                || call.unset.iter().any(|unset| unset.eq_ignore_ascii_case(name))
        };
        // What -H says of cookies takes the place of what -b does.
        if !self.cookies.is_empty() && !is_said(self, "cookie") {
            let cookies = std::mem::take(&mut self.cookies).join("; ");
            self.set("Cookie", &cookies);
        }
        if self.is_json && !is_said(self, "accept") {
            self.set("Accept", "application/json");
        }
        if !self.data.is_empty() && !self.is_get && !is_said(self, "content-type") {
            self.set(
                "Content-Type",
                if self.is_json { "application/json" } else { FORM },
            );
        }
    }

    fn address(&self, text: &str, variables: &[Variable]) -> Result<Address, Wrong> {
        let is_variable = |text: &str| has_variable(text, variables);
        let url = match self.is_literal {
            true => text.to_owned(),
            false => parts::unglobbed(text)?,
        };
        let begins_with_variable = variables.iter().any(|variable| url.starts_with(&variable.mark));
        let whole = match url.contains("://") || begins_with_variable {
            true => url,
            // curl's guess.
            false => format!("http://{url}"),
        };
        let mut address = Address::parse(&whole, is_variable).map_err(|reason| {
            (
                format!("this is not a URL: {reason}"),
                "write it with its scheme, such as https://",
            )
        })?;
        // An upload to a folder goes to the file's name in it.
        if let Some(path) = &self.upload
            && address.path.ends_with('/')
        {
            let name = path.rsplit('/').next().unwrap_or_default();
            address.path.push_str(&parts::escaped(name));
        }
        let mut added: Vec<String> = self.query.clone();
        if self.is_get {
            added.extend(self.data.iter().filter_map(|data| match data {
                Data::Text(text) => Some(text.clone()),
                Data::File(..) => None,
            }));
        }
        if !added.is_empty() {
            let before = address.query.take().filter(|query| !query.is_empty());
            let query = before.into_iter().chain(added).collect::<Vec<_>>().join("&");
            // Written as any URL's.
            let url = url::Url::parse(&format!("http://query.invalid/?{query}"));
            address.query = url.ok().and_then(|url| url.query().map(str::to_owned));
        }
        Ok(address)
    }

    fn request(&self, address: Address, place: &Place, diagnostics: &mut Diagnostics) -> Request {
        let body = self.body(diagnostics);
        let method = match &self.method {
            Some(method) => method.clone(),
            None if self.is_head => "HEAD".to_owned(),
            None if self.upload.is_some() => "PUT".to_owned(),
            None if body.is_some() => "POST".to_owned(),
            None => "GET".to_owned(),
        };
        Request {
            place: place.clone(),
            method,
            address,
            headers: self.headers.clone(),
            basic: self.user.clone(),
            body,
            redirects: match self.follows {
                true => self.most_redirects.unwrap_or(MOST_REDIRECTS),
                false => 0,
            },
            timeout: self.timeout.clone(),
            status: None,
            content: None,
        }
    }

    fn body(&self, diagnostics: &mut Diagnostics) -> Option<Body> {
        let file = self.data.iter().find_map(|data| match data {
            Data::File(path, place) => Some((path, place)),
            Data::Text(_) => None,
        });
        if let Some((path, place)) = file {
            if self.data.len() > 1 || self.is_get {
                let message = "a file is the whole of a body, and cannot be a part of one";
                diagnostics.push(Diagnostic::error(message).at(place).help("write its text out"));
            }
            return Some(Body::File(path.clone()));
        }
        if let Some(path) = &self.upload {
            return Some(Body::File(path.clone()));
        }
        if !self.parts.is_empty() {
            return Some(Body::Multipart(self.parts.clone()));
        }
        if self.data.is_empty() || self.is_get {
            return None;
        }
        let texts = self.data.iter().filter_map(|data| match data {
            Data::Text(text) => Some(text.as_str()),
            Data::File(..) => None,
        });
        // Several texts of JSON follow each other, fields of a form are divided.
        let divider = if self.is_json { "" } else { "&" };
        Some(Body::Text(texts.collect::<Vec<_>>().join(divider)))
    }
}

fn has_variable(text: &str, variables: &[Variable]) -> bool {
    variables.iter().any(|variable| text.contains(&variable.mark))
}
