//! A link that does not lead to an open question: the receipt, or why there is nothing to decide.

use leptos::prelude::*;

use super::layout::{Heading, Layout, Width};
use super::{Page, Shell, paths, render};
use crate::components::badge::Badge;
use crate::components::decision::DecideAgain;
use crate::components::facts::{Fact, Facts};
use crate::components::icon::Glyph;
use crate::components::keepsakes::CertificateLink;
use crate::components::time::Time;
use crate::view::link::Invalid;
use crate::view::{Frame, Icon, LinkState, LinkStatus, Mark, Moment, Receipt, RequestState, Tone, Verdict};

/// `GET /decide/{link}` in every state but "open", and the answer to a POST.
#[must_use]
pub fn link_status(page: LinkStatus) -> Page {
    let LinkStatus { link, title, state } = page;
    let link = link.map(|link| link.to_string());
    let heading = heading(&state);
    render(Shell::new(heading.clone()), move || {
        let above = title.clone();
        let content = match state {
            LinkState::Decided(receipt) => return view! { <ReceiptPage receipt=receipt link=link /> }.into_any(),
            state => view! { <Explanation state=state link=link /> },
        };
        view! {
            <Layout frame=Frame::default() width=Width::Narrow>
                <Heading title=heading above=above.unwrap_or_default() />
                <div class="card">{content}</div>
            </Layout>
        }
        .into_any()
    })
}

fn heading(state: &LinkState) -> String {
    match state {
        LinkState::Decided(receipt) => receipt_heading(receipt.verdict),
        LinkState::DecidedByOther { verdict, .. } => format!("Already {}", verdict.past()),
        LinkState::RequestExpired { .. } => "This request has expired".to_owned(),
        LinkState::OnHold { .. } => "This request is on hold".to_owned(),
        LinkState::AwaitsRevision { .. } => "Changes were requested".to_owned(),
        LinkState::Expired { .. } => "This link has expired".to_owned(),
        LinkState::NewLinkSent => "A new link is on its way".to_owned(),
        LinkState::NewLinkTooSoon => "A new link was sent a moment ago".to_owned(),
        LinkState::NoLongerValid(_) => "This link is no longer valid".to_owned(),
        LinkState::Unknown => "This link does not work".to_owned(),
        LinkState::CookieMissing => "Please open the link in your mail again".to_owned(),
    }
}

/// Why there is nothing to decide, and what to do.
#[component]
fn Explanation(state: LinkState, link: Option<String>) -> AnyView {
    match state {
        LinkState::Decided(_) => ().into_any(),
        LinkState::DecidedByOther { who, verdict, at } => {
            view! { <DecidedByOther who=who verdict=verdict at=at /> }.into_any()
        }
        LinkState::RequestExpired { at } => view! {
            <p>"Nobody decided in time, and the request ended on " <Time at=at /> " without a verdict. No decision is \
                needed any more."</p>
        }
        .into_any(),
        LinkState::OnHold { since } => view! {
            <Badge mark=RequestState::OnHold.mark() />
            <p>
                "An administrator stopped the clock" {since.map(|since| view! { " on " <Time at=since /> })}
                ". Your link stays valid: open it again later. Nothing is decided without you in the meantime."
            </p>
        }
        .into_any(),
        LinkState::AwaitsRevision { since } => view! {
            <Badge mark=RequestState::ChangesRequested.mark() />
            <p>
                "Since " <Time at=since /> " another revision is awaited. You are asked again about that one, with a \
                    new link; nothing is decided in the meantime."
            </p>
        }
        .into_any(),
        LinkState::Expired { at } => view! { <Expired at=at link=link /> }.into_any(),
        LinkState::NewLinkSent => view! {
            <p>"It goes to the address that was asked, and nowhere else. The mail should arrive within a few \
                minutes; you can close this page."</p>
        }
        .into_any(),
        LinkState::NewLinkTooSoon => view! {
            <p>"Please look into your mailbox, also among the unwanted mail. If nothing arrives, try again in a few \
                minutes."</p>
        }
        .into_any(),
        LinkState::NoLongerValid(why) => view! { <NoLongerValid why=why /> }.into_any(),
        LinkState::Unknown => view! {
            <p>"It may have been cut in two by your mail program: copy it from the mail as a whole, from \
                \u{201c}http\u{201d} to the last letter. If that does not help, ask whoever wanted your approval to \
                send a new one."</p>
        }
        .into_any(),
        LinkState::CookieMissing => view! {
            <p>"For your safety this page opens only right after the link in your mail, in the same browser, for \
                one hour. It needs a cookie for that and nothing else."</p>
            <p>"If it happens again, your browser refuses cookies: allow them for this site, or use another \
                browser."</p>
        }
        .into_any(),
    }
}

