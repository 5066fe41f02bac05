//! An example as a process in a folder of its own.

use std::io::{BufRead, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use countersign_engine::clock::SystemClock;
use countersign_engine::store::{Sqlite, Store};
use countersign_engine::testing::check_all;
use countersign_engine::{InstanceQuery, InstanceRecord, Registry, Values};
use tempfile::TempDir;

/// An example and the folder that it keeps its database in.
pub(crate) struct Example {
    name: &'static str,
    folder: TempDir,
}

impl Example {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn start(&self) -> Running {
        let mut child = Command::new(program(self.name))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} is built with the tests: {error}", self.name));
        let stdout = child.stdout.take().expect("it is piped");
        Running { child, lines: BufReader::new(stdout).lines() }
    }

    /// Runs it to its end, which must be a good one; gives what it printed.
    pub(crate) fn run(&self) -> Vec<String> {
        let mut running = self.start();
        let printed: Vec<String> = running.lines.by_ref().map(|line| line.expect("it prints text")).collect();
        let status = running.child.wait().expect("it ends");
        assert!(status.success(), "{} ended with {status} after {printed:#?}", self.name);
        printed
    }

    /// Kills it (SIGKILL) as soon as it has printed so many lines; gives whether it was killed before it ended.
    pub(crate) fn kill_after(&self, lines: usize) -> bool {
        let mut running = self.start();
        let printed = running.lines.by_ref().take(lines).count();
        running.child.kill().expect("it can be killed");
        let status = running.child.wait().expect("it ends");
        printed == lines && !status.success()
    }

    /// The instances in its database, newest first, after a look at their histories: each replays against today's code.
    pub(crate) async fn instances(&self) -> Vec<InstanceRecord> {
        let file = self.folder.path().join(self.name).with_extension("db");
        let store: Arc<dyn Store> = Sqlite::open_file(file).await.expect("nobody has the file any more");
        let samples = countersign_samples::register(Registry::new()).expect("the names differ");
        check_all(&*store, &samples).await.expect("the store answers");
        let client = countersign_engine::Client::new(store, Arc::new(SystemClock), Default::default());
        let all = InstanceQuery { limit: 100, values: Values::Included, ..InstanceQuery::default() };
        client.query(&all).await.expect("the store answers")
    }
}

struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

/// A test that fails must leave no process behind.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The examples stand in the folder beside that of the tests, which is where cargo puts them when it builds both.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    let profile = test.parent().and_then(|deps| deps.parent()).expect("target/<profile>/deps/<test>");
    profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}
