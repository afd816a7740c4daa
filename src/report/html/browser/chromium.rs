//! A Chromium that does what a test says, over the two pipes of its DevTools protocol: a JSON message and a NUL at a
//! time. No socket, no driver and no crate stand in between.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::NAMES;
use crate::outcome::Event;
use crate::report::tests::{PLAIN, report};

/// Keys a test presses: what the page hears, what is typed by it, and the number browsers know it by.
pub(super) const TAB: Key = Key("Tab", "", 9);
pub(super) const ENTER: Key = Key("Enter", "\r", 13);
pub(super) const ESCAPE: Key = Key("Escape", "", 27);
pub(super) const SPACE: Key = Key(" ", " ", 32);
pub(super) const SLASH: Key = Key("/", "/", 191);

/// How long Chromium may take to say anything: for one that hangs, and long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone, Copy)]
pub(super) struct Key(&'static str, &'static str, u32);

/// A browser with one page in it, which is the report of a run.
pub(super) struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Vec<u8>>,
    /// The page among what the browser has open.
    session: Option<String>,
    sent: u64,
    folder: TempDir,
}

impl Browser {
    /// Starts one with a window of this size; none where this machine has no Chromium.
    pub(super) fn start(width: u32, height: u32) -> Option<Browser> {
        let is_there = |name: &&&str| Command::new(name).arg("--version").output().is_ok();
        let Some(name) = NAMES.iter().find(is_there) else {
            eprintln!("no Chromium on this machine: the page was not opened");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        // It reads messages from descriptor 3 and writes them to 4, which only a shell can hand on.
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#, name])
            .args(["--headless", "--no-sandbox", "--disable-gpu"])
            .arg("--remote-debugging-pipe")
            .arg(format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let mut browser = Browser {
            to: child.stdin.take().expect("a pipe"),
            from: messages(child.stdout.take().expect("a pipe")),
            child,
            session: None,
            sent: 0,
            folder,
        };
        let open = browser.call("Target.getTargets", json!({}));
        let page = open["targetInfos"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["type"] == "page"))
            .expect("a page is open")["targetId"]
            .clone();
        let attached = browser.call(
            "Target.attachToTarget",
            json!({ "targetId": page, "flatten": true }),
        );
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        browser.call("Page.enable", json!({}));
        // As if its window were in front, or else nothing in it has the focus.
        browser.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        browser.resize(width, height);
        Some(browser)
    }

    pub(super) fn resize(&mut self, width: u32, height: u32) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
    }

    /// Shows pages as they are on paper.
    pub(super) fn print_media(&mut self) {
        self.call("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    }

    /// Opens the page of a run at an address with this fragment.
    pub(super) fn open(&mut self, events: &[Event], fragment: &str) {
        // A name of its own: with another fragment alone no page is loaded.
        let page = self.folder.path().join(format!("report-{}.html", self.sent));
        std::fs::write(&page, report("html", events, &PLAIN)).expect("a page");
        let url = format!("file://{}#{fragment}", page.display());
        self.call("Page.navigate", json!({ "url": url }));
        while self.read()["method"] != "Page.loadEventFired" {}
    }

    /// Runs a script before those of each page that is opened from now on.
    pub(super) fn before_each_page(&mut self, script: &str) {
        self.call(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": script }),
        );
    }

    /// Lets pages read the clipboard without asking anybody.
    pub(super) fn grant_the_clipboard(&mut self) {
        let session = self.session.take();
        self.call(
            "Browser.grantPermissions",
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }),
        );
        self.session = session;
    }

    pub(super) fn press(&mut self, Key(key, text, code): Key) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            self.call(
                "Input.dispatchKeyEvent",
                json!({ "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code }),
            );
        }
    }

    /// What an expression of JavaScript comes to, awaited where it promises something.
    pub(super) fn value(&mut self, expression: &str) -> Value {
        let answer = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        );
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The same where it comes to a text.
    pub(super) fn text(&mut self, expression: &str) -> String {
        let value = self.value(expression);
        value
            .as_str()
            .unwrap_or_else(|| panic!("{expression} is {value}"))
            .to_owned()
    }

    /// The same where it comes to yes or no.
    pub(super) fn holds(&mut self, expression: &str) -> bool {
        let value = self.value(expression);
        value
            .as_bool()
            .unwrap_or_else(|| panic!("{expression} is {value}"))
    }

    /// Waits until an expression holds, which it must in the end.
    pub(super) fn wait_for(&mut self, expression: &str) {
        let frame = "new Promise((resolve) => setTimeout(resolve, 20)).then(() => true)";
        for _ in 0..1500 {
            if self.holds(expression) {
                return;
            }
            self.holds(frame);
        }
        panic!("{expression} never held");
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.clone().into();
        }
        self.to
            .write_all(format!("{message}\0").as_bytes())
            .expect("Chromium reads");
        loop {
            let mut answer = self.read();
            if answer["id"] == self.sent {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
        }
    }

    fn read(&mut self) -> Value {
        let message = self.from.recv_timeout(PATIENCE);
        serde_json::from_slice(&message.expect("Chromium says something")).expect("a message is JSON")
    }
}

/// What Chromium says, message by message.
fn messages(pipe: impl std::io::Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (to, from) = mpsc::channel();
    std::thread::spawn(move || {
        for message in BufReader::new(pipe).split(0).map_while(Result::ok) {
            if to.send(message).is_err() {
                break;
            }
        }
    });
    from
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It is a test's own, and may be gone already where that test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
