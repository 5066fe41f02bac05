//! `/requests/{id}/certificate.pdf`, `/requests/{id}/archive.zip` and, for the holder of a link,
//! `/decide/{link}/certificate.pdf`: what is kept of a request that has ended.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use zip::DateTime;

use super::api::events_json;
use super::archive::{self, Entry};
use super::error::Refusal;
use super::heavy::HeavyWork;
use super::held_link::HeldLink;
use super::reader::Reader;
use super::request::parse;
use super::state::AppState;
use crate::document::{self, Names, facts_json};
use crate::pages::paths;
use crate::portal::certificate::{ArchiveFacts, CertificateFacts};
use crate::portal::{Actor, PortalError, Time};

const NOTHING_RUNS: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const NOT_KEPT: HeaderValue = HeaderValue::from_static("private, no-store");

/// `GET /requests/{id}/certificate.pdf`.
pub(crate) async fn certificate(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let facts = state.portal.certificate(&reader.actor, parse(&id)?).await?;
    Ok(answer(&state.heavy, facts).await?)
}

/// `GET /decide/{link}/certificate.pdf`. Where the link does not give it, its own page says how things stand.
pub(crate) async fn link_certificate(
    State(state): State<AppState>,
    HeldLink(link): HeldLink,
) -> Result<Response, Refusal> {
    match state.portal.link_certificate(&Actor::Link(link)).await {
        Ok(facts) => Ok(answer(&state.heavy, facts).await?),
        Err(PortalError::NotFound) => Ok(Redirect::to(&paths::Decide(&link.to_string()).to_string()).into_response()),
        Err(error) => Err(error.into()),
    }
}

/// `GET /requests/{id}/archive.zip`.
pub(crate) async fn archive(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let facts = state.portal.archive(&reader.actor, parse(&id)?).await?;
    Ok(packed(&state, facts).await?)
}

/// The certificate as it is sent to a browser or a program.
pub(super) async fn answer(heavy: &HeavyWork, facts: CertificateFacts) -> Result<Response, PortalError> {
    let disposition = format!("inline; filename=\"certificate-{}.pdf\"", facts.request);
    let pdf = drawn(heavy, facts).await?;
    Ok((headers("application/pdf", &disposition), pdf).into_response())
}

/// The archive as it is sent to a browser or a program.
pub(super) async fn packed(state: &AppState, facts: ArchiveFacts) -> Result<Response, PortalError> {
    let (request, at) = (facts.certificate.request, date(facts.certificate.end.at));
    let body = archive::body(state.portal.clone(), entries(&state.heavy, facts).await?, at);
    let disposition = format!("attachment; filename=\"request-{request}.zip\"");
    Ok((headers("application/zip", &disposition), body).into_response())
}

fn headers(kind: &'static str, disposition: &str) -> [(HeaderName, HeaderValue); 4] {
    // Made of an id and our own words.
    let disposition = HeaderValue::try_from(disposition).unwrap_or(HeaderValue::from_static("attachment"));
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, NOTHING_RUNS),
        (header::CACHE_CONTROL, NOT_KEPT),
    ]
}

/// The certificate, drawn where nobody waits for the processor.
async fn drawn(heavy: &HeavyWork, facts: CertificateFacts) -> Result<Vec<u8>, PortalError> {
    let drawn = heavy.run("drawing a certificate", move || document::certificate(&facts)).await?;
    drawn.map_err(|error| PortalError::Internal(error.to_string()))
}

/// What the archive holds, in the order in which people look for it.
async fn entries(heavy: &HeavyWork, facts: ArchiveFacts) -> Result<Vec<Entry>, PortalError> {
    let whole = |name: &str, bytes: Vec<u8>| Entry::Whole { name: name.to_owned(), bytes };
    let json = serde_json::to_vec_pretty(&facts_json(&facts.certificate)).map_err(unwritable)?;
    let events = events_json(facts.events).map_err(unwritable)?;
    let pdf = drawn(heavy, facts.certificate).await?;
    let mut entries = vec![whole("certificate.pdf", pdf), whole("request.json", json), whole("events.json", events)];
    for (revision, text) in facts.revisions.into_iter().zip(facts.texts) {
        let folder = format!("revision-{}", revision.number);
        entries.push(Entry::Whole { name: format!("{folder}/text.md"), bytes: text.into_bytes() });
        let mut names = Names::default();
        for file in revision.files {
            entries.push(Entry::File { name: format!("{folder}/files/{}", names.take(&file.name)), file });
        }
    }
    Ok(entries)
}

#[expect(clippy::needless_pass_by_value, reason = "passed to map_err, which gives values")]
fn unwritable(error: serde_json::Error) -> PortalError {
    PortalError::Internal(format!("an archive cannot be written: {error}"))
}

/// The moment as ZIP files keep it, in UTC; one that they cannot keep is 1980.
fn date(at: Time) -> DateTime {
    let utc = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let utc = utc.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or(0);
    let [month, day, hour, minute, second] =
        [utc.month(), utc.day(), utc.hour(), utc.minute(), utc.second()].map(small);
    let year = u16::try_from(utc.year()).unwrap_or(0);
    DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default()
}
