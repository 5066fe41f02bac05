//! The revisions of a request, and what differs between two of them: for people with a session, and below a link.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::compared_pages::{ComparedPages, Side};
use crate::components::diff::Compared;
use crate::components::form::{Field, FieldText, field_id};
use crate::components::table::{Cell, Table};
use crate::components::time::Time;
use crate::view::file::size_in_words;
use crate::view::{Changes, ChangesPlace, FileChange, FileVersion, Frame, Piece, RevisionRow, Revisions};

/// Pages of each revision on one page, all files together; the others are in the files.
const MAX_PAGES: usize = 100;

/// `GET /requests/{id}/revisions`.
#[must_use]
pub fn revisions(frame: Frame, page: Revisions) -> Page {
    let shell = Shell::new(format!("Revisions of {}", page.title)).scripts(Scripts::Live);
    render(shell, || view! { <RevisionsPage frame=frame page=page /> })
}

/// `GET /requests/{id}/changes`, and `GET /decide/{link}/changes`, which has no scripts.
#[must_use]
pub fn changes(frame: Frame, page: Changes) -> Page {
    let scripts = match page.place {
        ChangesPlace::Request(_) => Scripts::Live,
        ChangesPlace::Link(_) => Scripts::None,
    };
    let shell = Shell::new(format!("{}: {}", heading(&page), page.title)).scripts(scripts);
    render(shell, || view! { <ChangesPage frame=frame page=page /> })
}

#[component]
fn RevisionsPage(frame: Frame, page: Revisions) -> AnyView {
    let id = page.id.to_string();
    let rows: Vec<_> = page.rows.into_iter().map(|row| revision(&id, row)).collect();
    view! {
        <Layout frame=frame width=Width::Wide>
            <Heading title="Revisions" above=page.title>
                <p>
                    "What was submitted from one time to the next. Every answer is bound to the revision that was shown. "
                    <a href=paths::Request(&id).to_string()>"The request"</a>
                </p>
            </Heading>
            <div class="sheet">
                <Table caption="Revisions" columns=vec!["Revision", "Submitted", "By", "Files", "SHA-256", ""]>
                    {rows}
                </Table>
            </div>
        </Layout>
    }
    .into_any()
}

fn revision(id: &str, row: RevisionRow) -> AnyView {
    let RevisionRow { number, title, submitted_at, by, note, sha256, files } = row;
    let changes = (number > 1).then(|| {
        let (from, to) = ((number - 1).to_string(), number.to_string());
        let href = paths::with_query(paths::Changes(id), &[("from", &from), ("to", &to)]);
        view! { <a href=href>{format!("Changes since r{from}")}</a> }
    });
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <span class="revisions__number">{format!("r{number}")}</span>
                <span class="muted">{title}</span>
                {note.map(|note| view! { <blockquote class="quote">{note}</blockquote> })}
            </Cell>
            <Cell label="Submitted">
                <Time at=submitted_at relative=true />
            </Cell>
            <Cell label="By">{by.label()}</Cell>
            <Cell label="Files" kind="number">
                {files}
            </Cell>
            <Cell label="SHA-256">
                <code class="revisions__hash">{sha256}</code>
            </Cell>
            <Cell kind="actions">{changes}</Cell>
        </tr>
    }
    .into_any()
}

/// What was compared, in a few words.
fn heading(page: &Changes) -> String {
    match (page.from.number, page.to.number) {
        (from, to) if from == to => format!("Revision r{to}"),
        (from, to) if to == page.newest => format!("Changes since r{from}"),
        (from, to) => format!("Changes from r{from} to r{to}"),
    }
}

#[component]
fn ChangesPage(frame: Frame, page: Changes) -> AnyView {
    let heading = heading(&page);
    let Changes { place, title, newest, from, to, titles, text: pieces, files: changed } = page;
    let width = width(place, &changed);
    let (first, second) = (from.number, to.number);
    let choose = (newest > 2).then(|| view! { <Choose place=place newest=newest from=first to=second /> });
    let titles = Piece::any_differs(&titles).then(|| {
        view! {
            <Card id="titles" title="Title">
                <Compared pieces=titles />
            </Card>
        }
    });
    view! {
        <Layout frame=frame width=width>
            <Heading title=heading above=title>
                <About place=place to=to />
            </Heading>
            {choose}
            {titles}
            <Card id="text" title="Text">
                {text(pieces)}
            </Card>
            <Card id="files" title="Files">
                {files(place, first, second, changed)}
            </Card>
        </Layout>
    }
    .into_any()
}

/// Two pages beside each other are to be legible.
fn width(place: ChangesPlace, changed: &[FileChange]) -> Width {
    let mut versions = changed.iter().flat_map(|change| [&change.from, &change.to]).flatten();
    let shows_pages = versions.any(|version| !version.preview.pages().is_empty());
    match (shows_pages, place) {
        (true, _) => Width::Wide,
        (false, ChangesPlace::Request(_)) => Width::Medium,
        (false, ChangesPlace::Link(_)) => Width::Narrow,
    }
}

