//! A JSON-like value whose leaves may be templates: a body, an expected value, a recipe's inputs.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::error::TemplateError;
use super::scope::Scope;
use super::{Template, Use, foreign, lexer};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::secret::Label;
use crate::yaml::{Content, Node};

/// A value with holes, compiled once.
#[derive(Debug, Clone)]
pub enum Tree {
    /// No holes anywhere below.
    Constant(Value),
    /// One text with holes.
    Template(Template),
    /// A list with holes somewhere.
    List(Vec<Tree>),
    /// A mapping with holes somewhere.
    Map(Vec<(String, Tree)>),
}

/// A rendered tree.
#[derive(Debug)]
pub struct RenderedTree<'a> {
    /// The value as it is sent or compared.
    pub value: Cow<'a, Value>,
    /// The same with secrets as `‹label›`, where there are any.
    pub shown: Option<Value>,
    /// A secret that went into it.
    pub secret: Option<Label>,
}

impl RenderedTree<'_> {
    /// The value as it may be shown.
    pub fn shown(&self) -> &Value {
        self.shown.as_ref().unwrap_or(&self.value)
    }
}

impl Tree {
    /// Compiles a node of a file. What is wrong goes to `diagnostics`, what is read to `uses`.
    pub fn compile(node: &Node, diagnostics: &mut Diagnostics, uses: &mut Vec<Use>) -> Option<Tree> {
        match &node.content {
            Content::Text(text) => {
                foreign::warn_of_whole(text, diagnostics);
                let template = Template::compile(text, diagnostics, uses)?;
                Some(match template.as_constant() {
                    Some(constant) => Tree::Constant(Value::String(constant.to_owned())),
                    None => Tree::Template(template),
                })
            }
            Content::List(items) => {
                // Every item is compiled before the first mistake is given up on.
                let trees: Vec<Option<Tree>> = items
                    .iter()
                    .map(|item| Tree::compile(item, diagnostics, uses))
                    .collect();
                let trees: Vec<Tree> = trees.into_iter().collect::<Option<_>>()?;
                Some(match constants(&trees) {
                    Some(values) => Tree::Constant(Value::Array(values)),
                    None => Tree::List(trees),
                })
            }
            Content::Map(map) => {
                let mut whole = true;
                let mut entries = Vec::with_capacity(map.len());
                for (key, value) in map.iter() {
                    if lexer::has_marker(key.name()) {
                        let message = "a template in a key is not rendered";
                        diagnostics.push(
                            Diagnostic::error(message)
                                .at(&key.place)
                                .help("put it into the value"),
                        );
                        whole = false;
                    }
                    match Tree::compile(value, diagnostics, uses) {
                        Some(tree) => entries.push((key.name().to_owned(), tree)),
                        None => whole = false,
                    }
                }
                if !whole {
                    return None;
                }
                let all_constant = entries.iter().all(|(_, tree)| matches!(tree, Tree::Constant(_)));
                Some(if all_constant {
                    let constant = entries.into_iter().filter_map(|(key, tree)| match tree {
                        Tree::Constant(value) => Some((key, value)),
                        Tree::Template(_) | Tree::List(_) | Tree::Map(_) => None,
                    });
                    Tree::Constant(Value::Object(constant.collect()))
                } else {
                    Tree::Map(entries)
                })
            }
            Content::Null | Content::Bool(_) | Content::Number(_) => Some(Tree::Constant(node.to_json())),
        }
    }

    /// Renders every hole.
    ///
    /// # Errors
    /// As [`super::Expression::evaluate`].
    pub fn render(&self, scope: &Scope) -> Result<RenderedTree<'_>, TemplateError> {
        match self {
            Tree::Constant(value) => Ok(RenderedTree {
                value: Cow::Borrowed(value),
                shown: None,
                secret: None,
            }),
            Tree::Template(template) => {
                let evaluated = template.evaluate(scope)?;
                Ok(RenderedTree {
                    value: Cow::Owned(evaluated.value),
                    shown: evaluated.shown.map(Value::String),
                    secret: evaluated.secret,
                })
            }
            Tree::List(items) => {
                let parts = items
                    .iter()
                    .map(|item| item.render(scope))
                    .collect::<Result<Vec<_>, _>>()?;
                let secret = parts.iter().find_map(|part| part.secret.clone());
                let shown = secret
                    .as_ref()
                    .map(|_| parts.iter().map(|part| part.shown().clone()).collect());
                let value = parts.into_iter().map(|part| part.value.into_owned()).collect();
                Ok(RenderedTree {
                    value: Cow::Owned(Value::Array(value)),
                    shown: shown.map(Value::Array),
                    secret,
                })
            }
            Tree::Map(entries) => {
                let mut value = Map::new();
                let mut shown = Map::new();
                let mut secret = None;
                for (key, tree) in entries {
                    let part = tree.render(scope)?;
                    shown.insert(key.clone(), part.shown().clone());
                    value.insert(key.clone(), part.value.into_owned());
                    secret = secret.or(part.secret);
                }
                let shown = secret.as_ref().map(|_| Value::Object(shown));
                Ok(RenderedTree {
                    value: Cow::Owned(Value::Object(value)),
                    shown,
                    secret,
                })
            }
        }
    }

    /// The tree as written, for names of checks: templates stay templates.
    pub fn source_value(&self) -> Value {
        match self {
            Tree::Constant(value) => value.clone(),
            Tree::Template(template) => Value::String(template.source_text()),
            Tree::List(items) => items.iter().map(Tree::source_value).collect(),
            Tree::Map(entries) => entries
                .iter()
                .map(|(key, tree)| (key.clone(), tree.source_value()))
                .collect(),
        }
    }
}

fn constants(trees: &[Tree]) -> Option<Vec<Value>> {
    trees
        .iter()
        .map(|tree| match tree {
            Tree::Constant(value) => Some(value.clone()),
            Tree::Template(_) | Tree::List(_) | Tree::Map(_) => None,
        })
        .collect()
}
