//! The countersignature mark: an open seal, and the second signature that closes it.

use leptos::prelude::*;

/// The mark alone. The product's name must stand beside it.
#[component]
pub fn Logo() -> AnyView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
            <path class="logo__seal" d="M25.5 21.5a11 11 0 1 1-2.2-13.3" />
            <path class="logo__sign" d="m10.5 16 5 5L29 6.5" />
        </svg>
    }
    .into_any()
}
