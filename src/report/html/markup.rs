//! Markup that is written without the template: what there may be ten thousand of on a page.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use super::amount::{self, Part};
use super::page::{NAME, status};
use super::text;
use crate::outcome::{PlannedStep, StepFinished};
use crate::report::words;
use crate::untrusted;

type Write = dyn Fn(&mut dyn fmt::Write) -> fmt::Result + Send + Sync;

/// A value of a template that writes itself where the template shows it. It escapes as [`show`](super::show) does, by the
/// same function.
pub(super) struct Markup(Box<Write>);

impl Markup {
    pub(super) fn value(write: impl Fn(&mut dyn fmt::Write) -> fmt::Result + Send + Sync + 'static) -> Value {
        Value::from_object(Markup(Box::new(write)))
    }

    pub(super) fn write(&self, to: &mut dyn fmt::Write) -> fmt::Result {
        (self.0)(to)
    }
}

impl Object for Markup {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
}

impl fmt::Debug for Markup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Markup")
    }
}

/// A step that passed at once, on the one line it has where a run is large: what the template makes of such a step.
pub(super) fn line(out: &mut String, planned: &PlannedStep, finished: &StepFinished, whole: u64) {
    let word = status(words::status(Some(finished)));
    let class = word.class;
    let number = planned.step;
    push(
        out,
        format_args!(
            "<details class=\"step {class}\" id=\"s{number}\" data-status=\"{class}\">\n<summary>\n\
             <span class=\"badge {class}\">{}</span>\n\n<span class=\"name\">",
            word.word
        ),
    );
    out.push_str(&text(&untrusted::cut(&planned.name, NAME)));
    if !planned.role.is_step() {
        let role = words::role(planned.role);
        push(out, format_args!(" <span class=\"tag role\">{role}</span>"));
    }
    for tag in &planned.tags {
        out.push_str(" <span class=\"tag\">");
        out.push_str(&text(&untrusted::cut(tag, NAME)));
        out.push_str("</span>");
    }
    out.push_str("</span>\n<span class=\"answer\">");
    if let Some(answer) = finished.exchanges.last().and_then(|exchange| exchange.status) {
        push(out, format_args!("{answer}"));
    }
    out.push_str("</span>\n<span class=\"time\">");
    if finished.duration > 0 {
        out.push_str(&amount::time(finished.duration));
    }
    out.push_str("</span>\n<svg class=\"track\" aria-hidden=\"true\" width=\"100%\" height=\"8\">");
    if finished.duration > 0 {
        let Part { start, width } = bar(finished, whole);
        push(
            out,
            format_args!("<rect class=\"{class}\" x=\"{start}\" width=\"{width}\" height=\"8\" rx=\"2\"/>"),
        );
    }
    out.push_str("</svg>\n</summary>\n<div class=\"inside\">\n<p class=\"place faint\"><code>");
    out.push_str(&text(&untrusted::cut(&planned.place.to_string(), NAME)));
    out.push_str("</code></p>\n</div>\n</details>");
}

/// The block of a step on the line of time, with what it is for who points at it.
pub(super) fn block(out: &mut String, planned: &PlannedStep, finished: &StepFinished, whole: u64) {
    let class = words::status(Some(finished));
    let Part { start, width } = bar(finished, whole);
    let number = planned.step;
    push(
        out,
        format_args!(
            "<rect class=\"{class}\" x=\"{start}\" width=\"{width}\" height=\"14\" rx=\"2\" data-step=\"{number}\"><title>"
        ),
    );
    out.push_str(&text(&untrusted::cut(&planned.name, NAME)));
    push(
        out,
        format_args!(": {}</title></rect>", amount::time(finished.duration)),
    );
}

/// Where on the line of time of a run that took `whole` microseconds a step lies.
pub(super) fn bar(finished: &StepFinished, whole: u64) -> Part {
    let start = finished.at.saturating_sub(finished.duration);
    amount::part(start, finished.duration, whole)
}

fn push(out: &mut String, parts: fmt::Arguments<'_>) {
    fmt::Write::write_fmt(out, parts).expect("a text takes what is written to it");
}

#[cfg(test)]
mod tests {
    use minijinja::context;
    use minijinja::value::Serde;
    use proptest::prelude::*;

    use super::*;
    use crate::outcome::{Exchange, Role, Spot, Status};
    use crate::report::html::environment;
    use crate::report::html::step::{self, Budget};

    /// What the page's template makes of a step.
    fn measure(planned: &PlannedStep, finished: &StepFinished, whole: u64) -> String {
        const STEP: (&str, &str) = ("<details class=\"step", "</details>");
        let page = include_str!("page.html");
        let (macros, _) = page.split_once("<!DOCTYPE html>").unwrap();
        let (start, end) = (page.find(STEP.0).unwrap(), page.find(STEP.1).unwrap());
        let template = format!("{macros}{}{}", &page[start..end], STEP.1);
        let budget = Budget {
            body: 0,
            passes: false,
        };
        let step = step::step(planned, Some(finished), whole, budget, false);
        let environment = environment();
        let template = environment.template_from_named_str("page", &template).unwrap();
        template
            .render(context! { step => Value::from(Serde(step)) })
            .unwrap()
    }

    fn exchange(status: Option<u16>) -> Exchange {
        Exchange {
            method: "GET".to_owned(),
            url: "https://api.test/".to_owned(),
            status,
            ..Exchange::default()
        }
    }

    proptest! {
        #[test]
        fn a_line_is_what_the_template_makes_of_the_step(
            (name, file) in ("\\PC{0,30}|[<&>\"'\n\u{202e}a]{0,12}|a{250}", "[<a-z]{1,12}|a{250}"),
            tags in proptest::collection::vec("[a<]{1,3}", 0..3),
            role in prop_oneof![Just(Role::Step), Just(Role::Cleanup), Just(Role::Finally)],
            status in proptest::option::of(proptest::option::of(100..600_u16)),
            (at, duration, whole) in (0..9_000_000_u64, 0..5_000_000_u64, 0..9_000_000_u64),
        ) {
            let planned = PlannedStep {
                step: 7,
                name: name.into(),
                place: Spot { file: file.into(), line: 3, column: 5, length: 1, excerpt: None },
                tags,
                checks: 0,
                role,
                of: None,
            };
            let mut finished = StepFinished::new(7, Status::Passed);
            finished.at = at;
            finished.duration = duration;
            finished.exchanges = status.map(exchange).into_iter().collect();
            let mut shown = String::new();
            line(&mut shown, &planned, &finished, whole);
            prop_assert_eq!(shown, measure(&planned, &finished, whole));
        }
    }
}
