//! A handler that panics answers with the page for faults; the hook in [`crate::telemetry`] has logged the panic.

use std::any::Any;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

/// The layer.
pub fn layer() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(answer as fn(_) -> _)
}

fn answer(_panic: Box<dyn Any + Send>) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::extract::Request;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::super::{problem_page, request_id};
    use super::*;

    #[tokio::test]
    async fn a_handler_that_panics_answers_with_the_page_for_faults_and_shows_nothing_of_the_panic() {
        let broken = get(async || -> StatusCode { panic!("the secret of the vault") });
        let router = Router::new()
            .route("/", broken)
            .layer(layer())
            .layer(from_fn(problem_page::show))
            .layer(from_fn(request_id::set));
        let answer =
            router.oneshot(Request::get("/").body(Body::empty()).expect("a request")).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let id = answer.headers()["x-request-id"].to_str().expect("text").to_owned();
        let page = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
        let page = String::from_utf8(page.to_vec()).expect("text");
        assert!(page.contains("Nothing you entered was half-saved") && page.contains(&id));
        assert!(!page.contains("vault"));
    }
}
