//! `basic: { username, password }`: HTTP's Basic scheme (RFC 7617).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use serde_json::Value;

use super::{AuthKind, Credentials, Scheme};
use crate::decode::Decoder;
use crate::registry::Entry;
use crate::secret::{Label, Rendered};
use crate::source::Place;
use crate::template::{Scope, Template, TemplateError};
use crate::yaml::Node;

pub(super) const KIND: AuthKind = AuthKind {
    entry: Entry {
        name: "basic",
        summary: "name and password by HTTP's Basic scheme (RFC 7617), in UTF-8",
        example: r#"basic: { username: demo, password: "${{ token }}" }"#,
    },
    parse,
};

#[derive(Debug)]
struct Basic {
    username: Template,
    password: Template,
    username_place: Place,
}

fn parse(node: &Node, decoder: &mut Decoder<'_>) -> Option<Box<dyn Scheme>> {
    let mut fields = decoder.fields(node, "`basic`")?;
    let username = fields.required("username", decoder);
    let password = fields.required("password", decoder);
    fields.finish(decoder);
    let username_place = username?.place.clone();
    let username = decoder.header(username?, "a user name");
    let password = decoder.header(password?, "a password");
    let (username, password) = (username?, password?);
    if username.as_constant().is_some_and(|name| name.contains(':')) {
        decoder.error_with_help(&username_place, COLON, COLON_HELP);
        return None;
    }
    Some(Box::new(Basic {
        username,
        password,
        username_place,
    }))
}

/// RFC 7617 §2: the first colon ends the user name.
const COLON: &str = "a user name cannot hold a colon";
const COLON_HELP: &str = "Basic puts a colon between the user name and the password";

impl Scheme for Basic {
    fn apply(&self, request: &mut Credentials, scope: &Scope) -> Result<(), TemplateError> {
        let username = self.username.render(scope)?;
        let password = self.password.render(scope)?;
        if username.expose().contains(':') {
            return Err(TemplateError {
                message: COLON.to_owned(),
                place: Some(self.username_place.clone()),
                help: Some(COLON_HELP.to_owned()),
            });
        }
        // Secret as a whole: base64 looks across characters, so no part of it is that of the user name alone.
        let encoded = STANDARD.encode(format!("{}:{}", username.expose(), password.expose()));
        let label = password.label().or_else(|| username.label());
        let known = label.cloned().unwrap_or_else(|| Label::new("basic"));
        scope.remember_secret(&Value::String(encoded.clone()), &known);
        let mut value = Rendered::plain("Basic ");
        value.push_secret(&encoded, &label.map_or(known, Label::made_of));
        request.headers.push(("authorization".to_owned(), value));

        let mut user = username;
        user.push_plain(":");
        user.append(match password.is_secret() {
            true => password,
            false => Rendered::secret(password.expose(), Label::new("password")),
        });
        request.user = Some(user);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{apply, complaints, scope};

    const WITH_TOKEN: &str = r#"basic: { username: "${{ name }}", password: "${{ token }}" }"#;

    fn header(yaml: &str, name: &str, token: &str) -> (String, String) {
        let (scope, _vault) = scope(name, token);
        let credentials = apply(yaml, &scope).unwrap();
        let (header, value) = &credentials.headers[0];
        assert_eq!(header, "authorization");
        (value.expose().into_owned(), value.shown())
    }

    #[test]
    fn the_examples_of_the_rfc() {
        let (sent, shown) = header(WITH_TOKEN, "Aladdin", "open sesame");
        assert_eq!(sent, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(shown, "Basic ‹made of token›");
        let (sent, _) = header(WITH_TOKEN, "test", "123\u{a3}");
        assert_eq!(sent, "Basic dGVzdDoxMjPCow==");
    }

    #[test]
    fn a_password_without_a_secret_is_hidden_too() {
        let (sent, shown) = header("basic: { username: a, password: 1 }", "", "");
        assert_eq!(sent, "Basic YTox");
        assert_eq!(shown, "Basic ‹basic›");
    }

    #[test]
    fn the_mask_knows_the_encoded_form() {
        let (scope, vault) = scope("Aladdin", "open sesame");
        apply(WITH_TOKEN, &scope).unwrap();
        assert_eq!(
            vault.mask_text("got QWxhZGRpbjpvcGVuIHNlc2FtZQ== back"),
            "got ‹token› back"
        );
    }

    #[test]
    fn a_user_name_holds_no_colon() {
        assert_eq!(
            complaints("basic: { username: 'a:b', password: c }"),
            ["1:20: a user name cannot hold a colon"]
        );
        let (scope, _vault) = scope("a:b", "open sesame");
        let error = apply(WITH_TOKEN, &scope).unwrap_err();
        assert_eq!(error.message, "a user name cannot hold a colon");
        assert_eq!(error.place.unwrap().column(), 20);
    }

    #[test]
    fn both_are_needed_and_nothing_else() {
        assert_eq!(
            complaints("basic: { user: a, password: b }"),
            [
                "1:8: `basic` needs `username`",
                "1:10: unknown key in `basic`: `user`"
            ]
        );
        assert_eq!(
            complaints("basic: { username: a, password: [b] }"),
            ["1:33: expected a text for a password, found a list"]
        );
    }
}
