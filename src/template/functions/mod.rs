//! Functions that templates can call: one file each.

use minijinja::{Environment, Error, ErrorKind};

use crate::registry::{Entry, Kind};

mod base64;
mod hmac_sha256;
mod jwt;
pub mod jwt_claims;
mod jwt_valid;
mod now;
mod random_int;
mod random_string;
mod sha256;
mod uuid;

/// Every function of our own, in the order of the reference page.
pub const KINDS: &[&FunctionKind] = &[
    &base64::KIND,
    &hmac_sha256::KIND,
    &jwt::KIND,
    &jwt_claims::KIND,
    &jwt_valid::KIND,
    &now::KIND,
    &random_int::KIND,
    &random_string::KIND,
    &sha256::KIND,
    &uuid::KIND,
];

/// A function of templates.
pub struct FunctionKind {
    /// Name, summary and an example expression.
    pub entry: Entry,
    /// Adds it to the environment.
    pub register: fn(&mut Environment<'static>),
    /// True if its result lets somebody read what went in, so that a secret's result must be masked as well. A digest
    /// does not, and neither does a random text.
    pub reveals_arguments: bool,
}

impl Kind for FunctionKind {
    fn entry(&self) -> &Entry {
        &self.entry
    }
}

/// A function's own complaint.
fn complaint(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

#[cfg(test)]
mod tests {
    use super::KINDS;
    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn every_example_evaluates() {
        for kind in KINDS {
            let result = evaluate(kind.entry.example, &Scope::new());
            assert!(result.is_ok(), "{}: {result:?}", kind.entry.name);
            assert!(kind.entry.example.contains(kind.entry.name));
        }
    }
}
