//! One delivery of a webhook: what was posted and what came back. For admins.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Scripts, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::card::Card;
use crate::components::facts::{Fact, Facts};
use crate::components::notice::NoticeBox;
use crate::components::time::Time;
use crate::view::{DeliveryDetail, Frame, Section, Tone};

/// `GET /webhooks/deliveries/{id}`.
#[must_use]
pub fn delivery(frame: Frame, page: DeliveryDetail) -> Page {
    let shell = Shell::new(page.delivery.event.clone()).scripts(Scripts::Live);
    render(shell, || view! { <DeliveryPage frame=frame page=page /> })
}

#[component]
fn DeliveryPage(frame: Frame, page: DeliveryDetail) -> AnyView {
    let id = page.delivery.id.to_string();
    let redeliver = page.can_redeliver.then(|| {
        view! {
            <form method="post" action=paths::Redeliver(&id).to_string()>
                <button class="button" type="submit">
                    "Redeliver"
                </button>
            </form>
        }
    });
    let error = page.delivery.error.clone();
    let state = page.delivery.state;
    let (webhook, name) = (paths::Webhook(&page.webhook.to_string()).to_string(), page.webhook_name.clone());
    view! {
        <Layout frame=frame section=Section::Webhooks width=Width::Medium>
            <Heading title=page.delivery.event.clone() above="Delivery" code=true>
                <div class="status">
                    <Badge mark=state.mark() />
                    <span class="status__fact">
                        "Webhook " <a href=webhook>{name}</a>
                    </span>
                    {redeliver}
                </div>
            </Heading>
            {error.map(|error| view! { <NoticeBox tone=Tone::Bad>{error}</NoticeBox> })}
            <Posted page=page.clone() />
            <Answered status=page.status answer=page.answer />
        </Layout>
    }
    .into_any()
}

/// What was posted, to whom and when.
#[component]
fn Posted(page: DeliveryDetail) -> AnyView {
    let DeliveryDetail { delivery, url, payload, attempted_at, delivered_at, instance, .. } = page;
    view! {
        <Card id="request" title="Request">
            <Facts>
                <Fact name="Posted to">{url}</Fact>
                <Fact name="webhook-id"><code class="code">{delivery.id.to_string()}</code></Fact>
                <Fact name="Written"><Time at=delivery.created_at /></Fact>
                <Fact name="Attempts">{delivery.attempts}</Fact>
                {attempted_at.map(|at| view! { <Fact name="Last attempt"><Time at=at /></Fact> })}
                {delivery.next_attempt_at.map(|at| view! { <Fact name="Next attempt"><Time at=at /></Fact> })}
                {delivered_at.map(|at| view! { <Fact name="Delivered"><Time at=at /></Fact> })}
                <Fact name="Instance">
                    <a class="row-link--id" href=paths::Instance(&instance).to_string()>{instance.clone()}</a>
                </Fact>
            </Facts>
            <pre class="json" tabindex="0" role="region" aria-label="What is posted">{payload}</pre>
        </Card>
    }
    .into_any()
}

/// What came back at the last attempt.
#[component]
fn Answered(status: Option<u16>, answer: String) -> AnyView {
    let Some(status) = status else {
        return view! { <Card id="answer" title="Answer"><p class="muted">"The receiver has not answered."</p></Card> }
            .into_any();
    };
    let body = if answer.is_empty() {
        view! { <p class="muted">"Nothing stood in it."</p> }.into_any()
    } else {
        view! { <pre class="json" tabindex="0" role="region" aria-label="How the answer begins">{answer}</pre> }
            .into_any()
    };
    view! {
        <Card id="answer" title="Answer">
            <Facts>
                <Fact name="Status">{status}</Fact>
            </Facts>
            {body}
        </Card>
    }
    .into_any()
}
