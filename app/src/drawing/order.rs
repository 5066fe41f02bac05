//! What the server and the process that draws say to each other: arguments, an exit status, and a few numbers before the
//! picture.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use crate::portal::previews::Unshowable;

/// The longer side of what is drawn, in pixels, unless something else is asked for.
const MAX_SIDE: u32 = 1_600;
/// Seconds of the processor, unless something else is asked for; a page of a scanned or drawn plan takes two or three.
const SECONDS: u64 = 20;
/// Why nothing was drawn, in the order of the exit statuses from [`FIRST_STATUS`].
const REASONS: [Unshowable; 6] = [
    Unshowable::Damaged,
    Unshowable::Locked,
    Unshowable::Empty,
    Unshowable::TooLarge,
    Unshowable::TooSlow,
    Unshowable::TooHungry,
];
/// Far from those that the command line, panics and shells use.
const FIRST_STATUS: u8 = 40;

/// What the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Content {
    /// A PDF document.
    Pdf,
    /// PNG, JPEG or WebP.
    Picture,
}

/// What is to be done with the file on standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
pub struct Order {
    /// What the file is.
    pub content: Content,
    /// The page to draw, from 1. Without it the pages are counted.
    #[arg(long)]
    pub page: Option<u32>,
    /// The longer side of the drawn page, in pixels.
    #[arg(long, default_value_t = MAX_SIDE)]
    pub max_side: u32,
    /// The seconds of the processor that it may take.
    #[arg(long, default_value_t = SECONDS)]
    pub seconds: u64,
}

impl Order {
    /// Counts the pages.
    pub(super) fn count(content: Content) -> Self {
        Self { content, page: None, max_side: MAX_SIDE, seconds: SECONDS }
    }

    /// Draws a page.
    pub(super) fn page(content: Content, number: u32, max_side: u32) -> Self {
        Self { content, page: Some(number), max_side, seconds: SECONDS }
    }

    /// The same within so many seconds of the processor.
    pub(super) fn within(self, seconds: Option<u64>) -> Self {
        Self { seconds: seconds.unwrap_or(self.seconds), ..self }
    }

    /// The arguments by which the child process gets this order.
    pub(super) fn arguments(self) -> Vec<OsString> {
        let content = match self.content {
            Content::Pdf => "pdf",
            Content::Picture => "picture",
        };
        let mut arguments: Vec<OsString> = vec!["draw".into(), content.into()];
        arguments.push(format!("--max-side={}", self.max_side).into());
        arguments.push(format!("--seconds={}", self.seconds).into());
        if let Some(page) = self.page {
            arguments.push(format!("--page={page}").into());
        }
        arguments
    }
}

/// The exit status that says why nothing was drawn.
pub(super) fn status_of(why: Unshowable) -> u8 {
    let place = REASONS.iter().position(|reason| *reason == why).and_then(|place| u8::try_from(place).ok());
    FIRST_STATUS + place.unwrap_or(0)
}

/// What an exit status says, if it says that nothing was drawn.
pub(super) fn reason_of(status: i32) -> Option<Unshowable> {
    let place = usize::try_from(status.checked_sub(i32::from(FIRST_STATUS))?).ok()?;
    REASONS.get(place).copied()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    enum Line {
        Draw(Order),
    }

    #[test]
    fn the_child_reads_the_order_that_the_server_wrote() {
        for order in [Order::count(Content::Pdf), Order::page(Content::Picture, 7, 320).within(Some(3))] {
            let line = [OsString::from("countersign")].into_iter().chain(order.arguments());
            let Line::Draw(read) = Line::try_parse_from(line).expect("an order");
            assert_eq!(read, order);
        }
    }

    #[test]
    fn every_reason_has_a_status_of_its_own() {
        for why in REASONS {
            assert_eq!(reason_of(status_of(why).into()), Some(why));
        }
        assert_eq!((reason_of(0), reason_of(101), reason_of(i32::MIN)), (None, None, None));
    }
}
