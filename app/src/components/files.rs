//! The files of a request: name, kind, size, a look inside, and a download.

use leptos::prelude::*;

use super::icon::Glyph;
use crate::view::file::size_in_words;
use crate::view::{FileKind, FileView, Icon, PreviewPage};

/// Pages in one list, all files together; the others are in the files.
const MAX_PAGES: usize = 200;

/// Whether previews are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inline {
    /// The first one is.
    FirstOpen,
    /// All are closed: for pages that must be short.
    Closed,
}

/// A file with its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// The file.
    pub file: FileView,
    /// Where it is.
    pub href: String,
    /// Where its pages are as pictures, in the order of its preview.
    pub pages: Vec<String>,
}

impl Attached {
    /// `page` gives the address of a page by its number.
    #[must_use]
    pub fn new(file: FileView, href: String, page: impl Fn(u32) -> String) -> Self {
        let pages = file.preview.pages().iter().map(|shown| page(shown.number)).collect();
        Self { file, href, pages }
    }
}

/// A list of files.
#[component]
pub fn Files(
    /// Each file with its addresses.
    files: Vec<Attached>,
    /// Which previews are open.
    inline: Inline,
) -> AnyView {
    let mut may_open = inline == Inline::FirstOpen;
    let mut room = MAX_PAGES;
    let items: Vec<_> = files
        .into_iter()
        .map(|attached| {
            let look = look(&attached, &mut room);
            let open = may_open && look.content.is_some();
            may_open &= !open;
            item(attached, look, open)
        })
        .collect();
    view! { <ul class="files">{items}</ul> }.into_any()
}

/// What can be seen of a file without opening it.
struct Look {
    content: Option<AnyView>,
    note: Option<String>,
}

fn item(attached: Attached, look: Look, open: bool) -> AnyView {
    let Attached { file, href, .. } = attached;
    let icon = match file.kind {
        FileKind::Image => Icon::Image,
        FileKind::Pdf | FileKind::Text { .. } => Icon::Page,
        FileKind::Other => Icon::Clip,
    };
    let about = format!("{}, {}", file.kind.word(), size_in_words(file.size));
    // What browsers show opens in a tab of its own, so that a half-filled form stays where it is.
    let shown = file.kind != FileKind::Other;
    let download = (!shown).then(|| file.name.clone());
    let name = file.name.clone();
    // A preview that ends appears on an open page, in this file's place and in no other file's.
    let key = file.preview.key();
    let part = key.map(|_| format!("file-{}-{}", file.number, file.sha256));
    view! {
        <li class="file" data-live-part=part data-live-key=key>
            <div class="file__row">
                <Glyph icon=icon />
                <a
                    class="file__name"
                    href=href.clone()
                    target=shown.then_some("_blank")
                    rel=shown.then_some("noopener")
                    download=download
                >
                    {file.name.clone()}
                    {shown.then(|| view! { <span class="visually-hidden">" (opens in a new tab)"</span> })}
                </a>
                <span class="file__about">{about}</span>
                <a class="file__download" href=href download=file.name.clone() aria-label=format!("Download {name}")>
                    <Glyph icon=Icon::Download />
                </a>
            </div>
            {look.note.map(|note| view! { <p class="file__note">{note}</p> })}
            {look
                .content
                .map(|content| {
                    view! {
                        <details class="file__preview" open=open>
                            <summary>"Preview" <span class="visually-hidden">" of " {file.name}</span></summary>
                            {content}
                        </details>
                    }
                })}
        </li>
    }
    .into_any()
}

/// `room` says how many pages may still be shown.
fn look(attached: &Attached, room: &mut usize) -> Look {
    let file = &attached.file;
    if let FileKind::Text { excerpt, cut } = &file.kind {
        return Look { content: Some(text(excerpt.clone(), *cut)), note: None };
    }
    let pages = file.preview.pages();
    if pages.is_empty() {
        return Look { content: None, note: file.preview.note() };
    }
    if *room == 0 {
        return Look { content: None, note: Some("Open the file to see its pages.".to_owned()) };
    }
    let shown: Vec<_> = pages.iter().copied().zip(attached.pages.iter().cloned()).take(*room).collect();
    *room -= shown.len();
    Look { content: Some(sheets(file, shown)), note: file.preview.note() }
}

fn text(excerpt: String, cut: bool) -> AnyView {
    let more = cut.then(|| view! { <p class="file__cut">"The rest is in the file."</p> });
    view! { <pre class="file__text" tabindex="0">{excerpt}</pre> {more} }.into_any()
}

/// Pages as pictures, none of which is fetched before it is seen; each keeps its place free until then.
fn sheets(file: &FileView, pages: Vec<(PreviewPage, String)>) -> AnyView {
    let name = file.name.clone();
    if file.kind == FileKind::Image {
        let picture = |(page, href): (PreviewPage, String)| {
            let (width, height) = (page.width, page.height);
            view! { <img class="file__image" src=href alt=name.clone() width=width height=height loading="lazy" /> }
        };
        return pages.into_iter().map(picture).collect_view().into_any();
    }
    let sheet = |(page, href): (PreviewPage, String)| {
        let PreviewPage { number, width, height } = page;
        let alt = format!("Page {number}");
        view! {
            <li>
                <img class="file__sheet" src=href alt=alt width=width height=height loading="lazy" />
            </li>
        }
    };
    let sheets = pages.into_iter().map(sheet).collect_view();
    view! {
        <div class="file__sheets" role="group" tabindex="0" aria-label=format!("Pages of {name}")>
            <ol>{sheets}</ol>
        </div>
    }
    .into_any()
}
