//! The groups of people, and the form for a new one. For admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::form::{ErrorSummary, TextArea, TextField};
use crate::components::table::{Cell, Table};
use crate::view::{Frame, GroupForm, GroupRow, Groups, Section};

/// `GET /groups`, and again with messages after a form that was refused.
#[must_use]
pub fn groups(frame: Frame, page: Groups) -> Page {
    render(Shell::new("Groups").scripts(Scripts::Live), || view! { <GroupsPage frame=frame page=page /> })
}

#[component]
fn GroupsPage(frame: Frame, page: Groups) -> AnyView {
    view! {
        <Layout frame=frame section=Section::Groups width=Width::Medium>
            <Heading title="Groups">
                <p>
                    "People under one name, whom policies ask together. Who joins or leaves a group is asked, or not, \
                    from the next request on."
                </p>
            </Heading>
            {list(page.rows)}
            <Card id="new-group" title="New group">
                {group_form(page.form, paths::Groups.to_string(), "Make the group")}
            </Card>
        </Layout>
    }
    .into_any()
}

fn list(rows: Vec<GroupRow>) -> AnyView {
    if rows.is_empty() {
        let text = "Make one below for people who decide about the same things.";
        return view! { <Empty title="There are no groups yet" text=text /> }.into_any();
    }
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <div class="sheet">
            <Table caption="Groups" columns=vec!["Group", "People"]>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(GroupRow { id, name, members }: GroupRow) -> AnyView {
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <a class="row-link" href=paths::Group(&id.to_string()).to_string()>
                    {name}
                </a>
            </Cell>
            <Cell label="People" kind="number">
                {members}
            </Cell>
        </tr>
    }
    .into_any()
}

/// The form for a new group and for an old one.
pub(super) fn group_form(form: GroupForm, action: String, send: &'static str) -> AnyView {
    let GroupForm { name, members, errors } = form;
    view! {
        <form class="form" method="post" action=action>
            <ErrorSummary errors=errors.clone() />
            <TextField
                name="name"
                label="Name"
                value=name
                error=errors.of("name")
                required=true
                max_length=60
                autocomplete="off"
            />
            <TextArea
                name="members"
                label="People"
                hint="Their mail addresses, one per line. They need no account: questions come by mail."
                value=members
                error=errors.of("members")
                rows=8
            />
            <div class="form__end">
                <button class="button button--primary" type="submit">
                    {send}
                </button>
            </div>
        </form>
    }
    .into_any()
}
