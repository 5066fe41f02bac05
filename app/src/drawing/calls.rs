//! The system calls that are left to the process that draws: its three pipes, memory, the time, randomness, and its own end.
//!
//! The list says what is allowed, so that a call of a kernel to come is refused, too. It holds what Rust's library and the C
//! libraries of GNU and musl need once a program runs. What is not on it fails with `EPERM` and does not end the process: a
//! library that looks for something it can do without (the number of processors, say) goes on without it, and whoever took
//! over the process gains nothing from that.

use std::collections::BTreeMap;
use std::io;

use seccompiler::{
    BackendError, BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

/// Allowed whatever their arguments are.
const PLAIN: [i64; 17] = [
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    // The kernel itself has a call that was interrupted begin again.
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
];

/// Refuses the calling thread, for good, every call that is not listed. `false` where the kernel, or what stands in for it or
/// before it, has no such filter to give.
pub(super) fn refuse_others() -> io::Result<bool> {
    let program = program(std::process::id()).map_err(io::Error::other)?;
    match apply_filter(&program) {
        Ok(()) => Ok(true),
        Err(Error::Seccomp(error))
            if matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EINVAL | libc::EPERM)) =>
        {
            Ok(false)
        }
        Err(error) => Err(io::Error::other(error)),
    }
}

/// The filter for the process of that id.
fn program(own: u32) -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = PLAIN.into_iter().map(|call| (call, Vec::new())).collect();
    // Whatever else the process should have inherited can neither be read nor written.
    rules.insert(libc::SYS_read, vec![rule([(0, SeccompCmpOp::Eq, 0)])?]);
    for write in [libc::SYS_write, libc::SYS_writev] {
        rules.insert(write, vec![rule([(0, SeccompCmpOp::Le, 2)])?]);
    }
    // Memory of no file, and none that is run.
    let (run, fresh) = (u64::from(libc::PROT_EXEC.unsigned_abs()), u64::from(libc::MAP_ANONYMOUS.unsigned_abs()));
    let not_run = (2, SeccompCmpOp::MaskedEq(run), 0);
    rules.insert(libc::SYS_mmap, vec![rule([not_run.clone(), (3, SeccompCmpOp::MaskedEq(fresh), fresh)])?]);
    rules.insert(libc::SYS_mprotect, vec![rule([not_run])?]);
    // By which a process that gives up ends itself, and nobody else.
    for raise in [libc::SYS_tgkill, libc::SYS_tkill] {
        rules.insert(raise, vec![rule([(0, SeccompCmpOp::Eq, u64::from(own))])?]);
    }
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules, refused, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// Arguments, by their place from 0, that must all be so. Each of them has 32 bits.
fn rule<const N: usize>(all: [(u8, SeccompCmpOp, u64); N]) -> Result<SeccompRule, BackendError> {
    let conditions =
        all.into_iter().map(|(place, is, value)| SeccompCondition::new(place, SeccompCmpArgLen::Dword, is, value));
    SeccompRule::new(conditions.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::fs::File;
    use std::net::TcpListener;
    use std::os::unix::net::UnixStream;
    use std::os::unix::process::CommandExt;
    use std::panic::catch_unwind;
    use std::process::Command;
    use std::thread;
    use std::time::Instant;

    use rustix::io::Errno;
    use rustix::process::{getppid, test_kill_process};

    use super::super::bounds::{confine, filters_calls};
    use super::*;

    /// Set in the process that confines itself.
    const CONFINED: &str = "COUNTERSIGN_TEST_CONFINED";

    fn assert_refused<T>(what: &str, tried: io::Result<T>) {
        let refused = tried.err().unwrap_or_else(|| panic!("{what} is possible"));
        assert_eq!(refused.raw_os_error(), Some(libc::EPERM), "{what}: {refused}");
    }

    /// What is refused and what is left, in a process that nobody needs afterwards.
    fn confine_and_try() {
        let parent = getppid().expect("whoever started this");
        assert_eq!(test_kill_process(parent), Ok(()), "before");
        let file = File::open("/proc/self/status").expect("before");
        confine(20).expect("bounds");

        // The limits would say `EMFILE`, so that it is the filter that speaks.
        assert_refused("reading a file", File::open("/dev/null"));
        assert_refused("writing a file", File::options().write(true).open("/dev/null"));
        assert_refused("reading what was open", io::read_to_string(&file));
        assert_refused("a socket", TcpListener::bind("127.0.0.1:0"));
        assert_refused("a pair of sockets", UnixStream::pair());
        assert_refused("another program in its place", Err::<(), _>(Command::new("/bin/true").exec()));
        assert!(Command::new("/bin/true").spawn().is_err() && thread::Builder::new().spawn(|| ()).is_err());
        assert_eq!(test_kill_process(parent), Err(Errno::PERM));

        let pixels = vec![7_u8; 16 << 20];
        assert_eq!(pixels.iter().map(|pixel| u64::from(*pixel)).sum::<u64>(), 7 << 24);
        assert!(Instant::now().elapsed().as_secs() < 60 && HashMap::from([(1, 2)]).contains_key(&1));
        assert!(catch_unwind(|| assert!(pixels.is_empty(), "on purpose")).is_err());
    }

    #[test]
    fn a_confined_process_opens_connects_starts_and_signals_nothing() {
        if std::env::var_os(CONFINED).is_some() {
            return confine_and_try();
        }
        let name = concat!(module_path!(), "::a_confined_process_opens_connects_starts_and_signals_nothing");
        let name = name.split_once("::").expect("a crate and a path").1;
        let this = std::env::current_exe().expect("this program");
        let ended = Command::new(this).args([name, "--exact"]).env_clear().env(CONFINED, "1").output();
        let ended = ended.expect("it starts");
        let said = [ended.stdout, ended.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
        assert!(ended.status.success() && said.contains("1 passed"), "{}: {said}", ended.status);
    }

    #[test]
    fn the_filter_is_tried_without_harm() {
        assert!(filters_calls());
        File::open("/dev/null").expect("as before");
    }

    #[test]
    fn the_program_is_one_that_the_kernel_takes() {
        let length = program(1).expect("a program").len();
        assert!((1..=4_096).contains(&length), "{length}");
    }
}
