//! Absence: what somebody has planned, the form for more, and their backup.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::form::{ErrorSummary, TextField};
use crate::components::notice::NoticeBox;
use crate::components::table::{Cell, Table};
use crate::view::absence::{AbsenceForm, AbsencePage, AbsenceRow, AwayNow, BackupForm, Substitute};
use crate::view::{Frame, Icon, Mark, Person, Section, Tone};

/// `GET /absence` and `GET /people/{id}/absence`, and again with messages after a form that was refused.
#[must_use]
pub fn absence(frame: Frame, page: AbsencePage) -> Page {
    let title = match &page.of {
        Some((_, person)) => format!("Absence of {}", person.label()),
        None => "Absence".to_owned(),
    };
    let heading = title.clone();
    render(Shell::new(title).scripts(Scripts::Live), || view! { <AbsenceView frame=frame title=heading page=page /> })
}

/// Where the forms of the page lead to.
struct Actions {
    /// Whose page it is, where they are not the reader.
    of: Option<String>,
}

impl Actions {
    fn plan(&self) -> String {
        match &self.of {
            Some(of) => paths::PersonAbsence(of).to_string(),
            None => paths::Absence.to_string(),
        }
    }

    fn back_up(&self) -> String {
        match &self.of {
            Some(of) => paths::PersonBackup(of).to_string(),
            None => paths::Backup.to_string(),
        }
    }

    fn cancel(&self, absence: &str) -> String {
        match &self.of {
            Some(of) => paths::CancelPersonAbsence(of, absence).to_string(),
            None => paths::CancelAbsence(absence).to_string(),
        }
    }
}

#[component]
fn AbsenceView(frame: Frame, title: String, page: AbsencePage) -> AnyView {
    let AbsencePage { of, zone, now, planned, form, backup, backup_by, backup_conflicts } = page;
    let section = if of.is_some() { Section::People } else { Section::Absence };
    let actions = Actions { of: of.as_ref().map(|(id, _)| id.to_string()) };
    let whom = of.map_or_else(|| "you".to_owned(), |(_, person)| person.label());
    let named = whom.clone();
    view! {
        <Layout frame=frame section=section width=Width::Wide>
            <Heading title=title>
                <p>
                    "During an absence the substitute is asked in place of " {named}
                    ". Open questions move to them when it begins. What they have not answered when it ends stays with them."
                </p>
            </Heading>
            {now.map(away_now)}
            <div class="absence">
                <div class="absence__planned">{list(planned, &actions)}</div>
                <div class="absence__forms">
                    <PlanForm form=form action=actions.plan() zone=zone />
                    <BackupCard
                        form=backup
                        by=backup_by
                        conflicts=backup_conflicts
                        action=actions.back_up()
                        whom=whom
                    />
                </div>
            </div>
        </Layout>
    }
    .into_any()
}

fn away_now(AwayNow { asked, handed_over }: AwayNow) -> AnyView {
    let handed_over = handed_over.unwrap_or_else(|| "Open questions are being handed over.".to_owned());
    view! {
        <NoticeBox tone=Tone::Ink>
            <p>{asked}</p>
            <p>{handed_over}</p>
        </NoticeBox>
    }
    .into_any()
}

