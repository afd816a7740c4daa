//! The page as people use it: its keys, its copy button, and how it looks where there is little room.

use super::chromium::{Browser, ENTER, ESCAPE, SLASH, SPACE, TAB};
use crate::report::tests::runs;

/// Unfolds the failed step that sent something, and puts the focus on its copy button.
const AT_THE_BUTTON: &str = "(() => {
    const button = document.querySelector('details.failed button.copy');
    button.closest('details').open = true;
    button.focus();
    return document.activeElement === button;
})()";

const COMMAND: &str = "document.querySelector('details.failed .curl pre').textContent";
const LABEL: &str = "document.querySelector('details.failed button.copy').textContent";
const SAID: &str = "document.getElementById('said').textContent";

/// Takes down what is said aloud, each time with what the button says then: both are gone again soon.
const HEAR: &str = "(() => {
    window.heard = [];
    const said = document.getElementById('said');
    const label = document.querySelector('details.failed button.copy');
    const hear = () => said.textContent === '' || heard.push(`${said.textContent}; ${label.textContent}`);
    new MutationObserver(hear).observe(said, { childList: true });
})()";

#[test]
fn the_copy_button_copies_the_command_and_says_so() {
    let Some(mut browser) = Browser::start(1200, 900) else {
        return;
    };
    browser.grant_the_clipboard();
    browser.open(&runs::every(), "");
    assert_eq!(
        browser.text("document.getElementById('said').getAttribute('aria-live')"),
        "polite"
    );
    browser.value(HEAR);
    assert!(browser.holds(AT_THE_BUTTON));
    // Twice, for the second must not take the answer to the first for its name.
    for (times, key) in [(1, ENTER), (2, SPACE)] {
        browser.press(key);
        browser.wait_for(&format!("heard.length === {times}"));
        assert_eq!(
            browser.text("heard.at(-1)"),
            "The command is copied; Copied as curl"
        );
        let command = browser.text(COMMAND);
        assert!(command.starts_with("curl "), "{command}");
        assert_eq!(browser.text("navigator.clipboard.readText()"), command);
    }
    browser.wait_for(&format!("{SAID} === '' && {LABEL} === 'Copy as curl'"));
}

#[test]
fn without_the_clipboard_the_command_is_selected_and_the_button_says_how_it_went() {
    let refusing = "Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: () => Promise.reject(new Error('not here')) } });";
    let missing = "Object.defineProperty(navigator, 'clipboard', { value: undefined });";
    let nothing = "document.execCommand = () => false;";
    let copied = "The command is copied; Copied as curl";
    let selected = "Not copied: the command is selected for you to copy it; Selected as curl";
    for (script, heard) in [
        (refusing.to_owned(), copied),
        (missing.to_owned(), copied),
        (format!("{missing}{nothing}"), selected),
    ] {
        let Some(mut browser) = Browser::start(1200, 900) else {
            return;
        };
        browser.before_each_page(&script);
        browser.open(&runs::every(), "");
        browser.value(HEAR);
        assert!(browser.holds(AT_THE_BUTTON));
        browser.press(ENTER);
        browser.wait_for("heard.length === 1");
        assert_eq!(browser.text("heard[0]"), heard, "{script}");
        let command = browser.text(COMMAND);
        assert_eq!(browser.text("getSelection().toString()"), command, "{script}");
    }
}

/// What has the focus, in a word; whether that can be seen; whether something else lies over it.
const FOCUSED: &str = "(() => {
    const one = document.activeElement;
    if (one === document.body) return ['the end', true, true];
    const name = one.id || one.value || one.getAttribute('aria-label') || one.textContent.trim().split('\\n')[0];
    const ringed = [one, one.closest('label')].some((ring) => ring && getComputedStyle(ring).outlineStyle !== 'none');
    const box = one.getBoundingClientRect();
    const [x, y] = [box.left + Math.min(box.width / 2, 40), box.top + Math.min(box.height / 2, 10)];
    const over = document.elementFromPoint(x, y);
    return [`${one.localName} ${name}`, ringed, one.contains(over) || over?.contains(one)];
})()";

#[test]
fn a_keyboard_reaches_everything_in_the_order_it_is_read_and_shows_where_it_is() {
    let Some(mut browser) = Browser::start(1200, 500) else {
        return;
    };
    browser.open(&runs::every(), "");
    let mut order = Vec::new();
    loop {
        browser.press(TAB);
        let focused = browser.value(FOCUSED);
        let name = focused[0].as_str().expect("a name").to_owned();
        assert_eq!(focused[1], true, "{name} shows that it has the focus");
        assert_eq!(focused[2], true, "{name} is hidden by something");
        if name == "the end" || order.contains(&name) {
            break;
        }
        order.push(name);
        // A step's summary has many words and no id.
        if order.len() > 60 {
            panic!("no end of {order:?}");
        }
    }
    let place = |name: &str| {
        let at = order.iter().position(|one| one == name);
        at.unwrap_or_else(|| panic!("{name} is not reached: {order:#?}"))
    };
    let wanted = [
        "a Skip to the steps",
        "a contacts › import each: Bob",
        "input search",
        "select tag",
        "input failed",
        "input flaky",
        "button unfold",
        "button fold",
        "summary passed",
    ];
    assert!(wanted.map(place).is_sorted(), "{order:#?}");
}

