//! One stage in the form of a policy: whom it asks, by when, and what happens when nobody decides.

use leptos::prelude::*;

use crate::components::form::named::{UNITS, options};
use crate::components::form::{Named, field_id, named_area, named_select, named_span, named_text};
use crate::view::FormErrors;
use crate::view::policy::{GroupChoice, HoursFields, RungFields, StageFields};

/// Weekdays, Monday first.
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What every stage needs of the form around it.
pub(super) struct Surroundings {
    /// Where the form is posted.
    pub(super) action: String,
    /// The groups that there are.
    pub(super) groups: Vec<GroupChoice>,
    /// What is wrong with the form.
    pub(super) errors: FormErrors,
}

/// A stage's part of the names of its fields.
#[derive(Clone, Copy)]
struct Place(usize);

impl Place {
    fn field(self, name: &str) -> String {
        format!("stage.{}.{name}", self.0)
    }
}

/// The stage of that number, from 0, of so many.
pub(super) fn stage_fields(number: usize, count: usize, stage: StageFields, around: &Surroundings) -> AnyView {
    let place = Place(number);
    let errors = &around.errors;
    let StageFields { name, manager, approvers, groups, rule, needed, due, rungs, hours } = stage;
    let named = |field: &str, label: &'static str, hint: &'static str, value: String| Named {
        name: place.field(field),
        label,
        hint,
        value,
        error: errors.of(&place.field(field)),
        optional: false,
    };
    let name = Named { optional: true, ..named("name", "Name", "", name) };
    let addresses = named("approvers", "People", "Mail addresses, one per line. They need no account.", approvers);
    let rules = [("any", "Any one of them"), ("all", "All of them"), ("at_least", "At least this many")];
    let rule = named("rule", "Who must approve", "", rule);
    let needed = Named { optional: true, ..named("needed", "How many", "For “at least this many”.", needed) };
    let due_in =
        named("due", "Decide within", "Leave empty for no time limit; then nothing happens by itself.", due.number);
    view! {
        <fieldset class="card policy__stage" id=format!("stage-{number}")>
            <legend class="card__title">{format!("Stage {}", number + 1)}</legend>
            {named_text(name, 100, None)}
            <fieldset class="policy__who">
                <legend class="field__label">"Who is asked"</legend>
                {check(place.field("manager"), "yes".to_owned(), manager, "The requester's manager".to_owned())}
                {group_checks(&place.field("group"), &around.groups, &groups)}
            </fieldset>
            {named_area(addresses, 3)}
            <div class="form__pair">
                {named_select(rule, &rules)} {named_text(needed, 4, None)}
            </div>
            {named_span(due_in, due.unit)}
            {ladder(place, rungs, around)}
            {working_hours(place, hours, errors)}
            {buttons(place, count, &around.action)}
        </fieldset>
    }
    .into_any()
}

/// A check box for each group.
pub(super) fn group_checks(name: &str, groups: &[GroupChoice], chosen: &[String]) -> AnyView {
    let checks: Vec<_> = groups
        .iter()
        .map(|group| check(name.to_owned(), group.id.clone(), chosen.contains(&group.id), group.name.clone()))
        .collect();
    if checks.is_empty() {
        return view! { <p class="muted">"There are no groups yet."</p> }.into_any();
    }
    view! { <div class="policy__checks">{checks}</div> }.into_any()
}

fn check(name: String, value: String, checked: bool, label: String) -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" name=name value=value checked=checked />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// What happens when nobody decides.
fn ladder(place: Place, rungs: Vec<RungFields>, around: &Surroundings) -> AnyView {
    let rungs: Vec<_> = rungs.into_iter().enumerate().map(|(number, row)| rung(place, number, row, around)).collect();
    let action = format!("{}#stage-{}", around.action, place.0);
    let intent = format!("add_rung.{}", place.0);
    view! {
        <fieldset class="policy__ladder">
            <legend class="field__label">"If nobody decides"</legend>
            <p class="field__hint">
                "Steps are counted from the due time; without a number they come just then. Whoever is asked later \
                decides alone."
            </p>
            <ol class="policy__rungs">{rungs}</ol>
            <div>
                <button
                    class="button button--quiet"
                    type="submit"
                    name="intent"
                    value=intent
                    formaction=action
                    formnovalidate
                >
                    "Add a step"
                </button>
            </div>
        </fieldset>
    }
    .into_any()
}

