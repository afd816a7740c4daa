//! `uuid()`: a random UUID, or one in order of time with `version=7` (RFC 9562).

use minijinja::Error;
use minijinja::value::Kwargs;

use super::{FunctionKind, complaint};
use crate::registry::Entry;

pub(super) const KIND: FunctionKind = FunctionKind {
    entry: Entry {
        name: "uuid",
        summary: "a random UUID; version=7 for one in order of time (RFC 9562)",
        example: "uuid(version=7)",
    },
    register: |environment| environment.add_function("uuid", call),
    reveals_arguments: false,
};

fn call(options: Kwargs) -> Result<String, Error> {
    let version = options.get::<Option<u32>>("version")?;
    options.assert_all_used()?;
    match version {
        None | Some(4) => Ok(::uuid::Uuid::new_v4().to_string()),
        Some(7) => Ok(::uuid::Uuid::now_v7().to_string()),
        Some(other) => Err(complaint(format!(
            "a UUID of version {other} cannot be made here, only 4 and 7"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::template::{Scope, tests::evaluate};

    #[test]
    fn the_version_can_be_read_from_the_text() {
        assert_eq!(evaluate("uuid()[14]", &Scope::new()), Ok(json!("4")));
        assert_eq!(evaluate("uuid(version=7)[14]", &Scope::new()), Ok(json!("7")));
        assert!(evaluate("uuid(version=1)", &Scope::new()).is_err());
    }
}
