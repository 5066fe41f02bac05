//! `make bench`: the workloads W1 to W6 and the burst, what they cost, and the limit of the database below them. README, "Benchmarks".
//!
//! Each workload runs in a process of its own, so that memory, processor time and written bytes are its own; this file's
//! `main` is both the one that starts them and the one that is started.

mod cases;
mod code;
mod counts;
mod drive;
mod figures;
mod machine;
mod meter;
mod options;
mod place;
mod probe;
mod report;
mod session;
mod suite;

use std::process::ExitCode;

use options::{Mode, Options};

/// What ends a benchmark: said to whoever started it.
type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let ended = match Options::parse(std::env::args().skip(1)) {
        Ok(Mode::Help) => {
            println!("{}", options::HELP);
            Ok(())
        }
        Ok(Mode::Suite(options)) => suite::run(&options).await,
        Ok(Mode::Part(part)) => cases::run(&part).await,
        Err(error) => Err(error),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}
