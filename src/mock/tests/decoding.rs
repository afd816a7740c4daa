//! Everything wrong with a mock file is told at once, each at its place.

use std::path::Path;

use super::decode;
use crate::diagnostic::Diagnostics;
use crate::mock::Mock;
use crate::source::Root;

fn complaints(text: &str) -> Vec<String> {
    decode(text, Mock::decode).expect_err("something is wrong with it")
}

#[test]
fn mistakes_are_told_all_at_once_with_their_places() {
    let found = complaints(
        "mock: m
inputs: { body: 1, a: '${{ b }}' }
data: { a: 1, number: 5, gone: { json: fixtures/none.json }, list: [] }
guards:
  g: []
  h: [{ when: { status: 200 }, otherwise: {} }]
routes:
  - GET: /x/{id}
    POST: /y
    respond: {}
  - GET: contacts
    guard: [bearer, h]
    when: {}
    respond: { status: 99, json: '${{ contact }}', text: x, otherwise: { stats: 404 } }
  - GET: /z/{id}
    change: [{ insert: { into: number, value: 1 } }, { remove: { from: lst, where: {} } }, {}]
    respond: { text: '${{ path.di }}' }
  - respond: {}
faults:
  - { on: FETCH /x, nth: 0, delay: 5 }
  - { on: '*', every: 2, first: 1, drop: true, truncate: 1 }
extra: 1",
    );
    assert_eq!(
        found,
        [
            "2:11: `body` is a part of the request",
            "2:23: the default of an input cannot hold a template",
            "3:9: `a` is an input already",
            "3:40: cannot read fixtures/none.json: not found",
            "5:6: a guard without conditions guards nothing",
            "6:17: a request has no `status`",
            "9:5: a route has one method, and GET and POST are two",
            "11:10: the path `contacts` does not begin with `/`",
            "13:11: `when` says nothing",
            "12:13: unknown guard `bearer`",
            "14:24: expected a whole number from 200 to 599 for `status`",
            "14:52: an answer has one body, and `json` and `text` are two",
            "14:74: unknown key in an answer: `stats`",
            "14:39: unknown variable `contact`",
            "16:32: `number` is not a list, and only lists change",
            "16:72: unknown name in `data`: `lst`",
            "16:84: `where` is empty",
            "16:92: a change is one of `insert`, `update` and `remove`",
            "17:27: unknown parameter of the path: `di`",
            "18:5: a route without a method",
            "20:11: unknown method `FETCH`",
            "20:26: expected a whole number from 1 to 1000000 for `nth`",
            "20:36: expected a duration for `delay`",
            "21:5: a fault counts in one way: `nth`, `every` or `first`",
            "21:5: a fault does one thing: `delay`, `status`, `drop` or `truncate`",
            "22:1: unknown key in a mock: `extra`",
        ]
    );
}

#[test]
fn a_mock_begins_with_its_name_and_has_routes() {
    assert_eq!(
        complaints("routes: []\nmock: m"),
        ["1:1: a file is known by its first key, and this one is not `mock`"]
    );
    assert_eq!(complaints("mock: m"), ["1:1: a mock needs `routes`"]);
    assert_eq!(complaints("[]").len(), 1);
}

#[test]
fn a_file_that_is_not_there_is_one_error() {
    let root = Root::open(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the project");
    let mut diagnostics = Diagnostics::default();
    assert!(Mock::load(&root, Path::new("fixtures/none.yaml"), &mut diagnostics).is_none());
    assert_eq!(diagnostics.errors(), 1);
}