#[component]
fn DecidedByOther(who: Option<String>, verdict: Verdict, at: Moment) -> AnyView {
    let who = who.map_or_else(
        || "It was decided automatically, by rule".to_owned(),
        |who| format!("{who} {} it", verdict.past()),
    );
    view! {
        <Badge mark=verdict_mark(verdict) />
        <p>{who} " on " <Time at=at /> ". Your answer is not needed any more."</p>
    }
    .into_any()
}

#[component]
fn NoLongerValid(why: Invalid) -> AnyView {
    view! { <p>{why.in_words()}</p> }.into_any()
}

#[component]
fn Expired(at: Moment, link: Option<String>) -> AnyView {
    view! {
        <p>"It was valid until " <Time at=at /> ". The request is still open, so you can have a new link mailed to \
            the same address."</p>
        {link
            .map(|link| {
                view! {
                    <form method="post" action=paths::NewLink(&link).to_string()>
                        <button class="button button--primary button--wide" type="submit">
                            "Send me a new link"
                        </button>
                    </form>
                }
            })}
    }
    .into_any()
}

fn receipt_heading(verdict: Verdict) -> String {
    format!("You {} this request", verdict.past())
}

const fn verdict_mark(verdict: Verdict) -> Mark {
    match verdict {
        Verdict::Approve => Mark { word: "Approved", tone: Tone::Good, icon: Icon::Check },
        Verdict::RequestChanges => Mark { word: "Changes requested", tone: Tone::Changes, icon: Icon::Pen },
        Verdict::Reject => Mark { word: "Rejected", tone: Tone::Bad, icon: Icon::Cross },
    }
}

/// What is kept of the request as a whole, once it has ended.
#[component]
fn Certificate(href: String) -> AnyView {
    view! {
        <section class="card" aria-label="Certificate">
            <ul class="keepsakes">
                <li>
                    <CertificateLink href=href />
                </li>
            </ul>
        </section>
    }
    .into_any()
}

/// What was decided, by whom and when, to keep.
#[component]
fn ReceiptPage(receipt: Receipt, link: Option<String>) -> AnyView {
    let Receipt {
        title,
        requester,
        decided_as,
        verdict,
        reason,
        at,
        request_state,
        revision,
        sha256,
        reference,
        certificate,
        reconsider,
    } = receipt;
    let certificate = link.as_deref().filter(|_| certificate);
    let certificate = certificate.map(|link| view! { <Certificate href=paths::DecideCertificate(link).to_string() /> });
    let again = reconsider.zip(link).map(|(reconsider, link)| {
        let action = paths::Decide(&link).to_string();
        view! {
            <div class="card">
                <DecideAgain reconsider=*reconsider action=action />
            </div>
        }
    });
    let name = decided_as.label();
    let email = (name != decided_as.email).then_some(decided_as.email);
    let next = match request_state {
        RequestState::Waiting | RequestState::Escalated => {
            "Others are still asked. Everybody is told when the request is decided."
        }
        RequestState::ChangesRequested => "The requester is to submit another revision first.",
        RequestState::OnHold => "The request is on hold at the moment. Your answer is counted.",
        RequestState::Withdrawn => "The request was withdrawn afterwards. Your answer is kept.",
        _ => "Everybody has been told.",
    };
    view! {
        <Layout frame=Frame::default() width=Width::Narrow>
            <Heading title=receipt_heading(verdict) above="Receipt" />
            <section class="card receipt" aria-label="Receipt">
                <div class="receipt__seal" data-tone=verdict_mark(verdict).tone.key()>
                    <Glyph icon=verdict_mark(verdict).icon />
                </div>
                <p class="receipt__title">{title}</p>
                <Facts>
                    <Fact name="Decided by">
                        {name}
                        {email.map(|email| view! { " " <span class="muted">{email}</span> })}
                    </Fact>
                    <Fact name="Recorded">
                        <Time at=at />
                    </Fact>
                    {(!reason.is_empty())
                        .then(|| {
                            view! {
                                <Fact name="Your reason">
                                    <blockquote class="quote">{reason}</blockquote>
                                </Fact>
                            }
                        })}
                    <Fact name="Asked by">{requester.label()}</Fact>
                    <Fact name="Request">
                        <Badge mark=request_state.mark() />
                    </Fact>
                    <Fact name="Revision">{revision}</Fact>
                    {(!sha256.is_empty())
                        .then(|| view! { <Fact name="SHA-256"><code class="code">{sha256}</code></Fact> })}
                    <Fact name="Reference">
                        <code class="code">{reference}</code>
                    </Fact>
                </Facts>
            </section>
            {certificate}
            {again}
            <p class="aside">{next} " This page stays here: open the link in your mail again to see it."</p>
        </Layout>
    }
    .into_any()
}
