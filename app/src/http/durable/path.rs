//! The spelling of paths. Clients write `/Instances/x/RaiseEvent/Go`, `//instances//x` and `instances/`; the routes know
//! one spelling each.
//!
//! Only what is ours is touched: names, ids and keys keep their case and their percent-encoding.

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use tower::util::MapRequest;

/// Where callers with a token find the API.
pub(super) const WEBHOOKS: &str = "/runtime/webhooks/durabletask";
/// Where callers of this machine find it.
pub(super) const RPC: &str = "/durabletask";

/// The first words of paths below either place.
const COLLECTIONS: [&str; 4] = ["orchestrators", "instances", "entities", "makeprimary"];
/// What follows the id of an instance.
const VERBS: [&str; 6] = ["raiseEvent", "terminate", "suspend", "resume", "rewind", "restart"];

/// The same router, which understands every spelling of the API's paths.
pub(crate) fn normalised(router: Router) -> Router {
    // A layer of the router itself would come after the choice of the route.
    Router::new().fallback_service(MapRequest::new(router, respelled as fn(Request) -> Request))
}

fn respelled(mut request: Request) -> Request {
    if let Some(uri) = spelled(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

/// The address in the routes' spelling; `None` when it is not one of the API's, or is spelled so already.
fn spelled(uri: &Uri) -> Option<Uri> {
    let path = [WEBHOOKS, RPC].into_iter().find_map(|place| spelled_below(place, uri.path()))?;
    if path == uri.path() {
        return None;
    }
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    Uri::from_parts(parts).ok()
}

fn spelled_below(place: &str, path: &str) -> Option<String> {
    let mut given = path.split('/').filter(|segment| !segment.is_empty());
    for own in place.split('/').skip(1) {
        given.next().filter(|segment| segment.eq_ignore_ascii_case(own))?;
    }
    let mut spelling = place.to_owned();
    let mut collection = "";
    for (number, segment) in given.enumerate() {
        let segment = match (number, collection) {
            (0, _) => {
                collection = known(&COLLECTIONS, segment);
                collection
            }
            (2, "instances") => known(&VERBS, segment),
            _ => segment,
        };
        spelling.push('/');
        spelling.push_str(segment);
    }
    Some(spelling)
}

/// The word that `segment` is, whatever its case; itself when it is none of them.
fn known<'a>(words: &[&'static str], segment: &'a str) -> &'a str {
    words.iter().copied().find(|word| word.eq_ignore_ascii_case(segment)).unwrap_or(segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(given: &str) -> String {
        let uri: Uri = given.parse().expect("an address");
        spelled(&uri).unwrap_or(uri).to_string()
    }

    #[test]
    fn case_and_slashes_of_the_apis_own_words_do_not_matter() {
        for given in [
            "/Runtime/WebHooks/DurableTask/Instances/Order-1/RAISEEVENT/Go",
            "//runtime/webhooks/durabletask//instances/Order-1/raiseevent/Go/",
        ] {
            assert_eq!(path(given), "/runtime/webhooks/durabletask/instances/Order-1/raiseEvent/Go");
        }
        assert_eq!(path("/durabletask//instances/?top=5"), "/durabletask/instances?top=5");
        assert_eq!(path("/DurableTask/Orchestrators/Greet//"), "/durabletask/orchestrators/Greet");
    }

    #[test]
    fn what_is_not_the_apis_own_keeps_its_spelling() {
        for same in [
            "/durabletask/instances/Terminate/terminate",
            "/durabletask/entities/Counter/RaiseEvent",
            "/durabletask/instances/a%2Fb%20c",
            "/durabletask/orchestrators/INSTANCES/Suspend",
            "/Instances//x",
            "/durabletasks/Instances",
            "/",
        ] {
            assert_eq!(path(same), same);
        }
    }
}
