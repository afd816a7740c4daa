//! A history for a terminal.

use super::{History, Key, Series};
use crate::report::text::{count, fit, safe, seconds};
use crate::untrusted;

/// The most steps of each list.
const MOST: usize = 10;

pub(super) fn render(history: &History, width: usize) -> String {
    let good = history.runs.iter().filter(|run| run.verdict == "passed").count();
    let mut lines = vec![format!(
        "{}, {good} passed; {}",
        count(history.len(), "run"),
        count(history.steps.len(), "step")
    )];
    let unsteady = history.unsteady();
    if !unsteady.is_empty() {
        lines.push(String::new());
        lines.push("  PASSED   RUNS  FLAKY  FLIPS  not steady".to_owned());
        lines.extend(unsteady.iter().take(MOST).map(|(key, series)| {
            let percent = series
                .rate()
                .map_or_else(String::new, |rate| format!("{:.0} %", (rate * 100.0).floor()));
            let row = format!(
                "{percent:>8} {:>6} {:>6} {:>6}  {}",
                series.judged().count(),
                series.flaky(),
                series.flips(),
                name(key)
            );
            fit(&row, width)
        }));
        if unsteady.len() > MOST {
            lines.push(format!("         and {} more", unsteady.len() - MOST));
        }
    }
    let slowest = history.slowest(MOST);
    if !slowest.is_empty() {
        lines.push(String::new());
        lines.push("  MEDIAN      95 %  slowest".to_owned());
        let time = |series: &Series, percent| series.within(percent).map_or_else(String::new, seconds);
        lines.extend(slowest.iter().map(|(key, series)| {
            let row = format!("{:>8}  {:>8}  {}", time(series, 50), time(series, 95), name(key));
            fit(&row, width)
        }));
    }
    let text = lines.join("\n") + "\n";
    untrusted::guard_ci(&text).into_owned()
}

fn name(key: &Key) -> String {
    let environment = key
        .environment
        .as_ref()
        .map(|name| format!("  [{}]", safe(name)))
        .unwrap_or_default();
    format!("{}{environment}", safe(&format!("{} › {}", key.case, key.step)))
}
