//! What is said before anything runs.

use super::Page;
use super::paint::{FAINT, GOOD, STRONG};
use super::row::WORD;
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
    let indent = if page.width < 72 { 0 } else { WORD };
    let plan = plan(started);
    vec![
        format!(
            "{}{}",
            page.paint.with(STRONG, name),
            page.paint.with(FAINT, &head)
        ),
        format!(
            "{} {}",
            page.paint.with(GOOD, &format!("{:>indent$}", "Starting")),
            plan
        ),
    ]
}

fn plan(started: &RunStarted) -> String {
    let steps = started.cases.iter().map(|case| case.steps.len()).sum();
    let mut plan = format!(
        "{} in {}",
        count(steps, "step"),
        count(started.cases.len(), "case")
    );
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
