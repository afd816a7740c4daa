//! Templates as a whole: types, secrecy, what is undefined, where a mistake stands.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Expression, Scope, Secrecy, Template, TemplateError, Tree, Variable};
use crate::diagnostic::Diagnostics;
use crate::secret::{Label, Vault};
use crate::source::Source;
use crate::yaml::{self, Content, Node};

fn node(yaml: &str) -> Node {
    let mut diagnostics = Diagnostics::default();
    let source = Source::new("test.yaml", yaml);
    yaml::parse(&source, &mut diagnostics).expect("YAML")
}

fn template(text: &str) -> Template {
    let node = node(&serde_json::to_string(text).expect("a JSON string is YAML"));
    let Content::Text(text) = &node.content else {
        unreachable!("a quoted scalar is text")
    };
    let mut diagnostics = Diagnostics::default();
    let compiled = Template::compile(text, &mut diagnostics, &mut Vec::new());
    compiled.unwrap_or_else(|| panic!("{:?}", diagnostics.into_vec()))
}

/// The value of one expression; functions and filters test their examples with it.
pub(super) fn evaluate(expression: &str, scope: &Scope) -> Result<Value, TemplateError> {
    template(&format!("${{{{ {expression} }}}}"))
        .evaluate(scope)
        .map(|evaluated| evaluated.value)
}

/// What is wrong with a text, as `column: message`.
fn complaints(yaml: &str) -> Vec<String> {
    let node = node(yaml);
    let mut diagnostics = Diagnostics::default();
    Tree::compile(&node, &mut diagnostics, &mut Vec::new());
    diagnostics
        .into_vec()
        .into_iter()
        .map(|it| format!("{}: {}", it.place.expect("a place"), it.message))
        .collect()
}

fn scope() -> Scope {
    let mut scope = Scope::new();
    scope.set_plain("id", 7);
    scope.set_plain("name", "Ada");
    scope.set_plain("data", json!({ "list": [1, 2.50, null], "on": true }));
    scope.set(
        "key",
        Variable::new(json!("s3cret-key"), Secrecy::Whole(Label::new("api_key"))),
    );
    scope
}

#[test]
fn a_whole_scalar_keeps_its_type_and_mixed_text_is_a_string() {
    let value = |text: &str| template(text).evaluate(&scope()).map(|it| it.value);
    assert_eq!(value("${{ id }}"), Ok(json!(7)));
    assert_eq!(value("a${{ id }}"), Ok(json!("a7")));
    assert_eq!(
        value("${{ data.on }} ${{ data.list }}"),
        Ok(json!("true [1,2.5,null]"))
    );
    assert_eq!(value("${{ data['list'] | length + 1 }}"), Ok(json!(4)));
    assert_eq!(value("{{ id }} $id ${id}"), Ok(json!("{{ id }} $id ${id}")));
    assert_eq!(
        value("${% for n in data.list %}<${{ n }}>${% endfor %}"),
        Ok(json!("<1><2.5><null>"))
    );
    assert_eq!(value("a${# note #}b"), Ok(json!("ab")));
}

#[test]
fn a_plain_path_keeps_the_number_as_written() {
    let mut scope = Scope::new();
    scope.set_plain("price", serde_json::from_str::<Value>("1.10").expect("JSON"));
    assert_eq!(
        template("${{ price }} EUR")
            .render(&scope)
            .expect("renders")
            .expose(),
        "1.10 EUR"
    );
}

proptest! {
    /// In brackets, a path is the engine's.
    #[test]
    fn a_plain_path_is_what_the_engine_makes_of_it(
        path in prop::collection::vec("[a-c_][a-c1_]?|for|block|if|in|true|none|loop|self|super|set", 1..4),
    ) {
        let mut scope = Scope::new();
        let inner = json!({ "a": 1, "b": true, "for": { "a": "x" }, "if": "y", "true": [], "self": null });
        scope.set_plain("a", inner.clone());
        scope.set_plain("b", json!({ "a": inner.clone(), "c": inner.clone() }));
        scope.set_plain("for", inner.clone());
        scope.set_plain("block", inner);
        let path = path.join(".");
        let compiles = |expression: &str| complaints(&format!("\"${{{{ {expression} }}}}\"")).is_empty();
        let bracketed = format!("({path})");
        prop_assert_eq!(compiles(&path), compiles(&bracketed));
        if compiles(&path) {
            prop_assert_eq!(evaluate(&path, &scope).ok(), evaluate(&bracketed, &scope).ok());
        }
    }
}

