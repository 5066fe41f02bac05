//! The built program as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::support::database::Place;

/// How long the program may take for anything, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program on the database of `place`, without any setting of the caller's.
pub(super) fn program(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("COUNTERSIGN_")) {
        command.env_remove(name);
    }
    if let Some(url) = place.url() {
        command.env("COUNTERSIGN_DATABASE_URL", url);
    }
    command.args(arguments).arg("--data").arg(place.folder());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a command that has ended wrote, and whether it succeeded.
pub(super) struct Ended {
    status: ExitStatus,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ended {
    fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { status: output.status, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Asserts that it did what it was to do.
    pub(super) fn succeeded(self) -> Self {
        assert!(self.status.success(), "{}: {}{}", self.status, self.stdout, self.stderr);
        self
    }

    /// Asserts that it ended by itself, because of something that it says in a sentence, the last thing that it wrote.
    pub(super) fn failed_saying(&self, sentence: &str) {
        assert_eq!(self.status.code(), Some(1), "{}{}", self.stdout, self.stderr);
        let last = self.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("countersign: ") && last.contains(sentence), "{}", self.stderr);
    }
}

/// Runs a command to its end.
pub(super) fn run(mut command: Command) -> Ended {
    Ended::new(&command.output().expect("the program runs"))
}

/// The same with something to read on standard input.
pub(super) fn run_reading(mut command: Command, input: &str) -> Ended {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the program runs");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("the program reads");
    Ended::new(&child.wait_with_output().expect("the program ends"))
}

/// A server that may not serve yet. It ends with this value.
pub(super) struct Server {
    child: Child,
    said: Receiver<String>,
    log: Receiver<String>,
}

impl Server {
    /// Starts it and does not wait.
    pub(super) fn launch(place: &Place, listen: &str) -> Self {
        let mut child = program(place, &["serve", "--listen", listen]).spawn().expect("the program runs");
        let said = lines(child.stdout.take().expect("a pipe"));
        let log = lines(child.stderr.take().expect("a pipe"));
        Self { child, said, log }
    }

    /// Waits for a line of its log.
    pub(super) fn logs(&self, text: &str) {
        assert!(wait_for(&self.log, text).is_some(), "the log ends without: {text}");
    }

    /// Waits for a line on its standard output; gives it.
    pub(super) fn says(&self, text: &str) -> String {
        wait_for(&self.said, text).unwrap_or_else(|| panic!("it does not say: {text}"))
    }

    /// Waits until it serves; gives its address.
    pub(super) fn ready(&self) -> String {
        let line = wait_for(&self.said, "Countersign: http://");
        let line = line.unwrap_or_else(|| panic!("it does not serve:\n{}", self.rest_of_log()));
        line.trim_start_matches("Countersign: http://").to_owned()
    }

    fn rest_of_log(&self) -> String {
        let rest = std::iter::from_fn(|| self.log.recv_timeout(Duration::from_secs(1)).ok());
        rest.collect::<Vec<_>>().join("\n")
    }

    /// Ends it as a machine does that loses power, and does not wait until it is gone.
    pub(super) fn kill(&mut self) {
        self.child.kill().expect("it runs");
    }

    /// Ends it in order.
    pub(super) fn stop(mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill is there");
        assert!(asked.success(), "it runs");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a pipe to its end, so that nobody waits for room in it.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (write, read) = channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            // Whoever stopped listening does not need the rest.
            let _ = write.send(line);
        }
    });
    read
}

/// `None` when the pipe ended, or nothing came for too long.
fn wait_for(lines: &Receiver<String>, text: &str) -> Option<String> {
    loop {
        let line = lines.recv_timeout(PATIENCE).ok()?;
        if line.contains(text) {
            return Some(line);
        }
    }
}

/// The whole answer to a `GET`.
pub(super) fn get(address: &str, path: &str) -> String {
    send(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"))
}

/// The whole answer to a `GET` of whoever has this cookie.
pub(super) fn get_as(address: &str, path: &str, cookie: &str) -> String {
    send(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"))
}

/// The whole answer to a form that was posted.
pub(super) fn post(address: &str, path: &str, form: &str) -> String {
    let length = form.len();
    send(
        address,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        ),
    )
}

fn send(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}
