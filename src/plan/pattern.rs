//! Names as the command line says them: as they stand, or with `*` and `?`.

use std::fmt;
use std::str::FromStr;

use crate::outcome::without_round;

/// A name, in which `*` stands for any characters and `?` for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// True if the name is the pattern, or fits it. A name as a report tells it, with the round it was, is the name.
    pub fn matches(&self, name: &str) -> bool {
        self.means(name) || without_round(&self.0).is_some_and(|base| base == name)
    }

    /// True if the name is the pattern, or fits it, as it stands.
    pub(super) fn means(&self, name: &str) -> bool {
        self.0 == name || fits(&self.0, name)
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// True if `*` and `?` can stand for something that makes the pattern the name.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut read) = (0, 0);
    // Where the last `*` stands, and how much of the name it has been given so far.
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == name[read] => {
                at += 1;
                read += 1;
            }
            _ => match &mut star {
                Some((place, given)) => {
                    *given += 1;
                    (at, read) = (*place + 1, *given);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|left| *left == '*')
}

impl FromStr for Pattern {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Pattern(text.to_owned()))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[track_caller]
    fn tried(pattern: &str, fits: &[&str], others: &[&str]) {
        let pattern: Pattern = pattern.parse().unwrap();
        for name in fits {
            assert!(pattern.matches(name), "{pattern} fits {name}");
        }
        for name in others {
            assert!(!pattern.matches(name), "{pattern} does not fit {name}");
        }
    }

    #[test]
    fn a_name_without_signs_is_itself() {
        tried("read one", &["read one"], &["read", "read one more", "Read one"]);
        tried("", &[""], &["a"]);
    }

    #[test]
    fn a_star_is_any_characters_and_a_question_mark_one() {
        tried("read *", &["read ", "read one"], &["read", "now read one"]);
        tried("*é?", &["éa", "café!"], &["é", "a"]);
        tried("a*b*c", &["abc", "aXbXbYc"], &["ab", "acb"]);
        tried("*", &["", "anything"], &[]);
    }

    #[test]
    fn a_name_with_its_round_is_the_name() {
        tried("read [2 of 3]", &["read", "read [2 of 3]"], &["read one"]);
        tried("read [2: id=[17]]", &["read"], &[]);
        tried("read [old]", &["read [old]"], &["read"]);
    }

    #[test]
    fn a_name_that_holds_the_signs_can_still_be_said() {
        tried("2 * 3 [is]?", &["2 * 3 [is]?", "2 + 3 [is]!"], &["2 * 3 i?"]);
    }
}
