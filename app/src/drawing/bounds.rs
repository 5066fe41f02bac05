//! What the process that draws may use. Set by itself before it reads anything, and never given back.

use std::io;
use std::thread;

use rustix::process::{Resource, Rlimit, nice, setrlimit};

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
use super::calls::refuse_others;

/// Address space in bytes. A page or picture of the largest allowed size takes less than half of it.
const MEMORY: u64 = 1 << 30;
/// The portal comes first.
const NICENESS: i32 = 5;

/// Takes away what drawing does not need: files and sockets (no descriptor can be opened any more), further processes,
/// written files, core dumps, memory and time beyond the bounds, and, where [`filters_calls`], every system call but those
/// that are left. `seconds` are the processor's. Of the calls only the calling thread is deprived: it must be the only one.
pub(super) fn confine(seconds: u64) -> io::Result<()> {
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
    // A program that belongs to somebody else would run with their rights, and nothing above keeps it from being run.
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true)?;
    // Where there is no filter the server has said so when it started; the limits hold.
    refuse_others().map(|_| ())
}

/// Whether the process that draws is left with a few system calls here. Elsewhere only the limits hold it: on other systems
/// than Linux, on other processors than those of x86-64 and AArch64, and where kernel or container offer no filter.
pub fn filters_calls() -> bool {
    // The filter is for one thread, for good: this one ends at once.
    let tried = thread::Builder::new().spawn(refuse_others);
    tried.is_ok_and(|thread| matches!(thread.join(), Ok(Ok(true))))
}

/// No filter is known here.
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn refuse_others() -> io::Result<bool> {
    Ok(false)
}
