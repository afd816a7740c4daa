//! Files that would exhaust a reader are refused at a place.

use super::errors;

#[test]
fn files_nodes_and_depth_have_limits() {
    assert_eq!(
        errors(&"#".repeat(4 * 1024 * 1024 + 1)),
        ["1:1 the file is over the limit of 4 MiB"]
    );
    assert_eq!(errors(&"- a\n".repeat(49_999)), Vec::<String>::new());
    assert_eq!(errors(&"- a\n".repeat(50_000)), ["50000:3 more than 50000 nodes"]);
    let deep = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(errors(&deep(64)), Vec::<String>::new());
    assert_eq!(
        errors(&deep(65)),
        ["1:65 lists and mappings nest deeper than 64 levels"]
    );
    for opener in ["[", "{a: ", "- ", "? ", "{[", "&a [", "a: [", "- ["] {
        let said = errors(&opener.repeat(200_000));
        assert_eq!(said.len(), 1, "{opener:?}: {said:?}");
    }
    let mixed = format!("{}{}", "- ".repeat(40), deep(40));
    assert_eq!(
        errors(&mixed),
        ["1:105 lists and mappings nest deeper than 64 levels"]
    );
}

#[test]
fn aliases_cannot_multiply_a_file() {
    let aliases = |count| format!("a: &a 1\nb: [{}]\n", vec!["*a"; count].join(", "));
    assert_eq!(errors(&aliases(200)), Vec::<String>::new());
    assert_eq!(errors(&aliases(201)), ["2:805 more than 200 aliases"]);

    let mut laughs = "a0: &a0 lol\n".to_owned();
    for level in 1..12 {
        laughs.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            vec![format!("*a{}", level - 1); 9].join(", ")
        ));
    }
    let said = errors(&laughs);
    assert!(
        said.len() == 1 && said[0].ends_with("too much is repeated by anchors and aliases"),
        "{said:?}"
    );

    let long = format!("a: &a {}\nb: [*a, *a, *a]\n", "x".repeat(2_000_000));
    assert_eq!(errors(&long), ["2:9 too much is repeated by anchors and aliases"]);

    let deep = format!(
        "a: &a {}{}\nb: {}*a{}\n",
        "[".repeat(40),
        "]".repeat(40),
        "[".repeat(40),
        "]".repeat(40)
    );
    assert_eq!(
        errors(&deep),
        ["2:44 lists and mappings nest deeper than 64 levels"]
    );
}
