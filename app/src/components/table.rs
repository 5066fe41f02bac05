//! Tables that become stacked rows on a phone.
//!
//! A table whose display is changed by style sheets loses its meaning for screen readers in some browsers; the
//! explicit roles keep it.

use leptos::prelude::*;

/// A table. Cells are [`Cell`]s within `<tr role="row">`.
#[component]
pub fn Table(
    /// What it lists; read by screen readers, not shown.
    caption: &'static str,
    /// Column headings; an empty one is a column of actions.
    columns: Vec<&'static str>,
    /// The rows.
    children: Children,
) -> AnyView {
    let columns: Vec<_> = columns
        .into_iter()
        .map(|column| {
            let heading = if column.is_empty() {
                view! { <span class="visually-hidden">"Actions"</span> }.into_any()
            } else {
                column.into_any()
            };
            view! { <th role="columnheader" scope="col" data-column=column>{heading}</th> }
        })
        .collect();
    view! {
        <table class="table" role="table">
            <caption class="visually-hidden">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">{columns}</tr>
            </thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
    .into_any()
}

/// One cell. On a phone its column's name stands before it, unless that is empty.
#[component]
pub fn Cell(
    /// The column's name.
    #[prop(optional)]
    label: Option<&'static str>,
    /// What the cell is for its row: `main` (the row's name) or `number`.
    #[prop(optional)]
    kind: Option<&'static str>,
    /// The content.
    children: Children,
) -> AnyView {
    view! {
        <td class="table__cell" role="cell" data-label=label data-kind=kind>
            {children()}
        </td>
    }
    .into_any()
}
