//! `api_key: { header: X-Key, value: … }`: a key in a header, in the query or in a cookie.

use http::HeaderName;

use super::{AuthKind, Credentials, Scheme, secret};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::secret::Rendered;
use crate::template::{Scope, Template, TemplateError};
use crate::yaml::Node;

pub(super) const KIND: AuthKind = AuthKind {
    entry: Entry {
        name: "api_key",
        summary: "a key in the header, the query parameter or the cookie of a name",
        example: r#"api_key: { header: X-Api-Key, value: "${{ token }}" }"#,
    },
    parse,
};

#[derive(Debug)]
struct ApiKey {
    carrier: Carrier,
    name: String,
    value: Template,
}

/// What carries the key.
#[derive(Debug, Clone, Copy)]
enum Carrier {
    Header,
    Query,
    Cookie,
}

impl Carrier {
    const ALL: [(&'static str, Carrier); 3] = [
        ("header", Carrier::Header),
        ("query", Carrier::Query),
        ("cookie", Carrier::Cookie),
    ];

    fn can_be_named(self, name: &str) -> bool {
        match self {
            Carrier::Query => true,
            // A cookie's name is a token as a header's is (RFC 6265 §4.1.1).
            Carrier::Header | Carrier::Cookie => HeaderName::from_bytes(name.as_bytes()).is_ok(),
        }
    }
}

fn parse(node: &Node, decoder: &mut Decoder<'_>) -> Option<Box<dyn Scheme>> {
    let mut fields = decoder.fields(node, "`api_key`")?;
    let named: Vec<_> = Carrier::ALL
        .into_iter()
        .filter_map(|(key, carrier)| Some((carrier, fields.get(key)?)))
        .collect();
    let value = fields.required("value", decoder);
    let place = fields.place().clone();
    fields.finish(decoder);
    let value = value.and_then(|value| decoder.header(value, "a key"));
    let [(carrier, name)] = named.as_slice() else {
        decoder.error_with_help(
            &place,
            format!(
                "`api_key` needs exactly one of header, query and cookie, found {}",
                named.len()
            ),
            "write it as `{ header: X-Api-Key, value: … }`",
        );
        return None;
    };
    let text = decoder.constant(name, "the name that carries a key")?;
    if !carrier.can_be_named(text) {
        let message = format!("`{text}` holds a character that no such name may");
        decoder.error(&name.place, message);
        return None;
    }
    Some(Box::new(ApiKey {
        carrier: *carrier,
        name: text.to_owned(),
        value: value?,
    }))
}

impl Scheme for ApiKey {
    fn apply(&self, request: &mut Credentials, scope: &Scope) -> Result<(), TemplateError> {
        let value = secret(&self.value.render(scope)?, "api_key", scope);
        match self.carrier {
            Carrier::Header => request.headers.push((self.name.clone(), value)),
            Carrier::Query => request.query.push((self.name.clone(), value)),
            Carrier::Cookie => {
                let mut pair = Rendered::plain(format!("{}=", self.name));
                pair.append(value);
                request.headers.push(("cookie".to_owned(), pair));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{apply, complaints, scope};
    use crate::secret::Rendered;

    type Added = Vec<(String, String, String)>;

    fn added(yaml: &str) -> (Added, Added) {
        let (scope, _vault) = scope("plain-name", "t0p s3cret");
        let credentials = apply(yaml, &scope).unwrap();
        let told = |entries: &[(String, Rendered)]| -> Added {
            entries
                .iter()
                .map(|(name, value)| (name.clone(), value.expose().into_owned(), value.shown()))
                .collect()
        };
        (told(&credentials.headers), told(&credentials.query))
    }

    fn one(name: &str, sent: &str, shown: &str) -> Added {
        vec![(name.to_owned(), sent.to_owned(), shown.to_owned())]
    }

    #[test]
    fn a_header_a_parameter_or_a_cookie_carries_it() {
        assert_eq!(
            added(r#"api_key: { header: X-Key, value: "${{ token }}" }"#),
            (one("X-Key", "t0p s3cret", "‹token›"), vec![])
        );
        assert_eq!(
            added(r#"api_key: { query: key, value: "${{ token }}" }"#),
            (vec![], one("key", "t0p s3cret", "‹token›"))
        );
        assert_eq!(
            added(r#"api_key: { cookie: sid, value: "${{ token }}" }"#),
            (one("cookie", "sid=t0p s3cret", "sid=‹token›"), vec![])
        );
    }

    #[test]
    fn a_key_without_a_secret_is_hidden_too() {
        assert_eq!(
            added("api_key: { header: X-Key, value: '${{ name }}' }").0,
            one("X-Key", "plain-name", "‹api_key›")
        );
        let (scope, vault) = scope("plain-name", "");
        apply("api_key: { query: key, value: '${{ name }}' }", &scope).unwrap();
        assert_eq!(vault.mask_text("?key=plain-name"), "?key=‹api_key›");
    }

    #[test]
    fn exactly_one_carrier() {
        assert_eq!(
            complaints("api_key: { header: a, query: b, value: c }"),
            ["1:10: `api_key` needs exactly one of header, query and cookie, found 2"]
        );
        assert_eq!(
            complaints("api_key: { value: c, heade: a }"),
            [
                "1:22: unknown key in `api_key`: `heade`",
                "1:10: `api_key` needs exactly one of header, query and cookie, found 0"
            ]
        );
        assert_eq!(
            complaints("api_key: { cookie: a }"),
            ["1:10: `api_key` needs `value`"]
        );
    }

    #[test]
    fn a_name_is_checked() {
        assert_eq!(
            complaints("api_key: { header: a b, value: c }"),
            ["1:20: `a b` holds a character that no such name may"]
        );
        assert_eq!(
            complaints("api_key: { cookie: 'a=b', value: c }"),
            ["1:20: `a=b` holds a character that no such name may"]
        );
        assert_eq!(
            complaints("api_key: { query: '${{ name }}', value: c }"),
            ["1:19: the name that carries a key cannot hold a template"]
        );
    }
}
