//! What is answered where no route fits: the nearest routes, and why each does not.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::received::Received;
use super::respond::Answer;
use super::route::Route;

/// The most routes that are named.
const MOST: usize = 3;

/// The answer to a request that no route fits, through a mask, for it repeats what was sent. `refusals` are the routes
/// whose `when` was not met, by number, and why.
pub(super) fn answer(
    received: &Received,
    routes: &[Route],
    refusals: &[(usize, String)],
    mask: impl Fn(&str) -> String,
) -> Answer {
    let mut near: Vec<(Nearness, String, String)> = routes
        .iter()
        .enumerate()
        .map(|(number, route)| {
            let refusal = refusals
                .iter()
                .find(|(refused, _)| *refused == number)
                .map(|(_, why)| why.as_str());
            let (nearness, why) = judge(route, received, refusal);
            (nearness, route.title(), why)
        })
        .collect();
    near.sort_by(|one, other| one.0.cmp(&other.0));
    let closest: Vec<Value> = near
        .into_iter()
        .take(MOST)
        .map(|(_, route, why)| json!({ "route": route, "why": mask(&why) }))
        .collect();
    let error = mask(&format!("no route matches {} {}", received.method, received.path));
    Answer::json(
        StatusCode::NOT_FOUND,
        &json!({ "error": error, "closest": closest }),
    )
}

/// How near a route was; the least is the nearest.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// Only its condition was not met.
    Condition,
    /// It has another method.
    Method,
    /// It has another path, so far away, and perhaps another method as well.
    Path(usize, bool),
}

fn judge(route: &Route, received: &Received, refusal: Option<&str>) -> (Nearness, String) {
    let other_method = !fits_method(&route.method, &received.method);
    match (refusal, route.pattern.difference(&received.segments)) {
        (Some(why), _) => (Nearness::Condition, why.to_owned()),
        (None, Some(difference)) => {
            let why = match other_method {
                true => format!("{}, and the method is {}", difference.why, route.method),
                false => difference.why,
            };
            (Nearness::Path(difference.distance, other_method), why)
        }
        (None, None) => (Nearness::Method, format!("the method is {}", route.method)),
    }
}

/// Whether a route answers a method: a HEAD is answered as a GET (RFC 9110, section 9.3.2).
fn fits_method(route: &Method, received: &Method) -> bool {
    route == received || (*received == Method::HEAD && *route == Method::GET)
}
