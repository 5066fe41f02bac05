//! What stands around every page: skip link, header with the navigation, notice, footer.

use leptos::prelude::*;

use super::paths;
use crate::components::icon::Glyph;
use crate::components::logo::Logo;
use crate::components::notice::NoticeBox;
use crate::components::shortcuts::{ShortcutPlaces, Shortcuts};
use crate::view::inbox::count_in_words;
use crate::view::{Frame, Icon, Section, Viewer};

/// How wide a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Lists and documents.
    Wide,
    /// Forms.
    Medium,
    /// Sign-in, link pages, errors.
    Narrow,
}

/// A page's frame.
#[component]
pub fn Layout(
    /// Who reads it, and a passing notice.
    frame: Frame,
    /// Which entry of the navigation this page is.
    #[prop(optional)]
    section: Option<Section>,
    /// How wide it is.
    width: Width,
    /// Where server-sent events about this page come from.
    #[prop(optional, into)]
    live: Option<String>,
    /// The page.
    children: Children,
) -> AnyView {
    let width = match width {
        Width::Wide => "wide",
        Width::Medium => "medium",
        Width::Narrow => "narrow",
    };
    let announcer = live.is_some().then(|| view! { <p class="visually-hidden" role="status" data-live-status></p> });
    let notice =
        frame.notice.map(|notice| view! { <NoticeBox tone=notice.tone announce=true>{notice.text}</NoticeBox> });
    let shortcuts = frame.viewer.as_ref().filter(|viewer| viewer.shortcuts).map(shortcuts);
    view! {
        <a class="skip-link" href="#main">
            "Skip to content"
        </a>
        <header class="site-header">
            <div class="site-header__inner">
                <a class="brand" href=paths::Inbox.to_string()>
                    <Logo />
                    "Countersign"
                </a>
                {frame
                    .viewer
                    .map(|viewer| {
                        view! {
                            <Navigation viewer=viewer.clone() current=section />
                            <Account viewer=viewer current=section />
                        }
                    })}
            </div>
        </header>
        <main class="main" id="main" tabindex="-1" data-width=width data-live=live>
            {notice}
            {children()}
        </main>
        {announcer}
        {shortcuts}
    }
    .into_any()
}

/// The list of shortcuts, with the addresses that they lead to.
fn shortcuts(viewer: &Viewer) -> AnyView {
    let may_submit = viewer.roles.admin || viewer.roles.requester;
    let places = ShortcutPlaces {
        inbox: paths::Inbox.to_string(),
        new_request: may_submit.then(|| paths::NewRequest.to_string()),
        switch: paths::Shortcuts.to_string(),
    };
    view! { <Shortcuts places=places /> }.into_any()
}

/// The navigation of a signed-in reader.
#[component]
fn Navigation(viewer: Viewer, current: Option<Section>) -> AnyView {
    let admin = viewer.roles.admin;
    let may_start = admin || viewer.roles.requester;
    let entry = move |section: Section, href: String, word: &'static str, count: u64| {
        let count = (count > 0).then(|| {
            view! { <span class="nav__count">{count_in_words(count)} <span class="visually-hidden">" waiting for you"</span></span> }
        });
        view! {
            <li>
                <a class="nav__link" href=href aria-current=(current == Some(section)).then_some("page")>
                    {word}
                    {count}
                </a>
            </li>
        }
    };
    view! {
        <nav class="nav" aria-label="Main">
            <ul class="nav__list">
                {entry(Section::Inbox, paths::Inbox.to_string(), "Inbox", viewer.waiting)}
                {may_start.then(|| entry(Section::Workflows, paths::Workflows.to_string(), "Workflows", 0))}
                {entry(Section::Monitors, paths::Monitors.to_string(), "Monitors", 0)}
                {admin.then(|| entry(Section::Instances, paths::Instances.to_string(), "Instances", 0))}
                {admin.then(|| entry(Section::People, paths::People.to_string(), "People", 0))}
                {admin.then(|| entry(Section::Outbox, paths::Outbox.to_string(), "Outbox", 0))}
            </ul>
        </nav>
    }
    .into_any()
}

