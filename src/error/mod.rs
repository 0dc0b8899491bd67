//! Why opsbook could not do what it was asked: the four kinds of failure, each with the way out.
//!
//! Problems in what is checked are findings, never errors. Only the environment, the configuration, the command
//! line and opsbook itself can fail.

use std::fmt;

/// Whose failure it is, which decides the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command line asks for something that cannot be.
    Usage,
    /// The configuration cannot be used.
    Configuration,
    /// Disk, git or system did not give what was needed.
    Environment,
    /// opsbook broke one of its own promises.
    Bug,
}

/// A failure: what, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Whose failure it is.
    pub kind: ErrorKind,
    /// What failed: lower case, no final period, names the thing.
    pub message: String,
    /// The way out, in the imperative.
    pub hint: Option<String>,
}

/// The result of what may fail for reasons outside what is checked.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure of `kind`.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    /// The command line asks for something that cannot be.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// The configuration cannot be used.
    #[must_use]
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// Disk, git or system did not give what was needed.
    #[must_use]
    pub fn environment(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Environment, message)
    }

    /// Adds the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The exit status: 3 for a bug, otherwise 2.
    #[must_use]
    pub const fn exit_status(&self) -> u8 {
        match self.kind {
            ErrorKind::Bug => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
