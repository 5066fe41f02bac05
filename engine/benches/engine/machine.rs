//! What the machine and this process say of themselves; Linux only, zero elsewhere.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A clock tick of `/proc`, which is 10 ms on every Linux that matters.
const TICK: Duration = Duration::from_millis(10);

/// The processor time that this process has used.
pub(crate) fn cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name before the last bracket may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<u32>().ok()).unwrap_or(0);
    TICK * (ticks(11) + ticks(12))
}

/// The bytes that this process has sent towards a disk.
pub(crate) fn written() -> u64 {
    number_in("/proc/self/io", "write_bytes:")
}

/// The memory that this process occupies, in bytes.
pub(crate) fn resident() -> u64 {
    number_in("/proc/self/status", "VmRSS:") * 1_024
}

/// The most memory that this process has occupied since [`forget_peak`], in bytes.
pub(crate) fn peak() -> u64 {
    number_in("/proc/self/status", "VmHWM:") * 1_024
}

/// Lets [`peak`] begin anew.
pub(crate) fn forget_peak() {
    // Where it is refused the peak is that of the whole process.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

fn number_in(file: &str, key: &str) -> u64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The lines above the figures: machine, versions, load.
pub(crate) fn description(folder: &Path) -> Vec<String> {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split(": ").nth(1));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = number_in("/proc/meminfo", "MemTotal:") / 1_048_576;
    vec![
        format!("machine   {} x {}, {memory} GiB, {}", cores, model.unwrap_or("?"), said("uname", &["-srm"])),
        format!("folder    {} ({})", folder.display(), file_system(folder)),
        format!(
            "versions  countersign-engine {}, SQLite {}, {}",
            env!("CARGO_PKG_VERSION"),
            rusqlite::version(),
            said("rustc", &["--version"])
        ),
        format!("load      {}", fs::read_to_string("/proc/loadavg").unwrap_or_default().trim()),
        format!("command   {}", command()),
    ]
}

/// The words of the command line, without URLs, which hold passwords.
fn command() -> String {
    let words = std::env::args().skip(1).filter(|word| word != "--bench");
    words.map(|word| if word.contains("://") { "..".to_owned() } else { word }).collect::<Vec<_>>().join(" ")
}

fn file_system(folder: &Path) -> String {
    let folder = folder.display().to_string();
    said("df", &["--output=source,fstype", &folder]).lines().last().unwrap_or("?").to_owned()
}

fn said(program: &str, words: &[&str]) -> String {
    let said = Command::new(program).args(words).output();
    said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
