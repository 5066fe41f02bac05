//! A text compared with another: what is gone and what is new, word by word.
//!
//! Screen readers do not announce `del` and `ins` by themselves, so each says in words what it is; the colours never speak
//! alone either.

use leptos::prelude::*;

use crate::view::{Piece, Tone};

/// The pieces one after the other, line ends as they were typed.
#[component]
pub fn Compared(
    /// The pieces.
    pieces: Vec<Piece>,
) -> AnyView {
    let pieces: Vec<_> = pieces.into_iter().map(piece).collect();
    view! { <div class="diff">{pieces}</div> }.into_any()
}

fn piece(piece: Piece) -> AnyView {
    match piece {
        Piece::Same(text) => view! { <span>{text}</span> }.into_any(),
        Piece::Gone(text) => view! {
            <del class="diff__gone" data-tone=Tone::Bad.key()>
                <span class="visually-hidden">"[removed: "</span>
                {text}
                <span class="visually-hidden">"]"</span>
            </del>
        }
        .into_any(),
        Piece::New(text) => view! {
            <ins class="diff__new" data-tone=Tone::Good.key()>
                <span class="visually-hidden">"[added: "</span>
                {text}
                <span class="visually-hidden">"]"</span>
            </ins>
        }
        .into_any(),
        Piece::Skipped(lines) => {
            view! { <span class="diff__skipped">{format!("{lines} unchanged lines")}</span> }.into_any()
        }
    }
}
