//! The whole benchmark: every workload in a process of its own, as often as asked for, then the table.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tokio::signal::unix::{SignalKind, signal};

use crate::figures::Figures;
use crate::options::{Options, Size, Step, Workload};
use crate::place::ServerDatabase;
use crate::report::Report;
use crate::{Error, machine};

/// The workloads that run on PostgreSQL too.
const ON_POSTGRES: [Workload; 3] = [Workload::W1, Workload::W3, Workload::W4];

/// Runs it. However it ends, by an error or by a signal, nothing of it stays but the figures.
pub(crate) async fn run(options: &Options) -> Result<(), Error> {
    std::fs::create_dir_all(&options.folder)?;
    machine::description(&options.folder).iter().for_each(|line| println!("{line}"));
    let server = options.postgres.as_deref().map(ServerDatabase::on);
    if let Some(server) = &server {
        println!("server    {}", server.description().await?);
    }
    let mut stop = signal(SignalKind::terminate())?;
    let ended = tokio::select! {
        ended = measure(options, server.as_ref()) => ended,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
        _ = stop.recv() => Err("terminated".into()),
    };
    if let Some(server) = &server {
        server.remove().await?;
    }
    let report = ended?;
    report.print();
    report.write(&options.results)?;
    println!("\nfigures in {}", options.results.join("engine.jsonl").display());
    Ok(())
}

async fn measure(options: &Options, server: Option<&ServerDatabase>) -> Result<Report, Error> {
    let mut report = Report::default();
    for run in 1..=options.runs {
        for &workload in &options.workloads {
            eprintln!("{} ({run} of {}) ..", workload.name(), options.runs);
            report.add(run_one(options, workload, None).await?);
            if let Some(server) = server.filter(|_| ON_POSTGRES.contains(&workload)) {
                let url = server.create().await?;
                report.add(run_one(options, workload, Some(&url)).await?);
            }
        }
    }
    Ok(report)
}

/// The figures of one run of a workload.
async fn run_one(options: &Options, workload: Workload, postgres: Option<&str>) -> Result<Vec<Figures>, Error> {
    let folder = tempfile::Builder::new().prefix(workload.name()).tempdir_in(&options.folder)?;
    let mut figures = Vec::new();
    for step in workload.steps() {
        let said = Process::start(step, folder.path(), postgres, options.size)?.output().await?;
        for line in said.lines() {
            figures.push(serde_json::from_str(line)?);
        }
    }
    Ok(figures)
}

/// A process that runs a part; it ends with this value.
struct Process(Child);

impl Process {
    fn start(step: Step, folder: &Path, postgres: Option<&str>, size: Size) -> Result<Self, Error> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--part", step.name(), "--waiting", &size.waiting.to_string()]).arg("--folder").arg(folder);
        if size.quick {
            command.arg("--quick");
        }
        if let Some(url) = postgres {
            command.args(["--postgres", url]);
        }
        Ok(Self(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?))
    }

    /// What it wrote, once it has ended well.
    async fn output(mut self) -> Result<String, Error> {
        let mut output = self.0.stdout.take().ok_or("no output")?;
        let reading = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            output.read_to_string(&mut text).map(|_| text)
        });
        let text = reading.await??;
        let status = self.0.wait()?;
        if status.success() { Ok(text) } else { Err(format!("a part ended: {status}").into()) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, which is as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
