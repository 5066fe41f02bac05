//! The side of the server.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::order::{Content, Order, reason_of};
use crate::portal::file::FileKind;
use crate::portal::ports::{DrawError, Drawer, DrawnPage};
use crate::portal::previews::Unshowable;

/// How long the process may take, from its start to its end. Its own bound is in seconds of the processor, of which a busy
/// machine has few.
const PATIENCE: Duration = Duration::from_secs(120);
/// The most that is taken of an answer, in bytes.
const MAX_ANSWER: u64 = 6_000_000;
/// The exit status of a panic.
const PANICKED: i32 = 101;

/// Signals, as Linux and the BSDs number them.
mod signal {
    /// The kernel had no memory left, or the time of the processor was up for good.
    pub(super) const KILL: i32 = 9;
    /// The time of the processor was up.
    pub(super) const XCPU: i32 = 24;
}

/// Draws in child processes of this program, one for each order.
#[derive(Clone, Debug)]
pub struct ChildDrawer {
    program: PathBuf,
    seconds: Option<u64>,
}

impl ChildDrawer {
    /// Starts `program`, whose command `draw` must be [`super::draw`].
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), seconds: None }
    }

    /// Starts the program that runs now: on Linux even when its file was replaced meanwhile.
    pub fn of_this_program() -> io::Result<Self> {
        if cfg!(target_os = "linux") { Ok(Self::new("/proc/self/exe")) } else { std::env::current_exe().map(Self::new) }
    }

    /// The same, but each file gets only so many seconds of the processor.
    #[must_use]
    pub fn within(self, seconds: u64) -> Self {
        Self { seconds: Some(seconds), ..self }
    }

    /// The answer to an order on a file.
    async fn ask(&self, order: Order, file: &[u8]) -> Result<Vec<u8>, DrawError> {
        let mut child = self.start(order).map_err(|error| unavailable(&error))?;
        match tokio::time::timeout(PATIENCE, talk(&mut child, file)).await {
            Ok(Ok((status, answer))) => judge(status, answer),
            Ok(Err(error)) => Err(unavailable(&error)),
            // Dropping the child kills it.
            Err(_) => Err(DrawError::Unshowable(Unshowable::TooSlow)),
        }
    }

    fn start(&self, order: Order) -> io::Result<Child> {
        Command::new(&self.program)
            .args(order.within(self.seconds).arguments())
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }
}

#[async_trait]
impl Drawer for ChildDrawer {
    async fn count_pages(&self, kind: FileKind, file: &[u8]) -> Result<u32, DrawError> {
        match content(kind)? {
            Content::Picture => Ok(1),
            Content::Pdf => {
                let answer = self.ask(Order::count(Content::Pdf), file).await?;
                answer.try_into().map(u32::from_be_bytes).map_err(|_| DrawError::Unshowable(Unshowable::Damaged))
            }
        }
    }

    async fn draw_page(&self, kind: FileKind, file: &[u8], number: u32, max_side: u32) -> Result<DrawnPage, DrawError> {
        let answer = self.ask(Order::page(content(kind)?, number, max_side), file).await?;
        drawn(&answer, max_side).ok_or(DrawError::Unshowable(Unshowable::Damaged))
    }
}

fn content(kind: FileKind) -> Result<Content, DrawError> {
    match kind {
        FileKind::Pdf => Ok(Content::Pdf),
        FileKind::Png | FileKind::Jpeg | FileKind::WebP => Ok(Content::Picture),
        FileKind::Text | FileKind::Other => Err(DrawError::Unshowable(Unshowable::Damaged)),
    }
}

/// Gives the child its file and takes what it answers, both at once, and waits for its end.
async fn talk(child: &mut Child, file: &[u8]) -> io::Result<(ExitStatus, Vec<u8>)> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let give = async {
        if let Some(mut stdin) = stdin {
            // One that has seen enough reads no further; its exit status says what it thinks.
            let _ = stdin.write_all(file).await;
        }
    };
    let take = async {
        let mut answer = Vec::new();
        if let Some(stdout) = stdout {
            stdout.take(MAX_ANSWER + 1).read_to_end(&mut answer).await?;
        }
        io::Result::Ok(answer)
    };
    let ((), answer) = tokio::join!(give, take);
    Ok((child.wait().await?, answer?))
}

/// What became of the order, by how the child ended.
fn judge(status: ExitStatus, answer: Vec<u8>) -> Result<Vec<u8>, DrawError> {
    if answer.len() as u64 > MAX_ANSWER {
        return Err(DrawError::Unshowable(Unshowable::TooLarge));
    }
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(answer),
        (Some(PANICKED), _) => Err(DrawError::Unshowable(Unshowable::Damaged)),
        (Some(code), _) => Err(reason_of(code).map_or_else(
            || DrawError::Unavailable(format!("the process that draws ended with status {code}")),
            DrawError::Unshowable,
        )),
        (None, Some(signal::KILL | signal::XCPU)) => Err(DrawError::Unshowable(Unshowable::TooSlow)),
        // An allocation that was refused, or a stack that was used up.
        (None, _) => Err(DrawError::Unshowable(Unshowable::TooHungry)),
    }
}

/// A page as the child answered it, if it is a picture within its bounds.
fn drawn(answer: &[u8], max_side: u32) -> Option<DrawnPage> {
    let (width, rest) = answer.split_first_chunk().map(|(width, rest)| (u32::from_be_bytes(*width), rest))?;
    let (height, image) = rest.split_first_chunk().map(|(height, rest)| (u32::from_be_bytes(*height), rest))?;
    let is_small = [width, height].iter().all(|side| (1..=max_side.max(1)).contains(side));
    let is_picture = matches!(FileKind::sniff(image, true), FileKind::Png | FileKind::Jpeg);
    (is_small && is_picture).then(|| DrawnPage { width, height, image: image.to_vec() })
}

fn unavailable(error: &io::Error) -> DrawError {
    DrawError::Unavailable(format!("the process that draws could not be started: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(raw: i32) -> Result<Vec<u8>, DrawError> {
        judge(ExitStatus::from_raw(raw), b"answer".to_vec())
    }

    #[test]
    fn how_the_child_ends_says_what_is_wrong_with_the_file() {
        let why = |why| Err(DrawError::Unshowable(why));
        assert_eq!(ended(0), Ok(b"answer".to_vec()));
        assert_eq!(ended(PANICKED << 8), why(Unshowable::Damaged));
        assert_eq!(ended(41 << 8), why(Unshowable::Locked));
        assert_eq!(ended(signal::XCPU), why(Unshowable::TooSlow));
        assert_eq!(ended(6), why(Unshowable::TooHungry));
        assert!(matches!(ended(3 << 8), Err(DrawError::Unavailable(_))), "not the file's fault");
    }

    #[test]
    fn what_is_no_picture_within_its_bounds_is_not_taken() {
        let page = |width: u32, image: &[u8]| [&width.to_be_bytes()[..], &9_u32.to_be_bytes(), image].concat();
        let png = b"\x89PNG\r\n\x1a\n";
        assert!(drawn(&page(10, png), 10).is_some());
        assert_eq!(drawn(&page(11, png), 10), None);
        assert_eq!(drawn(&page(0, png), 10), None);
        assert_eq!(drawn(&page(10, b"<svg>"), 10), None);
        assert_eq!(drawn(b"\0\0", 10), None);
    }
}
