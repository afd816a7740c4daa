//! `random_int(from, to)`: a whole number, both ends included.

use minijinja::Error;
use rand::Rng;

use super::{FunctionKind, complaint};
use crate::registry::Entry;

pub(super) const KIND: FunctionKind = FunctionKind {
    entry: Entry {
        name: "random_int",
        summary: "a random whole number between two, both included",
        example: "random_int(1, 6)",
    },
    register: |environment| environment.add_function("random_int", call),
    reveals_arguments: false,
};

fn call(from: i64, to: i64) -> Result<i64, Error> {
    if from > to {
        return Err(complaint(format!("there is no number from {from} to {to}")));
    }
    Ok(rand::rng().random_range(from..=to))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn both_ends_are_included() {
        assert_eq!(evaluate("random_int(3, 3)", &Scope::new()), Ok(json!(3)));
        assert!(evaluate("random_int(2, 1)", &Scope::new()).is_err());
    }
}
