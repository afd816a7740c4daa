//! The XML of a body, read within bounds: no entities, nothing from outside, no deep nesting.

use uppsala::{Document, Parser};

/// How deep elements may be nested. What walks the tree may do so on the stack.
const DEPTH: u32 = 256;

/// Reads a document, or says why it cannot be read without repeating any of it.
pub(super) fn parse(text: &str) -> Result<Document<'_>, String> {
    if text.trim().is_empty() {
        return Err("the body is empty".to_owned());
    }
    let parser = Parser::new().with_max_depth(DEPTH).with_forbid_entities(true);
    let mut document = parser.parse(text).map_err(|error| reason(&error, text))?;
    document.prepare_xpath();
    Ok(document)
}

fn reason(error: &uppsala::XmlError, text: &str) -> String {
    use uppsala::XmlError;
    let (message, line, column) = match error {
        XmlError::WellFormedness(error) => (error.message.as_str(), error.line, error.column),
        XmlError::Parse(error) => (error.message.as_str(), error.line, error.column),
        XmlError::Namespace(error) => (error.message.as_str(), error.line, error.column),
        XmlError::XPath(_) | XmlError::Validation(_) | XmlError::UnexpectedEof => {
            return "the XML ends too early".to_owned();
        }
    };
    if message.contains("depth") {
        return format!("the XML is nested deeper than {DEPTH} elements");
    }
    if text.contains("<!ENTITY") {
        return "the XML declares entities, which are not accepted here".to_owned();
    }
    format!("the XML is not well-formed at line {line} column {column}")
}

/// The namespace that a prefix stands for where the document first declares it.
pub(super) fn namespace(document: &Document<'_>, prefix: &str) -> Option<String> {
    document
        .descendants(document.root())
        .into_iter()
        .find_map(|node| {
            let declarations = &document.element(node)?.namespace_declarations;
            let (_, uri) = declarations.iter().find(|(declared, _)| declared == prefix)?;
            Some(uri.to_string())
        })
}

/// Why an XPath finds nothing, with what most often is the reason.
pub(super) fn nothing(document: &Document<'_>) -> String {
    match namespace(document, "") {
        Some(uri) if !uri.is_empty() => format!(
            "the XPath finds nothing; names of the default namespace {uri} are written *[local-name()='name']"
        ),
        _ => "the XPath finds nothing".to_owned(),
    }
}
