//! The table of routes, and the order of what surrounds them.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use super::error::Refusal;
use super::middleware::{panics, problem_page, request_id, request_log, same_origin, security_headers};
use super::reader::Reader;
use super::state::AppState;
use super::{
    account, answer, api, assets, audit, bulk, comments, durable, entities, health, inbox, instance_events,
    instance_verbs, instances, link, live, monitors, new_request, outbox, people, request, session, tokens, webhooks,
    withdraw, workflows,
};
use crate::pages::paths;

/// The largest form in bytes: a title, twenty addresses and reasons fit well. Uploads set their own limit.
const MAX_FORM_BYTES: usize = 256 * 1024;

/// Everything the server answers. Fails when the base URL is no origin.
pub fn router(state: AppState) -> Result<Router, tower_http::csrf::ConfigError> {
    extended(state, Router::new())
}

/// The same with more pages, which are surrounded by all that surrounds ours.
pub fn extended(state: AppState, more: Router<AppState>) -> Result<Router, tower_http::csrf::ConfigError> {
    let https = state.config.base_url.is_https();
    let max_upload = new_request::max_body_bytes(state.portal.max_file_bytes());
    let pages = pages(max_upload)
        .merge(more)
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_this_way)
        .layer(session::layer(state.sessions.clone(), https))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(same_origin::layer(&state.config.base_url)?)
        .layer(panics::layer())
        .layer(from_fn(problem_page::show));
    // The last layer is the outermost one.
    let router = pages
        .merge(machines())
        .merge(api::router())
        .merge(durable::router(&state))
        .layer(from_fn(request_log::log))
        .layer(from_fn_with_state(https, security_headers::set))
        .layer(from_fn(request_id::set));
    Ok(durable::normalised(router.with_state(state)))
}

/// Read by people: errors are pages.
fn pages(max_upload: usize) -> Router<AppState> {
    let upload = DefaultBodyLimit::max(max_upload);
    Router::new()
        .route(paths::Inbox::PATTERN, get(inbox::show))
        .route(paths::RequestTable::PATTERN, get(inbox::table))
        .route(paths::DecideRequests::PATTERN, get(bulk::show).post(bulk::decide))
        .route(paths::NewRequest::PATTERN, get(new_request::show).post(new_request::submit).layer(upload))
        .route(paths::Request::PATTERN, get(request::show))
        .route(paths::DecideRequest::PATTERN, post(request::decide))
        .route(paths::WithdrawRequest::PATTERN, post(withdraw::withdraw))
        .route(paths::CommentRequest::PATTERN, post(comments::comment))
        .route(paths::RequestEvents::PATTERN, get(live::follow))
        .route(paths::RequestFile::PATTERN, get(request::file))
        .merge(doors())
        .merge(watch())
        .merge(runs())
        .merge(development())
        .merge(administration())
}

/// Asks who reads only for the navigation of the page that says so.
async fn nothing_here(_reader: Result<Reader, Refusal>) -> Refusal {
    Refusal::NotFound
}

/// The same for a method that an address does not know; the router adds those that it does.
async fn not_this_way(_reader: Result<Reader, Refusal>) -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}

/// For those without a session: they come by a link, or want to sign in.
fn doors() -> Router<AppState> {
    Router::new()
        .route(paths::SetUp::PATTERN, get(account::show_set_up).post(account::set_up))
        .route(paths::SignIn::PATTERN, get(account::show_sign_in).post(account::sign_in))
        .route(paths::SignOut::PATTERN, post(account::sign_out))
        .route(paths::Invitation::PATTERN, get(account::show_invitation).post(account::accept_invitation))
        .route(paths::Link::PATTERN, get(link::exchange))
        .route(paths::Decide::PATTERN, get(link::show).post(link::decide))
        .route(paths::DecideFile::PATTERN, get(link::file))
        .route(paths::NewLink::PATTERN, post(link::new_link))
        .route(paths::AnswerLink::PATTERN, get(answer::exchange))
        .route(paths::Answer::PATTERN, get(answer::show).post(answer::answer))
}

/// Monitors, for everybody who is signed in; the portal checks who may change them.
fn watch() -> Router<AppState> {
    Router::new()
        .route(paths::Monitors::PATTERN, get(monitors::list))
        .route(paths::NewMonitor::PATTERN, get(monitors::show_new).post(monitors::create))
        .route(paths::Monitor::PATTERN, get(monitors::show).post(monitors::edit))
        .route(paths::MonitorEvents::PATTERN, get(monitors::follow))
        .route(paths::MonitorVerb::PATTERN, post(monitors::change))
}

/// For those who connect programs with the portal.
fn development() -> Router<AppState> {
    Router::new()
        .route(paths::Api::PATTERN, get(api::show))
        .route(paths::Tokens::PATTERN, get(tokens::show).post(tokens::create))
        .route(paths::RevokeToken::PATTERN, post(tokens::revoke))
        .route(paths::Webhooks::PATTERN, get(webhooks::show).post(webhooks::create))
        .route(paths::Webhook::PATTERN, get(webhooks::webhook).post(webhooks::edit))
        .route(paths::WebhookVerb::PATTERN, post(webhooks::change))
        .route(paths::Delivery::PATTERN, get(webhooks::delivery))
        .route(paths::Redeliver::PATTERN, post(webhooks::redeliver))
}

/// Runs of workflows, for those who started them; admins see every instance.
fn runs() -> Router<AppState> {
    Router::new()
        .route(paths::Workflows::PATTERN, get(workflows::list))
        .route(paths::Workflow::PATTERN, get(workflows::show).post(workflows::start))
        .route(paths::Instances::PATTERN, get(instances::list))
        .route(paths::Instance::PATTERN, get(instances::show))
        .route(paths::InstanceEvents::PATTERN, get(instance_events::follow))
        .route(paths::RaiseEvent::PATTERN, post(instance_verbs::raise))
        .route(paths::InstanceVerb::PATTERN, post(instance_verbs::steer))
}

/// For admins; the portal checks that they are.
fn administration() -> Router<AppState> {
    Router::new()
        .route(paths::Entities::PATTERN, get(entities::list))
        .route(paths::Entity::PATTERN, get(entities::show).post(entities::operate))
        .route(paths::DeleteEntity::PATTERN, post(entities::delete))
        .route(paths::People::PATTERN, get(people::show))
        .route(paths::InvitePerson::PATTERN, post(people::invite))
        .route(paths::PersonVerb::PATTERN, post(people::change))
        .route(paths::Audit::PATTERN, get(audit::show))
        .route(paths::Outbox::PATTERN, get(outbox::show))
        .route(paths::Mail::PATTERN, get(outbox::mail))
        .route(paths::MailHtml::PATTERN, get(outbox::html))
        .route(paths::TestMail::PATTERN, post(outbox::test))
        .route(paths::RetryMail::PATTERN, post(outbox::retry))
}

/// Read by programs: errors are bare statuses.
fn machines() -> Router<AppState> {
    Router::new()
        .route(paths::Live::PATTERN, get(health::live))
        .route(paths::Ready::PATTERN, get(health::ready))
        .route(paths::Asset::PATTERN, get(assets::show))
}
