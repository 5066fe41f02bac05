//! What the process that draws may use. Set by itself before it reads anything, and never given back.

use rustix::process::{Resource, Rlimit, nice, setrlimit};

/// Address space in bytes. A page or picture of the largest allowed size takes less than half of it.
const MEMORY: u64 = 1 << 30;
/// The portal comes first.
const NICENESS: i32 = 5;

/// Takes away what drawing does not need: files and sockets (no descriptor can be opened any more), further processes,
/// written files, core dumps, and memory and time beyond the bounds. `seconds` are the processor's.
pub(super) fn confine(seconds: u64) -> std::io::Result<()> {
    let all = [
        (Resource::As, MEMORY),
        (Resource::Cpu, seconds),
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ];
    for (resource, most) in all {
        // At the soft limit of time the kernel sends a signal of its own, by which the server knows what happened.
        let hard = if matches!(resource, Resource::Cpu) { most + 1 } else { most };
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(hard) })?;
    }
    // Not being polite is no reason to stop.
    let _ = nice(NICENESS);
    Ok(())
}
