//! One group of people, for admins.

use leptos::prelude::*;

use super::groups::group_form;
use super::layout::{Heading, Layout, Width};
use super::person::people;
use super::{Page, Scripts, Shell, paths, render};
use crate::components::card::Card;
use crate::view::{Frame, GroupDetail, Section};

/// `GET /groups/{id}`, and again with messages after a form that was refused.
#[must_use]
pub fn group(frame: Frame, page: GroupDetail) -> Page {
    render(Shell::new(page.name.clone()).scripts(Scripts::Live), || view! { <GroupPage frame=frame page=page /> })
}

#[component]
fn GroupPage(frame: Frame, page: GroupDetail) -> AnyView {
    let GroupDetail { id, name, members, policies, form } = page;
    let id = id.to_string();
    let action = paths::Group(&id).to_string();
    view! {
        <Layout frame=frame section=Section::Groups width=Width::Medium>
            <Heading title=name above="Group" />
            <Card id="members" title="People">
                {people(members)}
            </Card>
            <Card id="change" title="Change">
                {group_form(form, action, "Save the changes")}
            </Card>
            <Card id="delete" title="Delete">
                <Delete id=id policies=policies />
            </Card>
        </Layout>
    }
    .into_any()
}

/// The way to get rid of it, or why there is none.
#[component]
fn Delete(id: String, policies: Vec<String>) -> AnyView {
    if !policies.is_empty() {
        let policies = policies.join(", ");
        return view! {
            <p>"Policies use this group, so it cannot be deleted: " {policies} ". Change or archive them first."</p>
        }
        .into_any();
    }
    view! {
        <form class="form" method="post" action=paths::DeleteGroup(&id).to_string()>
            <p>"No policy uses this group. Deleting it changes nothing about its people or about requests that run."</p>
            <div class="form__end">
                <button class="button button--danger" type="submit">
                    "Delete the group"
                </button>
            </div>
        </form>
    }
    .into_any()
}
