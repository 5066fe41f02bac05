//! What may be done to a request beside deciding on it. Each form is a live part of its own, whose key says only whether it can
//! be used, so that nothing is lost while it is being typed.

use leptos::prelude::*;

use crate::components::form::{ErrorSummary, Field, FieldText, TextArea, TextField, Tile, described_by};
use crate::components::icon::Glyph;
use crate::pages::paths;
use crate::view::{
    AddressForm, FormErrors, Icon, OverruleForm, PassOn, Passable, RequestVerbs, Tone, Verdict, WithdrawForm,
};

/// What the reader may do, quietly below each other.
pub(super) fn verbs(id: String, withdraw: Option<WithdrawForm>, verbs: RequestVerbs) -> AnyView {
    let RequestVerbs { remind, add_approver, pass_on, observe, overrule } = verbs;
    view! {
        <div class="request__verbs">
            {part("withdraw", withdraw.map(|form| withdrawal(&id, form)))}
            {part("remind", remind.then(|| reminder(&id)))}
            {part("approvers", add_approver.map(|form| one_more(&id, form)))}
            {part("reassign", pass_on.map(|form| passing(&id, form)))}
            {part("observe", observe.map(|form| observing(&id, form)))}
            {part("overrule", overrule.map(|form| overruling(&id, form)))}
        </div>
    }
    .into_any()
}

/// A live part that holds a form while it can be used.
fn part(name: &'static str, content: Option<AnyView>) -> AnyView {
    let key = if content.is_some() { "open" } else { "none" };
    view! {
        <div class="request__verb" data-live-part=name data-live-key=key>
            {content}
        </div>
    }
    .into_any()
}

/// A form that is closed until it is opened, or came back with what is wrong.
#[component]
fn Panel(
    /// What it does, in a few words.
    word: &'static str,
    /// What that means.
    text: &'static str,
    /// Where it posts to.
    action: String,
    /// What is wrong.
    errors: FormErrors,
    /// What stands before the names of its fields in their ids.
    prefix: &'static str,
    /// The word on its button.
    button: &'static str,
    /// Whether it cannot be taken back.
    #[prop(optional)]
    danger: bool,
    /// Its fields.
    children: Children,
) -> AnyView {
    let look = if danger { "button button--danger" } else { "button" };
    let open = !errors.is_empty();
    view! {
        <details class="card verb" open=open>
            <summary class="verb__word">{word}</summary>
            <form method="post" action=action>
                <p class="verb__text">{text}</p>
                <ErrorSummary errors=errors prefix=prefix />
                {children()}
                <button class=look type="submit">
                    {button}
                </button>
            </form>
        </details>
    }
    .into_any()
}

fn withdrawal(id: &str, form: WithdrawForm) -> AnyView {
    let WithdrawForm { reason, errors } = form;
    let error = errors.of("reason");
    view! {
        <Panel
            word="Withdraw the request"
            text="Nobody is asked any more, and the links in their mails stop working. Whoever has not answered yet is \
                told by mail."
            action=paths::WithdrawRequest(id).to_string()
            errors=errors
            prefix="withdraw-"
            button="Withdraw"
            danger=true
        >
            <TextArea
                name="reason"
                id="withdraw-reason"
                label="Why"
                hint="Optional. Everybody involved can read it."
                value=reason
                error=error
                rows=2
            />
        </Panel>
    }
    .into_any()
}

/// Nothing is asked for, so there is nothing to open.
fn reminder(id: &str) -> AnyView {
    view! {
        <form class="card verb" method="post" action=paths::RemindRequest(id).to_string()>
            <p class="verb__text">"Whoever has not answered gets another mail, once an hour at most."</p>
            <button class="button" type="submit">
                <Glyph icon=Icon::Bell />
                "Remind"
            </button>
        </form>
    }
    .into_any()
}

fn one_more(id: &str, form: AddressForm) -> AnyView {
    let AddressForm { address, errors } = form;
    let error = errors.of("approver");
    view! {
        <Panel
            word="Add an approver"
            text="One more person is asked in this stage, whose rule counts them like the others."
            action=paths::AddApprover(id).to_string()
            errors=errors
            prefix="add-"
            button="Ask"
        >
            {address_field("approver", "add-approver", "Address of the approver", address, error)}
        </Panel>
    }
    .into_any()
}

fn observing(id: &str, form: AddressForm) -> AnyView {
    let AddressForm { address, errors } = form;
    let error = errors.of("observer");
    view! {
        <Panel
            word="Let somebody observe it"
            text="They see the request without being asked, and are told how it ends."
            action=paths::AddObserver(id).to_string()
            errors=errors
            prefix="add-"
            button="Let them observe it"
        >
            {address_field("observer", "add-observer", "Address of the observer", address, error)}
        </Panel>
    }
    .into_any()
}

