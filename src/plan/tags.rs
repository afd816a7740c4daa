//! Expressions over tags: `smoke`, `smoke and not (slow or paging)`.

use std::fmt;
use std::str::FromStr;

/// An expression over tags, with the text it was written as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagExpression {
    text: String,
    node: Node,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Tag(String),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
}

/// How deep parentheses and `not` may nest: more than anybody writes, less than the stack holds.
const DEPTH: usize = 64;

impl TagExpression {
    /// True for something that has these tags.
    pub fn holds(&self, has: &dyn Fn(&str) -> bool) -> bool {
        self.node.holds(has)
    }

    /// The tags that the expression asks for, those behind a `not` left out.
    pub fn wanted(&self) -> Vec<&str> {
        let mut wanted = Vec::new();
        self.node.wanted(true, &mut wanted);
        wanted
    }
}

impl Node {
    fn holds(&self, has: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Node::Tag(tag) => has(tag),
            Node::Not(node) => !node.holds(has),
            Node::And(left, right) => left.holds(has) && right.holds(has),
            Node::Or(left, right) => left.holds(has) || right.holds(has),
        }
    }

    fn wanted<'a>(&'a self, is_wanted: bool, found: &mut Vec<&'a str>) {
        match self {
            Node::Tag(tag) => found.extend(is_wanted.then_some(tag.as_str())),
            Node::Not(node) => node.wanted(!is_wanted, found),
            Node::And(left, right) | Node::Or(left, right) => {
                left.wanted(is_wanted, found);
                right.wanted(is_wanted, found);
            }
        }
    }
}

impl FromStr for TagExpression {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parser = Parser {
            tokens: tokens(text),
            at: 0,
        };
        let node = parser.either(0)?;
        match parser.peek() {
            None => Ok(TagExpression {
                text: text.to_owned(),
                node,
            }),
            Some(token) => Err(format!("`{token}` is too much there")),
        }
    }
}

impl fmt::Display for TagExpression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Words and parentheses.
fn tokens(text: &str) -> Vec<String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    spaced.split_whitespace().map(str::to_owned).collect()
}

struct Parser {
    tokens: Vec<String>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_next = self.peek() == Some(word);
        self.at += usize::from(is_next);
        is_next
    }

    fn either(&mut self, depth: usize) -> Result<Node, String> {
        let mut node = self.both(depth)?;
        while self.takes("or") {
            node = Node::Or(Box::new(node), Box::new(self.both(depth)?));
        }
        Ok(node)
    }

    fn both(&mut self, depth: usize) -> Result<Node, String> {
        let mut node = self.one(depth)?;
        while self.takes("and") {
            node = Node::And(Box::new(node), Box::new(self.one(depth)?));
        }
        Ok(node)
    }

    fn one(&mut self, depth: usize) -> Result<Node, String> {
        if depth > DEPTH {
            return Err("it nests too deep".to_owned());
        }
        if self.takes("not") {
            return Ok(Node::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.takes("(") {
            let node = self.either(depth + 1)?;
            return match self.takes(")") {
                true => Ok(node),
                false => Err("a `(` is not closed".to_owned()),
            };
        }
        // A tag may be of several words: they belong together until an operator comes.
        let mut tag = String::new();
        while let Some(word) = self
            .peek()
            .filter(|word| !["and", "or", "not", "(", ")"].contains(word))
        {
            if !tag.is_empty() {
                tag.push(' ');
            }
            tag.push_str(word);
            self.at += 1;
        }
        if tag.is_empty() {
            let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
            return Err(match (before, self.peek()) {
                (_, Some(found)) => format!("a tag is missing before `{found}`"),
                (Some(before), None) => format!("a tag is missing after `{before}`"),
                (None, None) => "it names no tag".to_owned(),
            });
        }
        Ok(Node::Tag(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::TagExpression;

    #[track_caller]
    fn holds(text: &str, tags: &[&str]) -> bool {
        let expression: TagExpression = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        expression.holds(&|tag| tags.contains(&tag))
    }

    #[test]
    fn a_word_is_a_tag() {
        assert!(holds("smoke", &["smoke", "slow"]));
        assert!(!holds("smoke", &["smoker"]));
        assert!(holds("needs a tenant", &["needs a tenant"]));
        assert!(holds("and-more or notes", &["notes"]));
    }

    #[test]
    fn not_binds_closest_and_or_least() {
        assert!(holds("a or b and c", &["a"]));
        assert!(!holds("(a or b) and c", &["a"]));
        assert!(holds("not a and b", &["b"]));
        assert!(!holds("not a and b", &[]));
        assert!(holds("not (a and b)", &["a"]));
        assert!(holds("not not a", &["a"]));
        assert!(holds("smoke and not(slow or paging)", &["smoke"]));
        assert!(!holds("smoke and not(slow or paging)", &["smoke", "paging"]));
    }

    #[test]
    fn what_is_behind_not_is_not_wanted() {
        let expression: TagExpression = "a and not (b or not c)".parse().expect("an expression");
        assert_eq!(expression.wanted(), ["a", "c"]);
    }

    #[test]
    fn a_mistake_is_named() {
        let deep = "(".repeat(10_000);
        for (text, message) in [
            ("", "it names no tag"),
            ("a and", "a tag is missing after `and`"),
            ("or a", "a tag is missing before `or`"),
            ("a and (b or c", "a `(` is not closed"),
            ("a)", "`)` is too much there"),
            ("a not b", "`not` is too much there"),
            ("()", "a tag is missing before `)`"),
            (deep.as_str(), "it nests too deep"),
        ] {
            assert_eq!(text.parse::<TagExpression>().unwrap_err(), message, "{text}");
        }
    }
}
