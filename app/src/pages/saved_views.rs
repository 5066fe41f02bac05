//! The filters of the inbox that somebody keeps: renamed, deleted, and the form for a new one that came back.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::form::{ErrorSummary, TextField};
use crate::components::table::{Cell, Table};
use crate::view::{FormErrors, Frame, SaveViewForm, SavedView, SavedViewForm, SavedViews, Section};

/// `GET /views`, and again as the answer to its forms.
#[must_use]
pub fn saved_views(frame: Frame, page: SavedViews) -> Page {
    render(Shell::new("Saved views").scripts(Scripts::Live), || view! { <SavedViewsPage frame=frame page=page /> })
}

#[component]
fn SavedViewsPage(frame: Frame, page: SavedViews) -> AnyView {
    let SavedViews { views, again } = page;
    let save = match &again {
        Some(SavedViewForm::Save(form)) => Some(save_again(form.clone())),
        Some(SavedViewForm::Rename { .. }) | None => None,
    };
    let rename = match again {
        Some(SavedViewForm::Rename { id, name, errors }) => Some((id, name, errors)),
        Some(SavedViewForm::Save(_)) | None => None,
    };
    let summary = rename.as_ref().map(|(_, _, errors)| view! { <ErrorSummary errors=errors.clone() /> });
    let is_empty = views.is_empty();
    let rows: Vec<_> = views
        .into_iter()
        .map(|each| {
            let typed = rename.as_ref().filter(|(id, _, _)| *id == each.id);
            let typed = typed.map(|(_, name, errors)| (name.clone(), errors.clone()));
            row(each, typed)
        })
        .collect();
    let list = if is_empty { none_yet() } else { table(rows) };
    view! {
        <Layout frame=frame section=Section::Inbox width=Width::Wide>
            <Heading title="Saved views" above="Inbox">
                <p>
                    "Filters of the " <a href=paths::Inbox.to_string()>"inbox"</a>
                    " that you keep under a name. Only you see them, and they always show what is there now."
                </p>
            </Heading>
            {save}
            {summary}
            {list}
        </Layout>
    }
    .into_any()
}

fn save_again(form: SaveViewForm) -> AnyView {
    view! {
        <Card id="save-view" title="Save this view">
            {save_view(form)}
        </Card>
    }
    .into_any()
}

/// The form that saves a filter.
pub(super) fn save_view(form: SaveViewForm) -> AnyView {
    let SaveViewForm { tab, filter, name, errors } = form;
    let hidden: Vec<_> = filter
        .pairs()
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.to_owned() /> })
        .collect();
    view! {
        <form class="form" method="post" action=paths::SavedViews.to_string()>
            <ErrorSummary errors=errors.clone() />
            <input type="hidden" name="tab" value=tab.key() />
            {hidden}
            <TextField
                name="name"
                label="Name of the view"
                value=name
                error=errors.of("name")
                required=true
                max_length=60
                autocomplete="off"
            />
            <div class="form__end">
                <button class="button" type="submit">
                    "Save view"
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn table(rows: Vec<AnyView>) -> AnyView {
    view! {
        <div class="sheet">
            <Table caption="Saved views" columns=vec!["View", "Name", ""]>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

/// One view, with what was typed into its form when that came back.
fn row(saved: SavedView, typed: Option<(String, FormErrors)>) -> AnyView {
    let SavedView { id, name, tab, query, .. } = saved;
    let id = id.to_string();
    let error = typed.as_ref().and_then(|(_, errors)| errors.of("name"));
    // The messages above lead to the field of this id.
    let field = if error.is_some() { "f-name".to_owned() } else { format!("f-name-{id}") };
    let value = typed.map_or_else(|| name.clone(), |(typed, _)| typed);
    let (shown, renamed) = (name.clone(), name.clone());
    let (rename, delete) = (paths::RenameView(&id).to_string(), paths::DeleteView(&id).to_string());
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a href=paths::saved_view(tab.key(), &query)>{shown}</a>
                <span class="muted">{tab.word()}</span>
            </Cell>
            <Cell>
                <form class="rename" method="post" action=rename>
                    <TextField
                        name="name"
                        id=field
                        label="Name"
                        value=value
                        error=error
                        required=true
                        max_length=60
                        autocomplete="off"
                    />
                    <button class="button" type="submit">
                        "Rename"
                        <span class="visually-hidden">" " {renamed}</span>
                    </button>
                </form>
            </Cell>
            <Cell kind="actions">
                <form method="post" action=delete>
                    <button class="button button--danger" type="submit">
                        "Delete"
                        <span class="visually-hidden">" " {name}</span>
                    </button>
                </form>
            </Cell>
        </tr>
    }
    .into_any()
}

fn none_yet() -> AnyView {
    view! {
        <Empty title="You have no saved views" text="Narrow the inbox to what you look at often, and save that under a name.">
            <a class="button" href=paths::Inbox.to_string()>
                "Go to the inbox"
            </a>
        </Empty>
    }
    .into_any()
}
