//! `--open`: a file shown by the program the desktop has for it.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::CommandError;

/// Refuses where no desktop could show anything: on a server, in CI, over ssh.
///
/// # Errors
/// There is no desktop.
pub(super) fn require() -> Result<(), CommandError> {
    let is_named = |variable: &str| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    let has_desktop =
        cfg!(any(target_os = "macos", windows)) || is_named("DISPLAY") || is_named("WAYLAND_DISPLAY");
    if has_desktop {
        return Ok(());
    }
    Err(CommandError::usage(
        "--open needs a desktop, and there is none here: neither DISPLAY nor WAYLAND_DISPLAY is set; \
         --report html=PATH writes the page alone",
    ))
}

/// Has the desktop open a file, and does not wait for it.
///
/// # Errors
/// The program that does so could not be started.
pub(super) fn open(path: &Path) -> io::Result<()> {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        // The first text in quotes would be the title of a window.
        command.args(["/C", "start", ""]);
        command
    } else {
        Command::new("xdg-open")
    };
    command
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
}
