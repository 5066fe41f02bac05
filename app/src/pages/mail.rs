//! One mail, for admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::facts::{Fact, Facts};
use crate::components::notice::NoticeBox;
use crate::components::time::Time;
use crate::view::{Frame, MailDetail, MailState, Section, Tone};

/// `GET /outbox/{id}`.
#[must_use]
pub fn mail(frame: Frame, page: MailDetail) -> Page {
    let shell = Shell::new(page.mail.subject.clone()).scripts(Scripts::Live);
    render(shell, || view! { <MailPage frame=frame page=page /> })
}

#[component]
fn MailPage(frame: Frame, page: MailDetail) -> AnyView {
    let id = page.mail.id.to_string();
    let retry = page.can_retry.then(|| paths::RetryMail(&id).to_string());
    let error = page.mail.error.clone();
    view! {
        <Layout frame=frame section=Section::Outbox width=Width::Medium>
            <Heading title=page.mail.subject.clone() above=format!("{} mail", page.mail.kind)>
                <div class="status">
                    <Badge mark=page.mail.state.mark() />
                    {retry
                        .map(|retry| {
                            view! {
                                <form method="post" action=retry>
                                    <button class="button" type="submit">
                                        "Try again now"
                                    </button>
                                </form>
                            }
                        })}
                </div>
            </Heading>
            {error
                .map(|error| {
                    view! {
                        <NoticeBox tone=Tone::Bad>"The mail server said: " <q>{error}</q></NoticeBox>
                    }
                })}
            {page.link.clone().map(|link| view! { <LocalLink link=link /> })}
            <Envelope page=page.clone() />
            <Parts id=id text=page.text html=page.html />
        </Layout>
    }
    .into_any()
}

/// The signed link within, where there is no mail server that could carry it.
#[component]
fn LocalLink(link: String) -> AnyView {
    view! {
        <NoticeBox tone=Tone::Held>
            <p>"No mail server is set up, so the link in this mail is shown to administrators. Whoever opens it \
                acts as the recipient."</p>
            <a class="button" href=link rel="noopener">
                "Open the link in this mail"
            </a>
        </NoticeBox>
    }
    .into_any()
}

/// Sender, recipient, attempts and where it belongs.
#[component]
fn Envelope(page: MailDetail) -> AnyView {
    let MailDetail { mail, from, message_id, sent_at, request, instance, .. } = page;
    let done = if mail.state == MailState::Kept { "Kept here" } else { "Sent" };
    let request = request.map(|request| paths::Request(&request.to_string()).to_string());
    view! {
        <Card id="envelope" title="Envelope">
            <Facts>
                <Fact name="From">{from}</Fact>
                <Fact name="To">{mail.to}</Fact>
                <Fact name="Written"><Time at=mail.created_at /></Fact>
                {sent_at.map(|at| view! { <Fact name=done><Time at=at /></Fact> })}
                <Fact name="Attempts">{mail.attempts}</Fact>
                {mail.next_attempt_at.map(|at| view! { <Fact name="Next attempt"><Time at=at /></Fact> })}
                <Fact name="Message-ID"><code class="code">{message_id}</code></Fact>
                {request.map(|href| view! { <Fact name="Request"><a href=href>"Open the request"</a></Fact> })}
                <Fact name="Instance">
                    <a class="row-link--id" href=paths::Instance(&instance).to_string()>{instance.clone()}</a>
                </Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

/// The text part as it is, the HTML part in a frame of its own.
#[component]
fn Parts(id: String, text: Option<String>, html: bool) -> AnyView {
    view! {
        {text
            .map(|text| {
                view! {
                    <Card id="text" title="Text">
                        <pre class="mail__text" tabindex="0">{text}</pre>
                    </Card>
                }
            })}
        {html.then(|| view! { <Card id="html" title="HTML">{frame(paths::MailHtml(&id).to_string())}</Card> })}
    }
    .into_any()
}

/// Fetched with the page and not when somebody scrolls to it: it is what the page is about, and a print or a picture of the whole
/// page would show an empty box.
fn frame(href: String) -> AnyView {
    leptos::html::iframe().class("mail__frame").sandbox("").src(href).title("HTML part").into_any()
}
