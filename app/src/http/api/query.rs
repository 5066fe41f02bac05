//! What the query of an address asks for: which part of a list.

use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::problem::ApiError;
use crate::pages::paths::with_query;

/// Rows of a part, unless the caller says how many.
pub(crate) const ROWS: u64 = 50;
/// The most rows of a part.
pub(crate) const MOST_ROWS: u64 = 100;

/// The query as `T`. Names that `T` does not know are ignored.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query =
            Query::try_from_uri(&parts.uri).map_err(|rejection| ApiError::bad_request(rejection.body_text()))?;
        Ok(Self(query.0))
    }
}

/// Which part of a list whose parts have fifty rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FromCursor {
    /// next of the part before.
    pub(crate) cursor: Option<String>,
}

/// Which part of a list, and how large.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SomeRows {
    /// Rows of a part; 50 if not said.
    #[param(minimum = 1, maximum = 100)]
    pub(crate) limit: Option<u64>,
    /// next of the part before.
    pub(crate) cursor: Option<String>,
}

/// How many rows were asked for, if so many may be.
pub(crate) fn rows(limit: Option<u64>) -> Result<u64, ApiError> {
    let rows = limit.unwrap_or(ROWS);
    if (1..=MOST_ROWS).contains(&rows) {
        return Ok(rows);
    }
    Err(ApiError::bad_request(format!("limit must be from 1 to {MOST_ROWS}.")))
}

/// The place where a list goes on, as `read` understands it.
pub(crate) fn place<T>(cursor: Option<&str>, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, ApiError> {
    let unreadable = || ApiError::bad_request("cursor is none of this list. Take it from next of the part before.");
    cursor.map(|text| read(text).ok_or_else(unreadable)).transpose()
}

/// A part of a list, with the address of the next one in the header `Link` if there is one.
pub(crate) fn part(list: impl Serialize, path: &str, kept: &[(&str, &str)], next: Option<&str>) -> Response {
    let mut response = Json(list).into_response();
    if let Some(next) = next {
        let address = with_query(path, &[kept, &[("cursor", next)]].concat());
        if let Ok(value) = HeaderValue::try_from(format!("<{address}>; rel=\"next\"")) {
            response.headers_mut().insert(header::LINK, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_at_most_a_hundred_rows() {
        assert_eq!(rows(None), Ok(ROWS));
        assert_eq!(rows(Some(100)), Ok(100));
        assert!(rows(Some(0)).is_err() && rows(Some(101)).is_err());
    }

    #[test]
    fn the_next_part_is_where_the_link_says() {
        let response = part([1], "/api/v1/requests", &[("tab", "mine"), ("limit", "2")], Some("0~1"));
        let link = response.headers().get(header::LINK).and_then(|value| value.to_str().ok());
        assert_eq!(link, Some("</api/v1/requests?tab=mine&limit=2&cursor=0~1>; rel=\"next\""));
        assert!(part([1], "/x", &[], None).headers().get(header::LINK).is_none());
    }
}
