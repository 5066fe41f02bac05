//! The pages of a file as pictures, as two revisions have it: the same page of both side by side. A file that only one of
//! them has shows its pages alone.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::view::{FilePreview, PreviewPage};

/// A file as one revision has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    revision: u32,
    pages: Vec<(PreviewPage, String)>,
    note: Option<String>,
    is_whole: bool,
}

impl Side {
    /// `address` gives the address of a page by its number.
    #[must_use]
    pub fn new(revision: u32, preview: &FilePreview, address: impl Fn(u32) -> String) -> Self {
        Self {
            revision,
            pages: preview.pages().iter().map(|page| (*page, address(page.number))).collect(),
            note: preview.note(),
            is_whole: matches!(preview, FilePreview::Ready { missing: None, .. }),
        }
    }

    /// How many pages there are to show.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pages.len()
    }
}

/// The pages, and what is to be said where there are none; nothing of a file that never has any.
#[component]
pub fn ComparedPages(
    /// The file's name.
    name: String,
    /// The file as the revisions have it, the earlier one first.
    sides: Vec<Side>,
    /// The most pages of each that are shown; the others are in the file.
    most: usize,
    /// Whether they are in sight from the start.
    open: bool,
) -> AnyView {
    if sides.iter().all(|side| side.pages.is_empty() && side.note.is_none()) {
        return ().into_any();
    }
    let notes: Vec<_> = sides.iter().filter_map(note).collect();
    let shown: Vec<_> = sides.into_iter().filter(|side| side.count() > 0).collect();
    let numbers: BTreeSet<u32> = shown.iter().flat_map(numbers_of).collect();
    let rest =
        (numbers.len() > most).then(|| view! { <p class="compared-pages__note">"More pages are in the file."</p> });
    let revisions: Vec<_> = shown.iter().map(|side| format!("r{}", side.revision)).collect();
    let label = format!("Pages of {name} in {}", revisions.join(" and "));
    let alone = (shown.len() == 1).then_some("");
    let rows: Vec<_> = numbers.into_iter().take(most).map(|number| row(number, &shown)).collect();
    let pages = (!rows.is_empty()).then(|| {
        view! {
            <details class="compared-pages__look" open=open>
                <summary>"Pages" <span class="visually-hidden">" of " {name}</span></summary>
                <div class="compared-pages__sheets" role="group" tabindex="0" aria-label=label>
                    <ol data-alone=alone>{rows}</ol>
                </div>
            </details>
        }
    });
    view! { <div class="compared-pages">{notes} {pages} {rest}</div> }.into_any()
}

fn note(side: &Side) -> Option<AnyView> {
    let words = format!("r{}: {}", side.revision, side.note.as_ref()?);
    Some(view! { <p class="compared-pages__note">{words}</p> }.into_any())
}

fn numbers_of(side: &Side) -> impl Iterator<Item = u32> {
    side.pages.iter().map(|(page, _)| page.number)
}

/// A page of each.
fn row(number: u32, sides: &[Side]) -> AnyView {
    let sheets: Vec<_> = sides.iter().map(|side| sheet(number, side)).collect();
    view! { <li class="compared-pages__row">{sheets}</li> }.into_any()
}

/// None is fetched before it is seen; each keeps its place free until then.
fn sheet(number: u32, side: &Side) -> AnyView {
    let revision = side.revision;
    let Some((page, href)) = side.pages.iter().find(|(page, _)| page.number == number) else {
        let words = if side.is_whole {
            format!("r{revision} has no page {number}.")
        } else {
            format!("Page {number} of r{revision} is not shown.")
        };
        return view! { <p class="compared-pages__none">{words}</p> }.into_any();
    };
    let PreviewPage { width, height, .. } = *page;
    let alt = format!("Page {number} in revision {revision}");
    view! {
        <div class="compared-pages__page">
            <span class="compared-pages__which" aria-hidden="true">
                {format!("r{revision}, page {number}")}
            </span>
            <img class="compared-pages__sheet" src=href.clone() alt=alt width=width height=height loading="lazy" />
        </div>
    }
    .into_any()
}
