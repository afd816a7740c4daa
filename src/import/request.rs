//! A request as other tools tell it: what importers give, and what sheets are written from.

use indexmap::IndexMap;

use super::Options;
use super::address::Address;
use crate::source::Place;

/// What a file had in it.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) requests: Vec<Request>,
    /// What was left out: how many, of which kind.
    pub(super) left_out: IndexMap<String, usize>,
    /// The variables of a shell, each with the mark that stands in the requests for it.
    pub(super) variables: Vec<Variable>,
}

/// A variable of the shell that a command reads.
#[derive(Clone)]
pub(super) struct Variable {
    /// What stands in the texts of requests in its place: letters and digits that nobody wrote.
    pub(super) mark: String,
    pub(super) name: String,
}

/// A request, with its credentials in clear.
pub(super) struct Request {
    /// Where it is told.
    pub(super) place: Place,
    pub(super) method: String,
    pub(super) address: Address,
    pub(super) headers: Vec<(String, String)>,
    /// Name and password for HTTP's Basic scheme.
    pub(super) basic: Option<(String, Option<String>)>,
    pub(super) body: Option<Body>,
    /// How many redirects are followed.
    pub(super) redirects: u8,
    /// The deadline of the whole, with its unit.
    pub(super) timeout: Option<String>,
    /// The status that was recorded.
    pub(super) status: Option<u16>,
    /// What the answer contained.
    pub(super) content: Option<Content>,
}

/// What is sent.
pub(super) enum Body {
    Text(String),
    /// The bytes of a file, by its path.
    File(String),
    Multipart(Vec<(String, Part)>),
}

/// A part of a multipart body.
#[derive(Clone)]
pub(super) enum Part {
    Text(String),
    File {
        path: String,
        content_type: Option<String>,
    },
}

/// What an answer contains, as a browser sorts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A page.
    Document,
    /// What a script asked for: an API.
    Xhr,
    /// A script.
    Script,
    /// A style sheet.
    Style,
    /// A picture.
    Image,
    /// A font.
    Font,
    /// Sound or film.
    Media,
    /// Anything else.
    Other,
}

/// The contents by the words people write, with how one and several are called.
pub const CONTENTS: [(&str, Content); 8] = [
    ("document", Content::Document),
    ("xhr", Content::Xhr),
    ("script", Content::Script),
    ("style", Content::Style),
    ("image", Content::Image),
    ("font", Content::Font),
    ("media", Content::Media),
    ("other", Content::Other),
];

impl Content {
    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        CONTENTS
            .iter()
            .find(|(_, known)| *known == self)
            .map_or("other", |(word, _)| word)
    }

    /// Whether it is a file that is the same for everybody, and no call to test.
    fn is_static(self) -> bool {
        match self {
            Content::Document | Content::Xhr | Content::Other => false,
            Content::Script | Content::Style | Content::Image | Content::Font | Content::Media => true,
        }
    }
}

impl Reading {
    /// Takes note of something that is no request of the sheet.
    pub(super) fn leave_out(&mut self, what: impl Into<String>) {
        *self.left_out.entry(what.into()).or_default() += 1;
    }

    /// Keeps the requests that are asked for.
    pub(super) fn select(&mut self, options: &Options) {
        let requests = std::mem::take(&mut self.requests);
        for request in requests {
            let is_wanted = match request.content {
                Some(content) if options.only.is_empty() => !content.is_static(),
                Some(content) => options.only.contains(&content),
                None => true,
            };
            let is_there =
                options.hosts.is_empty() || options.hosts.iter().any(|host| request.address.is_at(host));
            match request.content {
                _ if !is_there => self.leave_out("to other hosts"),
                Some(content) if !is_wanted => self.leave_out(content.word()),
                _ => self.requests.push(request),
            }
        }
    }
}