#[test]
fn keys_unfold_a_step_filter_and_search() {
    let Some(mut browser) = Browser::start(1200, 900) else {
        return;
    };
    browser.open(&runs::every(), "");
    let is_open = "document.getElementById('s2').open";
    browser.value("document.querySelector('#s2 summary').focus()");
    for key in [ENTER, SPACE] {
        browser.press(key);
        assert!(browser.holds(is_open));
        browser.press(key);
        assert!(!browser.holds(is_open));
    }
    // Escape leaves a step for its line.
    browser.press(ENTER);
    browser.press(TAB);
    assert!(browser.holds("document.activeElement.matches('#s2 .inside *')"));
    browser.press(ESCAPE);
    assert!(!browser.holds(is_open));
    assert!(browser.holds("document.activeElement.matches('#s2 summary')"));

    let shown = "document.getElementById('shown').textContent";
    browser.press(SLASH);
    assert!(browser.holds("document.activeElement.id === 'search'"));
    assert_eq!(browser.text("document.activeElement.value"), "");
    assert_eq!(
        browser.text("document.activeElement.getAttribute('aria-keyshortcuts')"),
        "/"
    );
    // Within the field it is a character as others are.
    browser.press(SLASH);
    assert_eq!(browser.text("document.activeElement.value"), "/");
    browser.press(ESCAPE);
    assert_eq!(browser.text("document.activeElement.value"), "");
    assert_eq!(browser.text(shown), "11 of 11 steps");

    browser.value("document.querySelector('input[value=failed]').focus()");
    browser.press(SPACE);
    assert_eq!(browser.text(shown), "2 of 11 steps");
    assert_eq!(browser.text("location.hash"), "#status=failed");
    browser.press(SPACE);
    assert_eq!(browser.text(shown), "11 of 11 steps");
}

#[test]
fn a_step_that_the_address_names_is_scrolled_to_with_all_that_is_in_it() {
    let Some(mut browser) = Browser::start(1200, 700) else {
        return;
    };
    for step in ["s2", "s5", "s10"] {
        browser.open(&runs::every(), step);
        // What is unfolded has its size when it is drawn.
        browser
            .value("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
        let place = browser.value(&format!(
            "(() => {{
                const top = document.getElementById('{step}').getBoundingClientRect().top;
                const covered = document.querySelector('.tools').getBoundingClientRect().bottom;
                const rest = document.documentElement.scrollHeight - innerHeight - scrollY;
                return [top - covered, rest];
            }})()"
        ));
        let [below_the_tools, rest] = [0, 1].map(|at| place[at].as_f64().expect("a number"));
        assert!(below_the_tools >= 0.0, "{step} is behind the tools: {place}");
        assert!(
            below_the_tools < 60.0 || rest < 2.0,
            "{step} is not at the top, and the page could be scrolled further: {place}"
        );
    }
}

#[test]
fn no_word_is_broken_and_nothing_overlaps_where_there_is_little_room() {
    let broken = "[...document.querySelectorAll('.totals span, thead th, tbody th code, .badge')]
        .filter((one) => one.getClientRects().length > 0)
        .filter((one) => {
            const range = document.createRange();
            range.selectNodeContents(one);
            const lines = new Set([...range.getClientRects()].map((line) => Math.round(line.top)));
            return lines.size > one.textContent.trim().split(/[\\s.]+/).length;
        })
        .map((one) => one.textContent.trim()).join()";
    let overlapping = "[...document.querySelectorAll('summary')]
        .filter((one) => {
            const [badge, name] = ['.badge', '.name'].map((part) => one.querySelector(part).getBoundingClientRect());
            return badge.bottom > name.top && badge.right + 4 > name.left;
        })
        .map((one) => one.textContent.trim()).join()";
    let Some(mut browser) = Browser::start(1200, 900) else {
        return;
    };
    browser.open(&runs::every(), "open");
    for width in [1200, 900, 740, 600, 390, 340] {
        browser.resize(width, 900);
        assert_eq!(browser.text(broken), "", "at {width}");
        assert_eq!(browser.text(overlapping), "", "at {width}");
        assert!(
            browser.holds("document.documentElement.scrollWidth <= innerWidth"),
            "at {width} the page is wider than its window"
        );
    }
}

#[test]
fn paper_shows_what_went_wrong_in_its_colours_and_without_the_tools() {
    let Some(mut browser) = Browser::start(740, 900) else {
        return;
    };
    browser.print_media();
    browser.open(&runs::every(), "");
    browser.value("dispatchEvent(new Event('beforeprint'))");
    let wrong = "[...document.querySelectorAll('details.failed, details.errored, details.left_over')]";
    assert!(browser.holds(&format!(
        "{wrong}.length > 0 && {wrong}.every((step) => step.open)"
    )));
    assert!(browser.holds("document.querySelector('.tools').getClientRects().length === 0"));
    // Without it, what has white on a colour is white on white.
    assert_eq!(
        browser.text("getComputedStyle(document.querySelector('h1'), '::before').printColorAdjust"),
        "exact"
    );
    let one_line = "[...document.querySelectorAll('summary')]
        .every((line) => line.getBoundingClientRect().height < 2 * line.querySelector('.badge').offsetHeight)";
    assert!(browser.holds(one_line));
    let close = "(() => {
        const lanes = [...document.querySelectorAll('.lanes li')].map((lane) => lane.getBoundingClientRect());
        return lanes.every((lane, at) => at === 0 || lane.top - lanes[at - 1].bottom < 2);
    })()";
    assert!(browser.holds(close));
}