/// What a signed-in reader may begin, and the menu with what is theirs and the way out.
#[component]
fn Account(viewer: Viewer, current: Option<Section>) -> AnyView {
    let may_submit = viewer.roles.admin || viewer.roles.requester;
    let new_request = may_submit.then(|| {
        let current = (current == Some(Section::NewRequest)).then_some("page");
        view! {
            <a class="button button--primary" href=paths::NewRequest.to_string() aria-current=current>
                <Glyph icon=Icon::Plus />
                <span class="account__word">"New request"</span>
            </a>
        }
    });
    view! {
        <div class="account">
            {new_request}
            <details class="menu">
                <summary class="menu__button">
                    <Glyph icon=Icon::Person />
                    <span class="visually-hidden">"Account of "</span>
                    <span class="account__word account__name">{viewer.name}</span>
                </summary>
                <div class="menu__panel">
                    <p class="menu__who">{viewer.email}</p>
                    {own_links(current)}
                    <DeveloperLinks current=current admin=viewer.roles.admin />
                    {viewer.roles.admin.then(|| administration(current))}
                    <form method="post" action=paths::SignOut.to_string()>
                        <button class="menu__link" type="submit">
                            "Sign out"
                        </button>
                    </form>
                </div>
            </details>
        </div>
    }
    .into_any()
}

/// What the reader says of themselves, and when they are away.
fn own_links(current: Option<Section>) -> AnyView {
    let links = vec![
        (Section::Settings, paths::Settings.to_string(), "Settings"),
        (Section::Absence, paths::Absence.to_string(), "Absence"),
    ];
    view! { <nav class="menu__group" aria-label="Yours">{menu_links(current, links)}</nav> }.into_any()
}

/// The entries of one part of the menu.
fn menu_links(current: Option<Section>, links: Vec<(Section, String, &'static str)>) -> AnyView {
    let link = |(section, href, word): (Section, String, &'static str)| {
        view! {
            <li>
                <a class="menu__link" href=href aria-current=(current == Some(section)).then_some("page")>
                    {word}
                </a>
            </li>
        }
    };
    let links: Vec<_> = links.into_iter().map(link).collect();
    view! { <ul>{links}</ul> }.into_any()
}

/// What serves those who connect programs with the portal.
#[component]
fn DeveloperLinks(current: Option<Section>, admin: bool) -> AnyView {
    let tokens = Some((Section::Tokens, paths::Tokens.to_string(), "API tokens"));
    let webhooks = admin.then(|| (Section::Webhooks, paths::Webhooks.to_string(), "Webhooks"));
    let api = Some((Section::Api, paths::Api.to_string(), "API reference"));
    let links = [tokens, webhooks, api].into_iter().flatten().collect();
    view! {
        <nav class="menu__group" aria-label="Developer">
            <p class="menu__title">"Developer"</p>
            {menu_links(current, links)}
        </nav>
    }
    .into_any()
}

/// What admins look at now and then, too rarely for the main navigation.
fn administration(current: Option<Section>) -> AnyView {
    let links = vec![
        (Section::Policies, paths::Policies.to_string(), "Policies"),
        (Section::Groups, paths::Groups.to_string(), "Groups"),
        (Section::Audit, paths::Audit.to_string(), "Audit log"),
    ];
    view! {
        <nav class="menu__group" aria-label="Administration">
            <p class="menu__title">"Administration"</p>
            {menu_links(current, links)}
        </nav>
    }
    .into_any()
}

/// A page's heading: a small line above it, the heading itself, and what stands beside or below it.
#[component]
pub fn Heading(
    /// The only heading of the first level.
    #[prop(into)]
    title: String,
    /// A few words above.
    #[prop(optional, into)]
    above: Option<String>,
    /// Whether the title is an id, set in the type of code.
    #[prop(optional)]
    code: bool,
    /// What stands below.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <div class="heading">
            {above.map(|above| view! { <p class="heading__above">{above}</p> })}
            <h1 class="heading__title" data-code=code.then_some("")>{title}</h1>
            {children.map(|children| view! { <div class="heading__below">{children()}</div> })}
        </div>
    }
    .into_any()
}
