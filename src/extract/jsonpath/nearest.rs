//! The name that was probably meant.

/// Names longer than this are not compared, which takes time by the product of the lengths.
const LONGEST: usize = 64;

/// The candidate nearest to `wanted`: the same but for case, or at most a third of its letters wrong.
pub(super) fn nearest<'a>(wanted: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.len() > LONGEST {
        return None;
    }
    let lower = wanted.to_lowercase();
    let most = (wanted.chars().count() / 3).max(1);
    candidates
        .filter(|candidate| {
            candidate.len() <= LONGEST && candidate.len().abs_diff(wanted.len()) <= LONGEST / 4
        })
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        // One letter is no likeness to another.
        .filter(|(distance, candidate)| *distance <= most && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_near_and_other_words_are_not() {
        let keys = ["token", "Id", "expires_in", "a"];
        let near = |wanted| nearest(wanted, keys.into_iter());
        assert_eq!(near("tokn"), Some("token"));
        assert_eq!(near("ID"), Some("Id"));
        assert_eq!(near("expiresin"), Some("expires_in"));
        assert_eq!(near("b"), None);
        assert_eq!(near("customer"), None);
    }
}
