//! Shortcuts: the list that the key ? opens, and the switch. `keys.js` does what the list says where the list is in the page.

use leptos::prelude::*;

use super::card::Card;

/// Where shortcuts lead, and where they are switched.
#[derive(Clone, Debug)]
pub struct ShortcutPlaces {
    /// The inbox.
    pub inbox: String,
    /// The form for a new request, for those who may submit one.
    pub new_request: Option<String>,
    /// Where the switch posts to.
    pub switch: String,
}

/// The keys in the order of the list, and what each does.
const KEYS: [(&[&str], &str); 7] = [
    (&["j"], "Next row"),
    (&["k"], "Row before"),
    (&["o"], "Open the row; so does Enter"),
    (&["x"], "Choose the row, or not"),
    (&["/"], "Search"),
    (&["g", "i"], "Go to the inbox"),
    (&["?"], "This list"),
];

/// The list of shortcuts, closed until the script opens it. A page without it has no shortcuts.
#[component]
pub fn Shortcuts(
    /// The addresses.
    places: ShortcutPlaces,
) -> AnyView {
    let ShortcutPlaces { inbox, new_request, switch } = places;
    let to_form: (&[&str], &str) = (&["g", "n"], "Start a new request");
    let to_form = new_request.is_some().then_some(to_form);
    let keys: Vec<_> = KEYS.into_iter().chain(to_form).map(|(keys, does)| entry(keys, does)).collect();
    view! {
        <dialog class="shortcuts" aria-labelledby="shortcuts" data-shortcuts="" data-inbox=inbox data-new=new_request>
            <h2 class="shortcuts__title" id="shortcuts">
                "Keyboard shortcuts"
            </h2>
            <dl class="shortcuts__list">{keys}</dl>
            <div class="shortcuts__end">
                <form method="dialog">
                    <button class="button button--primary" type="submit">
                        "Close"
                    </button>
                </form>
                <form method="post" action=switch>
                    <button class="button button--quiet" type="submit">
                        "Switch shortcuts off"
                    </button>
                </form>
            </div>
        </dialog>
    }
    .into_any()
}

fn entry(keys: &'static [&'static str], does: &'static str) -> AnyView {
    let keys: Vec<_> = keys.iter().map(|key| view! { <kbd class="key">{*key}</kbd> }).collect();
    view! {
        <div class="shortcuts__entry">
            <dt>{keys}</dt>
            <dd>{does}</dd>
        </div>
    }
    .into_any()
}

/// The section of the settings that switches shortcuts.
#[component]
pub fn ShortcutSwitch(
    /// Whether they are on.
    on: bool,
    /// Where the form posts to.
    #[prop(into)]
    action: String,
) -> AnyView {
    let (says, button, value) = match on {
        true => ("Single keys move through lists and open pages. The key ? lists them.", "Switch shortcuts off", ""),
        false => ("Single keys do nothing on pages.", "Switch shortcuts on", "on"),
    };
    view! {
        <Card id="settings-shortcuts" title="Keyboard shortcuts">
            <form class="form" method="post" action=action>
                <p>{says}</p>
                <input type="hidden" name="shortcuts" value=value />
                <div class="form__end">
                    <button class="button" type="submit">
                        {button}
                    </button>
                </div>
            </form>
        </Card>
    }
    .into_any()
}
