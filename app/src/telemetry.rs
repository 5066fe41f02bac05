//! Log lines: text on a terminal, JSON otherwise, both on standard error.
//!
//! What goes into a line is chosen where it is written: identifiers and the *matched* route, never a path, query,
//! header or body, because those may hold a link or an API token. As a second wall every line is searched for secrets by
//! how they start before it leaves, and so is what a panic says.

use std::io::{self, IsTerminal, Write};
use std::{env, panic, process};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::prelude::*;

/// What stands before a secret: how links, API tokens and secrets of webhooks start, and the query of an address in which
/// clients of Azure Durable Functions send their key, whatever that is.
const MARKS: [&[u8]; 5] = [b"csn_", b"cst_", b"whsec_", b"?code=", b"&code="];

/// What is logged when `COUNTERSIGN_LOG` does not say (its form: `info,countersign=debug`).
const DEFAULT_FILTER: &str = "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn";

/// Starts logging. Called once, before anything else is done.
pub fn start() {
    let filter = env::var("COUNTERSIGN_LOG").ok().and_then(|filter| EnvFilter::try_new(filter).ok());
    let filter = filter.unwrap_or_else(|| EnvFilter::new(DEFAULT_FILTER));
    let writer = || Redacting(io::stderr());
    let terminal = io::stderr().is_terminal();
    let text = terminal.then(|| tracing_subscriber::fmt::layer().with_writer(writer).with_target(false));
    let json = (!terminal)
        .then(|| tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(writer));
    tracing_subscriber::registry().with(filter).with(text).with(json).init();
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(panic.place = place, panic.message = message, "a panic at {place}: {message}");
    }));
}

/// Ends the process because it cannot start, with one sentence instead of a log line.
pub fn exit_with(problem: &dyn std::fmt::Display) -> process::ExitCode {
    let mut output = Redacting(io::stderr());
    // Nothing is left to do when even this cannot be written.
    let _ = output.write_all(format!("countersign: {problem}\n").as_bytes());
    process::ExitCode::FAILURE
}

/// Replaces what follows a mark before it is written. The subscriber writes each line whole, so no secret is cut in two.
struct Redacting<W>(W);

impl<W: Write> Write for Redacting<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(&redact(line))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn redact(line: &[u8]) -> Vec<u8> {
    let mut rest = line;
    let mut redacted = Vec::with_capacity(line.len());
    while let Some(secret) = first_secret(rest) {
        redacted.extend_from_slice(&rest[..secret]);
        redacted.extend_from_slice("…".as_bytes());
        let is_secret = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_+/=.~%".contains(byte);
        rest = &rest[secret + rest[secret..].iter().take_while(is_secret).count()..];
    }
    redacted.extend_from_slice(rest);
    redacted
}

/// Where the first secret of a line begins, after its mark.
fn first_secret(line: &[u8]) -> Option<usize> {
    let after = |mark: &[u8]| line.windows(mark.len()).position(|window| window == mark).map(|at| at + mark.len());
    MARKS.into_iter().filter_map(after).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_leaves_in_a_line() {
        let line = br#"GET /d/csn_AbC-_9 and "csn_x", csn"#;
        assert_eq!(redact(line), r#"GET /d/csn_… and "csn_…", csn"#.as_bytes());
        let line = br#"Bearer cst_AbC-_9 whsec_aB+/=="#;
        assert_eq!(redact(line), "Bearer cst_… whsec_…".as_bytes());
        let line = br#"GET /x?code=cst_AbC and /y?a=1&code=other%5Fkey&b=2, code=5"#;
        assert_eq!(redact(line), r#"GET /x?code=… and /y?a=1&code=…&b=2, code=5"#.as_bytes());
    }
}
