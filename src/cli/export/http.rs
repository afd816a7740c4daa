//! An `.http` file, as the HTTP clients of editors read it.

use super::{Export, Format, LONG, MULTIPART, body};
use crate::collection::Body;
use crate::outcome::{Exchange, PayloadKind};
use crate::report;
use crate::run::Draft;
use crate::secret::shown_header;
use crate::untrusted;

pub(super) fn render(export: &Export<'_>) -> String {
    let format = Format {
        heading: "###",
        request: &|draft, exchange| part(draft, exchange).map_err(str::to_owned),
    };
    format.list(export)
}

/// A request as a part of such a file, or why it cannot stand in one.
///
/// Clients read a body line by line, and nothing in it can be escaped: what they would act on is not written.
fn part(draft: &Draft<'_>, exchange: &Exchange) -> Result<String, &'static str> {
    let head = head(exchange);
    let text = exchange.request.body.as_ref().map(|body| body.text.as_str());
    let text = match body(draft) {
        Some(Body::File(file)) => {
            let path = file.path.display().to_string();
            let path = untrusted::line(&path);
            if path.contains("{{") {
                return Err(VARIABLE);
            }
            return Ok(format!("{}\n< {path}\n", with_variables(exchange).0));
        }
        Some(Body::Multipart(_)) => return Err(MULTIPART),
        _ => text.unwrap_or_default(),
    };
    if exchange.request.body.as_ref().is_some_and(|body| body.cut) {
        return Err(LONG);
    }
    if head.contains("{{") || text.contains("{{") {
        return Err(VARIABLE);
    }
    if text.split(['\n', '\r']).any(acts) {
        return Err("a line of its body would be a command in an .http file");
    }
    let (head, body) = with_variables(exchange);
    Ok(format!("{head}{body}"))
}

/// The head and the body with variables of such files where they have what is secret or known only in a run.
fn with_variables(exchange: &Exchange) -> (String, String) {
    let put = |place: &str, text: &str| {
        report::with_variables(exchange, place, text, |name| format!("{{{{{name}}}}}"))
    };
    let mut filled = exchange.clone();
    filled.url = put(report::PASSWORD, &exchange.url);
    for (name, value) in &mut filled.request.headers {
        // Clients encode a name and a password that stand apart, which no blank in them may tear.
        let user = exchange.user.as_ref().and_then(|user| user.split_once(':'));
        *value = match user {
            Some((user, password)) if name.eq_ignore_ascii_case("authorization") && !user.contains(' ') => {
                format!("Basic {} {}", put(name, user), put(name, password))
            }
            _ => put(name, &shown_header(name, value)),
        };
    }
    let body = body_of(exchange).map_or_else(String::new, |body| put("body", &body));
    (head(&filled), body)
}

/// Why a request is not written that has a variable of such files in it.
const VARIABLE: &str = "it has `{{` in it, which begins a variable in an .http file";

/// Whether a line of a body is one that some client acts on: `###` begins the next request, `< path` reads a file,
/// `> script` and `<> path` handle the answer.
fn acts(line: &str) -> bool {
    let line = line.trim_start();
    let reads_file = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t', '@', '>', '{']);
    line.starts_with("###") || line.starts_with('>') || line.strip_prefix('<').is_some_and(reads_file)
}

/// A request as it goes over the wire, without what every client adds.
pub(super) fn request(exchange: &Exchange) -> String {
    let body = body_of(exchange).unwrap_or_default();
    format!("{}{body}", head(exchange))
}

/// The body with the empty line in front of it.
fn body_of(exchange: &Exchange) -> Option<String> {
    let body = exchange.request.body.as_ref()?;
    let text = match body.kind {
        PayloadKind::Json | PayloadKind::Text => &body.text,
        PayloadKind::Binary => "(binary data)",
    };
    let end = if text.ends_with('\n') { "" } else { "\n" };
    Some(format!("\n{text}{end}"))
}

fn head(exchange: &Exchange) -> String {
    let mut text = format!("{} {}\n", exchange.method, untrusted::line(&exchange.url));
    for (name, value) in &exchange.request.headers {
        text.push_str(&format!(
            "{}: {}\n",
            untrusted::line(name),
            untrusted::line(value)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::acts;

    #[test]
    fn lines_that_a_client_acts_on_are_known() {
        for line in [
            "###",
            "### next",
            "  ####",
            "< ./a.json",
            "<@ ./a.json",
            "<@latin1 a",
            "<\ta",
            "<> a.json",
            "<",
            "> {% client.exit() %}",
            ">> a.json",
            ">>! a.json",
            ">a.js",
            "<{% x %}",
        ] {
            assert!(acts(line), "{line}");
        }
        for line in [
            "",
            "# heading",
            "## two",
            "<a>",
            "<?xml version='1.0'?>",
            "<!DOCTYPE a>",
            "a < b > c",
        ] {
            assert!(!acts(line), "{line}");
        }
    }
}
