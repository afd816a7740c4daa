//! What is said before anything runs.

use super::Page;
use super::paint::{FAINT, GOOD, STRONG};
use crate::outcome::{LeftOut, RunStarted};
use crate::report::text::{count, fit, safe};

/// The two lines at the top: where it runs, and what will.
pub(super) fn lines(started: &RunStarted, page: Page) -> Vec<String> {
    let mut head = String::new();
    if let Some(environment) = &started.environment {
        head.push_str(&format!("  env {}", safe(environment)));
    }
    if let Some(tenant) = started.inputs.get("tenant") {
        head.push_str(&format!("  tenant {}", safe(tenant)));
    } else if let Some(host) = started.inputs.get("base_url").and_then(|url| host(url)) {
        head.push_str(&format!("  at {}", safe(host)));
    }
    let name = " callsheet";
    let head = fit(&head, page.width.saturating_sub(name.len()));
    vec![
        format!(
            "{}{}",
            page.paint.with(STRONG, name),
            page.paint.with(FAINT, &head)
        ),
        page.titled("Starting", GOOD, &plan(started)),
    ]
}

fn plan(started: &RunStarted) -> String {
    let steps = started.cases.iter().map(|case| case.steps.len()).sum();
    let mut plan = format!(
        "{} in {}",
        count(steps, "step"),
        count(started.cases.len(), "case")
    );
    if let Some(shard) = &started.shard {
        let whole = count(shard.cases, "case");
        plan.push_str(&format!(", shard {} of {} of {whole}", shard.index, shard.total));
    }
    if started.jobs > 1 {
        plan.push_str(&format!(", {} at a time", started.jobs));
    }
    plan.push_str(&left_out(&started.left_out));
    plan
}

/// ` (3 cases left out by --tag smoke)`, or nothing.
fn left_out(left_out: &LeftOut) -> String {
    let counts: Vec<String> = [(left_out.cases, "case"), (left_out.steps, "step")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    if counts.is_empty() {
        return String::new();
    }
    let by = if left_out.by.is_empty() {
        String::new()
    } else {
        format!(" by {}", safe(&left_out.by.join(" ")))
    };
    format!(" ({} left out{by})", counts.join(" and "))
}

/// The host of a URL with its port, without a user.
fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    Some(authority.rsplit_once('@').map_or(authority, |(_, host)| host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_counted_and_named() {
        let by = vec!["--tag smoke".to_owned(), "--case a".to_owned()];
        let both = LeftOut {
            cases: 1,
            steps: 2,
            by,
        };
        assert_eq!(
            left_out(&both),
            " (1 case and 2 steps left out by --tag smoke --case a)"
        );
        assert_eq!(left_out(&LeftOut::default()), "");
    }

    #[test]
    fn the_host_is_shown_without_a_user() {
        assert_eq!(host("https://u:p@api.test:8080/v1"), Some("api.test:8080"));
        assert_eq!(host("api.test"), None);
    }
}
