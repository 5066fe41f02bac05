//! The executable: parses the command line and hands over to [`countersign::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    countersign::cli::run()
}
