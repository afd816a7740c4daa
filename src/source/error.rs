//! Why a file could not be read.

use std::{fmt, io};

/// Why a file or folder beneath the project's root could not be read. The path is the one people are shown.
#[derive(Debug)]
pub enum SourceError {
    /// Nothing is there.
    NotFound {
        /// The path that was asked for.
        path: String,
    },
    /// Something other than a regular file: a folder, a pipe, a device.
    NotARegularFile {
        /// The path that was asked for.
        path: String,
    },
    /// A folder was meant and something else is there.
    NotAFolder {
        /// The path that was asked for.
        path: String,
    },
    /// The path is absolute, climbs above the root, or follows a link that does.
    LeavesProject {
        /// The path that was asked for.
        path: String,
    },
    /// The file holds more than the reader allows.
    TooLarge {
        /// The path that was asked for.
        path: String,
        /// The most bytes allowed.
        limit: u64,
    },
    /// The file is not text in UTF-8.
    NotUtf8 {
        /// The path that was asked for.
        path: String,
        /// The offset of the first byte that is not UTF-8, counted from zero.
        byte: usize,
    },
    /// The operating system refused.
    Io {
        /// The path that was asked for.
        path: String,
        /// What it said.
        error: io::Error,
    },
}

impl SourceError {
    /// Sorts an operating system's error by what a person can do about it.
    pub(super) fn from_io(path: String, error: io::Error) -> SourceError {
        match error.kind() {
            io::ErrorKind::NotFound => SourceError::NotFound { path },
            io::ErrorKind::IsADirectory => SourceError::NotARegularFile { path },
            io::ErrorKind::NotADirectory => SourceError::NotFound { path },
            // cap-std reports an escape as a refusal of its own, without a code of the system's.
            io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
                SourceError::LeavesProject { path }
            }
            _ => SourceError::Io { path, error },
        }
    }

    /// The path that was asked for.
    pub fn path(&self) -> &str {
        match self {
            SourceError::NotFound { path }
            | SourceError::NotARegularFile { path }
            | SourceError::NotAFolder { path }
            | SourceError::LeavesProject { path }
            | SourceError::TooLarge { path, .. }
            | SourceError::NotUtf8 { path, .. }
            | SourceError::Io { path, .. } => path,
        }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot read {}: ", self.path())?;
        match self {
            SourceError::NotFound { .. } => write!(formatter, "not found"),
            SourceError::NotARegularFile { .. } => write!(formatter, "not a regular file"),
            SourceError::NotAFolder { .. } => write!(formatter, "not a folder"),
            SourceError::LeavesProject { .. } => write!(formatter, "leaves the project folder"),
            SourceError::TooLarge { limit, .. } => write!(formatter, "over the limit of {}", Size(*limit)),
            SourceError::NotUtf8 { byte, .. } => write!(formatter, "not UTF-8 (byte {byte})"),
            SourceError::Io { error, .. } => write!(formatter, "{error}"),
        }
    }
}

impl std::error::Error for SourceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SourceError::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// A number of bytes in the largest unit that divides it.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MEBIBYTE: u64 = 1024 * 1024;
        match self.0 {
            bytes if bytes > 0 && bytes % MEBIBYTE == 0 => write!(formatter, "{} MiB", bytes / MEBIBYTE),
            bytes if bytes > 0 && bytes % 1024 == 0 => write!(formatter, "{} KiB", bytes / 1024),
            bytes => write!(formatter, "{bytes} bytes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_was_attempted_and_why_it_failed() {
        let path = || "x.yaml".to_owned();
        let messages = [
            SourceError::NotFound { path: path() },
            SourceError::NotARegularFile { path: path() },
            SourceError::NotAFolder { path: path() },
            SourceError::LeavesProject { path: path() },
            SourceError::TooLarge {
                path: path(),
                limit: 4 * 1024 * 1024,
            },
            SourceError::TooLarge {
                path: path(),
                limit: 1500,
            },
            SourceError::NotUtf8 {
                path: path(),
                byte: 17,
            },
            SourceError::Io {
                path: path(),
                error: io::Error::other("the disk is gone"),
            },
        ]
        .map(|error| error.to_string());
        assert_eq!(
            messages,
            [
                "cannot read x.yaml: not found",
                "cannot read x.yaml: not a regular file",
                "cannot read x.yaml: not a folder",
                "cannot read x.yaml: leaves the project folder",
                "cannot read x.yaml: over the limit of 4 MiB",
                "cannot read x.yaml: over the limit of 1500 bytes",
                "cannot read x.yaml: not UTF-8 (byte 17)",
                "cannot read x.yaml: the disk is gone",
            ]
        );
    }
}
