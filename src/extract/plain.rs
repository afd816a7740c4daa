//! What the extractors without an argument share.

use super::Extractor;
use crate::decode::Decoder;
use crate::yaml::{Content, Node};

/// The extractor, where `true` or nothing stands behind its name.
pub(super) fn parse(
    node: &Node,
    decoder: &mut Decoder<'_>,
    name: &str,
    extractor: fn() -> Extractor,
) -> Option<Extractor> {
    if let Content::Null | Content::Bool(true) = node.content {
        return Some(extractor());
    }
    decoder.error_with_help(
        &node.place,
        format!("`{name}` takes no argument, found {}", node.kind()),
        format!("write `{name}: true`"),
    );
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::complaints;

    #[test]
    fn an_argument_is_pointed_at() {
        assert_eq!(
            complaints("status: 200"),
            ["1:9: `status` takes no argument, found a number"]
        );
        assert_eq!(
            complaints("url: false"),
            ["1:6: `url` takes no argument, found true or false"]
        );
    }
}
