//! Which part of a plan this process is to run, as the arguments or the engine of the job say it.

use super::CommandError;

/// The variable that says the same as `--shard`.
const SHARD: &str = "CALLSHEET_SHARD";

/// What GitLab tells a job of `parallel`, from 1.
const GITLAB: (&str, &str) = ("CI_NODE_INDEX", "CI_NODE_TOTAL");

/// What Kubernetes tells a pod of an Indexed Job, from 0. The total is nowhere to be read.
const KUBERNETES: &str = "JOB_COMPLETION_INDEX";

/// The index, from 1, and the total of this shard; none where nobody speaks of shards.
///
/// # Errors
/// What was said is no shard, with where it was said.
pub(super) fn wanted(argument: Option<&str>) -> Result<Option<(usize, usize)>, CommandError> {
    find(argument, |name| {
        std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
    })
    .map_err(CommandError::usage)
}

fn find(
    argument: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<(usize, usize)>, String> {
    let (said, text) = match (argument, variable(SHARD)) {
        (Some(text), _) => ("--shard", text.to_owned()),
        (None, Some(text)) => (SHARD, text),
        (None, None) => return Ok(None),
    };
    let wrong = |reason: &str| format!("{said} {text}: {reason}");
    if text == "auto" {
        return automatic(None, variable)
            .map(Some)
            .map_err(|reason| wrong(&reason));
    }
    let Some((index, total)) = text.split_once('/') else {
        return Err(wrong("a shard is said as INDEX/TOTAL, such as 2/5, or as auto"));
    };
    let total = number(total).filter(|total| *total > 0);
    let total = total.ok_or_else(|| wrong("the total is a whole number from 1"))?;
    if index == "auto" {
        return automatic(Some(total), variable)
            .map(Some)
            .map_err(|reason| wrong(&reason));
    }
    let index = number(index).filter(|index| (1..=total).contains(index));
    let index = index.ok_or_else(|| wrong(&format!("the index is a whole number from 1 to {total}")))?;
    Ok(Some((index, total)))
}

/// The shard that the engine names by its own variables.
fn automatic(
    total: Option<usize>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(usize, usize), String> {
    let read = |name: &str, text: &str| {
        number(text).ok_or_else(|| format!("{name} is `{text}`, which is no whole number"))
    };
    let (index_name, total_name) = GITLAB;
    if let Some(index) = variable(index_name) {
        let found =
            variable(total_name).ok_or_else(|| format!("{index_name} is set and {total_name} is not"))?;
        let found = read(total_name, &found)?;
        if total.is_some_and(|total| total != found) {
            return Err(format!("{total_name} is {found}"));
        }
        let index = read(index_name, &index)?;
        return match (1..=found).contains(&index) {
            true => Ok((index, found)),
            false => Err(format!("{index_name} is {index}, and {total_name} is {found}")),
        };
    }
    let Some(index) = variable(KUBERNETES) else {
        return Err(format!("neither {index_name} nor {KUBERNETES} is set"));
    };
    let index = read(KUBERNETES, &index)?;
    match total {
        None => Err(format!(
            "{KUBERNETES} comes without a total; say it, as in auto/5"
        )),
        Some(total) if index < total => Ok((index + 1, total)),
        Some(total) => Err(format!(
            "{KUBERNETES} is {index}, and the last of {total} is {}",
            total - 1
        )),
    }
}

/// A whole number without a sign.
fn number(text: &str) -> Option<usize> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::find;

    fn tried(argument: Option<&str>, variables: &[(&str, &str)]) -> Result<Option<(usize, usize)>, String> {
        find(argument, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_shard_is_said_or_read() {
        let gitlab = [("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "5")];
        let pod = [("JOB_COMPLETION_INDEX", "0")];
        assert_eq!(tried(None, &[]), Ok(None));
        assert_eq!(tried(Some("2/5"), &[]), Ok(Some((2, 5))));
        assert_eq!(tried(None, &[("CALLSHEET_SHARD", "3/5")]), Ok(Some((3, 5))));
        assert_eq!(
            tried(Some("1/1"), &[("CALLSHEET_SHARD", "3/5")]),
            Ok(Some((1, 1)))
        );
        assert_eq!(tried(Some("auto"), &gitlab), Ok(Some((2, 5))));
        assert_eq!(tried(Some("auto/5"), &gitlab), Ok(Some((2, 5))));
        assert_eq!(tried(Some("auto/5"), &pod), Ok(Some((1, 5))));
        let told = [("CALLSHEET_SHARD", "auto/3"), ("JOB_COMPLETION_INDEX", "2")];
        assert_eq!(tried(None, &told), Ok(Some((3, 3))));
    }

    #[test]
    fn jobs_of_a_matrix_are_no_shards_by_themselves() {
        // GitLab sets the same variables for `parallel: matrix`, whose jobs each run everything.
        assert_eq!(
            tried(None, &[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "5")]),
            Ok(None)
        );
    }

    #[test]
    fn what_is_no_shard_is_said_with_the_reason() {
        for (text, reason) in [
            ("0/5", "from 1 to 5"),
            ("6/5", "from 1 to 5"),
            ("x/y", "the total is"),
            ("x/5", "the index is"),
            ("1/0", "the total is"),
            ("-1/5", "the index is"),
            ("+1/5", "the index is"),
            ("1/5/2", "the total is"),
            ("2", "INDEX/TOTAL"),
            ("", "INDEX/TOTAL"),
            ("99999999999999999999/5", "the index is"),
            ("auto", "neither CI_NODE_INDEX nor"),
        ] {
            let error = tried(Some(text), &[]).unwrap_err();
            assert!(
                error.starts_with("--shard ") && error.contains(reason),
                "{text}: {error}"
            );
        }
        for (text, variables, reason) in [
            ("auto", &[("JOB_COMPLETION_INDEX", "0")][..], "without a total"),
            ("auto/5", &[("JOB_COMPLETION_INDEX", "5")], "the last of 5 is 4"),
            ("auto/5", &[("JOB_COMPLETION_INDEX", "one")], "no whole number"),
            ("auto", &[("CI_NODE_INDEX", "1")], "CI_NODE_TOTAL is not"),
            (
                "auto/4",
                &[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "5")],
                "CI_NODE_TOTAL is 5",
            ),
            (
                "auto",
                &[("CI_NODE_INDEX", "6"), ("CI_NODE_TOTAL", "5")],
                "CI_NODE_INDEX is 6",
            ),
        ] {
            let error = tried(Some(text), variables).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
        let error = tried(None, &[("CALLSHEET_SHARD", "7/5")]).unwrap_err();
        assert!(error.starts_with("CALLSHEET_SHARD 7/5: "), "{error}");
    }
}