/// Who submitted the later revision, when, with which words, and the ways on.
#[component]
fn About(place: ChangesPlace, to: RevisionRow) -> AnyView {
    let ways = match place {
        ChangesPlace::Request(id) => {
            let id = id.to_string();
            view! {
                <a href=paths::Request(&id).to_string()>"The request"</a>
                " · "
                <a href=paths::Revisions(&id).to_string()>"All revisions"</a>
            }
            .into_any()
        }
        ChangesPlace::Link(link) => {
            view! { <a href=paths::Decide(&link.to_string()).to_string()>"Back to your decision"</a> }.into_any()
        }
    };
    let submitted = format!("r{} was submitted by {} on ", to.number, to.by.label());
    view! {
        <p>{submitted} <Time at=to.submitted_at /> ". " {ways}</p>
        {to.note.map(|note| view! { <blockquote class="quote">{note}</blockquote> })}
    }
    .into_any()
}

/// Chooses two revisions to compare.
#[component]
fn Choose(place: ChangesPlace, newest: u32, from: u32, to: u32) -> AnyView {
    let action = match place {
        ChangesPlace::Request(id) => paths::Changes(&id.to_string()).to_string(),
        ChangesPlace::Link(link) => paths::DecideChanges(&link.to_string()).to_string(),
    };
    view! {
        <form class="changes__choose" method="get" action=action>
            {number("from", "Compare", newest, from)}
            {number("to", "With", newest, to)}
            <button class="button" type="submit">
                "Show"
            </button>
        </form>
    }
    .into_any()
}

fn number(name: &'static str, label: &'static str, newest: u32, chosen: u32) -> AnyView {
    let id = field_id(name);
    let text = FieldText { id: id.clone(), label: label.to_owned(), ..FieldText::default() };
    let options: Vec<_> = (1..=newest)
        .map(|number| view! { <option value=number selected=number == chosen>{format!("r{number}")}</option> })
        .collect();
    view! {
        <Field text=text>
            <select class="input" id=id name=name>
                {options}
            </select>
        </Field>
    }
    .into_any()
}

fn text(pieces: Vec<Piece>) -> AnyView {
    if Piece::any_differs(&pieces) {
        return view! { <Compared pieces=pieces /> }.into_any();
    }
    let words = if pieces.is_empty() { "Neither has a text." } else { "The text is the same." };
    view! { <p class="muted">{words}</p> }.into_any()
}

fn files(place: ChangesPlace, from: u32, to: u32, files: Vec<FileChange>) -> AnyView {
    if files.is_empty() {
        return view! { <p class="muted">"Neither has a file."</p> }.into_any();
    }
    let (mut room, mut open) = (MAX_PAGES, true);
    let line = |change: FileChange| {
        let (name, sides) = sides(place, (from, to), &change);
        let pages = sides.iter().map(Side::count).max().unwrap_or(0);
        let compared = view! { <ComparedPages name=name sides=sides most=room open=open /> };
        room = room.saturating_sub(pages);
        open &= pages == 0;
        let FileChange { fate, from: was, to: is } = change;
        // Of what has not changed, one is as good as the other.
        let was = was.filter(|was| is.as_ref().is_none_or(|is| (&was.name, &was.sha256) != (&is.name, &is.sha256)));
        let versions = [was.map(|was| version(place, from, was)), is.map(|is| version(place, to, is))];
        view! {
            <li class="changes__file">
                <Badge mark=fate.mark() />
                <div class="changes__versions">{versions.into_iter().flatten().collect::<Vec<_>>()}</div>
                {compared}
            </li>
        }
    };
    let lines: Vec<_> = files.into_iter().map(line).collect();
    view! { <ul class="changes__files">{lines}</ul> }.into_any()
}

/// A file's name, and its pages as the revisions have them.
fn sides(place: ChangesPlace, (from, to): (u32, u32), change: &FileChange) -> (String, Vec<Side>) {
    let versions = [(from, &change.from), (to, &change.to)];
    let versions: Vec<_> = versions.into_iter().filter_map(|(of, file)| Some((of, file.as_ref()?))).collect();
    let name = versions.last().map(|(_, file)| file.name.clone()).unwrap_or_default();
    let side = |(revision, file): (u32, &FileVersion)| {
        Side::new(revision, &file.preview, |page| match place {
            ChangesPlace::Request(id) => {
                paths::RevisionFilePage(&id.to_string(), revision, file.number, page).to_string()
            }
            ChangesPlace::Link(link) => {
                paths::DecideRevisionFilePage(&link.to_string(), revision, file.number, page).to_string()
            }
        })
    };
    (name, versions.into_iter().map(side).collect())
}

/// A file as one of the revisions has it.
fn version(place: ChangesPlace, revision: u32, file: FileVersion) -> AnyView {
    let href = match place {
        ChangesPlace::Request(id) => paths::RevisionFile(&id.to_string(), revision, file.number).to_string(),
        ChangesPlace::Link(link) => paths::DecideRevisionFile(&link.to_string(), revision, file.number).to_string(),
    };
    let fingerprint = file.sha256.get(..12).unwrap_or(&file.sha256).to_owned();
    let about = format!("r{revision}, {}", size_in_words(file.size));
    view! {
        <p class="changes__version">
            <a class="changes__name" href=href>
                {file.name}
                <span class="visually-hidden">{format!(" of r{revision}")}</span>
            </a>
            " "
            <span class="muted">{about}</span>
            " "
            <code class="code" title=format!("SHA-256 {}", file.sha256)>{fingerprint}</code>
        </p>
    }
    .into_any()
}
