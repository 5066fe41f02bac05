//! The editor of a policy, with its preview and its versions. For admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::policy_form::policy_form;
use super::{Page, Scripts, Shell, paths, render};
use crate::components::card::Card;
use crate::components::notice::NoticeBox;
use crate::components::policy_preview::PreviewLadder;
use crate::components::time::Time;
use crate::view::policy::{EditedPolicy, VersionRow};
use crate::view::{Frame, PolicyEditor, Section, Tone};

/// `GET /policies/new` and `GET /policies/{id}`, and again as the answer to each button of the form.
#[must_use]
pub fn policy(frame: Frame, page: PolicyEditor) -> Page {
    let title = page.policy.as_ref().map_or_else(|| "New policy".to_owned(), |policy| policy.name.clone());
    render(Shell::new(title).scripts(Scripts::Live), || view! { <PolicyPage frame=frame page=page /> })
}

#[component]
fn PolicyPage(frame: Frame, page: PolicyEditor) -> AnyView {
    let title = page.policy.as_ref().map_or_else(|| "New policy".to_owned(), |policy| policy.name.clone());
    let above = page.policy.as_ref().map_or_else(
        || "Policies".to_owned(),
        |policy| format!("Policy, version {}", policy.older.unwrap_or(policy.version)),
    );
    let (head, foot) = (page.policy.clone().map(state), page.policy.clone().map(history));
    let preview = page.preview.clone().map(|preview| {
        view! {
            <Card id="preview" title="Who will be asked when">
                <PreviewLadder preview=preview />
            </Card>
        }
    });
    view! {
        <Layout frame=frame section=Section::Policies width=Width::Medium>
            <Heading title=title above=above />
            {head}
            {preview}
            {policy_form(page)}
            {foot}
        </Layout>
    }
    .into_any()
}

/// What is to be known before the form is changed.
fn state(policy: EditedPolicy) -> AnyView {
    let id = policy.id.to_string();
    let older = policy.older.map(|older| {
        view! {
            <NoticeBox tone=Tone::Ink>
                {format!("This is version {older}. Saving it makes it the newest version. ")}
                <a href=paths::Policy(&id).to_string()>"Back to the newest one"</a>
            </NoticeBox>
        }
    });
    let archived = policy.archived_at.map(|at| {
        view! {
            <NoticeBox tone=Tone::Gone>"Nobody can choose this policy. It was archived " <Time at=at /> "."</NoticeBox>
        }
    });
    view! {
        {older}
        {archived}
    }
    .into_any()
}

/// Its versions, and what else can be done with it.
fn history(policy: EditedPolicy) -> AnyView {
    let id = policy.id.to_string();
    let (verb, word, text) = match policy.archived_at {
        Some(_) => ("restore", "Restore it", "Lets people choose it again."),
        None => ("archive", "Archive it", "Nobody can choose it any more. Requests that run are not touched."),
    };
    let shown = policy.older.unwrap_or(policy.version);
    let versions: Vec<_> = policy.versions.into_iter().map(|row| version(&id, row, shown)).collect();
    view! {
        <Card id="versions" title="Versions">
            <ul class="policy__versions">{versions}</ul>
        </Card>
        <Card id="more" title="More">
            <p>
                <a class="button" href=paths::ExportPolicy(&id).to_string()>
                    "Export as TOML"
                </a>
            </p>
            <form class="form" method="post" action=paths::PolicyVerb(&id, verb).to_string()>
                <p class="muted">{text}</p>
                <div class="form__end">
                    <button class="button" type="submit">
                        {word}
                    </button>
                </div>
            </form>
        </Card>
    }
    .into_any()
}

fn version(id: &str, row: VersionRow, shown: u32) -> AnyView {
    let address = paths::with_query(paths::Policy(id), &[("version", &row.version.to_string())]);
    let by = row.by.map(|by| format!(" by {by}"));
    let current = (row.version == shown).then_some("true");
    view! {
        <li class="policy__version">
            <a href=address aria-current=current>
                {format!("Version {}", row.version)}
            </a>
            <span class="muted">", saved " <Time at=row.at /> {by}</span>
        </li>
    }
    .into_any()
}
