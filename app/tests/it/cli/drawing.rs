//! `draw`, as the server starts it: what the process has given up by the time that it reads, and that it still draws.

use std::fs::read_to_string;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use crate::support::documents::{pages, photograph, png};

/// How long the process may take to confine itself, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// Draws what it will be given.
fn draw(content: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(["draw", content, "--page=1"]).env_clear().current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program runs")
}

/// The height of what it drew, in pixels.
fn drawn(mut child: Child, file: &[u8]) -> u32 {
    child.stdin.take().expect("a pipe").write_all(file).expect("the program reads");
    let ended = child.wait_with_output().expect("the program ends");
    assert!(ended.status.success(), "{}", ended.status);
    let height = ended.stdout.get(4..8).expect("width, height, picture");
    u32::from_be_bytes(height.try_into().expect("four bytes"))
}

/// Waits until the kernel says all of this of the process.
fn wait_until(child: &Child, lines: &[&str]) {
    let begun = Instant::now();
    loop {
        let status = read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
        if lines.iter().all(|line| status.lines().any(|said| said == *line)) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{status}");
        yield_now();
    }
}

#[test]
fn who_draws_is_held_by_a_filter_before_the_file_is_there_and_draws_it_then() {
    for (content, file, height) in
        [("pdf", pages(1), 1_600), ("picture", png(30, 20), 20), ("picture", photograph(60, 40, "Camera"), 60)]
    {
        let child = draw(content);
        wait_until(&child, &["NoNewPrivs:\t1", "Seccomp:\t2", "Threads:\t1"]);
        assert_eq!(drawn(child, &file), height, "{content}");
    }
}
