//! `bearer: token`: HTTP's Bearer scheme (RFC 6750).

use super::{AuthKind, Credentials, Scheme, secret};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::secret::Rendered;
use crate::template::{Scope, Template, TemplateError};
use crate::yaml::Node;

pub(super) const KIND: AuthKind = AuthKind {
    entry: Entry {
        name: "bearer",
        summary: "a token by HTTP's Bearer scheme (RFC 6750)",
        example: "bearer: ${{ token }}",
    },
    parse,
};

#[derive(Debug)]
struct Bearer(Template);

fn parse(node: &Node, decoder: &mut Decoder<'_>) -> Option<Box<dyn Scheme>> {
    let token = decoder.header(node, "a token")?;
    if token.as_constant().is_some_and(|token| token.trim().is_empty()) {
        decoder.error(&node.place, "a token is empty");
        return None;
    }
    let start = token.constant_start().to_ascii_lowercase();
    if start.starts_with("bearer ") {
        decoder.error_with_help(
            &node.place,
            "a token does not begin with `Bearer`",
            "leave it out: the scheme adds it",
        );
        return None;
    }
    Some(Box::new(Bearer(token)))
}

impl Scheme for Bearer {
    fn apply(&self, request: &mut Credentials, scope: &Scope) -> Result<(), TemplateError> {
        let mut value = Rendered::plain("Bearer ");
        value.append(secret(&self.0.render(scope)?, "bearer", scope));
        request.headers.push(("authorization".to_owned(), value));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{apply, complaints, scope};

    fn header(yaml: &str) -> (String, String) {
        let (scope, _vault) = scope("plain-name", "t0ps3cret");
        let credentials = apply(yaml, &scope).unwrap();
        let (header, value) = &credentials.headers[0];
        assert_eq!(header, "authorization");
        (value.expose().into_owned(), value.shown())
    }

    #[test]
    fn the_token_is_hidden_whatever_it_is_made_from() {
        let pair = |sent: &str, shown: &str| (sent.to_owned(), shown.to_owned());
        assert_eq!(
            header("bearer: ${{ token }}"),
            pair("Bearer t0ps3cret", "Bearer ‹token›")
        );
        assert_eq!(
            header("bearer: ${{ name }}"),
            pair("Bearer plain-name", "Bearer ‹bearer›")
        );
        assert_eq!(
            header("bearer: x-${{ token }}"),
            pair("Bearer x-t0ps3cret", "Bearer ‹made of token›")
        );
        assert_eq!(header("bearer: 12345"), pair("Bearer 12345", "Bearer ‹bearer›"));
    }

    #[test]
    fn the_mask_knows_it() {
        let (scope, vault) = scope("plain-name", "t0ps3cret");
        apply("bearer: ${{ name }}", &scope).unwrap();
        assert_eq!(vault.mask_text("got plain-name back"), "got ‹bearer› back");
    }

    #[test]
    fn an_undefined_token_is_an_error() {
        let (scope, _vault) = scope("", "");
        let error = apply("bearer: ${{ tokn }}", &scope).unwrap_err();
        assert_eq!(error.message, "undefined variable `tokn`");
    }

    #[test]
    fn mistakes_are_pointed_at() {
        assert_eq!(
            complaints("bearer: [a]"),
            ["1:9: expected a text for a token, found a list"]
        );
        assert_eq!(complaints("bearer: ''"), ["1:9: a token is empty"]);
        assert_eq!(
            complaints("bearer: Bearer ${{ token }}"),
            ["1:9: a token does not begin with `Bearer`"]
        );
    }
}