#[test]
fn what_a_secret_went_into_is_secret() {
    let vault = Vault::new();
    let mut scope = Scope::with_vault(vault.clone());
    scope.set(
        "key",
        Variable::new(json!("s3cret-key"), Secrecy::Whole(Label::new("api_key"))),
    );
    let rendered = template("Bearer ${{ key }}!").render(&scope).expect("renders");
    assert_eq!(rendered.shown(), "Bearer ‹api_key›!");
    assert_eq!(rendered.expose(), "Bearer s3cret-key!");
    template("${{ key | upper }}").render(&scope).expect("renders");
    assert_eq!(vault.mask_text("it was S3CRET-KEY"), "it was ‹api_key›");
    let tree = node("{ apiKey: \"${{ key }}\", other: 1 }");
    let tree = Tree::compile(&tree, &mut Diagnostics::default(), &mut Vec::new()).expect("compiles");
    let rendered = tree.render(&scope).expect("renders");
    assert_eq!(*rendered.value, json!({ "apiKey": "s3cret-key", "other": 1 }));
    assert_eq!(*rendered.shown(), json!({ "apiKey": "‹api_key›", "other": 1 }));
}

#[test]
fn undefined_is_an_error_that_names_the_nearest() {
    let error = |text: &str| {
        template(text)
            .evaluate(&scope())
            .expect_err("undefined")
            .to_string()
    };
    assert_eq!(
        error("${{ nmae }}"),
        "undefined variable `nmae` (did you mean `name`?)"
    );
    assert_eq!(
        error("x ${{ data.lst }}"),
        "`data` has no `lst` (did you mean `list`?)"
    );
    assert_eq!(
        error("${{ data.lst | upper }}"),
        "`data` has no `lst` (did you mean `list`?)"
    );
    assert_eq!(
        template("${{ nmae | default(1) }}")
            .evaluate(&scope())
            .map(|it| it.value),
        Ok(json!(1))
    );
}

#[test]
fn captured_text_is_never_rendered_again() {
    let mut scope = Scope::new();
    scope.set_plain("text", "${{ 1 + 1 }}");
    assert_eq!(
        template("${{ text }}").evaluate(&scope).map(|it| it.value),
        Ok(json!("${{ 1 + 1 }}"))
    );
}

#[test]
fn a_mistake_is_pointed_at_inside_its_scalar() {
    assert_eq!(
        complaints("a: \"x ${{ b | uper }}\""),
        ["test.yaml:1:15: unknown filter `uper`"]
    );
    assert_eq!(
        complaints("a: |\n  one\n  ${{ uid() }}"),
        ["test.yaml:3:7: unknown function `uid`"]
    );
    assert_eq!(
        complaints("a: 'it''s ${{ b'"),
        ["test.yaml:1:11: `${{` is never closed"]
    );
    assert_eq!(
        complaints("[ \"${{ }}\" ]"),
        ["test.yaml:1:7: an empty expression"]
    );
    assert_eq!(
        complaints("a ${{ x is defned }}"),
        ["test.yaml:1:12: unknown test `defned`"]
    );
    let both = complaints("- ${{ 1 + }}\n- ${{ 2 + }}");
    assert!(both[0].starts_with("test.yaml:1:"), "{both:?}");
    assert!(both[1].starts_with("test.yaml:2:"), "{both:?}");
}

#[test]
fn what_is_read_is_known_before_anything_runs() {
    let node = node("a: ${{ login.token }}\nb: ${{ x | default(y) }} ${% if z %}${% endif %}");
    let mut uses = Vec::new();
    Tree::compile(&node, &mut Diagnostics::default(), &mut uses).expect("compiles");
    let uses: Vec<(String, bool)> = uses
        .into_iter()
        .map(|it| (it.path.join("."), it.optional))
        .collect();
    assert_eq!(uses[0], ("login.token".to_owned(), false));
    assert!(uses.iter().any(|(path, _)| path == "z"));
}

#[test]
fn conditions_are_true_or_false() {
    let node = node("id == 7");
    let Content::Text(text) = &node.content else {
        unreachable!("plain text")
    };
    let expression = |range: std::ops::Range<usize>| {
        Expression::compile(text, range, &mut Diagnostics::default(), &mut Vec::new()).expect("compiles")
    };
    assert_eq!(expression(0..7).holds(&scope()), Ok(true));
    assert!(expression(0..2).holds(&scope()).is_err());
}

#[test]
fn an_endless_template_runs_out_of_fuel() {
    let text = "${% for a in range(9999) %}${% for b in range(9999) %}x${% endfor %}${% endfor %}";
    assert!(template(text).evaluate(&Scope::new()).is_err());
}