fn address_field(
    name: &'static str,
    id: &'static str,
    label: &'static str,
    value: String,
    error: Option<String>,
) -> AnyView {
    view! {
        <TextField
            name=name
            id=id
            label=label
            kind="email"
            value=value
            error=error
            required=true
            max_length=254
            autocomplete="off"
        />
    }
    .into_any()
}

/// One's own question, or one of those that are open.
fn passing(id: &str, pass_on: PassOn) -> AnyView {
    let PassOn { questions, own, form } = pass_on;
    let (word, text, hint) = if own {
        (
            "Pass on to somebody else",
            "They are asked in your place, and the link in your mail stops working.",
            "Optional. Everybody involved can read it.",
        )
    } else {
        (
            "Pass a question on",
            "Somebody else is asked instead. Whoever was asked is told, and the link in their mail stops working.",
            "Needed, unless the question is your own. Everybody involved can read it.",
        )
    };
    let (to_error, reason_error) = (form.errors.of("to"), form.errors.of("reason"));
    let question = if own {
        let id = questions.first().map(|only| only.id.to_string());
        view! { <input type="hidden" name="question" value=id /> }.into_any()
    } else {
        view! { <Questions questions=questions chosen=form.question error=form.errors.of("question") /> }.into_any()
    };
    view! {
        <Panel
            word=word
            text=text
            action=paths::ReassignQuestion(id).to_string()
            errors=form.errors
            prefix="pass-"
            button="Pass on"
        >
            {question}
            {address_field("to", "pass-to", "Address of whoever is asked instead", form.to, to_error)}
            <TextArea
                name="reason"
                id="pass-reason"
                label="Why"
                hint=hint
                value=form.reason
                error=reason_error
                rows=2
            />
        </Panel>
    }
    .into_any()
}

/// Whose question.
#[component]
fn Questions(questions: Vec<Passable>, chosen: String, error: Option<String>) -> AnyView {
    let id = "pass-question";
    let described = described_by(id, false, error.is_some());
    let invalid = error.is_some().then_some("true");
    let text = FieldText { id: id.to_owned(), label: "Whose question".to_owned(), error, ..FieldText::default() };
    let options: Vec<_> = questions
        .into_iter()
        .map(|Passable { id, person }| {
            let id = id.to_string();
            let selected = id == chosen;
            view! {
                <option value=id selected=selected>
                    {person}
                </option>
            }
        })
        .collect();
    view! {
        <Field text=text>
            // Without an empty entry browsers would send the first one.
            <select
                class="input"
                id=id
                name="question"
                required
                aria-invalid=invalid
                aria-describedby=described
            >
                <option value=""></option>
                {options}
            </select>
        </Field>
    }
    .into_any()
}

fn overruling(id: &str, form: OverruleForm) -> AnyView {
    let OverruleForm { verdict, reason, errors } = form;
    let (wrong, reason_error) = (errors.of("verdict"), errors.of("reason"));
    let described = wrong.is_some().then_some("overrule-verdict-error");
    let tile = move |value: Verdict, title: &'static str, text: &'static str, icon: Icon, tone: Tone| {
        let chosen = verdict == Some(value);
        view! { <Tile name="verdict" value=value.key() chosen=chosen title=title text=text icon=icon tone=tone /> }
    };
    let approve = tile(Verdict::Approve, "Approve", "It is approved at once, all stages.", Icon::Check, Tone::Good);
    let reject = tile(Verdict::Reject, "Reject", "It is rejected at once.", Icon::Cross, Tone::Bad);
    view! {
        <Panel
            word="Decide over everybody\u{2019}s head"
            text="The request ends, whoever is still asked. Everybody concerned is told that you did it, and why."
            action=paths::OverruleRequest(id).to_string()
            errors=errors
            prefix="overrule-"
            button="Decide"
            danger=true
        >
            <fieldset class="tiles" id="overrule-verdict" aria-describedby=described>
                <legend class="visually-hidden">"What becomes of the request"</legend>
                {approve}
                {reject}
            </fieldset>
            {wrong
                .map(|wrong| {
                    view! {
                        <p class="field__error" id="overrule-verdict-error">
                            <Glyph icon=Icon::Warning />
                            {wrong}
                        </p>
                    }
                })}
            <TextArea
                name="reason"
                id="overrule-reason"
                label="Why"
                hint="Everybody involved can read it."
                value=reason
                error=reason_error
                rows=2
                required=true
            />
        </Panel>
    }
    .into_any()
}
