//! `callsheet schema`.

use super::{CommandError, Exit, output};
use crate::schema;

pub(super) fn schema() -> Result<Exit, CommandError> {
    output::print(schema::text().as_bytes())
}
