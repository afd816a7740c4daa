//! Applies schemes written in YAML, for the tests of schemes.

use super::{Credentials, KINDS, decode};
use crate::decode::testing;
use crate::secret::{Label, Vault};
use crate::template::{Scope, Secrecy, TemplateError, Variable};

/// A scope with a vault, a plain `name` and a secret `token`.
pub(crate) fn scope(name: &str, token: &str) -> (Scope, Vault) {
    let vault = Vault::new();
    let mut scope = Scope::with_vault(vault.clone());
    scope.set_plain("name", name);
    scope.set(
        "token",
        Variable::new(token.into(), Secrecy::Whole(Label::new("token"))),
    );
    (scope, vault)
}

/// What the scheme adds to a request.
pub(crate) fn apply(yaml: &str, scope: &Scope) -> Result<Credentials, TemplateError> {
    let scheme = testing::decode(yaml, decode).expect("a sound scheme");
    let mut credentials = Credentials::default();
    scheme.apply(&mut credentials, scope).map(|()| credentials)
}

/// What is wrong with the scheme itself, each with its place.
pub(crate) fn complaints(yaml: &str) -> Vec<String> {
    testing::decode(yaml, decode).expect_err("something is wrong with it")
}

#[test]
fn every_example_decodes_and_adds_only_secrets() {
    let (scope, _vault) = scope("demo", "t0ps3cret-value");
    for kind in KINDS {
        let credentials = apply(kind.entry.example, &scope).expect(kind.entry.name);
        let added: Vec<_> = credentials.headers.iter().chain(&credentials.query).collect();
        assert!(!added.is_empty(), "{}", kind.entry.name);
        assert!(added.iter().all(|(_, value)| value.is_secret()), "{added:?}");
        assert!(
            !format!("{credentials:?}").contains("t0ps3cret"),
            "{credentials:?}"
        );
    }
}
