//! `make bench-peers`: duroxide and this engine on W1 to W4, in turn, with the ratios. README of the engine, "Benchmarks".
//!
//! `peers [w1 .. w4] [--quick] [--runs N]`. The environment variable `ENGINE_BENCH` holds the command that runs the engine's own
//! benchmarks and takes the same words.

mod peer;
mod ratios;
mod workloads;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use ratios::{Case, Ratios};

/// What ends a benchmark: said to whoever started it.
type Error = Box<dyn std::error::Error + Send + Sync>;

/// The command that runs the engine's own benchmarks.
const ENGINE: &str = "ENGINE_BENCH";

const WORKLOADS: [&str; 4] = ["w1", "w2", "w3", "w4"];

struct Options {
    workloads: Vec<String>,
    quick: bool,
    runs: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    let ended = tokio::select! {
        ended = run() => ended,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-peers: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let options = Options::parse(std::env::args().skip(1))?;
    // Beside the program: on the disk that the engine's databases lie on too.
    let program = std::env::current_exe()?;
    let scratch = program.parent().ok_or("no folder")?;
    let mut ratios = Ratios::default();
    for run in 1..=options.runs {
        for workload in &options.workloads {
            eprintln!("{workload} ({run} of {}) ..", options.runs);
            let folder = tempfile::Builder::new().prefix("peers-").tempdir_in(scratch)?;
            ratios.add_ours(engine(workload, &options, folder.path()).await?);
            ratios.add_theirs(workloads::run(workload, options.quick, folder.path()).await?);
        }
    }
    ratios.print();
    Ok(())
}

impl Options {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Error> {
        let mut options = Self { workloads: Vec::new(), quick: false, runs: 1 };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--quick" => options.quick = true,
                "--runs" => options.runs = words.next().ok_or("--runs needs a number")?.parse()?,
                _ if WORKLOADS.contains(&word.as_str()) => options.workloads.push(word),
                _ => return Err(format!("{word}? [w1 .. w4] [--quick] [--runs N]").into()),
            }
        }
        if options.workloads.is_empty() {
            options.workloads = WORKLOADS.map(str::to_owned).to_vec();
        }
        Ok(options)
    }
}

/// Runs the engine's own benchmark of a workload; a signal from the terminal reaches it too.
async fn engine(workload: &str, options: &Options, folder: &Path) -> Result<Vec<Case>, Error> {
    let command =
        std::env::var(ENGINE).map_err(|_| format!("{ENGINE} says how the engine's own benchmarks are run"))?;
    let results = folder.join("ours");
    let mut words = vec![workload.to_owned(), "--results".to_owned(), results.display().to_string()];
    words.extend(options.quick.then(|| "--quick".to_owned()));
    let status = tokio::task::spawn_blocking(move || {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec {command} \"$@\""), "sh"]).args(words);
        shell.stdout(Stdio::null()).status()
    });
    if !status.await??.success() {
        return Err(format!("the engine's own benchmark of {workload} failed").into());
    }
    std::fs::read_to_string(results.join("cases.jsonl"))?.lines().map(Case::parse).collect()
}
