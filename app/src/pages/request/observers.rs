//! Who observes a request.

use leptos::prelude::*;

use crate::pages::paths;
use crate::view::Observer;

/// Who observes the request, each with the button that ends it.
pub(super) fn observers(id: String, observers: Vec<Observer>) -> AnyView {
    let has_any = !observers.is_empty();
    let items: Vec<_> = observers.into_iter().map(|observer| observer_item(&id, observer)).collect();
    view! {
        <div class="request__observers" data-live-part="observers">
            {has_any
                .then(|| {
                    view! {
                        <section class="card" aria-labelledby="observers">
                            <h2 class="card__title" id="observers">
                                "Observers"
                            </h2>
                            <ul class="observers">{items}</ul>
                        </section>
                    }
                })}
        </div>
    }
    .into_any()
}

fn observer_item(request: &str, observer: Observer) -> AnyView {
    let Observer { id, person, removable } = observer;
    let label = person.label();
    let email = (label != person.email).then(|| view! { <span class="muted">{person.email}</span> });
    let removal = removable.then(|| {
        let action = paths::RemoveObserver(request, &id.to_string()).to_string();
        let name = label.clone();
        view! {
            <form method="post" action=action>
                <button class="button button--quiet" type="submit">
                    "Take off"
                    <span class="visually-hidden">" " {name}</span>
                </button>
            </form>
        }
    });
    view! {
        <li class="observers__item">
            <span class="observers__name">{label} " " {email}</span>
            {removal}
        </li>
    }
    .into_any()
}