/// One step, with its controls in a row.
fn rung(place: Place, number: usize, row: RungFields, around: &Surroundings) -> AnyView {
    let own = place.field(&format!("rung.{number}"));
    let label = |what: &str| format!("Stage {}, step {}: {what}", place.0 + 1, number + 1);
    let errors = [around.errors.of(&own), around.errors.of(&format!("{own}.to"))].into_iter().flatten();
    let errors: Vec<_> = errors.map(|error| view! { <p class="field__error">{error}</p> }).collect();
    let invalid = (!errors.is_empty()).then_some("true");
    let sides = [("before", "before"), ("after", "after")];
    let remove = format!("remove_rung.{}.{number}", place.0);
    let action = format!("{}#stage-{}", around.action, place.0);
    view! {
        <li class="policy__rung" id=field_id(&own) tabindex="-1">
            <select class="input" name=format!("{own}.does") aria-label=label("what happens") aria-invalid=invalid>
                {options(&RungFields::CHOICES, &row.does)}
            </select>
            <input
                class="input policy__to"
                type="text"
                id=field_id(&format!("{own}.to"))
                name=format!("{own}.to")
                value=row.to
                maxlength="254"
                placeholder="name@example.org"
                autocomplete="off"
                aria-label=label("the address to ask")
            />
            <input
                class="input"
                type="text"
                inputmode="decimal"
                name=format!("{own}.number")
                value=row.span.number
                maxlength="14"
                autocomplete="off"
                aria-label=label("how long")
            />
            <select class="input" name=format!("{own}.unit") aria-label=label("unit")>
                {options(&UNITS, row.span.unit.key())}
            </select>
            <select class="input" name=format!("{own}.when") aria-label=label("before or after the due time")>
                {options(&sides, &row.when)}
            </select>
            <button
                class="button button--quiet"
                type="submit"
                name="intent"
                value=remove
                formaction=action
                formnovalidate
                aria-label=label("remove")
            >
                "Remove"
            </button>
            {errors}
        </li>
    }
    .into_any()
}

/// When the clock of the stage runs.
fn working_hours(place: Place, hours: HoursFields, errors: &FormErrors) -> AnyView {
    let days: Vec<_> = (0..)
        .zip(DAYS)
        .map(|(number, day): (u8, _)| {
            let value = number.to_string();
            let works = hours.days.contains(&value);
            check(place.field("day"), value, works, day.to_owned())
        })
        .collect();
    let named = |field: &str, label: &'static str, hint: &'static str, value: String| Named {
        name: place.field(field),
        label,
        hint,
        value,
        error: errors.of(&place.field(field)),
        optional: false,
    };
    let zone =
        named("zone", "Time zone", "Such as Europe/Berlin. Leave empty for that of those who are asked.", hours.zone);
    let from = named("from", "From", "", hours.from);
    let to = named("to", "To", "", hours.to);
    let off = named("days_off", "Days off", "Dates such as 2026-12-25, one per line.", hours.days_off);
    let wrong_days = errors.of(&place.field("days")).map(|error| view! { <p class="field__error">{error}</p> });
    let open = hours.on;
    view! {
        <details class="policy__hours" open=open>
            <summary>"Working hours"</summary>
            <div class="policy__hours-fields">
                {check(
                    place.field("hours"),
                    "yes".to_owned(),
                    hours.on,
                    "The clock runs in working hours only; a day is then a working day".to_owned(),
                )}
                <fieldset id=field_id(&place.field("days")) tabindex="-1">
                    <legend class="field__label">"Days"</legend>
                    {wrong_days}
                    <div class="policy__checks">{days}</div>
                </fieldset>
                <div class="policy__day">{named_text(from, 5, None)} {named_text(to, 5, None)}</div>
                {named_text(Named { optional: true, ..zone }, 60, Some("zones"))}
                {named_area(Named { optional: true, ..off }, 2)}
            </div>
        </details>
    }
    .into_any()
}

/// What can be done with the stage as a whole.
fn buttons(place: Place, count: usize, action: &str) -> AnyView {
    let number = place.0;
    let button = |intent: String, anchor: usize, word: &'static str| {
        view! {
            <button
                class="button button--quiet"
                type="submit"
                name="intent"
                value=intent
                formaction=format!("{action}#stage-{anchor}")
                formnovalidate
                aria-label=format!("{word} (stage {})", number + 1)
            >
                {word}
            </button>
        }
    };
    let up = (number > 0).then(|| button(format!("move_up.{number}"), number.saturating_sub(1), "Move up"));
    let remove =
        (count > 1).then(|| button(format!("remove_stage.{number}"), number.saturating_sub(1), "Remove this stage"));
    view! { <div class="policy__buttons">{up} {remove}</div> }.into_any()
}
