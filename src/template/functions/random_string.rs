//! `random_string(length)`: letters and digits, or characters of an alphabet of your own.

use minijinja::Error;
use minijinja::value::Kwargs;
use rand::Rng;

use super::{FunctionKind, complaint};
use crate::registry::Entry;

pub(super) const KIND: FunctionKind = FunctionKind {
    entry: Entry {
        name: "random_string",
        summary: "random letters and digits, as many as asked for; alphabet='…' for others",
        example: "random_string(12, alphabet='abcdef')",
    },
    register: |environment| environment.add_function("random_string", call),
    reveals_arguments: false,
};

const LETTERS_AND_DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Longer than any field of an API; beyond it is a slip that would only fill memory.
const LONGEST: usize = 65_536;

fn call(length: usize, options: Kwargs) -> Result<String, Error> {
    let alphabet = options.get::<Option<String>>("alphabet")?;
    options.assert_all_used()?;
    let alphabet: Vec<char> = alphabet
        .as_deref()
        .unwrap_or(LETTERS_AND_DIGITS)
        .chars()
        .collect();
    if alphabet.is_empty() || length > LONGEST {
        return Err(complaint(format!(
            "a random string has 0 to {LONGEST} characters of an alphabet with some"
        )));
    }
    let mut random = rand::rng();
    Ok((0..length)
        .map(|_| alphabet[random.random_range(0..alphabet.len())])
        .collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn length_and_alphabet_are_kept() {
        assert_eq!(
            evaluate("random_string(3, alphabet='ü')", &Scope::new()),
            Ok(json!("üüü"))
        );
        assert_eq!(
            evaluate("random_string(40) | length", &Scope::new()),
            Ok(json!(40))
        );
        assert!(evaluate("random_string(99999999)", &Scope::new()).is_err());
        assert!(evaluate("random_string(1, alphabet='')", &Scope::new()).is_err());
    }
}
