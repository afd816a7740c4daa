//! Every variable that a template reads is known before anything is served.

use super::received::VARIABLES;
use crate::decode::Decoder;

/// The names that the templates of a mock may read.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) inputs: Vec<String>,
    pub(super) data: Vec<String>,
}

impl Names {
    /// Checks what was read since the last check by templates that see the inputs alone.
    pub(super) fn check_of_data(&self, decoder: &mut Decoder<'_>) {
        for read in std::mem::take(&mut decoder.uses) {
            let name = read.path.first().map_or("", String::as_str);
            if !read.optional && !self.inputs.iter().any(|known| known == name) {
                let known = self.inputs.iter().map(String::as_str);
                decoder.unknown(&read.place, "input", name, known);
            }
        }
    }

    /// Checks what was read since the last check by templates that see a request; `parameters` are those of its
    /// path, where that is one path.
    pub(super) fn check(&self, parameters: Option<&[&str]>, decoder: &mut Decoder<'_>) {
        for read in std::mem::take(&mut decoder.uses) {
            let name = read.path.first().map_or("", String::as_str);
            if read.optional {
                continue;
            }
            let known = || {
                self.inputs
                    .iter()
                    .chain(&self.data)
                    .map(String::as_str)
                    .chain(VARIABLES)
            };
            if !known().any(|known| known == name) {
                decoder.unknown(&read.place, "variable", name, known());
                continue;
            }
            let parameter = read.path.get(1).filter(|_| name == "path");
            if let (Some(parameter), Some(parameters)) = (parameter, parameters)
                && !parameters.contains(&parameter.as_str())
            {
                let known = parameters.iter().copied();
                decoder.unknown(&read.place, "parameter of the path:", parameter, known);
            }
        }
    }
}
