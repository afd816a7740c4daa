//! An `.http` file, as the HTTP clients of editors read it.

use super::{Export, not_exported, title, with_variables};
use crate::outcome::{Exchange, PayloadKind};
use crate::untrusted;

pub(super) fn render(export: &Export<'_>) -> String {
    let mut parts = Vec::new();
    for planned in &export.plan.cases {
        for (name, drafts) in export.steps(planned) {
            for draft in drafts {
                let title = title(planned, &name, &draft);
                parts.push(match &draft.exchange {
                    Ok(exchange) => {
                        let request = with_variables(exchange, &request(exchange), variable);
                        format!("### {title}\n{request}")
                    }
                    Err(error) => format!("### {title}\n# {}\n", not_exported(error)),
                });
            }
        }
    }
    parts.join("\n")
}

/// A request as it goes over the wire, without what every client adds.
pub(super) fn request(exchange: &Exchange) -> String {
    let mut text = format!("{} {}\n", exchange.method, untrusted::line(&exchange.url));
    for (name, value) in &exchange.request.headers {
        text.push_str(&format!(
            "{}: {}\n",
            untrusted::line(name),
            untrusted::line(value)
        ));
    }
    if let Some(body) = &exchange.request.body {
        text.push('\n');
        text.push_str(match body.kind {
            PayloadKind::Json | PayloadKind::Text => &body.text,
            PayloadKind::Binary => "(binary data)",
        });
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

/// `{{name}}`; of the name, what such files allow.
fn variable(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '_'
            }
        })
        .collect();
    format!("{{{{{name}}}}}")
}
