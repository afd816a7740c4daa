//! XPaths on documents, sound and hostile.

use serde_json::json;

use super::super::testing::{Answer, complaints, extractor, missing, value};
use super::super::{Extraction, Message};
use crate::template::Scope;

const ORDERS: &str = r#"<?xml version="1.0"?>
<!-- today's -->
<orders xmlns:m="urn:money">
  <order id="7"><total m:currency="EUR">12.50</total><div>x</div></order>
  <order id="8"><total>7</total><note><![CDATA[a < b]]> &amp; c</note></order>
</orders>"#;

fn orders() -> Answer {
    Answer::with_body("application/xml", ORDERS.as_bytes())
}

fn refused(yaml: &str, answer: &Answer) -> String {
    let message: Message<'_> = answer.message();
    match extractor(yaml).extract(&message, &Scope::new()) {
        Extraction::Unreadable(reason) | Extraction::Failed(reason) => reason,
        other => panic!("{yaml}: {other:?}"),
    }
}

#[test]
fn one_node_gives_its_text_and_several_a_list() {
    assert_eq!(value("xpath: //order[@id='7']/total", &orders()), json!("12.50"));
    assert_eq!(value("xpath: /orders/order/@id", &orders()), json!(["7", "8"]));
    assert_eq!(value("xpath: //note", &orders()), json!("a < b & c"));
    assert_eq!(value("xpath: //total[. > 10]/text()", &orders()), json!("12.50"));
    assert_eq!(extractor("xpath: ' //note '").subject(), "xpath //note");
}

#[test]
fn other_results_keep_their_type() {
    assert_eq!(value("xpath: count(//order)", &orders()), json!(2));
    assert_eq!(value("xpath: sum(//total)", &orders()), json!(19.5));
    assert_eq!(value("xpath: count(//order) = 2", &orders()), json!(true));
    assert_eq!(value("xpath: string(//absent)", &orders()), json!(""));
    assert_eq!(
        refused("xpath: number('x')", &orders()),
        "the XPath gives NaN, which is no number"
    );
}

#[test]
fn nothing_is_missing() {
    assert_eq!(missing("xpath: //absent", &orders()), "the XPath finds nothing");
}

#[test]
fn a_name_that_is_an_operator_too_can_be_asked_for() {
    assert_eq!(value("xpath: //div", &orders()), json!("x"));
    assert_eq!(value("xpath: //order[div]/@id", &orders()), json!("7"));
    assert_eq!(
        value("xpath: count(//order) div count(//div)", &orders()),
        json!(2)
    );
}

#[test]
fn prefixes_are_those_of_the_document() {
    assert_eq!(value("xpath: //@m:currency", &orders()), json!("EUR"));
    assert_eq!(
        missing("xpath: //soap:Body", &orders()),
        "the document declares no prefix soap"
    );
    let page = Answer::with_body(
        "text/xml",
        br#"<html xmlns="urn:h" xml:lang="en"><p>hi</p></html>"#,
    );
    assert_eq!(
        missing("xpath: //p", &page),
        "the XPath finds nothing; names of the default namespace urn:h are written *[local-name()='name']"
    );
    assert_eq!(value("xpath: //*[local-name()='p']", &page), json!("hi"));
    assert_eq!(value("xpath: /*/@xml:lang", &page), json!("en"));
}

#[test]
fn a_body_that_is_not_xml_is_unreadable_and_not_repeated() {
    let broken = Answer::with_body("application/xml", b"<a>\n<card>4242</crd></a>");
    let reason = refused("xpath: //a", &broken);
    assert!(
        reason.starts_with("the XML is not well-formed at line 2"),
        "{reason}"
    );
    assert!(!reason.contains("4242") && !reason.contains("crd"), "{reason}");
    assert_eq!(refused("xpath: //a", &Answer::default()), "the body is empty");
    for text in ["{}", "<a", "<a>", "<a/><b/>", "<a>&nope;</a>"] {
        refused(
            "xpath: //a",
            &Answer::with_body("application/xml", text.as_bytes()),
        );
    }
}

#[test]
fn entities_are_refused() {
    let declared = "the XML declares entities, which are not accepted here";
    for text in [
        r#"<!DOCTYPE a [<!ENTITY x "1"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>"#,
        r#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hosts">]><a>&x;</a>"#,
        r#"<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/"> %x;]><a/>"#,
    ] {
        let answer = Answer::with_body("application/xml", text.as_bytes());
        assert_eq!(refused("xpath: //a", &answer), declared, "{text}");
    }
    let harmless = Answer::with_body("application/xml", br#"<!DOCTYPE a SYSTEM "a.dtd"><a>1</a>"#);
    assert_eq!(value("xpath: //a", &harmless), json!("1"));
}

#[test]
fn deep_nesting_is_refused_and_allowed_nesting_is_walked() {
    let nested = |depth: usize| {
        let text = format!("{}x{}", "<a>".repeat(depth), "</a>".repeat(depth));
        Answer::with_body("application/xml", text.as_bytes())
    };
    assert_eq!(
        refused("xpath: //a", &nested(100_000)),
        "the XML is nested deeper than 256 elements"
    );
    assert_eq!(
        value("xpath: count(//a[ancestor::a]//a)", &nested(255)),
        json!(253)
    );
    assert_eq!(value("xpath: string(/a)", &nested(255)), json!("x"));
}

#[test]
fn an_expression_has_a_budget() {
    let many = format!("<a>{}</a>", "<b/>".repeat(20_000));
    let answer = Answer::with_body("application/xml", many.as_bytes());
    assert_eq!(value("xpath: count(//b)", &answer), json!(20_000));
    assert_eq!(
        refused(
            "xpath: count(//b[count(following::b) = count(preceding::b)])",
            &answer
        ),
        "the XPath looks at more than 10000000 nodes"
    );
}

#[test]
fn mistakes_are_pointed_at_inside_the_scalar() {
    assert_eq!(
        complaints("xpath: \"count(//a) + conut(//b)\""),
        ["1:22: this XPath cannot be read: unknown function `conut`"]
    );
    assert_eq!(
        complaints("xpath: //a["),
        ["1:11: this XPath cannot be read: `[` is never closed"]
    );
    for text in [
        "//a/", "//a[]", "//", "a |", "//a[1] =", "..a", "a//@", "s:", "!a", "a,b",
    ] {
        let complaint = &complaints(&format!("xpath: '{text}'"))[0];
        assert!(
            complaint.contains("this XPath cannot be read"),
            "{text}: {complaint}"
        );
    }
    assert_eq!(
        complaints("xpath: ''"),
        ["1:9: this XPath cannot be read: it is empty"]
    );
    assert_eq!(
        complaints(&format!("xpath: {}1{}", "(".repeat(5000), ")".repeat(5000))),
        ["1:8: this XPath cannot be read: it is nested too deeply"]
    );
    assert_eq!(
        complaints("xpath: 1"),
        ["1:8: expected a text for an XPath, found a number"]
    );
}