fn list(rows: Vec<AbsenceRow>, actions: &Actions) -> AnyView {
    if rows.is_empty() {
        let text = "Plan one with the form, and questions find somebody who is there.";
        return view! { <Empty title="No absence is planned" text=text /> }.into_any();
    }
    let rows: Vec<_> = rows.into_iter().map(|absence| row(absence, actions)).collect();
    view! {
        <div class="sheet">
            <Table caption="Planned absences" columns=vec!["When", "State", "Substitute", ""]>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

fn row(row: AbsenceRow, actions: &Actions) -> AnyView {
    let AbsenceRow { id, first, last, is_now, substitute, note, by, conflicts } = row;
    let when = match last {
        Some(last) if last == first => first,
        Some(last) => format!("{first} – {last}"),
        None => format!("From {first} on"),
    };
    let mark = if is_now {
        Mark { word: "Absent", tone: Tone::Held, icon: Icon::Pause }
    } else {
        Mark { word: "Planned", tone: Tone::Ink, icon: Icon::Clock }
    };
    let note = (!note.is_empty()).then(|| view! { <span class="muted absence__note">{note}</span> });
    let by = by.map(|by| view! { <span class="muted absence__note">{format!("Planned by {by}")}</span> });
    let (of_what, action) = (when.clone(), actions.cancel(&id.to_string()));
    let word = if is_now { "End now" } else { "Cancel" };
    view! {
        <tr role="row" class="table__row">
            <Cell kind="main">
                <span class="absence__when">{when}</span>
                {note}
                {by}
            </Cell>
            <Cell label="State">
                <Badge mark=mark />
            </Cell>
            <Cell label="Substitute">{stands_in(substitute)} {conflicts_list(conflicts)}</Cell>
            <Cell kind="actions">
                <form method="post" action=action>
                    <button class="button" type="submit">
                        {word}
                        <span class="visually-hidden">" " {of_what}</span>
                    </button>
                </form>
            </Cell>
        </tr>
    }
    .into_any()
}

fn stands_in(substitute: Substitute) -> AnyView {
    let person = |person: Person, more: Option<&'static str>| {
        view! { <span title=person.email.clone()>{person.label()} {more}</span> }.into_any()
    };
    match substitute {
        Substitute::Named(named) => person(named, None),
        Substitute::Backup(backup) => person(backup, Some(" (backup)")),
        Substitute::Nobody => view! { <span class="muted">"Nobody"</span> }.into_any(),
    }
}

/// Where questions do not go to whom one would think, and why.
fn conflicts_list(conflicts: Vec<String>) -> Option<AnyView> {
    if conflicts.is_empty() {
        return None;
    }
    let items: Vec<_> = conflicts.into_iter().map(|conflict| view! { <li>{conflict}</li> }).collect();
    Some(view! { <ul class="absence__conflicts">{items}</ul> }.into_any())
}

/// The form for another absence.
#[component]
fn PlanForm(form: AbsenceForm, action: String, zone: String) -> AnyView {
    let AbsenceForm { from, to, substitute, note, errors } = form;
    view! {
        <Card id="plan" title="Plan an absence">
            <form class="form" method="post" action=action>
                <ErrorSummary errors=errors.clone() />
                <TextField
                    name="from"
                    label="First day"
                    kind="date"
                    hint=format!("Days begin and end at midnight, {zone} time.")
                    value=from
                    error=errors.of("from")
                    required=true
                />
                <TextField
                    name="to"
                    label="Last day"
                    kind="date"
                    hint="Empty for an absence that you end by hand."
                    value=to
                    error=errors.of("to")
                />
                <TextField
                    name="substitute"
                    label="Substitute"
                    kind="email"
                    hint="The mail address of whoever is asked instead; empty for the backup."
                    value=substitute
                    error=errors.of("substitute")
                    max_length=254
                    autocomplete="off"
                />
                <TextField
                    name="note"
                    label="Note"
                    value=note
                    error=errors.of("note")
                    max_length=200
                    autocomplete="off"
                />
                <button class="button button--primary" type="submit">
                    "Plan the absence"
                </button>
            </form>
        </Card>
    }
    .into_any()
}

/// The form for the backup.
#[component]
fn BackupCard(form: BackupForm, by: Option<String>, conflicts: Vec<String>, action: String, whom: String) -> AnyView {
    let BackupForm { backup, errors } = form;
    let by = by.map(|by| view! { <p class="muted">{format!("Set by {by}")}</p> });
    let assumed =
        (!conflicts.is_empty()).then(|| view! { <p class="muted">{format!("If {whom} were absent from now on:")}</p> });
    view! {
        <Card id="backup" title="Backup">
            {by}
            {assumed}
            {conflicts_list(conflicts)}
            <form class="form" method="post" action=action>
                <ErrorSummary errors=errors.clone() />
                <TextField
                    name="backup"
                    label="Backup"
                    kind="email"
                    hint=format!("Stands in for {whom} during every absence that names no substitute.")
                    value=backup
                    error=errors.of("backup")
                    max_length=254
                    autocomplete="off"
                />
                <button class="button" type="submit">
                    "Save the backup"
                </button>
            </form>
        </Card>
    }
    .into_any()
}
