//! The `opsbook` binary: hands the command line and the clock to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    let status = std::panic::catch_unwind(|| opsbook::cli::run(std::env::args_os(), jiff::Timestamp::now()));
    // The panic's own message, with its place, is on stderr already.
    ExitCode::from(status.unwrap_or(3))
}
