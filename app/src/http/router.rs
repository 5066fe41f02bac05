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
    absence, account, answer, api, assets, audit, bulk, certificate, durable, entities, groups, health, inbox,
    instance_events, instance_verbs, instances, link, live, monitors, new_request, outbox, people, policies, previews,
    received, request, request_verbs, revise, revisions, saved_views, session, settings, shortcuts, tokens,
    unsubscribe, webhooks, workflows, workload,
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
    let max_upload = received::max_body_bytes(state.portal.max_file_bytes());
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
        .route(paths::SavedViews::PATTERN, get(saved_views::show).post(saved_views::save))
        .route(paths::RenameView::PATTERN, post(saved_views::rename))
        .route(paths::DeleteView::PATTERN, post(saved_views::delete))
        .route(paths::Shortcuts::PATTERN, post(shortcuts::switch))
        .route(paths::DecideRequests::PATTERN, get(bulk::show).post(bulk::decide))
        .route(paths::NewRequest::PATTERN, get(new_request::show).post(new_request::submit).layer(upload))
        .route(paths::Request::PATTERN, get(request::show))
        .route(paths::DecideRequest::PATTERN, post(request::decide))
        .route(paths::ReviseRequest::PATTERN, get(revise::show).post(revise::submit).layer(upload))
        .route(paths::RequestEvents::PATTERN, get(live::follow))
        .route(paths::RequestFile::PATTERN, get(request::file))
        .route(paths::RequestFilePage::PATTERN, get(previews::page))
        .route(paths::Certificate::PATTERN, get(certificate::certificate))
        .route(paths::Archive::PATTERN, get(certificate::archive))
        .route(paths::Revisions::PATTERN, get(revisions::list))
        .route(paths::RevisionFile::PATTERN, get(revisions::file))
        .route(paths::RevisionFilePage::PATTERN, get(previews::revision_page))
        .route(paths::Changes::PATTERN, get(revisions::changes))
        .merge(verbs())
        .merge(doors())
        .merge(absences())
        .merge(own())
        .merge(watch())
        .merge(runs())
        .merge(development())
        .merge(administration())
}

/// What people do to a request beside deciding on it; the portal checks who may.
fn verbs() -> Router<AppState> {
    Router::new()
        .route(paths::WithdrawRequest::PATTERN, post(request_verbs::withdraw))
        .route(paths::CommentRequest::PATTERN, post(request_verbs::comment))
        .route(paths::RemindRequest::PATTERN, post(request_verbs::remind))
        .route(paths::AddApprover::PATTERN, post(request_verbs::add_approver))
        .route(paths::ReassignQuestion::PATTERN, post(request_verbs::reassign))
        .route(paths::AddObserver::PATTERN, post(request_verbs::observe))
        .route(paths::RemoveObserver::PATTERN, post(request_verbs::unobserve))
        .route(paths::OverruleRequest::PATTERN, post(request_verbs::overrule))
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
        .route(paths::DecideFilePage::PATTERN, get(previews::link_page))
        .route(paths::DecideCertificate::PATTERN, get(certificate::link_certificate))
        .route(paths::DecideChanges::PATTERN, get(revisions::link_changes))
        .route(paths::DecideRevisionFile::PATTERN, get(revisions::link_file))
        .route(paths::DecideRevisionFilePage::PATTERN, get(previews::link_revision_page))
        .route(paths::MailCode::PATTERN, post(link::mail_code))
        .route(paths::NewLink::PATTERN, post(link::new_link))
        .route(paths::AnswerLink::PATTERN, get(answer::exchange))
        .route(paths::Answer::PATTERN, get(answer::show).post(answer::answer))
        .route(paths::Unsubscribe::PATTERN, get(unsubscribe::show).post(unsubscribe::unsubscribe))
}

/// Absences, for everybody who is signed in; the portal checks that those of others are seen and changed by admins only.
fn absences() -> Router<AppState> {
    Router::new()
        .route(paths::Absence::PATTERN, get(absence::show).post(absence::plan))
        .route(paths::CancelAbsence::PATTERN, post(absence::cancel))
        .route(paths::Backup::PATTERN, post(absence::back_up))
        .route(paths::PersonAbsence::PATTERN, get(absence::show_person).post(absence::plan_person))
        .route(paths::CancelPersonAbsence::PATTERN, post(absence::cancel_person))
        .route(paths::PersonBackup::PATTERN, post(absence::back_up_person))
        .route(paths::Workload::PATTERN, get(workload::show))
}

/// What everybody sets for themselves.
fn own() -> Router<AppState> {
    Router::new()
        .route(paths::Settings::PATTERN, get(settings::show).post(settings::save))
        .route(paths::ChangePassword::PATTERN, post(settings::change_password))
        .route(paths::EndSessions::PATTERN, post(settings::end_sessions))
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
        .route(paths::Person::PATTERN, get(people::show_person))
        .route(paths::PersonVerb::PATTERN, post(people::change))
        .merge(rules())
        .route(paths::Audit::PATTERN, get(audit::show))
        .route(paths::Outbox::PATTERN, get(outbox::show))
        .route(paths::Mail::PATTERN, get(outbox::mail))
        .route(paths::MailHtml::PATTERN, get(outbox::html))
        .route(paths::TestMail::PATTERN, post(outbox::test))
        .route(paths::RetryMail::PATTERN, post(outbox::retry))
}

/// Policies and the groups that they ask. For admins; the portal checks that they are.
fn rules() -> Router<AppState> {
    Router::new()
        .route(paths::Policies::PATTERN, get(policies::list))
        .route(paths::NewPolicy::PATTERN, get(policies::show_new).post(policies::create))
        .route(paths::ImportPolicy::PATTERN, get(policies::show_import).post(policies::import))
        .route(paths::Policy::PATTERN, get(policies::show).post(policies::edit))
        .route(paths::ExportPolicy::PATTERN, get(policies::export))
        .route(paths::PolicyVerb::PATTERN, post(policies::change))
        .route(paths::Groups::PATTERN, get(groups::show).post(groups::create))
        .route(paths::Group::PATTERN, get(groups::group).post(groups::edit))
        .route(paths::DeleteGroup::PATTERN, post(groups::delete))
}

/// Read by programs: errors are bare statuses.
fn machines() -> Router<AppState> {
    Router::new()
        .route(paths::Live::PATTERN, get(health::live))
        .route(paths::Ready::PATTERN, get(health::ready))
        .route(paths::Asset::PATTERN, get(assets::show))
}
