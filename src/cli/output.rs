//! The streams: reports to stdout, progress and notes to stderr, colour only where it can be shown.

use std::io::{self, BufRead, BufWriter, IsTerminal, Read, StdoutLock, Write};
use std::time::Duration;

use super::ColorChoice;
use crate::error::{Error, Result};
use crate::repo::Environment;
use crate::report::Style;
use crate::text::escape;

/// Stdout and stderr of this process.
pub(super) struct Terminal {
    out: BufWriter<StdoutLock<'static>>,
    /// Where reports go instead while they are captured.
    aside: Option<Vec<u8>>,
    color: ColorChoice,
    no_color: bool,
    columns: Option<usize>,
}

/// The message by which a closed pipe is recognised on its way up.
const CLOSED: &str = "the reader closed the pipe";

/// Whether an error only says that nobody reads any more.
pub(super) fn is_closed_pipe(error: &Error) -> bool {
    error.message == CLOSED
}

/// An I/O error on an output stream.
pub(super) fn output_error(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Error::environment(CLOSED),
        _ => Error::environment(format!("cannot write the output: {error}")),
    }
}

impl Terminal {
    pub(super) fn new(color: ColorChoice, environment: &Environment) -> Self {
        let out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        Self { out, aside: None, color, no_color: environment.no_color, columns: environment.columns }
    }

    /// How text is to look on stdout.
    pub(super) fn style(&self) -> Style {
        let is_terminal = io::stdout().is_terminal();
        let color = match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && !self.no_color,
        };
        let width = self.columns().unwrap_or(80);
        Style { color, width: width.clamp(40, 200), all: false, verbose: false, quiet: false }
    }

    /// How many columns there are, where stdout is a terminal or COLUMNS says so.
    pub(super) fn columns(&self) -> Option<usize> {
        self.columns.or_else(|| io::stdout().is_terminal().then(terminal_width).flatten())
    }

    /// The stream for reports.
    pub(super) fn out(&mut self) -> &mut dyn Write {
        match &mut self.aside {
            Some(aside) => aside,
            None => &mut self.out,
        }
    }

    /// Does `work` and gives what it wrote to stdout, which does not get there.
    pub(super) fn captured<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<(T, String)> {
        self.aside = Some(Vec::new());
        let done = work(self);
        let written = self.aside.take().unwrap_or_default();
        Ok((done?, String::from_utf8_lossy(&written).into_owned()))
    }

    /// Writes text to stdout.
    pub(super) fn print(&mut self, text: &str) -> Result<()> {
        self.out().write_all(text.as_bytes()).map_err(|error| output_error(&error))
    }

    /// Writes what is buffered.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.out.flush().map_err(|error| output_error(&error))
    }

    /// Writes a note for people to stderr, behind what stdout has been told. Nobody reading it is no reason to fail.
    pub(super) fn note(&mut self, text: &str) {
        let _ = self.out.flush();
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Writes an error and its way out to stderr.
    pub(super) fn error(&mut self, error: &Error) {
        self.note(&format!("opsbook: {}", escape(&error.message)));
        if let Some(hint) = &error.hint {
            self.note(&format!("  help: {}", escape(hint)));
        }
    }

    /// Asks a question that is answered by yes or no. `None` when nobody can answer: standard input is no terminal.
    pub(super) fn ask(&mut self, question: &str) -> Option<bool> {
        let _ = self.out.flush();
        if !io::stdin().is_terminal() {
            return None;
        }
        let _ = write!(io::stderr(), "{question} [y/N] ");
        let mut answer = String::new();
        let is_read = io::stdin().lock().read_line(&mut answer).is_ok();
        Some(is_read && is_yes(&answer))
    }

    /// A line on stderr that says what takes long, once it does, on a terminal only. It goes away when dropped.
    pub(super) fn progress(&self, what: &'static str) -> Progress {
        if !io::stderr().is_terminal() {
            return Progress(None);
        }
        let bar = indicatif::ProgressBar::with_draw_target(None, indicatif::ProgressDrawTarget::hidden());
        bar.set_message(what);
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let shown = bar.clone();
        let thread = std::thread::spawn(move || {
            // Most runs are over before anybody wonders.
            const PATIENCE: Duration = Duration::from_millis(700);
            if stopped.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                shown.set_draw_target(indicatif::ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(120));
                let _ = stopped.recv();
                shown.finish_and_clear();
            }
        });
        Progress(Some((stop, thread)))
    }
}

/// A progress line; see [`Terminal::progress`].
pub(super) struct Progress(Option<(std::sync::mpsc::Sender<()>, std::thread::JoinHandle<()>)>);

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.0.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

/// All of standard input.
pub(super) fn standard_input() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| Error::environment(format!("cannot read standard input: {error}")))?;
    Ok(bytes)
}

/// Whether an answer means yes. Anything that was not meant as one is a no.
fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| usize::from(columns))
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_yes_is_yes() {
        assert!(["y\n", "Yes\r\n", " YES "].into_iter().all(is_yes));
        assert!(!["", "\n", "n\n", "yep\n", "no yes\n"].into_iter().any(is_yes));
    }
}
