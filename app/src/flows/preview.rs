//! The drawing of one file's pages. An instance of its own per file, so that a file that takes long, or for ever, holds up
//! nothing else; its pages are drawn side by side.

use std::time::Duration;

use countersign_engine::model::{Failure, RetryPolicy};
use countersign_engine::registry::{Registry, RegistryError};
use countersign_engine::replay::OrchestrationContext;
use serde_json::json;

use super::approval::{failure, patiently};
use super::names::{COUNT_PAGES, DRAW_PAGE, FINISH_PREVIEW, GIVE_UP_PREVIEW, PREVIEW, PageInput, PreviewInput};
use crate::portal::previews::PreviewState;
use crate::portal::{FileId, Portal, PortalError};

/// Pages of one file that are drawn side by side, so that files do not wait for the whole of a long one.
const SIDE_BY_SIDE: usize = 4;
/// Pages that may fail before the rest is left alone: each may have cost all the time that a page may take.
const MAX_MISSED: usize = 3;

pub(super) fn register(registry: Registry, portal: &Portal) -> Result<Registry, RegistryError> {
    let (counting, drawing) = (portal.clone(), portal.clone());
    let (finishing, giving_up) = (portal.clone(), portal.clone());
    registry
        .orchestration(PREVIEW, preview)?
        .activity(COUNT_PAGES, move |_, input| {
            let portal = counting.clone();
            async move { portal.count_preview_pages(file(&input.file)?).await.map_err(|error| failure(&error)) }
        })?
        .activity(DRAW_PAGE, move |_, input| {
            let portal = drawing.clone();
            async move {
                let drawn = portal.draw_preview_page(file(&input.file)?, input.page).await;
                drawn.map_err(|error| failure(&error))
            }
        })?
        .activity(FINISH_PREVIEW, move |_, input| {
            let portal = finishing.clone();
            async move {
                let state = portal.finish_preview(file(&input.file)?).await;
                state.map(|state| word(state).to_owned()).map_err(|error| failure(&error))
            }
        })?
        .activity(GIVE_UP_PREVIEW, move |_, input| {
            let portal = giving_up.clone();
            async move {
                let closed = portal.give_up_preview(file(&input.file)?).await;
                closed.map_err(|error| failure(&error))
            }
        })
}

/// Whatever becomes of the instance, the row does not stay as if it were being made.
async fn preview(ctx: OrchestrationContext, input: PreviewInput) -> Result<String, Failure> {
    match draw(&ctx, &input).await {
        Ok(()) => ctx.call(FINISH_PREVIEW, &input).retry(patiently()).await,
        Err(failure) => {
            ctx.call(GIVE_UP_PREVIEW, &input).retry(patiently()).await?;
            Err(failure)
        }
    }
}

/// Draws the pages that can be drawn. Fails only for what is not the file's fault, and is not over after most of a day.
async fn draw(ctx: &OrchestrationContext, input: &PreviewInput) -> Result<(), Failure> {
    let pages: Vec<u32> = (1..=ctx.call(COUNT_PAGES, input).retry(at_the_desk()).await?).collect();
    let (mut drawn, mut missed) = (0_usize, 0_usize);
    for wave in pages.chunks(SIDE_BY_SIDE) {
        let page = |page: &u32| PageInput { file: input.file.clone(), page: *page };
        for is_drawn in ctx.fan_out(wave, |number| ctx.call(DRAW_PAGE, &page(number)).retry(at_the_desk())).await {
            if is_drawn? { drawn += 1 } else { missed += 1 }
        }
        ctx.set_custom_status(&json!({ "pages": pages.len(), "drawn": drawn, "missed": missed }))?;
        if missed >= MAX_MISSED {
            break;
        }
    }
    Ok(())
}

/// A desk that is full has room soon, and a database that is full is waited for, too, for most of a day.
fn at_the_desk() -> RetryPolicy {
    RetryPolicy::exponential(Duration::from_secs(1), 1_000).max_interval(Duration::from_secs(60))
}

fn file(sha256: &str) -> Result<FileId, Failure> {
    sha256.parse().map_err(|_| failure(&PortalError::NotFound))
}

const fn word(state: Option<PreviewState>) -> &'static str {
    match state {
        Some(PreviewState::Queued) => "queued",
        Some(PreviewState::Ready) => "ready",
        Some(PreviewState::Failed) => "failed",
        None => "gone",
    }
}

#[cfg(test)]
mod tests {
    use countersign_engine::model::RuntimeStatus;
    use countersign_engine::testing::Harness;

    use super::*;

    fn input() -> PreviewInput {
        PreviewInput { file: "5a".repeat(32) }
    }

    fn broken() -> Failure {
        Failure::new("Portal", "a chunk is missing").non_retriable()
    }

    #[tokio::test]
    async fn a_preview_whose_pages_cannot_be_counted_is_given_up_and_its_instance_fails() {
        let harness = Harness::builder()
            .orchestration(PREVIEW, preview)
            .answers(COUNT_PAGES, [Err(broken())])
            .answers(GIVE_UP_PREVIEW, [Ok(())])
            .start()
            .await;
        let run = harness.run(PREVIEW, &input()).await;
        assert_eq!(harness.calls(GIVE_UP_PREVIEW), [input()]);
        assert_eq!(run.status().await, RuntimeStatus::Failed);
    }

    #[tokio::test]
    async fn a_preview_of_which_a_page_cannot_be_drawn_is_given_up_and_never_finished() {
        let harness = Harness::builder()
            .orchestration(PREVIEW, preview)
            .answers(COUNT_PAGES, [Ok(6)])
            .activity(DRAW_PAGE, |page| if page.page == 2 { Err(broken()) } else { Ok(true) })
            .answers(GIVE_UP_PREVIEW, [Ok(())])
            .start()
            .await;
        let run = harness.run(PREVIEW, &input()).await;
        assert_eq!(harness.calls(GIVE_UP_PREVIEW), [input()]);
        assert_eq!(run.status().await, RuntimeStatus::Failed);
        assert!(harness.calls(DRAW_PAGE).iter().all(|page| page.page <= 4), "the rest is left alone");
    }
}
