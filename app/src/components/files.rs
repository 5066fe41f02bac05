//! The files of a request: name, kind, size, a look inside where that is safe, and a download.

use leptos::prelude::*;

use super::icon::Glyph;
use crate::view::file::size_in_words;
use crate::view::{FileKind, FileView, Icon};

/// How much of a file is shown in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Pictures, texts and PDF pages, the first one opened.
    Everything,
    /// Pictures and texts, all closed: for pages that must be short and frame nothing.
    Closed,
}

/// A list of files.
#[component]
pub fn Files(
    /// Each file with its address.
    files: Vec<(FileView, String)>,
    /// How much is shown in place.
    inline: Inline,
) -> AnyView {
    let mut may_open = inline == Inline::Everything;
    let items: Vec<_> = files
        .into_iter()
        .map(|(file, href)| {
            let content = content(&file, &href, inline);
            let open = may_open && content.is_some();
            may_open &= !open;
            item(file, href, content, open)
        })
        .collect();
    view! { <ul class="files">{items}</ul> }.into_any()
}

fn item(file: FileView, href: String, content: Option<AnyView>, open: bool) -> AnyView {
    let icon = match file.kind {
        FileKind::Image { .. } => Icon::Image,
        FileKind::Pdf | FileKind::Text { .. } => Icon::Page,
        FileKind::Other => Icon::Clip,
    };
    let about = format!("{}, {}", file.kind.word(), size_in_words(file.size));
    // What browsers show opens in a tab of its own, so that a half-filled form stays where it is.
    let shown = file.kind != FileKind::Other;
    let download = (!shown).then(|| file.name.clone());
    let name = file.name.clone();
    view! {
        <li class="file">
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
            {content
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

fn content(file: &FileView, href: &str, inline: Inline) -> Option<AnyView> {
    let href = href.to_owned();
    let name = file.name.clone();
    match &file.kind {
        FileKind::Image { pixels } => {
            let (width, height) = pixels.unzip();
            Some(
                view! { <img class="file__image" src=href alt=name width=width height=height loading="lazy" /> }
                    .into_any(),
            )
        }
        FileKind::Text { excerpt, cut } => {
            let more = cut.then(|| view! { <p class="file__cut">"The rest is in the file."</p> });
            Some(view! { <pre class="file__text" tabindex="0">{excerpt.clone()}</pre> {more} }.into_any())
        }
        FileKind::Pdf if inline == Inline::Everything => Some(frame(format!("{href}#navpanes=0&view=FitH"), name)),
        FileKind::Pdf | FileKind::Other => None,
    }
}

/// A frame that is not fetched before it is seen: a request may have many files. (In `view!` the attribute `loading` of a frame
/// does not compile.)
fn frame(href: String, title: String) -> AnyView {
    leptos::html::iframe().attr("loading", "lazy").class("file__frame").src(href).title(title).into_any()
}
